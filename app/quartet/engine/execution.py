"""One call of the executor under way: what it tells, and how it ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Answer, Value
from quartet.engine.activation import Activation, Then
from quartet.engine.clock import Timer
from quartet.engine.outcomes import Outcome, bare_outcome_of, outcome_of, plain

if TYPE_CHECKING:
    from quartet.engine.attempts import Attempts

JSON = Any
_TALK = frozenset({"output", "note", "usage"})


class Execution:
    """One call of the executor under way: an attempt, or a continuation of it."""

    __slots__ = (
        "activation",
        "attempt",
        "attempts",
        "closed",
        "heard",
        "heartbeat",
        "number",
        "over",
        "started",
        "task",
        "then",
        "timer",
    )

    def __init__(self, attempts: Attempts, activation: Activation, number: int) -> None:
        self.attempts, self.activation = attempts, activation
        self.number = number
        """In the order in which executions begin, from 1: what the journal calls it."""
        self.attempt = activation.attempt
        self.closed = ""
        """Why nothing of it counts any more: timed_out | cancelled; empty while it counts."""
        self.over = False
        self.then: Then | None = None
        self.timer: Timer | None = None
        self.heartbeat: Timer | None = None
        self.started = self.heard = attempts.s.now
        self.task: asyncio.Task[Answer] | None = None

    def told(self, kind: str, data: dict[str, JSON]) -> None:
        """What the executor's `emit` leads to. After its end an execution has nothing more to say.

        Raises:
            TypeError: the agent tells what is not JSON, or no usage; it hears of that itself.
        """
        if self.over or self.attempts.s.finished or (self.closed and kind != "usage"):
            return  # what it has used up is used up
        try:
            data = plain(data)
        except (TypeError, ValueError, RecursionError) as problem:
            raise TypeError(f"what the agent tells ({kind}) is not JSON: {problem}") from None
        s = self.attempts.s
        if kind == "usage":
            data = s.prices.priced(data)  # before it is noted: a run that is taken up again keeps its sums
        s.enter("told", self.number, kind, data)
        self.heard_of(kind, data)
        s.drain()

    def heard_of(self, kind: str, data: dict[str, JSON]) -> None:
        """It told something."""
        s, a = self.attempts.s, self.activation
        if not a.node.beats_only or kind not in _TALK:
            self.heard = s.now
        if a.claims:
            s.boards.heard(a)
        if kind == "heartbeat":
            a.details = data.get("details")
        elif kind == "waiting":
            self.attempts.drop_limits(self)
        elif kind == "begun":
            self.started = s.now
            self.attempts.set_limits(self)
        s.tell(f"attempt.{kind}", a.node.id, a.act, self.attempt, data)
        if kind == "usage":
            s.envelope.use(a, data)

    def done(self, task: asyncio.Task[Answer]) -> None:
        """The task ended, one way or another."""
        s = self.attempts.s
        s.clock.running -= 1
        outcome = bare_outcome_of(task) if self.over or self.closed == "timed_out" else outcome_of(task)
        if s.finished:
            del self.attempts.executions[self.number]
            return
        s.enter("done", self.number, type(outcome).__name__, outcome)
        self.came(outcome)
        s.drain()

    def came(self, outcome: Outcome) -> None:
        """It has really ended, with an answer, a failure, or (None) because it was cancelled."""
        attempts = self.attempts
        del attempts.executions[self.number]
        attempts.ended_last.append((attempts.s.now, self.activation.node))
        try:
            if self.over:
                attempts.late(self, outcome)
            elif self.closed:
                if isinstance(outcome, Value) and self.closed == "cancelled":
                    self.activation.partial = outcome
                attempts.ended(self, abandoned=False)
            else:
                self.over = True
                attempts.answered(self, outcome)
        except Exception as error:  # noqa: BLE001
            attempts.s.ending.break_down(error)

    def too_long(self) -> None:
        """Its time is over."""
        self.attempts.too_long(self)

    def cancel(self, then: Then) -> None:
        """Stop it (see `Body`)."""
        if self.closed:
            # its time limit had already passed; now there is nothing to go on with afterwards
            self.then = then
            return
        self.attempts.close(self, "cancelled", then)
