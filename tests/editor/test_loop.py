"""The editor's event loop: asyncio's promises on Qt's loop, and an end that is an end."""

import asyncio
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from pytestqt.qtbot import QtBot

from quartet.editor.loop import EventLoop


def turn() -> asyncio.Future[None]:
    """Done in the loop's next turn."""
    loop = asyncio.get_event_loop()
    future = loop.create_future()
    loop.call_soon(lambda: future.done() or future.set_result(None))
    return future


@pytest.fixture
def loop(qtbot: QtBot) -> Iterator[EventLoop]:
    application = QCoreApplication.instance()
    assert application is not None
    found = EventLoop(application)
    yield found
    found.close()


def test_callbacks_run_in_the_order_they_were_called_soon(loop: EventLoop) -> None:
    order: list[int] = []

    async def main() -> None:
        for number in range(100):
            loop.call_soon(order.append, number)
        loop.call_soon(lambda: None).cancel()
        await turn()
        await turn()

    loop.run_until_complete(main())
    assert order == list(range(100))


def test_a_busy_loop_still_gives_qt_its_turns(loop: EventLoop) -> None:
    ticks: list[int] = []

    async def main() -> None:
        timer = QTimer()
        timer.timeout.connect(lambda: ticks.append(1))
        timer.start(1)
        while len(ticks) < 5:
            await turn()
        timer.stop()

    loop.run_until_complete(main())
    assert len(ticks) >= 5


def test_threads_processes_and_task_groups_work(loop: EventLoop) -> None:
    async def main() -> tuple[int, bytes]:
        async with asyncio.TaskGroup() as group:
            number = group.create_task(asyncio.to_thread(lambda: 42))
        process = await asyncio.create_subprocess_exec("echo", "hello", stdout=asyncio.subprocess.PIPE)
        out, _ = await process.communicate()
        return number.result(), out

    assert loop.run_until_complete(main()) == (42, b"hello\n")


def test_what_is_still_pending_at_the_end_neither_hangs_nor_complains(loop: EventLoop) -> None:
    async def forever() -> None:
        while True:
            await turn()

    async def main() -> asyncio.Task[None]:
        task = asyncio.ensure_future(forever())
        await turn()
        return task

    task = loop.run_until_complete(main())
    task.cancel()
    loop.run_until_complete(asyncio.wait({task}))
    assert task.cancelled()


def test_stopping_it_early_is_an_error_that_says_so(loop: EventLoop) -> None:
    async def main() -> None:
        loop.stop()
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="stopped before"):
        loop.run_until_complete(main())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(_end())


async def _end() -> None:
    await turn()
