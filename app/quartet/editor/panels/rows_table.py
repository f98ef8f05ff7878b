"""A table of calm rows: whole rows are chosen, nothing is ruled, the row under the pointer is tinted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from quartet.editor import theme

ROW = 24
"""Height of a row in pixels."""


class RowsTable(QTableView):
    """The last column takes the room that the others leave."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        """The row under the pointer."""
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(56)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self.viewport().update)

    def chosen(self) -> list[int]:
        """The rows that are selected, from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

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


class RowPainter(QStyledItemDelegate):
    """Paints what is the same in every such table: the row's background, and one elided line of text."""

    def __init__(self, table: RowsTable) -> None:
        super().__init__(table)
        self._table = table

    def paint_background(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Tint what is selected, else what is under the pointer."""
        now, rect = theme.current(), option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, now.selected)
        elif index.row() == self._table.hovered:
            painter.fillRect(rect, now.hover)

    def paint_text(
        self,
        painter: QPainter,
        inner: QRect,
        side: Qt.AlignmentFlag,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Write what a cell says in the painter's pen."""
        painter.setFont(theme.font(theme.SMALL))
        text = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, inner.width(), Qt.TextFlag.TextSingleLine
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | side | Qt.TextFlag.TextSingleLine, text)
