"""The table of kept runs: a calm line each, how it stands with icon and word, a mark for pinned ones."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from quartet.editor import icons, theme
from quartet.editor.panels.rows_table import RowPainter, RowsTable
from quartet.editor.panels.runs_model import ABOUT, PINNED_ROLE, RIGHT, SHOWN_ROLE, STATE, STATE_ROLE, RunsModel

WIDTHS = (136, 136, 72, 84, 64, 72)


class _RowPainter(RowPainter):
    """The state's icon, and a pin at what is kept for good."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.paint_background(painter, option, index)
        now = theme.current()
        rect: QRect = option.rect
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
        side = Qt.AlignmentFlag.AlignRight if column in RIGHT else Qt.AlignmentFlag.AlignLeft
        self.paint_text(painter, inner, side, index)
        painter.restore()


class RunsTable(RowsTable):
    """Rows of a RunsModel; several can be chosen."""

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_RowPainter(self))
        for column, width in enumerate(WIDTHS):
            self.setColumnWidth(column, width)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
