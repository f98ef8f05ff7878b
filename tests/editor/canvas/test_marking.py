"""Muting, bypassing, colouring, locking and collapsing the selected agents: keys, menus, one step each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from editor.canvas.conftest import graph_of
from quartet.editor import theme
from quartet.editor.canvas import captions, marking, menus, small
from quartet.editor.canvas.geometry import WIDTH
from quartet.editor.canvas.view import Canvas
from quartet.editor.palettes import COLOR_NAMES, PAINTS
from quartet.engine.state import AgentState
from quartet.graph import files
from quartet.graph.edits import Move
from quartet.graph.model import AGENT_COLORS, AgentId

SHIFT = Qt.KeyboardModifier.ShiftModifier


def state(canvas: Canvas) -> str:
    return files.dumps(canvas.document.graph)


def fields(canvas: Canvas, name: str) -> list[object]:
    return [getattr(agent, name) for agent in canvas.document.graph.agents.values()]


@pytest.mark.parametrize(
    ("key", "held", "field", "value"),
    [
        (Qt.Key.Key_M, Qt.KeyboardModifier.NoModifier, "disabled", "muted"),
        (Qt.Key.Key_B, Qt.KeyboardModifier.NoModifier, "disabled", "bypassed"),
        (Qt.Key.Key_L, SHIFT, "locked", True),
        (Qt.Key.Key_S, Qt.KeyboardModifier.NoModifier, "collapsed", True),
    ],
)
def test_a_key_does_it_to_all_that_is_selected_and_again_undoes_it(
    canvas: Canvas, hand, key, held, field: str, value: object
) -> None:
    before = state(canvas)
    canvas.document.select({"ann", "ben"})
    hand.on_canvas(key, held)
    assert [getattr(canvas.document.graph.agents[id], field) for id in ("ann", "ben")] == [value, value]
    assert canvas.document.undo_stack.count() == 1
    hand.on_canvas(key, held)
    assert state(canvas) == before
    canvas.document.undo_stack.undo()
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_the_last_of_several_that_is_not_yet_so_is_made_so(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_M)
    canvas.document.select({"ann", "ben"})
    hand.on_canvas(Qt.Key.Key_M)
    assert canvas.document.graph.agents["ben"].disabled == canvas.document.graph.agents["ann"].disabled == "muted"


def test_bypassing_replaces_muting(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_M)
    hand.on_canvas(Qt.Key.Key_B)
    assert canvas.document.graph.agents["ann"].disabled == "bypassed"


def test_who_leads_others_is_not_bypassed_and_says_why(make_canvas, hand_of) -> None:
    canvas = make_canvas(graph_of({"boss": "supervisor", "ann": "llm"}, (("boss", "ann", "supervise"),)))
    before = state(canvas)
    canvas.document.select({"boss"})
    hand_of(canvas).on_canvas(Qt.Key.Key_B)
    assert state(canvas) == before
    assert "it leads others" in canvas.remark.text()
    canvas.document.select({"boss", "ann"})
    hand_of(canvas).on_canvas(Qt.Key.Key_B)
    assert fields(canvas, "disabled") == [None, "bypassed"]


def test_the_menu_says_what_is_and_gives_colours(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann", "ben"})
    menu = menus.build(canvas, canvas.hit(QPointF(*hand.body("ann"))), QPointF())
    entries = {action.text().replace("&", "").partition("\t")[0]: action for action in menu.actions()}
    assert not entries["Mute"].isChecked()
    colours = {action.text(): action for action in entries["Colour"].menu().actions()}
    assert list(colours) == [*COLOR_NAMES.values(), "None"]
    colours["Blue"].trigger()
    assert [canvas.document.graph.agents[id].color for id in ("ann", "ben")] == ["blue", "blue"]
    assert canvas.document.undo_stack.undoText() == "Draw 2 agents in blue"
    canvas.document.undo_stack.undo()
    assert set(fields(canvas, "color")) == {None}


def test_every_colour_can_be_told_from_its_ground_in_every_theme() -> None:
    for name, look in theme.THEMES.items():
        assert tuple(PAINTS[name]) == AGENT_COLORS
        for value in PAINTS[name].values():
            assert theme.contrast(QColor(value), look.node) >= 3


# locked


def lock(canvas: Canvas, *ids: str) -> None:
    canvas.document.select(ids)
    marking.toggle(canvas, "locked")
    canvas.document.select(())


def test_a_locked_agent_is_not_dragged_and_says_so(canvas: Canvas, hand) -> None:
    lock(canvas, "ann")
    before = state(canvas)
    start = hand.body("ann")
    hand.drag(start, (start[0] + 80, start[1] + 60))
    assert state(canvas) == before
    assert "Ann is locked" in canvas.remark.text()


def test_what_is_not_locked_of_a_selection_moves(canvas: Canvas, hand) -> None:
    lock(canvas, "ann")
    at = dict(canvas.document.graph.positions)
    canvas.document.select({"ann", "ben"})
    start = hand.body("ben")
    hand.drag(start, (start[0] + 80, start[1] + 60))
    now = canvas.document.graph.positions
    assert now["ann"] == at["ann"] and now["ben"] != at["ben"]


def test_a_locked_agent_is_neither_deleted_nor_connected_nor_cut_off(canvas: Canvas, hand) -> None:
    lock(canvas, "ann")
    before = state(canvas)
    canvas.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_Delete)
    assert state(canvas) == before
    edge = next(edge for edge in canvas.document.graph.edges.values() if "ann" in (edge.source, edge.target))
    canvas.document.select({edge.id})
    hand.on_canvas(Qt.Key.Key_Delete)
    assert state(canvas) == before
    hand.on_canvas(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    canvas.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert state(canvas) == before
    assert "locked" in canvas.remark.text()


# collapsed


def test_a_collapsed_card_is_small_from_afar_as_well(make_canvas) -> None:
    canvas = make_canvas(graph_of({"ann": "template", "ben": "template"}))
    canvas.set_zoom(0.1)
    far = canvas.canvas_scene.far
    assert far.isVisible()
    canvas.viewport().repaint()

    def block(id: str) -> tuple[float, float, float, float]:
        canvas.grab()
        return far._blocks.get(id).getCoords()

    whole = block("ann")
    canvas.document.select({"ann"})
    marking.toggle(canvas, "collapsed")
    assert block("ann") == small.box((0.0, 0.0)) != whole
    assert block("ben")[2] - block("ben")[0] == WIDTH
    canvas.document.do("Move", [Move(to={AgentId("ann"): (480.0, 240.0)})])
    assert block("ann") == small.box((480.0, 240.0))
    canvas.document.undo_stack.undo()
    canvas.document.undo_stack.undo()
    assert block("ann") == whole


def test_wires_end_at_the_small_card(canvas: Canvas) -> None:
    wire = canvas.canvas_scene.wires.wires["ann-ben"]
    start, end = wire.curve[0], wire.curve[6]
    canvas.document.select({"ann", "ben"})
    marking.toggle(canvas, "collapsed")
    wire = canvas.canvas_scene.wires.wires["ann-ben"]
    assert (wire.curve[0], wire.curve[6]) == (start - small.IN_X, end + small.IN_X)
    canvas.document.undo_stack.undo()
    wire = canvas.canvas_scene.wires.wires["ann-ben"]
    assert (wire.curve[0], wire.curve[6]) == (start, end)


def test_a_small_card_is_taken_hold_of_where_it_is(canvas: Canvas) -> None:
    canvas.document.select({"ann"})
    marking.toggle(canvas, "collapsed")
    x, y = canvas.canvas_scene.positions["ann"]
    assert canvas.hit(QPointF(x + 60, y + 31)).agent == "ann"
    assert canvas.hit(QPointF(x + 6, y + 6)).agent is None
    assert canvas.hit(QPointF(x + small.IN_X, y + 31)).side == "left"


# lit up


def test_w_lights_up_an_agents_edges_and_escape_puts_it_out(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_W)
    assert canvas.canvas_scene.lit_edges == {"ann-ben"}
    assert canvas.canvas_scene.lit == {"ann", "ben"}
    hand.on_canvas(Qt.Key.Key_W)
    assert canvas.canvas_scene.lit is None
    hand.on_canvas(Qt.Key.Key_W)
    hand.on_canvas(Qt.Key.Key_Escape)
    assert canvas.canvas_scene.lit is None
    assert canvas.document.selection == {"ann"}
    assert canvas.document.undo_stack.count() == 0


def test_a_wire_to_a_locked_agent_is_refused_while_it_is_drawn(canvas: Canvas, hand) -> None:
    lock(canvas, "cat")
    before = state(canvas)
    hand.pull(hand.port("ben", "right"), hand.body("cat"))
    assert canvas.canvas_scene.refused == {"cat"}
    hand.release(hand.body("cat"))
    assert state(canvas) == before
    assert "locked" in canvas.remark.text()


def test_an_end_at_a_locked_agent_stays_where_it_is(canvas: Canvas, hand) -> None:
    lock(canvas, "ann")
    before = state(canvas)
    canvas.document.select({"ann-ben"})
    end = canvas.canvas_scene.wires.wires["ann-ben"].curve[6:]
    hand.drag(end, hand.body("cat"))
    assert state(canvas) == before


def test_a_stroke_cuts_what_is_not_locked(make_canvas, hand_of) -> None:
    ways = (("ann", "ben", "flow"), ("cat", "dan", "flow"))
    graph = graph_of({"ann": "llm", "ben": "llm", "cat": "llm", "dan": "llm"}, ways)
    graph.positions.update({"cat": (0.0, 200.0), "dan": (300.0, 200.0)})
    canvas = make_canvas(graph)
    lock(canvas, "ann")
    hand_of(canvas).drag((242, -40), (242, 290), Qt.KeyboardModifier.ControlModifier, Qt.MouseButton.RightButton)
    assert set(canvas.document.graph.edges) == {"ann-ben"}
    assert "locked" in canvas.remark.text()


def test_a_copy_of_a_locked_agent_can_be_moved(canvas: Canvas) -> None:
    lock(canvas, "ann")
    canvas.document.select({"ann"})
    canvas.duplicate()
    (copy,) = canvas.document.selected_agents
    assert not copy.locked and "locked" not in copy.model_fields_set


def test_a_card_says_in_a_run_that_its_agent_was_left_out() -> None:
    for status, reason in (("skipped", "muted"), ("succeeded", "bypassed")):
        state = AgentState()
        state.status, state.reason = status, reason
        assert captions.state_line(state, 0.0).text == reason
