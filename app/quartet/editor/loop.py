"""The editor's event loop: asyncio on Qt's, so that the engine runs where the window lives and neither waits."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from time import perf_counter
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt

os.environ.setdefault("QT_API", "pyside6")  # qasync looks for a binding when it is imported

import qasync

T = TypeVar("T")
TURN = 0.004
"""Seconds of callbacks in a row before Qt gets a turn: a quarter of a frame, so that painting keeps its pace."""
THREADS = 10
"""For what blocks: files, journals, names of hosts."""
_WAKE = QEvent.Type(QEvent.registerEventType())


class _Ready(QObject):
    """The callbacks that are due now, run in order. One posted event wakes it, however many callbacks wait."""

    def __init__(self) -> None:
        super().__init__()
        self._handles: deque[asyncio.Handle] = deque()
        self._awake = False

    def add(self, handle: asyncio.Handle) -> None:
        self._handles.append(handle)
        self._wake()

    def _wake(self) -> None:
        if not self._awake:
            self._awake = True
            # behind input and painting, which must not wait for a busy run
            QCoreApplication.postEvent(self, QEvent(_WAKE), Qt.EventPriority.LowEventPriority.value)

    def event(self, event: QEvent) -> bool:
        if event.type() != _WAKE:
            return super().event(event)
        self._awake = False
        until = perf_counter() + TURN
        while self._handles and perf_counter() < until:
            handle = self._handles.popleft()
            if not handle.cancelled():
                handle._run()
        if self._handles:
            self._wake()
        return True


class EventLoop(qasync.QEventLoop):  # type: ignore[misc]  # qasync carries no types
    """qasync's loop with three differences.

    A callback that is due at once waits in a queue instead of starting a Qt timer of its own, which costs several
    times as much and loses the order among them. And the loop stays the running one while Qt's last events are
    processed after it stopped: pending tasks that take a step there otherwise find no loop, and on Python 3.14 the
    program never exits. And what blocks is done in Python's own threads.
    """

    def __init__(self, application: QCoreApplication, *, already_running: bool = False) -> None:
        self._application = application
        self._ready_now = _Ready()
        super().__init__(application, already_running=already_running)
        # qasync's own threads are Qt's, objects of which Python and Qt may each let go while the other still waits
        self.set_default_executor(ThreadPoolExecutor(THREADS, "loop"))

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.Handle:
        """Run the callback in the loop's next turn, after those that wait already."""
        handle = asyncio.Handle(callback, args, self, context)
        self._ready_now.add(handle)
        return handle

    def run_until_complete(self, future: Awaitable[T]) -> T:
        """Run until the future is done, and return its result.

        Raises:
            RuntimeError: the loop was stopped before.
        """
        task = asyncio.ensure_future(future, loop=self)
        task.add_done_callback(self._stop_for)
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(self._stop_for)
        asyncio._set_running_loop(self)
        try:
            self._application.processEvents()
        finally:
            asyncio._set_running_loop(None)
        if not task.done():
            raise RuntimeError("the event loop was stopped before its work was done")
        return task.result()

    def _stop_for(self, _: object) -> None:
        self.stop()
