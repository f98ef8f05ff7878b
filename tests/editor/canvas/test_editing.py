"""The keyboard, the clipboard, drops from the palette, menus, and editing in place."""

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from quartet.editor.canvas import hits, menus
from quartet.editor.canvas.drops import FRAGMENT, KIND
from quartet.editor.canvas.view import Canvas
from quartet.graph import files
from quartet.graph.model import Agent, Edge, Graph

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def state(canvas: Canvas) -> str:
    return files.dumps(canvas.document.graph)


def carrying(kind: str, data: bytes) -> QMimeData:
    mime = QMimeData()
    mime.setData(kind, data)
    return mime


# keys


def test_delete_takes_agents_with_their_edges_in_one_step(canvas: Canvas, hand) -> None:
    before = state(canvas)
    canvas.document.select({"ben"})
    hand.on_canvas(Qt.Key.Key_Delete)
    assert set(canvas.document.graph.agents) == {"ann", "cat"}
    assert not canvas.document.graph.edges
    assert set(canvas.canvas_scene.cards) == {"ann", "cat"}
    assert canvas.document.undo_stack.undoText() == "Delete Ben"
    canvas.document.undo_stack.undo()
    assert state(canvas) == before
    assert set(canvas.canvas_scene.cards) == {"ann", "ben", "cat"}
    assert set(canvas.canvas_scene.wires.wires) == {"ann-ben"}


@pytest.mark.parametrize("id", ["ann-ben", "box", "memo"])
def test_delete_takes_edges_frames_and_notes(canvas: Canvas, hand, id) -> None:
    canvas.document.select({id})
    hand.on_canvas(Qt.Key.Key_Backspace)
    assert not canvas.document.has(id)
    canvas.document.undo_stack.undo()
    assert canvas.document.has(id)


def test_arrows_walk_from_agent_to_agent(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_Right)
    assert canvas.document.selection == {"ben"}
    hand.on_canvas(Qt.Key.Key_Right)
    assert canvas.document.selection == {"cat"}
    hand.on_canvas(Qt.Key.Key_Left, SHIFT)
    assert canvas.document.selection == {"ben", "cat"}
    hand.on_canvas(Qt.Key.Key_Up)
    assert canvas.document.selection == {"ben", "cat"}


def test_the_first_arrow_key_selects_the_agent_in_the_middle(canvas: Canvas, hand) -> None:
    canvas.centerOn(90, 30)
    hand.on_canvas(Qt.Key.Key_Down)
    assert canvas.document.selection == {"ann"}


@pytest.mark.parametrize(("held", "step"), [(CTRL, 4), (CTRL | SHIFT, 24)])
def test_ctrl_and_arrows_nudge(canvas: Canvas, hand, held, step) -> None:
    canvas.document.select({"ann", "memo"})
    hand.on_canvas(Qt.Key.Key_Down, held)
    assert canvas.document.graph.positions["ann"] == (0, step)
    assert canvas.document.graph.notes["memo"].y == 200 + step
    canvas.document.undo_stack.undo()
    assert canvas.document.graph.positions["ann"] == (0, 0)


def test_nudges_in_a_row_are_one_step_and_there_and_back_is_none(canvas: Canvas, hand) -> None:
    stack = canvas.document.undo_stack
    canvas.document.select({"ann", "memo"})
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        hand.on_canvas(key, CTRL)
    assert stack.count() == 1
    assert canvas.document.graph.positions["ann"] == (4, 8)
    canvas.document.select({"ben"})
    hand.on_canvas(Qt.Key.Key_Left, CTRL)
    assert stack.count() == 2
    hand.on_canvas(Qt.Key.Key_Right, CTRL)
    assert stack.count() == 1
    stack.undo()
    assert canvas.document.graph.positions["ann"] == (0, 0)
    assert canvas.document.graph.notes["memo"].y == 200
    stack.redo()
    assert canvas.document.graph.positions["ann"] == (4, 8)
    assert canvas.document.graph.notes["memo"].y == 208


