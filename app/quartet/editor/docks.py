"""The docks: places for panels round the canvas, each of which shows the panel of the document in front."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QTabWidget,
    QWidget,
)

if TYPE_CHECKING:
    from quartet.editor.panels.panel import Panel
from quartet.editor.side_by_side import Sides
from quartet.editor.still import Still

RIGHT = ("inspector", "verdict", "outline", "history")
BOTTOM = ("problems", "timeline", "messages", "log", "output", "whatif", "runs", "find")
TITLES = {
    "palette": "Palette",
    "inspector": "Inspector",
    "verdict": "Verdict",
    "outline": "Outline",
    "history": "History",
    "problems": "Problems",
    "timeline": "Timeline",
    "messages": "Messages",
    "log": "Log",
    "output": "Output",
    "whatif": "What if",
    "runs": "Runs",
    "find": "Find",
}
ASKED_FOR = frozenset({"find"})
"""What is not there until somebody asks for it."""
MARKED = frozenset({"output"})
"""Where it matters that there is something new, and not how much."""
WIDTHS = {"palette": 220, "inspector": 320, "verdict": 320, "outline": 320, "history": 320}
BOTTOM_HEIGHT = 156
NARROW, LOW = 1040, 680
"""Pixels of a window below which the docks give way at first: a small screen is for the drawing."""
TIGHT = 880
"""Pixels of width below which there is room for one side only."""
HIGH = 760
"""Height of the docks in a window of 900 pixels; from there on the lower ones have three eighths of it at first."""


class _Pages(QStackedWidget):
    """The same panel of every open document; one of them is shown."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(WIDTHS.get(self._name, 600), BOTTOM_HEIGHT if self._name in BOTTOM else 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 56)


class Dock(QDockWidget):
    """A dock. Among tabs the tab is its title; alone it shows one; floating it has the system's."""

    def __init__(self, name: str, window: QMainWindow) -> None:
        super().__init__(TITLES[name], window)
        self.setObjectName(name)
        self.name = name
        self.pages = _Pages(name)
        self.setWidget(Still(self.pages))
        self._none = QWidget()
        self._none.setFixedHeight(0)
        self._alone = QLabel(TITLES[name])
        self._alone.setProperty("look", "title")
        self._alone.setContentsMargins(12, 10, 12, 8)
        self.setTitleBarWidget(self._none)

    def follow(self) -> None:
        """Keep the title fit from now on: not while the docks are first put where they belong, many times in a row."""
        self.topLevelChanged.connect(self.fit_title)
        self.dockLocationChanged.connect(self.fit_title)
        self.visibilityChanged.connect(self.fit_title)

    def fit_title(self, *_: object) -> None:
        """Show a title only where nothing else names the panel."""
        window = self.parent()
        if self.isFloating() or not isinstance(window, QMainWindow):
            wanted: QWidget | None = None
        elif self.name == "palette" or any(not dock.isHidden() for dock in window.tabifiedDockWidgets(self)):
            wanted = self._none
        else:
            wanted = self._alone
        if self.titleBarWidget() is not wanted:
            before = self.titleBarWidget()
            self.setTitleBarWidget(wanted)  # type: ignore[arg-type]  # None: the system's own
            if before is not None:
                before.hide()
            if wanted is not None:
                wanted.show()


