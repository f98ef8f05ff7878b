"""What agents ask of a board by their own tools: to post, claim, finish and give back work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation
from quartet.engine.board_claims import Claim
from quartet.engine.board_items import Item

if TYPE_CHECKING:
    from quartet.engine.board import Board

JSON = Any


class Tools:
    """The tools of one board. Each raises LookupError, with a text for the agent, where it cannot be done."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def post(self, activation: Activation, arguments: dict[str, JSON]) -> JSON:
        """Put up one piece of work; its number."""
        board = self.board
        if board.is_over():
            raise LookupError(f"{board.node.agent.name} is closed: its work is done, and nobody would take more")
        s = board.s
        needs, priority = arguments.get("needs"), arguments.get("priority")
        item = Item(len(board.items) + 1, arguments.get("work"), needs, priority)
        board.post(item, activation.node)
        s.envelope.visited_again()  # work that makes work goes round like a loop
        return item.number

    def claim(self, activation: Activation) -> JSON:
        """The next item this agent can do, or null."""
        board, peer = self.board, activation.node
        limit = board.rules.max_claims_per_agent
        if board.matching.held[peer] >= limit:
            raise LookupError(f"you hold {limit} of it already; finish it or give it back first")
        item = board.matching.next_for(peer)
        if item is None:
            return None
        claim = board.claim(item, peer, activation)
        found: dict[str, JSON] = {"item": item.number, "value": item.value, "fence": item.fence}
        if item.notes:
            found["notes"] = list(item.notes)
        found["lease"] = claim.until - board.s.now
        return found

    def finish(self, activation: Activation, arguments: dict[str, JSON]) -> JSON:
        """Report an item as done."""
        board = self.board
        board.done(self._held(activation, arguments), arguments.get("value"))
        board.soon()
        return True

    def release(self, activation: Activation, arguments: dict[str, JSON]) -> JSON:
        """Give an item back for others."""
        claim = self._held(activation, arguments)
        note, prefer = arguments.get("note"), arguments.get("prefer")
        why = "gave it back" if note in (None, "") else f"gave it back: {note}"
        self.board.give_back(claim, why, note or None, str(prefer) if prefer else None)
        return True

    def _held(self, activation: Activation, arguments: dict[str, JSON]) -> Claim:
        """The agent's claim of the item that the arguments name."""
        board, peer = self.board, activation.node
        item = self._item(arguments.get("item"))
        last = item.fences.get(peer.id)
        if last is None:
            raise LookupError(f"you did not claim item {item.number}")
        claim = item.claim
        fence = arguments.get("fence")
        fence = last if fence is None else fence
        if claim is None or claim.peer is not peer or fence != claim.fence:
            board.reject(peer, item, fence)
            raise LookupError(f"item {item.number} is not yours any more: {_why(item)}")
        if claim.activation is not activation:
            raise LookupError(f"item {item.number} is what you do in another visit")
        return claim

    def _item(self, number: JSON) -> Item:
        items = self.board.items
        try:
            place = int(number) - 1
        except (TypeError, ValueError):
            place = -1
        if not 0 <= place < len(items):
            raise LookupError(f"there is no item {number}")
        return items[place]


def _why(item: Item) -> str:
    if item.claim is not None:
        return f"{item.claim.peer.agent.name} has it now"
    return {"done": "it is done", "dead": "it was given up"}.get(item.state, "it waits for somebody else")
