"""The command palette: one field that finds everything there is to do, by name, from anywhere in the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import command_list, icons, theme
from quartet.editor.command_list import Entry

if TYPE_CHECKING:
    from quartet.editor.window import Window

Index = QModelIndex | QPersistentModelIndex
WIDE, ROW, ROWS, TOP = 600, 36, 11, 56
ABOUT = "Commands by name   ·   @ goes to an agent   ·   # goes to a problem"


class _Entries(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shown: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.shown = entries
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = [entry.title, entry.path, entry.keys, entry.reason and f"not now: {entry.reason}"]
            return ", ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.reason
        return None


class _Row(QStyledItemDelegate):
    """Icon, title, the menu it stands in (or why it cannot be done), and its keys."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Entries):
            return
        entry, look = model.shown[index.row()], theme.current()
        area = option.rect.adjusted(4, 1, -4, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state: QStyle.StateFlag = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(QPen(look.accent, 2) if chosen and look.strong else Qt.PenStyle.NoPen)
            painter.setBrush(look.selected if chosen else look.hover)
            painter.drawRoundedRect(area, 6, 6)
        icon = QRect(area.left() + 10, area.center().y() - 7, 16, 16)
        name = "history" if entry.recent and not entry.icon else entry.icon or "chevron-right"
        icons.paint(painter, name, look.faint if entry.reason else look.soft, icon.toRectF())
        words = area.adjusted(36, 0, -10, 0)
        left = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        if entry.keys:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(look.text("soft"))
            painter.drawText(words, right, entry.keys)
            words.setRight(words.right() - painter.fontMetrics().horizontalAdvance(entry.keys) - 16)
        painter.setFont(theme.font(theme.TEXT, theme.font().Weight.Medium))
        painter.setPen(look.text("soft") if entry.reason else look.ink)
        title = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, left, title)
        words.setLeft(words.left() + painter.fontMetrics().horizontalAdvance(title) + 12)
        if words.width() > 40:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(look.text("soft"))
            rest = entry.reason or entry.path
            painter.drawText(
                words, left, painter.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, words.width())
            )
        painter.restore()


class CommandPalette(QFrame):
    """Lies over the window while one searches. Escape, or going elsewhere, closes it and nothing has happened."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.setObjectName("command_palette")
        self.setProperty("look", "bar")
        self.setAccessibleName("Command palette")
        self._window = window
        self._before: QWidget | None = None
        self._all: list[Entry] = []
        self._menus: list[QMenu] = []
        self.line = QLineEdit()
        self.line.setProperty("look", "search")
        self.line.setPlaceholderText("Find a command…")
        self.line.setAccessibleName("Find a command")
        self.line.setAccessibleDescription(ABOUT)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._typed)
        self.list = QListView()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("What answers")
        self.list.setItemDelegate(_Row(self.list))
        self._model = _Entries(self.list)
        self.list.setModel(self._model)
        self.list.clicked.connect(lambda index: self.choose(index.row()))
        self.hint = QLabel(ABOUT)
        self.hint.setProperty("look", "soft")
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setContentsMargins(8, 2, 8, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        for widget in (self.line, self.list, self.hint):
            column.addWidget(widget)
        self.hide()

    @property
    def shown(self) -> Sequence[Entry]:
        """What answers to what is typed, the nearest first."""
        return self._model.shown

    def ask(self) -> None:
        """Open, with everything in the list."""
        focus = QApplication.focusWidget()
        if focus is not None and not self.isAncestorOf(focus):
            self._before = focus
        self._let_go()
        self._all = command_list.entries(self._window, self._menus)
        self.setFixedWidth(min(WIDE, self._window.width() - 32))
        self.move((self._window.width() - self.width()) // 2, TOP)
        self.line.clear()
        self._typed("")
        self.show()
        self.raise_()
        self.line.setFocus()

    def _typed(self, text: str) -> None:
        if text.startswith("@"):
            found = command_list.agents(self._window, text[1:])
        elif text.startswith("#"):
            found = command_list.problems(self._window, text[1:])
        else:
            found = command_list.matching(text, self._all)
        self._model.show(found)
        self.hint.setText(ABOUT if found else f"Nothing is called “{text.strip()}”.")
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(max(1, min(len(found), ROWS)) * ROW + 2)
        if found:
            self.list.setCurrentIndex(self._model.index(0))
        self.adjustSize()

    def _step(self, by: int) -> None:
        count = len(self._model.shown)
        if count:
            self.list.setCurrentIndex(self._model.index((self.list.currentIndex().row() + by) % count))

    def choose(self, row: int) -> None:
        """Do what a row says; one that cannot be done stays and says why."""
        if not 0 <= row < len(self._model.shown):
            return
        entry = self._model.shown[row]
        if entry.reason is not None:
            self.hint.setText(entry.reason)
            return
        self.leave()
        command_list.remember(self._window, entry.name)
        entry.does()

    def leave(self) -> None:
        """Close, and give the keyboard back to what had it."""
        self.hide()
        self._let_go()
        before, self._before = self._before, None
        if before is not None:
            try:
                before.setFocus()
            except RuntimeError:  # it is gone meanwhile
                self._window.setFocus()

    def _let_go(self) -> None:
        """What was listed is no longer needed; what was chosen of it is still to be done."""
        self._all = []
        for menu in self._menus:
            menu.deleteLater()
        self._menus.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if event.type() == QEvent.Type.FocusOut and self.isVisible() and not self.underMouse():
            self._before = None
            self.leave()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self.leave()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.choose(self.list.currentIndex().row())
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self._step(1)
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self._step(-1)
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                by = ROWS if event.key() == Qt.Key.Key_PageDown else -ROWS
                row = self.list.currentIndex().row() + by
                self.list.setCurrentIndex(self._model.index(max(0, min(len(self._model.shown) - 1, row))))
            case _:
                return False
        return True


def open_palette(window: Window) -> CommandPalette:
    """Open the palette of a window."""
    found = window.findChild(CommandPalette)
    if found is None:
        found = CommandPalette(window)
    found.ask()
    return found
