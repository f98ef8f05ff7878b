"""A work board: equal peers take work from it, without a controller. Also what peers note for each other."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Tool
from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.dispatch import conclude
from quartet.engine.nodes import Node

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
MAX_DELIVERIES = 3
UNCLAIMABLE_AFTER = 60.0


class Item:
    """One piece of work. Its fence grows with each claim; only the newest claim may finish it."""

    __slots__ = ("avoid", "by", "deliveries", "fence", "needs", "number", "state", "timer", "value")

    def __init__(self, number: int, value: JSON, needs: JSON = None) -> None:
        self.number, self.value = number, value
        if needs is None and isinstance(value, dict):
            needs = value.get("needs")
        self.needs = frozenset(str(need) for need in needs) if isinstance(needs, list) else frozenset()
        self.state = "available"
        """available | claimed | done | dead"""
        self.by: str | None = None
        self.avoid: str | None = None
        """Who gave it back last: not asked again unless nobody else can do it."""
        self.fence = 0
        self.deliveries = 0
        self.timer: Any = None


class Boards:
    """All boards of a run."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler
        self._boards: dict[Node, Board] = {}

    def of(self, node: Node) -> Board:
        """The board of that name; there from the first use on."""
        board = self._boards.get(node)
        if board is None:
            board = self._boards[node] = Board(self.s, node)
        return board

    def start(self, activation: Activation) -> None:
        """A board's inputs are decided: they are its work, lists item by item."""
        board = self.of(activation.node)
        if board.activation is not None:
            board.next.append(activation)
            activation.body = Turn(board, activation)
            return
        board.activation = activation
        activation.body = board
        for value in activation.inputs.values() if activation.inputs else [activation.value]:
            for one in value if isinstance(value, list) else [value]:
                board.post(one, None)
        self.s.todo.append(board.go_on)

    def passed_over(self, node: Node, state: str) -> None:
        """No work comes: the peers that only it would have started have nothing to do."""
        for peer in node.peers_of_board:
            if peer.dispatched and peer.acts == 0 and not peer.inputs:
                self.s.skip(peer, state)

    def carry_out(self, activation: Activation, tool: Tool, arguments: dict[str, JSON]) -> JSON:
        """What an agent's tool asks of a board.

        Raises:
            LookupError: it cannot be done, with a text for the agent.
        """
        board = self.of(self.s.plan.nodes[tool.target or ""])
        match tool.does:
            case "post":
                return board.post(arguments.get("work"), activation, arguments.get("needs"))
            case "claim":
                return board.claim_by_hand(activation)
            case "finish":
                return board.finish_by_hand(activation, arguments)
            case "release":
                return board.release_by_hand(activation, arguments)
            case "read":
                return board.read(activation, arguments.get("keys"))
            case "write":
                return board.write(activation, arguments)
            case _:
                raise LookupError(f"a board cannot {tool.does}")


class Turn:
    """A visit of a board that waits until the one before is over."""

    def __init__(self, board: Board, activation: Activation) -> None:
        self.board, self.activation = board, activation

    def cancel(self, then: Then) -> None:
        """It need not wait any more (see `Body`)."""
        if self.activation in self.board.next:
            self.board.next.remove(self.activation)
        then()


