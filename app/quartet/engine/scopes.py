"""Scopes: the drawing that runs, and each attempt of an agent that stands for a sub-graph, with its own plan.

There is one scheduler, one stream of events and one clock for all of them. An agent within a scope is called by its
path, `outer/inner`; of several scopes of the same agent at once the second is `outer#2/inner`. What agents see of each
other (inputs, tools, expressions) knows their own ids only.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import STALLED, Activation, Failure, Then, silent
from quartet.engine.plan import Plan

if TYPE_CHECKING:
    from quartet.engine.clock import Timer
    from quartet.engine.nodes import Link, Node
    from quartet.engine.scheduler import Scheduler

JSON = Any


class Scope:
    """One run of a graph: of the drawing itself, or within it of a sub-graph, as the body of one attempt."""

    __slots__ = (
        "activation", "attempt", "closed", "failed", "fates", "heard", "input", "live", "missed", "outputs", "over",
        "plan", "reports", "s", "silence", "slot", "then", "timer",
    )  # fmt: skip

    def __init__(
        self, s: Scheduler, plan: Plan, input: JSON, activation: Activation | None = None, slot: int = 1
    ) -> None:
        self.s, self.plan, self.input = s, plan, input
        self.activation = activation
        """Whose attempt it is; None: the whole run."""
        self.attempt = activation.attempt if activation is not None else 0
        self.slot = slot
        """Which of the scopes of the same agent at this moment."""
        self.live = 0
        self.failed: list[Activation] = []
        self.outputs: dict[Node, JSON] = {}
        self.fates: dict[Activation, list[Activation | None]] = {}
        """Of failed activations: who failed because of each error token; None where one was absorbed."""
        self.reports: dict[Node, JSON] = {}
        """What workers last gave back to their own supervisors."""
        self.missed: dict[Node, set[Link]] = {}
        """Of fallbacks: the edges on which they were not needed."""
        self.closed = ""
        """Why nothing of it counts any more: cancelled | timed_out; empty while it counts."""
        self.over = False
        self.then: Then | None = None
        self.timer: Timer | None = None
        self.silence: Timer | None = None
        self.heard = s.now
        """When something in it was last settled."""
        for node in plan.nodes.values():
            node.scope = self

    @property
    def ending(self) -> bool:
        """Whether nothing new may begin in it: it, one that it is in, or the whole run is being stopped."""
        if self.closed or self.s.stopping:
            return True
        return self.activation is not None and self.activation.node.scope.ending

    def is_within(self, other: Scope) -> bool:
        """Whether it is `other` or belongs to one of its agents, at any depth."""
        scope: Scope | None = self
        while scope is not None and scope is not other:
            scope = scope.activation.node.scope if scope.activation is not None else None
        return scope is not None

    # ------------------------------------------------------------------ the life of an inner one

    def open(self) -> None:
        """Begin with the agents that nothing leads to."""
        s = self.s
        for node in self.plan.nodes.values():
            if node.started_by_run and not self.closed:
                s.begin(node, self.input, {})
        if not self.live:
            s.scopes.resting.append(self)

    def settle(self) -> bool:
        """Nothing in it is live: give up what waits in vain, else end it. False: there was nothing to do."""
        s = self.s
        if self.over or self.live:
            return False
        if self.closed:
            self._closed()
        elif not s.stopping and s.flow.settle_leftovers(self):
            s.scopes.resting.append(self)
        else:
            self._end()
        return True

    def _end(self) -> None:
        s, a = self.s, self.activation
        assert a is not None
        self._leave()
        a.body = None
        if s.stopping:  # what it had still to do was no longer begun
            s.tell("attempt.cancelled", a.node.id, a.act, self.attempt)
            s.finish(a, "cancelled")
            return
        unhandled = s.flow.unhandled(self)
        if unhandled:
            s.attempts.failed(a, failure_inside(unhandled))
            return
        s.tell("attempt.succeeded", a.node.id, a.act, self.attempt)
        s.succeed(a, s.flow.output(self))

    def cancel(self, then: Then) -> None:
        """Stop everything in it (see `Body`)."""
        if self.closed:
            # its time limit had already passed; now there is nothing to go on with afterwards
            self.then = then
            return
        self.close("cancelled", then)

    def time_out(self, kind: str, after: float, failure: Failure) -> None:
        """A time limit of the agent that stands for it has passed."""
        s, a = self.s, self.activation
        assert a is not None
        if self.closed or self.over:
            return
        if kind == STALLED:
            s.oversight.tell_stalled(a.node, after)
        s.tell("attempt.timed_out", a.node.id, a.act, self.attempt, {"kind": kind, "after": after})
        self.close("timed_out", lambda: s.attempts.again(a, failure))

    def close(self, why: str, then: Then) -> None:
        """Nothing in it counts from here on. `then` when all of it has ended or was abandoned."""
        s = self.s
        self.closed, self.then = why, then
        self._drop_timers()
        for node in self.plan.nodes.values():
            node.generation += 1  # tokens under way, and those still to be put, are superseded
            join, node.join = node.join, None
            if join is not None:
                s.timers.drop(join.timer)
                if not join.closed:
                    join.closed = True
                    s.tell("join.unsatisfiable", node.id, None, None, {"counts": join.counts()})
        s.cancelling.stop_scope(self)
        if not self.live:
            s.scopes.resting.append(self)

    def _closed(self) -> None:
        s, a = self.s, self.activation
        assert a is not None
        self._leave()
        if self.closed == "cancelled":
            s.tell("attempt.cancelled", a.node.id, a.act, self.attempt)
        then, self.then = self.then, None
        if then is not None:
            then()

    def _leave(self) -> None:
        self.over = True
        self._drop_timers()
        self.s.scopes.left(self)
        self.s.boards.scope_left(self.plan.nodes.values())
        if self.activation is not None:  # what its agents used up is part of what that one did
            own = self.activation.node
            if own.meters is not None:
                self.s.envelope.at_work(own, -1)
            for node in self.plan.nodes.values():
                own.tokens += node.tokens
                own.cost += node.cost
                own.hops += node.hops

    # ------------------------------------------------------------------ time limits

    def set_timers(self, limit: float | None, silence: float | None) -> None:
        """Watch over the attempt. Only the agent that stands for the graph has these limits, its agents their own."""
        s = self.s
        index = self.activation.node.index if self.activation is not None else 0
        if limit is not None:
            text = f"no result within {limit:g} s"
            failure = Failure(text, "TimeoutError", True, "timeout")
            self.timer = s.timers.at(s.now + limit, lambda: self._late("start_to_close", limit, failure), index)
            s.own_timers += 1  # a limit is no reason to wait when nothing else can happen
        if silence is not None:
            self._listen(s.now + silence, silence, index)

    def _late(self, kind: str, limit: float, failure: Failure) -> None:
        self._drop_timers()
        self.time_out(kind, limit, failure)

    def _listen(self, due: float, silence: float, index: int) -> None:
        self.silence = self.s.timers.at(due, lambda: self._silent(silence, index), index)
        self.s.own_timers += 1

    def _silent(self, silence: float, index: int) -> None:
        self.s.own_timers -= 1
        self.silence = None
        s = self.s
        scopes = [scope for scope in s.scopes.inner if scope.is_within(self)]
        known = set(scopes)
        heard = [scope.heard for scope in scopes]
        heard += [e.heard for e in s.attempts.executions.values() if e.activation.node.scope in known]
        due = max(heard) + silence
        if due > s.now:
            self._listen(due, silence, index)
            return
        assert self.activation is not None
        kind, failure = silent(self.activation.node, silence)
        self._late(kind, silence, failure)

    def _drop_timers(self) -> None:
        for timer in (self.timer, self.silence):
            if timer is not None:
                self.s.timers.drop(timer)
                self.s.own_timers -= 1
        self.timer = self.silence = None


class Scopes:
    """The scopes of a run."""

    def __init__(self, s: Scheduler) -> None:
        self.s = s
        self.inner: dict[Scope, None] = {}
        """The scopes of sub-graphs that are open, in the order they were opened."""
        self.resting: deque[Scope] = deque()
        """Inner scopes in which nothing is live any more."""
        self._numbers: dict[str, Iterator[int]] = {}
        """Of the visits of an inner agent, by path: a second scope goes on where the first ended."""
        self._slots: dict[str, list[int]] = {}
        """By path: a heap of the free slots, with the first that was never used among them."""

    def open(self, activation: Activation) -> None:
        """Begin an attempt of an agent that stands for a sub-graph."""
        s, node = self.s, activation.node
        limits = node.agent.limits
        limit = limits.start_to_close if limits is not None else None
        data: dict[str, JSON] = {"fence": activation.fence}
        if limit is not None:
            data["limit"] = limit
        if activation.config is not node.config:
            data["with"] = {k: v for k, v in activation.config.items() if node.config.get(k) != v}
        if activation.turn > 1:
            data["turn"] = activation.turn
        s.tell("attempt.started", node.id, activation.act, activation.attempt, data)
        id = activation.config.get("graph")
        graph = node.scope.plan.table.get(str(id))
        if graph is None:  # only a supervisor's directive can lay this over a graph that was checked
            s.attempts.failed(activation, Failure(f"there is no sub-graph “{id}”", "Settings", False))
            return
        slot = self._slot(node.id)
        path = node.id if slot == 1 else f"{node.id}#{slot}"
        plan = Plan(graph, table=node.scope.plan.table, prefix=f"{path}/", keys=node.scope.plan.keys)
        s.envelope.watch(plan)
        for inner in plan.nodes.values():
            inner.numbers = self._numbers.setdefault(inner.id, count(1))
        scope = Scope(s, plan, activation.value, activation, slot)
        self.inner[scope] = None
        activation.body = scope
        told = {"graph": id, "name": graph.name, "agents": len(plan.nodes), "path": path}
        s.tell("scope.opened", node.id, activation.act, activation.attempt, told)
        s.oversight.start(plan)
        scope.set_timers(limit, node.silence)
        if node.meters is not None:
            s.envelope.at_work(node, 1)
        scope.open()

    def _slot(self, path: str) -> int:
        slots = self._slots.setdefault(path, [1])
        slot = heapq.heappop(slots)
        if not slots:
            slots.append(slot + 1)
        return slot

    def left(self, scope: Scope) -> None:
        """A scope is over."""
        if scope in self.inner and scope.activation is not None:
            del self.inner[scope]
            heapq.heappush(self._slots[scope.activation.node.id], scope.slot)

    def nodes(self) -> Iterator[Node]:
        """The agents of all open scopes, those of the drawing first."""
        for scope in (self.s.root, *self.inner):
            yield from scope.plan.nodes.values()

    def find(self, path: str) -> Node | None:
        """The agent of that path; of several scopes of the same path in the newest."""
        for scope in (*reversed(self.inner), self.s.root):
            prefix = scope.plan.prefix
            if path.startswith(prefix) and (node := scope.plan.nodes.get(path[len(prefix) :])) is not None:
                return node
        return None

    def known(self, path: str) -> Node:
        """The agent of that path.

        Raises:
            LookupError: there is none, or what it is in is not at work.
        """
        if (node := self.find(path)) is None:
            raise LookupError(f"this run has no agent “{path}”")
        return node

    def settle(self) -> bool:
        """Settle one scope in which nothing is live any more. False: there is none."""
        while self.resting:
            if self.resting.popleft().settle():
                return True
        return False

    def settle_leftovers(self) -> bool:
        """Nothing can happen any more: settle one agent that waits in vain, the innermost first. False: none does."""
        flow = self.s.flow
        return any(flow.settle_leftovers(scope) for scope in [*reversed(self.inner), self.s.root] if not scope.closed)


def failure_inside(unhandled: list[Activation]) -> Failure:
    """The failure of an agent that stands for a sub-graph: of what nobody in there took care of, the first."""
    first = unhandled[0]
    others = len({a.node.id for a in unhandled}) - 1
    why = first.failure or Failure("", "AgentError")
    who = first.node.agent.name + (f" and {others} more" if others else "")
    return Failure(
        f"{who} failed: {why.chain()}", why.type, why.retryable, "error", why.retry_after,
        origin=why.origin or first.node.id,
    )  # fmt: skip
