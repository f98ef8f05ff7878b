"""An event in plain words, for the log, the timeline's details and the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from quartet.editor.panels.limit_words import limit_reached
from quartet.editor.value_words import line_of, seconds
from quartet.engine.events import Event
from quartet.engine.meters import money, say

Tone = Literal["plain", "good", "bad", "warn", "soft"]
Names = Callable[[str], str]
"""The name of an agent by its id; the id itself where the agent is not known."""

LIMITS = {
    "start_to_close": "its time limit",
    "heartbeat": "its longest silence",
    "schedule_to_start": "its longest wait for a place",
    "schedule_to_close": "its time limit for all attempts",
    "stalled": "the longest silence its supervisor puts up with",
}
REASONS = {
    "timeout": "out of time",
    "upstream": "a step before it failed",
    "limit": "a limit was reached",
    "no_time_to_retry": "no time left to try again",
    "max_attempts": "no attempts left",
    "non_retryable": "an error that is not worth a retry",
    "rejected": "the hand-off was rejected",
    "escalated": "its supervisor gave up",
    "unsatisfiable": "its inputs can never be complete",
    "lost": "its process was lost",
}


def _because(data: Mapping[str, Any]) -> str:
    error = data.get("error")
    if error:
        return f": {line_of(error)}"
    reason = data.get("reason")
    return f": {REASONS.get(reason, str(reason).replace('_', ' '))}" if reason else ""


def _where(data: Mapping[str, Any]) -> str:
    """What was raised in somebody's code, and where."""
    trace = data.get("trace")
    if not trace:
        return ""
    place = str(trace).splitlines()[-1].partition(": ")[0]
    return f" ({data.get('type')} in {line_of(place, 80)})"


def _named(data: Mapping[str, Any]) -> str:
    name = data.get("name") or ""
    return f" “{line_of(name, 40)}”" if name else ""


def _finished(event: Event, data: Mapping[str, Any], names: Names) -> tuple[str, Tone]:
    match data.get("state"):
        case "succeeded":
            by = f", {names(data['by'])} stood in" if data.get("by") else ""
            value = line_of(data.get("value"))
            if data.get("reason") == "bypassed":
                return "is bypassed" + (f" and passes on: {value}" if value else ""), "soft"
            return f"succeeded{by}" + (f": {value}" if value else ""), "good"
        case "skipped":
            return ("is muted: skipped" if data.get("reason") == "muted" else "skipped"), "soft"
        case "cancelled":
            return "cancelled", "soft"
        case _:
            return f"failed{_because(data)}", "bad"


def _run(event: Event, data: Mapping[str, Any], names: Names) -> tuple[str, Tone]:
    match event.type:
        case "run.started":
            value = line_of(data.get("input"))
            return "The run starts" + (f" with “{value}”" if value else ""), "plain"
        case "run.cancel_requested":
            by = data.get("by", "user")
            return "Told to stop" + (f" by {by}" if by != "user" else ""), "warn"
        case "run.drain_requested":
            return "What runs is finished, nothing new starts", "warn"
        case "run.paused" if data.get("reason") == "drained":
            return "Paused: what ran is finished", "warn"
        case "run.paused":
            return f"Paused{_because(data)}", "warn"
        case "run.resumed":
            return "Goes on", "plain"
        case "run.interrupted":
            return "The program that carried the run had ended; this one goes on with it", "warn"
        case "run.failing":
            cause = line_of(data.get("cause"))
            return f"The run is failing{': ' + cause if cause else ''}", "bad"
        case _:
            state = str(data.get("state", "finished"))
            return f"The run {state}{_because(data)}", {"succeeded": "good", "failed": "bad"}.get(state, "warn")  # type: ignore[return-value]


def _any_of(names: list[str]) -> str:
    """Who it was, as far as that is known."""
    if not names:
        return "something"
    shown = names if len(names) < 5 else [*names[:3], f"{len(names) - 3:,} others"]
    return " or ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def words(event: Event, names: Names, edge: Callable[[str], str] = str) -> tuple[str, Tone]:
    """What happened, without the agent's name, and the tone it is said in.

    `edge` gives an edge in words by its id (“Writer → Editor”). A type that this version does not know is said by its
    own name and data.
    """
    data = event.data or {}
    kind = event.type
    if kind.startswith("run."):
        return _run(event, data, names)
    if kind == "activation.finished":
        return _finished(event, data, names)
    say = _SAYINGS.get(kind)
    if say is not None:
        return say(event, data, names, edge)
    rest = line_of(data) if data else ""
    return kind.replace(".", " ").replace("_", " ") + (f" {rest}" if rest else ""), "soft"