class Board:
    """One board: its items in posting order, who works on them, and the notes on it."""

    supervised = True
    apart = True

    def __init__(self, scheduler: Scheduler, node: Node) -> None:
        self.s, self.node = scheduler, node
        self.activation: Activation | None = None
        """Its visit as a work board, while that lasts."""
        self.items: list[Item] = []
        self.available: list[Item] = []
        self.results: dict[int, JSON] = {}
        self.live: dict[Activation, Item] = {}
        self.jobs: dict[Node, list[Activation]] = {}
        self.claims: dict[str, int] = {}
        self.idle_since: dict[str, float] = {}
        self.notes: dict[str, JSON] = {}
        self.failure: Failure | None = None
        self.next: deque[Activation] = deque()
        """Visits that begin when this one is over."""

    def _tell(self, type: str, data: dict[str, JSON]) -> None:
        self.s.tell(type, self.node.id, None, None, data)

    # ------------------------------------------------------------------ work

    def post(self, value: JSON, by: Activation | None, needs: JSON = None) -> JSON:
        """Put up one piece of work; its number."""
        item = Item(len(self.items) + 1, value, needs)
        self.items.append(item)
        self.available.append(item)
        told: dict[str, JSON] = {"item": item.number, "value": value}
        if item.needs:
            told["needs"] = sorted(item.needs)
        if by is not None:
            told["by"] = by.node.id
        self._tell("work.posted", told)
        if by is not None and self.activation is not None:
            self.s.todo.append(self.go_on)
        return item.number

    def go_on(self) -> None:
        """Let free peers claim what they can; see whether that was all."""
        if self.activation is None or self.activation.body is not self or self.s.stopping:
            return
        busy = {child.node for child in self.live}
        free = [peer for peer in self.node.peers_of_board if peer not in busy]
        left: list[Item] = []
        for at, item in enumerate(self.available):
            if not free and self.node.peers_of_board:
                left += self.available[at:]
                break
            able = [peer for peer in free if item.needs <= frozenset(peer.agent.skills or ())]
            if item.avoid is not None:
                able = [p for p in able if p.id != item.avoid] or (able if self._only(item) else [])
            if not able:
                left.append(item)
                if not self._capable(item) and item.timer is None:
                    item.timer = self.s.timers.at(self.s.now + UNCLAIMABLE_AFTER, partial(self._stuck, item))
                continue
            peer = min(able, key=self._preference)
            free.remove(peer)
            self._claim(item, peer.id)
            self._start(item, peer)
        self.available = [item for item in left if item.state == "available"] + [
            item for item in self.available if item.state == "available" and item not in left
        ]
        if not self.live and not self.available and not any(i.state == "claimed" for i in self.items):
            self._end()

    def _preference(self, peer: Node) -> tuple[int, int, float, int]:
        """Most specific match, then fewest claims, then longest idle, then the order of drawing."""
        return len(peer.agent.skills or ()), self.claims.get(peer.id, 0), self.idle_since.get(peer.id, 0.0), peer.index

    def _capable(self, item: Item) -> list[Node]:
        return [p for p in self.node.peers_of_board if item.needs <= frozenset(p.agent.skills or ())]

    def _only(self, item: Item) -> bool:
        return len(self._capable(item)) <= 1

    def _claim(self, item: Item, by: str) -> None:
        item.state, item.by = "claimed", by
        item.fence += 1
        self.claims[by] = self.claims.get(by, 0) + 1
        told: dict[str, JSON] = {"item": item.number, "by": by, "fence": item.fence, "value": item.value}
        edge = self.node.gives.get(by)
        if edge is not None:
            told["edge"] = edge
        self._tell("work.claimed", told)

    def _start(self, item: Item, peer: Node) -> None:
        names = {**peer.names, self.node.id: self.node.agent.name}
        child = self.s.begin(
            peer, item.value, {self.node.id: item.value}, self, silent=True, names=names, note={"job": item.number}
        )
        self.jobs.setdefault(peer, []).append(child)
        if child.state:
            self._count(child, item)
        else:
            self.live[child] = item

    def settled(self, child: Activation) -> None:
        """A peer is done with an item, or could not do it (see `Owner`)."""
        item = self.live.pop(child, None)
        if item is not None:
            self._count(child, item)

    def _count(self, child: Activation, item: Item) -> None:
        by = child.node.id
        self.idle_since[by] = self.s.now
        if item.state == "claimed" and item.by == by:
            if child.state == "succeeded":
                item.state = "done"
                self.results[item.number] = child.result
                self._tell("work.done", {"item": item.number, "by": by, "value": child.result})
            elif child.state == "failed":
                self._give_back(item, by, child.failure.message if child.failure else "")
                if item.deliveries >= MAX_DELIVERIES:
                    item.state = "dead"
                    self.available.remove(item)
                    self.failure = self.failure or child.failure
                    self._tell("work.dead", {"item": item.number})
            else:
                item.state = "done"
                self._tell("work.released", {"item": item.number, "by": by, "note": child.state})
        self.s.todo.append(self.go_on)

    def _give_back(self, item: Item, by: str, note: str) -> None:
        item.state, item.by, item.avoid = "available", None, by
        item.deliveries += 1
        self.available.append(item)
        self.available.sort(key=lambda one: one.number)
        self._tell("work.released", {"item": item.number, "by": by, "note": note})

    def _stuck(self, item: Item) -> None:
        if item.state != "available" or self.activation is None or self.activation.state:
            return
        item.state = "dead"
        self.available.remove(item)
        needs = ", ".join(sorted(item.needs))
        text = f"no peer of {self.node.agent.name} has the skills for item {item.number}: {needs}"
        self.failure = self.failure or Failure(text, "Unclaimable", False)
        self._tell("work.dead", {"item": item.number, "note": text})
        self.s.todo.append(self.go_on)

    def _end(self) -> None:
        a = self.activation
        assert a is not None
        self.activation = None
        a.body = None
        for peer in self.node.peers_of_board:
            if peer.dispatched or peer in self.jobs:
                conclude(self.s, peer, self.jobs.get(peer, []))
        self.jobs = {}
        if self.next:
            self.s.todo.append(partial(self.s.boards.start, self.next.popleft()))
        results = [self.results.pop(number) for number in sorted(self.results)]
        failure, self.failure = self.failure, None
        if failure is not None and not self.node.agent.ignore_failures:
            dead = sum(item.state == "dead" for item in self.items)
            text = f"{dead} of {len(self.items)} items could not be done: {failure.message}"
            self.s.falling.last_resort(a, failure._replace(message=text, reason="error"))
        else:
            self.s.succeed(a, results)

    def cancel(self, then: Then) -> None:
        """Release the claims and stop the peers' work (see `Body`)."""
        for item in self.live.values():
            self._tell("work.released", {"item": item.number, "by": item.by, "note": "cancelled"})
            item.state, item.by = "available", None
        self.activation = None
        children = list(self.live)

        def ended() -> None:
            for peer in self.node.peers_of_board:
                if peer.dispatched or peer in self.jobs:
                    if peer.acts == 0 and not peer.inputs:
                        self.s.skip(peer, "cancelled")
                    else:
                        conclude(self.s, peer, self.jobs.get(peer, []))
            self.jobs = {}
            then()

        self.s.cancelling.stop_all(children, ended)

    # ------------------------------------------------------------------ by an agent's own tools

    def claim_by_hand(self, activation: Activation) -> JSON:
        """The next item this agent can do, or null."""
        skills = frozenset(activation.node.agent.skills or ())
        for item in self.available:
            if item.state == "available" and item.needs <= skills:
                self.available.remove(item)
                self._claim(item, activation.node.id)
                return {"item": item.number, "value": item.value, "fence": item.fence}
        return None

    def _held(self, activation: Activation, arguments: dict[str, JSON]) -> Item:
        number, by = arguments.get("item"), activation.node.id
        item = next((one for one in self.items if str(one.number) == str(number)), None)
        if item is None:
            raise LookupError(f"there is no item {number}")
        fence = arguments.get("fence", item.fence)
        if item.state != "claimed" or item.by != by or fence != item.fence:
            raise LookupError(f"item {number} is not yours any more")
        return item

    def finish_by_hand(self, activation: Activation, arguments: dict[str, JSON]) -> JSON:
        """Report an item as done."""
        item = self._held(activation, arguments)
        item.state = "done"
        value = self.results[item.number] = arguments.get("value")
        self._tell("work.done", {"item": item.number, "by": activation.node.id, "value": value})
        self.s.todo.append(self.go_on)
        return True

    def release_by_hand(self, activation: Activation, arguments: dict[str, JSON]) -> JSON:
        """Give an item back for others."""
        self._give_back(self._held(activation, arguments), activation.node.id, str(arguments.get("note", "")))
        self.s.todo.append(self.go_on)
        return True

    # ------------------------------------------------------------------ notes

    def read(self, activation: Activation, keys: JSON) -> JSON:
        """The notes under these keys, or all that the agent may read."""
        node = activation.node
        allowed = node.agent.reads
        wanted = [str(key) for key in keys] if isinstance(keys, list) and keys else None
        if wanted is not None and allowed is not None:
            self._within(activation, wanted, allowed, "read")
        found = {
            key: value for key, value in self.notes.items()
            if (wanted is None or key in wanted) and (allowed is None or key in allowed)
        }  # fmt: skip
        self.s.tell("state.read", node.id, activation.act, activation.attempt, {"keys": sorted(found)})
        return found

    def write(self, activation: Activation, arguments: dict[str, JSON]) -> JSON:
        """Note a value under a key."""
        key = str(arguments.get("key", ""))
        if not key:
            raise LookupError("a note needs a key")
        if activation.node.agent.writes is not None:
            self._within(activation, [key], activation.node.agent.writes, "write")
        self.notes[key] = arguments.get("value")
        told = {"key": key, "value": self.notes[key]}
        self.s.tell("state.write", activation.node.id, activation.act, activation.attempt, told)
        return True

    def _within(self, activation: Activation, keys: list[str], allowed: tuple[str, ...], what: str) -> None:
        for key in keys:
            if key not in allowed:
                reason = f"may not {what} “{key}”; it may {what} {', '.join(allowed) or 'nothing'}"
                told = {"key": key, "reason": reason}
                self.s.tell("boundary.violation", activation.node.id, activation.act, activation.attempt, told)
                raise LookupError(reason)
