"""The list of what was found: a row each, painted, with what matches marked; thousands cost no more than ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from quartet.editor import icons, theme

Index = QModelIndex | QPersistentModelIndex
HIT_ROLE = Qt.ItemDataRole.UserRole
ROW, NAMES = 32, 260


class Hit(NamedTuple):
    """One row: an agent, or a text of something with what was looked for in it."""

    id: str
    """Of the item; empty: the graph itself."""
    inside: str
    """The sub-graph it is in; empty: the drawing itself."""
    icon: str
    tone: str
    name: str
    field: str
    excerpt: str
    marks: tuple[tuple[int, int], ...]


class Hits(QAbstractListModel):
    """What was found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: Sequence[Hit] = ()

    def show(self, hits: Sequence[Hit]) -> None:
        """Show other hits."""
        self.beginResetModel()
        self.shown = hits
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default
        return 0 if parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        hit = self.shown[index.row()]
        if role == HIT_ROLE:
            return hit
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(part for part in (hit.name, hit.field, hit.excerpt) if part)
        return None


class _RowPainter(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now = theme.current()
        hit: Hit = index.data(HIT_ROLE)
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, now.selected)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, now.hover)
        icons.paint(painter, hit.icon, now.text(hit.tone), QRectF(rect.left() + 16, rect.center().y() - 7, 16, 16))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
        names = QRect(rect.left() + 44, rect.top(), min(NAMES, rect.width() // 3), rect.height())
        painter.setFont(theme.font(theme.TEXT, QFont.Weight.DemiBold))
        painter.setPen(now.ink)
        name = painter.fontMetrics().elidedText(hit.name, Qt.TextElideMode.ElideRight, names.width())
        painter.drawText(names, middle, name)
        used = painter.fontMetrics().horizontalAdvance(name) + 8
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(now.soft)
        room = names.width() - used
        if room > 24:
            field = painter.fontMetrics().elidedText(hit.field, Qt.TextElideMode.ElideRight, room)
            painter.drawText(names.adjusted(used, 0, 0, 0), middle, field)
        self._excerpt(painter, hit, QRect(names.right() + 12, rect.top(), rect.right() - names.right() - 24, ROW))
        painter.restore()

    @staticmethod
    def _excerpt(painter: QPainter, hit: Hit, box: QRect) -> None:
        now = theme.current()
        if not hit.excerpt or box.width() < 24:
            return
        layout = QTextLayout(hit.excerpt, theme.font(theme.SMALL))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        formats = []
        for begin, end in hit.marks:
            marked = QTextLayout.FormatRange()
            # Qt counts in UTF-16
            marked.start = _units(hit.excerpt[:begin])
            marked.length = _units(hit.excerpt[begin:end])
            style = QTextCharFormat()
            style.setBackground(now.tint("warning", 0.35, "panel"))
            style.setForeground(now.ink)
            marked.format = style
            formats.append(marked)
        layout.setFormats(formats)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(100_000)
        layout.endLayout()
        painter.setClipRect(box)
        painter.setPen(now.soft)
        top = box.top() + (box.height() - line.height()) / 2
        layout.draw(painter, QRectF(box.left(), top, box.width(), line.height()).topLeft())


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class HitList(QListView):
    """Shows hits; a click or Enter goes there."""

    def __init__(self, model: Hits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(_RowPainter(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("What was found")
        theme.changed.connect(self.viewport().update)
