"""The table that shows events: one line a row, words before colour, follows the run while its end is in view."""

from __future__ import annotations

import json

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from quartet.editor import icons, theme
from quartet.editor.panels.log_model import LATER_ROLE, TONE_ROLE, EventModel
from quartet.editor.panels.rows_table import ROW, RowPainter, RowsTable

TONES = {"good": ("succeeded", "check"), "bad": ("failed", "x"), "warn": ("warning", "triangle-alert")}
"""Tone → token of the colour and the icon that says it without colour."""


class _RowPainter(RowPainter):
    """An icon where the tone matters; what happened later than the moment shown is pale."""

    def __init__(self, table: EventTable) -> None:
        super().__init__(table)
        self._events = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.paint_background(painter, option, index)
        now = theme.current()
        rect: QRect = option.rect
        column = index.column()
        last = column == index.model().columnCount() - 1
        tone = index.data(TONE_ROLE) if last else "plain"
        color = now.soft if column == 0 or tone == "soft" else now.ink
        painter.save()
        if index.data(LATER_ROLE):
            painter.setOpacity(0.45)
        inner = rect.adjusted(8, 0, -8, 0)
        if tone in TONES:
            token, icon = TONES[tone]
            color = now.text(token)
            icons.paint(painter, icon, color, QRectF(inner.left(), inner.center().y() - 5.5, 12, 12))
        if last and (tone in TONES or self._events.indented):
            inner.setLeft(inner.left() + 18)
        painter.setPen(color)
        side = Qt.AlignmentFlag.AlignRight if column == 0 else Qt.AlignmentFlag.AlignLeft
        self.paint_text(painter, inner, side, index)
        painter.restore()


class EventTable(RowsTable):
    """Rows of an EventModel. Ctrl+C copies the selected rows as text, their context menu also as JSON lines."""

    row_chosen = Signal(object)
    """The event of the row that was just chosen (clicked or reached with the keyboard)."""

    def __init__(self, model: EventModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.events = model
        self.indented = True
        """Whether the last column leaves room for an icon in every row, so that its texts line up."""
        self._following = True
        self.setModel(model)
        self.setItemDelegate(_RowPainter(self))
        self.verticalScrollBar().rangeChanged.connect(self._stay_at_end)
        self.verticalScrollBar().valueChanged.connect(self._note_following)
        self.selectionModel().currentRowChanged.connect(self._chosen)

    def _note_following(self, value: int) -> None:
        bar = self.verticalScrollBar()
        self._following = value >= bar.maximum() - ROW

    def _stay_at_end(self, least: int, most: int) -> None:
        if self._following:
            self.verticalScrollBar().setValue(most)

    def _chosen(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(self.events.event_at(current.row()))

    def copy_text(self) -> None:
        """Put the selected rows (none: all) on the clipboard, a line each, cells separated by tabs."""
        rows = self.chosen() or range(self.events.rowCount())
        columns = range(self.events.columnCount())
        lines = ("\t".join(self.events.cell(self.events.event_at(row), column) for column in columns) for row in rows)
        QGuiApplication.clipboard().setText("\n".join(lines))

    def copy_json(self) -> None:
        """Put the events of the selected rows (none: all) on the clipboard as JSON lines."""
        rows = self.chosen() or range(self.events.rowCount())
        lines = (json.dumps(self.events.event_at(row).as_json(), ensure_ascii=False) for row in rows)
        QGuiApplication.clipboard().setText("\n".join(lines))

    # what Qt asks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_text()
            return
        super().keyPressEvent(event)
