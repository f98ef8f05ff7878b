"""The output: what the run gave, or what the selected agent wrote, received and answered, as it comes."""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.log_words import REASONS, seconds
from quartet.editor.panels.output_text import ValueView
from quartet.editor.panels.panel import EmptyPage, Pages, Panel
from quartet.engine.state import AgentState, RunState
from quartet.graph.model import AgentId

Part = Literal["result", "text", "inputs"]
PARTS: tuple[tuple[Part, str], ...] = (("result", "Result"), ("text", "As it came"), ("inputs", "Received"))


class Output(Panel):
    """One agent selected: that agent. Otherwise: the run."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__("Output", "text", parent)
        self.document, self.live = document, live
        self._chosen: Part | None = None
        """The part a person chose for this agent; None: whatever is newest."""
        self.picture = QLabel()
        self.view = ValueView()
        self.view.head.insertWidget(0, self.picture)
        self.parts = QWidget()
        row = QHBoxLayout(self.parts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        group = QButtonGroup(self)
        self.buttons: dict[Part, QToolButton] = {}
        for part, label in PARTS:
            button = QToolButton()
            button.setText(label)
            button.setCheckable(True)
            button.clicked.connect(lambda _, part=part: self._choose(part))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[part] = button
        self.view.head.insertWidget(3, self.parts)
        self.empty = EmptyPage("text", "No output yet", "Run or rehearse; select an agent to see what it writes.")
        self.pages = Pages(self.view, self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        live.changed.connect(self._follow)
        live.started.connect(self._began)
        live.finished.connect(self._ended)
        live.moment_changed.connect(self.reread)
        document.selection_changed.connect(self._select)
        theme.changed.connect(self.reread)
        self.reread()

    @property
    def agent(self) -> AgentId | None:
        """The agent that is shown, or None: the run."""
        graph = self.document.graph
        chosen = [id for id in self.document.selection if id in graph.agents]
        return AgentId(chosen[0]) if len(chosen) == 1 else None

    def _began(self) -> None:
        self.set_count(0)
        self.reread()

    def _ended(self) -> None:
        """An output that came while the panel was out of sight is marked on its tab."""
        state = self.live.present
        if state is not None and state.status == "succeeded" and state.output is not None:
            self.set_count(int(self.visibleRegion().isEmpty()))
        self.reread()

    def seen(self) -> None:
        self.set_count(0)

    def _select(self) -> None:
        self._chosen = None
        self.reread()

    def _choose(self, part: Part) -> None:
        self._chosen = part
        self.reread()

    def _follow(self, agents: frozenset[str], edges: object) -> None:
        shown = self.agent
        if shown is None or shown in agents or self.live.state is None:
            self.reread()

    def reread(self) -> None:
        """Show what is known now."""
        state = self.live.state
        self.pages.show_content(state is not None)
        if state is None:
            return
        id = self.agent
        if id is None:
            self._show_run(state)
        else:
            self._show_agent(id, state.agents.get(id) or AgentState())

    def _look(self, status: str) -> None:
        look = theme.STATES.get(status, theme.STATES["idle"])
        self.picture.setPixmap(icons.pixmap(look.icon, theme.current().state_text(status), 16))

    def _show_run(self, state: RunState) -> None:
        self.parts.hide()
        status = state.status if state.status in theme.STATES else "running"
        self._look(status)
        if state.finished:
            said = {"succeeded": "The run’s output", "failed": "The run failed", "cancelled": "The run was stopped"}
            value: Any = state.output
            if value is None and state.reason:
                value = REASONS.get(state.reason, state.reason)
            self.view.show_value(said[state.status], f"after {seconds(state.t)}", value)
        else:
            self.view.show_value("The run has no output yet", "select an agent to see what it writes", None)

    def _show_agent(self, id: AgentId, state: AgentState) -> None:
        agent = self.document.graph.agents[id]
        self._look(state.status)
        there: dict[Part, Any] = {
            "result": state.value if state.error is None else state.error,
            "text": state.text or None,
            "inputs": state.inputs,
        }
        known = [part for part in there if there[part] is not None]
        self.parts.setVisible(len(known) > 1)
        for part, button in self.buttons.items():
            button.setVisible(part in known)
        newest: Part = "result" if there["result"] is not None else "text" if there["text"] is not None else "inputs"
        part = self._chosen if self._chosen in known else newest
        self.buttons[part].setChecked(True)
        note = theme.STATES[state.status].word
        if state.note:
            note += f" · {self.live.note(state)}"
        self.view.show_value(agent.name or agent.id, note, there[part])


def build(document: Document, live: Live, parent: QWidget | None = None) -> Output:
    """The output panel of a document."""
    return Output(document, live, parent)
