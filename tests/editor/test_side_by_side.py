"""Two views of one drawing, and two drawings side by side: commands are about the one that has the keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.panel_story import newsroom
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.session import Session
from quartet.editor.window import Window
from quartet.graph.model import AgentId, Graph


def opened(window: Window, name: str = "") -> Session:
    graph = newsroom() if not name else Graph(name=name)
    for number, id in enumerate(graph.agents):
        graph.positions[id] = (number % 3 * 260.0, number // 3 * 140.0)
    session = window.add(Document(graph))
    QApplication.processEvents()
    return session


def press(window: Window, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.focusWidget() or window, key, held)
    QApplication.processEvents()


def click(canvas: Canvas, agent: str | None = None) -> None:
    viewport, scene = canvas.viewport(), canvas.canvas_scene
    at = viewport.rect().center()
    if agent is not None:
        at = canvas.mapFromScene(scene.cards[AgentId(agent)].sceneBoundingRect().center())
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    QApplication.processEvents()


def test_a_second_view_shows_the_same_drawing_and_every_change_of_it(window: Window) -> None:
    session = opened(window)
    first = session.canvas
    press(window, Qt.Key.Key_F7)
    second = session.canvas
    assert session.split.canvases == [first, second] and first.isVisible() and second.isVisible()
    assert abs(first.width() - second.width()) < 20
    click(second, "writer")
    assert session.document.selection == {"writer"}
    QTest.keyClick(second, Qt.Key.Key_Delete)
    assert "writer" not in first.canvas_scene.cards and "writer" not in second.canvas_scene.cards
    session.document.undo_stack.undo()
    assert "writer" in first.canvas_scene.cards and "writer" in second.canvas_scene.cards


def test_each_view_has_its_own_zoom_and_commands_are_about_the_one_in_front(window: Window) -> None:
    session = opened(window)
    press(window, Qt.Key.Key_F7)
    first, second = session.split.canvases
    before = first.zoom
    window.actions_.trigger("view.zoom_100")
    assert second.zoom == 1.0 and first.zoom == before
    assert window.status.zoom.text() == "100%"
    click(first)
    assert session.canvas is first
    assert window.status.zoom.text() == f"{first.zoom * 100:.0f}%"
    press(window, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert session.canvas is second


def test_joining_keeps_the_view_in_front(window: Window) -> None:
    session = opened(window)
    press(window, Qt.Key.Key_F7)
    second = session.split.canvases[1]
    press(window, Qt.Key.Key_F7)
    assert session.split.canvases == [second] and session.canvas is second
    press(window, Qt.Key.Key_F7)
    assert len(session.split.canvases) == 2
    click(session.split.canvases[0], "web")
    assert session.document.selection == {"web"}


def test_two_drawings_stand_side_by_side_and_the_panels_follow_the_keyboard(window: Window) -> None:
    left, right = opened(window), opened(window, "Other")
    press(window, Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
    assert left.canvas.isVisible() and right.canvas.isVisible()
    assert window.session is right
    click(left.canvas, "web")
    assert window.session is left and window.top.tabs.currentIndex() == 0
    assert window.docks.docks["inspector"].pages.currentWidget() is left.panels["inspector"]
    press(window, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert window.session is right
    press(window, Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
    assert right.canvas.isVisible() and not left.canvas.isVisible() and not window.docks.canvases.two


def test_closing_the_only_drawing_of_a_side_gives_its_room_to_the_other(window: Window) -> None:
    left, right = opened(window), opened(window, "Other")
    window.actions_.trigger("view.move_across")
    narrow = left.canvas.width()
    window.remove(right)
    QApplication.processEvents()
    assert window.session is left and left.canvas.isVisible() and left.canvas.width() > narrow * 1.5


def test_a_new_drawing_opens_on_the_side_where_the_keyboard_is(window: Window) -> None:
    left, right = opened(window), opened(window, "Other")
    window.actions_.trigger("view.move_across")
    third = opened(window, "Third")
    assert third.canvas.isVisible() and left.canvas.isVisible() and not right.canvas.isVisible()


def test_a_command_that_cannot_be_used_says_why(window: Window) -> None:
    opened(window)
    window.refresh()
    assert "Only one graph is open" in window.actions_["view.move_across"].toolTip()
    assert "F7 makes two" in window.actions_["view.other_view"].toolTip()
