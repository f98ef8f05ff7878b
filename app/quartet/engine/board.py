"""A work board: equal peers take work from it, without a controller.

An item is available, claimed by one agent under a lease, done, or dead (given up). Peers are handed what they can do;
an agent may also post, claim, finish and give back work by its own tools.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from quartet.agents.expressions import ExpressionError
from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.board_claims import Claim, Leases
from quartet.engine.board_goal import Goal
from quartet.engine.board_items import Item, Matching
from quartet.engine.board_notes import Notes
from quartet.engine.board_tools import Tools
from quartet.engine.dispatch import conclude
from quartet.engine.nodes import Node
from quartet.engine.policies import board_plan

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
TOLD_DEAD = 3
"""So many of the items that were given up are named in the board's own failure; all of them are in the events."""


class Board:
    """One board: its items in posting order, who works on them, and the notes on it."""

    supervised = True
    apart = True

    def __init__(self, scheduler: Scheduler, node: Node) -> None:
        self.s, self.node = scheduler, node
        self.rules = board_plan(node.agent.board)
        self.activation: Activation | None = None
        """Its visit as a work board, while that lasts."""
        self.items: list[Item] = []
        awake = [peer for peer in node.peers_of_board if peer.off != "muted"]
        self.matching = Matching(awake, self.rules.max_claims_per_agent)
        self.leases = Leases(self)
        self.notes = Notes(self)
        self.tools = Tools(self)
        self.goal = Goal(self) if self.rules.done_when else None
        self.results: dict[int, JSON] = {}
        self.first = 0
        """The items before this place belong to visits that are over."""
        self.claims: dict[Claim, None] = {}
        self.dead: list[Item] = []
        self.left = 0
        """Items that are available or claimed."""
        self.live: dict[Activation, Claim] = {}
        self.jobs: dict[Node, list[Activation]] = {}
        self.failure: Failure | None = None
        self.ending = False
        """Its visit has an outcome; what still runs is being stopped."""
        self._due = self._over = False
        self.later: deque[Activation] = deque()
        """Visits that begin when this one is over."""

    def tell(self, type: str, data: dict[str, JSON]) -> None:
        """Emit an event of this board."""
        self.s.tell(type, self.node.id, None, None, data)

    # ------------------------------------------------------------------ a visit

    def open(self, activation: Activation) -> None:
        """Begin a visit: its inputs are the work."""
        self.activation, self.ending, self._over = activation, False, False
        activation.body = self
        entry = self.node.entry_of
        new_pass = entry is not None and entry.passes > 1  # its inputs from outside were worked off in the first
        for value in activation.inputs.values() if activation.inputs and not new_pass else [activation.value]:
            for one in value if isinstance(value, list) else [value]:
                self.post(Item(len(self.items) + 1, one))
        self.soon()

    def go_on_again(self) -> None:
        """The visit was restarted. What is done stays done, and what was given up is tried anew."""
        assert self.activation is not None
        self.activation.body = self
        self.ending, self.failure = False, None
        revived, self.dead = self.dead, []
        for item in revived:
            item.tries, item.avoid = 0, None
            item.state = "available"
            self.left += 1
        for item in self.items[self.first :]:
            if item.state == "available" and item.watch is None:
                self.offer(item)
        self.soon()

    def close(self) -> None:
        """The visit is settled: its peers' own ways out get their tokens, and the next visit begins."""
        self.ending = True
        self.release_all("the board is closed")
        self.s.cancelling.stop_all(list(self.live), self._closed)

    def _closed(self) -> None:
        for item in self.items[self.first :]:
            if item.state == "available":
                item.state = "dead"
                self.s.timers.drop(item.watch)
        self.activation, self._over, self.left, self.failure = None, True, 0, None
        self.first = len(self.items)
        self.results.clear()
        self.dead.clear()
        for peer in self.node.peers_of_board:
            if peer.dispatched or peer in self.jobs:
                conclude(self.s, peer, self.jobs.get(peer, []))
        self.jobs.clear()
        if self.later:
            self.s.todo.append(partial(self.open, self.later.popleft()))

    def leave(self) -> None:
        """What the board is in has ended: nothing waits for its work any more."""
        self.ending = True
        self.release_all("cancelled")
        for item in self.items[self.first :]:
            self.s.timers.drop(item.watch)

    def is_over(self) -> bool:
        """Whether its work is done, so that nobody would take more of it."""
        looped = any(self.node in loop.body for loop in self.node.scope.plan.loops)
        return self._over and self.activation is None and not self.later and not looped

    def soon(self) -> None:
        """Something changed: look what follows, once for all that changes at this moment."""
        if not self._due and self.activation is not None:
            self._due = True
            self.s.todo.append(self.go_on)

    def go_on(self) -> None:
        """Let free peers claim what they can; see whether that was all."""
        self._due = False
        a = self.activation
        if a is None or a.body is not self or self.ending or self.s.stopping:
            return
        try:
            if self.goal is not None and self.goal.is_reached():
                self._end(by="done_when")
                return
        except ExpressionError as problem:
            text = f"it cannot be told whether {self.node.agent.name} is done: {problem}"
            self._give_up(Failure(text, "ExpressionError", False))
            return
        while (found := self.matching.next()) is not None:
            self._hand_out(*found)
            if self.ending or a.body is not self:
                return
        if not self.left and not self.live:
            self._end(by="empty")

    def _end(self, by: str) -> None:
        """All work is done or given up, or enough of it is done."""
        a = self.activation
        assert a is not None
        told = {"by": by, "done": len(self.results), "dead": len(self.dead), "left": self.left}
        if self.goal is not None and by == "empty":
            self.tell("swarm.stalled", told)
            text = f"no work is left on {self.node.agent.name}, but its goal is not reached: {self.rules.done_when}"
            self._give_up(Failure(text, "Stalled", False))
            return
        self.tell("swarm.quiescent", told)
        failure = self.failure
        if failure is not None and by == "empty" and not self.node.agent.ignore_failures:
            named = [f"item {item.number} ({'; '.join(item.reasons)})" for item in self.dead[:TOLD_DEAD]]
            more = len(self.dead) - len(named)
            text = f"{len(self.dead)} of {len(self.items) - self.first} items could not be done: {', '.join(named)}"
            text += f" and {more} more" if more > 0 else ""
            letters = {"dead": [item.letter() for item in self.dead]}
            failure = failure._replace(message=text, reason="error", details=letters)
            self._stop_the_rest(partial(self.s.falling.last_resort, a, failure))
            return
        # where an item was given up and nobody minds, its letter says so in its place
        results = self.results | {item.number: {"dead": item.letter()} for item in self.dead}
        self._stop_the_rest(partial(self.s.succeed, a, [results[number] for number in sorted(results)]))

    def _give_up(self, failure: Failure) -> None:
        a = self.activation
        assert a is not None
        self._stop_the_rest(partial(self.s.fail, a, failure))

    def _stop_the_rest(self, then: Then) -> None:
        """Nothing more is needed of the peers: take back what they hold, stop their work, then settle the visit."""
        self.ending = True
        self.release_all("no longer needed")

        def stopped() -> None:
            a = self.activation
            if a is not None and a.body is self:
                a.body = None
                then()

        self.s.cancelling.stop_all(list(self.live), stopped)

    def cancel(self, then: Then) -> None:
        """Release the claims and stop the peers' work (see `Body`). Only restarted, it leaves both alone."""
        a = self.activation
        if a is not None and a.stopping is None and not self.s.stopping:
            then()
            return
        self.ending = True
        self.release_all("cancelled")
        self.s.cancelling.stop_all(list(self.live), then)

    # ------------------------------------------------------------------ items

    def post(self, item: Item, by: Node | None = None) -> None:
        """Put up one piece of work."""
        self.items.append(item)
        self.left += 1
        told: dict[str, JSON] = {"item": item.number, "value": item.value}
        if item.needs:
            told["needs"] = sorted(item.needs)
        if item.priority:
            told["priority"] = item.priority
        if by is not None:
            told["by"] = by.id
        self.tell("work.posted", told)
        self.offer(item)

    def offer(self, item: Item) -> None:
        """An item is available."""
        if not self.matching.offer(item) and item.watch is None:
            due = self.s.now + self.rules.unclaimable_after
            item.watch = self.s.timers.at(due, partial(self._unclaimable, item), self.node.index)
        self.soon()

    def claim(self, item: Item, peer: Node, activation: Activation | None) -> Claim:
        """Let an agent have an item. One step: nobody else can have taken it in between."""
        item.state = "claimed"
        item.fence += 1
        item.tries += 1
        item.fences[peer.id] = item.fence
        claim = item.claim = Claim(item, self.node, peer, activation)
        if activation is not None:
            activation.claims = [*(activation.claims or ()), claim]
        self.claims[claim] = None
        self.matching.claimed(peer)
        self.leases.begin(claim)
        told: dict[str, JSON] = {
            "item": item.number, "by": peer.id, "fence": item.fence, "lease_until": claim.until, "value": item.value,
        }  # fmt: skip
        edge = self.node.gives.get(peer.id)
        if edge is not None:
            told["edge"] = edge
        self.tell("work.claimed", told)
        return claim

    def let_go(self, claim: Claim) -> None:
        """A claim is over."""
        self.leases.end(claim)
        del self.claims[claim]
        claim.item.claim = None
        self.matching.let_go(claim.peer, self.s.now)
        a = claim.activation
        if a is not None and a.claims:
            a.claims = [other for other in a.claims if other is not claim]

    def done(self, claim: Claim, value: JSON) -> None:
        """Who holds an item reports it as done."""
        item = claim.item
        self.let_go(claim)
        item.state = "done"
        self.left -= 1
        self.results[item.number] = value
        self.tell("work.done", {"item": item.number, "by": claim.peer.id, "fence": claim.fence, "value": value})

    def give_back(self, claim: Claim, why: str, note: JSON = None, prefer: str | None = None) -> None:
        """Who holds an item cannot do it, or not any more: it is for others, or given up after too many tries."""
        item = claim.item
        self.let_go(claim)
        told: dict[str, JSON] = {"item": item.number, "by": claim.peer.id, "fence": claim.fence}
        if note is not None:
            item.notes.append(note)
        if prefer is not None:
            told["prefer"] = prefer
        self.tell("work.released", {**told, "note": why if note is None else note})
        self._again(claim, why, prefer)

    def expired(self, claim: Claim) -> None:
        """Nothing was heard for the length of a lease: the item is for others; what still comes is too late."""
        item = claim.item
        self.let_go(claim)
        self.tell("work.expired", {"item": item.number, "by": claim.peer.id, "fence": claim.fence})
        self._again(claim, f"its lease of {self.rules.lease:g} s ran out", None)
        job = claim.activation
        if job is not None and self.live.get(job) is claim:
            # nothing of it runs: it rests before another try at what is somebody else's now
            self.s.stop(job, lambda: None)

    def _again(self, claim: Claim, why: str, prefer: str | None) -> None:
        item = claim.item
        item.state, item.avoid, item.prefer = "available", claim.peer, prefer
        item.reasons.append(f"{claim.peer.agent.name}: {why}")
        if item.tries >= self.rules.max_deliveries:
            self._bury(item, Failure(why, "DeadLetter", False))
        else:
            self.offer(item)

    def _bury(self, item: Item, failure: Failure | None, note: str | None = None) -> None:
        """Give an item up. Without a failure, nobody minds, nor is to be told."""
        item.state = "dead"
        self.left -= 1
        if failure is not None:
            self.dead.append(item)
            self.failure = self.failure or failure
        self.tell("work.dead", item.letter() if note is None else {**item.letter(), "note": note})
        self.soon()

    def _unclaimable(self, item: Item) -> None:
        item.watch = None
        if item.state != "available" or self.activation is None or self.ending:
            return
        text = f"no peer of {self.node.agent.name} has the skills for item {item.number}"
        text += f": {', '.join(sorted(item.needs))}" if item.needs else ""
        then = self.rules.on_unclaimable
        told: dict[str, JSON] = {"item": item.number, "needs": sorted(item.needs), "then": then}
        self.tell("work.unclaimable", told)
        if then == "escalate":
            self._give_up(Failure(text, "Unclaimable", False, "escalated"))
        elif then == "fail":
            item.reasons.append(text)
            self._bury(item, Failure(text, "Unclaimable", False))

    def release_all(self, note: str) -> None:
        """Take back everything that anybody holds."""
        for claim in list(self.claims):
            item = claim.item
            self.let_go(claim)
            item.state = "available"
            told = {"item": item.number, "by": claim.peer.id, "fence": claim.fence, "note": note}
            self.tell("work.released", told)

    # ------------------------------------------------------------------ peers at work

    def _hand_out(self, item: Item, peer: Node) -> None:
        names = {**peer.names, self.node.local: self.node.agent.name}
        claim = self.claim(item, peer, None)
        about: dict[str, JSON] = {"item": item.number, "delivery": item.tries}
        if item.notes:
            about["notes"] = list(item.notes)
        child = self.s.begin(
            peer, item.value, {self.node.local: item.value}, self, silent=True, names=names, context={"work": about},
            note={"job": item.number},
        )  # fmt: skip
        claim.activation = child
        child.claims = [*(child.claims or ()), claim]
        if peer.outs:
            self.jobs.setdefault(peer, []).append(child)
        else:
            self.jobs[peer] = [child]  # what the ones before gave goes nowhere
        self.live[child] = claim
        if child.state:
            self.settled(child)

    def settled(self, child: Activation) -> None:
        """A peer is done with an item, or could not do it (see `Owner`)."""
        claim = self.live.pop(child, None)
        if claim is None:
            return
        item = claim.item
        if item.claim is claim:
            if child.state == "succeeded":
                self.done(claim, child.result)
            elif child.state == "failed" and not child.node.agent.ignore_failures:
                failure = child.failure
                self.give_back(claim, failure.message if failure is not None else "failed")
            elif child.state == "cancelled":
                self.give_back(claim, "was stopped")
            else:
                self._pass_over(claim)
        self.soon()

    def _pass_over(self, claim: Claim) -> None:
        """Who holds an item need not do it: a failure that is ignored."""
        self.let_go(claim)
        told = {"item": claim.item.number, "by": claim.peer.id, "fence": claim.fence, "note": "skipped"}
        self.tell("work.released", told)
        self._bury(claim.item, None, "its failure is ignored")

    def reject(self, peer: Node, item: Item, fence: int) -> None:
        """Tell that somebody reported an item that is no longer theirs. It changes nothing."""
        self.tell("fence.rejected", {"item": item.number, "by": peer.id, "fence": fence, "current": item.fence})
