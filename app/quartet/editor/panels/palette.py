"""The palette: every agent kind and the four patterns as ready-made fragments, to drag or to add with Enter."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import icons, own_fragments, theme
from quartet.editor.panels.panel import EmptyPage, Pages, Panel, SearchBox
from quartet.editor.pieces import FRAGMENT_MIME, KIND_MIME, Entry, fragments, kinds
from quartet.graph.model import Graph

Index = QModelIndex | QPersistentModelIndex


class _Entries(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._kinds, self._fragments = kinds(), fragments()
        self._shown: list[Entry] = []
        self._text = ""
        self.reread()

    def reread(self) -> None:
        """Look again at the person's own fragments."""
        own = own_fragments.entries()
        self._sections = [("Agents", self._kinds), ("Patterns", self._fragments), ("Yours", own)]
        self.filter(self._text)

    def filter(self, text: str) -> None:
        self._text = text
        words = text.lower().split()
        self.beginResetModel()
        self._shown = []
        for heading, entries in self._sections:
            left = [entry for entry in entries if entry.matches(words)]
            if left:
                self._shown += [Entry(heading), *left]
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def entry(self, index: Index) -> Entry | None:
        return self._shown[index.row()] if index.isValid() else None

    def first(self) -> QModelIndex:
        row = next((row for row, entry in enumerate(self._shown) if not entry.heading), -1)
        return self.index(row) if row >= 0 else QModelIndex()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.title}, {entry.summary}" if entry.summary else entry.title
        if role == Qt.ItemDataRole.ToolTipRole and entry.trouble:
            return f"{entry.fragment}\n{entry.trouble}\nMend the file, or delete it: right-click."
        if role == Qt.ItemDataRole.ToolTipRole and not entry.heading:
            return f"{entry.title}: {entry.summary}.\nDrag it onto the canvas, or press Enter to add it."
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        entry = self.entry(index)
        if entry is None or entry.heading:
            return Qt.ItemFlag.NoItemFlags
        if entry.trouble:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [KIND_MIME, FRAGMENT_MIME]

    def mimeData(self, indexes: Any) -> QMimeData:
        entry = next((self.entry(index) for index in indexes), None)
        return QMimeData() if entry is None else entry.mime()


HEADING, ROW, SQUARE, MARGIN = 32, 42, 28, 12


