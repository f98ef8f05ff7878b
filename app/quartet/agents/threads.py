"""Runs blocking work beside the loop, in a thread of its own that keeps nobody from leaving the program."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from quartet.agents.calls import Emit

JSON = Any
T = TypeVar("T")


def from_thread(emit: Emit, loop: asyncio.AbstractEventLoop) -> Emit:
    """An Emit for a thread: it returns when the loop has taken what is told, so that no thread can flood it.

    What `emit` raises is raised in the thread.
    """
    home = threading.get_ident()

    def tell(kind: str, data: dict[str, JSON]) -> None:
        if threading.get_ident() == home:
            emit(kind, data)
            return
        taken: concurrent.futures.Future[None] = concurrent.futures.Future()

        def take() -> None:
            try:
                emit(kind, data)
            except BaseException as problem:  # noqa: BLE001  # the thread's own
                taken.set_exception(problem)
            else:
                taken.set_result(None)

        loop.call_soon_threadsafe(take)
        taken.result()

    return tell


async def in_thread(work: Callable[[], T], name: str = "quartet-agent") -> T:
    """The result of `work()`, done in a new daemon thread.

    A thread cannot be stopped. On cancellation this waits until the work has ended, then raises CancelledError, so
    that whoever cancelled knows that nothing goes on; a second cancellation gives the thread up and raises at once.
    The loop's own pool is not used: one hanging function would take a place in it for ever, and block the exit.

    Raises:
        BaseException: whatever `work` raises.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: T | None, problem: BaseException | None) -> None:
        if done.done():
            return
        if problem is None:
            done.set_result(result)  # type: ignore[arg-type]
        else:
            done.set_exception(problem)

    def body() -> None:
        result: T | None = None
        problem: BaseException | None = None
        try:
            result = context.run(work)
        except StopIteration as stopped:
            # a future cannot carry it
            problem = RuntimeError(f"the function raised StopIteration: {stopped}")
        except BaseException as raised:  # noqa: BLE001  # handed over to whoever waits
            problem = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=body, name=name, daemon=True).start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        if done.done() and not done.cancelled():
            raise
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError:
            done.cancel()
            raise
        except BaseException:  # noqa: BLE001, S110  # the cancellation stands, whatever the work ends with
            pass
        raise
