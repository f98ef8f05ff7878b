"""The menu bar: its titles at once, then the registry's commands in their menus, the recent files, the panels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMenu, QMenuBar

from quartet.editor import mnemonics
from quartet.editor.actions import Command
from quartet.editor.docks import TITLES as PANEL_TITLES

if TYPE_CHECKING:
    from quartet.editor.recent import RecentFile
    from quartet.editor.window import Window

TITLES = ("&File", "&Edit", "&View", "&Insert", "&Graph", "&Run", "&Help")
"""The menus in their order; `quartet.editor.commands` has what is in them."""


class MenuBar(QMenuBar):
    """The menus of one window."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        self._window = window
        self._name = QLabel("Quartet")  # Qt does not keep it alive
        self._name.setProperty("look", "title")
        self._name.setContentsMargins(14, 0, 12, 0)
        self.setCornerWidget(self._name, Qt.Corner.TopLeftCorner)
        self._menus = [self.addMenu(title) for title in TITLES]

    def fill(self) -> None:
        """Put the window's commands into the menus."""
        from quartet.editor.commands import MENUS  # the titles are painted before all commands are imported

        for menu, (_, entries) in zip(self._menus, MENUS, strict=True):
            menu.aboutToShow.connect(self._window.refresh)
            self._fill(menu, entries)

    def _fill(self, menu: QMenu, entries: Iterable[Command | str]) -> None:
        menu.setToolTipsVisible(True)
        for entry in entries:
            if isinstance(entry, Command):
                menu.addAction(self._window.actions_[entry.name])
            elif entry == "-":
                menu.addSeparator()
            else:
                self._submenu(menu, entry)
        mnemonics.give(menu)

    def _submenu(self, menu: QMenu, name: str) -> None:
        from quartet.editor.commands import SUBMENUS

        if name == "recent":
            self.recent = menu.addMenu("Open &Recent")
            self.recent.setToolTipsVisible(True)
        elif name in SUBMENUS:
            title, entries = SUBMENUS[name]
            self._fill(menu.addMenu(title), entries)
        elif name == "panels":
            panels = menu.addMenu("&Panels")
            for dock in self._window.docks.docks.values():
                panels.addAction(dock.toggleViewAction())
            panels.aboutToShow.connect(lambda: self._name_panels(panels))
            self._name_panels(panels)

    def _name_panels(self, panels: QMenu) -> None:
        """Qt keeps these entries at the titles of the panels, which also say how many problems there are."""
        for dock in self._window.docks.docks.values():
            dock.toggleViewAction().setText(PANEL_TITLES[dock.name])
        mnemonics.give(panels)

    def show_recent(self, found: list[RecentFile]) -> None:
        """List these files; one that is not there any more is grey."""
        self.recent.clear()
        for each in found:
            action = self.recent.addAction(each.path.name)
            action.setToolTip(str(each.path))
            action.setEnabled(each.there)
            action.triggered.connect(self._opener(each.path))
        if found:
            self.recent.addSeparator()
            self.recent.addAction("Clear This List", self._window.recent.forget_all)
        self.recent.setEnabled(bool(found))

    def _opener(self, path: Path) -> Callable[[], object]:
        return lambda: self._window.files.open_path(path)
