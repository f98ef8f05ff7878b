"""A frame takes along what lies in it, by whatever means it goes elsewhere: a drag, keys, lining up."""

import pytest
from PySide6.QtCore import Qt

from editor.canvas.conftest import graph_of
from quartet.editor.canvas.view import Canvas
from quartet.graph.edits import Set
from quartet.graph.model import Frame, Note

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def boxed(make_canvas) -> Canvas:
    """Ann and a note in a frame in a frame, Ben beside them in the outer one, Cat outside; the edge Ann → Ben bends."""
    graph = graph_of({"ann": "template", "ben": "template", "cat": "template"}, (("ann", "ben", "flow"),))
    graph.edges["ann-ben"] = graph.edges["ann-ben"].model_copy(update={"points": ((240.0, 100.0),)})
    graph.frames["outer"] = Frame(id="outer", name="Outer", x=-100, y=-100, width=620, height=400)
    graph.frames["inner"] = Frame(id="inner", name="Inner", x=-40, y=-40, width=280, height=260)
    graph.notes["memo"] = Note(id="memo", text="In it", x=0, y=100, width=120, height=60)
    graph.notes["half"] = Note(id="half", text="Half in it", x=450, y=200, width=200, height=60)
    return make_canvas(graph)


def places(canvas: Canvas) -> dict[str, tuple[float, float]]:
    graph = canvas.document.graph
    items = [*graph.frames.values(), *graph.notes.values()]
    return {**graph.positions, **{item.id: (item.x, item.y) for item in items}}


def went(canvas: Canvas, before: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """How far whatever stands elsewhere went."""
    now = places(canvas)
    return {id: (now[id][0] - x, now[id][1] - y) for id, (x, y) in before.items() if now[id] != (x, y)}


WHOLE = {"outer", "inner", "memo", "ann", "ben"}


def test_a_drag_takes_notes_and_frames_along_and_points_of_edges(boxed: Canvas, hand_of) -> None:
    before, hand = places(boxed), hand_of(boxed)
    hand.drag((100, -90), (100, 30), CTRL)
    boxed.document.select({"outer"})
    hand.drag((100, 30), (160, 30), CTRL)
    assert went(boxed, before) == dict.fromkeys(WHOLE, (60.0, 120.0))
    assert boxed.document.graph.edges["ann-ben"].points == ((300.0, 220.0),)
    boxed.document.undo_stack.undo()
    boxed.document.undo_stack.undo()
    assert went(boxed, before) == {}


def test_escape_puts_all_of_it_back(boxed: Canvas, hand_of) -> None:
    hand, items = hand_of(boxed), boxed.canvas_scene.annotations
    shown = {id: item.box() for id, item in items.items()}
    hand.pull((100, -90), (100, 30))
    assert items["memo"].box() != shown["memo"]
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release((100, 30))
    assert {id: item.box() for id, item in items.items()} == shown
    assert boxed.document.undo_stack.count() == 0


def test_alt_moves_the_frame_alone(boxed: Canvas, hand_of) -> None:
    before = places(boxed)
    hand_of(boxed).drag((100, -90), (100, 30), ALT)
    assert set(went(boxed, before)) == {"outer"}


def test_keys_take_it_along_too_as_one_step(boxed: Canvas, hand_of) -> None:
    before, hand = places(boxed), hand_of(boxed)
    boxed.document.select({"inner"})
    for _ in range(3):
        hand.on_canvas(Qt.Key.Key_Right, CTRL)
    assert went(boxed, before) == dict.fromkeys({"inner", "memo", "ann"}, (12.0, 0.0))
    assert boxed.document.undo_stack.count() == 1
    boxed.document.undo_stack.undo()
    assert went(boxed, before) == {}


def test_what_is_locked_in_it_stays(boxed: Canvas, hand_of) -> None:
    boxed.document.do("Lock", [Set(section="agents", id="ann", values={"locked": True})])
    before, hand = places(boxed), hand_of(boxed)
    boxed.document.select({"inner"})
    hand.on_canvas(Qt.Key.Key_Right, CTRL)
    assert set(went(boxed, before)) == {"inner", "memo"}
    boxed.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_Right, CTRL)
    assert set(went(boxed, before)) == {"inner", "memo"}
    assert "locked" in boxed.remark.text()


def test_a_frame_that_is_lined_up_takes_along_what_is_not_lined_up_itself(boxed: Canvas, hand_of) -> None:
    before, hand = places(boxed), hand_of(boxed)
    boxed.document.select({"inner", "cat"})
    hand.on_canvas(Qt.Key.Key_D, SHIFT)  # to the right: Cat's right side is at 784
    assert went(boxed, before) == dict.fromkeys({"inner", "memo", "ann"}, (544.0, 0.0))
    boxed.document.undo_stack.undo()
    boxed.document.select({"inner", "ann", "cat"})
    hand.on_canvas(Qt.Key.Key_D, SHIFT)
    assert went(boxed, before) == {"inner": (544.0, 0.0), "memo": (544.0, 0.0), "ann": (600.0, 0.0)}
