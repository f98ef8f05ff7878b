"""The editor of a rehearsal script: a row for each attempt, what becomes of it and after how many seconds."""

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
OUTCOMES: tuple[tuple[str, str, JSON], ...] = (
    ("returns", "Returns", ""),
    ("fails", "Fails", "it did not work"),
    ("hangs", "Hangs", True),
    ("hands_off", "Hands off to", ""),
    ("calls", "Calls", []),
    ("beats", "Sends signs of life", [10, 3]),
    ("ignores_cancel", "Ignores a stop", 10),
    ("answers", "Asked, a person answers", "restart"),
    ("fills_in", "Fills in a text", "{{ value }}"),
)
"""What an attempt can do: the key in the file, the words, and what a new one says."""
_HINTS = {
    "returns": "A text, or JSON",
    "fills_in": "A text with {{ expressions }}",
    "fails": "The error’s message",
    "answers": "restart, give up, or the result",
    "calls": '[{"tool": "…", "arguments": {}}]',
    "beats": "[seconds, how many]",
    "ignores_cancel": "Seconds",
}


def read_value(text: str) -> JSON:
    """What a person means by a text: JSON where it reads as JSON, else the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def write_value(value: JSON) -> str:
    """The text that `read_value` reads as this value."""
    if isinstance(value, str) and read_value(value) == value and isinstance(read_value(value), str):
        return value
    return json.dumps(value, ensure_ascii=False)


class _Attempt(EntryRow):
    """One attempt of the script."""

    def __init__(self, entry: dict[str, JSON], document: Document, agent: str, number: int) -> None:
        super().__init__(entry)
        self._document, self._agent = document, agent
        self._number = QLabel(f"{number}.")
        self._number.setProperty("look", "soft")
        self._outcome = Combo()
        self._outcome.setAccessibleName(f"Attempt {number}")
        self._outcome.addItems([words for _, words, _ in OUTCOMES])
        self._after = QLineEdit()
        self._after.setPlaceholderText("1")
        self._after.setFixedWidth(52)
        self._after.setAccessibleName("After how many seconds")
        self._value = QLineEdit()
        self._value.setAccessibleName("What")
        self._to = Combo()
        self._to.setAccessibleName("To whom")
        remove = QToolButton()
        remove.setIcon(icons.icon("x", theme.current().faint))
        remove.setToolTip("Remove this attempt")
        remove.setAccessibleName("Remove this attempt")
        first = QHBoxLayout()
        first.setSpacing(6)
        for widget in (self._number, self._outcome, QLabel("after"), self._after, QLabel("s"), remove):
            first.addWidget(widget, 1 if widget is self._outcome else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addWidget(self._value)
        layout.addWidget(self._to)
        self.show_entry()
        self._outcome.activated.connect(self._choose)
        self._after.textEdited.connect(self._wait)
        self._value.textEdited.connect(self._say)
        self._to.activated.connect(self._hand_off)
        remove.clicked.connect(lambda: self.removed.emit(self))

    def inputs(self) -> list[QWidget]:
        return [self._outcome, self._after, self._value, self._to]

    @property
    def outcome(self) -> str:
        """The key that says what becomes of the attempt; “” for an entry nobody understands."""
        return next((key for key, _, _ in OUTCOMES if key in self.entry), "")

    def show_entry(self) -> None:
        keys = [key for key, _, _ in OUTCOMES]
        outcome = self.outcome
        self._outcome.setCurrentIndex(keys.index(outcome) if outcome else -1)
        after = self.entry.get("after")
        self._after.setText("" if after is None else f"{after:g}" if isinstance(after, int | float) else str(after))
        self._to.clear()
        for agent in self._document.graph.agents.values():
            if agent.id != self._agent:
                self._to.addItem(agent.name, agent.id)
        self._to.setCurrentIndex(self._to.findData(self.entry.get("hands_off")))
        self._to.setVisible(outcome == "hands_off")
        self._value.setVisible(outcome not in ("hangs", "hands_off"))
        self._value.setPlaceholderText(_HINTS.get(outcome, "JSON"))
        self._value.setText(write_value(self.entry.get(outcome) if outcome else self.entry))
        self._value.setCursorPosition(0)

    def _choose(self, row: int) -> None:
        key, _, fresh = OUTCOMES[row]
        kept: dict[str, JSON] = {key: self.entry[key] for key in ("after", "usage") if key in self.entry}
        if key == "hands_off":
            fresh = next((id for id in self._document.graph.agents if id != self._agent), "")
        self.entry = {key: fresh, **kept}
        self.show_entry()
        self.edited.emit()

    def _wait(self, text: str) -> None:
        self.entry.pop("after", None)
        if text.strip():
            self.entry["after"] = read_value(text.strip().replace(",", "."))
        self.edited.emit()

    def _say(self, text: str) -> None:
        outcome = self.outcome
        if outcome:
            self.entry[outcome] = text if outcome in ("fails", "fills_in") else read_value(text)
        else:
            value = read_value(text)
            self.entry = value if isinstance(value, dict) else self.entry
        self.edited.emit()

    def _hand_off(self, row: int) -> None:
        self.entry["hands_off"] = self._to.itemData(row)
        self.edited.emit()

    def wrong(self) -> str:
        """What cannot be played, or “”."""
        after = self.entry.get("after", 0)
        if isinstance(after, bool) or not isinstance(after, int | float) or after < 0:
            return "“after” is a number of seconds."
        match self.outcome:
            case "":
                return "Choose what becomes of this attempt."
            case "hands_off" if AgentId(str(self.entry["hands_off"])) not in self._document.graph.agents:
                return "Choose whom it hands off to."
            case "calls" if not isinstance(self.entry["calls"], list):
                return "Calls are a list: [{…}]."
            case "beats":
                beats = self.entry["beats"]
                if not (isinstance(beats, list) and len(beats) == 2 and all(isinstance(b, int | float) for b in beats)):
                    return "Signs of life are two numbers: [seconds, how many]."
            case "ignores_cancel" if not isinstance(self.entry["ignores_cancel"], int | float):
                return "For how many seconds it ignores a stop is a number."
        return ""


class RehearsalField(EntriesField):
    """The list of attempts. Fields of an entry that have no place here are kept."""

    def __init__(self, document: Document, agent: str) -> None:
        super().__init__("attempt")
        self._document, self._agent = document, agent
        self._empty = QLabel("Without a script: after 1 s it returns its name and the first line of its input.")
        self._empty.setProperty("look", "soft")
        self._empty.setWordWrap(True)
        self.column.insertWidget(0, self._empty)

    def show_value(self, value: JSON) -> None:
        super().show_value(value)
        self._empty.setVisible(not self.rows)

    def fresh(self) -> dict[str, JSON]:
        self._empty.hide()
        return {"returns": ""}

    def row(self, entry: dict[str, JSON], number: int) -> EntryRow:
        return _Attempt(entry, self._document, self._agent, number)
