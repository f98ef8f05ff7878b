"""The steps of a document as rows: what each did and when, where the saved file and the runs stand among them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QUndoCommand

from quartet.editor.document import Document
from quartet.graph.edits import Add, Edit, Move, Remove

Index = QModelIndex | QPersistentModelIndex
MARKS_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to the drawing as it was after a step."""

    text: str
    icon: str
    tone: str


SAVED = Mark("Saved", "save", "succeeded")


class UndoModel(QAbstractListModel):
    """Row 0 is the drawing as it was at first; row n is it after step n. Rows are read when they are painted."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.opened = time.time()
        self._marks: dict[int, tuple[QUndoCommand | None, list[Mark]]] = {}
        self._count, self._index, self._clean = 0, 0, 0
        document.undo_stack.indexChanged.connect(self.reread)
        document.undo_stack.cleanChanged.connect(self.reread)
        self.reread()

    def reread(self, _: object = None) -> None:
        """Tell what is new: steps at the end, another current step, another saved one."""
        stack = self.document.undo_stack
        count, index, clean = stack.count(), stack.index(), stack.cleanIndex()
        if count < self._count:
            self.beginRemoveRows(QModelIndex(), count + 1, self._count)
            self._count = count
            self.endRemoveRows()
        elif count > self._count:
            self.beginInsertRows(QModelIndex(), self._count + 1, count)
            self._count = count
            self.endInsertRows()
        before, self._index = self._index, index
        self._clean = clean
        self._drop_lost()
        first, last = min(before, index, count), max(before, index)
        if index == count:  # the last step may be another one, or have taken in what was typed since
            last = count
        self.dataChanged.emit(self.index(min(first, count)), self.index(min(last, count)))
        if clean >= 0:
            self.dataChanged.emit(self.index(0), self.index(count))

    def _command(self, row: int) -> QUndoCommand | None:
        return self.document.undo_stack.command(row - 1) if row else None

    def _drop_lost(self) -> None:
        """A mark belongs to a step: where another one took its place, it is gone."""
        for row, (command, _) in list(self._marks.items()):
            if row > self._count or self._command(row) is not command:
                del self._marks[row]

    def mark(self, mark: Mark) -> None:
        """Mark the step that is current."""
        row = self._index
        command, marks = self._marks.get(row, (self._command(row), []))
        self._marks[row] = (command, [*marks, mark][-3:])
        self.dataChanged.emit(self.index(row), self.index(row))

    @property
    def current(self) -> int:
        """The row of the drawing as it is."""
        return self._index

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._count + 1

    def marks(self, row: int) -> list[Mark]:
        """What happened after a step."""
        marks = self._marks.get(row, (None, []))[1]
        saved = row == self._clean and self.document.path is not None
        return [*([SAVED] if saved else []), *marks]

    def title(self, row: int) -> str:
        """What a step did."""
        if row == 0:
            return "As it was opened" if self.document.path is not None else "As it was at first"
        return self.document.undo_stack.text(row - 1)

    def moment(self, row: int) -> str:
        """When, by the clock."""
        at = getattr(self._command(row), "time", None) if row else self.opened
        return "" if at is None else time.strftime("%H:%M", time.localtime(at))

    def icon(self, row: int) -> str:
        """What kind of step it is."""
        edits: list[Edit] = getattr(self._command(row), "edits", [])
        if not row:
            return "file-text"
        kinds = {type(edit) for edit in edits}
        if kinds <= {Move}:
            return "arrow-left-right"
        if Remove in kinds and Add not in kinds:
            return "trash-2"
        return "plus" if Add in kinds else "pen-line"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = index.row()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(row)
        if role == MARKS_ROLE:
            return self.marks(row)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            place = "now" if row == self._index else "undone" if row > self._index else ""
            parts = (self.title(row), place, *(mark.text for mark in self.marks(row)), self.moment(row))
            return ", ".join(part for part in parts if part)
        return None
