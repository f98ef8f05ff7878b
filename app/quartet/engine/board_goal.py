"""When a board is done before all its work is, or only then when more is done: a condition over what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.agents.expressions import holds, names_used

if TYPE_CHECKING:
    from quartet.engine.board import Board

JSON = Any


class Goal:
    """A board's `done_when`: `value` is the list of results so far, `state` the run's state, `context` holds `notes`
    and the numbers `posted`, `done`, `dead` and `left`."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.text = board.rules.done_when or ""
        self._names = names_used(self.text)

    def is_reached(self) -> bool:
        """Whether the condition holds now.

        Raises:
            ExpressionError: it cannot be evaluated.
        """
        board, names = self.board, {name.partition(".")[0] for name in self._names}
        variables: dict[str, JSON] = {"input": board.node.scope.input, "from": {}, "visit": 1}
        if "value" in names:
            variables["value"] = [board.results[number] for number in sorted(board.results)]
        if "state" in names:
            variables["state"] = board.s.shared.values()
        if "context" in names:
            variables["context"] = {
                "notes": dict(board.notes.entries), "posted": len(board.items), "done": len(board.results),
                "dead": len(board.dead), "left": board.left,
            }  # fmt: skip
        return holds(self.text, variables)
