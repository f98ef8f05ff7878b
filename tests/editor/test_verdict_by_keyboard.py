"""The verdict panel in a whole window: where the keyboard is after what was pressed has gone, and what it lights."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from editor.desk import CTRL, Desk
from quartet.editor.panels.problems_fix import FixSheet
from quartet.editor.panels.verdict import VerdictPanel
from quartet.editor.panels.whatif import WhatIf
from quartet.graph.edits import Set


def click(widget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


@pytest.fixture
def panel(own_desk: Desk) -> VerdictPanel:
    own_desk.window.show_panel("verdict")
    found = own_desk.session.panels["verdict"]
    assert isinstance(found, VerdictPanel)
    return found


def apply(row) -> None:
    """Press a row's button, and Apply on the sheet it opens."""
    row.button.setFocus()
    click(row.button)
    sheet = row.findChild(FixSheet)
    click(sheet.apply)
    sheet.close()


def undone(desk: Desk) -> bool:
    """Whether Ctrl+Z, pressed wherever the keyboard is now, takes the last step back."""
    stack = desk.session.document.undo_stack
    assert stack.index() == 1
    desk.press(Qt.Key.Key_Z, CTRL)
    return stack.index() == 0


def test_a_change_that_was_tried_is_taken_back_by_ctrl_z_at_once(qtbot, own_desk: Desk, panel: VerdictPanel) -> None:
    click(panel.changes.ask)
    qtbot.waitUntil(lambda: bool(panel.changes.rows))
    apply(panel.changes.rows[0])
    own_desk.session.document.judge_now()
    qtbot.waitUntil(lambda: not panel.changes.looking)
    own_desk.window.activateWindow()  # as a window manager does when a sheet has gone
    qtbot.waitUntil(own_desk.window.isActiveWindow)
    assert panel.isAncestorOf(own_desk.focused), "the keyboard stays in the panel"
    assert not own_desk.session.document.highlight_edges, "what the change was about is put out"
    assert undone(own_desk)
    panel.changes.ask.setChecked(False)


def test_a_problem_that_was_fixed_is_taken_back_by_ctrl_z_at_once(own_desk: Desk, panel: VerdictPanel) -> None:
    apply(next(row for row in panel._failing_rows if row.finding.fixes))
    own_desk.session.document.judge_now()
    assert panel.isAncestorOf(own_desk.focused)
    assert undone(own_desk)


def test_the_keyboard_stays_in_a_panel_whose_page_changes(qtbot, own_desk: Desk, monkeypatch) -> None:
    monkeypatch.setattr("quartet.editor.simulator.RUNS", 20)
    own_desk.window.show_panel("whatif")
    what_if = own_desk.session.panels["whatif"]
    assert isinstance(what_if, WhatIf)
    what_if.first.setFocus()
    with qtbot.waitSignal(what_if.simulator.done, timeout=60_000):
        own_desk.press(Qt.Key.Key_Space)
    assert own_desk.focused is what_if.again
    assert not own_desk.session.document.highlight_agents, "no other panel has lit anything"


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_the_popup_that_adds_an_agent_lights_no_problem_up_as_it_closes(own_desk: Desk, end: Qt.Key) -> None:
    document = own_desk.session.document
    own_desk.window.show_panel("problems")
    assert document.findings
    own_desk.session.canvas.setFocus()
    own_desk.press(Qt.Key.Key_Tab)
    own_desk.type("Zebra")
    own_desk.press(end)
    assert own_desk.focused is own_desk.session.canvas
    assert not document.highlight_agents and not document.highlight_edges


def test_inferences_are_accepted_one_after_another_by_the_space_bar(own_desk: Desk, panel: VerdictPanel) -> None:
    document = own_desk.session.document
    edges = [id for id, edge in document.graph.edges.items() if edge.kind == "flow" and edge.on is None]
    for id in edges:
        document.do("As a file that does not say", [Set(section="edges", id=id, values={"inferred": "not said"})])
    document.judge_now()
    rows = len(panel.inferred.rows)
    assert rows > 1
    panel.inferred.rows[0].accept.setFocus(Qt.FocusReason.TabFocusReason)
    edge = panel.inferred.rows[0].inference.edge
    assert document.highlight_edges == {edge}, "whoever comes by the keyboard sees which edge it is"
    own_desk.press(Qt.Key.Key_Space)
    document.judge_now()
    assert edge not in document.highlight_edges
    assert own_desk.focused is panel.inferred.rows[0].accept
    own_desk.press(Qt.Key.Key_Z, CTRL)
    document.judge_now()
    assert panel.inferred.rows[0].inference.edge == edge


def test_a_question_reached_by_tab_lights_its_edges_as_pointing_does(own_desk: Desk, panel: VerdictPanel) -> None:
    document = own_desk.session.document
    row = next(row for row in panel.questions.rows if row.question.edges)
    row.setFocus(Qt.FocusReason.TabFocusReason)
    assert document.highlight_edges == set(row.question.edges)
    own_desk.session.canvas.setFocus()
    assert not document.highlight_edges


def test_the_tree_is_walked_by_keys_in_sight_and_put_out_when_left(own_desk: Desk, panel: VerdictPanel) -> None:
    document = own_desk.session.document
    own_desk.window.resize(1400, 420)
    QApplication.processEvents()
    panel.tree.setFocus()
    own_desk.press(Qt.Key.Key_End)
    assert document.highlight_agents
    last = panel.tree.row_box(len(panel.tree.rows) - 1).center()
    assert panel.area.viewport().rect().contains(panel.tree.mapTo(panel.area.viewport(), last))
    own_desk.press(Qt.Key.Key_Home)
    assert document.highlight_agents == set(document.graph.agents)
    own_desk.session.canvas.setFocus()
    assert not document.highlight_agents
    own_desk.window.resize(1400, 900)
