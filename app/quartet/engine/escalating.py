"""What a supervisor cannot mend: the one above decides, then a person if that is stated, else the failure stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure
from quartet.engine.appeals import Appeal
from quartet.engine.dispatch import Work
from quartet.engine.groups import Group
from quartet.engine.moves import Move
from quartet.engine.requests import Batch

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


class Escalating:
    """Passes failures on from one supervisor to the next."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler

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
            self.s.oversight.let_go(activation)
            s.finish(activation, "failed", failure=failure)
            return
        if above and own is not None and own.stopping is None:
            self._pass_on(group, own, activation, failure._replace(retryable=False, reason="escalated"))
        elif group.plan.asks_at_root and boss.supervisor is None:
            Appeal(s, activation, reason, lambda: self._lose(group, activation, failure, exhausted=exhausted)).ask()
        else:
            self._lose(group, activation, failure, exhausted=exhausted)

    def _pass_on(self, group: Group, own: Activation, activation: Activation, failure: Failure) -> None:
        """Bring the group to rest; then the supervisor above hears of one failure, that of this whole group."""
        s = self.s
        under = [a for a in self.s.oversight.live_below(group.boss) if serves(a, own)]
        move = group.move = Move(s, self.s.oversight.in_start_order(group, [own, activation, *under]))

        def rest() -> None:
            group.move = None
            s.todo.append(group.decide)
            if move.concerns(own):
                s.halt(own, up)

        def up() -> None:
            if move.concerns(own):
                own.move = None
                self._raise(own, activation, failure)

        move.bring_down(s.halt, rest, spare=[own, activation])

    def _lose(self, group: Group, activation: Activation, failure: Failure, *, exhausted: bool) -> None:
        """Nobody can mend it: the failure stands. After too many restarts the rest of the group is stopped."""
        s, boss = self.s, group.boss
        group.lost[activation.node] = failure
        culprits = self._culprits(activation) if failure.reason == "escalated" else []
        if exhausted:
            gone = {activation, *culprits}
            others = [a for a in self.s.oversight.live_below(boss) if a not in gone]
            move = group.move = Move(s, self.s.oversight.in_start_order(group, others))

            def stopped() -> None:
                if group.move is move:
                    group.move = None
                s.todo.append(group.decide)

            move.bring_down(s.stop, stopped)
        self._give_up(activation, culprits, failure)
        for other in self.s.oversight.live_under(activation.node):
            if other is not activation and serves(other, activation):
                s.stop(other, lambda: None)
        s.finish(activation, "failed", failure=failure)

    def _raise(self, own: Activation, activation: Activation, failure: Failure) -> None:
        own.node.group.culprit = activation
        for a in [a for a in self.s.oversight.live_below(own.node) if serves(a, own)]:
            a.failures = a.oversight_restarts = a.in_a_row = 0
            a.steps = None
            a.config = a.node.config
        if own.state:
            return
        if own.owner is not None and not own.owner.supervised:
            # it did this in another's place: whoever asked for it decides what comes next
            self.s.oversight.let_go(own)
            self.s.finish(own, "failed", failure=failure)
        elif not self.s.falling.start(own, failure):
            self.s.oversight.take(own, failure)

    def _culprits(self, boss: Activation) -> list[Activation]:
        """Whose failure came up to this supervisor, from its own worker down to where it began."""
        found: list[Activation] = []
        above = boss
        while above.node.workers and (culprit := above.node.group.culprit) is not None and culprit.held is not None:
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


def stands_apart(activation: Activation) -> bool:
    """Whether it is stopped and restarted by itself, rather than with what started it (copies, fallbacks, calls)."""
    return activation.owner is None or activation.owner.apart


def serves(activation: Activation, boss: Activation) -> bool:
    """Whether it does not belong to another visit of the same supervisor."""
    owner = activation.owner
    return not isinstance(owner, Work) or owner.boss is boss or owner.boss.node is not boss.node
