"""Work that waits for the disk, done in a thread; what comes of it is taken in by the thread of the window."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

T = TypeVar("T")
log = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818  # an order, not a mistake
    """Nobody waits any more for what is being done."""


class Background(QObject):
    """Does one kind of work for one owner. What ends after the owner is gone, or was given up, is told to nobody."""

    _told = Signal(object)

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._turn = 0
        self._told.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def give_up(self) -> None:
        """Forget what is under way."""
        self._turn += 1

    def do(
        self,
        work: Callable[[Callable[[float], None]], T],
        then: Callable[[T], object],
        fails: Callable[[Exception], object],
        progress: Callable[[float], object] = lambda share: None,
    ) -> None:
        """Do `work` and give `then` what it returns, or `fails` what it raises; what was begun before is given up.

        `work` is given a function that tells how much is done (0 to 1); it raises `Stopped` when nobody waits any more.
        """
        self.give_up()
        turn = self._turn

        def tell(call: Callable[[], object]) -> None:
            with contextlib.suppress(RuntimeError):  # the owner went in this very moment
                if isValid(self):
                    self._told.emit(lambda: call() if turn == self._turn else None)

        def told(share: float) -> None:
            if turn != self._turn or not isValid(self):
                raise Stopped
            tell(lambda: progress(share))

        def carry_out() -> None:
            try:
                found = work(told)
            except Stopped:
                return
            except Exception as error:
                problem = error  # the name in the clause is gone when it is told
                log.info("work in the background failed", exc_info=error)
                tell(lambda: fails(problem))
            else:
                tell(lambda: then(found))

        _threads().submit(carry_out)


@cache
def _threads() -> ThreadPoolExecutor:
    """Two, so that a long run that is read does not keep a list waiting."""
    return ThreadPoolExecutor(2, "background")
