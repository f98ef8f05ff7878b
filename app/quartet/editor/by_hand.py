"""What a person does to single agents while they run: from the agent's menu on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from quartet.editor.offers import Offer
from quartet.editor.run_dialogs import RunDialog, parse_input
from quartet.engine.seen import FINAL
from quartet.graph.nesting import agent_at, title

if TYPE_CHECKING:
    from quartet.editor.live import Live
    from quartet.editor.runner import Runner

JSON = Any


class Hands:
    """Offers what can be done to the agents of one document's run, and does it."""

    def __init__(self, live: Live, runner: Runner, window: QWidget | None) -> None:
        self._live, self._runner, self._window = live, runner, window

    def offers(self, id: str) -> list[Offer]:
        """What can be done to this agent at the moment; nothing where the past of a run that goes on is shown."""
        state, graph = self._live.state, self._live.snapshot
        if not self._runner.running:
            return self._again(id)
        if self._runner.stopping or self._live.shown_seq is not None:
            return []
        if state is None or graph is None or agent_at(graph, self._live.path(id)) is None or id not in state.agents:
            return []
        status = state.agents[id].status
        again = Offer("rotate-cw", "Start It Again", lambda: self._try("restart_agent", id))
        if status == "cancelled":
            return [again]
        if status in FINAL or status == "idle":
            return []
        return [
            Offer("square", "Stop This Agent", lambda: self._try("stop_agent", id)),
            again,
            Offer("pencil-line", "Give Its Result…", lambda: self.ask_result(id)),
        ]

    def _again(self, id: str) -> list[Offer]:
        """Of a kept run that is shown: to run it again from where this agent began last by the shown moment."""
        live = self._live
        if not live.kept:
            return []
        until = len(live.events) if live.shown_seq is None else live.shown_seq - live.dropped
        begun = (e.seq for e in reversed(live.events[: max(0, until)]) if e.agent == id and e.type == "attempt.started")
        seq = next(begun, None)
        if seq is None:
            return []
        return [Offer("git-fork", "Run Again from Here…", lambda: live.again_requested.emit(seq, id))]

    def ask_result(self, id: str) -> ResultDialog:
        """Let a person type the result of an agent."""
        dialog = ResultDialog(self._window, self._name(id), lambda value: self._try("resolve", id, value))
        dialog.open()
        return dialog

    def _try(self, command: str, id: str, *arguments: JSON) -> None:
        if not self._runner.by_hand(command, self._live.path(id), *arguments):
            why = {
                "restart_agent": "What it has done stands, or nobody gives it anything to do",
                "stop_agent": "It has nothing to do at the moment",
                "resolve": "It has nothing to do any more",
            }[command]
            self._runner.told.emit(f"{self._name(id)}: {why[0].lower()}{why[1:]}.")

    def _name(self, id: str) -> str:
        graph = self._live.snapshot
        return id if graph is None else title(graph, self._live.path(id))


class ResultDialog(RunDialog):
    """Asks for the result of an agent: several lines of text, or JSON."""

    def __init__(self, parent: QWidget | None, name: str, then: Callable[[JSON], object]) -> None:
        super().__init__(
            parent,
            "pencil-line",
            "accent",
            f"What is the result of {name}?",
            "The run goes on with it as if the agent had answered so itself. What the agent is doing is ended.",
        )
        self._then = then
        self.field = QPlainTextEdit()
        self.field.setPlaceholderText('A text, or JSON such as {"price": 12}. It may stay empty.')
        self.field.setAccessibleName(f"Result of {name}")
        self.field.setTabChangesFocus(True)
        self.field.setMinimumHeight(120)
        self.box.addWidget(self.field, 1)
        self.button("Cancel", self.reject)
        self.button("Give it", self._give, "primary", default=True)
        self.finish_layout()
        self.field.setFocus()

    def _give(self) -> None:
        self.accept()
        self._then(parse_input(self.field.toPlainText()))
