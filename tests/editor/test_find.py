"""The find panel: words and traits, going there, replacing as one step, and the canvas fading what is not meant."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from editor.panel_story import Story, judged
from quartet.editor.live import Live
from quartet.editor.panels.find import build
from quartet.graph.edits import Set, SetGraph, removal
from quartet.graph.model import AgentId


@pytest.fixture
def parts(qtbot):
    document, live = judged(), Live()
    panel = build(document, live)
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    yield document, live, panel
    document.close()


def ask(panel, text: str) -> None:
    panel.field.setFocus()
    panel.field.selectAll()
    QTest.keyClicks(panel.field, text) if text else panel.field.clear()
    panel.look()


def rows(panel) -> list[str]:
    return [panel.model.index(row, 0).data() for row in range(panel.model.rowCount())]


def press(widget, key, held=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, key, held)


def test_it_is_a_sound_model_for_qt_and_lists_what_is_found(parts):
    _, _, panel = parts
    QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    ask(panel, "writer")
    assert rows(panel)[0].startswith("Writer, Name, Writer")
    assert panel.told.text().startswith("1 place")
    ask(panel, "zebra")
    assert rows(panel) == [] and not panel.pages.has_content
    ask(panel, "")
    assert rows(panel) == []


def test_typing_is_looked_for_after_a_moment(qtbot, parts):
    _, _, panel = parts
    QTest.keyClicks(panel.field, "wri")
    assert rows(panel) == []
    qtbot.waitUntil(lambda: bool(rows(panel)))


def test_enter_goes_from_row_to_row_and_shift_enter_back(qtbot, parts):
    document, _, panel = parts
    ask(panel, "re")
    seen = []
    document.revealed.connect(seen.append)
    press(panel.field, Qt.Key.Key_Return)
    first = document.selection
    press(panel.field, Qt.Key.Key_Return)
    assert document.selection != first and len(seen) == 2
    press(panel.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert document.selection == first
    press(panel.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert panel.list.currentIndex().row() == panel.model.rowCount() - 1


def test_arrow_down_leads_into_the_list_and_a_click_goes_there(qtbot, parts):
    document, _, panel = parts
    ask(panel, "facts")
    press(panel.field, Qt.Key.Key_Down)
    assert panel.list.hasFocus() or panel.list.currentIndex().row() == 0
    document.select([])
    at = panel.list.visualRect(panel.model.index(0, 0)).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert document.selection == {"facts"}


def test_replacing_all_is_one_step_back(parts):
    document, _, panel = parts
    ask(panel, "Writer")
    panel.by.setText("Author")
    steps = document.undo_stack.count()
    panel.all.click()
    assert document.graph.agents[AgentId("writer")].name == "Author"
    assert rows(panel) == [] and document.undo_stack.count() == steps + 1
    document.undo_stack.undo()
    assert document.graph.agents[AgentId("writer")].name == "Writer"
    panel.look()
    assert rows(panel)


def test_replacing_one_goes_on_to_the_next(parts):
    document, _, panel = parts
    for id in ("web", "archive"):
        document.do("Describe", [Set(section="agents", id=id, values={"description": "an owl"})])
    ask(panel, "owl")
    panel.by.setText("elk")
    press(panel.by, Qt.Key.Key_Return)
    told = [document.graph.agents[AgentId(id)].description for id in ("web", "archive")]
    assert sorted(told) == ["an elk", "an owl"]
    press(panel.by, Qt.Key.Key_Return)
    assert not rows(panel)


def test_a_read_only_drawing_can_be_searched_and_not_replaced(parts):
    document, _, panel = parts
    document.read_only = "This file is from a newer version."
    ask(panel, "writer")
    assert rows(panel) and not panel.all.isEnabled() and not panel.one.isEnabled()


def test_an_expression_that_is_none_says_so(parts):
    _, _, panel = parts
    panel.pattern.click()
    ask(panel, "(")
    assert not panel.pages.has_content
    assert "no regular expression" in panel.empty._text.text()


def test_a_trait_shows_its_agents_alone_and_the_canvas_is_told(parts):
    document, live, panel = parts
    story = Story(live, document.graph)
    story.begin()
    story.end()
    live.flush()
    panel.set_filters({"failed"})
    assert [row.split(",")[0] for row in rows(panel)] == ["Archive", "Collect facts"]
    assert document.shown_only == {"archive", "facts"}
    panel.set_filters({"failed", "error"})
    assert document.shown_only is not None and document.shown_only <= {"archive", "facts"}
    ask(panel, "writer")
    assert rows(panel) == []
    press(panel.field, Qt.Key.Key_Escape)
    assert panel.filters == set() and document.shown_only is None


def test_without_a_run_no_agent_is_in_a_state_and_it_says_why(parts):
    _, _, panel = parts
    panel.set_filters({"failed"})
    assert rows(panel) == [] and "no run yet" in panel.empty._text.text()


def test_escape_gives_the_keyboard_back(qtbot, parts):
    _, _, panel = parts
    with qtbot.waitSignal(panel.left):
        press(panel.field, Qt.Key.Key_Escape)


def test_what_nobody_sees_fades_nothing(parts):
    document, _, panel = parts
    panel.set_filters({"idle", "error", "warning", "advice"})
    panel.set_filters({"error"})
    assert document.shown_only is not None
    panel.hide()
    assert document.shown_only is None
    panel.show()
    assert document.shown_only is not None


def test_what_was_removed_is_no_longer_listed(qtbot, parts):
    document, _, panel = parts
    ask(panel, "writer")
    before = len(rows(panel))
    document.do("Remove", removal(document.graph, [AgentId("writer")]))
    qtbot.waitUntil(lambda: len(rows(panel)) < before)


def test_what_is_found_in_a_sub_graph_is_shown_where_it_is(qtbot, parts):
    document, _, panel = parts
    inner = {"agents": [{"id": "x", "kind": "llm", "name": "Zebra"}]}
    document.do("Add", [SetGraph(values={"graphs.inner": inner})])
    ask(panel, "zebra")
    assert rows(panel)[0].startswith("Zebra, Name · in inner")
    with qtbot.waitSignal(document.inside_wanted) as wanted:
        press(panel.field, Qt.Key.Key_Return)
    assert wanted.args == ["inner", ["x"]]
