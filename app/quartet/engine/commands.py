"""What whoever holds a run can do to it, by name and with JSON: so it can be noted, and done again when a run resumes.

A new command is a function here and a method of `Run` that calls it by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from quartet.engine.ending import DRAINED

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


def carry_out(s: Scheduler, command: str, arguments: Sequence[JSON]) -> JSON:
    """Carry out a command; what it has to say.

    Raises:
        LookupError: this version knows no such command.
    """
    try:
        function = _COMMANDS[command]
    except KeyError:
        raise LookupError(f"this version knows no command “{command}”") from None
    return function(s, *arguments)


def _cancel(s: Scheduler, by: str) -> None:
    s.cancelling.start("cancelled", "cancelled", by)


def _answer(s: Scheduler, agent: str, value: JSON) -> bool:
    return s.requests.answer(agent, value)


def _resolve(s: Scheduler, agent: str, value: JSON, by: str) -> bool:
    return s.by_hand.resolve(agent, value, by)


def _stop_agent(s: Scheduler, agent: str, by: str) -> bool:
    return s.by_hand.stop(agent, by)


def _restart_agent(s: Scheduler, agent: str, by: str) -> bool:
    return s.by_hand.restart(agent, by)


def _pause(s: Scheduler, reason: str) -> None:
    if not s.paused and not s.stopping:
        s.pause(reason)


def _drain(s: Scheduler, by: str) -> None:
    if not s.draining and not s.stopping and s.pause_reason != DRAINED:
        s.paused = s.draining = True
        s.tell("run.drain_requested", data={"by": by})


def _unwritten(s: Scheduler, reason: str) -> None:
    if not s.stopping:
        s.pause(reason)


def _resume(s: Scheduler) -> None:
    if s.paused and not s.stopping:
        s.paused, s.draining, s.pause_reason = False, False, ""
        s.envelope.grant_all()
        s.tell("run.resumed")


def _grant(s: Scheduler, which: str, more: float, agent: str | None) -> None:
    if not s.stopping:
        s.envelope.grant(which, more, agent)


def _blocked(s: Scheduler, lag: float) -> None:
    agents = list(dict.fromkeys(node.id for node in s.attempts.suspects(lag)))
    s.tell("engine.loop_blocked", data={"lag": lag, "agents": agents})


_COMMANDS: dict[str, Callable[..., JSON]] = {
    "cancel": _cancel,
    "answer": _answer,
    "resolve": _resolve,
    "stop_agent": _stop_agent,
    "restart_agent": _restart_agent,
    "pause": _pause,
    "drain": _drain,
    "unwritten": _unwritten,
    "resume": _resume,
    "grant": _grant,
    "blocked": _blocked,
}
