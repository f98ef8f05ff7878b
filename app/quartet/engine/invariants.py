"""What holds for every run, whatever happens in it: a checker over its events (I1 to I12 of the engine's semantics)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
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


def violations(events: Sequence[Event], graph: Graph, *, ended: bool = True) -> list[str]:
    """What is wrong with the events of one run of `graph`; an empty list if nothing is.

    `ended`: the run is over. Of one that is not, what has not ended yet is no violation.
    """
    return [
        *_sequence(events),
        *_attempts(events, ended=ended),
        *_finished(events),
        *_tokens(events, graph),
        *_joins(events),
        *_retries(events),
        *_stops(events),
        *_restarts(events),
        *(_end(events) if ended else ()),
        *_fold(events, ended=ended),
        *_claims(events),
    ]


def _sequence(events: Sequence[Event]) -> list[str]:
    """I1: gap-free from 1, and time never goes back."""
    found = [f"I1: event {e.seq} stands at place {n}" for n, e in enumerate(events, 1) if e.seq != n]
    found += [f"I1: time goes back at event {b.seq}" for a, b in pairwise(events) if b.t < a.t]
    return found


def _attempts(events: Sequence[Event], *, ended: bool) -> list[str]:
    """I2: every attempt has exactly one ending."""
    started: dict[tuple[JSON, ...], int] = {}
    endings: Counter[tuple[JSON, ...]] = Counter()
    found = []
    for event in events:
        area, _, what = event.type.partition(".")
        if area != "attempt":
            continue
        key = (event.agent, event.act, event.attempt)
        if what == "started":
            if key in started:
                found.append(f"I2: attempt {key} started again at event {event.seq}")
            started[key] = event.seq
        elif key not in started:
            found.append(f"I2: {event.type} (event {event.seq}) of attempt {key}, which never started")
        elif what in _ENDINGS:
            endings[key] += 1
    for key, seq in started.items():
        if endings[key] > 1 or (ended and not endings[key]):
            found.append(f"I2: attempt {key}, started at event {seq}, ended {endings[key]} times")
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
    outs, held = _outs(events, graph)
    tokens = Counter((e.data["edge"], e.data.get("act")) for e in events if e.type == "edge.token" and e.data)
    parts = {(e.agent, e.act) for e in events if e.type == "activation.ready" and _PARTS & (e.data or {}).keys()}
    found = [f"I4: {n} tokens on {edge} from activation {act}" for (edge, act), n in tokens.items() if n > 1]
    for event in events:
        if event.type != "activation.finished" or event.agent is None or event.agent in held:
            continue
        if (event.agent, event.act) not in parts:
            missing = [edge for edge in outs[event.agent] if not tokens[(edge, event.act)]]
            if missing:
                found.append(
                    f"I4: activation {event.act} of {event.agent}, which ended at event {event.seq}, put no token on "
                    + ", ".join(missing)
                )
    return found


def _outs(events: Sequence[Event], graph: Graph) -> tuple[dict[str, list[str]], set[str]]:
    """The flow edges that leave each agent, and the agents whose tokens a loop may hold back; by paths."""
    outs: dict[str, list[str]] = defaultdict(list)
    held: set[str] = set()
    opened = {(f"{e.data['path']}/", e.data["graph"]): None for e in events if e.type == "scope.opened" and e.data}
    for prefix, drawing in [("", graph), *((prefix, graph.graphs[id]) for prefix, id in opened)]:
        held |= {prefix + id for id in _in_loops(drawing)}
        for edge in drawing.edges.values():
            if edge.kind == "flow":
                outs[prefix + edge.source].append(prefix + edge.id)
    return outs, held


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
    """I7: whenever an intervention stops several children of a group, the last one in start order is stopped first."""
    order: dict[str | None, dict[JSON, int]] = {}
    last: dict[tuple[JSON, ...], int] = {}
    found = []
    for event in events:
        data = event.data or {}
        if event.type == "group.up":
            order[event.agent] = {child: place for place, child in enumerate(data["workers"])}
        elif event.type == "group.child_stopping" and data["child"] in order.get(event.agent, {}):
            place, key = order[event.agent][data["child"]], (event.agent, data.get("move"))
            if place > last.get(key, place):
                found.append(f"I7: {event.agent} stopped {data['child']} after one that was started before it")
            last[key] = place
    return found


def _restarts(events: Sequence[Event]) -> list[str]:
    """I8: never more restarts than the limit says."""
    return [
        f"I8: restart {e.data['n']} of {e.data['child']} with a limit of {e.data['limit']} at event {e.seq}"
        for e in events
        if e.type == "group.restart_scheduled" and e.data and e.data["n"] > e.data["limit"]
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


def _fold(events: Sequence[Event], *, ended: bool) -> list[str]:
    """I10: the fold takes every event, and ends where the run says it ended."""
    state = RunState()
    try:
        for event in events:
            state.apply(event)
    except (ValueError, KeyError, AssertionError, TypeError) as problem:
        return [f"I10: the fold refuses event {state.seq}: {problem!r}"]
    if not ended:
        return []
    said = (events[-1].data or {}).get("state") if events else None
    found = [] if state.status == said else [f"I10: the fold says {state.status}, the run {said}"]
    for id, agent in state.agents.items():
        if agent.status not in ("idle", "succeeded", "failed", "timed_out", "skipped", "cancelled"):
            found.append(f"I10: the fold leaves {id} {agent.status}")
        found += [f"I10: a stretch of {id} never ends" for span in agent.spans if span.end is None]
    return found


def _claims(events: Sequence[Event]) -> list[str]:
    """I11, I12: between two claims of an item it was given back, or its lease ran out, and its fence grew by one; who
    renews it, gives it back or is done with it is who claimed it last, by the fence of that claim; who is refused is
    not. Nothing happens any more to what is done."""
    found: list[str] = []
    held: dict[tuple[JSON, ...], tuple[str, int]] = {}
    fences: dict[tuple[JSON, ...], int] = {}
    leases: dict[tuple[JSON, ...], float] = {}
    done: set[tuple[JSON, ...]] = set()
    rounds: Counter[str] = Counter()
    for event in events:
        data = event.data or {}
        if event.type == "scope.opened":
            rounds[str(data["path"])] += 1
        if not (event.type.startswith("work.") or event.type == "fence.rejected"):
            continue
        # a sub-graph that begins anew has new boards, whose items count from 1 again
        key = (event.agent, data.get("item"), _rounds(event.agent or "", rounds))
        claim = (data.get("by"), data.get("fence"))
        at = f"of {key} at event {event.seq}"
        if event.type == "fence.rejected":
            if held.get(key) == claim:
                found.append(f"I12: the fence of who holds the item was refused: {at}")
            continue
        if key in done:
            found.append(f"I12: {event.type} {at}, which is done")
        match event.type:
            case "work.claimed":
                if key in held:
                    found.append(f"I11: a claim {at}, which somebody holds")
                if data["fence"] != fences.get(key, 0) + 1:
                    found.append(f"I12: the fence does not grow by one: {at}")
                if data["lease_until"] <= event.t:
                    found.append(f"I11: a lease without time: {at}")
                held[key] = (data["by"], data["fence"])
                fences[key], leases[key] = data["fence"], data["lease_until"]
            case "work.renewed" | "work.released" | "work.expired" | "work.done":
                if held.get(key) != claim:
                    found.append(
                        f"I12: {event.type} by {claim[0]} with the fence {claim[1]} {at}; held: {held.get(key)}"
                    )
                if event.type == "work.renewed":
                    if data["lease_until"] < leases.get(key, 0.0):
                        found.append(f"I11: a lease becomes shorter: {at}")
                    leases[key] = data["lease_until"]
                    continue
                if event.type == "work.expired" and event.t < leases.get(key, 0.0) - 1e-9:
                    found.append(f"I11: a lease runs out before its time: {at}")
                held.pop(key, None)
                if event.type == "work.done":
                    done.add(key)
            case "work.dead":
                if key in held:
                    found.append(f"I12: given up while somebody holds it: {at}")
    return found


def _rounds(path: str, rounds: Mapping[str, int]) -> tuple[int, ...]:
    """How often each of the sub-graphs was opened in which the agent of a path is."""
    found = []
    at = path.find("/") if rounds else -1
    while at >= 0:
        found.append(rounds.get(path[:at], 0))
        at = path.find("/", at + 1)
    return tuple(found)
