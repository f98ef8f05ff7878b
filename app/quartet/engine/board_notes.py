"""What peers note for each other on a board: seen by everybody at once, as long as the run lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation
from quartet.engine.state_access import within

if TYPE_CHECKING:
    from quartet.engine.board import Board

JSON = Any


class Notes:
    """The notes on one board."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.entries: dict[str, JSON] = {}

    def read(self, activation: Activation, keys: JSON) -> JSON:
        """The notes under these keys, or all that the agent may read.

        Raises:
            LookupError: it may not read one of them; with a text for the agent.
        """
        node, s = activation.node, self.board.s
        allowed = node.agent.reads
        wanted = [str(key) for key in keys] if isinstance(keys, list) and keys else None
        if wanted is not None and allowed is not None:
            within(s, activation, wanted, allowed, "read")
        found = {
            key: value for key, value in self.entries.items()
            if (wanted is None or key in wanted) and (allowed is None or key in allowed)
        }  # fmt: skip
        told = {"keys": sorted(found), "board": self.board.node.id}
        s.tell("state.read", node.id, activation.act, activation.attempt, told)
        return found

    def write(self, activation: Activation, arguments: dict[str, JSON]) -> JSON:
        """Note a value under a key.

        Raises:
            LookupError: it may not write that key; with a text for the agent.
        """
        node, s = activation.node, self.board.s
        key = str(arguments.get("key", ""))
        if not key:
            raise LookupError("a note needs a key")
        if node.agent.writes is not None:
            within(s, activation, [key], node.agent.writes, "write")
        value = self.entries[key] = arguments.get("value")
        told = {"key": key, "value": value, "board": self.board.node.id}
        s.tell("state.write", node.id, activation.act, activation.attempt, told)
        if self.board.goal is not None:
            self.board.soon()
        return True
