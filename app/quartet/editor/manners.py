"""Manners of long work in a thread: the window gets its turn at once, and is not held up while memory is tidied.

Python lets one thread run at a time. A window that paints asks for its turn hundreds of times a frame, and by default
waits up to five milliseconds for each; and whatever thread makes the many objects of a big judgement sets off searches
through all objects there are, a third of a second each for ten thousand agents, in which nobody gets a turn.

And a search deletes what it finds in the thread that set it off, where Qt's objects must not be deleted: it ends the
program. So in the editor Python searches nothing by itself, whatever thread makes objects; the thread of the window
searches, between two events, as often as Python would.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import ClassVar

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

TURN = 0.0005
"""Seconds that the window waits for its turn at most."""
REST = 15_000
"""Milliseconds after the last long work until memory is tidied: by then whoever was drawing looks at the result."""
SLACK = 1_000
"""Milliseconds by which a timer may be early."""
AGAIN = 2_000
"""Milliseconds until it is looked again whether a button is held."""
GROWN = 1.25
"""How many times as many old objects there have to be for all of them to be searched again, as Python has it."""

_lock = Lock()
_working = _holds = 0
_before = 0.005
_untidy = _by_window = False
_old = 0


def take_over() -> None:
    """From now on until the program ends, memory is searched by `search` alone."""
    global _by_window, _old
    _by_window, _old = True, 0
    gc.freeze()  # all there is so far stays, and is not looked through again
    gc.disable()


def search() -> None:
    """Look for garbage if so much is new that Python would. The thread of the window calls this between events."""
    global _old
    new, limit = gc.get_count(), gc.get_threshold()
    if not _by_window or _holds or not 0 < limit[0] < new[0]:
        return
    if new[1] <= limit[1]:
        gc.collect(0)
    elif new[2] % (limit[2] + 1) < limit[2] or len(gc.get_objects(2)) <= _old * GROWN:
        gc.collect(1)
    else:
        gc.collect()
        _old = len(gc.get_objects(2))


def hold() -> None:
    """Search no memory until `release`. A thread that did would delete what it finds, and Qt's objects must be deleted
    in the thread where they live."""
    global _holds
    with _lock:
        _holds += 1
        gc.disable()


def release() -> None:
    """Undo one `hold`; the thread of the window does, since the next search follows at once."""
    global _holds
    with _lock:
        _holds -= 1
        if _holds == 0 and not _by_window:
            gc.enable()


def hold_or_leave(*, long: bool) -> Callable[[], None]:
    """`hold` for work in a thread; what it returns is for the thread of the window to call when that is over.

    Args:
        long: the work makes garbage for many seconds; then where that thread searches it goes on doing so.
    """
    if long and _by_window:
        return lambda: None
    hold()
    return release


@contextmanager
def unsearched() -> Iterator[None]:
    """While this is entered no memory is searched: what makes thousands of objects that all stay would set off
    hundreds of searches, which take half as long again as the work itself. One at the end does."""
    hold()
    try:
        yield
    finally:
        release()


@contextmanager
def considerate() -> Iterator[None]:
    """While this is entered, by any number of threads, the window comes first."""
    global _working, _before, _untidy
    with _lock:
        _working += 1
        if _working == 1:
            _before = sys.getswitchinterval()
            sys.setswitchinterval(TURN)
    hold()
    try:
        yield
    finally:
        with _lock:
            _working -= 1
            if _working == 0:
                sys.setswitchinterval(_before)
                gc.freeze()  # what was made is not searched until there is time: see `tidy`
                _untidy = True
        release()


def tidy() -> None:
    """Search what long work left behind for what nobody needs any more."""
    global _untidy
    with _lock:
        if _untidy and not _working:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            _untidy = False


class Tidier(QObject):
    """Tidies up when nobody has done any long work for a while, and nobody holds a button of the mouse."""

    _since: ClassVar[QElapsedTimer] = QElapsedTimer()
    """Since anybody's long work ended: who draws on is not held up because something else ended before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._due)

    def later(self) -> None:
        """Some long work has ended."""
        Tidier._since.start()
        self._timer.start(REST)

    def _due(self) -> None:
        left = REST - Tidier._since.elapsed()
        if left > SLACK or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._timer.start(max(left, AGAIN))
        else:
            tidy()
