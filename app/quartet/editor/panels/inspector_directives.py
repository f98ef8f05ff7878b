"""The editor of what a supervisor does about failures: a row for each failure in a row, the last one repeats."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.document import Document
from quartet.editor.panels.inspector_entries import EntriesField, EntryRow
from quartet.editor.panels.inspector_fields import Combo
from quartet.graph.model import AgentId

JSON = Any
ACTIONS: tuple[tuple[str, str], ...] = (
    ("restart", "Restart it"),
    ("reassign", "Give its work to another"),
    ("escalate", "Pass it up"),
    ("stop", "Stop it"),
    ("ignore", "Go on without it"),
)


class _Step(EntryRow):
    """What is done about one failure."""

    def __init__(self, entry: dict[str, JSON], document: Document, number: int) -> None:
        super().__init__(entry)
        self._document = document
        self._problem = ""
        label = QLabel(f"{number}.")
        label.setProperty("look", "soft")
        self.action = Combo()
        self.action.setAccessibleName(f"At failure {number}")
        self.action.addItems([words for _, words in ACTIONS])
        remove = QToolButton()
        remove.setIcon(icons.icon("x", theme.current().faint))
        remove.setToolTip("Remove this step")
        remove.setAccessibleName("Remove this step")
        self.strategy = QLineEdit()
        self.strategy.setPlaceholderText('other configuration: {"method": "POST"}')
        self.strategy.setAccessibleName("Changes of its configuration for the next try")
        self.to = QLineEdit()
        self.to.setPlaceholderText("To whom, by name; empty: to whoever is free")
        self.to.setAccessibleName("Whom its work goes to")
        self.on = QLineEdit()
        self.on.setPlaceholderText("Only for errors of these types; empty: all")
        self.on.setAccessibleName("Only for these error types")
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(label)
        first.addWidget(self.action, 1)
        first.addWidget(remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        for line in (self.strategy, self.to, self.on):
            layout.addWidget(line)
        self._show()
        self.action.activated.connect(self._choose)
        self.strategy.textEdited.connect(self._say_strategy)
        self.to.textEdited.connect(self._say_to)
        self.on.textEdited.connect(self._say_on)
        remove.clicked.connect(lambda: self.removed.emit(self))

    def inputs(self) -> list[QWidget]:
        return [self.action, self.strategy, self.to, self.on]

    def wrong(self) -> str:
        return self._problem

    def _show(self) -> None:
        keys = [key for key, _ in ACTIONS]
        do = self.entry.get("do")
        self.action.setCurrentIndex(keys.index(do) if do in keys else -1)
        overrides = self.entry.get("with")
        self.strategy.setText("" if overrides is None else json.dumps(overrides, ensure_ascii=False))
        agents = self._document.graph.agents
        names = [agents[AgentId(id)].name if id in agents else str(id) for id in self.entry.get("to") or ()]
        self.to.setText(", ".join(names))
        self.on.setText(", ".join(self.entry.get("on") or ()))
        for line in (self.strategy, self.to, self.on):
            line.setCursorPosition(0)
        self.strategy.setVisible(do in ("restart", "reassign"))
        self.to.setVisible(do == "reassign")

    def _choose(self, row: int) -> None:
        do = ACTIONS[row][0]
        self.entry["do"] = do
        if do not in ("restart", "reassign"):
            self.entry.pop("with", None)
        if do != "reassign":
            self.entry.pop("to", None)
        self._problem = ""
        self._show()
        self.edited.emit()

    def _say_strategy(self, text: str) -> None:
        self._problem = ""
        try:
            value = json.loads(text) if text.strip() else None
        except ValueError:
            value = text
        if value is not None and not isinstance(value, dict):
            self._problem = 'another configuration is a JSON object: {"field": "value"}.'
        else:
            self._put("with", value)
        self.edited.emit()

    def _say_to(self, text: str) -> None:
        self._problem = ""
        ids: list[str] = []
        by_name = {agent.name.casefold(): agent.id for agent in self._document.graph.agents.values()}
        for word in (part.strip() for part in text.split(",")):
            if not word:
                continue
            id = by_name.get(word.casefold(), word)
            if id not in self._document.graph.agents:
                self._problem = f"there is no agent “{word}”."
            ids.append(id)
        if not self._problem:
            self._put("to", ids or None)
        self.edited.emit()

    def _say_on(self, text: str) -> None:
        self._put("on", [part.strip() for part in text.split(",") if part.strip()] or None)
        self.edited.emit()

    def _put(self, key: str, value: JSON) -> None:
        if value is None:
            self.entry.pop(key, None)
        else:
            self.entry[key] = value


class DirectivesField(EntriesField):
    """The list of steps."""

    def __init__(self, document: Document) -> None:
        super().__init__("step")
        self._document = document

    def fresh(self) -> dict[str, JSON]:
        return {"do": "escalate" if self.rows else "restart"}

    def row(self, entry: dict[str, JSON], number: int) -> EntryRow:
        return _Step(entry, self._document, number)
