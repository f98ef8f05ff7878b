"""The command palette: one field that finds everything there is to do, by name, from anywhere in the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from quartet.editor import command_list
from quartet.editor.chooser import Chooser, Row
from quartet.editor.command_list import Entry

if TYPE_CHECKING:
    from quartet.editor.window import Window

WIDE, ROW, ROWS, TOP = 600, 36, 11, 56
ABOUT = "Commands by name   ·   @ goes to an agent   ·   # goes to a problem"


def _row(entry: Entry) -> Row:
    """Icon, title, the menu it stands in (or why it cannot be done), and its keys."""
    icon = "history" if entry.recent and not entry.icon else entry.icon
    able = entry.reason is None
    rest = entry.path if entry.reason is None else entry.reason
    return Row(entry.title, rest, icon, "soft" if able else "faint", entry.keys, entry.reason, able)


class CommandPalette(Chooser):
    """Lies over the window while one searches. Escape, or going elsewhere, closes it and nothing has happened."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, "What answers", ROW, ROWS, Qt.AlignmentFlag.AlignLeft)
        self.setObjectName("command_palette")
        self.setAccessibleName("Command palette")
        self.line.setPlaceholderText("Find a command…")
        self.line.setAccessibleName("Find a command")
        self.line.setAccessibleDescription(ABOUT)
        self._window = window
        self._before: QWidget | None = None
        self._all: list[Entry] = []
        self._menus: list[QMenu] = []
        self.shown: Sequence[Entry] = ()
        """What answers to what is typed, the nearest first."""

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
            self.shown = command_list.agents(self._window, text[1:])
        elif text.startswith("#"):
            self.shown = command_list.problems(self._window, text[1:])
        else:
            self.shown = command_list.matching(text, self._all)
        self._list(
            [_row(entry) for entry in self.shown], ABOUT if self.shown else f"Nothing is called “{text.strip()}”."
        )

    def choose(self, row: int) -> None:
        """Do what a row says; one that cannot be done stays and says why."""
        if not 0 <= row < len(self.shown):
            return
        entry = self.shown[row]
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

    def left_for(self) -> None:
        self._before = None
        self.leave()

    def _let_go(self) -> None:
        """What was listed is no longer needed; what was chosen of it is still to be done."""
        self._all = []
        for menu in self._menus:
            menu.deleteLater()
        self._menus.clear()


def open_palette(window: Window) -> CommandPalette:
    """Open the palette of a window."""
    found = window.findChild(CommandPalette)
    if found is None:
        found = CommandPalette(window)
    found.ask()
    return found
