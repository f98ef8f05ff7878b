"""Guides while dragging, aligning, spacing out, duplicating with Alt: effect, cancellation, undo."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt

from quartet.editor.canvas import aligning
from quartet.editor.canvas.guides import Guides, pull
from quartet.editor.canvas.view import Canvas
from quartet.graph import files
from quartet.graph.edits import Move, Set
from quartet.graph.model import Agent, Edge, Graph, Note

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def state(canvas: Canvas) -> str:
    return files.dumps(canvas.document.graph)


def placed(**at: tuple[float, float]) -> Graph:
    graph = Graph(name="Placed")
    for id, point in at.items():
        graph.agents[id] = Agent(id=id, kind="template", name=id.title())
        graph.positions[id] = point
    return graph


def guides(canvas: Canvas) -> list[Guides]:
    return [item for item in canvas.canvas_scene.items() if isinstance(item, Guides)]


# guides


def test_a_card_is_pulled_onto_the_line_of_another(make_canvas, hand_of) -> None:
    canvas = make_canvas(placed(a=(2.0, 0.0), b=(300.0, 200.0)))
    canvas.set_zoom(1.0)
    hand = hand_of(canvas)
    hand.drag(hand.body("b"), (70 + 5, 220))  # 3 beside the other's left edge, which is not on the grid
    assert canvas.document.graph.positions["b"] == (2, 200)


def test_the_line_shows_while_it_pulls_and_goes_at_the_end(make_canvas, hand_of) -> None:
    canvas = make_canvas(placed(a=(2.0, 0.0), b=(300.0, 200.0)))
    canvas.set_zoom(1.0)
    hand = hand_of(canvas)
    hand.pull(hand.body("b"), (75, 220))
    (shown,) = guides(canvas)
    (line,) = shown.lines
    assert line.x1() == line.x2() == 2 + 92  # through both middles
    assert (line.y1(), line.y2()) == (0, 262)
    hand.release((75, 220))
    assert guides(canvas) == []


def test_escape_takes_the_guides_away_too(make_canvas, hand_of) -> None:
    canvas = make_canvas(placed(a=(2.0, 0.0), b=(300.0, 200.0)))
    hand = hand_of(canvas)
    hand.pull(hand.body("b"), (75, 220))
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release((75, 220))
    assert guides(canvas) == []
    assert canvas.document.graph.positions["b"] == (300, 200)


def test_ctrl_lets_go_of_the_guides(make_canvas, hand_of) -> None:
    canvas = make_canvas(placed(a=(2.0, 0.0), b=(300.0, 200.0)))
    canvas.set_zoom(1.0)
    hand = hand_of(canvas)
    hand.pull(hand.body("b"), (75, 220))
    hand.move((75, 220), held=CTRL)
    assert list(guides(canvas)[0].lines) == []
    hand.release((75, 220), held=CTRL)
    assert canvas.document.graph.positions["b"] == (4, 200)  # on the grid only


def test_shift_keeps_to_one_axis_whatever_pulls(make_canvas, hand_of) -> None:
    canvas = make_canvas(placed(a=(2.0, 3.0), b=(300.0, 0.0)))
    canvas.set_zoom(1.0)
    hand = hand_of(canvas)
    hand.drag(hand.body("b"), (520, 22), held=SHIFT)
    assert canvas.document.graph.positions["b"][1] == 0


def test_gaps_become_equal(make_canvas, hand_of) -> None:
    canvas = make_canvas(placed(a=(0.0, 0.0), b=(250.0, 0.0), c=(700.0, 300.0)))
    canvas.set_zoom(1.0)
    hand = hand_of(canvas)
    hand.pull(hand.body("c"), (503 + 70, 20))  # the gap between a and b is 66, so c belongs at 500
    (shown,) = guides(canvas)
    assert len(shown.lines) == 7  # one line of the row's height, two gaps with two ends each
    hand.release((573, 20))
    assert canvas.document.graph.positions["c"] == (500, 0)


def test_a_card_between_two_comes_to_the_middle() -> None:
    left, right = (0.0, 0.0, 100.0, 50.0), (401.0, 0.0, 501.0, 50.0)
    found = pull((203.0, 7.0, 303.0, 57.0), [left, right], 6.0, 0)
    assert found is not None and 203 + found.by == 200.5
    assert [(start, end) for _, start, end in found.gaps] == [(100.0, 200.5), (300.5, 401.0)]


boxes = st.tuples(st.integers(-300, 300), st.integers(-300, 300)).map(lambda at: (*at, at[0] + 184, at[1] + 62))


@given(mine=boxes, others=st.lists(boxes, max_size=12), axis=st.sampled_from([0, 1]))
def test_a_pull_is_never_longer_than_its_reach_and_lands_where_it_says(mine, others, axis) -> None:
    found = pull(mine, others, 6.0, axis)
    if found is None:
        return
    assert abs(found.by) <= 6
    start, end = mine[axis] + found.by, mine[axis + 2] + found.by
    if found.at is not None:
        assert min(abs(start - found.at), abs(end - found.at), abs((start + end) / 2 - found.at)) < 1e-9
    else:
        (_, a, b), (_, c, d) = found.gaps
        assert b - a == pytest.approx(d - c)


def test_only_what_is_near_is_looked_at(make_canvas) -> None:
    far = {f"x{i}": (2.0 + 3 * i, 5_000.0 + 200 * i) for i in range(300)}
    canvas = make_canvas(placed(a=(0.0, 0.0), b=(300.0, 3.0), **far))
    shown = Guides(canvas.canvas_scene, {"a"}, (0.0, 0.0, 184.0, 62.0))
    assert shown._near((0.0, 0.0, 184.0, 62.0)) == [(300.0, 3.0, 484.0, 65.0)]
    shown.away()


# aligning


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (Qt.Key.Key_A, {(0, 0), (0, 100), (0, 301)}),
        (Qt.Key.Key_D, {(500, 0), (500, 100), (500, 301)}),
        (Qt.Key.Key_X, {(250, 0), (250, 100), (250, 301)}),
        (Qt.Key.Key_W, {(0, 0), (260, 0), (500, 0)}),
        (Qt.Key.Key_S, {(0, 301), (260, 301), (500, 301)}),
        (Qt.Key.Key_Y, {(0, 150.5), (260, 150.5), (500, 150.5)}),
        (Qt.Key.Key_H, {(0, 0), (250, 100), (500, 301)}),
        (Qt.Key.Key_V, {(0, 0), (260, 150.5), (500, 301)}),
    ],
)
def test_what_is_selected_lines_up_in_one_step(make_canvas, hand_of, key, expected) -> None:
    canvas = make_canvas(placed(a=(0.0, 0.0), b=(260.0, 100.0), c=(500.0, 301.0), d=(900.0, 900.0)))
    before = state(canvas)
    canvas.document.select({"a", "b", "c"})
    hand_of(canvas).on_canvas(key, SHIFT)
    positions = canvas.document.graph.positions
    assert {positions[id] for id in "abc"} == expected
    assert positions["d"] == (900, 900)
    assert canvas.document.undo_stack.count() == 1
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_notes_line_up_with_agents(make_canvas) -> None:
    graph = placed(a=(0.0, 0.0))
    graph.notes["n"] = Note(id="n", text="x", x=500, y=40, width=100, height=50)
    canvas = make_canvas(graph)
    canvas.document.select({"a", "n"})
    aligning.align(canvas, "bottom")
    assert canvas.document.graph.positions["a"][1] + 62 == canvas.document.graph.notes["n"].y + 50 == 90


def test_what_lines_up_already_is_no_step(make_canvas) -> None:
    canvas = make_canvas(placed(a=(0.0, 0.0), b=(300.0, 0.0)))
    canvas.document.select({"a", "b"})
    aligning.align(canvas, "top")
    assert canvas.document.undo_stack.count() == 0


def test_too_few_to_line_up_is_said(make_canvas) -> None:
    canvas = make_canvas(placed(a=(0.0, 0.0), b=(300.0, 0.0)))
    canvas.document.select({"a"})
    aligning.align(canvas, "top")
    assert canvas.remark.text() == "Select two or more to line up."
    canvas.document.select({"a", "b"})
    aligning.distribute(canvas, "horizontally")
    assert canvas.remark.text() == "Select three or more to space them out."


# duplicating


@pytest.fixture
def pair(make_canvas) -> Canvas:
    graph = placed(a=(0.0, 0.0), b=(300.0, 0.0))
    graph.edges["e"] = Edge(id="e", source="a", target="b", when="value > 1")
    return make_canvas(graph)


def test_alt_and_a_drag_leave_copies_with_their_edges(pair: Canvas, hand_of) -> None:
    hand, before = hand_of(pair), state(pair)
    pair.document.select({"a", "b"})
    hand.drag(hand.body("a"), (70, 220), held=ALT)
    graph = pair.document.graph
    assert len(graph.agents) == 4
    assert graph.positions["a"] == (0, 0)
    copies = {edge.id: edge for edge in graph.edges.values() if edge.id != "e"}
    (copy,) = copies.values()
    assert copy.when == "value > 1"
    assert graph.positions[copy.source] == (0, 200) and graph.positions[copy.target] == (300, 200)
    assert pair.document.selection >= {copy.source, copy.target}
    assert pair.document.undo_stack.undoText() == "Duplicate 2 agents"
    assert pair.document.undo_stack.count() == 1
    pair.document.undo_stack.undo()
    assert state(pair) == before


def test_escape_leaves_no_copy(pair: Canvas, hand_of) -> None:
    hand, before, items = hand_of(pair), state(pair), len(pair.canvas_scene.items())
    hand.pull(hand.body("a"), (70, 220), held=ALT)
    assert len(pair.canvas_scene.items()) > items
    assert state(pair) == before
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release((70, 220), held=ALT)
    assert state(pair) == before
    assert len(pair.canvas_scene.items()) == items
    assert pair.document.selection == frozenset()


def test_a_click_with_alt_only_selects(pair: Canvas, hand_of) -> None:
    hand = hand_of(pair)
    hand.click(hand.body("b"), held=ALT)
    assert pair.document.selection == {"b"}
    assert pair.document.undo_stack.count() == 0


def test_a_note_is_duplicated_too(canvas: Canvas, hand) -> None:
    hand.drag((500, 250), (500, 500), held=ALT)
    assert len(canvas.document.graph.notes) == 2
    assert canvas.canvas_scene.annotations["memo"].pos() == QPointF(400, 200)


def test_nothing_is_duplicated_in_a_read_only_graph(pair: Canvas, hand_of) -> None:
    hand = hand_of(pair)
    pair.document.read_only = "This file is from a newer version."
    hand.drag(hand.body("a"), (70, 220), held=ALT)
    assert len(pair.document.graph.agents) == 2


# locked agents stay, the others are arranged


def locked(canvas: Canvas, *ids: str) -> None:
    canvas.document.do("Lock", [Set(section="agents", id=id, values={"locked": True}) for id in ids])


def test_what_is_not_locked_is_lined_up_and_who_stayed_is_said(make_canvas) -> None:
    canvas = make_canvas(placed(a=(0, 0), b=(40, 100), c=(90, 200)))
    locked(canvas, "b")
    canvas.select_all()
    before = state(canvas)
    aligning.align(canvas, "left")
    assert canvas.document.graph.positions == {"a": (0, 0), "b": (40, 100), "c": (0, 200)}
    assert canvas.remark.text() == "B is locked. Unlock it in its menu first. The others were arranged."
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_what_is_not_locked_is_spaced_out_among_itself(make_canvas) -> None:
    canvas = make_canvas(placed(a=(0, 0), b=(210, 0), c=(500, 0), d=(1000, 0)))
    locked(canvas, "b")
    canvas.select_all()
    aligning.distribute(canvas, "horizontally")
    assert canvas.document.graph.positions == {"a": (0, 0), "b": (210, 0), "c": (500, 0), "d": (1000, 0)}
    canvas.document.do("Move", [Move(to={"c": (700, 0)})])
    aligning.distribute(canvas, "horizontally")
    assert canvas.document.graph.positions == {"a": (0, 0), "b": (210, 0), "c": (500, 0), "d": (1000, 0)}


def test_where_everything_that_would_move_is_locked_that_is_said(make_canvas) -> None:
    canvas = make_canvas(placed(a=(0, 0), b=(40, 100)))
    locked(canvas, "b")
    canvas.select_all()
    count = canvas.document.undo_stack.count()
    aligning.align(canvas, "left")
    assert canvas.document.undo_stack.count() == count
    assert canvas.remark.text() == "B is locked. Unlock it in its menu first."