def test_escape_lets_go_of_evidence_first_and_then_of_the_selection(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    canvas.document.highlight({"ann-ben"})
    assert canvas.canvas_scene.lit == {"ann", "ben"}
    hand.on_canvas(Qt.Key.Key_Escape)
    assert canvas.canvas_scene.lit is None
    assert canvas.document.selection == {"ann"}
    hand.on_canvas(Qt.Key.Key_Escape)
    assert canvas.document.selection == frozenset()


def test_enter_asks_for_the_inspector(canvas: Canvas, hand, qtbot) -> None:
    canvas.document.select({"ann", "ben"})
    with qtbot.waitSignal(canvas.inspect_requested) as asked:
        hand.on_canvas(Qt.Key.Key_Return)
    assert asked.args == [{"ann", "ben"}]


def test_select_all_undo_and_redo_by_key(canvas: Canvas, hand) -> None:
    hand.on_canvas(Qt.Key.Key_A, CTRL)
    assert canvas.document.selection == {"ann", "ben", "cat", "ann-ben", "box", "memo"}
    hand.on_canvas(Qt.Key.Key_Delete)
    assert not canvas.document.graph.agents
    assert canvas.empty.isVisible()
    hand.on_canvas(Qt.Key.Key_Z, CTRL)
    assert len(canvas.document.graph.agents) == 3
    assert not canvas.empty.isVisible()
    hand.on_canvas(Qt.Key.Key_Z, CTRL | SHIFT)
    assert not canvas.document.graph.agents


# clipboard


def test_copied_text_is_a_file_and_pastes_with_fresh_ids(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann", "ben", "memo"})
    hand.on_canvas(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    assert set(files.loads(text).graph.agents) == {"ann", "ben"}
    before = state(canvas)
    hand.on_canvas(Qt.Key.Key_V, CTRL)
    graph = canvas.document.graph
    assert len(graph.agents) == 5
    assert len(graph.edges) == 2
    assert len(graph.notes) == 2
    assert canvas.document.selection.isdisjoint({"ann", "ben", "cat", "memo"})
    assert canvas.document.undo_stack.undoText() == "Paste 2 agents"
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_pasted_agents_keep_their_arrangement_on_the_grid(canvas: Canvas) -> None:
    canvas.document.select({"ann", "ben"})
    canvas.copy()
    canvas.paste(QPointF(1000, 1000))
    first, second = (canvas.document.graph.positions[id] for id in sorted(canvas.document.selection))
    assert (second[0] - first[0], second[1] - first[1]) == (300, 0)
    assert abs((first[0] + second[0] + 184) / 2 - 1000) <= 4


def test_cut_copies_and_takes_away(canvas: Canvas, hand) -> None:
    canvas.document.select({"cat"})
    hand.on_canvas(Qt.Key.Key_X, CTRL)
    assert "cat" not in canvas.document.graph.agents
    assert canvas.document.undo_stack.undoText() == "Cut Cat"
    hand.on_canvas(Qt.Key.Key_V, CTRL)
    assert canvas.document.graph.agents["cat"].name == "Cat"


def test_duplicate_stands_a_little_aside(canvas: Canvas, hand) -> None:
    canvas.document.select({"cat"})
    hand.on_canvas(Qt.Key.Key_D, CTRL)
    (fresh,) = canvas.document.selection
    assert canvas.document.graph.positions[fresh] == (624, 24)


def test_node_link_text_can_be_pasted(canvas: Canvas) -> None:
    QGuiApplication.clipboard().setText(
        '{"directed": true, "nodes": [{"id": "x", "pos": [0, 0]}, {"id": "y", "pos": [300, 0]}],'
        ' "edges": [{"source": "x", "target": "y", "kind": "flow"}]}'
    )
    canvas.paste(QPointF(0, 600))
    assert {"x", "y"} <= set(canvas.document.graph.agents)


def test_what_is_no_graph_is_explained_and_changes_nothing(canvas: Canvas) -> None:
    before = state(canvas)
    QGuiApplication.clipboard().setText("Dear all, ")
    canvas.paste()
    assert state(canvas) == before
    assert canvas.remark.isVisible()
    assert canvas.remark.text()
    assert canvas.document.undo_stack.count() == 0


# drops


def test_a_kind_dropped_becomes_an_agent_under_the_pointer(canvas: Canvas, hand) -> None:
    hand.drop(carrying(KIND, b"template"), (700, 400))
    (id,) = canvas.document.selection
    agent = canvas.document.graph.agents[id]
    assert agent.kind == "template"
    x, y = canvas.document.graph.positions[id]
    assert abs(x + 92 - 700) <= 4 and abs(y + 31 - 400) <= 4
    assert (x % 4, y % 4) == (0, 0)
    hand.drop(carrying(KIND, b"template"), (700, 500))
    names = [agent.name for agent in canvas.document.graph.agents.values()]
    assert len(set(names)) == len(names)


def test_a_drag_from_the_palette_shows_where_it_would_stand_and_leaves_no_trace(canvas: Canvas, hand) -> None:
    items = len(canvas.canvas_scene.items())
    assert hand.carry(carrying(KIND, b"template"), (700, 400)).isAccepted()
    assert len(canvas.canvas_scene.items()) == items + 1
    hand.leave()
    assert len(canvas.canvas_scene.items()) == items
    assert canvas.document.undo_stack.count() == 0


def test_a_pattern_dropped_is_inserted_whole_in_one_step(canvas: Canvas, hand) -> None:
    piece = Graph(name="Pipeline")
    for i, id in enumerate(("one", "two")):
        piece.agents[id] = Agent(id=id, kind="template", name=id)
        piece.positions[id] = (i * 260.0, 0.0)
    piece.edges["e"] = Edge(id="e", source="one", target="two")
    hand.drop(carrying(FRAGMENT, files.dumps(piece).encode()), (400, 500))
    assert {"one", "two"} <= set(canvas.document.graph.agents)
    assert canvas.document.undo_stack.undoText() == "Insert Pipeline"
    assert canvas.document.selection == {"one", "two"}


def test_an_unknown_kind_is_refused_with_a_reason(canvas: Canvas) -> None:
    assert not canvas.insert(carrying(KIND, b"no such kind"))
    assert "no such kind" in canvas.remark.text()


def test_other_things_cannot_be_dropped(canvas: Canvas, hand) -> None:
    mime = QMimeData()
    mime.setColorData("red")
    assert not hand.carry(mime, (700, 400)).isAccepted()


def test_nothing_can_be_dropped_on_a_read_only_document(canvas: Canvas, hand) -> None:
    canvas.document.read_only = "It was made by a newer version."
    assert not hand.carry(carrying(KIND, b"template"), (700, 400)).isAccepted()


# in place


def typed(canvas: Canvas, text: str) -> None:
    editor = canvas.inline.editor
    assert isinstance(editor, QLineEdit)
    editor.setText(text)


def end(canvas: Canvas, hand, key: Qt.Key) -> None:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QKeyEvent

    editor = canvas.inline.editor
    target = canvas.inline.bar.when if editor is canvas.inline.bar else editor
    QApplication.sendEvent(target, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def test_f2_renames_on_the_card(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    hand.on_canvas(Qt.Key.Key_F2)
    typed(canvas, "Anna")
    end(canvas, hand, Qt.Key.Key_Return)
    assert canvas.document.graph.agents["ann"].name == "Anna"
    assert canvas.inline.editor is None
    canvas.document.undo_stack.undo()
    assert canvas.document.graph.agents["ann"].name == "Ann"


def test_escape_keeps_the_name(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    canvas.rename_selected()
    typed(canvas, "Anna")
    end(canvas, hand, Qt.Key.Key_Escape)
    assert canvas.document.graph.agents["ann"].name == "Ann"
    assert canvas.document.undo_stack.count() == 0


def test_a_click_elsewhere_takes_the_name_over(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    canvas.rename_selected()
    typed(canvas, "Anna")
    hand.click((500, 150))
    assert canvas.document.graph.agents["ann"].name == "Anna"


def test_an_empty_name_is_not_taken_over(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann"})
    canvas.rename_selected()
    typed(canvas, "  ")
    end(canvas, hand, Qt.Key.Key_Return)
    assert canvas.document.graph.agents["ann"].name == "Ann"


def test_a_double_click_on_a_note_edits_its_text(canvas: Canvas, hand) -> None:
    hand.double_click((450, 240))
    editor = canvas.inline.editor
    assert isinstance(editor, QPlainTextEdit)
    editor.setPlainText("Else")
    hand.click((700, 500))
    assert canvas.document.graph.notes["memo"].text == "Else"


def test_escape_ends_the_typing_in_a_note_and_loses_none_of_it(canvas: Canvas, hand) -> None:
    canvas.document.select({"memo"})
    canvas.rename_selected()
    assert isinstance(canvas.inline.editor, QPlainTextEdit)
    canvas.inline.editor.setPlainText("Two\nlines")
    end(canvas, hand, Qt.Key.Key_Escape)
    assert canvas.inline.editor is None
    assert canvas.document.graph.notes["memo"].text == "Two\nlines"
    canvas.document.undo_stack.undo()
    assert canvas.document.graph.notes["memo"].text == "Watch *this*"


def test_a_double_click_on_the_pill_of_an_edge_edits_its_condition(canvas: Canvas, hand) -> None:
    edge = canvas.document.graph.edges["ann-ben"]
    canvas.document.graph.edges["ann-ben"] = edge.model_copy(update={"when": "visit > 1"})
    canvas.canvas_scene.wires.sync(["ann-ben"])
    canvas.viewport().grab()  # a pill is laid out when it is painted
    hand.double_click((242, 31))
    assert canvas.inline.editor is canvas.inline.bar
    canvas.inline.bar.when.setText("value > 3")
    end(canvas, hand, Qt.Key.Key_Return)
    assert canvas.document.graph.edges["ann-ben"].when == "value > 3"
    canvas.document.undo_stack.undo()
    assert canvas.document.graph.edges["ann-ben"].when == "visit > 1"


def test_enter_edits_the_condition_of_the_selected_edge(canvas: Canvas, hand) -> None:
    canvas.document.select({"ann-ben"})
    hand.on_canvas(Qt.Key.Key_Return)
    assert canvas.inline.editor is canvas.inline.bar


def test_a_wrong_condition_is_marked_while_it_is_typed(canvas: Canvas) -> None:
    canvas.inline.edit_edge("ann-ben")
    canvas.inline.bar.when.textEdited.emit("value >")
    assert canvas.inline.bar.when.property("wrong") == "true"
    assert canvas.inline.bar.when.toolTip()
    canvas.inline.bar.when.textEdited.emit("value > 1")
    assert canvas.inline.bar.when.property("wrong") == "false"


def test_the_kind_is_chosen_on_the_edge(canvas: Canvas) -> None:
    canvas.inline.edit_edge("ann-ben")
    box = canvas.inline.bar.kind
    box.setCurrentIndex(box.findData("handoff"))
    box.activated.emit(box.currentIndex())
    assert canvas.document.graph.edges["ann-ben"].kind == "handoff"


def test_nothing_is_edited_in_a_read_only_document(canvas: Canvas) -> None:
    canvas.document.read_only = "It was made by a newer version."
    canvas.document.select({"ann"})
    canvas.rename_selected()
    assert canvas.inline.editor is None
    assert canvas.remark.text() == "It was made by a newer version."


# menus


def actions(menu) -> dict[str, object]:
    return {action.text().replace("&", "").split("\t")[0]: action for action in menu.actions() if action.text()}


def test_the_menu_of_the_canvas_adds_where_it_was_opened(canvas: Canvas, qtbot) -> None:
    menu = menus.build(canvas, hits.Hit(), QPointF(700, 420))
    inner = actions(menu)["Add an Agent"].menu()
    actions(inner)["Template"].trigger()
    (id,) = canvas.document.selection
    assert abs(canvas.document.graph.positions[id][0] + 92 - 700) <= 4


def test_the_menu_of_an_edge_changes_its_kind_and_turns_it_round(canvas: Canvas) -> None:
    menu = menus.build(canvas, hits.Hit(edge="ann-ben"), QPointF())
    actions(menu)["Turn Round"].trigger()
    edge = canvas.document.graph.edges["ann-ben"]
    assert (edge.source, edge.target) == ("ben", "ann")
    actions(menus.build(canvas, hits.Hit(edge="ann-ben"), QPointF()))["Watches"].trigger()
    assert canvas.document.graph.edges["ann-ben"].kind == "supervise"


def test_a_frame_is_put_around_what_is_selected(canvas: Canvas) -> None:
    canvas.document.select({"ann", "ben"})
    actions(menus.build(canvas, hits.Hit(agent="ann"), QPointF()))["Frame Around Selection"].trigger()
    (fresh,) = set(canvas.document.graph.frames) - {"box"}
    frame = canvas.document.graph.frames[fresh]
    assert frame.x < 0 and frame.x + frame.width > 484


def test_the_menu_of_a_read_only_document_offers_only_what_changes_nothing(canvas: Canvas) -> None:
    canvas.document.read_only = "It was made by a newer version."
    menu = menus.build(canvas, hits.Hit(agent="ann"), QPointF())
    enabled = {text for text, action in actions(menu).items() if action.isEnabled()}
    assert enabled == {"Inspect", "Copy", "Zoom to Selection", "Light Up Its Edges"}
