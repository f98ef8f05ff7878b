"""The search on the canvas: at the end of a wire, at the pointer, behind an agent, inside an edge. All by keyboard."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from quartet.editor.canvas.view import Canvas
from quartet.graph import files

ALT = Qt.KeyboardModifier.AltModifier
EMPTY = (700.0, 300.0)


def state(canvas: Canvas) -> str:
    return files.dumps(canvas.document.graph)


def edges(canvas: Canvas) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.kind) for edge in canvas.document.graph.edges.values()}


def titles(canvas: Canvas) -> list[str]:
    return [choice.title for choice in canvas.adding.search.choices]


def press(canvas: Canvas, key: Qt.Key, text: str = "") -> None:
    """A key in the search's field."""
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, text)
    QApplication.sendEvent(canvas.adding.search.line, event)


def write(canvas: Canvas, text: str) -> None:
    for letter in text:
        press(canvas, Qt.Key.Key_unknown, letter)
    assert canvas.adding.search.line.text() == text


def fresh(canvas: Canvas) -> str:
    (id,) = canvas.document.graph.agents.keys() - {"ann", "ben", "cat"}
    return id


# at the end of a wire


def test_a_wire_dropped_on_empty_canvas_asks_what_fits(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.drag(hand.port("cat", "right"), (900, 300))
    search = canvas.adding.search
    assert search.isVisible()
    assert search.line.placeholderText() == "Cat leads to…"
    assert {"Template", "Collector", "Pipeline pattern", "Ann"} <= set(titles(canvas))
    assert "Trigger" not in titles(canvas)  # nothing leads to one
    assert canvas.canvas_scene.hint.path is not None  # the wire stays while it is asked
    assert state(canvas) == before


def test_choosing_adds_and_connects_in_one_step(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.drag(hand.port("cat", "right"), (900, 300))
    write(canvas, "templ")
    press(canvas, Qt.Key.Key_Return)
    id = fresh(canvas)
    assert ("cat", id, "flow") in edges(canvas)
    x, y = canvas.document.graph.positions[id]
    assert abs(x - 900) <= 4 and abs(y + 31 - 300) <= 4  # its left port is where the wire was dropped
    assert canvas.document.selection == {id}
    assert canvas.document.undo_stack.count() == 1
    assert canvas.canvas_scene.hint.path is None
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_escape_in_the_search_leaves_nothing(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.drag(hand.port("cat", "right"), (900, 300))
    write(canvas, "templ")
    press(canvas, Qt.Key.Key_Escape)
    assert not canvas.adding.search.isVisible()
    assert canvas.canvas_scene.hint.path is None
    assert state(canvas) == before
    assert canvas.document.undo_stack.count() == 0


def test_a_click_beside_the_search_leaves_nothing(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("cat", "right"), (900, 300))
    hand.click((0, 400))
    assert not canvas.adding.search.isVisible()
    assert canvas.canvas_scene.hint.path is None
    assert canvas.document.undo_stack.count() == 0


def test_an_agent_that_is_there_is_connected(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("cat", "right"), (900, 300))
    write(canvas, "ben")
    assert titles(canvas)[0] == "Ben"
    press(canvas, Qt.Key.Key_Return)
    assert ("cat", "ben", "flow") in edges(canvas)
    assert len(canvas.document.graph.agents) == 3
    assert canvas.document.undo_stack.count() == 1


def test_agents_that_do_not_fit_are_not_offered(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ann", "right"), (300, 400))
    assert "Cat" in titles(canvas)
    assert "Ben" not in titles(canvas)  # Ann leads there already
    assert "Ann" not in titles(canvas)


@pytest.mark.parametrize(
    ("side", "held", "kind", "leads"),
    [
        ("left", Qt.KeyboardModifier.NoModifier, "flow", False),
        ("bottom", Qt.KeyboardModifier.NoModifier, "supervise", True),
        ("top", Qt.KeyboardModifier.NoModifier, "supervise", False),
        ("right", ALT, "handoff", True),
    ],
)
def test_the_side_decides_what_the_new_edge_is(canvas: Canvas, hand, side, held, kind, leads) -> None:
    hand.drag(hand.port("cat", side), (700, 500) if side != "top" else (900, -200), held=held)
    write(canvas, "template")
    press(canvas, Qt.Key.Key_Return)
    id = fresh(canvas)
    assert (("cat", id, kind) if leads else (id, "cat", kind)) in edges(canvas)


def test_a_pattern_is_connected_at_its_open_end(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("cat", "right"), (900, 300))
    write(canvas, "swarm")
    press(canvas, Qt.Key.Key_Return)
    assert ("cat", "first_contact", "flow") in edges(canvas)
    assert len(canvas.document.graph.agents) == 6
    assert canvas.document.undo_stack.count() == 1
    canvas.document.undo_stack.undo()
    assert len(canvas.document.graph.agents) == 3


def test_a_name_that_no_kind_has_becomes_the_new_agents_name(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("cat", "right"), (900, 300))
    write(canvas, "fact checker")
    assert titles(canvas)[-1] == "New: “fact checker”"
    press(canvas, Qt.Key.Key_Up)  # from the first round to the last
    press(canvas, Qt.Key.Key_Return)
    assert canvas.document.graph.agents[fresh(canvas)].name == "fact checker"


def test_a_wire_that_was_hardly_drawn_asks_nothing(canvas: Canvas, hand) -> None:
    x, y = hand.port("cat", "right")
    hand.drag((x, y), (x + 12, y + 3))
    assert not canvas.adding.search.isVisible()


def test_what_was_asked_of_an_older_graph_is_not_done_to_a_newer_one(canvas: Canvas, hand) -> None:
    hand.drag(hand.body("ann"), (70, 120))
    hand.drag(hand.port("cat", "right"), (900, 300))
    canvas.document.undo_stack.undo()
    assert not canvas.adding.search.isVisible()


def test_a_read_only_graph_says_why_nothing_is_added(canvas: Canvas, hand) -> None:
    canvas.document.read_only = "This file is from a newer version."
    hand.double_click(EMPTY)
    assert not canvas.adding.search.isVisible()
    assert canvas.remark.text() == "This file is from a newer version."


# at the pointer


def test_a_double_click_on_empty_canvas_adds_by_name_there(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.double_click(EMPTY)
    write(canvas, "coll")
    press(canvas, Qt.Key.Key_Return)
    id = fresh(canvas)
    x, y = canvas.document.graph.positions[id]
    assert abs(x + 92 - EMPTY[0]) <= 4 and abs(y + 31 - EMPTY[1]) <= 4
    assert canvas.document.graph.agents[id].kind == "collector"
    assert edges(canvas) == {("ann", "ben", "flow")}
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_escape_after_a_double_click_leaves_nothing(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.double_click(EMPTY)
    press(canvas, Qt.Key.Key_Escape)
    assert state(canvas) == before
    assert not canvas.adding.search.isVisible()


def test_the_third_click_in_a_row_chooses_nothing_of_what_the_second_opened_under_it(
    canvas: Canvas, hand, request: pytest.FixtureRequest
) -> None:
    interval = QApplication.doubleClickInterval()
    request.addfinalizer(lambda: QApplication.setDoubleClickInterval(interval))
    QApplication.setDoubleClickInterval(60_000)
    before, port = state(canvas), canvas.viewport()
    at = QPoint(port.width() - 60, port.height() - 60)  # in a corner it opens over the pointer
    scene = canvas.mapToScene(at)
    hand.double_click((scene.x(), scene.y()))
    choices = canvas.adding.search.list.viewport()
    there = choices.mapFromGlobal(port.mapToGlobal(at))
    assert choices.rect().contains(there), "the list is not under the pointer: this would prove nothing"
    QTest.mouseClick(choices, Qt.MouseButton.LeftButton, pos=there)
    assert canvas.adding.search.isVisible() and state(canvas) == before
    QApplication.setDoubleClickInterval(0)  # that is over now
    QTest.mouseClick(choices, Qt.MouseButton.LeftButton, pos=there)
    assert not canvas.adding.search.isVisible() and state(canvas) != before


def test_a_double_click_on_an_agent_still_opens_it(canvas: Canvas, hand, qtbot) -> None:
    with qtbot.waitSignal(canvas.inspect_requested, timeout=1000):
        hand.double_click(hand.body("ann"))
    assert not canvas.adding.search.isVisible()


def test_a_note_can_be_added_by_name_too(canvas: Canvas, hand) -> None:
    hand.double_click(EMPTY)
    write(canvas, "note")
    press(canvas, Qt.Key.Key_Return)
    assert len(canvas.document.graph.notes) == 2


def test_tab_without_a_selection_adds_by_name(canvas: Canvas, hand) -> None:
    hand.on_canvas(Qt.Key.Key_Tab)
    assert canvas.adding.search.line.placeholderText() == "Add an agent…"
    write(canvas, "template")
    press(canvas, Qt.Key.Key_Return)
    assert len(canvas.document.graph.agents) == 4


# behind, inside


def test_tab_with_an_agent_selected_adds_behind_it(canvas: Canvas, hand) -> None:
    canvas.document.select({"cat"})
    hand.on_canvas(Qt.Key.Key_Tab)
    write(canvas, "template")
    press(canvas, Qt.Key.Key_Return)
    id = fresh(canvas)
    assert ("cat", id, "flow") in edges(canvas)
    assert canvas.document.graph.positions[id] == (860, 0)
    assert canvas.document.undo_stack.count() == 1


def test_what_is_added_behind_covers_nothing(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_Tab)
    write(canvas, "template")
    press(canvas, Qt.Key.Key_Return)
    x, y = canvas.document.graph.positions[fresh(canvas)]
    assert (x, y) == (260, 104)  # below Ben, who stands in the way


def test_a_supervisor_gets_someone_to_watch(make_canvas, hand_of) -> None:
    from quartet.graph.model import Agent, Graph

    graph = Graph()
    graph.agents["boss"] = Agent(id="boss", kind="supervisor", name="Boss")
    graph.positions["boss"] = (0.0, 0.0)
    canvas = make_canvas(graph)
    canvas.document.select({"boss"})
    hand_of(canvas).on_canvas(Qt.Key.Key_Tab)
    write(canvas, "template")
    press(canvas, Qt.Key.Key_Return)
    (edge,) = canvas.document.graph.edges.values()
    assert (edge.source, edge.kind) == ("boss", "supervise")


def test_tab_with_an_edge_selected_puts_an_agent_into_it(canvas: Canvas, hand) -> None:
    before = state(canvas)
    canvas.document.select({"ann-ben"})
    hand.on_canvas(Qt.Key.Key_Tab)
    assert "Trigger" not in titles(canvas)
    write(canvas, "template")
    press(canvas, Qt.Key.Key_Return)
    id = fresh(canvas)
    assert edges(canvas) == {("ann", id, "flow"), (id, "ben", "flow")}
    assert canvas.document.undo_stack.count() == 1
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_shift_tab_leaves_the_canvas(canvas: Canvas) -> None:
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    QApplication.sendEvent(canvas, event)
    assert not canvas.adding.search.isVisible()


# the popup itself


def test_the_popup_stays_inside_the_view(canvas: Canvas, hand) -> None:
    corner = canvas.mapToScene(canvas.viewport().rect().bottomRight())
    canvas.adding.here(QPointF(corner))
    assert canvas.viewport().rect().contains(canvas.adding.search.geometry())


def test_nothing_found_is_said(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    canvas.adding.connect(onward=True)
    write(canvas, "zebra")
    assert titles(canvas) == []
    press(canvas, Qt.Key.Key_Return)  # does nothing
    assert canvas.adding.search.isVisible()
    assert canvas.document.undo_stack.count() == 0


# connecting by name


def test_connect_to_makes_the_edge(canvas: Canvas) -> None:
    canvas.document.select({"ben"})
    canvas.adding.connect(onward=True)
    assert canvas.adding.search.line.placeholderText() == "Connect Ben to…"
    write(canvas, "cat")
    press(canvas, Qt.Key.Key_Return)
    assert ("ben", "cat", "flow") in edges(canvas)
    assert canvas.document.undo_stack.count() == 1
    assert canvas.pill.isVisible()  # K goes on to the other kinds


def test_several_are_connected_in_one_step(canvas: Canvas) -> None:
    canvas.document.select({"ann", "ben"})
    canvas.adding.connect(onward=True)
    write(canvas, "cat")
    press(canvas, Qt.Key.Key_Return)
    assert {("ann", "cat", "flow"), ("ben", "cat", "flow")} <= edges(canvas)
    assert canvas.document.undo_stack.count() == 1


def test_connect_from_draws_it_the_other_way(canvas: Canvas) -> None:
    canvas.document.select({"ann"})
    canvas.adding.connect(onward=False)
    write(canvas, "cat")
    press(canvas, Qt.Key.Key_Return)
    assert ("cat", "ann", "flow") in edges(canvas)


def test_an_edges_end_is_moved_by_name(canvas: Canvas) -> None:
    canvas.document.select({"ann-ben"})
    canvas.adding.connect(onward=True)
    assert titles(canvas) == ["Cat"]
    press(canvas, Qt.Key.Key_Return)
    assert edges(canvas) == {("ann", "cat", "flow")}
    assert canvas.document.graph.edges["ann-ben"].target == "cat"