Say = Callable[[Event, Mapping[str, Any], Names, Callable[[str], str]], tuple[str, Tone]]


def _token(event: Event, data: Mapping[str, Any], names: Names, edge: Callable[[str], str]) -> tuple[str, Tone]:
    where = edge(str(data.get("edge", "")))
    match data.get("kind"):
        case "value":
            value = line_of(data.get("value"))
            return f"{where}" + (f": {value}" if value else ""), "plain"
        case "error":
            return f"{where} carries the error", "bad"
        case other:
            return f"{where} is {other}", "soft"


def _passes(n: Any) -> str:
    return "1 pass" if n == 1 else f"{n} passes"


def _agents(names: Names, ids: Any) -> str:
    return ", ".join(names(str(id)) for id in ids or ())


def _tries(event: Event) -> str:
    if event.data and (turn := event.data.get("turn", 0)) > 1:  # of a peer: no attempt of before has failed
        return f"turn {turn}"
    return f"attempt {event.attempt}" if event.attempt and event.attempt > 1 else "starts"


_STOPPED = {
    "shutdown": "has stopped",
    "killed": "did not stop in time and was cut off",
    "given up": "is given up",
}

_SAYINGS: dict[str, Say] = {
    "activation.ready": lambda e, d, n, x: ("has everything it needs", "soft"),
    "activation.queued": lambda e, d, n, x: ("waits for a free place", "warn"),
    "activation.held": lambda e, d, n, x: (f"failed and is held for its supervisor{_because(d)}", "bad"),
    "activation.stop_requested": lambda e, d, n, x: ("is stopped by hand", "warn"),
    "activation.restart_requested": lambda e, d, n, x: ("is started again by hand", "warn"),
    "activation.resolved_manually": lambda e, d, n, x: (
        "is given its result by hand" + (f": {line_of(d['value'])}" if d.get("value") is not None else ""),
        "good",
    ),
    "attempt.started": lambda e, d, n, x: (
        _tries(e)
        + (f", at most {seconds(d['limit'])}" if d.get("limit") else "")
        + (f", with {line_of(d['with'])}" if d.get("with") else ""),
        "plain",
    ),
    "attempt.output": lambda e, d, n, x: (f"writes: {line_of(d.get('text'))}", "soft"),
    "attempt.heartbeat": lambda e, d, n, x: (
        "is alive" + (f": {line_of(d['details'])}" if d.get("details") else ""),
        "soft",
    ),
    "attempt.usage": lambda e, d, n, x: (
        f"used {d.get('input_tokens', 0):,} + {d.get('output_tokens', 0):,} tokens"
        + (f" of {d['model']}" if d.get("model") else "")
        + (f" for ${money(d['cost'])}" if d.get("cost") else ""),
        "soft",
    ),
    "attempt.note": lambda e, d, n, x: (line_of(d.get("text")) or "notes something", "plain"),
    "attempt.succeeded": lambda e, d, n, x: ("attempt succeeded", "soft"),
    "attempt.failed": lambda e, d, n, x: (f"attempt {e.attempt or 1} failed{_because(d)}{_where(d)}", "bad"),
    "attempt.timed_out": lambda e, d, n, x: (
        f"attempt {e.attempt or 1} reached {LIMITS.get(str(d.get('kind')), 'a time limit')}"
        + (f" of {seconds(d['after'])}" if d.get("after") else ""),
        "bad",
    ),
    "attempt.cancelled": lambda e, d, n, x: ("attempt cancelled", "soft"),
    "attempt.abandoned": lambda e, d, n, x: ("did not stop in time and was abandoned", "bad"),
    "attempt.late_result": lambda e, d, n, x: ("a late result was dropped", "warn"),
    "attempt.lost": lambda e, d, n, x: (f"attempt {e.attempt or 1} was lost{_because(d)}", "bad"),
    "attempt.waiting": lambda e, d, n, x: (
        f"waits for one of the {d['limit']} processes" if "limit" in d else "waits until the journal can be written",
        "soft",
    ),
    "attempt.begun": lambda e, d, n, x: ("has a process", "soft"),
    "attempt.reused": lambda e, d, n, x: (
        "answers what was stated for this fork"
        if d.get("edited")
        else f"answers what it answered in run {d.get('run')} (event {d.get('seq')})",
        "plain",
    ),
    "retry.scheduled": lambda e, d, n, x: (
        f"tries again in {seconds(float(d.get('delay', 0)))} (attempt {d.get('n')})",
        "warn",
    ),
    "retry.exhausted": lambda e, d, n, x: (f"is not tried again{_because(d)}", "bad"),
    "fallback.started": lambda e, d, n, x: (f"falls back on {n(str(d.get('to')))}", "warn"),
    "edge.token": _token,
    "route.chosen": lambda e, d, n, x: (
        "takes " + (", ".join(x(str(id)) for id in d.get("edges") or ()) or "no way out"),
        "plain",
    ),
    "loop.pass": lambda e, d, n, x: (f"pass {d.get('n')} over {x(str(d.get('edge')))}", "plain"),
    "loop.ended": lambda e, d, n, x: (
        f"the loop over {x(str(d.get('edge')))} ends after {_passes(d.get('n'))}",
        "plain",
    ),
    "scope.opened": lambda e, d, n, x: (
        f"begins its sub-graph{_named(d)} of {d.get('agents')} " + ("agent" if d.get("agents") == 1 else "agents"),
        "soft",
    ),
    "join.opened": lambda e, d, n, x: (f"waits for {str(d.get('mode', '')).replace('_', ' ')} of {d.get('k')}", "soft"),
    "join.arrived": lambda e, d, n, x: (f"{x(str(d.get('edge')))} arrived", "soft"),
    "join.fired": lambda e, d, n, x: ("has what it waited for", "soft"),
    "join.unsatisfiable": lambda e, d, n, x: ("can never have what it waits for", "bad"),
    "join.token_dropped": lambda e, d, n, x: (f"no longer needs {x(str(d.get('edge')))}", "soft"),
    "join.reset": lambda e, d, n, x: ("waits for everything anew", "soft"),
    "group.up": lambda e, d, n, x: (f"watches {_agents(n, d.get('workers'))}", "plain"),
    "group.child_failed": lambda e, d, n, x: (f"sees {n(str(d.get('child')))} fail{_because(d)}", "warn"),
    "group.restart_scheduled": lambda e, d, n, x: (
        f"restarts {_agents(n, d.get('affected')) or n(str(d.get('child')))}"
        + (f" ({d['n']} of {d['limit']})" if d.get("n") and d.get("limit") else "")
        + (f", with {line_of(d['with'])}" if d.get("with") else ""),
        "warn",
    ),
    "group.child_stopping": lambda e, d, n, x: (f"stops {n(str(d.get('child')))}", "soft"),
    "group.child_stopped": lambda e, d, n, x: (
        f"{n(str(d.get('child')))} {_STOPPED.get(str(d.get('how')), 'has stopped')}",
        "soft",
    ),
    "group.escalated": lambda e, d, n, x: (
        f"escalates the failure of {n(str(d.get('child')))}"
        + (f" to {n(str(d['to']))}" if d.get("to") else "")
        + _because(d),
        "bad",
    ),
    "group.stopping": lambda e, d, n, x: ("stops its workers", "soft"),
    "group.supervisor_crashed": lambda e, d, n, x: (f"crashed{_because(d)}: nobody watches its workers", "bad"),
    "group.supervisor_restarted": lambda e, d, n, x: (
        f"is restarted and adopts {_agents(n, d['adopted'])}"
        if d.get("adopted")
        else "is restarted, and its workers with it",
        "warn",
    ),
    "supervisor.lost": lambda e, d, n, x: (
        f"died {d.get('deaths')} times within {seconds(float(d.get('seconds', 0)))}: the run cannot go on without it",
        "bad",
    ),
    "worker.stalled": lambda e, d, n, x: (
        f"has heard nothing from {n(str(d.get('child')))} for {seconds(float(d.get('silent', 0)))}",
        "warn",
    ),
    "worker.reassigned": lambda e, d, n, x: (
        f"{n(str(d.get('from')))}’s work is reassigned to {n(str(d.get('to')))}",
        "warn",
    ),
    "work.handed_over": lambda e, d, n, x: (f"hands work to {n(str(d.get('to')))}: {line_of(d.get('value'))}", "plain"),
    "handoff.requested": lambda e, d, n, x: (f"asks to hand off to {n(str(d.get('to')))}", "soft"),
    "handoff.accepted": lambda e, d, n, x: (
        f"hands off to {n(str(d.get('to')))}"
        + (f" (hop {d['hop']})" if d.get("hop") else "")
        + (f": {line_of(d['message'])}" if d.get("message") else ""),
        "plain",
    ),
    "handoff.rejected": lambda e, d, n, x: (f"may not hand off to {n(str(d.get('to')))}{_because(d)}", "bad"),
    "handoff.ignored": lambda e, d, n, x: (
        f"hands off to somebody else already, so not to {n(str(d.get('to')))}",
        "warn",
    ),
    "handoff.loop_detected": lambda e, d, n, x: (
        f"{' and '.join(n(str(id)) for id in d.get('pair') or ())} hand the same thing back and forth",
        "bad",
    ),
    "turn.started": lambda e, d, n, x: (f"has its turn {d.get('n')}", "soft"),
    "turn.finished": lambda e, d, n, x: (f"ends its turn {d.get('n')}", "soft"),
    "context.updated": lambda e, d, n, x: (
        f"notes {', '.join(map(str, d.get('keys') or ()))} for those after it",
        "soft",
    ),
    "call.started": lambda e, d, n, x: (f"calls {d.get('tool')} {line_of(d.get('arguments'))}".rstrip(), "plain"),
    "call.finished": lambda e, d, n, x: (
        (f"{d.get('tool')} failed{_because(d)}", "bad")
        if d.get("error")
        else (f"{d.get('tool')} answered: {line_of(d.get('value'))}", "soft")
    ),
    "work.posted": lambda e, d, n, x: (f"posted: {line_of(d.get('value'))}", "plain"),
    "work.claimed": lambda e, d, n, x: (f"work {d.get('item')} is claimed by {n(str(d.get('by')))}", "plain"),
    "work.renewed": lambda e, d, n, x: (f"work {d.get('item')} stays with {n(str(d.get('by')))}", "soft"),
    "work.released": lambda e, d, n, x: (
        f"work {d.get('item')} is given back by {n(str(d.get('by')))}"
        + (f": {line_of(d['note'])}" if d.get("note") else ""),
        "warn",
    ),
    "work.expired": lambda e, d, n, x: (
        f"work {d.get('item')} is taken from {n(str(d.get('by')))}: nothing was heard for too long",
        "warn",
    ),
    "work.done": lambda e, d, n, x: (
        f"work {d.get('item')} is done by {n(str(d.get('by')))}: {line_of(d.get('value'))}",
        "good",
    ),
    "work.dead": lambda e, d, n, x: (
        f"work {d.get('item')} is given up" + (f" ({'; '.join(map(str, d['reasons']))})" if d.get("reasons") else ""),
        "bad",
    ),
    "work.unclaimable": lambda e, d, n, x: (
        f"nobody can do work {d.get('item')}"
        + (f": it takes {', '.join(map(str, d['needs']))}" if d.get("needs") else ""),
        "bad",
    ),
    "fence.rejected": lambda e, d, n, x: (
        f"{n(str(d.get('by')))} is too late with work {d.get('item')}: it is no longer theirs",
        "warn",
    ),
    "swarm.quiescent": lambda e, d, n, x: (
        f"{'has what it wanted' if d.get('by') == 'done_when' else 'has no work left'}: {d.get('done')} done"
        + (f", {d['dead']} given up" if d.get("dead") else ""),
        "plain",
    ),
    "swarm.stalled": lambda e, d, n, x: ("has no work left, but its goal is not reached", "bad"),
    "state.read": lambda e, d, n, x: (
        f"reads {', '.join(map(str, d.get('keys') or ())) or 'nothing'}"
        + (f" on {n(d['board'])}" if d.get("board") else ""),
        "soft",
    ),
    "state.write": lambda e, d, n, x: (
        f"writes {d.get('key')}" + (f" on {n(d['board'])}" if d.get("board") else "") + f": {line_of(d.get('value'))}",
        "plain",
    ),
    "state.conflict": lambda e, d, n, x: (
        f"“{d.get('key')}” was written by {_agents(n, d.get('agents'))}, and neither could see what the other wrote",
        "bad",
    ),
    "boundary.violation": lambda e, d, n, x: (f"may not touch {d.get('key')}{_because(d)}", "bad"),
    "wait.started": lambda e, d, n, x: (f"asks: {line_of(d.get('prompt'))}", "warn"),
    "wait.resolved": lambda e, d, n, x: (f"is answered by {d.get('by', 'you')}: {line_of(d.get('value'))}", "plain"),
    "limit.exceeded": lambda e, d, n, x: (limit_reached(e, d, n), "bad"),
    "limit.granted": lambda e, d, n, x: (
        f"may use up to {say(str(d.get('which')), d.get('limit', 0))}"
        if e.agent
        else f"The run may use up to {say(str(d.get('which')), d.get('limit', 0))}",
        "plain",
    ),
    "usage.unpriced": lambda e, d, n, x: (
        f"uses {d.get('model') or 'a model'}, whose price nobody knows: its tokens are counted, its money is not",
        "warn",
    ),
    "engine.loop_blocked": lambda e, d, n, x: (
        f"{_any_of([n(str(id)) for id in d.get('agents') or ()])} held the program up for"
        f" {seconds(float(d.get('lag', 0)))}",
        "warn",
    ),
}