class Docks(QMainWindow):
    """The canvas with all docks round it: a main window inside the window, so that the welcome page has none."""

    seen = Signal(str)
    """The dock of this name came to the front."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self._sized = False
        self._kept: tuple[QByteArray, int] | None = None
        """The state to restore, until the docks are shown and have the room for it."""
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.canvases = Sides()
        """The canvas of every open document; one of them is shown, or two side by side."""
        self.setCentralWidget(self.canvases)
        window = self
        window.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.GroupedDragging
        )
        window.setDockNestingEnabled(True)
        for area in (Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea):
            window.setTabPosition(area, QTabWidget.TabPosition.North)
        for corner, area in (
            (Qt.Corner.TopLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
            (Qt.Corner.TopRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
            (Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
            (Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
        ):
            window.setCorner(corner, area)
        self.docks = {name: Dock(name, window) for name in TITLES}
        for dock in self.docks.values():
            dock.visibilityChanged.connect(self._teller(dock.name))
        self.arrange()
        for dock in self.docks.values():
            dock.follow()

    def _teller(self, name: str) -> Callable[[bool], None]:
        return lambda visible: self.seen.emit(name) if visible else None

    def front(self) -> list[str]:
        """The names of the docks that are in sight: shown, and not behind another one's tab."""
        # Qt keeps what lies behind another tab outside of the window
        return [
            name for name, dock in self.docks.items()
            if dock.isVisible() and (dock.isFloating() or self.rect().intersects(dock.geometry()))
        ]  # fmt: skip

    def arrange(self) -> None:
        """Put every dock where it was at first."""
        window = self
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self.docks["palette"])
        for names, area in (
            (RIGHT, Qt.DockWidgetArea.RightDockWidgetArea),
            (BOTTOM, Qt.DockWidgetArea.BottomDockWidgetArea),
        ):
            first = self.docks[names[0]]
            for name in names:
                self.docks[name].setFloating(False)
                self.docks[name].hide()  # of what is shown, Qt leaves a second bar with the first two tabs behind
            window.addDockWidget(area, first)
            for name in names[1:]:  # never beside one another: that would make the window as wide as all of them
                window.tabifyDockWidget(first, self.docks[name])
        for dock in self.docks.values():
            dock.setVisible(dock.name not in ASKED_FOR)
        self.docks["inspector"].raise_()
        self.docks["problems"].raise_()
        self.fit_titles()

    def reset(self) -> None:
        """Put every dock where it was at first, floating and hidden ones too."""
        self.arrange()
        self._size()
        self.fit_titles()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit_titles()
        if not self._sized:
            self._sized = True
            if self._restore():  # so that the first paint has the docks where they stay
                return
            self._give_way()
            self._size()
            QTimer.singleShot(0, self, self._size)

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview, version: int | None = 0) -> bool:
        if not self.isVisible():  # before it is shown it is small, and would squeeze what it restores
            self._kept = QByteArray(state), version or 0
            return True
        for dock in self.docks.values():
            dock.hide()  # of what is shown, Qt leaves bars of tabs behind
        done = super().restoreState(state, version or 0)
        self.fit_titles()  # each was alone when it was shown again, before its neighbours were
        return done

    def saveState(self, version: int | None = 0) -> QByteArray:
        return super().saveState(version or 0) if self._kept is None else self._kept[0]

    def _restore(self) -> bool:
        kept, self._kept = self._kept, None
        return kept is not None and self.restoreState(*kept)

    def _give_way(self) -> None:
        """Leave a small window to the drawing, until a person asks for what is hidden."""
        window = self.window()
        if window.width() < TIGHT:
            self.docks["palette"].hide()
        if window.height() < LOW:
            for name in BOTTOM:
                self.docks[name].hide()

    def _size(self) -> None:
        """Give the docks their first sizes; only a window that is shown can."""
        sides = [self.docks["palette"], self.docks["inspector"]]
        widths = [152, 224] if self.window().width() < NARROW else [WIDTHS["palette"], WIDTHS["inspector"]]
        self.resizeDocks(sides, widths, Qt.Orientation.Horizontal)
        bottom = min(320, self.height() * 3 // 8) if self.height() >= HIGH else BOTTOM_HEIGHT
        self.resizeDocks([self.docks["problems"]], [bottom], Qt.Orientation.Vertical)

    def add(self, name: str, panel: Panel) -> None:
        """Take in a panel of a document."""
        self.docks[name].pages.addWidget(panel)

    def remove(self, panels: dict[str, Panel]) -> None:
        """Let the panels of a document go."""
        for name, panel in panels.items():
            self.docks[name].pages.removeWidget(panel)

    def show_panels(self, panels: dict[str, Panel]) -> None:
        """Show the panels of this document."""
        for name, panel in panels.items():
            self.show_panel(name, panel)

    def show_panel(self, name: str, panel: Panel) -> None:
        """Show this panel in its dock."""
        self.docks[name].pages.setCurrentWidget(panel)
        self.count(name, panel.count)

    def count(self, name: str, count: int) -> None:
        """Say beside a panel's title how many things it holds."""
        dock = self.docks[name]
        mark = "•" if name in MARKED else f"{count:,}"
        title = f"{TITLES[name]}  {mark}" if count else TITLES[name]
        if dock.windowTitle() != title:
            dock.setWindowTitle(title)

    def raise_panel(self, name: str) -> None:
        """Bring a panel to the front."""
        self.docks[name].setVisible(True)
        self.docks[name].raise_()

    def fit_titles(self) -> None:
        """Look again which docks stand alone, and dress the tab bars that Qt made."""
        for dock in self.docks.values():
            dock.fit_title()
        for bar in self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if not bar.count():
                bar.hide()  # left over where Qt put a bar together anew, and no part of what is read out
            bar.setAccessibleName("Panels")
            bar.setExpanding(False)
            bar.setDocumentMode(True)
            bar.setDrawBase(False)
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)
            bar.setCursor(Qt.CursorShape.ArrowCursor)
