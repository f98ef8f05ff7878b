"""What the pointer rests on lights up what belongs to it, after a moment; it goes at once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from editor.canvas.conftest import graph_of
from quartet.editor.canvas import pointing
from quartet.editor.canvas.view import Canvas

BETWEEN = (242.0, 31.0)
"""On the line from Ann to Ben."""
NOWHERE = (-60.0, -60.0)


def lit(canvas: Canvas) -> tuple[set[str], set[str]]:
    scene = canvas.canvas_scene
    return set(scene.pointed_edges), set(scene.pointed_agents)


@pytest.fixture
def rest(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot):
    """Wait until a pointer that moves no more counts as resting; it does so soon here."""
    monkeypatch.setattr(pointing, "REST", 5)

    def wait(canvas: Canvas) -> None:
        qtbot.waitUntil(lambda: not canvas.pointing._rest.isActive())

    return wait


@pytest.fixture
def row(rest, make_canvas) -> Canvas:
    """Ann → Ben → Cat, and Dan who shares a board with Ben."""
    edges = (("ann", "ben", "flow"), ("ben", "cat", "flow"), ("ben", "dan", "share"))
    canvas = make_canvas(graph_of({"ann": "llm", "ben": "llm", "cat": "llm", "dan": "llm"}, edges))
    canvas.document.judge_now()  # the first verdict fits the view anew
    return canvas


def test_an_agent_lights_its_own_edges_and_an_edge_the_agents_at_its_ends(row: Canvas, hand_of, rest) -> None:
    hand = hand_of(row)
    hand.hover(hand.body("ben"))
    assert lit(row) == (set(), set())
    rest(row)
    assert lit(row) == ({"ann-ben", "ben-cat", "ben-dan"}, set())
    hand.hover(BETWEEN)
    assert lit(row) == (set(), set())
    rest(row)
    assert lit(row) == ({"ann-ben"}, {"ann", "ben"})


def test_a_pointer_that_moves_on_the_same_agent_begins_no_new_wait(row: Canvas, hand_of, rest) -> None:
    hand = hand_of(row)
    hand.hover(hand.body("ann"))
    rest(row)
    x, y = hand.body("ann")
    hand.hover((x + 10, y + 5))
    assert lit(row) == ({"ann-ben"}, set())


@pytest.mark.parametrize("leaves", ["to empty paper", "the canvas", "by the wheel", "by an edit"])
def test_it_goes_at_once_when_the_pointer_is_elsewhere(row: Canvas, hand_of, rest, leaves: str) -> None:
    hand = hand_of(row)
    hand.hover(hand.body("ann"))
    rest(row)
    assert lit(row)[0]
    match leaves:
        case "to empty paper":
            hand.hover(NOWHERE)
        case "the canvas":
            QApplication.sendEvent(row, QEvent(QEvent.Type.Leave))
        case "by the wheel":
            at = QPointF(hand.pixel(hand.body("ann")))
            none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
            steps = QPointF(0, 120).toPoint()
            phase = Qt.ScrollPhase.NoScrollPhase
            wheel = QWheelEvent(at, at, QPointF().toPoint(), steps, none, keys, phase, False)
            QApplication.sendEvent(row.viewport(), wheel)
        case "by an edit":
            row.document.select({"cat"})
            row.delete()
    assert lit(row) == (set(), set())


def test_a_pointer_that_only_crosses_lights_nothing(row: Canvas, hand_of, rest) -> None:
    hand = hand_of(row)
    for place in (hand.body("ann"), BETWEEN, hand.body("ben"), NOWHERE):
        hand.hover(place)
    rest(row)
    assert lit(row) == (set(), set())


def test_nothing_lights_while_something_is_dragged(row: Canvas, hand_of, rest) -> None:
    hand = hand_of(row)
    hand.hover(hand.body("ann"))
    rest(row)
    hand.pull(hand.body("ann"), (40.0, 300.0))
    assert lit(row) == (set(), set())
    rest(row)
    assert lit(row) == (set(), set())
    row.cancel_gesture()


@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.3, 0.1], ids=["all text", "names", "icons", "blocks"])
def test_it_is_seen_at_every_zoom(row: Canvas, hand_of, rest, zoom: float) -> None:
    hand = hand_of(row)
    row.set_zoom(zoom)
    row.centerOn(450, 30)
    before = row.grab().toImage()
    hand.hover(hand.body("ben"))
    rest(row)
    row.pointing.light()
    during = row.grab().toImage()
    line = hand.pixel((542.0, 31.0)).toPoint()  # from Ben to Cat, far from the pointer and its ports
    assert during.pixel(line) != before.pixel(line)
    hand.hover(NOWHERE)
    assert row.grab().toImage() == before


def test_an_agent_with_very_many_edges_lights_none(rest, make_canvas, hand_of, monkeypatch) -> None:
    monkeypatch.setattr(pointing, "MOST", 2)
    edges = tuple(("hub", f"w{i}", "flow") for i in range(3))
    canvas = make_canvas(graph_of({"hub": "llm", "w0": "llm", "w1": "llm", "w2": "llm"}, edges))
    canvas.document.judge_now()
    hand = hand_of(canvas)
    hand.hover(hand.body("hub"))
    rest(canvas)
    assert lit(canvas) == (set(), set())
