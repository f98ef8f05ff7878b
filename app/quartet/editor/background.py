"""Work that waits for the disk, done in a thread; what comes of it is taken in by the thread of the window."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar

from PySide6.QtCore import QObject
from shiboken6 import isValid

from quartet.editor.post import aside, post

T = TypeVar("T")
log = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818  # an order, not a mistake
    """Nobody waits any more for what is being done."""


class _Turn:
    """Which work is waited for. Threads look at this, and not at whom it is done for."""

    def __init__(self) -> None:
        self.number = 0

    def pass_on(self) -> None:
        self.number += 1


class Background(QObject):
    """Does one kind of work for one owner. What ends after the owner is gone, or was given up, is told to nobody."""

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        turn = self._turn = _Turn()
        self.destroyed.connect(lambda: turn.pass_on())

    def give_up(self) -> None:
        """Forget what is under way."""
        self._turn.pass_on()

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
        turn, now, office = self._turn, self._turn.number, post()

        def waited_for() -> bool:
            return turn.number == now and isValid(self)

        def told(share: float) -> None:
            if turn.number != now:
                raise Stopped
            office.send(shares, share)

        def arrived(done: Future[T]) -> None:
            office.forget(shares)
            if not waited_for():
                return
            error = done.exception()
            if error is None:
                then(done.result())
            elif isinstance(error, Exception):
                log.info("work in the background failed", exc_info=error)
                fails(error)

        shares = office.expect(lambda share: progress(share) if waited_for() else None)
        aside(_threads(), partial(work, told), arrived)


@cache
def _threads() -> ThreadPoolExecutor:
    """Two, so that a long run that is read does not keep a list waiting."""
    return ThreadPoolExecutor(2, "background")
