"""Every gesture of the pointer: what it does, that Escape takes it back, that Undo does."""

import pytest
from PySide6.QtCore import QPointF, Qt

from quartet.editor.canvas.view import Canvas
from quartet.graph import files
from quartet.graph.edits import Set

SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


NONE = Qt.KeyboardModifier.NoModifier


def state(canvas: Canvas) -> str:
    return files.dumps(canvas.document.graph)


def edges(canvas: Canvas) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.kind) for edge in canvas.document.graph.edges.values()}


# selecting


def test_a_click_selects_one_agent(canvas: Canvas, hand) -> None:
    hand.click(hand.body("ann"))
    assert canvas.document.selection == {"ann"}
    hand.click(hand.body("ben"))
    assert canvas.document.selection == {"ben"}


@pytest.mark.parametrize("held", [SHIFT, CTRL])
def test_shift_or_ctrl_adds_and_takes_away(canvas: Canvas, hand, held) -> None:
    hand.click(hand.body("ann"))
    hand.click(hand.body("ben"), held=held)
    assert canvas.document.selection == {"ann", "ben"}
    hand.click(hand.body("ann"), held=held)
    assert canvas.document.selection == {"ben"}


def test_a_click_on_one_of_several_selects_it_alone(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann", "ben"})
    hand.click(hand.body("ann"))
    assert canvas.document.selection == {"ann"}


def test_a_click_on_the_canvas_lets_go(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    hand.click((500, 150))
    assert canvas.document.selection == frozenset()


def test_a_click_beside_everything_puts_out_what_is_lit_up(canvas: Canvas, hand) -> None:
    canvas.document.highlight({"ann-ben"}, {"ann"})
    hand.click((500, 150), held=SHIFT)
    assert canvas.document.highlight_edges, "with Shift it adds to what there is"
    hand.click((500, 150))
    assert not canvas.document.highlight_edges and not canvas.document.highlight_agents


def test_a_click_on_a_line_selects_the_edge(canvas: Canvas, hand) -> None:
    hand.click((242, 31))
    assert canvas.document.selection == {"ann-ben"}


def test_a_band_selects_what_it_touches(canvas: Canvas, hand) -> None:
    hand.drag((-30, -30), (350, 100))
    assert canvas.document.selection == {"ann", "ben", "ann-ben"}


def test_a_band_with_shift_adds(canvas: Canvas, hand) -> None:
    canvas.document.select({"cat"})
    hand.drag((-30, -30), (100, 100), held=SHIFT)
    assert canvas.document.selection == {"ann", "cat"}


def test_escape_takes_a_band_back(canvas: Canvas, hand) -> None:
    canvas.document.select({"cat"})
    items = len(canvas.canvas_scene.items())
    hand.pull((-30, -30), (350, 100))
    assert canvas.document.selection == {"ann", "ben", "ann-ben"}
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release((350, 100))
    assert canvas.document.selection == {"cat"}
    assert len(canvas.canvas_scene.items()) == items


def test_selecting_is_no_step_of_undo(canvas: Canvas, hand) -> None:
    hand.click(hand.body("ann"))
    hand.drag((-30, -30), (350, 100))
    assert canvas.document.undo_stack.count() == 0


# moving


def test_a_drag_moves_an_agent_onto_the_grid_in_one_step(canvas: Canvas, hand) -> None:
    hand.drag(hand.body("cat"), (670 + 53, 20 + 101))
    x, y = canvas.document.graph.positions["cat"]
    assert (x % 4, y % 4) == (0, 0)
    assert abs(x - 653) <= 3 and abs(y - 101) <= 3
    assert canvas.document.undo_stack.count() == 1
    assert canvas.document.undo_stack.undoText() == "Move Cat"


def test_undo_puts_a_moved_agent_back(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.drag(hand.body("cat"), (800, 300))
    canvas.document.undo_stack.undo()
    assert state(canvas) == before
    assert canvas.canvas_scene.cards["cat"].pos() == QPointF(600, 0)


def test_several_move_together_and_keep_their_distance(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann", "ben"})
    hand.drag(hand.body("ann"), (170, 120))
    (ax, ay), (bx, by) = (canvas.document.graph.positions[id] for id in ("ann", "ben"))
    assert (bx - ax, by - ay) == (300, 0)
    assert ay == 100
    assert canvas.document.undo_stack.undoText() == "Move 2 agents"


def test_the_model_knows_nothing_of_a_drag_until_release(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.pull(hand.body("cat"), (800, 300))
    assert state(canvas) == before
    assert canvas.canvas_scene.cards["cat"].pos() != QPointF(600, 0)


def test_escape_takes_a_move_back(canvas: Canvas, hand) -> None:
    before = state(canvas)
    hand.pull(hand.body("ann"), (200, 300))
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release((200, 300))
    assert state(canvas) == before
    assert canvas.canvas_scene.cards["ann"].pos() == QPointF(0, 0)
    assert canvas.canvas_scene.wires.wires["ann-ben"].curve[1] == 31
    assert canvas.document.undo_stack.count() == 0


def test_a_second_button_takes_a_drag_back(canvas: Canvas, hand) -> None:
    hand.pull(hand.body("ann"), (200, 300))
    hand.press((200, 300), Qt.MouseButton.RightButton)
    hand.release((200, 300))
    assert canvas.document.graph.positions["ann"] == (0, 0)


def test_edges_follow_a_card_while_it_is_dragged(canvas: Canvas, hand) -> None:
    hand.pull(hand.body("ann"), (70, 220))
    assert canvas.canvas_scene.wires.wires["ann-ben"].curve[1] == 231


def test_a_tremble_is_no_drag(canvas: Canvas, hand) -> None:
    x, y = hand.body("ann")
    hand.drag((x, y), (x + 2, y + 1))
    assert canvas.document.undo_stack.count() == 0


def test_a_frame_takes_the_agents_in_it_along(canvas: Canvas, hand) -> None:
    hand.drag(hand.body("cat"), (100, 260))
    start = canvas.document.graph.positions["cat"]
    hand.drag((150, 172), (250, 172))
    frame = canvas.document.graph.frames["box"]
    assert (frame.x, frame.y) == (100, 160)
    assert canvas.document.graph.positions["cat"] == (start[0] + 100, start[1])
    canvas.document.undo_stack.undo()
    assert canvas.document.graph.positions["cat"] == start


def test_a_press_inside_a_frame_is_not_on_the_frame(canvas: Canvas, hand) -> None:
    hand.drag((60, 220), (200, 300))
    assert canvas.document.graph.frames["box"].x == 0


def test_a_note_is_moved(canvas: Canvas, hand) -> None:
    hand.drag((450, 240), (550, 300))
    note = canvas.document.graph.notes["memo"]
    assert (note.x, note.y) == (500, 260)


@pytest.mark.parametrize(("id", "corner"), [("box", (296, 356)), ("memo", (636, 316))])
def test_a_corner_resizes_and_escape_takes_it_back(canvas: Canvas, hand, id, corner) -> None:
    graph = canvas.document.graph
    before = state(canvas)
    hand.pull(corner, (corner[0] + 80, corner[1] + 40))
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release(corner)
    assert state(canvas) == before
    item = graph.frames.get(id) or graph.notes[id]
    hand.drag(corner, (corner[0] + 80, corner[1] + 40))
    after = graph.frames.get(id) or graph.notes[id]
    assert (after.width, after.height) == (item.width + 80, item.height + 40)
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_a_read_only_document_cannot_be_dragged_apart(canvas: Canvas, hand) -> None:
    canvas.document.read_only = "It was made by a newer version."
    hand.drag(hand.body("cat"), (900, 300))
    assert canvas.document.graph.positions["cat"] == (600, 0)
    assert canvas.canvas_scene.cards["cat"].pos() == QPointF(600, 0)


@pytest.mark.parametrize(
    ("start", "held"),
    [
        (lambda hand: hand.body("ann"), NONE),
        (lambda hand: hand.body("ann"), ALT),
        (lambda hand: (298.0, 358.0), NONE),
        (lambda hand: (240.0, 100.0), NONE),
        (lambda hand: hand.port("ann", "right"), NONE),
    ],
    ids=["move", "copy", "resize", "point of an edge", "wire"],
)
def test_a_drag_in_a_read_only_document_says_why_nothing_happens(canvas: Canvas, hand, start, held) -> None:
    canvas.document.do("x", [Set(section="edges", id="ann-ben", values={"points": [(240.0, 100.0)]})])
    canvas.document.select({"ann-ben"})
    before = state(canvas)
    canvas.document.read_only = "It was made by a newer version."
    hand.pull(start(hand), hand.body("cat"), held)
    hand.release(hand.body("cat"), held=held)
    assert canvas.remark.text() == "It was made by a newer version."
    assert state(canvas) == before


# connecting


def test_right_to_left_draws_flow_and_offers_other_kinds(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), hand.port("cat", "left"))
    assert ("ben", "cat", "flow") in edges(canvas)
    assert canvas.document.undo_stack.undoText() == "Connect Ben to Cat"
    assert canvas.pill.isVisible()
    canvas.document.undo_stack.undo()
    assert edges(canvas) == {("ann", "ben", "flow")}


def test_dropped_anywhere_on_the_card_counts(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), hand.body("cat"))
    assert ("ben", "cat", "flow") in edges(canvas)


def test_drawn_backwards_from_a_left_side_it_leads_here(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("cat", "left"), hand.body("ben"))
    assert ("ben", "cat", "flow") in edges(canvas)


def test_bottom_to_top_has_it_watched(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ann", "bottom"), hand.body("cat"))
    assert ("ann", "cat", "supervise") in edges(canvas)


def test_alt_draws_a_hand_off(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), hand.body("cat"), held=ALT)
    assert ("ben", "cat", "handoff") in edges(canvas)


def test_dropped_on_a_peer_of_the_same_swarm_it_is_a_hand_off(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), hand.body("cat"), held=ALT)
    hand.drag(hand.port("cat", "left"), hand.port("ben", "right"))  # leads from ben to cat: there already
    hand.drag(hand.port("cat", "right"), hand.body("ben"))
    assert edges(canvas) == {("ann", "ben", "flow"), ("ben", "cat", "handoff"), ("cat", "ben", "handoff")}


def test_two_edges_in_a_row_are_drawn_from_one_port(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("cat", "bottom"), hand.body("ann"))
    hand.drag(hand.port("cat", "bottom"), hand.body("ben"))
    assert {("cat", "ann", "supervise"), ("cat", "ben", "supervise")} < edges(canvas)


def test_an_edge_that_closes_a_cycle_is_marked_in_the_same_step(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), hand.body("ann"))
    (back,) = [edge for edge in canvas.document.graph.edges.values() if edge.target == "ann"]
    assert back.loop
    assert canvas.document.undo_stack.count() == 1


def test_escape_takes_a_wire_back(canvas: Canvas, hand) -> None:
    hand.pull(hand.port("ben", "right"), hand.body("cat"))
    assert canvas.canvas_scene.targeted == {"cat"}
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release(hand.body("cat"))
    assert edges(canvas) == {("ann", "ben", "flow")}
    assert canvas.canvas_scene.hint.path is None
    assert canvas.canvas_scene.targeted == frozenset()


def test_dropped_on_nothing_nothing_happens(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), (520, 150))
    assert canvas.document.undo_stack.count() == 0


