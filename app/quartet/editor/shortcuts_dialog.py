"""The shortcuts: every command with its keys, found by name or by pressing them, and changed in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import dialogs, shortcuts, theme
from quartet.editor.actions import plain
from quartet.editor.fuzzy import ranked
from quartet.editor.helping import gestures
from quartet.editor.key_field import KeyField
from quartet.editor.panels.panel import SearchBox
from quartet.editor.plain_text import plain_label

if TYPE_CHECKING:
    from quartet.editor.shortcuts import Keymap
    from quartet.editor.window import Window

Index = QModelIndex | QPersistentModelIndex
HEADS = ("Command", "Menu", "Keys")


@dataclass(frozen=True, slots=True)
class Row:
    """A command as the list shows it."""

    name: str
    title: str
    path: str
    also: str


class _Rows(QAbstractTableModel):
    def __init__(self, rows: Sequence[Row], keymap: Keymap, parent: QObject) -> None:
        super().__init__(parent)
        self._all, self.shown, self._keymap = list(rows), list(rows), keymap

    def find(self, typed: str, keys: Sequence[str]) -> None:
        """Show only commands that answer to the text and have one of the keys, where there are any of these."""
        self.beginResetModel()
        found = self._all
        if keys:
            holders = {self._keymap.holder(key) for key in keys}
            found = [row for row in found if row.name in holders]
        self.shown = ranked(typed, found, lambda row: f"{row.title} {row.path} {row.also}")
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        wanted = role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal
        return HEADS[section] if wanted else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.shown[index.row()]
        keys = shortcuts.shown(self._keymap.keys(row.name))
        changed = self._keymap.changed(row.name)
        texts = (row.title, row.path, keys)
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = keys or "no key"
            return f"{row.title}, {row.path}, {said}{', changed' if changed else ''}" if index.column() == 0 else texts[
                index.column()
            ]  # fmt: skip
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 1:
            return theme.current().text("soft")
        if role == Qt.ItemDataRole.FontRole and changed and index.column() != 1:
            return theme.font(theme.TEXT, QFont.Weight.DemiBold)
        if role == Qt.ItemDataRole.ToolTipRole and changed:
            first = shortcuts.shown(self._keymap.defaults[row.name])
            return f"At first: {first or 'no key'}"
        return None


class _Table(QTreeView):
    """Enter changes the keys of a row, Delete takes them away."""

    def __init__(self, dialog: ShortcutsDialog) -> None:
        super().__init__()
        self._dialog = dialog

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._dialog.begin(add=False)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._dialog.clear()
        else:
            super().keyPressEvent(event)


class ShortcutsDialog(QDialog):
    """Every change counts at once. Escape leaves what is being pressed, then the dialog."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self.setObjectName("shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setWindowTitle("Keyboard and mouse")
        self.keymap = window.actions_.keymap
        self._rows = _rows(window)
        self._titles = {row.name: f"“{row.title}” ({row.path})" for row in self._rows}
        self._adding = False
        self._asked: tuple[str, str] | None = None
        """The command and the key that somebody else has."""
        self.model = _Rows(self._rows, self.keymap, self)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self._keys(), "Keys")
        tabs.addTab(gestures(), "Mouse")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 12, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(tabs, 1)
        dialogs.resize(self, 680, 680)
        shortcuts.changed.connect(self._show)
        self._show()
        self.search.setFocus()

    def _keys(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        self.search = SearchBox("Find a command…")
        self.by_key = KeyField("or press its keys…")
        self.by_key.setFixedWidth(200)
        self._wanted: tuple[str, ...] = ()
        self.search.textChanged.connect(self._find)
        self.by_key.pressed.connect(self._find_key)
        self.by_key.textChanged.connect(lambda text: None if text else self._find_key("", ()))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.search, 1)
        head.addWidget(self.by_key)
        self.table = _Table(self)
        self.table.setModel(self.model)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAllColumnsShowFocus(True)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAccessibleName("Commands and their keys")
        self.table.doubleClicked.connect(lambda _: self.begin(add=False))
        self.table.selectionModel().currentChanged.connect(lambda *_: self._turn())
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for section, width in ((1, 190), (2, 190)):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(section, width)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self.strip = QStackedWidget()
        self.strip.addWidget(self._buttons())
        self.strip.addWidget(self._pressing())
        self.strip.addWidget(self._conflict())
        self.strip.setFixedHeight(36)
        column.addWidget(self.strip)
        return page

    def _buttons(self) -> QWidget:
        self.change, self.add = QPushButton("Change…"), QPushButton("Add…")
        self.take, self.reset, self.reset_all = QPushButton("Clear"), QPushButton("Reset"), QPushButton("Reset all")
        self.change.setToolTip("Give the command another key instead of those that it has (Enter)")
        self.add.setToolTip("Give the command one more key")
        self.take.setToolTip("Take all its keys away from the command (Delete)")
        self.reset.setToolTip("Give the command the keys that it had at first")
        self.reset_all.setToolTip("Give every command the keys that it had at first")
        close = QPushButton("Close")
        for button, does in (
            (self.change, lambda: self.begin(add=False)), (self.add, lambda: self.begin(add=True)),
            (self.take, self.clear), (self.reset, self._reset), (self.reset_all, self.keymap.reset_all),
            (close, self.close),
        ):  # fmt: skip
            button.clicked.connect(does)
        return _line(self.change, self.add, self.take, self.reset, None, self.reset_all, close)

    def _pressing(self) -> QWidget:
        self.prompt = plain_label("", "soft")
        self.field = KeyField("Press the new keys…")
        self.field.setFixedWidth(200)
        self.field.pressed.connect(self._pressed)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self._back)
        return _line(self.prompt, None, self.field, cancel)

    def _conflict(self) -> QWidget:
        self.question = plain_label("", "soft", wrap=True)
        self.take_away = QPushButton("Take it away there")
        self.take_away.setProperty("look", "primary")
        self.take_away.clicked.connect(self._take)
        self.leave = QPushButton("Cancel")
        self.leave.clicked.connect(self._back)
        line = _line(self.question, self.take_away, self.leave)
        layout = line.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setStretch(0, 1)
        return line

    # finding

    def _find(self) -> None:
        name = self.chosen()
        self.model.find(self.search.text(), self._wanted)
        rows = [row.name for row in self.model.shown]
        if rows:
            self.table.setCurrentIndex(self.model.index(rows.index(name) if name in rows else 0, 0))
        self._turn()

    def _find_key(self, _: str, names: tuple[str, ...]) -> None:
        self._wanted = names
        self._find()

    def _show(self) -> None:
        self.keymap.read()
        self._find()

    def chosen(self) -> str | None:
        """The command of the row that has the keyboard."""
        row = self.table.currentIndex().row()
        return self.model.shown[row].name if 0 <= row < len(self.model.shown) else None

    # changing

    def _turn(self) -> None:
        """Another row: the buttons are about that one."""
        name = self.chosen()
        self.strip.setCurrentIndex(0)
        for button in (self.change, self.add):
            button.setEnabled(name is not None)
        self.take.setEnabled(name is not None and bool(self.keymap.keys(name)))
        self.reset.setEnabled(name is not None and self.keymap.changed(name))
        self.reset_all.setEnabled(self.keymap.any_changed)

    def begin(self, *, add: bool) -> None:
        """Wait for the keys of the chosen command."""
        name = self.chosen()
        if name is None:
            return
        self._adding = add
        self.prompt.setText(f"{'One more key for' if add else 'New keys for'} {self._titles[name]}")
        self.field.clear()
        self.strip.setCurrentIndex(1)
        self.field.setFocus()

    def _pressed(self, key: str, names: tuple[str, ...]) -> None:
        name = self.chosen()
        if name is None:
            return
        other = next((found for each in names if (found := self.keymap.holder(each)) not in (None, name)), None)
        if other is None:
            self._give(name, key)
            return
        key = next(each for each in names if self.keymap.holder(each) == other)
        self._asked = (name, key)
        self.question.setText(f"{shortcuts.shown([key])} runs {self._titles[other]}.")
        self.strip.setCurrentIndex(2)
        self.leave.setFocus()

    def _take(self) -> None:
        if self._asked is not None:
            self._give(*self._asked)

    def _give(self, name: str, key: str) -> None:
        before = self.keymap.keys(name) if self._adding else ()
        self.keymap.set(name, [*before, key] if key not in before else before)
        self._back()

    def clear(self) -> None:
        """Take all its keys away from the chosen command."""
        name = self.chosen()
        if name is not None:
            self.keymap.set(name, [])

    def _reset(self) -> None:
        name = self.chosen()
        if name is not None:
            self.keymap.reset(name)

    def _back(self) -> None:
        self._asked = None
        self._turn()
        self.table.setFocus()

    def reject(self) -> None:
        if self.strip.currentIndex():
            self._back()
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.search.hasFocus():
            self.table.setFocus()
        else:
            super().keyPressEvent(event)


def _line(*widgets: QWidget | None) -> QWidget:
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        if widget is None:
            row.addStretch(1)
        else:
            row.addWidget(widget)
        if isinstance(widget, QPushButton):
            widget.setAutoDefault(False)
    return line


def _rows(window: Window) -> list[Row]:
    from quartet.editor.commands import PATHS  # it holds the command that opens this

    named = {"edit.undo": "Undo", "edit.redo": "Redo"}  # what they would undo is not their name
    return [
        Row(command.name, named.get(command.name, plain(action.text())), PATHS[command.name], command.tip)
        for command, action in window.actions_
    ]


def show(window: Window) -> ShortcutsDialog:
    """Open the list of shortcuts."""
    dialog = ShortcutsDialog(window)
    dialog.open()
    return dialog
