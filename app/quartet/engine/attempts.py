"""Attempts: places, executions, time limits, retries. One heap of timers, no waiting."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Answer, Call, Calls, Handoff, Result, Value, Wait
from quartet.engine.activation import Activation, Failure, Then, failure_of
from quartet.engine.clock import Timer
from quartet.engine.dispatch import Work

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
_SCALARS = (str, int, float, bool, type(None))


class Execution:
    """One call of the executor under way: an attempt, or a continuation of it."""

    __slots__ = (
        "activation",
        "attempt",
        "attempts",
        "closed",
        "heard",
        "heartbeat",
        "over",
        "started",
        "task",
        "then",
        "timer",
    )

    def __init__(self, attempts: Attempts, activation: Activation) -> None:
        self.attempts, self.activation = attempts, activation
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
            TypeError: the agent tells what is not JSON; it hears of that itself.
        """
        if self.closed or self.over:
            return
        try:
            data = plain(data)
        except (TypeError, ValueError, RecursionError) as problem:
            raise TypeError(f"what the agent tells ({kind}) is not JSON: {problem}") from None
        s, a = self.attempts.s, self.activation
        s.enter()
        self.heard = s.now
        if kind == "heartbeat":
            a.details = data.get("details")
        s.tell(f"attempt.{kind}", a.node.id, a.act, self.attempt, data)
        s.drain()

    def done(self, task: asyncio.Task[Answer]) -> None:
        """The task ended, one way or another."""
        attempts = self.attempts
        s = attempts.s
        s.clock.running -= 1
        attempts.executions.discard(self)
        if s.finished:
            if not task.cancelled():
                task.exception()  # looked at, so that asyncio does not complain of it
            return
        s.enter()
        try:
            if self.over:
                attempts.late(self, task)
            elif self.closed:
                if not task.cancelled():
                    task.exception()
                attempts.ended(self, abandoned=False)
            else:
                self.over = True
                attempts.answered(self, task)
        except Exception as error:  # noqa: BLE001
            s.break_down(error)
        s.drain()

    def cancel(self, then: Then) -> None:
        """Stop it (see `Body`)."""
        if self.closed:
            # its time limit had already passed; now there is nothing to go on with afterwards
            self.then = then
            return
        self.attempts.close(self, "cancelled", then)


