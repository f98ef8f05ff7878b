"""The table of kept runs: a calm line each, how it stands with icon and word, a mark for pinned ones."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from quartet.editor import icons, theme
from quartet.editor.panels.rows_table import dress
from quartet.editor.panels.runs_model import ABOUT, PINNED_ROLE, RIGHT, SHOWN_ROLE, STATE, STATE_ROLE, RunsModel

ROW = 24
"""Height of a row in pixels."""
WIDTHS = (136, 136, 72, 84, 64, 72)


class _RowPainter(QStyledItemDelegate):
    """Paints a cell: the row's background, the state's icon, one elided line of text."""

    def __init__(self, table: RunsTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        now = theme.current()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, now.selected)
        elif index.row() == self._table.hovered:
            painter.fillRect(rect, now.hover)
        column = index.column()
        painter.save()
        inner = rect.adjusted(8, 0, -8, 0)
        color = now.ink if column in (STATE, ABOUT) else now.soft
        if column == STATE:
            if index.data(SHOWN_ROLE):
                painter.fillRect(QRect(rect.left(), rect.top() + 4, 3, rect.height() - 8), now.accent)
            look = index.data(STATE_ROLE)
            color = now.text(look.token)
            icons.paint(painter, look.icon, color, QRectF(inner.left(), rect.center().y() - 6.5, 14, 14))
            inner.setLeft(inner.left() + 22)
        elif column == ABOUT and index.data(PINNED_ROLE):
            icons.paint(painter, "pin", now.faint, QRectF(inner.left(), rect.center().y() - 5.5, 12, 12))
            inner.setLeft(inner.left() + 18)
        painter.setPen(color)
        painter.setFont(theme.font(theme.SMALL))
        side = Qt.AlignmentFlag.AlignRight if column in RIGHT else Qt.AlignmentFlag.AlignLeft
        text = painter.fontMetrics().elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, inner.width(), Qt.TextFlag.TextSingleLine
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | side | Qt.TextFlag.TextSingleLine, text)
        painter.restore()


class RunsTable(QTableView):
    """Rows of a RunsModel; several can be chosen."""

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self.setModel(model)
        self.setItemDelegate(_RowPainter(self))
        dress(self, ROW)
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
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
        if row != self.hovered:
            for each in (self.hovered, row):
                if each >= 0:
                    self.viewport().update(0, self.rowViewportPosition(each), self.viewport().width(), ROW)
            self.hovered = row
