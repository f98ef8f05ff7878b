"""A field and the list of what answers to it. The keyboard alone is enough, and stays in the field.

The search on the canvas and the command palette are choosers; each says what it lists and what a choice does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import composing, icons, theme
from quartet.editor.accessibility.speech import announce

Index = QModelIndex | QPersistentModelIndex
SIDE = 8
"""Pixels around and between."""


class Row(NamedTuple):
    """How one thing that can be chosen is shown and spoken."""

    title: str
    rest: str = ""
    """More softly: what it is, or where."""
    icon: str = ""
    color: str = "soft"
    """A token of the theme, for the icon."""
    keys: str = ""
    tip: str | None = None
    able: bool = True

    @property
    def spoken(self) -> str:
        parts = [self.title, self.rest if self.able else f"not now: {self.rest.rstrip('.')}", self.keys]
        return ", ".join(part for part in parts if part)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip
        return None


class _Painted(QStyledItemDelegate):
    """An icon, the title, the rest more softly, and the keys at the end."""

    def __init__(self, parent: QObject, height: int, rest: Qt.AlignmentFlag) -> None:
        super().__init__(parent)
        self._height, self._rest = height, rest

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Rows):
            return
        row, look = model.rows[index.row()], theme.current()
        area = option.rect.adjusted(4, 1, -4, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state: QStyle.StateFlag = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(QPen(look.accent, 2) if chosen and look.strong else Qt.PenStyle.NoPen)
            painter.setBrush(look.selected if chosen else look.hover)
            painter.drawRoundedRect(area, 6, 6)
        icon = area.adjusted(8, 0, 0, 0)
        icon.setSize(QSize(16, 16))
        icon.moveTop(area.center().y() - 7)
        if row.icon:
            icons.paint(painter, row.icon, look.color(row.color), icon.toRectF())
        words = area.adjusted(34, 0, -8, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        if row.keys:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(look.text("soft"))
            painter.drawText(words, int(middle | Qt.AlignmentFlag.AlignRight), row.keys)
            words.setRight(words.right() - painter.fontMetrics().horizontalAdvance(row.keys) - 16)
        painter.setFont(theme.font(theme.TEXT, theme.font().Weight.Medium))
        painter.setPen(look.ink if row.able else look.text("soft"))
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, int(middle | Qt.AlignmentFlag.AlignLeft), title)
        words.setLeft(words.left() + painter.fontMetrics().horizontalAdvance(title) + 12)
        if words.width() > 40:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(look.text("soft"))
            rest = painter.fontMetrics().elidedText(row.rest, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, int(middle | self._rest), rest)
        painter.restore()


class Chooser(QFrame):
    """The field, the list and a line of words under it. It is made hidden.

    Args:
        height: of a row, in pixels.
        most: rows in sight at once; more are scrolled.
        rest: on which side a row says what it is.
    """

    def __init__(self, parent: QWidget, called: str, height: int, most: int, rest: Qt.AlignmentFlag) -> None:
        super().__init__(parent)
        self.setProperty("look", "bar")
        self._height, self._most = height, most
        self.line = QLineEdit()
        self.line.setProperty("look", "search")
        self.line.installEventFilter(self)
        composing.watch(self.line)
        self.line.textChanged.connect(self._typed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # else a click on the list gives the keyboard to what is behind
        self.setFocusProxy(self.line)
        self.list = QListView()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Painted(self.list, height, rest))
        self.list.setAccessibleName(called)
        self._rows = _Rows(self.list)
        self.list.setModel(self._rows)
        self.list.clicked.connect(lambda index: self.choose(index.row()))
        self.hint = QLabel()
        self.hint.setProperty("look", "soft")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setContentsMargins(8, 2, 8, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(SIDE, SIDE, SIDE, SIDE)
        column.setSpacing(4)
        for widget in (self.line, self.list, self.hint):
            column.addWidget(widget)
        self.hide()

    def choose(self, row: int) -> None:
        """Do what a row says; nothing when there is no such row."""
        raise NotImplementedError

    def leave(self) -> None:
        """Close without choosing, and give the keyboard back."""
        raise NotImplementedError

    def left_for(self) -> None:
        """The keyboard went elsewhere: close, and leave it there."""
        raise NotImplementedError

    def _typed(self, text: str) -> None:
        """List what answers to a text (with `_list`)."""
        raise NotImplementedError

    def _list(self, rows: Sequence[Row], hint: str) -> None:
        """Show what answers, the best first and chosen, and words about it ("": none)."""
        self._rows.show(rows)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.list.setVisible(bool(rows))
        self.list.setFixedHeight(max(1, min(len(rows), self._most)) * self._height + 2)
        if rows:
            self.list.setCurrentIndex(self._rows.index(0))
        self._say_current()
        self.adjustSize()

    def _go(self, row: int) -> None:
        if self._rows.rows:
            self.list.setCurrentIndex(self._rows.index(row))
            self._say_current()

    def _say_current(self) -> None:
        """The keyboard is in the field: what it has chosen in the list is spoken."""
        said = self.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
        announce(self.line, str(said) if self._rows.rows else self.hint.text(), urgent=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return composing.takes(watched, event) or self._key(event)
        if event.type() == QEvent.Type.FocusOut and self.isVisible() and not self.underMouse():
            self.left_for()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        row, count = self.list.currentIndex().row(), len(self._rows.rows)
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.choose(row)
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self._go((row + 1) % max(1, count))
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self._go((row - 1) % max(1, count))
            case Qt.Key.Key_PageDown:
                self._go(min(count - 1, row + self._most))
            case Qt.Key.Key_PageUp:
                self._go(max(0, row - self._most))
            case _:
                return False
        return True
