"""What becomes of executions that were under way when the program that carried their run ended."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quartet.agents.kinds import find
from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.ending import DRAINED
from quartet.engine.policies import is_repeatable
from quartet.engine.requests import Waiting

if TYPE_CHECKING:
    from quartet.agents.calls import Call
    from quartet.engine.execution import Execution
    from quartet.engine.scheduler import Scheduler

JSON = Any
AGAIN, GIVE_UP = "run again", "give up"
_YES = frozenset({AGAIN, "again", "yes", "y"})


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
    if s.draining or s.pause_reason == DRAINED:  # it was left to be gone on with
        s.paused, s.draining, s.pause_reason = False, False, ""
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
        Doubt(s, a).ask()
    else:
        _give_up(s, a)


def again(s: Scheduler, a: Activation) -> None:
    """Start what was lost once more, at once."""
    s.tell("retry.scheduled", a.node.id, a.act, None, {"delay": 0.0, "n": a.attempt + 1})
    s.attempts.enter(a)


class Doubt(Waiting):
    """A person is asked whether what was lost, and may not be safe to run twice, runs again."""

    def __init__(self, s: Scheduler, a: Activation) -> None:
        super().__init__(s.requests, a, self._decide)
        self.s = s

    def ask(self) -> None:
        """Put the question; whatever else goes on goes on."""
        s, a = self.s, self.activation
        a.body = self
        prompt = (
            f"{a.node.agent.name} was under way when the program ended, and may have done its work already. "
            f"“{AGAIN}” runs it once more, “{GIVE_UP}” lets it fail."
        )
        s.tell("wait.started", a.node.id, a.act, None, {"prompt": prompt, "choices": [AGAIN, GIVE_UP]})
        s.requests.waits.append(self)

    def _decide(self, value: JSON) -> None:
        self.activation.body = None
        if value is True or str(value).strip().casefold() in _YES:
            again(self.s, self.activation)
        else:
            _give_up(self.s, self.activation)

    def cancel(self, then: Then) -> None:
        """Take the question back (see `Body`)."""
        self.withdraw()
        then()


def _give_up(s: Scheduler, a: Activation) -> None:
    a.resume, a.anew = None, False
    text = (
        "it was under way when the program ended, and is not safe to run twice: look whether it was done, then fork "
        "the run, or resume it so that such agents run again"
    )
    # a fallback may stand in, but no supervisor starts it again: nobody has allowed that
    s.falling.last_resort(a, Failure(text, "Lost", False, "lost"))
