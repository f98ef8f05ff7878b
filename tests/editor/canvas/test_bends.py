"""Points that an edge is led through: added, dragged, removed, moved along, kept and cleared; each one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt

from editor.canvas.conftest import graph_of
from quartet.editor.canvas import bends, geometry, joining, menus
from quartet.editor.canvas.view import Canvas
from quartet.graph import files
from quartet.graph.names import fragment, paste

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ON_LINE = (242.0, 31.0)
"""On the edge from Ann to Ben, where no pill is."""


def state(canvas: Canvas) -> str:
    return files.dumps(canvas.document.graph)


def points(canvas: Canvas, id: str = "ann-ben") -> tuple[tuple[float, float], ...] | None:
    return canvas.document.graph.edges[id].points


@pytest.fixture
def bent(canvas: Canvas) -> Canvas:
    """The edge leads through a point above and one below."""
    bends.add(canvas, "ann-ben", QPointF(220, 100))
    bends.add(canvas, "ann-ben", QPointF(280, 100))
    bends.put(canvas, "ann-ben", 0, (220.0, 100.0))
    canvas.document.undo_stack.clear()
    return canvas


def test_a_double_click_on_the_line_adds_a_point_in_one_step(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.double_click(ON_LINE)
    assert points(canvas) == (pytest.approx(ON_LINE, abs=4),)
    assert canvas.document.undo_stack.count() == 1
    canvas.document.undo_stack.undo()
    assert state(canvas) == before
    assert '"points"' not in before


def test_a_double_click_on_a_point_removes_it(bent: Canvas, hand_of) -> None:
    bent.document.select({"ann-ben"})
    hand_of(bent).double_click((220, 100))
    assert points(bent) == ((280.0, 100.0),)
    hand_of(bent).double_click((280, 100))
    assert points(bent) is None


def test_the_line_goes_through_its_points_and_is_found_there(bent: Canvas) -> None:
    wire = bent.canvas_scene.wires.wires["ann-ben"]
    for point in ((220, 100), (280, 100)):
        assert wire.distance(*point) < 0.01
        assert bent.canvas_scene.wires.at(QPointF(*point), 3) == "ann-ben"
    assert wire.path.elementCount() == 1 + 3 * 3
    assert geometry.distance(wire.points, wire.label_at.x(), wire.label_at.y()) < 1


def test_a_point_is_dragged_on_the_grid_and_escape_takes_it_back(bent: Canvas, hand_of) -> None:
    hand, before = hand_of(bent), state(bent)
    bent.document.select({"ann-ben"})
    hand.pull((220, 100), (233, 163))
    assert bent.canvas_scene.wires.wires["ann-ben"].via[0] != (220.0, 100.0)
    hand.on_canvas(Qt.Key.Key_Escape)
    assert bent.canvas_scene.wires.wires["ann-ben"].via[0] == (220.0, 100.0)
    assert state(bent) == before
    hand.release((233, 163))
    hand.drag((220, 100), (233, 163), CTRL)
    assert points(bent) == ((232.0, 164.0), (280.0, 100.0))
    assert bent.document.undo_stack.count() == 1
    bent.document.undo_stack.undo()
    assert state(bent) == before


def test_a_click_makes_it_the_point_that_keys_are_about(bent: Canvas, hand_of) -> None:
    hand = hand_of(bent)
    bent.document.select({"ann-ben"})
    hand.click((280, 100))
    hand.on_canvas(Qt.Key.Key_Down, CTRL)
    hand.on_canvas(Qt.Key.Key_Down, CTRL)
    assert points(bent) == ((220.0, 100.0), (280.0, 108.0))
    assert bent.document.undo_stack.count() == 1, "steps in a row are one"
    hand.on_canvas(Qt.Key.Key_Delete)
    assert points(bent) == ((220.0, 100.0),)
    hand.on_canvas(Qt.Key.Key_Delete)
    assert "ann-ben" not in bent.document.graph.edges, "without a chosen point the edge itself goes"


def test_all_of_it_goes_by_keyboard(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann-ben"})
    hand.on_canvas(Qt.Key.Key_P)
    hand.on_canvas(Qt.Key.Key_P)
    assert len(points(canvas) or ()) == 2
    hand.on_canvas(Qt.Key.Key_P, SHIFT)
    first = bends.active(canvas)
    hand.on_canvas(Qt.Key.Key_P, SHIFT)
    assert bends.active(canvas) != first
    hand.on_canvas(Qt.Key.Key_Up, CTRL)
    assert len({y for _, y in points(canvas) or ()}) == 2


def test_points_move_with_a_selection_that_holds_both_ends_only(bent: Canvas, hand_of) -> None:
    hand, before = hand_of(bent), state(bent)
    bent.document.select({"ann"})
    start = hand.body("ann")
    hand.drag(start, (start[0], start[1] + 400))
    assert points(bent) == ((220.0, 100.0), (280.0, 100.0))
    bent.document.undo_stack.undo()
    bent.document.select({"ann", "ben"})
    hand.pull(start, (start[0], start[1] + 400))
    assert bent.canvas_scene.wires.wires["ann-ben"].via == ((220.0, 500.0), (280.0, 500.0))
    hand.on_canvas(Qt.Key.Key_Escape)
    assert bent.canvas_scene.wires.wires["ann-ben"].via == ((220.0, 100.0), (280.0, 100.0))
    hand.release(start)
    bent.document.select({"ann", "ben"})
    hand.drag(start, (start[0], start[1] + 400))
    assert points(bent) == ((220.0, 500.0), (280.0, 500.0))
    bent.document.undo_stack.undo()
    hand.on_canvas(Qt.Key.Key_Down, CTRL)
    assert points(bent) == ((220.0, 104.0), (280.0, 104.0))
    bent.document.undo_stack.undo()
    assert state(bent) == before


def test_a_copy_has_its_own_points_beside_it(bent: Canvas) -> None:
    graph = bent.document.graph
    pasted = paste(graph, fragment(graph, {"ann", "ben"}), (40.0, 8.0))
    edge = next(edit.item for edit in pasted.edits if edit.section == "edges")
    assert edge.points == ((260.0, 108.0), (320.0, 108.0))
    bent.document.select({"ann", "ben"})
    bent.duplicate()
    copies = [edge.points for edge in bent.document.graph.edges.values() if edge.id != "ann-ben"]
    assert copies[0] is not None and copies[0] != points(bent)


def test_turning_an_edge_round_leads_it_through_the_points_the_other_way(bent: Canvas) -> None:
    menus.turn(bent, "ann-ben")
    assert points(bent) == ((280.0, 100.0), (220.0, 100.0))


def test_straighten_takes_all_points_off_in_one_step(bent: Canvas) -> None:
    bent.document.select({"ann-ben"})
    bends.straighten(bent)
    assert points(bent) is None
    assert not bent.canvas_scene.wires.bent
    bent.document.undo_stack.undo()
    assert bent.canvas_scene.wires.bent == {"ann-ben"}


def test_from_far_away_a_bent_edge_is_drawn_through_its_points(bent: Canvas) -> None:
    lines = bends.far_lines(bent.canvas_scene)["flow"]
    assert [(line.x2(), line.y2()) for line in lines[:2]] == [(220.0, 100.0), (280.0, 100.0)]


@pytest.mark.parametrize("kind", ["flow", "supervise", "handoff"])
def test_every_kind_is_led_through_points(make_canvas, kind: str) -> None:
    graph = graph_of({"ann": "llm", "ben": "llm"}, (("ann", "ben", kind),))
    graph.edges["ann-ben"] = graph.edges["ann-ben"].model_copy(update={"points": ((100.0, 200.0), (400.0, 200.0))})
    wire = make_canvas(graph).canvas_scene.wires.wires["ann-ben"]
    assert [curve[6:] for curve in wire.curves[:2]] == [(100.0, 200.0), (400.0, 200.0)]


def test_an_edge_from_an_agent_to_itself_has_none_and_says_why(make_canvas) -> None:
    graph = graph_of({"ann": "llm"}, (("ann", "ann", "flow"),))
    canvas = make_canvas(graph)
    bends.add(canvas, "ann-ann")
    assert points(canvas, "ann-ann") is None
    assert "itself" in canvas.remark.text()


def test_an_agent_put_into_a_bent_edge_and_taken_out_again_leaves_its_points(bent: Canvas) -> None:
    graph = bent.document.graph
    bent.document.do("Put in", joining.insertion(graph, graph.edges["ann-ben"], "cat")[1])
    assert points(bent) == ((220.0, 100.0),)
    assert points(bent, "cat-ben") == ((280.0, 100.0),)
    bent.document.do("Take out", joining.joined_removal(graph, ["cat"]))
    assert points(bent) == ((220.0, 100.0), (280.0, 100.0))


def test_delete_and_join_keeps_what_the_edges_say(make_canvas, hand_of) -> None:
    graph = graph_of({"ann": "llm", "ben": "llm", "cat": "llm"}, (("ann", "ben", "flow"), ("ben", "cat", "flow")))
    stated = {"when": "value > 3", "name": "much"}
    graph.edges["ann-ben"] = graph.edges["ann-ben"].model_copy(update=stated)
    graph.edges["ben-cat"] = graph.edges["ben-cat"].model_copy(update={"loop": True, "max_iterations": 4})
    canvas = make_canvas(graph)
    before = state(canvas)
    canvas.document.select({"ben"})
    hand_of(canvas).on_canvas(Qt.Key.Key_Delete, CTRL | SHIFT)
    (edge,) = canvas.document.graph.edges.values()
    assert (edge.source, edge.target, edge.when, edge.name) == ("ann", "cat", "value > 3", "much")
    assert (edge.loop, edge.max_iterations) == (True, 4)
    canvas.document.undo_stack.undo()
    assert canvas.document.undo_stack.count() == 1
    assert state(canvas) == before


def test_a_way_that_was_taken_sometimes_is_not_taken_always_once_the_agent_before_it_is_gone(make_canvas) -> None:
    ways = (("ann", "ben", "flow"), ("ben", "cat", "flow"), ("ben", "dan", "flow"))
    graph = graph_of({"ann": "llm", "ben": "llm", "cat": "llm", "dan": "llm"}, ways)
    graph.edges["ben-cat"] = graph.edges["ben-cat"].model_copy(update={"when": "value > 3"})
    graph.edges["ben-dan"] = graph.edges["ben-dan"].model_copy(update={"on": "failure"})
    canvas = make_canvas(graph)
    canvas.document.do("Take out", joining.joined_removal(graph, ["ben"]))
    found = {edge.target: (edge.when, edge.on) for edge in canvas.document.graph.edges.values()}
    assert found == {"cat": ("value > 3", None), "dan": (None, "failure")}
