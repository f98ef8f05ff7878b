"""What a run's state knows of teams: the folds of what supervisors, boards and peers do with their agents."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from quartet.engine.events import Event
from quartet.engine.seen_moves import is_current, move

if TYPE_CHECKING:
    from quartet.engine.state import RunState

JSON = Any
Data = dict[str, JSON]
Ids = tuple[str, ...]
Changed = tuple[Ids, Ids]
Fold = Callable[["RunState", Event, Data], Changed]


def _held(run: RunState, event: Event, data: Data) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    if is_current(state, event):
        state.error = data.get("error")
    move(state, event, "held")
    return (event.agent,), ()


def _group_up(run: RunState, event: Event, data: Data) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    state.watching = len(data["workers"])
    state.prompt = None
    if state.status in ("ready", "held", "waiting"):
        move(state, event, "running")
    return (event.agent,), ()


def _restart(run: RunState, event: Event, data: Data) -> Changed:
    for id in data["affected"]:
        state = run.agent(id)
        state.restarts += 1
        if id != data["child"]:
            state.tell("restarted with", data["child"])
        else:
            state.tell("restarted in another way" if data.get("with") else "restarted")
    return (event.agent or "", *data["affected"]), ()


def _escalated(run: RunState, event: Event, data: Data) -> Changed:
    run.agent(data["child"]).tell("escalated to" if data.get("to") else "escalated", data.get("to"))
    return (data["child"],), ()


def _supervisor_lost(run: RunState, event: Event, data: Data) -> Changed:
    assert event.agent is not None
    run.agent(event.agent).tell("died too often to be restarted")
    return (event.agent,), ()


def _stalled(run: RunState, event: Event, data: Data) -> Changed:
    run.agent(data["child"]).tell("said nothing for too long")
    return (data["child"],), ()


def _by_hand(note: str) -> Fold:
    def fold(run: RunState, event: Event, data: Data) -> Changed:
        assert event.agent is not None
        run.agent(event.agent).tell(note)
        return (event.agent,), ()

    return fold


def _supervisor_crashed(run: RunState, event: Event, data: Data) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    state.watching = 0
    state.tell("nobody watches its workers")
    return (event.agent,), ()


def _supervisor_restarted(run: RunState, event: Event, data: Data) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    state.watching = len(data["adopted"])
    state.tell("restarted, took its workers back")
    state.restarts += 1
    return (event.agent,), ()


def _reassigned(run: RunState, event: Event, data: Data) -> Changed:
    run.agent(data["from"]).tell("reassigned to", data["to"])
    run.agent(data["to"]).tell("took over from", data["from"])
    return (data["from"], data["to"]), ()


def _light_edge(run: RunState, event: Event, data: Data, kind: Literal["handoff", "work"]) -> Ids:
    if "edge" not in data:
        return ()
    state = run.edge(data["edge"])
    state.count += 1
    state.kind, state.at = kind, event.t
    state.value = data.get("message") if kind == "handoff" else data.get("value")
    return (data["edge"],)


def _handed_over(run: RunState, event: Event, data: Data) -> Changed:
    return (data["to"],), _light_edge(run, event, data, "work")


def _handed_off(run: RunState, event: Event, data: Data) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    state.tell("handed off to", data["to"])
    move(state, event, "succeeded")
    return (event.agent, data["to"]), _light_edge(run, event, data, "handoff")


def _rejected(run: RunState, event: Event, data: Data) -> Changed:
    assert event.agent is not None
    run.agent(event.agent).tell("may not hand off to", data["to"])
    return (event.agent,), ()


def _claimed(run: RunState, event: Event, data: Data) -> Changed:
    return (data["by"],), _light_edge(run, event, data, "work")


FOLDS: dict[str, Fold] = {
    "activation.held": _held,
    "group.up": _group_up,
    "group.restart_scheduled": _restart,
    "group.escalated": _escalated,
    "group.supervisor_crashed": _supervisor_crashed,
    "group.supervisor_restarted": _supervisor_restarted,
    "supervisor.lost": _supervisor_lost,
    "worker.stalled": _stalled,
    "activation.stop_requested": _by_hand("stopped by hand"),
    "activation.restart_requested": _by_hand("restarted by hand"),
    "activation.resolved_manually": _by_hand("its result was given by hand"),
    "worker.reassigned": _reassigned,
    "work.handed_over": _handed_over,
    "work.claimed": _claimed,
    "handoff.accepted": _handed_off,
    "handoff.rejected": _rejected,
}
