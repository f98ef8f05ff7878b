"""Work in threads, and what comes of it in the thread of the window.

A thread is given nothing of the window. Whatever it held last would be deleted by it, and Qt's objects must be deleted
where they live; whomever it told could go in that very moment.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import cache
from itertools import count
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from quartet.editor.manners import hold_or_leave

T = TypeVar("T")


class Post(QObject):
    """Hands what threads say to whoever expects it. There is one, which outlives all threads and windows."""

    _came = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count()
        self._expected: dict[int, tuple[Callable[[Any], object], object]] = {}
        self._came.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def expect(self, taker: Callable[[Any], object], held: object = None) -> int:
        """The number under which threads reach `taker` until it is forgotten; `held` is kept alive as long."""
        number = next(self._numbers)
        self._expected[number] = taker, held
        return number

    def forget(self, number: int) -> None:
        """Nothing more is expected under this number."""
        self._expected.pop(number, None)

    def send(self, number: int, said: object) -> None:
        """Say something, from any thread; it arrives in the window's turn, if it is still expected then."""
        self._came.emit(number, said)

    def _take(self, number: int, said: object) -> None:
        found = self._expected.get(number)
        if found is not None:
            found[0](said)


@cache
def post() -> Post:
    """The one there is. The thread of the window asks first."""
    return Post()


def aside(
    pool: Executor, work: Callable[[], T], then: Callable[[Future[T]], object], *, long: bool = False
) -> Future[T]:
    """Do `work` in a thread of `pool`; `then` is called in the thread of the window with the finished future.

    Args:
        long: it goes on for many seconds (`manners.hold_or_leave`).
    """
    office = post()
    given = [work]

    def carry_out() -> T:
        call = given.pop()
        try:
            return call()
        except BaseException as error:
            # its frames hold what the work was given, and this thread may be the last that knows of the error
            traceback.clear_frames(error.__traceback__)
            raise
        finally:
            del call  # before anything is told: the office holds it until that has arrived

    def arrived(done: Future[T]) -> None:
        over()
        office.forget(number)
        then(done)

    number = office.expect(arrived, work)
    over = hold_or_leave(long=long)
    future = pool.submit(carry_out)
    future.add_done_callback(lambda done: office.send(number, done))
    return future
