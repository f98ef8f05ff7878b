"""Oversight: what a supervisor does when one of its workers has failed for good. It does no work itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure
from quartet.engine.escalating import Escalating, serves, stands_apart
from quartet.engine.groups import Group
from quartet.engine.moves import Move, subtree
from quartet.engine.nodes import Node
from quartet.engine.plan import Plan
from quartet.engine.reassigning import Reassignment
from quartet.engine.rerunning import Rerun
from quartet.graph.model import Directive

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


class Oversight:
    """Carries out the directives of all supervisors of a run."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler
        self.escalating = Escalating(scheduler)
        self.moves = 0
        """How many interventions there were."""

    def start(self, plan: Plan) -> None:
        """Form the groups of a scope."""
        for node in plan.bosses:
            node.group = Group(self.s, node)

    def take(self, activation: Activation, failure: Failure) -> bool:
        """A worker failed for good. False: nobody watches it."""
        boss = activation.node.supervisor
        assert boss is not None
        group: Group = boss.group
        if not group.watching or boss.off:
            return False
        before, activation.node.inherits = activation.node.inherits, None
        if before is not None:
            activation.failures, activation.steps = before.failures, before.steps
            activation.oversight_restarts, activation.restarted_at = before.oversight_restarts, before.restarted_at
            activation.in_a_row = before.in_a_row
        activation.failures += 1
        activation.held = failure
        self.s.dispatching.detach(activation)
        activation.body = None
        self.s.tell("activation.held", activation.node.id, activation.act, None, {"error": failure.message})
        told = {"child": activation.node.id, "error": failure.message, "n": activation.failures}
        self.s.tell("group.child_failed", boss.id, None, None, told)
        if group.down or group.move is not None or activation.move is not None:
            group.waiting.append((activation, failure))  # one thing after the other
        else:
            self.act(group, activation, failure)
        return True

    def act(self, group: Group, activation: Activation, failure: Failure) -> None:
        """Do what the policy says about this failure."""
        if activation.node.agent.restart == "temporary":
            self._end(activation, "cancelled")
            return
        fitting = tuple(n for n, d in enumerate(group.plan.on_error) if d.on is None or failure.type in d.on)
        if not fitting:
            self.escalate(group, activation, failure, "no directive is for this error")
            return
        steps = activation.steps = activation.steps or {}
        step = steps.get(fitting, 0)
        steps[fitting] = step + 1
        directive = group.plan.on_error[fitting[min(step, len(fitting) - 1)]]
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

    def tell_stalled(self, node: Node, seconds: float) -> None:
        """A supervisor has heard nothing from a worker for too long."""
        if node.supervisor is not None:
            told = {"child": node.id, "silent": seconds}
            self.s.tell("worker.stalled", node.supervisor.id, None, None, told)

    def keep(self, activation: Activation) -> None:
        """Remember what a worker brought last, where it may have to do it again."""
        if activation.copy is None and stands_apart(activation):
            done = activation.state == "succeeded"
            activation.node.kept = activation if done else None
            if done:
                activation.node.inherits = None

    def release(self) -> bool:
        """Nothing can happen any more: who rests for a decision rests in vain, and is given up. False: nobody does."""
        for worker in [a for node in self.s.scopes.nodes() if node.supervisor for a in node.live]:
            if worker.body is None and worker.resume is None and worker.stopping is None:
                self.s.finish(worker, "failed" if worker.held else "cancelled", failure=worker.held)
                return True
        return False

    def _end(self, activation: Activation, state: str) -> None:
        """Give a worker up, as handled: its token is cancelled or skipped."""
        s = self.s
        for other in self.live_under(activation.node):
            if other is not activation and serves(other, activation):
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
            were = "restart was" if plan.max_restarts == 1 else "restarts were"
            self.escalate(group, activation, failure, f"{plan.max_restarts} {were} not enough", exhausted=True)
            return
        group.restarts.append(s.now)
        activation.oversight_restarts += 1
        if s.now - activation.restarted_at >= plan.calm:
            activation.in_a_row = 0
        activation.in_a_row += 1
        if activation.node.workers and activation.node.group.down:
            activation.restarted_at = s.now
            activation.node.group.come_back()
            return
        delay = plan.pause(activation.in_a_row)
        if plan.jitter and delay:
            delay = min(plan.longest, delay * (1 + plan.jitter * (2 * s.random.random() - 1)))
        activation.restarted_at = s.now + delay
        self.begin_restart(group, activation, {"n": count + 1, "delay": delay}, directive.with_)

    def begin_restart(
        self, group: Group, activation: Activation, told: dict[str, JSON], overrides: dict[str, JSON] | None = None
    ) -> None:
        """Bring to rest what is restarted together with a worker that has failed; after a pause start all of it.

        `told`: how many restarts this makes, and seconds to wait.
        """
        s, plan = self.s, group.plan
        siblings = self._siblings(group, activation)
        rerun = self._rerun(group, activation, siblings)
        moved = [a.node.id for a in siblings]
        ids = list(dict.fromkeys([*moved, *(node.id for node in rerun.again), activation.node.id]))
        told = {
            "child": activation.node.id, "strategy": plan.strategy, "affected": ids, "limit": plan.max_restarts, **told,
        }  # fmt: skip
        if overrides:
            told["with"] = overrides
        s.tell("group.restart_scheduled", group.boss.id, None, None, told)
        activation.config = {**activation.node.config, **overrides} if overrides else activation.node.config
        # what came up from below moves all of it; a supervisor's own failure leaves its workers be
        raised = activation.held is not None and activation.held.reason == "escalated"
        below = self.live_below(activation.node) if raised else []
        under = [a for a in below if serves(a, activation)]
        move = group.move = Move(s, self.in_start_order(group, [activation, *under, *siblings]))

        def start() -> None:
            mine = [a for a in move.members if move.concerns(a)]
            if mine and not group.boss.scope.ending:
                self._rerun(group, activation, [a for a in mine if a is not activation]).begin()
                mine = [a for a in mine if move.concerns(a)]
            self.set_free(mine)
            for one in [] if group.boss.scope.ending else mine:
                if one.state or one.stopping is not None:
                    continue
                if one.node.agent.restart == "temporary" and one is not activation:
                    self._end(one, "cancelled")
                elif one.body is None and not one.queued:
                    self.start_again(one)

        def rest() -> None:
            group.move = None
            s.todo.append(group.decide)
            if any(move.concerns(a) for a in move.members):
                s.timers.at(s.now + told["delay"], start, activation.node.index)

        move.bring_down(s.halt, rest, spare=[activation, *(a for a in under if a.body is None and not a.queued)])

    def restart_tree(self, group: Group, boss: Activation) -> None:
        """A supervisor is back and begins with all its workers anew; what they have finished stands."""
        s = self.s
        below = [a for a in self.live_below(group.boss) if serves(a, boss)]
        move = group.move = Move(s, self.in_start_order(group, [boss, *below]))

        def rest() -> None:
            group.move = None
            mine = [a for a in move.members if move.concerns(a)]
            self.set_free(mine)
            s.todo.append(group.decide)
            for one in [] if group.boss.scope.ending else mine:
                if one.stopping is None and one.body is None and not one.queued:
                    self.start_again(one)

        move.bring_down(s.halt, rest, spare=[boss])

    def _rerun(self, group: Group, activation: Activation, moved: list[Activation]) -> Rerun:
        """Who of those that have finished runs again in a restart; nobody where that is not stated."""
        plan, worker = group.plan, activation.node
        if not plan.restart_completed:
            return Rerun(self.s, (), ())
        workers = [worker] if plan.strategy in ("one_for_one", "pool") else group.boss.workers
        if plan.strategy == "rest_for_one" and worker.supervisor is group.boss:
            workers = workers[worker.place :]
        return Rerun(self.s, [node for top in workers for node in subtree(top)], [activation, *moved])

    def in_start_order(self, group: Group, activations: list[Activation]) -> list[Activation]:
        """Activations of a group, each supervisor before its workers."""
        if len(activations) < 2:
            return activations
        order = {node: index for index, node in enumerate(subtree(group.boss))}
        return sorted(dict.fromkeys(activations), key=lambda a: (order.get(a.node, 0), a.act))

    def set_free(self, activations: list[Activation]) -> None:
        """No intervention moves these any more: what happened to them meanwhile is decided now."""
        groups = {}
        for activation in activations:
            activation.move = None
            boss = activation.node.supervisor
            if boss is not None and boss.group.waiting:
                groups[boss] = boss.group
        self.s.todo.extend(group.decide for group in groups.values())

    def _siblings(self, group: Group, activation: Activation) -> list[Activation]:
        """The live ones that are restarted with it, in start order. What has finished stands."""
        if group.plan.strategy in ("one_for_one", "pool"):
            return []
        workers = group.boss.workers
        if group.plan.strategy == "rest_for_one" and activation.node.supervisor is group.boss:
            workers = workers[activation.node.place + 1 :]
        found: list[Activation] = []
        for worker in workers:
            if worker is not activation.node:
                found += self.live_under(worker)
        return found

    def live_under(self, node: Node) -> list[Activation]:
        """The live visits of a worker, and of all it supervises that its own visit does not own."""
        return [a for member in subtree(node) for a in member.live if stands_apart(a)]

    def start_again(self, activation: Activation) -> None:
        """Begin an activation that is at rest anew, with all its attempts."""
        s = self.s
        activation.tries = activation.rejections = activation.rounds = 0
        activation.timer = activation.held = activation.move = None
        activation.degraded, activation.by = False, None
        self.forget(activation)
        if activation.deadline is not None:
            s.timers.drop(activation.deadline_timer)
            s.attempts.watch_deadline(activation)
        s.enter_body(activation)

    def forget(self, activation: Activation) -> None:
        """Its supervisor has nothing to decide about it any more."""
        activation.held = None
        boss = activation.node.supervisor
        if boss is not None and boss.group.waiting:
            boss.group.waiting = [one for one in boss.group.waiting if one[0] is not activation]

    # ------------------------------------------------------------------ reassign

    def _reassign(self, group: Group, activation: Activation, failure: Failure, directive: Directive) -> None:
        s = self.s
        own = activation.node
        known = own.scope.plan.nodes
        stated = [known[id] for id in directive.to or () if id in known]
        others = stated or [worker for worker in group.boss.workers if worker is not own]
        others = [node for node in others if node is not own and node.off != "muted"]
        free = [node for node in others if node.id not in activation.tried]
        if not free:
            self.escalate(group, activation, failure, "nobody is left to take over")
            return
        # stated candidates are in the person's order; otherwise whoever is least busy
        heir = free[0] if stated else min(free, key=lambda node: (len(node.live), node.place))
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
        self.escalating.escalate(group, activation, failure, reason, exhausted=exhausted)

    def mend(self, boss: Activation) -> None:
        """Others did what this supervisor's workers could not: their failures harmed nobody, and they are let go."""
        below = set(subtree(boss.node)[1:])
        for failed in boss.node.scope.failed:
            if failed.node in below and serves(failed, boss):
                self.s.flow.absorb(failed)
        self.let_go(boss)

    def let_go(self, boss: Activation) -> None:
        """Stop whoever works for this visit of a supervisor."""
        for other in self.live_below(boss.node):
            if serves(other, boss):
                self.s.stop(other, lambda: None)

    def live_below(self, boss: Node) -> list[Activation]:
        return [a for node in subtree(boss)[1:] for a in node.live if stands_apart(a)]
