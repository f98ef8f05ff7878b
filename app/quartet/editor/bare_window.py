"""A window as its first paint shows it: the welcome page or the places round the canvas, the status bar, where it is.

What a person types and clicks does not come before the window is whole (`quartet.editor.app`), but the system knows
nothing of that: it may ask the window to close, or hand it something else, at any moment. Nothing of it meets half a
window: closing waits, the rest is left alone.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget

from quartet.editor import theme
from quartet.editor.docks import Docks
from quartet.editor.settings import LAYOUT_VERSION, Settings
from quartet.editor.statusbar import StatusBar
from quartet.editor.still import Still
from quartet.editor.theme import Scheme
from quartet.editor.welcome import Welcome

NESTED = 3
"""So many levels of widgets ask those around them for another layout: a label its bar, that its window."""


class BareWindow(QMainWindow):
    """What a window is before it has commands and documents."""

    closed = Signal()
    painted = Signal()
    """For the first time, or again."""

    def __init__(self, settings: Settings, *, expects: bool = False) -> None:
        """`expects`: documents are about to be opened, so it begins with the canvas' place, not the welcome page."""
        super().__init__()
        self.settings = settings
        self.whole = False
        """Whether it can be used: it is furnished, and what it expects is open."""
        self._expects = expects
        self._to_close = False
        self.setObjectName("window")
        self.setWindowTitle("Quartet")
        self._pages = QStackedWidget()
        if expects:
            self._place_docks()
        else:
            self._place_welcome()
        self.setCentralWidget(Still(self._pages))
        self.status = StatusBar()
        self.setStatusBar(self.status)

    def _place_welcome(self) -> None:
        self.welcome = Welcome()
        self.welcome.held = True
        self.welcome.tour.setVisible(not self.settings.tour_seen)
        self._pages.addWidget(self.welcome)

    def _place_docks(self) -> None:
        self.docks = Docks()
        layout = self.settings.layout
        if layout is not None:
            self.docks.restoreState(layout, LAYOUT_VERSION)
        self._pages.addWidget(self.docks)

    def _become_whole(self) -> None:
        """From now on it can be used; what was asked of it before is done."""
        self.whole = True
        self.welcome.held = False
        if self._to_close:
            QTimer.singleShot(0, self, self.close)

    # where it is

    def _restore(self) -> None:
        geometry = self.settings.geometry
        if geometry is None or not self.restoreGeometry(geometry):
            screen = self.screen().availableGeometry()
            spare = 80 if screen.height() >= 720 else 0  # a small screen is for the window alone
            self.resize(min(1440, screen.width() - spare), min(900, screen.height() - spare))
            self.move(screen.center() - self.rect().center())

    def _remember(self) -> None:
        self.settings.geometry = self.saveGeometry()
        self.settings.layout = self.docks.saveState(LAYOUT_VERSION)
        self.settings.sync()

    def set_scheme(self, scheme: Scheme) -> None:
        """Follow the system, or be light or dark."""
        self.settings.scheme = scheme
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, scheme)
        self.refresh()

    def refresh(self) -> None:
        """Bring what shows the state of the window up to date; a bare one shows none."""

    # what it says

    def say(self, text: str) -> None:
        """Say something in the status bar for a few seconds."""
        self.status.say(text)

    def say_no_copy(self, reason: str) -> None:
        """Say that unsaved work would not outlast a crash."""
        self.say(f"Unsaved work cannot be kept safe from a crash just now: {reason}. Save it; trying again.")

    def say_copies_again(self) -> None:
        """Say that unsaved work outlasts a crash again."""
        self.say("Unsaved work is kept safe from a crash again.")

    # what the system tells it

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.whole:
            self._close(event)
        else:
            event.ignore()
            self._to_close = True

    def _close(self, event: QCloseEvent) -> None:
        """Close, or ask first."""
        event.accept()
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self._before_painting()
            # a canvas has the window painted ahead of these, which is then painted once more for each of them
            for _ in range(NESTED):
                QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        return super().event(event)

    def _before_painting(self) -> None:
        """It is about to be painted: what it shows has to be as it is by now."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self.painted.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if self.whole and event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._activated()

    def _activated(self) -> None:
        """The person came to it from another window."""
