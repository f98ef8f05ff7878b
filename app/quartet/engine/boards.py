"""All boards of a run: which visit is under way, and what agents ask of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Tool
from quartet.engine.activation import Activation, Then
from quartet.engine.board import Board
from quartet.engine.nodes import Node

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


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
        """A board's inputs are decided: they are its work, lists item by item. Restarted, it goes on where it was."""
        board = self.of(activation.node)
        if board.activation is activation:
            board.go_on_again()
        elif board.activation is not None:
            board.later.append(activation)
            activation.body = Turn(board, activation)
        else:
            board.open(activation)

    def settled(self, activation: Activation) -> None:
        """A visit of a board is over, one way or another."""
        board = self._boards.get(activation.node)
        if board is not None and board.activation is activation:
            board.close()

    def passed_over(self, node: Node, state: str) -> None:
        """No work comes: the peers that only it would have started have nothing to do."""
        for peer in node.peers_of_board:
            if peer.dispatched and peer.acts == 0 and not peer.inputs:
                self.s.skip(peer, state)

    def release_all(self) -> None:
        """The run is being stopped: nobody holds any work from here on."""
        for board in self._boards.values():
            board.release_all("cancelled")

    def scope_left(self, nodes: Iterable[Node]) -> None:
        """A sub-graph is over, and its boards with it."""
        for node in nodes:
            board = self._boards.pop(node, None) if node.engine_role == "board" else None
            if board is not None:
                board.leave()

    def heard(self, activation: Activation) -> None:
        """An agent gave a sign of life: what it holds stays its own."""
        for claim in activation.claims or ():
            self.of(claim.board).leases.heard(claim)

    def left(self, activation: Activation) -> None:
        """A visit is settled: what it claimed by its own tools is for others."""
        failure = activation.failure
        if activation.state == "succeeded":
            why = "ended without finishing it"
        elif activation.state == "failed":
            why = failure.message if failure is not None else "failed"
        else:
            why = "was stopped"
        self.forget(activation, why)

    def forget(self, activation: Activation, why: str) -> None:
        """An attempt is over: what it claimed by its own tools is for others."""
        for claim in tuple(activation.claims or ()):
            if claim.by_hand:
                self.of(claim.board).give_back(claim, why)

    def carry_out(self, activation: Activation, tool: Tool, arguments: dict[str, JSON]) -> JSON:
        """What an agent's tool asks of a board.

        Raises:
            LookupError: it cannot be done, with a text for the agent.
        """
        board = self.of(activation.node.scope.plan.nodes[tool.target or ""])
        self.heard(activation)
        match tool.does:
            case "post":
                return board.tools.post(activation, arguments)
            case "claim":
                return board.tools.claim(activation)
            case "finish":
                return board.tools.finish(activation, arguments)
            case "release":
                return board.tools.release(activation, arguments)
            case "read":
                return board.notes.read(activation, arguments.get("keys"))
            case "write":
                return board.notes.write(activation, arguments)
            case _:
                raise LookupError(f"a board cannot {tool.does}")


class Turn:
    """A visit of a board that waits until the one before is over."""

    def __init__(self, board: Board, activation: Activation) -> None:
        self.board, self.activation = board, activation

    def cancel(self, then: Then) -> None:
        """It need not wait any more (see `Body`)."""
        if self.activation in self.board.later:
            self.board.later.remove(self.activation)
        then()
