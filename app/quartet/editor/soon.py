"""Something to be done once for all that was said since, before the window is painted again.

A timer of no milliseconds comes too late for that: Qt paints before it looks at its timers, and then once more.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal


class Soon(QObject):
    """Calls `what` once after any number of `start`s, when what is going on now has come to its end."""

    _asked = Signal()

    def __init__(self, what: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._what = what
        self._waiting = False
        self._asked.connect(self.now, Qt.ConnectionType.QueuedConnection)

    def start(self, *_: object) -> None:
        """It is to be done."""
        if not self._waiting:
            self._waiting = True
            self._asked.emit()

    def now(self) -> None:
        """Do it already, if it is to be done."""
        if self._waiting:
            self._waiting = False
            self._what()
