"""What holds for every run, whatever happens in it: a checker over its events (I1 to I12 of the engine's semantics)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from quartet.engine.events import Event
from quartet.engine.state import RunState
from quartet.graph.model import Graph

JSON = Any
_ENDINGS = frozenset({"succeeded", "failed", "timed_out", "cancelled", "lost"})
_DECISIONS = frozenset({"join.fired", "join.unsatisfiable", "join.token_dropped"})
_PARTS = frozenset({"copy", "job", "for"})
_AFTERWARDS = frozenset({"attempt.late_result", "attempt.abandoned", "join.token_dropped"})


def violations(events: Sequence[Event], graph: Graph) -> list[str]:
    """What is wrong with the events of one finished run of `graph`; an empty list if nothing is."""
    return [
        *_sequence(events),
        *_attempts(events),
        *_finished(events),
        *_tokens(events, graph),
        *_joins(events),
        *_retries(events),
        *_stops(events),
        *_restarts(events),
        *_end(events),
        *_fold(events),
        *_claims(events),
    ]


def _sequence(events: Sequence[Event]) -> list[str]:
    """I1: gap-free from 1, and time never goes back."""
    found = [f"I1: event {e.seq} stands at place {n}" for n, e in enumerate(events, 1) if e.seq != n]
    found += [f"I1: time goes back at event {b.seq}" for a, b in pairwise(events) if b.t < a.t]
    return found


def _attempts(events: Sequence[Event]) -> list[str]:
    """I2: every attempt has exactly one ending."""
    started: set[tuple[JSON, ...]] = set()
    ended: Counter[tuple[JSON, ...]] = Counter()
    found = []
    for event in events:
        area, _, what = event.type.partition(".")
        if area != "attempt":
            continue
        key = (event.agent, event.act, event.attempt)
        if what == "started":
            if key in started:
                found.append(f"I2: attempt {key} started twice")
            started.add(key)
        elif key not in started:
            found.append(f"I2: {event.type} of attempt {key}, which never started")
        elif what in _ENDINGS:
            ended[key] += 1
    found += [f"I2: attempt {key} ended {ended[key]} times" for key in started if ended[key] != 1]
    return found


def _finished(events: Sequence[Event]) -> list[str]:
    """I3: after its end nothing happens to an activation, and it ends once."""
    over: set[tuple[JSON, ...]] = set()
    found = []
    for event in events:
        if event.agent is None or event.act is None:
            continue
        key = (event.agent, event.act)
        if key in over and event.type not in _AFTERWARDS:
            found.append(f"I3: {event.type} (event {event.seq}) after the end of {key}")
        if event.type == "activation.finished":
            over.add(key)
    return found


def _tokens(events: Sequence[Event], graph: Graph) -> list[str]:
    """I4: one token on every flow edge for each activation; at most one where a loop may hold it back.

    Copies, jobs of a pool or a board, and work done in another's place are parts of an activation, not activations.
    """
    flow = [edge for edge in graph.edges.values() if edge.kind == "flow"]
    held = _in_loops(graph)
    outs: dict[str, list[str]] = defaultdict(list)
    for edge in flow:
        outs[edge.source].append(edge.id)
    tokens = Counter((e.data["edge"], e.data.get("act")) for e in events if e.type == "edge.token" and e.data)
    parts = {(e.agent, e.act) for e in events if e.type == "activation.ready" and _PARTS & (e.data or {}).keys()}
    found = [f"I4: {n} tokens on {edge} from activation {act}" for (edge, act), n in tokens.items() if n > 1]
    for event in events:
        if event.type != "activation.finished" or event.agent is None or event.agent in held:
            continue
        if (event.agent, event.act) not in parts:
            missing = [edge for edge in outs[event.agent] if not tokens[(edge, event.act)]]
            if missing:
                found.append(f"I4: activation {event.act} of {event.agent} put no token on {', '.join(missing)}")
    return found


def _in_loops(graph: Graph) -> set[str]:
    """The agents whose tokens a loop may hold back: those that lie between the two ends of a loop edge."""
    ahead: dict[str, list[str]] = defaultdict(list)
    back: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges.values():
        if edge.kind in ("flow", "handoff") and not edge.loop:
            ahead[edge.source].append(edge.target)
            back[edge.target].append(edge.source)
            if edge.kind == "handoff":
                ahead[edge.target].append(edge.source)
                back[edge.source].append(edge.target)
    found: set[str] = set()
    for edge in graph.edges.values():
        if edge.kind == "flow" and (edge.loop or edge.source == edge.target):
            found |= (_reach(edge.target, ahead) & _reach(edge.source, back)) | {edge.source, edge.target}
    return found


def _reach(start: str, ahead: dict[str, list[str]]) -> set[str]:
    seen, front = {start}, [start]
    while front:
        for other in ahead[front.pop()]:
            if other not in seen:
                seen.add(other)
                front.append(other)
    return seen


def _joins(events: Sequence[Event]) -> list[str]:
    """I5: a join fires at most once between two openings."""
    fired: Counter[str | None] = Counter()
    found = []
    for event in events:
        if event.type in ("join.opened", "join.reset"):
            fired[event.agent] = 0
        elif event.type == "join.fired":
            fired[event.agent] += 1
            if fired[event.agent] > 1:
                found.append(f"I5: the join of {event.agent} fired again at event {event.seq}")
    return found


def _retries(events: Sequence[Event]) -> list[str]:
    """I6: an attempt ends, then a retry is scheduled, then the next attempt starts."""
    running: set[tuple[JSON, ...]] = set()
    found = []
    for event in events:
        key = (event.agent, event.act)
        if event.type == "attempt.started":
            if key in running:
                found.append(f"I6: attempt {event.attempt} of {key} started while another one ran")
            running.add(key)
        elif event.type.startswith("attempt.") and event.type[8:] in _ENDINGS:
            running.discard(key)
        elif event.type == "retry.scheduled" and key in running:
            found.append(f"I6: a retry of {key} was scheduled while an attempt ran")
    return found


def _stops(events: Sequence[Event]) -> list[str]:
    """I7: whenever a group stops several of its children, the last one in start order is stopped first."""
    order: dict[str | None, list[JSON]] = {}
    last: dict[str | None, int] = {}
    found = []
    for event in events:
        data = event.data or {}
        if event.type == "group.up":
            order[event.agent] = data["workers"]
        elif event.type in ("group.restart_scheduled", "group.escalated", "run.cancel_requested", "run.failing"):
            last.clear()
        elif event.type == "group.child_stopping" and data["child"] in order.get(event.agent, ()):
            place = order[event.agent].index(data["child"])
            if place > last.get(event.agent, place):
                found.append(f"I7: {event.agent} stopped {data['child']} after one that was started before it")
            last[event.agent] = place
    return found


def _restarts(events: Sequence[Event]) -> list[str]:
    """I8: never more restarts than the limit says."""
    return [
        f"I8: restart {data['n']} of {data['child']} with a limit of {data['limit']}"
        for data in (e.data or {} for e in events if e.type == "group.restart_scheduled")
        if data["n"] > data["limit"]
    ]


def _end(events: Sequence[Event]) -> list[str]:
    """I9: the end of the run is its last event, nothing is live then, and no success with a waiting join."""
    if not events or events[-1].type != "run.finished":
        return ["I9: the last event is not run.finished"]
    found = [f"I9: run.finished at event {e.seq}, before the end" for e in events[:-1] if e.type == "run.finished"]
    live: set[tuple[JSON, ...]] = set()
    joins: dict[str | None, bool] = {}
    for event in events:
        if event.type == "activation.ready":
            live.add((event.agent, event.act))
        elif event.type == "activation.finished":
            live.discard((event.agent, event.act))
            joins.pop(event.agent, None)
        elif event.type == "join.opened":
            joins[event.agent] = True
        elif event.type in _DECISIONS or (event.data or {}).get("p") == 0:
            joins.pop(event.agent, None)
    found += [f"I9: {key} is still live at the end" for key in sorted(live, key=str)]
    if (events[-1].data or {}).get("state") == "succeeded":
        found += [f"I9: the run succeeded while {agent} waits" for agent in joins]
    return found


def _fold(events: Sequence[Event]) -> list[str]:
    """I10: the fold takes every event, and ends where the run says it ended."""
    state = RunState()
    try:
        for event in events:
            state.apply(event)
    except (ValueError, KeyError, AssertionError, TypeError) as problem:
        return [f"I10: the fold refuses event {state.seq}: {problem!r}"]
    said = (events[-1].data or {}).get("state") if events else None
    found = [] if state.status == said else [f"I10: the fold says {state.status}, the run {said}"]
    for id, agent in state.agents.items():
        if agent.status not in ("idle", "succeeded", "failed", "timed_out", "skipped", "cancelled"):
            found.append(f"I10: the fold leaves {id} {agent.status}")
        found += [f"I10: a stretch of {id} never ends" for span in agent.spans if span.end is None]
    return found


def _claims(events: Sequence[Event]) -> list[str]:
    """I11, I12: between two claims of an item it was given back; who is done with it is who claimed it last."""
    holders: dict[tuple[JSON, ...], str] = {}
    fences: dict[tuple[JSON, ...], int] = {}
    found = []
    for event in events:
        data = event.data or {}
        key = (event.agent, data.get("item"))
        if event.type == "work.claimed":
            if key in holders:
                found.append(f"I11: item {key} was claimed twice without being given back")
            if data["fence"] <= fences.get(key, 0):
                found.append(f"I12: the fence of {key} did not grow")
            holders[key], fences[key] = data["by"], data["fence"]
        elif event.type == "work.done" and holders.get(key) != data["by"]:
            found.append(f"I12: {data['by']} finished {key}, which it does not hold")
        if event.type in ("work.released", "work.expired", "work.done", "work.dead"):
            holders.pop(key, None)
    return found
