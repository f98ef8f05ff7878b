"""The work on a board: its items, and which free peer takes which of them next."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quartet.engine.nodes import Node

if TYPE_CHECKING:
    from quartet.engine.board_claims import Claim
    from quartet.engine.clock import Timer

JSON = Any


class Item:
    """One piece of work. Its fence grows with each claim; only the newest claim may finish it."""

    __slots__ = (
        "avoid", "claim", "fence", "fences", "needs", "notes", "number", "pile", "prefer", "priority", "reasons",
        "state", "tries", "value", "watch",
    )  # fmt: skip

    def __init__(self, number: int, value: JSON, needs: JSON = None, priority: JSON = None) -> None:
        """`needs` and `priority` may stand in the value itself, if that is an object."""
        if isinstance(value, dict):
            needs = value.get("needs") if needs is None else needs
            priority = value.get("priority") if priority is None else priority
        self.number, self.value = number, value
        self.needs = frozenset(str(need) for need in needs) if isinstance(needs, list) else frozenset()
        self.priority = float(priority) if isinstance(priority, int | float) and not isinstance(priority, bool) else 0.0
        self.state = "available"
        """available | claimed | done | dead"""
        self.claim: Claim | None = None
        """The hold on it, while it is claimed."""
        self.avoid: Node | None = None
        """Who gave it back last: not asked again unless nobody else can do it."""
        self.prefer: str | None = None
        """The skill that whoever gave it back thinks it takes."""
        self.fence = 0
        self.tries = 0
        """How often it was handed out since it was posted, or revived."""
        self.fences: dict[str, int] = {}
        """The fence of each agent's last claim of it."""
        self.notes: list[JSON] = []
        """What those who gave it back left for whoever takes it next."""
        self.reasons: list[str] = []
        """Why it was given back, each time."""
        self.pile: Pile | None = None
        self.watch: Timer | None = None
        """Set while nobody here could do it."""

    def letter(self) -> dict[str, JSON]:
        """What is told of it when it is given up."""
        return {"item": self.number, "value": self.value, "deliveries": self.tries, "reasons": list(self.reasons)}


class Pile:
    """Available items that the same peers can do, the most urgent on top, and who of these peers is free."""

    __slots__ = ("able", "free", "items")

    def __init__(self, able: tuple[Node, ...]) -> None:
        self.able = frozenset(able)
        self.items: list[tuple[float, int, Item]] = []
        self.free: list[tuple[int, int, float, int, int, Node]] = []

    def top(self) -> tuple[float, int, Item] | None:
        """The most urgent item; of equally urgent ones that posted first. What is no longer here is forgotten."""
        items = self.items
        while items and not (items[0][2].state == "available" and items[0][2].pile is self):
            heapq.heappop(items)
        return items[0] if items else None


class Matching:
    """Who takes what. A claim costs the logarithm of the number of items, however many wait.

    Items that the same peers can do lie on one pile, so what has to be looked at is the tops of the piles; there are
    as many piles as sets of peers that differ, in most drawings one.
    """

    def __init__(self, peers: Sequence[Node], max_claims: int) -> None:
        self.peers, self.max_claims = peers, max_claims
        self.skills = {peer: frozenset(peer.agent.skills or ()) for peer in peers}
        self.held = dict.fromkeys(peers, 0)
        """How many items each peer holds at the moment."""
        self._claims = dict.fromkeys(peers, 0)
        self._idle_since = dict.fromkeys(peers, 0.0)
        self._stamp = dict.fromkeys(peers, 0)
        self._piles: dict[tuple[Node, ...], Pile] = {}
        self._of: dict[Node, list[Pile]] = {peer: [] for peer in peers}
        self._known: dict[tuple[frozenset[str], str | None, Node | None], Pile] = {}
        self._filled: dict[Pile, None] = {}

    def capable(self, needs: frozenset[str]) -> list[Node]:
        """The peers with these skills."""
        return [peer for peer, skills in self.skills.items() if needs <= skills]

    def offer(self, item: Item) -> bool:
        """Let peers have an available item. False: none of them can do it."""
        key = (item.needs, item.prefer, item.avoid)
        pile = self._known.get(key)
        if pile is None:
            pile = self._known[key] = self._pile(*key)
        item.pile = pile
        heapq.heappush(pile.items, (-item.priority, item.number, item))
        self._filled[pile] = None
        return bool(pile.able)

    def _pile(self, needs: frozenset[str], prefer: str | None, avoid: Node | None) -> Pile:
        able = self.capable(needs)
        able = [peer for peer in able if peer is not avoid] or able
        if prefer is not None:
            able = [peer for peer in able if prefer in self.skills[peer]] or able
        key = tuple(able)
        pile = self._piles.get(key)
        if pile is None:
            pile = self._piles[key] = Pile(key)
            for peer in key:
                self._of[peer].append(pile)
                if self.held[peer] < self.max_claims:
                    heapq.heappush(pile.free, self._place(peer))
        return pile

    def _place(self, peer: Node) -> tuple[int, int, float, int, int, Node]:
        """Most specific match, then fewest claims, then longest idle, then the order of drawing."""
        skills, claims, idle = len(self.skills[peer]), self._claims[peer], self._idle_since[peer]
        return (skills, claims, idle, peer.index, self._stamp[peer], peer)

    def _stand_in_line(self, peer: Node) -> None:
        """The peer's place among the free ones is another now."""
        self._stamp[peer] += 1
        if self.held[peer] < self.max_claims:
            place = self._place(peer)
            for pile in self._of[peer]:
                heapq.heappush(pile.free, place)

    def claimed(self, peer: Node) -> None:
        """The peer holds one more."""
        self.held[peer] += 1
        self._claims[peer] += 1
        self._stand_in_line(peer)

    def let_go(self, peer: Node, now: float) -> None:
        """The peer holds one less."""
        self.held[peer] -= 1
        self._idle_since[peer] = now
        self._stand_in_line(peer)

    def next(self) -> tuple[Item, Node] | None:
        """The most urgent item for which a peer is free, and the best of these peers."""
        best: tuple[float, int, Item] | None = None
        who: Node | None = None
        for pile in list(self._filled):
            top = pile.top()
            if top is None:
                del self._filled[pile]
            elif (best is None or top[:2] < best[:2]) and (peer := self._free(pile)) is not None:
                best, who = top, peer
        return None if best is None or who is None else (best[2], who)

    def _free(self, pile: Pile) -> Node | None:
        free = pile.free
        while free and free[0][4] != self._stamp[free[0][5]]:
            heapq.heappop(free)
        return free[0][5] if free else None

    def next_for(self, peer: Node) -> Item | None:
        """The most urgent item that this peer may take."""
        tops = [top for pile in self._filled if peer in pile.able and (top := pile.top()) is not None]
        return min(tops, key=lambda top: top[:2])[2] if tops else None
