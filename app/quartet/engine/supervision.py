"""Oversight: what a supervisor does when one of its workers has failed for good. It does no work itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.cancelling import subtree
from quartet.engine.dispatch import Work
from quartet.engine.groups import Group
from quartet.engine.nodes import Node
from quartet.engine.requests import Batch
from quartet.graph.model import Directive

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
LONGEST_PAUSE = 30.0
JITTER = 0.2


class Oversight:
    """Carries out the directives of all supervisors of a run."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler

    def start(self) -> None:
        """Form the groups."""
        for node in self.s.plan.nodes.values():
            if node.workers:
                node.group = Group(self.s, node)

    def take(self, activation: Activation, failure: Failure) -> bool:
        """A worker failed for good. False: nobody watches it."""
        boss = activation.node.supervisor
        assert boss is not None
        group: Group = boss.group
        if not group.watching:
            return False
        activation.failures += 1
        activation.held = failure
        self.s.dispatching.detach(activation)
        activation.body = None
        self.s.tell("activation.held", activation.node.id, activation.act, None, {"error": failure.message})
        told = {"child": activation.node.id, "error": failure.message, "n": activation.failures}
        self.s.tell("group.child_failed", boss.id, None, None, told)
        if group.down:
            group.waiting.append((activation, failure))
        else:
            self.act(group, activation, failure)
        return True

    def act(self, group: Group, activation: Activation, failure: Failure) -> None:
        """Do what the policy says about this failure."""
        fitting = [d for d in group.plan.on_error if d.on is None or failure.type in d.on]
        if not fitting:
            self.escalate(group, activation, failure, "no directive is for this error")
            return
        directive = fitting[min(activation.failures, len(fitting)) - 1]
        match directive.do:
            case "restart":
                self._restart(group, activation, failure, directive)
            case "reassign":
                self._reassign(group, activation, failure, directive)
            case "escalate":
                self.escalate(group, activation, failure, "as its policy says")
            case "stop":
                self._end(activation, "cancelled")
            case "ignore":
                self._end(activation, "skipped")

    def release(self) -> bool:
        """Nothing can happen any more: who rests for a decision rests in vain, and is given up. False: nobody does."""
        for worker in [a for node in self.s.plan.nodes.values() if node.supervisor for a in node.live]:
            if worker.body is None and worker.resume is None and worker.stopping is None:
                self.s.finish(worker, "failed" if worker.held else "cancelled", failure=worker.held)
                return True
        return False

    def _end(self, activation: Activation, state: str) -> None:
        """Give a worker up, as handled: its token is cancelled or skipped."""
        s = self.s
        for other in self._live_under(activation.node):
            if other is not activation and _serves(other, activation):
                s.stop(other, lambda: None)
        boss = activation.node.supervisor
        if boss is not None and state == "cancelled":
            s.tell("group.child_stopped", boss.id, None, None, {"child": activation.node.id, "how": "given up"})
        s.finish(activation, state)

    # ------------------------------------------------------------------ restart

    def _restart(self, group: Group, activation: Activation, failure: Failure, directive: Directive) -> None:
        s, plan = self.s, group.plan
        if plan.max_seconds is not None:
            while group.restarts and group.restarts[0] < s.now - plan.max_seconds:
                group.restarts.popleft()
            count = len(group.restarts)
        else:
            count = activation.oversight_restarts
        if count >= plan.max_restarts:
            self.escalate(group, activation, failure, f"{plan.max_restarts} restarts were not enough", exhausted=True)
            return
        group.restarts.append(s.now)
        activation.oversight_restarts += 1
        if activation.node.workers and activation.node.group.down:
            activation.node.group.come_back()
            return
        n = count + 1
        delay = self._pause(plan.backoff, activation.oversight_restarts)
        siblings = self._siblings(group, activation)
        ids = list(dict.fromkeys([*(a.node.id for a in siblings), activation.node.id]))
        told: dict[str, JSON] = {
            "child": activation.node.id, "strategy": plan.strategy, "affected": ids, "n": n, "limit": plan.max_restarts,
            "delay": delay,
        }  # fmt: skip
        if directive.with_:
            told["with"] = directive.with_
        s.tell("group.restart_scheduled", group.boss.id, None, None, told)
        activation.config = {**activation.node.config, **directive.with_} if directive.with_ else activation.node.config
        # what came up from below is at rest since it was raised; a supervisor's own failure leaves its workers be
        below = self._live_below(activation.node) if failure.reason == "escalated" else []
        under = [a for a in below if _serves(a, activation)]
        again = sorted([activation, *under, *siblings], key=lambda a: self._place(group, a))

        def stopped() -> None:
            activation.timer = s.timers.at(s.now + delay, start, activation.node.index)

        def start() -> None:
            for one in [] if s.stopping else again:
                # of two restarts that were under way at once, the first has started it
                if not one.state and one.stopping is None and one.body is None and not one.queued:
                    self.start_again(one)

        self._in_turn(group, list(reversed(siblings)), self.s.halt, stopped)

    def _pause(self, backoff: float, n: int) -> float:
        """Seconds before the n-th restart in a row: none before the first, then growing, with jitter."""
        if n <= 1 or not backoff:
            return 0.0
        delay = min(LONGEST_PAUSE, backoff * 2.0 ** min(n - 2, 64))
        return float(min(LONGEST_PAUSE, delay * (1 + JITTER * (2 * self.s.random.random() - 1))))

    def _place(self, group: Group, activation: Activation) -> tuple[int, int]:
        order = {node: index for index, node in enumerate(subtree(group.boss))}
        return order.get(activation.node, 0), activation.act

    def _siblings(self, group: Group, activation: Activation) -> list[Activation]:
        """The live ones that are restarted with it, in start order. What has finished stands."""
        if group.plan.strategy == "one_for_one":
            return []
        workers = group.boss.workers
        if group.plan.strategy == "rest_for_one" and activation.node in workers:
            workers = workers[workers.index(activation.node) + 1 :]
        found: list[Activation] = []
        for worker in workers:
            if worker is not activation.node:
                found += self._live_under(worker)
        return found

    def _live_under(self, node: Node) -> list[Activation]:
        """The live visits of a worker, and of all it supervises that its own visit does not own."""
        return [a for member in subtree(node) for a in member.live if stands_apart(a)]

    def _in_turn(
        self, group: Group, activations: list[Activation], end: Callable[[Activation, Then], None], then: Then
    ) -> None:
        """`end` (halt or stop) each of them, the next when the one before is down; `then` after the last."""
        s = self.s
        left = list(activations)

        def go_on() -> None:
            while left:
                one = left.pop(0)
                if one.state:
                    continue
                begun = s.now
                s.tell("group.child_stopping", group.boss.id, None, None, {"child": one.node.id})

                def stopped(one: Activation = one, begun: float = begun) -> None:
                    s.cancelling.child_stopped(one, begun)
                    go_on()

                end(one, stopped)
                return
            then()

        go_on()

    def start_again(self, activation: Activation) -> None:
        """Begin an activation that is at rest anew, with all its attempts."""
        s = self.s
        activation.tries = activation.rejections = activation.rounds = 0
        activation.timer = activation.held = None
        activation.degraded, activation.by = False, None
        boss = activation.node.supervisor
        if boss is not None:
            boss.group.waiting = [one for one in boss.group.waiting if one[0] is not activation]
        if activation.deadline is not None:
            s.timers.drop(activation.deadline_timer)
            s.attempts.watch_deadline(activation)
        s.enter_body(activation)

    # ------------------------------------------------------------------ reassign

    def _reassign(self, group: Group, activation: Activation, failure: Failure, directive: Directive) -> None:
        s = self.s
        own = activation.node
        stated = [s.plan.nodes[id] for id in directive.to or () if id in s.plan.nodes]
        others = stated or [worker for worker in group.boss.workers if worker is not own]
        free = [node for node in others if node.id not in activation.tried and node is not own]
        if not free:
            self.escalate(group, activation, failure, "nobody is left to take over")
            return
        # stated candidates are in the person's order; otherwise whoever is least busy
        heir = free[0] if stated else min(free, key=lambda node: (len(node.live), group.boss.workers.index(node)))
        activation.tried.append(heir.id)
        told = {"from": own.id, "to": heir.id, "tried": list(activation.tried)}
        s.tell("worker.reassigned", group.boss.id, None, None, told)
        reassignment = Reassignment(s, activation, failure)
        activation.body = reassignment
        if own.workers and own.group.down:
            own.group.abandon()  # another does the work of the supervisor that died, but nobody watches in its place
        reassignment.hand(heir, directive.with_)

    # ------------------------------------------------------------------ escalate

    def escalate(
        self, group: Group, activation: Activation, failure: Failure, reason: str, *, exhausted: bool = False
    ) -> None:
        """The supervisor cannot mend it: the one above decides, or the failure stands."""
        s, boss = self.s, group.boss
        parent = boss.supervisor
        above = parent is not None and parent.group.watching and not isinstance(activation.owner, Batch)
        told: dict[str, JSON] = {"child": activation.node.id, "reason": reason}
        if above and parent is not None:
            told["to"] = parent.id
        s.tell("group.escalated", boss.id, None, None, told)
        own = activation.owner.boss if isinstance(activation.owner, Work) else group.activation
        if isinstance(activation.owner, Batch):
            # the manager that asked for it hears of it, and decides itself
            self._let_go(activation)
            s.finish(activation, "failed", failure=failure)
            return
        if above and own is not None and own.stopping is None:
            under = [a for a in self._live_below(boss) if a is not activation and _serves(a, own)]
            raised = failure._replace(retryable=False, reason="escalated")
            self._in_turn(
                group, list(reversed(under)), s.halt, lambda: s.halt(own, lambda: self._raise(own, activation, raised))
            )
            return
        group.lost[activation.node] = failure
        culprits = self._culprits(activation) if failure.reason == "escalated" else []
        if exhausted:
            others = [a for a in self._live_below(boss) if a is not activation and a not in culprits]
            self._in_turn(group, list(reversed(others)), s.stop, lambda: None)
        self._give_up(activation, culprits, failure)
        for other in self._live_under(activation.node):
            if other is not activation and _serves(other, activation):
                s.stop(other, lambda: None)
        s.finish(activation, "failed", failure=failure)

    def _raise(self, own: Activation, activation: Activation, failure: Failure) -> None:
        own.node.group.culprit = activation
        for a in [a for a in self._live_below(own.node) if _serves(a, own)]:
            a.failures = a.oversight_restarts = 0
            a.config = a.node.config
        if own.state:
            return
        if own.owner is not None and not own.owner.supervised:
            # it did this in another's place: whoever asked for it decides what comes next
            self._let_go(own)
            self.s.finish(own, "failed", failure=failure)
        elif not self.s.falling.start(own, failure):
            self.take(own, failure)

    def _culprits(self, boss: Activation) -> list[Activation]:
        """Whose failure came up to this supervisor, from its own worker down to where it began."""
        found: list[Activation] = []
        above = boss
        while above.node.workers and (culprit := above.node.group.culprit) is not None:
            found.append(culprit)
            above = culprit
        return found

    def _give_up(self, boss: Activation, culprits: list[Activation], failure: Failure) -> None:
        """Where the failure that came up to the top began fails too, and is the one that is counted."""
        above = boss
        for culprit in culprits:
            above.derived = not culprit.silent
            self.s.finish(culprit, "failed", failure=failure)
            above = culprit

    def mend(self, boss: Activation) -> None:
        """Others did what this supervisor's workers could not: their failures harmed nobody, and they are let go."""
        below = set(subtree(boss.node)[1:])
        for failed in self.s.failed:
            if failed.node in below and _serves(failed, boss):
                self.s.flow.absorb(failed)
        self._let_go(boss)

    def _let_go(self, boss: Activation) -> None:
        for other in self._live_below(boss.node):
            if _serves(other, boss):
                self.s.stop(other, lambda: None)

    def _live_below(self, boss: Node) -> list[Activation]:
        return [a for node in subtree(boss)[1:] for a in node.live if stands_apart(a)]


