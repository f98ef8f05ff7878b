"""The output: what the run gave, or what the selected agent wrote, received and answered, as it comes."""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, tabbing, theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.log_words import REASONS
from quartet.editor.panels.output_text import ValueView
from quartet.editor.panels.panel import EmptyPage, Pages, Panel
from quartet.editor.value_words import seconds
from quartet.engine.state import AgentState, RunState
from quartet.graph.model import AgentId

Part = Literal["result", "text", "inputs", "state", "work"]
PARTS: tuple[tuple[Part, str], ...] = (
    ("result", "Result"),
    ("text", "As it came"),
    ("inputs", "Received"),
    ("state", "Shared state"),
    ("work", "Work"),
)

WORK = {"available": "waiting", "claimed": "under way", "done": "done", "dead": "given up"}
"""How the work of a board stands, for a person."""
SHOWN = 50
"""So many pieces of work that are not done are listed."""


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

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        tabbing.by_layout(self.view)  # it was put together from parts made elsewhere

    def _look(self, status: str) -> None:
        look = theme.STATES.get(status, theme.STATES["idle"])
        self.picture.setPixmap(icons.pixmap(look.icon, theme.current().state_text(status), 16))

    def _show_run(self, state: RunState) -> None:
        part = self._offer({"result": "", "state": state.shared or None})
        status = state.status if state.status in theme.STATES else "running"
        self._look(status)
        if part == "state":
            when = "in the end" if state.finished else "now"
            self.view.show_value("The state that agents share", when, state.shared)
        elif state.finished:
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
            "work": self._work_on(id),
        }
        part = self._offer(there)
        note = theme.STATES[state.status].word
        if state.note:
            note += f" · {self.live.note(state)}"
        self.view.show_value(agent.name or agent.id, note, there[part])

    def _offer(self, there: dict[Part, Any]) -> Part:
        """Offer the parts that there are; the one to show: the chosen, else the first of them."""
        known = [part for part in there if there[part] is not None]
        self.parts.setVisible(len(known) > 1)
        for part, button in self.buttons.items():
            button.setVisible(part in known)
        part = self._chosen if self._chosen in known else next(iter(known), "inputs")
        self.buttons[part].setChecked(True)
        return part

    def _work_on(self, id: AgentId) -> Any:
        """What is known of a board: how its work stands, and what is noted on it."""
        run = self.live.state
        board = run.boards.get(id) if run is not None else None
        if board is None:
            return None
        agents = self.document.graph.agents
        counts = dict.fromkeys(("waiting", "under way", "done", "given up"), 0)
        told: list[Any] = []
        for number, item in board.items.items():
            word = WORK[item.status]
            counts[word] += 1
            if item.status != "done" and len(told) < SHOWN:
                entry: dict[str, Any] = {"item": number, "work": item.value, "is": word}
                if item.by is not None:
                    by = agents.get(AgentId(item.by))
                    entry["with"] = by.name if by is not None else item.by
                if item.reasons:
                    entry["why"] = list(item.reasons)
                told.append(entry)
        return {**counts, **({"not done": told} if told else {}), **({"notes": board.notes} if board.notes else {})}


def build(document: Document, live: Live, parent: QWidget | None = None) -> Output:
    """The output panel of a document."""
    return Output(document, live, parent)