class Attempts:
    """Everything between “may start” and “has an answer, or none after all tries”."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler
        self.queue: deque[Activation] = deque()
        self.busy = 0
        self.max_busy = scheduler.plan.limits.max_concurrency
        self.executions: set[Execution] = set()
        """Those whose tasks have not ended, abandoned ones too: a loop keeps its tasks only weakly."""

    # ------------------------------------------------------------------ places

    def enter(self, activation: Activation) -> None:
        """Start the next attempt as soon as there is a place."""
        s = self.s
        if s.stopping:
            return  # it is at rest, and about to be stopped
        if self.busy < self.max_busy and not self.queue and not s.paused:
            self.start(activation)
            return
        activation.queued = True
        self.queue.append(activation)
        s.tell("activation.queued", activation.node.id, activation.act, None, {"limit": self.max_busy})
        wait = activation.node.schedule_to_start
        if wait is not None and activation.attempt == 0:
            activation.queue_timer = s.timers.at(
                s.now + wait, lambda: self._start_late(activation), activation.node.index
            )

    def admit(self) -> bool:
        """Start what waits for a place. False: nothing could be started."""
        if self.s.paused or self.s.stopping:
            return False
        found = False
        while self.queue and self.busy < self.max_busy:
            activation = self.queue.popleft()
            if activation.queued:
                activation.queued = False
                self.s.timers.drop(activation.queue_timer)
                self.start(activation)
                found = True
        return found

    def _start_late(self, activation: Activation) -> None:
        activation.queued = False
        wait = activation.node.schedule_to_start or 0.0
        self.s.fail(activation, Failure(f"no place became free within {wait:g} s", "TimeoutError", False, "timeout"))

    # ------------------------------------------------------------------ executions

    def start(self, activation: Activation) -> None:
        """Start the next attempt now."""
        s, node = self.s, activation.node
        if activation.resume is not None:
            state, results = activation.resume
            activation.resume = None
            self.execute(activation, state, results)
            return
        activation.attempt += 1
        activation.tries += 1
        activation.fence += 1
        activation.spent = 0.0
        data: dict[str, JSON] = {"fence": activation.fence, "limit": node.start_to_close}
        if activation.config is not node.config:
            data["with"] = {k: v for k, v in activation.config.items() if node.config.get(k) != v}
        if activation.turn > 1:
            data["turn"] = activation.turn
        s.tell("attempt.started", node.id, activation.act, activation.attempt, data)
        self.execute(activation)

    def execute(self, activation: Activation, state: JSON = None, results: tuple[Result, ...] = ()) -> None:
        """Call the executor: the attempt itself, or its continuation with `state` and `results`."""
        s, node = self.s, activation.node
        call = Call(
            s.run_id, node.id, node.agent.name, node.kind, activation.act, activation.attempt, activation.config,
            copied(s.input), copied(activation.value), copied(activation.inputs), activation.names,
            copied(activation.context or {}), activation.visit,
            node.tools, state, results, activation.details, f"{s.run_id}/{node.id}/{activation.act}",
        )  # fmt: skip
        execution = Execution(self, activation)
        activation.body = execution
        self.busy += 1
        task = execution.task = s.loop.create_task(s.executor.run(call, execution.told))
        s.clock.running += 1
        self.executions.add(execution)
        task.add_done_callback(execution.done)
        timers = s.timers
        left = node.start_to_close - activation.spent
        execution.timer = timers.at(s.now + left, lambda: self._too_long(execution), node.index)
        if node.heartbeat is not None:
            execution.heartbeat = timers.at(s.now + node.heartbeat, lambda: self._silent(execution), node.index)

    def _release(self, execution: Execution) -> None:
        self.busy -= 1
        self.s.timers.drop(execution.timer)
        self.s.timers.drop(execution.heartbeat)
        execution.activation.spent += self.s.now - execution.started

    def answered(self, execution: Execution, task: asyncio.Task[Answer]) -> None:
        """An execution ended by itself: with an answer, or with an exception."""
        s, a = self.s, execution.activation
        self._release(execution)
        a.body = None
        if task.cancelled():
            self.failed(a, Failure("the agent cancelled itself", "CancelledError", False))
            return
        error = task.exception()
        if error is not None:
            self.failed(a, failure_of(error))
            return
        answer: Any = task.result()
        if isinstance(answer, Value):
            value = answer.value
            if not isinstance(value, str):
                try:
                    value = plain(value)
                except (TypeError, ValueError, RecursionError) as problem:
                    self.failed(a, Failure(f"the agent's result is not JSON: {problem}", "NotJSON", False))
                    return
            s.tell("attempt.succeeded", a.node.id, a.act, a.attempt)
            s.succeed(a, value)
        elif s.stopping:
            s.tell("attempt.cancelled", a.node.id, a.act, a.attempt)
            s.finish(a, "cancelled")
        elif isinstance(answer, Handoff):
            s.handing.handed_off(a, answer)
        elif isinstance(answer, Calls):
            s.requests.carry_out(a, answer)
        elif isinstance(answer, Wait):
            s.requests.wait(a, answer)
        else:
            text = f"the agent answered {type(answer).__name__}, not Value, Handoff, Calls or Wait"
            self.failed(a, Failure(text, "TypeError", False))

    def close(self, execution: Execution, why: str, then: Then) -> None:
        """Shut the scope: nothing of the execution counts from here on. `then` when it ended, or after the grace."""
        execution.closed, execution.then = why, then
        self.s.timers.drop(execution.timer)
        self.s.timers.drop(execution.heartbeat)
        task = execution.task
        assert task is not None
        task.cancel()
        node = execution.activation.node
        execution.timer = self.s.timers.at(
            self.s.now + node.grace, lambda: self.ended(execution, abandoned=True), node.index
        )

    def ended(self, execution: Execution, *, abandoned: bool) -> None:
        """A closed execution has really ended, or its grace is over."""
        a = execution.activation
        execution.over = True
        self._release(execution)
        where = (a.node.id, a.act, execution.attempt)
        if execution.closed == "cancelled":
            self.s.tell("attempt.cancelled", *where)
        if abandoned:
            self.s.tell("attempt.abandoned", *where)
        then, execution.then = execution.then, None
        if then is not None:
            then()

    def late(self, execution: Execution, task: asyncio.Task[Answer]) -> None:
        """An abandoned execution ended after all; what it brings is dropped."""
        a = execution.activation
        if not task.cancelled() and task.exception() is None:
            self.s.tell("attempt.late_result", a.node.id, a.act, execution.attempt, {})

    # ------------------------------------------------------------------ time limits

    def watch_deadline(self, activation: Activation) -> None:
        """Begin the limit on a whole visit, retries and pauses included."""
        limit = activation.node.schedule_to_close
        assert limit is not None
        activation.deadline = self.s.now + limit
        activation.deadline_timer = self.s.timers.at(
            activation.deadline, lambda: self._visit_too_long(activation), activation.node.index
        )

    def _visit_too_long(self, activation: Activation) -> None:
        limit = activation.node.schedule_to_close or 0.0
        failure = Failure(f"no result within {limit:g} s in all", "TimeoutError", False, "timeout")
        body = activation.body
        if isinstance(body, Execution):
            self._time_out(body, "schedule_to_close", limit, failure)
        elif isinstance(body, Work):
            body.stop_children(lambda: self.s.fail(activation, failure))
        else:
            self.s.halt(activation, lambda: self.s.fail(activation, failure))

    def _too_long(self, execution: Execution) -> None:
        limit = execution.activation.node.start_to_close
        self._time_out(
            execution,
            "start_to_close",
            limit,
            Failure(f"no result within {limit:g} s", "TimeoutError", True, "timeout"),
        )

    def _silent(self, execution: Execution) -> None:
        node = execution.activation.node
        assert node.heartbeat is not None
        due = execution.heard + node.heartbeat
        if due > self.s.now:
            execution.heartbeat = self.s.timers.at(due, lambda: self._silent(execution), node.index)
            return
        text = f"nothing was heard for {node.heartbeat:g} s"
        self._time_out(execution, "heartbeat", node.heartbeat, Failure(text, "TimeoutError", True, "timeout"))

    def _time_out(self, execution: Execution, kind: str, after: float, failure: Failure) -> None:
        task = execution.task
        if execution.closed or execution.over or task is None or task.done():
            return  # a result that is ready in the same moment wins
        a = execution.activation
        self.s.tell("attempt.timed_out", a.node.id, a.act, a.attempt, {"kind": kind, "after": after})
        self.close(execution, "timed_out", lambda: self.again(a, failure))

    # ------------------------------------------------------------------ retries

    def failed(self, activation: Activation, failure: Failure) -> None:
        """An attempt failed."""
        data = {"error": failure.message, "type": failure.type, "retryable": failure.retryable}
        self.s.tell("attempt.failed", activation.node.id, activation.act, activation.attempt, data)
        self.again(activation, failure)

    def again(self, activation: Activation, failure: Failure) -> None:
        """Try again if the policy says so; else go on along the ladder."""
        s, node = self.s, activation.node
        policy = node.retry
        activation.body = activation.resume = None
        if s.stopping or activation.stopping is not None:
            s.fail(activation, failure)
            return
        if not failure.may_retry(policy):
            self._exhausted(activation, failure, "non_retryable")
            return
        if policy.max_attempts and activation.tries >= policy.max_attempts:
            self._exhausted(activation, failure, "max_attempts")
            return
        delay = self.pause(activation, failure)
        if activation.deadline is not None and s.now + delay >= activation.deadline:
            self._exhausted(activation, failure._replace(reason="no_time_to_retry"), "no_time_to_retry")
            return
        s.tell("retry.scheduled", node.id, activation.act, None, {"delay": delay, "n": activation.attempt + 1})
        activation.timer = s.timers.at(s.now + delay, lambda: self._resume(activation), node.index)

    def pause(self, activation: Activation, failure: Failure) -> float:
        """Seconds until the next attempt: what the error asks for, else growing, with jitter, up to the longest."""
        if failure.retry_after is not None:
            return max(0.0, failure.retry_after)
        policy = activation.node.retry
        exponent = min(activation.tries - 1, 1000)
        try:
            delay = policy.initial * policy.backoff**exponent
        except OverflowError:
            delay = policy.longest
        if policy.jitter and delay:
            delay *= 1 + policy.jitter * (2 * self.s.random.random() - 1)
        return min(policy.longest, delay)

    def _resume(self, activation: Activation) -> None:
        activation.timer = None
        self.enter(activation)

    def _exhausted(self, activation: Activation, failure: Failure, reason: str) -> None:
        if activation.node.retry.max_attempts != 1:
            self.s.tell("retry.exhausted", activation.node.id, activation.act, None, {"reason": reason})
        self.s.fail(activation, failure)


def plain(value: JSON) -> JSON:
    """A value as JSON has it, shared with nobody who could change it.

    Raises:
        TypeError, ValueError, RecursionError: it is not JSON.
    """
    if value is None or type(value) in _SCALARS:
        if type(value) is float:
            json.dumps(value, allow_nan=False)
        return value
    return json.loads(json.dumps(value, allow_nan=False))


def copied(value: JSON) -> JSON:
    """A JSON value that may be changed without anybody else noticing."""
    kind = type(value)
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return value
