"""Claims of work and their leases: who holds what, until when, and what becomes of it when nothing is heard."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation
from quartet.engine.board_items import Item
from quartet.engine.nodes import Node

if TYPE_CHECKING:
    from quartet.engine.board import Board
    from quartet.engine.clock import Timer

JSON = Any
RENEWALS = 3
"""So many times in a lease the engine renews it for work that it handed out itself."""


class Claim:
    """A hold on an item, while its lease lasts."""

    __slots__ = ("activation", "board", "by_hand", "fence", "item", "peer", "timer", "told", "until")

    def __init__(self, item: Item, board: Node, peer: Node, activation: Activation | None) -> None:
        self.item, self.board, self.peer = item, board, peer
        self.fence = item.fence
        self.activation = activation
        self.by_hand = activation is not None
        """An agent's own tool took it, so it lives by what is heard of that agent; else the engine handed it out."""
        self.until = self.told = 0.0
        """When the lease ends; when that was last told."""
        self.timer: Timer | None = None


class Leases:
    """The leases of one board."""

    def __init__(self, board: Board) -> None:
        self.board, self.s = board, board.s
        self.length = board.rules.lease

    def begin(self, claim: Claim) -> None:
        """A lease begins."""
        claim.until = self.s.now + self.length
        claim.told = self.s.now
        self._watch(claim)

    def end(self, claim: Claim) -> None:
        """It is over: done, given back or expired."""
        if claim.timer is not None and not claim.by_hand:
            self.s.own_timers -= 1
        self.s.timers.drop(claim.timer)
        claim.timer = None

    def heard(self, claim: Claim) -> None:
        """A sign of life of who holds it: the lease is as long again. Not every sign is worth an event."""
        claim.until = self.s.now + self.length
        if self.s.now - claim.told >= self.length / RENEWALS:
            self._renewed(claim)

    def _renewed(self, claim: Claim) -> None:
        claim.told = self.s.now
        told = {
            "item": claim.item.number, "by": claim.peer.id, "fence": claim.fence, "lease_until": claim.until,
        }  # fmt: skip
        self.board.tell("work.renewed", told)

    def _watch(self, claim: Claim) -> None:
        if claim.by_hand:
            due = claim.until
        else:
            # nothing comes of this timer as long as all is well, so it is no reason to wait (see Scheduler._stuck)
            due = min(self.s.now + self.length / RENEWALS, claim.until)
            self.s.own_timers += 1
        claim.timer = self.s.timers.at(due, partial(self._look, claim), self.board.node.index)

    def _look(self, claim: Claim) -> None:
        if not claim.by_hand:
            self.s.own_timers -= 1
            if claim.activation is not None and is_at_work(claim.activation):
                claim.until = self.s.now + self.length
                self._renewed(claim)
        claim.timer = None
        if claim.until > self.s.now:
            self._watch(claim)
        else:
            self.board.expired(claim)


def is_at_work(activation: Activation) -> bool:
    """Whether an attempt is under way or about to be, or a supervisor sees to that; not in the pause before a retry."""
    chain = activation.chain
    turns = [activation] if chain is None or chain.over else chain.members.values()
    return any(
        a.body is not None or a.queued or a.resume is not None or a.halting is not None or a.held is not None
        for a in turns
    )
