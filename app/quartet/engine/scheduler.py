"""The heart of a run: activations begin, end and put tokens on edges; everything else hangs on these three.

Every entry from outside (an execution that ended, a timer, a person, a cancellation) calls a method that ends in
`drain`, which works until nothing is left that can be done at this moment. Nothing in here awaits.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure, Owner, Then
from quartet.engine.clock import Clock, Timers
from quartet.engine.events import Event
from quartet.engine.nodes import Node
from quartet.engine.plan import Plan

if TYPE_CHECKING:
    from quartet.engine.executors import Executor
    from quartet.engine.handoffs import Chain

JSON = Any


class Scheduler:
    """The state of one run and its core; the parts below each look after one subject."""

    def __init__(
        self, plan: Plan, run_id: str, input: JSON, clock: Clock, executor: Executor, seed: int, *, rehearse: bool
    ) -> None:
        # the parts know the scheduler, so they are imported where both exist
        from quartet.engine.attempts import Attempts
        from quartet.engine.board import Boards
        from quartet.engine.cancelling import Cancelling
        from quartet.engine.copies import Copying
        from quartet.engine.dispatch import Dispatching
        from quartet.engine.fallback import Falling
        from quartet.engine.flow import Flow
        from quartet.engine.handoffs import Handing
        from quartet.engine.requests import Requests
        from quartet.engine.supervision import Oversight

        self.plan, self.run_id, self.input = plan, run_id, input
        self.clock, self.executor, self.rehearse = clock, executor, rehearse
        self.random = random.Random(seed)  # noqa: S311 - jitter, nothing secret
        self.timers = Timers(clock)
        self.events: deque[Event] = deque()
        self.told: Callable[[], None] = lambda: None
        """Called once after each drain that told something."""
        self.seq = 0
        self.now = 0.0
        self.live = 0
        self.repeats = 0
        self.max_repeats = plan.limits.max_activations
        self.finished = False
        self.error: Exception | None = None
        self.paused = False
        self.own_timers = 1
        """Timers of the run itself: its deadline, and the watch over the loop."""
        self.stopping: str | None = None
        """cancelled or failed: the run is on its way to that end and admits nothing."""
        self.stop_reason: str | None = None
        self.todo: deque[Callable[[], None]] = deque()
        self.failed: list[Activation] = []
        self.outputs: dict[Node, JSON] = {}
        self._draining = False
        self.flow = Flow(self)
        self.attempts = Attempts(self)
        self.copying = Copying(self)
        self.falling = Falling(self)
        self.oversight = Oversight(self)
        self.dispatching = Dispatching(self)
        self.handing = Handing(self)
        self.boards = Boards(self)
        self.requests = Requests(self)
        self.cancelling = Cancelling(self)

    # ------------------------------------------------------------------ telling

    def tell(
        self,
        type: str,
        agent: str | None = None,
        act: int | None = None,
        attempt: int | None = None,
        data: dict[str, JSON] | None = None,
    ) -> None:
        """Emit the next event."""
        self.seq += 1
        self.events.append(Event(self.seq, self.now, type, agent, act, attempt, data))

    # ------------------------------------------------------------------ from outside

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin the run."""
        self.loop = loop
        self.clock.start(loop, self.timers, self.wake)
        self.now = self.clock.now()
        self.tell("run.started", data={"input": self.input, "graph": self.plan.graph.name})
        self.timers.at(self.plan.limits.deadline, self._deadline)
        self.oversight.start()
        for node in self.plan.nodes.values():
            if node.started_by_run:
                self.begin(node, self.input, {})
        self.drain()

    def wake(self) -> None:
        """Timers are due."""
        self.now = self.clock.now()
        try:
            self.timers.fire(self.now)
        except Exception as error:  # noqa: BLE001
            self.break_down(error)
        self.drain()

    def enter(self) -> None:
        """Something happened: take the time. Each entry ends with `drain`."""
        self.now = self.clock.now()

    def drain(self) -> None:
        """Do all that can be done now; then let the listeners and the clock know."""
        if self._draining:
            return
        self._draining = True
        flow, todo, attempts = self.flow, self.todo, self.attempts
        try:
            while True:
                if flow.tokens:
                    flow.deliver()
                elif todo:
                    todo.popleft()()
                elif attempts.queue and attempts.admit():
                    continue
                elif not self._settle_what_rests():
                    break
        except Exception as error:  # noqa: BLE001
            self.break_down(error)
        self._draining = False
        self.told()
        if self.clock.virtual and not self.finished:
            self.clock.settle()

    def break_down(self, error: Exception) -> None:
        """An error in the engine itself ends the run and is raised to whoever iterates: better loud than hanging."""
        self.error = error
        self.finished = True
        self.live = 0
        self.clock.close()
        for execution in list(self.attempts.executions):
            if execution.task is not None:
                execution.task.cancel()

    # ------------------------------------------------------------------ activations

    def begin(
        self,
        node: Node,
        value: JSON,
        inputs: dict[str, JSON],
        owner: Owner | None = None,
        *,
        silent: bool = False,
        context: dict[str, JSON] | None = None,
        note: dict[str, JSON] | None = None,
        visit: int | None = None,
        names: dict[str, str] | None = None,
        chain: Chain | None = None,
        overrides: dict[str, JSON] | None = None,
        heir_of: Activation | None = None,
    ) -> Activation:
        """Start a visit of an agent with what it received. `note` is told with activation.ready."""
        node.acts += 1
        activation = Activation(node, node.acts, value, inputs, owner)
        activation.silent = silent
        activation.context = context
        if visit is not None:
            activation.visit = visit
        if note is not None:
            activation.copy = note.get("copy")
        if names is not None:
            activation.names = names
        activation.chain = chain
        if overrides:
            activation.config = {**node.config, **overrides}
        if heir_of is not None:
            activation.fence, activation.details = heir_of.fence, heir_of.details
        self.live += 1
        node.live.append(activation)
        if inputs:
            note = {"inputs": inputs} if note is None else {"inputs": inputs, **note}
        self.tell("activation.ready", node.id, activation.act, None, note)
        if node.acts > 1 and activation.copy is None:
            self._count_repeat()
        if node.schedule_to_close is not None:
            self.attempts.watch_deadline(activation)
        self.enter_body(activation)
        return activation

    def enter_body(self, activation: Activation) -> None:
        """Let an activation do its part, for the first time or after a restart."""
        node = activation.node
        if node.peers is not None and activation.chain is None:
            self.handing.start(activation)
        if node.agent.dynamic and activation.copy is None and not activation.silent and node.peers is None:
            self.copying.start(activation)
        elif node.engine_role == "worker":
            if node.workers and activation.attempt == 0:
                node.group.begin(activation)
                if node.dispatch == "graph":
                    self.dispatching.give_out(activation)
            self.attempts.enter(activation)
        elif node.engine_role == "board":
            self.boards.start(activation)
        elif node.workers:
            self.dispatching.start(activation)
        else:
            self.succeed(activation, activation.value)

    def succeed(self, activation: Activation, value: JSON) -> None:
        """An activation has its result. Its conditional ways out are decided before it is settled."""
        node = activation.node
        if node.conditional and not activation.silent and not self.stopping:
            failure = self.flow.route(activation, value)
            if failure is not None:
                # what stood in brought this value: it is not asked again
                self.fail(activation, failure, fallbacks=not activation.degraded)
                return
        self.finish(activation, "succeeded", value)

    def fail(self, activation: Activation, failure: Failure, *, fallbacks: bool = True) -> None:
        """Attempts are exhausted: the rest of the ladder is fallbacks, then the supervisor, then failure."""
        if activation.state:
            return
        activation.body = None
        if self.stopping or activation.stopping is not None:
            self.finish(activation, "cancelled")
            return
        self.timers.drop(activation.deadline_timer)
        supervised = activation.owner is None or activation.owner.supervised
        if failure.reason not in ("upstream", "limit"):
            if fallbacks and activation.node.fallbacks and self.falling.start(activation, failure):
                return
            if activation.node.supervisor is not None and supervised and self.oversight.take(activation, failure):
                return
        node = activation.node
        if node.workers and node.engine_role == "worker" and supervised and node.group.outlives(activation, failure):
            return
        self.finish(activation, "failed", failure=failure)

    def finish(self, activation: Activation, state: str, value: JSON = None, *, failure: Failure | None = None) -> None:
        """Settle an activation for good."""
        if activation.state:
            return
        node = activation.node
        activation.state = state
        activation.body = None
        self.drop_timers(activation)
        self.live -= 1
        node.live.remove(activation)
        data: dict[str, JSON] = {"state": state}
        if state == "succeeded":
            activation.result = data["value"] = value
            if activation.degraded:
                data["degraded"] = True
        elif failure is not None:
            activation.failure = failure
            data["reason"], data["error"] = failure.reason, failure.chain()
        if activation.by is not None:
            data["by"] = activation.by
        if activation.copy is not None:
            data["copy"] = activation.copy
        self.tell("activation.finished", node.id, activation.act, None, data)
        owner = activation.owner
        if owner is not None:
            owner.settled(activation)
        elif not activation.silent:
            self.flow.put(activation)
        if activation.stopping:
            self.todo.extend(activation.stopping)
        if node.workers:
            node.group.settled(activation)

    def skip(self, node: Node, state: str = "skipped", failure: Failure | None = None) -> Activation:
        """Settle a visit that never started: a branch not taken, or one whose inputs failed."""
        node.acts += 1
        activation = Activation(node, node.acts, None, {}, None)
        self.live += 1
        node.live.append(activation)
        activation.derived = failure is not None and failure.reason == "upstream"
        self.finish(activation, state, failure=failure)
        if node.workers:
            self.dispatching.passed_over(node, state, failure)
        elif node.active_board:
            self.boards.passed_over(node, state)
        return activation

    def drop_timers(self, activation: Activation) -> None:
        """No timer of an activation may fire any more."""
        drop = self.timers.drop
        drop(activation.timer)
        drop(activation.queue_timer)
        drop(activation.deadline_timer)
        activation.timer = activation.queue_timer = activation.deadline_timer = None
        activation.queued = False

    def halt(self, activation: Activation, then: Then) -> None:
        """Bring an activation to rest without settling it; `then` once nothing of it runs any more."""
        if activation.halting is not None:
            activation.halting.append(then)
            return
        self.timers.drop(activation.timer)
        self.timers.drop(activation.queue_timer)
        activation.timer = activation.queue_timer = None
        activation.queued = False
        body, activation.body = activation.body, None
        if activation.resume is not None:
            activation.resume = None
            self.tell("attempt.cancelled", activation.node.id, activation.act, activation.attempt)
        if body is None:
            then()
            return
        halting = activation.halting = [then]

        def halted() -> None:
            activation.halting = None
            for one in halting:
                one()

        body.cancel(halted)

    def stop(self, activation: Activation, then: Then) -> None:
        """Cancel an activation with all that belongs to it; `then` once it is settled."""
        if activation.state:
            then()
        elif activation.stopping is not None:
            activation.stopping.append(then)
        else:
            activation.stopping = [then]
            self.halt(activation, lambda: self.finish(activation, "cancelled"))

    # ------------------------------------------------------------------ limits and the end

    def _count_repeat(self) -> None:
        self.repeats += 1
        if self.repeats == self.max_repeats + 1:
            self.limit(
                "max_activations", self.repeats, self.max_repeats, f"{self.max_repeats} repeated visits of agents"
            )

    def limit(self, which: str, value: JSON, limit: JSON, text: str) -> None:
        """A limit of the run is reached: pause and ask, or fail."""
        self.tell("limit.exceeded", data={"which": which, "value": value, "limit": limit})
        if self.plan.limits.on_limit == "ask":
            self.paused = True
            self.tell("run.paused", data={"reason": f"limit reached: {text}"})
        else:
            self.todo.append(lambda: self.cancelling.start("failed", f"limit reached: {text}", "limit"))

    def _deadline(self) -> None:
        deadline = self.plan.limits.deadline
        self.tell("limit.exceeded", data={"which": "deadline", "value": deadline, "limit": deadline})
        self.cancelling.start("failed", f"the run took longer than {deadline:g} s", "deadline")

    def _settle_what_rests(self) -> bool:
        """Nothing moves by itself any more: end watches, settle dead ends, finish the run. False: it only waits."""
        if self.finished:
            return False
        if self.dispatching.watches and self.dispatching.settle():
            return True
        if self.live:
            return self._stuck() and (self.flow.settle_leftovers() or self.dispatching.settle(stuck=True))
        return self._end()

    def _stuck(self) -> bool:
        """Whether what is live waits for what can never happen: nothing runs, no timer is set, nobody is asked."""
        quiet = not self.attempts.busy and not self.attempts.queue and not self.requests.waits
        return quiet and not self.stopping and not self.paused and self.timers.pending <= self.own_timers

    def _end(self) -> bool:
        """Nothing is live. Settle what can never start any more, else finish the run; False: nothing was done."""
        if not self.stopping and self.flow.settle_leftovers():
            return True
        unhandled = self.flow.unhandled()
        state = self.stopping or ("failed" if unhandled else "succeeded")
        data: dict[str, JSON] = {"state": state, "unhandled": unhandled}
        if state == "succeeded":
            data["output"] = self.flow.output()
        if self.stop_reason is not None:
            data["reason"] = self.stop_reason
        elif unhandled:
            first = next(a for a in self.failed if a.id == unhandled[0])
            data["reason"] = first.failure.chain() if first.failure else ""
        self.finished = True
        self.clock.close()
        self.tell("run.finished", data=data)
        return True