def stands_apart(activation: Activation) -> bool:
    """Whether it is stopped and restarted by itself, rather than with what started it (copies, fallbacks, calls)."""
    return activation.owner is None or activation.owner.apart


def _serves(activation: Activation, boss: Activation) -> bool:
    """Whether it does not belong to another visit of the same supervisor."""
    owner = activation.owner
    return not isinstance(owner, Work) or owner.boss is boss or owner.boss.node is not boss.node


class Reassignment:
    """One worker's work in the hands of another. The token still leaves on the edges of the first."""

    supervised = False
    apart = False

    def __init__(self, scheduler: Scheduler, activation: Activation, failure: Failure) -> None:
        self.s, self.activation = scheduler, activation
        self.escalated = failure.reason == "escalated"
        self.child: Activation | None = None

    def hand(self, heir: Node, overrides: dict[str, JSON] | None) -> None:
        """Let another worker do it."""
        a = self.activation
        names = {**heir.names, **a.names}
        self.child = self.s.begin(
            heir, a.value, a.inputs, self, silent=True, context=a.context, names=names, note={"for": a.node.id},
            overrides=overrides, heir_of=a,
        )  # fmt: skip

    def settled(self, child: Activation) -> None:
        """The other worker has an outcome (see `Owner`)."""
        s, a = self.s, self.activation
        a.fence = max(a.fence, child.fence)
        a.details = child.details
        if a.state or a.stopping is not None or a.body is not self:
            return
        a.body = None
        if child.state == "succeeded":
            a.by = child.node.id
            if self.escalated:
                s.oversight.mend(a)
            s.succeed(a, child.result)
        elif child.state == "failed" and child.failure is not None:
            failure = child.failure
            s.todo.append(lambda: s.fail(a, failure, fallbacks=False) if not a.state else None)
        else:
            s.finish(a, child.state)

    def cancel(self, then: Then) -> None:
        """Stop the other worker (see `Body`)."""
        if self.child is None:
            then()
        else:
            self.s.stop(self.child, then)
