"""The recent files as rows of the welcome page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from quartet.editor import icons, theme

if TYPE_CHECKING:
    from quartet.editor.recent import RecentFile


class _Row(QPushButton):
    def __init__(self, file: RecentFile) -> None:
        from quartet.graph.files import SUFFIX  # a page without recent files is painted before graphs are imported

        super().__init__()
        name = file.path.name.removesuffix(SUFFIX)
        folder = str(file.path.parent) if file.there else f"no longer in {file.path.parent}"
        self.setProperty("look", "quiet")
        # the sheet's own height wins over the widget's
        self.setStyleSheet("QPushButton { min-height: 40px; padding: 0; }")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{name}, {folder}")
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 4, 8, 4)
        line.setSpacing(10)
        self._picture, self._icon = QLabel(), "pin" if file.pinned else "file"
        words = QVBoxLayout()
        words.setSpacing(0)
        self.title = QLabel(name)
        self._below = QLabel(folder)
        self._below.setProperty("look", "tiny")
        self._below.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        words.addWidget(self.title)
        words.addWidget(self._below)
        line.addWidget(self._picture)
        line.addLayout(words, 1)
        for label in (self._picture, self.title, self._below):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            label.setEnabled(file.there)
        self.dress()

    def dress(self) -> None:
        self._picture.setPixmap(icons.pixmap(self._icon, theme.current().soft, 18, self.devicePixelRatioF()))


class RecentRows(QWidget):
    """A row for each file; the menu of a row keeps it at the top or takes it off the list."""

    chosen = Signal(object)
    """The path of a file."""
    pinned = Signal(object, bool)
    """A file is to stay at the head of the list, or no longer."""
    forgotten = Signal(object)
    """A file is to be taken off the list."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_files(self, found: Sequence[RecentFile]) -> None:
        """List these files; one that is not there any more is grey and says so."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.rows = []
        for file in found:
            row = _Row(file)
            if file.there:
                row.clicked.connect(self._opener(file.path))
            else:  # its menu takes it off the list
                row.setToolTip("This file is not there any more. Its menu takes it off the list.")
            row.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            row.customContextMenuRequested.connect(self._asker(row, file))
            self.rows.append(row)
            self._column.addWidget(row)

    def dress(self) -> None:
        """Take the theme's colours anew."""
        for row in self.rows:
            row.dress()

    def _opener(self, path: Path) -> Callable[[], None]:
        return lambda: self.chosen.emit(path)

    def _asker(self, row: _Row, file: RecentFile) -> Callable[[QPoint], None]:
        def ask(at: QPoint) -> None:
            menu = QMenu(row)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            text = "Keep at the Top No Longer" if file.pinned else "Keep at the Top"
            menu.addAction(text, lambda: self.pinned.emit(file.path, not file.pinned))
            menu.addAction("Take Off This List", lambda: self.forgotten.emit(file.path))
            menu.popup(row.mapToGlobal(at))

        return ask
