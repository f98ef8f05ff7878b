"""The tour: each step is done by a person's own hands, in a drawing that is theirs."""

import asyncio
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from quartet.editor import runner, tour
from quartet.editor.loop import EventLoop
from quartet.editor.tour import READER, STEPS, WRITER, Tour
from quartet.editor.window import Window
from quartet.graph import files
from quartet.patterns.verdict import classify
from quartet.rules import findings

pytestmark = pytest.mark.usefixtures("loop")  # which the window runs on

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def begin(window: Window) -> Tour:
    window.actions_.trigger("help.tour")
    found = window.sessions[-1].findChild(Tour)
    assert found is not None
    QApplication.processEvents()
    return found


def drag(window: Window, begin: QPoint, end: QPoint) -> None:
    assert window.session is not None
    target = window.session.canvas.viewport()
    steps = [(QEvent.Type.MouseButtonPress, begin, LEFT, LEFT)]
    steps += [(QEvent.Type.MouseMove, begin + (end - begin) * part / 4, NONE, LEFT) for part in range(1, 5)]
    steps += [(QEvent.Type.MouseButtonRelease, end, LEFT, NONE)]
    for type, at, button, held in steps:
        place = QPointF(target.mapToGlobal(at))
        QApplication.sendEvent(
            target, QMouseEvent(type, QPointF(at), place, button, held, Qt.KeyboardModifier.NoModifier)
        )


def place(window: Window, agent: str, across: float) -> QPoint:
    """A point of a card: 0 is its left side, 1 its right one."""
    assert window.session is not None
    canvas = window.session.canvas
    box = canvas.canvas_scene.cards[agent].sceneBoundingRect()
    x, y = canvas.canvas_scene.positions[agent]
    return canvas.mapFromScene(QPointF(x + across * 184, y + 31)) if box.isValid() else QPoint()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.01)


async def take(window: Window) -> None:
    """The whole tour, by mouse."""
    found = begin(window)
    session = found.session
    document = session.document

    async def reaches(number: int) -> None:
        await until(lambda: found.number >= number)
        assert found.number == number and found.bar.title.text() == STEPS[number].title

    canvas = session.canvas.viewport()
    QTest.mouseClick(canvas, LEFT, Qt.KeyboardModifier.NoModifier, place(window, READER, 0.5))
    await reaches(1)
    drag(window, place(window, READER, 1), place(window, WRITER, 0.4))
    await reaches(2)
    await until(lambda: document.judged)
    assert document.verdict is not None and document.verdict.top == "pipeline"
    window.show_panel("verdict")
    await reaches(3)
    window.top.rehearse.click()
    await reaches(4)
    await until(lambda: not session.runner.running)
    drag(window, place(window, WRITER, 1), place(window, READER, 0.4))
    await reaches(5)
    assert "problems" in window.docks.front()  # the step speaks of it
    await until(lambda: document.judged)
    (problem,) = [each for each in document.findings if each.severity == "error"]
    fix = problem.fixes[0]
    document.do(fix.label, list(fix.edits))
    await reaches(6)
    window.top.rehearse.click()
    await reaches(7)
    assert not found.bar.skip.isVisible()
    await until(lambda: not session.runner.running)
    found.bar.end.click()
    assert not found.bar.isVisible() and session in window.sessions


def test_the_whole_tour_is_done_by_hand(window: Window, loop: EventLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PACE", 0.02)
    loop.run_until_complete(take(window))


def test_a_step_can_be_skipped_and_the_tour_left(window: Window) -> None:
    found = begin(window)
    found.bar.skip.click()
    assert found.number == 1
    found.bar.end.click()
    assert not found.bar.isVisible()


def test_it_is_offered_to_somebody_new_until_it_is_taken_or_refused(window: Window) -> None:
    assert window.welcome.tour.isVisible()
    window.welcome.tour.refuse.click()
    assert not window.welcome.tour.isVisible() and window.settings.tour_seen
    window.settings.tour_seen = False
    window.show_welcome()
    assert window.welcome.tour.isVisible()
    window.welcome.tour.take.click()
    assert window.session is not None and window.session.document.graph.name == "First steps"
    window.show_welcome()
    assert not window.welcome.tour.isVisible()


def test_the_drawing_of_the_tour_has_nothing_that_would_fail_before_one_draws_it() -> None:
    graph = files.read(tour.FILE).graph
    assert {found.severity for found in findings(graph, classify(graph))} == {"advice"}


@pytest.mark.parametrize("width", [560, 1400])
def test_the_bar_is_as_high_at_every_step_and_cuts_no_text(window: Window, width: int) -> None:
    window.resize(width, 900)
    bar = begin(window).bar
    heights = set()
    for number, step in enumerate(STEPS):
        bar.tell(number, step)
        QApplication.processEvents()
        heights.add(bar.height())
        assert bar.text.height() >= bar.text.heightForWidth(bar.text.width()), step.title
    assert len(heights) == 1, heights
