"""The table that shows events: one line a row, words before colour, follows the run while its end is in view."""

from __future__ import annotations

import json

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from quartet.editor import icons, theme
from quartet.editor.panels.log_model import LATER_ROLE, TONE_ROLE, EventModel
from quartet.editor.panels.rows_table import dress

ROW = 24
"""Height of a row in pixels."""
TONES = {"good": ("succeeded", "check"), "bad": ("failed", "x"), "warn": ("warning", "triangle-alert")}
"""Tone → token of the colour and the icon that says it without colour."""


class _RowPainter(QStyledItemDelegate):
    """Paints a cell: the row's background, an icon where the tone matters, and one elided line of text."""

    def __init__(self, table: EventTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        now = theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, now.selected)
        elif index.row() == self._table.hovered:
            painter.fillRect(rect, now.hover)
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
        if last and (tone in TONES or self._table.indented):
            inner.setLeft(inner.left() + 18)
        painter.setPen(color)
        painter.setFont(theme.font(theme.SMALL))
        flags = Qt.AlignmentFlag.AlignVCenter | (
            Qt.AlignmentFlag.AlignRight if column == 0 else Qt.AlignmentFlag.AlignLeft
        )
        text = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, inner.width(), Qt.TextFlag.TextSingleLine
        )
        painter.drawText(inner, flags | Qt.TextFlag.TextSingleLine, text)
        painter.restore()


class EventTable(QTableView):
    """Rows of an EventModel. Ctrl+C copies the selected rows as text, their context menu also as JSON lines."""

    row_chosen = Signal(object)
    """The event of the row that was just chosen (clicked or reached with the keyboard)."""

    def __init__(self, model: EventModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.events = model
        self.hovered = -1
        self.indented = True
        """Whether the last column leaves room for an icon in every row, so that its texts line up."""
        self._following = True
        self.setModel(model)
        self.setItemDelegate(_RowPainter(self))
        dress(self, ROW)
        self.verticalScrollBar().rangeChanged.connect(self._stay_at_end)
        self.verticalScrollBar().valueChanged.connect(self._note_following)
        self.selectionModel().currentRowChanged.connect(self._chosen)
        theme.changed.connect(self.viewport().update)

    def _note_following(self, value: int) -> None:
        bar = self.verticalScrollBar()
        self._following = value >= bar.maximum() - ROW

    def _stay_at_end(self, least: int, most: int) -> None:
        if self._following:
            self.verticalScrollBar().setValue(most)

    def _chosen(self, current: QModelIndex, before: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(self.events.event_at(current.row()))

    def selected_rows(self) -> list[int]:
        """The rows that are selected, from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def copy_text(self) -> None:
        """Put the selected rows (none: all) on the clipboard, a line each, cells separated by tabs."""
        rows = self.selected_rows() or range(self.events.rowCount())
        columns = range(self.events.columnCount())
        lines = ("\t".join(self.events.cell(self.events.event_at(row), column) for column in columns) for row in rows)
        QGuiApplication.clipboard().setText("\n".join(lines))

    def copy_json(self) -> None:
        """Put the events of the selected rows (none: all) on the clipboard as JSON lines."""
        rows = self.selected_rows() or range(self.events.rowCount())
        lines = (json.dumps(self.events.event_at(row).as_json(), ensure_ascii=False) for row in rows)
        QGuiApplication.clipboard().setText("\n".join(lines))

    # what Qt asks

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_text()
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.indexAt(event.position().toPoint()).row())
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def _hover(self, row: int) -> None:
        if row == self.hovered:
            return
        for each in (self.hovered, row):
            if each >= 0:
                self.viewport().update(0, self.rowViewportPosition(each), self.viewport().width(), ROW)
        self.hovered = row