def test_what_makes_no_sense_is_refused_with_a_reason_at_the_pointer(canvas: Canvas, hand) -> None:
    hand.pull(hand.port("ann", "right"), hand.body("ben"))
    assert canvas.canvas_scene.refused == {"ben"}
    assert canvas.canvas_scene.hint.text == "Ann leads to Ben already."
    hand.release(hand.body("ben"))
    assert canvas.remark.text() == "Ann leads to Ben already."
    assert canvas.remark.isVisible()
    assert canvas.document.undo_stack.count() == 0


def test_the_end_of_a_selected_edge_goes_to_another_agent(canvas: Canvas, hand) -> None:
    hand.click((242, 31))
    before = state(canvas)
    curve = canvas.canvas_scene.wires.wires["ann-ben"].curve
    hand.drag((curve[6] - 2, curve[7]), hand.body("cat"))
    assert edges(canvas) == {("ann", "cat", "flow")}
    assert set(canvas.document.graph.edges) == {"ann-ben"}
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_escape_leaves_the_end_where_it_was(canvas: Canvas, hand) -> None:
    hand.click((242, 31))
    curve = canvas.canvas_scene.wires.wires["ann-ben"].curve
    hand.pull((curve[6] - 2, curve[7]), hand.body("cat"))
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release(hand.body("cat"))
    assert edges(canvas) == {("ann", "ben", "flow")}


def test_k_goes_through_the_kinds_each_a_step_of_its_own(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), hand.body("cat"))
    hand.on_canvas(Qt.Key.Key_K)
    assert ("ben", "cat", "handoff") in edges(canvas)
    hand.on_canvas(Qt.Key.Key_K)
    assert ("ben", "cat", "supervise") in edges(canvas)
    hand.on_canvas(Qt.Key.Key_K)
    assert ("ben", "cat", "flow") in edges(canvas)
    for _ in range(4):
        canvas.document.undo_stack.undo()
    assert edges(canvas) == {("ann", "ben", "flow")}


def test_the_offer_goes_when_the_edge_does(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), hand.body("cat"))
    canvas.document.undo_stack.undo()
    assert not canvas.pill.isVisible()
