"""Attempts: places, executions, time limits, retries. One heap of timers, no waiting."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Call, Calls, Handoff, Result, Value
from quartet.engine.activation import STALLED, Activation, Failure, Then, silent
from quartet.engine.dispatch import Work
from quartet.engine.execution import Execution
from quartet.engine.executors import apart
from quartet.engine.outcomes import Outcome, copied
from quartet.engine.scopes import Scope

if TYPE_CHECKING:
    from quartet.engine.nodes import Node
    from quartet.engine.scheduler import Scheduler

JSON = Any


class Attempts:
    """Everything between “may start” and “has an answer, or none after all tries”."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler
        self.queue: deque[Activation] = deque()
        self.busy = 0
        self.max_busy = scheduler.plan.limits.max_concurrency
        self.executions: dict[int, Execution] = {}
        """Those whose tasks have not ended, abandoned ones too, by number: a loop keeps its tasks only weakly."""
        self.begun = 0
        self.ended_last: deque[tuple[float, Node]] = deque(maxlen=16)
        """When which execution ended, the latest last."""
        self.launch: Callable[[Execution, Call], None] = self._launch
        self.is_ripe: Callable[[Execution], bool] = self._is_ripe

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
        if wait is not None and activation.attempt == activation.before:
            activation.queue_timer = s.timers.at(
                s.now + wait, partial(self._start_late, activation), activation.node.index
            )

    def admit(self) -> bool:
        """Start what waits for a place. False: nothing could be started."""
        if self.s.paused or self.s.stopping:
            return False
        found = False
        while self.queue and self.busy < self.max_busy and not self.s.paused:
            activation = self.queue.popleft()
            if activation.queued:
                activation.queued = False
                self.s.timers.drop(activation.queue_timer)
                if activation.node.attempts:
                    self.start(activation)
                else:
                    self.s.enter_body(activation)
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
        if s.envelope.guards and s.envelope.holds_back(activation):
            return
        if activation.resume is not None:
            state, results = activation.resume
            activation.resume = None
            if activation.anew:
                activation.anew = False
                self._begin(activation)
            self.execute(activation, state, results)
            return
        if node.opens and not (s.rehearse and node.agent.rehearsal):
            self._count(activation)
            s.scopes.open(activation)
            return
        self._begin(activation)
        if activation.view is not None or activation.claims:
            s.shared.attempt_begins(activation)
        self.execute(activation)

    def _count(self, activation: Activation) -> None:
        activation.attempt += 1
        activation.tries += 1
        activation.fence += 1
        activation.spent, activation.partial = 0.0, None

    def _begin(self, activation: Activation) -> None:
        """Begin the next attempt: count and tell it."""
        node = activation.node
        self._count(activation)
        data: dict[str, JSON] = {"fence": activation.fence, "limit": node.start_to_close}
        if activation.config is not node.config:
            data["with"] = {k: v for k, v in activation.config.items() if node.config.get(k) != v}
        if activation.turn > 1:
            data["turn"] = activation.turn
        self.s.tell("attempt.started", node.id, activation.act, activation.attempt, data)

    def execute(self, activation: Activation, state: JSON = None, results: tuple[Result, ...] = ()) -> None:
        """Call the executor: the attempt itself, or its continuation with `state` and `results`."""
        s, node = self.s, activation.node
        call = Call(
            s.run_id, node.id, node.agent.name, node.kind, activation.act, activation.attempt, activation.config,
            node.scope.input, activation.value, activation.inputs, activation.names, activation.context or {},
            activation.visit, node.tools, state, results, activation.details, f"{s.run_id}/{node.id}/{activation.act}",
            node.grace, copied(s.shared.given(activation)) if activation.view is not None else {}, s.folder,
        )  # fmt: skip
        self.begun = number = self.begun + 1
        execution = self.executions[number] = Execution(self, activation, number)
        activation.body = execution
        self.busy += 1
        if node.meters is not None:
            s.envelope.at_work(node, 1)
        self.launch(execution, call)
        self.set_limits(execution)

    def set_limits(self, execution: Execution) -> None:
        """From now on its time counts."""
        activation, now, timers = execution.activation, self.s.now, self.s.timers
        node = activation.node
        left = node.start_to_close - activation.spent
        execution.timer = timers.at(now + left, execution.too_long, node.index)
        if node.silence is not None:
            execution.heartbeat = timers.at(now + node.silence, partial(self._silent, execution), node.index)

    def drop_limits(self, execution: Execution) -> None:
        """Its time does not count (any more), and no limit on it can be reached."""
        self.s.timers.drop(execution.timer)
        self.s.timers.drop(execution.heartbeat)
        execution.timer = execution.heartbeat = None

    def go_live(self) -> None:
        """From the end of a replay on, executions are real."""
        self.launch, self.is_ripe = self._launch, self._is_ripe

    def _launch(self, execution: Execution, call: Call) -> None:
        s = self.s
        run = s.executor.run
        if s.recorder is not None:
            run, s.recorder.begins = s.recorder.run, True
        # never begun at once, whatever factory the loop has: what leads to it must stand first
        task = execution.task = asyncio.Task(run(call, execution.told), loop=s.loop, name=call.agent)
        s.clock.running += 1
        task.add_done_callback(execution.done)

    def release(self, execution: Execution) -> None:
        """Its place is free again, and its time limits are over."""
        self.busy -= 1
        node = execution.activation.node
        if node.meters is not None:
            self.s.envelope.at_work(node, -1)
        self.s.timers.drop(execution.timer)
        if execution.heartbeat is not None:
            self.s.timers.drop(execution.heartbeat)
        execution.activation.spent += self.s.now - execution.started

    def answered(self, execution: Execution, outcome: Outcome) -> None:
        """An execution ended by itself: with an answer, or with a failure."""
        s, a = self.s, execution.activation
        self.release(execution)
        a.body = None
        if isinstance(outcome, Value):
            s.tell("attempt.succeeded", a.node.id, a.act, a.attempt)
            s.succeed(a, outcome.value)
        elif outcome is None:
            self.failed(a, Failure("the agent cancelled itself", "CancelledError", False))
        elif isinstance(outcome, Failure):
            self.failed(a, outcome)
        elif s.stopping:
            s.tell("attempt.cancelled", a.node.id, a.act, a.attempt)
            s.finish(a, "cancelled")
        elif isinstance(outcome, Handoff):
            s.handing.handed_off(a, outcome)
        elif isinstance(outcome, Calls):
            s.requests.carry_out(a, outcome)
        else:
            s.requests.wait(a, outcome)

    def close(self, execution: Execution, why: str, then: Then) -> None:
        """Shut the scope: nothing of the execution counts from here on. `then` when it ended, or after the grace."""
        execution.closed, execution.then = why, then
        self.s.timers.drop(execution.timer)
        self.s.timers.drop(execution.heartbeat)
        if execution.task is not None:
            execution.task.cancel()
        node = execution.activation.node
        execution.timer = self.s.timers.at(
            self.s.now + node.grace, lambda: self.ended(execution, abandoned=True), node.index
        )

    def ended(self, execution: Execution, *, abandoned: bool) -> None:
        """A closed execution has really ended, or its grace is over."""
        a = execution.activation
        execution.over = True
        self.release(execution)
        where = (a.node.id, a.act, execution.attempt)
        if execution.closed == "cancelled":
            self.s.tell("attempt.cancelled", *where)
        if abandoned:
            self.s.tell("attempt.abandoned", *where)
        then, execution.then = execution.then, None
        if then is not None:
            then()

    def late(self, execution: Execution, outcome: Outcome) -> None:
        """An abandoned execution ended after all; what it brings is dropped."""
        a = execution.activation
        if outcome is not None and not isinstance(outcome, Failure):
            self.s.tell("attempt.late_result", a.node.id, a.act, execution.attempt, {})

    def suspects(self, lag: float) -> list[Node]:
        """Who may have held the loop for the last `lag` seconds: what ended since, and what is still under way.

        Not those that run in a process of their own.
        """
        ended = [node for when, node in self.ended_last if when >= self.s.now - min(lag, 0.5)]
        found = [*ended, *(execution.activation.node for execution in self.executions.values())]
        return [node for node in found if not apart(node.kind, node.config)]

    # ------------------------------------------------------------------ time limits

    def drop_timers(self, activation: Activation) -> None:
        """No timer of an activation may fire any more."""
        activation.queued = False
        if activation.timer is None and activation.queue_timer is None and activation.deadline_timer is None:
            return
        drop = self.s.timers.drop
        drop(activation.timer)
        drop(activation.queue_timer)
        drop(activation.deadline_timer)
        activation.timer = activation.queue_timer = activation.deadline_timer = None

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
        elif isinstance(body, Scope):
            body.time_out("schedule_to_close", limit, failure)
        elif isinstance(body, Work):
            body.stop_children(lambda: self.s.fail(activation, failure))
        else:
            self.s.halt(activation, lambda: self.s.fail(activation, failure))

    def too_long(self, execution: Execution) -> None:
        """Its time is over."""
        limit = execution.activation.node.start_to_close
        self._time_out(
            execution,
            "start_to_close",
            limit,
            Failure(f"no result within {limit:g} s", "TimeoutError", True, "timeout"),
        )

    def _silent(self, execution: Execution) -> None:
        node = execution.activation.node
        silence = node.silence
        assert silence is not None
        due = execution.heard + silence
        if due > self.s.now:
            execution.heartbeat = self.s.timers.at(due, lambda: self._silent(execution), node.index)
            return
        kind, failure = silent(node, silence)
        self._time_out(execution, kind, silence, failure)

    def _time_out(self, execution: Execution, kind: str, after: float, failure: Failure) -> None:
        if execution.closed or execution.over or self.is_ripe(execution):
            return  # a result that is ready in the same moment wins
        a = execution.activation
        if kind == STALLED:
            self.s.oversight.tell_stalled(a.node, after)
        self.s.tell("attempt.timed_out", a.node.id, a.act, a.attempt, {"kind": kind, "after": after})
        self.close(execution, "timed_out", lambda: self.again(a, failure))

    def _is_ripe(self, execution: Execution) -> bool:
        """Whether the task has ended, though nobody has heard of it yet. It is seen from outside, so it is noted."""
        found = execution.task is not None and execution.task.done()
        if found and self.s.recorder is not None:
            self.s.recorder.note_ripe(execution.number)
        return found

    # ------------------------------------------------------------------ retries

    def failed(self, activation: Activation, failure: Failure) -> None:
        """An attempt failed."""
        data = {"error": failure.message, "type": failure.type, "retryable": failure.retryable}
        if failure.origin is not None:
            data["origin"] = failure.origin
        if failure.trace is not None:
            data["trace"] = failure.trace
        how = "attempt.lost" if failure.reason == "lost" else "attempt.failed"
        self.s.tell(how, activation.node.id, activation.act, activation.attempt, data)
        self.again(activation, failure)

    def again(self, activation: Activation, failure: Failure) -> None:
        """Try again if the policy says so; else go on along the ladder."""
        s, node = self.s, activation.node
        policy = node.retry.of(failure.type)
        activation.body = activation.resume = None
        activation.anew = False
        if activation.stopping is not None or node.scope.ending:
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
        policy = activation.node.retry.of(failure.type)
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
        if activation.node.retry.of(failure.type).max_attempts != 1:
            self.s.tell("retry.exhausted", activation.node.id, activation.act, None, {"reason": reason})
        self.s.fail(activation, failure)
