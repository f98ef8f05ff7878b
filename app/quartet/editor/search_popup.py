"""A search on the canvas: a field and what answers to it, at the place it is about. The keyboard alone is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from quartet.editor import composing, icons, theme
from quartet.editor.accessibility.speech import announce

Index = QModelIndex | QPersistentModelIndex
WIDE, ROW, ROWS = 320, 32, 8
SIDE = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen."""

    title: str
    summary: str
    icon: str
    does: Callable[[], object]
    color: str = "soft"
    """A token of the theme, for the icon."""
    also: str = ""
    """Other words it answers to."""


Source = Callable[[str], Sequence[Choice]]
"""What answers to the typed text, the best first."""


class _Choices(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.shown: Sequence[Choice] = ()

    def show(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.shown = choices
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        choice = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{choice.title}, {choice.summary}" if choice.summary else choice.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return choice.summary or None
        return None


class _Row(QStyledItemDelegate):
    """An icon, the title, and more softly what it is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Choices):
            return
        choice, look = model.shown[index.row()], theme.current()
        area = option.rect.adjusted(4, 1, -4, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state: QStyle.StateFlag = option.state
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.selected if chosen else look.hover)
            painter.drawRoundedRect(area, 6, 6)
        icon = area.adjusted(8, 0, 0, 0)
        icon.setSize(QSize(16, 16))
        icon.moveTop(area.center().y() - 7)
        icons.paint(painter, choice.icon, look.color(choice.color), icon.toRectF())
        text = area.adjusted(34, 0, -8, 0)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setFont(theme.font(theme.TEXT, theme.font().Weight.Medium))
        painter.setPen(look.ink)
        title = painter.fontMetrics().elidedText(choice.title, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, flags, title)
        text.setLeft(text.left() + painter.fontMetrics().horizontalAdvance(title) + 12)
        if text.width() > 40:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(look.text("soft"))
            rest = painter.fontMetrics().elidedText(choice.summary, Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), rest)
        painter.restore()


class Search(QFrame):
    """The popup. It tells its choice what to do when one is chosen, and `left` in any case when it closes."""

    def __init__(self, canvas: QAbstractScrollArea) -> None:
        super().__init__(canvas)
        self.setObjectName("search")
        self.setProperty("look", "bar")
        self._canvas = canvas
        self._source: Source = lambda typed: ()
        self._left: Callable[[], object] = lambda: None
        self.line = QLineEdit()
        self.line.setProperty("look", "search")
        self.line.setAccessibleName("Search")
        self.line.installEventFilter(self)
        composing.watch(self.line)
        self.line.textChanged.connect(self._typed)
        self.list = QListView()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_Row(self.list))
        self.list.setAccessibleName("What fits")
        self._model = _Choices(self.list)
        self.list.setModel(self._model)
        self.list.clicked.connect(self._choose)
        self._nothing = QLabel()
        self._nothing.setProperty("look", "soft")
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setContentsMargins(8, 4, 8, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(SIDE, SIDE, SIDE, SIDE)
        column.setSpacing(4)
        for widget in (self.line, self._nothing, self.list):
            column.addWidget(widget)
        self.hide()

    @property
    def choices(self) -> Sequence[Choice]:
        """What is shown now, the best first."""
        return self._model.shown

    def ask(
        self,
        prompt: str,
        source: Source,
        at: QPoint,
        left: Callable[[], object] = lambda: None,
        clear: QRect | None = None,
    ) -> None:
        """Open at a pixel of the viewport. `source` says what answers to the text; `left` is told when it closes.

        What lies in `clear` stays in sight where the view has room for that.
        """
        self.close_()
        self._source, self._left = source, left
        self.line.setPlaceholderText(prompt)
        self.line.setAccessibleName(prompt.rstrip("…"))
        self.line.clear()
        self._typed("")
        area = self._canvas.viewport().rect()
        self.setFixedWidth(min(WIDE, max(160, area.width() - 2 * SIDE)))
        most = SIDE * 3 + self.line.sizeHint().height() + ROW * ROWS + 8
        x = min(max(SIDE, at.x()), max(SIDE, area.width() - self.width() - SIDE))
        y = min(max(SIDE, at.y()), max(SIDE, area.height() - most - SIDE))
        if clear is not None and y < at.y() and QRect(x, y, self.width(), most).intersects(clear):
            above, aside = clear.top() - SIDE - most, clear.left() - SIDE - self.width()
            x, y = (aside, y) if aside >= SIDE else (x, above if above >= SIDE else y)
        self.move(x, y)
        self.show()
        self.raise_()
        self.line.setFocus()

    def _typed(self, text: str) -> None:
        found = self._source(text)
        self._model.show(found)
        self._nothing.setText(f"Nothing here is called “{text.strip()}”." if text.strip() else "Nothing fits here.")
        self._nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(max(1, min(len(found), ROWS)) * ROW + 2)
        if found:
            self.list.setCurrentIndex(self._model.index(0))
        self._say_current()
        self.adjustSize()

    def _step(self, by: int) -> None:
        count = len(self._model.shown)
        if count:
            self.list.setCurrentIndex(self._model.index((self.list.currentIndex().row() + by) % count))
            self._say_current()

    def _say_current(self) -> None:
        """The keyboard is in the line: what it has chosen in the list is spoken."""
        said = self.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
        announce(self.line, str(said) if self._model.shown else self._nothing.text(), urgent=True)

    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        choice = self._model.shown[index.row()]
        self.close_()
        self._canvas.setFocus()
        choice.does()

    def close_(self) -> None:
        """Close without choosing; nothing if it is closed already."""
        if self.isHidden():
            return
        left, self._left = self._left, lambda: None
        self.hide()
        left()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return composing.takes(watched, event) or self._key(event)
        if event.type() == QEvent.Type.FocusOut and self.isVisible() and not self.underMouse():
            self.close_()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        match event.key():
            case Qt.Key.Key_Escape:
                self.close_()
                self._canvas.setFocus()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._choose(self.list.currentIndex())
            case Qt.Key.Key_Down | Qt.Key.Key_Tab:
                self._step(1)
            case Qt.Key.Key_Up | Qt.Key.Key_Backtab:
                self._step(-1)
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp:
                last = len(self._model.shown) - 1
                by = ROWS if event.key() == Qt.Key.Key_PageDown else -ROWS
                if last >= 0:
                    row = max(0, min(last, self.list.currentIndex().row() + by))
                    self.list.setCurrentIndex(self._model.index(row))
                    self._say_current()
            case _:
                return False
        return True
