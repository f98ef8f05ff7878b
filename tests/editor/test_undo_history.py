"""The undo history as a list: every step, going to any of them at once, what was saved and run among them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from editor.desk import CTRL, Desk
from editor.panel_story import newsroom
from quartet.editor.document import Document
from quartet.editor.panels.undo_history import UndoHistory
from quartet.editor.panels.undo_model import UndoModel
from quartet.editor.travelling import go_to
from quartet.graph.edits import Add, Move, Set, removal
from quartet.graph.model import Agent, AgentId


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    for number in range(3):
        own_desk.session.document.do(f"Move it {number}", [Move(to={AgentId("web"): (number * 50.0, 10.0)})])
    return own_desk


@pytest.fixture
def panel(desk: Desk) -> UndoHistory:
    found = desk.session.panels["history"]
    assert isinstance(found, UndoHistory)
    desk.window.show_panel("history")
    return found


def rows(panel: UndoHistory) -> list[str]:
    return [panel.model.index(row).data() for row in range(panel.model.rowCount())]


def test_every_step_is_listed_and_the_current_one_is_said(desk: Desk, panel: UndoHistory) -> None:
    assert rows(panel) == ["As it was opened", "Move it 0", "Move it 1", "Move it 2"]
    desk.press(Qt.Key.Key_Z, CTRL)
    spoken = [panel.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)]
    assert spoken[2].startswith("Move it 1, now") and spoken[3].startswith("Move it 2, undone")


def test_it_is_a_sound_model_for_qt(desk: Desk, panel: UndoHistory) -> None:
    tester = QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    stack = desk.session.document.undo_stack
    stack.setIndex(1)
    desk.session.document.do("Another way", [Move(to={AgentId("web"): (7.0, 7.0)})])
    stack.undo()
    assert rows(panel)[1:] == ["Move it 0", "Another way"]
    del tester


def test_a_click_and_enter_go_there(desk: Desk, panel: UndoHistory, qtbot: object) -> None:
    graph = desk.session.document.graph
    at = panel.list.visualRect(panel.model.index(1)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)  # type: ignore[attr-defined]
    assert graph.positions[AgentId("web")] == (0.0, 10.0) and panel.model.current == 1
    panel.list.setFocus()
    desk.press(Qt.Key.Key_Down)
    desk.press(Qt.Key.Key_Down)
    assert panel.model.current == 1
    desk.press(Qt.Key.Key_Return)
    assert graph.positions[AgentId("web")] == (100.0, 10.0)


def test_many_steps_are_told_of_as_one_change_and_what_came_and_went_as_none(desk: Desk, panel: UndoHistory) -> None:
    document = desk.session.document
    document.do("Add", [Add(section="agents", item=Agent(id=AgentId("fresh"), kind="llm", name="Fresh"), at=(0, 0))])
    document.do("Remove", removal(document.graph, [AgentId("fresh")]))
    document.do("Rename", [Set(section="agents", id="web", values={"name": "Net"})])
    told = []
    document.changed.connect(told.append)
    panel.go(0)
    panel.go(6)
    panel.go(0)
    document.changed.disconnect(told.append)
    assert [change.agents for change in told] == [{"web"}] * 3
    assert document.graph.agents[AgentId("web")].name == "Web research" and not document.modified


def test_what_was_saved_is_marked_until_another_step_takes_its_place(desk: Desk, panel: UndoHistory) -> None:
    assert [mark.text for mark in panel.model.marks(0)] == ["Saved"]
    desk.session.document.undo_stack.setClean()
    assert not panel.model.marks(0) and [mark.text for mark in panel.model.marks(3)] == ["Saved"]


def test_a_run_is_marked_at_the_drawing_that_ran(desk: Desk, panel: UndoHistory) -> None:
    panel.go(2)
    runner, live = desk.session.runner, desk.session.live
    panel._live.rehearsal = True
    before = type(runner).running
    try:
        type(runner).running = property(lambda self: True)  # type: ignore[assignment]
        runner.changed.emit()
        runner.changed.emit()
    finally:
        type(runner).running = before  # type: ignore[method-assign]
        runner.changed.emit()
    live.rehearsal = False
    assert [mark.text.split()[0] for mark in panel.model.marks(2)] == ["Rehearsed"]
    desk.session.document.undo_stack.undo()
    desk.session.document.do("Another way", [Move(to={AgentId("web"): (7.0, 7.0)})])
    assert not panel.model.marks(2)


def test_a_thousand_steps_are_gone_through_as_one_change(qapp: object) -> None:
    document = Document(newsroom())
    model = UndoModel(document)
    for number in range(1000):
        document.do(f"Step {number}", [Move(to={AgentId("web"): (float(number), 0.0)})])
    told = []
    document.changed.connect(told.append)
    go_to(document, 3)
    assert document.graph.positions[AgentId("web")] == (2.0, 0.0)
    go_to(document, 1000)
    assert len(told) == 2 and model.current == 1000 and model.rowCount() == 1001
    document.close()
