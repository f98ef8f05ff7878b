"""What becomes of executions that were under way when the program that carried their run ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quartet.agents.kinds import find
from quartet.engine.activation import Activation, Failure
from quartet.engine.policies import is_repeatable

if TYPE_CHECKING:
    from quartet.agents.calls import Call
    from quartet.engine.attempts import Execution
    from quartet.engine.scheduler import Scheduler

JSON = Any
_YES = frozenset({"yes", "y", "true", "ok", "again", "run it again"})


def take_up(s: Scheduler, rerun: bool | None, under_way: Mapping[int, Call]) -> None:
    """Go on in a new program. What had been stopped has ended; all else is lost, and tried again.

    The program's end is nobody's fault, so it takes away none of the attempts that a policy allows. What is not
    repeatable runs again only if a person says so.

    Args:
        s: the scheduler, at the end of a replay.
        rerun: whether what is not repeatable may run again; None: ask for each.
        under_way: the calls of the executions that had not ended, by number.
    """
    s.tell("run.interrupted")
    if not s.paused and not s.stopping:
        s.tell("run.resumed")
    executions = s.attempts.executions
    # who had a place comes before those that wait for one
    waiting, s.attempts.queue = s.attempts.queue, deque()
    for number, execution in list(executions.items()):
        del executions[number]
        if execution.over:
            continue  # it was abandoned already
        if execution.closed:
            s.attempts.ended(execution, abandoned=False)
        else:
            _lose(s, execution, under_way[number], rerun)
    s.attempts.queue.extend(waiting)


def _lose(s: Scheduler, execution: Execution, call: Call, rerun: bool | None) -> None:
    a = execution.activation
    execution.over = True
    s.attempts.release(execution)
    a.body = None
    a.tries = max(0, a.tries - 1)
    told = {"error": "the program that ran it ended", "type": "Lost", "retryable": True}
    s.tell("attempt.lost", a.node.id, a.act, execution.attempt, told)
    if call.state is not None or call.results:
        # whoever it had asked has answered, and is not asked again
        a.resume, a.anew = (call.state, call.results), True
    if s.stopping or a.stopping is not None:
        s.fail(a, Failure("the program ended", "Lost", False, "lost"))
    elif rerun or s.rehearse or is_repeatable(a.node.agent, find(a.node.kind)):
        again(s, a)
    elif rerun is None:
        _ask(s, a)
    else:
        _give_up(s, a)


def again(s: Scheduler, a: Activation) -> None:
    """Start what was lost once more, at once."""
    s.tell("retry.scheduled", a.node.id, a.act, None, {"delay": 0.0, "n": a.attempt + 1})
    s.attempts.enter(a)


def _ask(s: Scheduler, a: Activation) -> None:
    def resolved(value: JSON) -> None:
        a.body = None
        if value is True or str(value).strip().casefold() in _YES:
            again(s, a)
        else:
            _give_up(s, a)

    text = f"{a.node.agent.name} was under way when the program ended. Run it again? (yes or no)"
    waiting = s.requests.ask(a, text, resolved)
    waiting.within_attempt = False
    a.body = waiting


def _give_up(s: Scheduler, a: Activation) -> None:
    a.resume, a.anew = None, False
    text = (
        "it was under way when the program ended and is not safe to run twice: say “yes” to run it again, or start a "
        "fork"
    )
    # a fallback may stand in, but no supervisor starts it again: nobody has allowed that
    s.falling.last_resort(a, Failure(text, "Lost", False, "lost"))
