"""A field that is a list of entries, each with a row of inputs of its own: directives, the attempts of a rehearsal."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from quartet.editor.panels.inspector_fields import Field

JSON = Any


class EntryRow(QWidget):
    """The inputs of one entry. What they have no place for stays in it."""

    edited = Signal()
    removed = Signal(object)
    """The row itself."""

    def __init__(self, entry: dict[str, JSON]) -> None:
        super().__init__()
        self.entry = dict(entry)

    def inputs(self) -> list[QWidget]:
        """The widgets that take the focus."""
        raise NotImplementedError

    def wrong(self) -> str:
        """Why the entry cannot be used as it is, or “”."""
        raise NotImplementedError


class EntriesField(Field):
    """The rows, one below the other, and a button for one more."""

    def __init__(self, word: str) -> None:
        """`word` says what an entry is: “step”, “attempt”."""
        super().__init__()
        self._word = word
        self.rows: list[EntryRow] = []
        self._lines = QVBoxLayout()
        self._lines.setSpacing(10)
        self.add = QPushButton(f"Add {'an' if word[0] in 'aeiou' else 'a'} {word}")
        self.add.clicked.connect(self._add)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)
        self.column.addLayout(self._lines)
        line = QHBoxLayout()
        line.addWidget(self.add)
        line.addStretch(1)
        self.column.addLayout(line)
        self._watch(self.add)

    def fresh(self) -> dict[str, JSON]:
        """The entry that the button adds."""
        raise NotImplementedError

    def row(self, entry: dict[str, JSON], number: int) -> EntryRow:
        """The row for an entry, numbered from 1."""
        raise NotImplementedError

    def input(self) -> QWidget:
        return self.add

    def show_wrong(self, wrong: bool) -> None:
        self._wrong = wrong

    def show_value(self, value: JSON) -> None:
        entries = [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list | tuple) else []
        if entries == [row.entry for row in self.rows]:
            return
        for row in self.rows:
            self._lines.removeWidget(row)
            row.deleteLater()
        self.rows = []
        for entry in entries:
            self._append(entry)

    def _append(self, entry: dict[str, JSON]) -> None:
        row = self.row(entry, len(self.rows) + 1)
        row.edited.connect(self._tell)
        row.removed.connect(self._remove)
        for widget in row.inputs():
            widget.installEventFilter(self)
        self.rows.append(row)
        self._lines.addWidget(row)

    def _add(self) -> None:
        self._append(self.fresh())
        self._tell()

    def _remove(self, gone: EntryRow) -> None:
        self.show_value([row.entry for row in self.rows if row is not gone])
        self._tell()

    def _tell(self) -> None:
        for number, row in enumerate(self.rows, 1):
            wrong = row.wrong()
            if wrong:
                self.refused.emit(f"{self._word.capitalize()} {number}: {wrong}")
                return
        self.edited.emit([dict(row.entry) for row in self.rows] or None)
