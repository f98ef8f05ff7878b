"""The heart of a run: activations begin, end and put tokens on edges; everything else hangs on these three.

Every entry from outside (an execution that ended, a timer, a person, a cancellation) calls a method that ends in
`drain`, which works until nothing is left that can be done at this moment. Nothing in here awaits.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure, Owner
from quartet.engine.clock import Clock, Timers
from quartet.engine.events import Event, new_event
from quartet.engine.nodes import Node
from quartet.engine.plan import Plan
from quartet.engine.prices import PriceTable
from quartet.engine.routing import route

if TYPE_CHECKING:
    from quartet.engine.executors import Executor
    from quartet.engine.handoffs import Chain
    from quartet.engine.recording import Recorder

JSON = Any
_OFF = {"skipped": "muted", "succeeded": "bypassed"}
"""How visits of agents end that are taken out of runs: what their end is told with as the reason."""


class Scheduler:
    """The state of one run and its core; the parts below each look after one subject."""

    def __init__(
        self, plan: Plan, run_id: str, input: JSON, clock: Clock, executor: Executor, seed: int, *, rehearse: bool
    ) -> None:
        # the parts know the scheduler, so they are imported where both exist
        from quartet.engine.attempts import Attempts
        from quartet.engine.boards import Boards
        from quartet.engine.by_hand import ByHand
        from quartet.engine.cancelling import Cancelling
        from quartet.engine.copies import Copying
        from quartet.engine.dispatch import Dispatching
        from quartet.engine.ending import Ending
        from quartet.engine.envelope import Envelope
        from quartet.engine.fallback import Falling
        from quartet.engine.flow import Flow
        from quartet.engine.handoffs import Handing
        from quartet.engine.requests import Requests
        from quartet.engine.scopes import Scope, Scopes
        from quartet.engine.shared_state import SharedState
        from quartet.engine.supervision import Oversight

        self.plan, self.run_id, self.input = plan, run_id, input
        self.clock, self.executor, self.rehearse = clock, executor, rehearse
        self.random = random.Random(seed)  # noqa: S311 - jitter, nothing secret
        self.timers = Timers(clock)
        self.events: list[Event] = []
        self.told: Callable[[list[Event]], None] = lambda events: None
        """Called once after each drain, with the events it told."""
        self.prices = PriceTable()
        self.folder = ""
        """Where the file of the graph lies, if it does."""
        self.recorder: Recorder | None = None
        """Notes what comes in from outside, for the journal."""
        self.seq, self.now, self.finished = 0, 0.0, False
        self.outcome = ""
        """Of a finished run: succeeded | failed | cancelled."""
        self.error: Exception | None = None
        self.paused, self.pause_reason = False, ""
        self.draining = False
        """It is to pause as soon as nothing is at work any more; until then nothing new starts."""
        self.own_timers = 1  # timers of the run itself: its deadline
        self.stopping: str | None = None
        """cancelled or failed: the run is on its way to that end and admits nothing."""
        self.stop_reason: str | None = None
        self.todo: deque[Callable[[], None]] = deque()
        self.root, self.scopes = Scope(self, plan, input), Scopes(self)
        self._draining = False
        self.envelope = Envelope(self)
        self.flow = Flow(self)
        self.attempts = Attempts(self)
        self.copying = Copying(self)
        self.falling = Falling(self)
        self.oversight = Oversight(self)
        self.dispatching = Dispatching(self)
        self.handing = Handing(self)
        self.shared = SharedState(self)
        self.boards = Boards(self)
        self.requests = Requests(self)
        self.cancelling = Cancelling(self)
        self.halt, self.stop = self.cancelling.halt, self.cancelling.stop
        self.by_hand = ByHand(self)
        self.ending = Ending(self)

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
        self.seq = seq = self.seq + 1
        self.events.append(new_event((seq, self.now, type, agent, act, attempt, data)))

    # ------------------------------------------------------------------ from outside

    def start(self, loop: asyncio.AbstractEventLoop, taking_up: Callable[[], None] | None = None) -> None:
        """Begin the run, or go on with one that was replayed."""
        self.loop = loop
        self.clock.start(loop, self.timers, self.wake, self.now)
        if taking_up is None:
            self.enter("start")
            self.launch()
        else:
            taking_up()
        self.drain()
        self.timers.arm()

    def launch(self) -> None:
        """The first thing that happens: agents that nothing leads to get the input."""
        data = {"input": self.input, "graph": self.plan.graph.name}
        if self.shared.cells:
            data["state"] = self.shared.values()
        self.tell("run.started", data=data)
        self.envelope.time()
        self.oversight.start(self.plan)
        for node in self.plan.nodes.values():
            if node.started_by_run:
                if node.off == "muted":
                    self.flow.pass_over(node, "skipped")
                else:
                    self.begin(node, self.input, {})

    def wake(self) -> None:
        """Timers are due, or the clock woke early."""
        now = self.clock.now()
        due = self.timers.due()
        if due is None or due > now:
            self.timers.arm()
            return
        self.enter("due")
        self.fire()
        self.drain()

    def fire(self) -> None:
        """Do what is due now."""
        try:
            self.timers.fire(self.now)
        except Exception as error:  # noqa: BLE001
            self.ending.break_down(error)

    def enter(self, what: str, *data: JSON) -> None:
        """Something comes in from outside: take the time and note it. Each entry ends with `drain`.

        What happens next follows from these entries alone: by them a run is resumed (`quartet.engine.journal`).
        """
        self.now = self.clock.now()
        if self.recorder is not None:
            self.recorder.note(self.seq, self.now, what, data)

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
                elif not self.ending.settle():
                    break
        except Exception as error:  # noqa: BLE001
            self.ending.break_down(error)
        self._draining = False
        events, self.events = self.events, []
        self.told(events)
        if self.clock.virtual and not self.finished:
            self.clock.held = self.paused and not attempts.busy
            self.clock.settle()

    def pause(self, reason: str) -> None:
        """Start nothing new; what runs goes on."""
        self.paused, self.draining, self.pause_reason = True, False, reason
        self.tell("run.paused", data={"reason": reason})

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
        activation = Activation(node, node.acts if node.numbers is None else next(node.numbers), value, inputs, owner)
        activation.silent = silent
        activation.context = context
        if visit is not None:
            activation.visit = visit
        elif node.numbers is not None:
            activation.visit = node.acts
        if note is not None:
            activation.copy = note.get("copy")
        if names is not None:
            activation.names = names
        activation.chain = chain
        if overrides:
            activation.config = {**node.config, **overrides}
        if heir_of is not None:
            activation.fence, activation.details = heir_of.fence, heir_of.details
            activation.attempt = activation.before = heir_of.attempt
        if node.state_seen is not None:
            self.shared.open(activation)
        node.scope.live += 1
        node.live[activation] = None
        if inputs:
            note = {"inputs": inputs} if note is None else {"inputs": inputs, **note}
        self.tell("activation.ready", node.id, activation.act, None, note)
        if chain is not None:
            chain.begins(activation)
        if node.acts > 1 and activation.copy is None and (note is None or "job" not in note):
            self.envelope.visited_again()
        if node.meters is not None and activation.copy is None:
            self.envelope.visited(node)
        if node.schedule_to_close is not None:
            self.attempts.watch_deadline(activation)
        if node.scope.closed:  # a late-comer in a sub-graph that is being stopped
            self.todo.append(partial(self.stop, activation, lambda: None))
        else:
            self.enter_body(activation)
        return activation

    def enter_body(self, activation: Activation) -> None:
        """Let an activation do its part, for the first time or after a restart."""
        node = activation.node
        if node.alone:
            self.attempts.enter(activation)
            return
        if self.paused and node.entry_of is not None and activation.visit > 1 and not node.attempts:
            self.attempts.enter(activation)  # what goes round without a pause waits for the end of this one
            return
        if node.peers is not None and activation.chain is None:
            self.handing.start(activation)
        if node.off == "muted":  # nearly all are passed over before they begin
            self.finish(activation, "skipped")
        elif node.off:
            self.succeed(activation, activation.value)
        elif node.agent.dynamic and activation.copy is None and not activation.silent and node.peers is None:
            self.copying.start(activation)
        elif node.engine_role == "worker":
            if node.workers and activation.attempt == activation.before:
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
            failure = route(self, activation, value)
            if failure is not None:
                # what stood in brought this value: it is not asked again
                self.fail(activation, failure, fallbacks=not activation.degraded)
                return
        if activation.view is not None and (conflict := self.shared.commit(activation)) is not None:
            self.finish(activation, "failed", failure=conflict)
            return
        self.finish(activation, "succeeded", value)

    def fail(self, activation: Activation, failure: Failure, *, fallbacks: bool = True) -> None:
        """Attempts are exhausted: the rest of the ladder is fallbacks, then the supervisor, then failure."""
        if activation.state:
            return
        activation.body = None
        if activation.stopping is not None or activation.node.scope.ending:
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
        if state == "cancelled" and activation.partial is not None and node.agent.accept_result_on_cancel:
            state, value = "succeeded", activation.partial.value
        activation.state = state
        activation.body = None
        self.attempts.drop_timers(activation)
        scope = node.scope
        scope.live -= 1
        scope.heard = self.now
        if not scope.live and scope.activation is not None:
            self.scopes.resting.append(scope)
        if len(node.live) == 1:
            node.live = {}  # takes less room than one that was used
        else:
            del node.live[activation]
        data: dict[str, JSON] = {"state": state}
        if state == "succeeded":
            activation.result = data["value"] = value
            if activation.degraded:
                data["degraded"] = True
        elif failure is not None:
            activation.failure = failure
            data["reason"], data["error"] = failure.reason, failure.chain()
        elif activation.partial is not None and state == "cancelled":
            data["partial"] = activation.partial.value
        if node.keeps:
            self.oversight.keep(activation)
        if node.off and _OFF.get(state) == node.off:
            data["reason"] = node.off
        if activation.by is not None:
            data["by"] = activation.by
        if activation.copy is not None:
            data["copy"] = activation.copy
        if activation.chain is not None:
            activation.chain.ends(activation, data)
        self.tell("activation.finished", node.id, activation.act, None, data)
        if activation.claims:
            self.boards.left(activation)
        owner = activation.owner
        if owner is not None:
            owner.settled(activation)
        elif not activation.silent:
            self.flow.put(activation)
        if activation.stopping:
            self.todo.extend(activation.stopping)
        if node.workers:
            node.group.settled(activation)
        elif node.active_board:
            self.boards.settled(activation)

    def skip(self, node: Node, state: str = "skipped", failure: Failure | None = None) -> Activation:
        """Settle a visit that never started: a branch not taken, or one whose inputs failed."""
        node.acts += 1
        activation = Activation(node, node.acts if node.numbers is None else next(node.numbers), None, {}, None)
        node.scope.live += 1
        node.live[activation] = None
        activation.derived = failure is not None and failure.reason == "upstream"
        self.finish(activation, state, failure=failure)
        if node.workers:
            self.dispatching.passed_over(node, state, failure)
        elif node.active_board:
            self.boards.passed_over(node, state)
        return activation
