"""A demonstration that takes something out of the drawing, or adds something, is shown in a tab of its own."""

from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import QTimer

from quartet.editor.loop import EventLoop
from quartet.editor.session import Session
from quartet.editor.window import Window
from quartet.graph import files
from quartet.graph.edits import SetGraph
from quartet.paths import EXAMPLES

pytestmark = pytest.mark.usefixtures("loop")  # which the window runs on


class Stage:
    """The content pipeline in a window, and a way to play a scene on the editor's loop."""

    def __init__(self, window: Window, loop: EventLoop) -> None:
        self.window, self.loop = window, loop
        window.files.open_path(EXAMPLES / "content-pipeline.quartet.json")
        assert window.session is not None
        self.drawing = window.session
        self.failure = next(offer for offer in self.drawing.runner.offers if offer.shows == "failure")

    def play(self, scene: Callable[[], Awaitable[None]]) -> None:
        task = self.loop.create_task(scene())
        QTimer.singleShot(60_000, self.window, task.cancel)
        self.loop.run_until_complete(task)

    async def watch(self) -> Session:
        self.drawing.runner.watch(self.failure)
        await self.until(lambda: self.window.session is not self.drawing)
        assert self.window.session is not None
        return self.window.session

    async def until(self, true: Callable[[], object]) -> None:
        while not true():
            tick = self.loop.create_future()
            QTimer.singleShot(5, lambda tick=tick: tick.done() or tick.set_result(None))
            await tick


def test_what_is_taken_out_is_seen_to_be_gone_until_one_goes_back(window: Window, loop: EventLoop) -> None:
    stage = Stage(window, loop)
    before = files.dumps(stage.drawing.document.graph)

    async def scene() -> None:
        shown = await stage.watch()
        assert shown.title.startswith("Content pipeline: watch it fail")
        assert len(shown.document.graph.edges) < len(stage.drawing.document.graph.edges)
        assert shown.runner.demonstration is stage.failure
        assert not shown.runner.offers, "a copy offers no copies of its own"
        shown.runner.leave_demonstration()
        await stage.until(lambda: shown not in window.sessions)
        assert window.session is stage.drawing

    stage.play(scene)
    assert files.dumps(stage.drawing.document.graph) == before


def test_a_copy_that_was_changed_stays_open(window: Window, loop: EventLoop) -> None:
    stage = Stage(window, loop)

    async def scene() -> None:
        shown = await stage.watch()
        shown.document.do("Rename", [SetGraph(values={"name": "Mine"})])
        shown.runner.leave_demonstration()
        await stage.until(lambda: window.session is stage.drawing)
        assert shown in window.sessions

    stage.play(scene)