class _Delegate(QStyledItemDelegate):
    """Draws a line: a tinted square with the icon, the title and the summary under it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        entry = model.entry(index) if isinstance(model, _Entries) else None
        return QSize(0, HEADING if entry is None or entry.heading else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        entry = model.entry(index) if isinstance(model, _Entries) else None
        if entry is None:
            return
        look = theme.current()
        rect = QRectF(option.rect)
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.heading:
            painter.setFont(theme.font(theme.SMALL, theme.font().Weight.DemiBold))
            painter.setPen(look.soft)
            below = rect.adjusted(MARGIN, 0, -MARGIN, -6)
            painter.drawText(below, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), entry.title)
            painter.restore()
            return
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected):
            chosen = state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus
            _fill(painter, rect.adjusted(MARGIN - 4, 1, 4 - MARGIN, -1), look.selected if chosen else look.hover, 6)
        square = QRectF(rect.left() + MARGIN, rect.center().y() - SQUARE / 2, SQUARE, SQUARE)
        if entry.drawing is not None:
            paint_drawing(painter, square, entry.drawing)
        else:
            paint_tile(painter, square, entry.icon, entry.color)
        text = rect.adjusted(MARGIN + SQUARE + 10, 5, -MARGIN, -5)
        painter.setPen(look.ink)
        painter.setFont(theme.font(theme.TEXT, theme.font().Weight.Medium))
        _line(painter, text, Qt.AlignmentFlag.AlignTop, entry.title)
        painter.setPen(look.soft)
        painter.setFont(theme.font(theme.TINY))
        _line(painter, text, Qt.AlignmentFlag.AlignBottom, entry.summary)
        painter.restore()


def paint_drawing(painter: QPainter, square: QRectF, graph: Graph) -> None:
    """Draw a fragment as small as it takes, where others have an icon."""
    from quartet.editor import tiny_drawing  # not needed at start-up

    look = theme.current()
    _fill(painter, square, look.tint("accent", on="panel"), 7)
    tiny_drawing.paint(painter, square, graph)


def paint_tile(painter: QPainter, square: QRectF, icon: str, token: str) -> None:
    """Draw an icon on a tint of its own colour, as cards and lists show it."""
    look = theme.current()
    _fill(painter, square, look.tint(token, on="panel"), 7)
    side = round(square.width() * 0.58)
    inner = QRectF(square.center().x() - side / 2, square.center().y() - side / 2, side, side)
    icons.paint(painter, icon, look.color(token), inner)


def tile(icon: str, token: str, side: int, ratio: float) -> QPixmap:
    """`paint_tile` as a pixmap of `side` pixels."""
    found = QPixmap(round(side * ratio), round(side * ratio))
    found.setDevicePixelRatio(ratio)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_tile(painter, QRectF(0, 0, side, side), icon, token)
    painter.end()
    return found


def _fill(painter: QPainter, rect: QRectF, color: QColor, radius: float) -> None:
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    painter.fillPath(path, color)


def _line(painter: QPainter, rect: QRectF, vertical: Qt.AlignmentFlag, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | vertical), shown)


class _Drawer(QListView):
    """The list. When something was dragged out of it nothing stays marked: Qt is not told that the pointer left."""

    def startDrag(self, actions: Qt.DropAction) -> None:
        super().startDrag(actions)
        QTimer.singleShot(0, self, self._unmark)

    def _unmark(self) -> None:
        self.setCurrentIndex(QModelIndex())
        self.clearSelection()
        QApplication.sendEvent(self.viewport(), QEvent(QEvent.Type.Leave))


class Palette(Panel):
    """Tells what to add; whoever owns the canvas adds it."""

    kind_chosen = Signal(str)
    """The name of an agent kind."""
    fragment_chosen = Signal(bytes)
    """A graph file's text."""
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Palette", "shapes", parent)
        self.search = SearchBox("Add an agent…")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list = _Drawer()
        self.list.setAccessibleName("Agents and patterns to add")
        self._model = _Entries(self.list)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setMouseTracking(True)
        self.list.setDragEnabled(True)
        self.list.setDragDropMode(QListView.DragDropMode.DragOnly)
        self.list.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.activated.connect(self._choose)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._menu)
        self.list.installEventFilter(self)
        own_fragments.shelf.changed.connect(self._reread)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, MARGIN, MARGIN, 4)
        head.addWidget(self.search)
        layout.addLayout(head)
        self._nothing = EmptyPage("search", "Nothing is called that", "")
        self.pages = Pages(self.list, self._nothing)
        layout.addWidget(self.pages, 1)
        theme.changed.connect(self.list.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(220, 480)

    def _filter(self, text: str) -> None:
        self._model.filter(text)
        self._nothing.say("search", f"Nothing is called “{text.strip()}”", "Try fewer letters, or what it should do.")
        self.pages.show_content(self._model.first().isValid())
        if text:
            self.list.setCurrentIndex(self._model.first())

    def _choose(self, index: QModelIndex) -> None:
        entry = self._model.entry(index)
        if entry is None or entry.heading:
            return
        if entry.trouble:
            self.failed.emit(f"“{entry.title}” cannot be inserted: {entry.trouble}")
            return
        if entry.kind is not None:
            self.kind_chosen.emit(entry.kind)
        elif entry.fragment is not None:
            try:
                self.fragment_chosen.emit(entry.fragment.read_bytes())
            except OSError as error:
                self.failed.emit(f"The fragment could not be read: {error}")

    def showEvent(self, event: QShowEvent) -> None:
        self._reread()
        super().showEvent(event)

    def _reread(self) -> None:
        row = self.list.currentIndex().row()
        self._model.reread()
        if row >= 0:
            self.list.setCurrentIndex(self._model.index(min(row, self._model.rowCount() - 1)))

    def _menu(self, at: QPoint) -> None:
        found = self.own_menu(self.list.indexAt(at))
        if found is not None:
            found.popup(self.list.viewport().mapToGlobal(at))

    def own_menu(self, index: QModelIndex) -> QMenu | None:
        """What can be done with the fragment of one's own at `index`; None: it is none."""
        from quartet.editor import fragment_dialog  # not needed at start-up

        entry = self._model.entry(index)
        if entry is None or not entry.own:
            return None
        return fragment_dialog.menu(self, entry, lambda: self._choose(index), self.failed.emit)

    def _own_key(self, event: QKeyEvent) -> bool:
        """F2 renames, Delete deletes one of the person's own fragments."""
        from quartet.editor import fragment_dialog  # not needed at start-up

        entry = self._model.entry(self.list.currentIndex())
        if entry is None or not entry.own:
            return False
        if event.key() == Qt.Key.Key_F2 and not entry.trouble:
            fragment_dialog.rename(self.window(), entry)
        elif event.key() == Qt.Key.Key_Delete:
            fragment_dialog.delete(self.window(), entry, self.failed.emit)
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._own_key(event) or super().eventFilter(watched, event)
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Down | Qt.Key.Key_Up:
                    if not self.list.currentIndex().isValid():
                        self.list.setCurrentIndex(self._model.first())
                    else:
                        self.list.event(event)
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    current = self.list.currentIndex()
                    self._choose(current if current.isValid() else self._model.first())
                    self.search.clear()
                    return True
                case Qt.Key.Key_Escape if self.search.text():
                    self.search.clear()
                    return True
        return super().eventFilter(watched, event)
