"""Looking around: pan, zoom, fit, scroll at the border, hover; the view never jumps by itself."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.canvas.conftest import graph_of
from quartet.editor.canvas.view import Canvas
from quartet.graph.model import Graph

SHIFT = Qt.KeyboardModifier.ShiftModifier
MIDDLE = Qt.MouseButton.MiddleButton


def test_the_middle_button_pans(canvas: Canvas, hand) -> None:
    middle = canvas.center_scene_pos()
    at = hand.pixel((100, 100))
    hand.press((100, 100), MIDDLE)
    hand.move((160, 140), MIDDLE)
    hand.release((160, 140), MIDDLE)
    assert (hand.pixel((100, 100)) - at).toPoint() == QPoint(60, 40)
    assert canvas.center_scene_pos() != middle
    assert canvas.document.undo_stack.count() == 0


def test_space_and_drag_pans(canvas: Canvas, hand) -> None:
    before = canvas.center_scene_pos()
    canvas.space_held = True
    hand.drag(hand.body("ann"), (200, 100))
    assert canvas.center_scene_pos() != before
    assert canvas.document.graph.positions["ann"] == (0, 0)


def wheel(canvas: Canvas, pixel: QPoint, delta: int, held=Qt.KeyboardModifier.NoModifier) -> None:
    place = QPointF(pixel)
    event = QWheelEvent(
        place, QPointF(canvas.viewport().mapToGlobal(pixel)), QPoint(), QPoint(0, delta),
        Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), event)


@pytest.mark.parametrize("delta", [120, -120, 600])
def test_the_wheel_zooms_about_the_pointer(canvas: Canvas, delta) -> None:
    pixel = QPoint(300, 200)
    under, zoom = canvas.mapToScene(pixel), canvas.zoom
    wheel(canvas, pixel, delta)
    moved = canvas.mapToScene(pixel) - under
    assert (canvas.zoom > zoom) == (delta > 0)
    assert moved.manhattanLength() * canvas.zoom <= 3


def test_shift_and_the_wheel_scroll_sideways(canvas: Canvas) -> None:
    before, zoom = canvas.center_scene_pos(), canvas.zoom
    wheel(canvas, QPoint(300, 200), -120, SHIFT)
    assert canvas.zoom == zoom
    assert canvas.center_scene_pos().x() > before.x()
    assert canvas.center_scene_pos().y() == before.y()


@pytest.mark.parametrize(
    ("pixels", "angle", "phase", "zooms"),
    [
        ((0, 15), (0, 120), Qt.ScrollPhase.NoScrollPhase, True),  # a wheel under X11, which tells pixels too
        ((0, 5), (0, 40), Qt.ScrollPhase.NoScrollPhase, False),  # fingers under X11: no whole notch
        ((4, 15), (32, 120), Qt.ScrollPhase.NoScrollPhase, False),
        ((0, 15), (0, 120), Qt.ScrollPhase.ScrollUpdate, False),  # fingers where they have phases
        ((0, 0), (120, 0), Qt.ScrollPhase.NoScrollPhase, False),  # a wheel that is tilted
    ],
)
def test_a_wheel_zooms_and_fingers_move_the_paper(canvas: Canvas, pixels, angle, phase, zooms: bool) -> None:
    zoom, middle = canvas.zoom, canvas.center_scene_pos()
    at = QPointF(300, 200)
    there = QPointF(canvas.viewport().mapToGlobal(at))
    button, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(at, there, QPoint(*pixels), QPoint(*angle), button, none, phase, False)
    QApplication.sendEvent(canvas.viewport(), event)
    assert (canvas.zoom != zoom) == zooms
    assert canvas.center_scene_pos() != middle


def test_zoom_has_its_bounds(canvas: Canvas) -> None:
    for _ in range(60):
        wheel(canvas, QPoint(300, 200), 600)
    assert canvas.zoom == pytest.approx(4.0)
    for _ in range(60):
        wheel(canvas, QPoint(300, 200), -600)
    assert canvas.zoom == pytest.approx(0.02)


def test_fit_shows_everything(make_canvas) -> None:
    from quartet.graph.model import Agent

    graph = Graph()
    for i in range(30):
        graph.agents[f"a{i}"] = Agent(id=f"a{i}", kind="template", name=f"A {i}")
        graph.positions[f"a{i}"] = (i * 400.0, i * 90.0)
    canvas = make_canvas(graph)
    assert canvas.visible_scene_rect().contains(canvas.canvas_scene.content_box())


def test_dragging_to_the_border_scrolls(canvas: Canvas, hand, qtbot) -> None:
    hand.press(hand.body("ann"))
    border = canvas.mapToScene(QPoint(canvas.viewport().width() - 3, 300))
    hand.move((border.x() - 20, border.y()))
    hand.move((border.x(), border.y()))
    before = canvas.center_scene_pos().x()
    qtbot.waitUntil(lambda: canvas.center_scene_pos().x() > before + 40)
    hand.on_canvas(Qt.Key.Key_Escape)
    assert canvas.canvas_scene.cards["ann"].pos() == QPointF(0, 0)


def test_a_double_click_asks_for_the_inspector(canvas: Canvas, hand, qtbot) -> None:
    with qtbot.waitSignal(canvas.inspect_requested) as asked:
        hand.double_click(hand.body("ben"))
    assert asked.args == [{"ben"}]


def test_hovering_shows_the_ports(canvas: Canvas, hand) -> None:
    hand.hover(hand.port("cat", "left"))
    assert canvas.canvas_scene.hover == ("cat", "left")
    hand.hover((500, 150))
    assert canvas.canvas_scene.hover is None


def test_the_view_stays_where_it_is_when_the_drawing_grows(canvas: Canvas, hand) -> None:
    canvas.set_zoom(1.0)
    before = hand.pixel((100, 100))
    hand.drag(hand.body("cat"), (760, 500))
    assert hand.pixel((100, 100)) == before


def test_the_first_agent_does_not_move_the_view(make_canvas, hand_of) -> None:
    from PySide6.QtCore import QMimeData

    from quartet.editor.canvas.drops import KIND

    canvas = make_canvas(Graph())
    hand = hand_of(canvas)
    before = hand.pixel((100, 100))
    mime = QMimeData()
    mime.setData(KIND, b"template")
    hand.drop(mime, (100, 100))
    assert hand.pixel((100, 100)) == before


def test_the_overview_is_dragged_by_the_views_rectangle_and_escape_takes_it_back(make_canvas, hand_of) -> None:
    canvas = make_canvas(graph_of({f"a{n}": "template" for n in range(12)}), (900, 600))
    canvas.set_zoom(1.0)
    canvas.centerOn(600, 0)
    minimap = canvas.minimap
    minimap.picture()
    before, left = canvas.center_scene_pos(), Qt.MouseButton.LeftButton
    seen = minimap.to_map(canvas.visible_scene_rect())
    at = QPoint(int(seen.left()) + 4, int(seen.center().y()))
    QTest.mousePress(minimap, left, pos=at)
    assert canvas.center_scene_pos() == before
    QTest.mouseMove(minimap, at + QPoint(20, 0))
    went = canvas.center_scene_pos().x() - before.x()
    assert went == pytest.approx(20 / seen.width() * canvas.visible_scene_rect().width(), abs=2)
    hand_of(canvas).on_canvas(Qt.Key.Key_Escape)
    QTest.mouseMove(minimap, at + QPoint(30, 0))
    QTest.mouseRelease(minimap, left, pos=at)
    assert canvas.center_scene_pos() == before
    QTest.mouseClick(minimap, left, pos=at - QPoint(20, 0))  # beside the rectangle: the view comes there
    assert canvas.center_scene_pos().x() < before.x()
