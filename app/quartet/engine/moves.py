"""Interventions that move several agents: they are brought to rest in turn, the last that started first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from quartet.engine.activation import Activation, Then

if TYPE_CHECKING:
    from quartet.engine.nodes import Node
    from quartet.engine.scheduler import Scheduler

End = Callable[[Activation, Then], None]
"""How each of them is brought to rest: `Scheduler.halt` (it goes on later) or `Scheduler.stop` (for good)."""


class Move:
    """One intervention and those it concerns.

    An activation belongs to one intervention at a time. A later one (of the supervisor above, or the cancellation of
    the run) takes over whom it concerns; the earlier one then has nothing more to do with them, so what two
    supervisors decide at once never runs side by side.
    """

    def __init__(self, scheduler: Scheduler, members: Iterable[Activation]) -> None:
        """`members`: in start order, each supervisor before its workers."""
        self.s = scheduler
        scheduler.oversight.moves += 1
        self.number = scheduler.oversight.moves
        self.members = list(members)
        for activation in self.members:
            activation.move = self
        self._left = deque(reversed(self.members))
        self._open = 0
        self._stepping = False
        self._impatient: bool | None = None
        self._begun = scheduler.now

    def concerns(self, activation: Activation) -> bool:
        """Whether it is still this intervention that decides about a live activation."""
        return activation.move is self and not activation.state

    def bring_down(self, end: End, then: Then, *, spare: Iterable[Activation] = (), impatient: bool = False) -> None:
        """Bring the members to rest one after another; those of a pool together. `then` after the last.

        Args:
            end: how.
            then: called once, also if others took all of them over.
            spare: members that are at rest already, or that `then` looks after.
            impatient: once somebody needed a whole grace, the others are stopped together, so that the run ends.
        """
        self._end, self._then = end, then
        self._spared = frozenset(spare)
        self._impatient = False if impatient else None
        self._step()

    def _step(self) -> None:
        if self._stepping:
            return  # what ended at once: the loop below goes on
        self._stepping = True
        while self._left and not self._open:
            batch = self._next()
            self._open += len(batch)
            for activation in batch:
                self._bring_down(activation)
        self._stepping = False
        if not self._left and not self._open:
            then, self._then = self._then, _nothing
            then()

    def _next(self) -> list[Activation]:
        """Who is next: one, or all of a pool."""
        batch: list[Activation] = []
        while self._left:
            one = self._left[0]
            if not self.concerns(one) or one in self._spared:
                self._left.popleft()
                continue
            if batch and not (self._impatient and not one.node.workers) and not _together(batch[0].node, one.node):
                break
            batch.append(self._left.popleft())
        return batch

    def _bring_down(self, activation: Activation) -> None:
        s, node = self.s, activation.node
        begun, boss = s.now, node.supervisor
        brutal = node.grace == 0 and activation.body is not None  # it has something under way, and no time to end it
        if boss is not None:
            s.tell("group.child_stopping", boss.id, None, None, {"child": node.id, "move": self.number})

        def down() -> None:
            late = node.grace > 0 and s.now - begun >= node.grace
            if boss is not None:
                how = "killed" if late or brutal else "shutdown"
                s.tell("group.child_stopped", boss.id, None, None, {"child": node.id, "how": how})
            if self._impatient is False:
                self._impatient = node.grace > 0 and s.now - self._begun >= node.grace
            self._open -= 1
            self._step()

        self._end(activation, down)


def _together(one: Node, other: Node) -> bool:
    """Whether two agents are workers of one pool, whose workers stop side by side."""
    boss = one.supervisor
    if boss is None or boss is not other.supervisor or one.workers or other.workers:
        return False
    return boss.dispatch == "pool" or (boss.oversight is not None and boss.oversight.strategy == "pool")


def _nothing() -> None:
    """What is left to do after `then` was called."""


def subtree(top: Node) -> list[Node]:
    """A supervisor and everything under it, in start order: each supervisor before its workers."""
    found: list[Node] = []
    seen: set[Node] = set()
    front = [top]
    while front:
        node = front.pop()
        if node in seen:
            continue  # a circle of supervisors: everybody once
        seen.add(node)
        found.append(node)
        front.extend(reversed(node.workers))
    return found
