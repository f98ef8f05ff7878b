"""The outline: the drawing as text, in step with the canvas, searchable, an editor of its own."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from editor.panel_story import Story, judged, newsroom
from quartet.editor import theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.outline import build
from quartet.graph.edits import Add, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph


@pytest.fixture
def parts(qtbot):
    document, live = judged(), Live()
    panel = build(document, live)
    qtbot.addWidget(panel)
    panel.resize(320, 600)
    panel.show()
    yield document, live, panel
    document.close()


def said(panel, parent: QModelIndex = QModelIndex()) -> list[str]:  # noqa: B008
    model = panel.model
    return [model.index(row, 0, parent).data() for row in range(model.rowCount(parent))]


def agents(panel) -> list[str]:
    """The names of all agents, as one reads them."""
    return [panel.model.index_of(node.id).data() for node in panel.model.nodes if node.id is not None]


def read(panel, parent: QModelIndex = QModelIndex(), depth: int = 0) -> list[str]:  # noqa: B008
    """Parts and agents, indented, without the edges."""
    model, found = panel.model, []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        if model.node_of(index) is not None:
            found += ["  " * depth + index.data(), *read(panel, index, depth + 1)]
    return found


def click(qtbot, panel, id: str, held=Qt.KeyboardModifier.NoModifier) -> None:
    at = panel.tree.visualRect(panel.model.index_of(id)).center()
    qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, held, at)


def test_every_agent_is_listed_with_where_its_edges_lead(parts):
    _, _, panel = parts
    assert sorted(agents(panel)) == sorted(agent.name for agent in newsroom().agents.values())
    assert said(panel, panel.model.index_of("facts")) == ["→ Writer", "→ Wire copy on failure"]
    assert said(panel, panel.model.index_of("managing"))[-2:] == ["watches Web research", "watches Archive"]


def test_it_is_a_sound_model_for_qt(parts):
    document, _, panel = parts
    QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
    document.do("Remove", removal(document.graph, [AgentId("writer")]))
    document.undo_stack.undo()
    panel.search.setText("w")


def test_a_click_selects_on_the_canvas_and_the_canvas_selects_here(qtbot, parts):
    document, _, panel = parts
    click(qtbot, panel, "web")
    assert document.selection == {"web"}
    click(qtbot, panel, "archive", Qt.KeyboardModifier.ControlModifier)
    assert document.selection == {"web", "archive"}
    document.select({"facts"})
    assert [index.data() for index in panel.tree.selectionModel().selectedRows()] == ["Collect facts"]


def test_enter_goes_to_the_place(qtbot, parts):
    document, _, panel = parts
    click(qtbot, panel, "web")
    with qtbot.waitSignal(document.revealed) as revealed:
        qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert revealed.args == [{"web"}]


def test_f2_renames_in_place_as_a_step_that_can_be_undone(qtbot, parts):
    document, _, panel = parts
    click(qtbot, panel, "web")
    qtbot.keyClick(panel.tree, Qt.Key.Key_F2)
    editor = panel.tree.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Net research")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: document.graph.agents["web"].name == "Net research")
    assert panel.model.index_of("web").data() == "Net research"
    document.undo_stack.undo()
    assert panel.model.index_of("web").data() == "Web research"


def test_what_is_being_typed_outlasts_a_verdict_and_other_changes(qtbot, parts):
    document, _, panel = parts
    click(qtbot, panel, "web")
    qtbot.keyClick(panel.tree, Qt.Key.Key_F2)
    editor = panel.tree.findChild(QLineEdit)
    editor.selectAll()
    qtbot.keyClicks(editor, "Half a na")
    document.do("Remove", removal(document.graph, [AgentId("writer")]))
    document.judge_now()
    assert panel.tree.findChild(QLineEdit) is editor
    qtbot.keyClicks(editor, "me")
    with qtbot.waitSignal(document.changed):
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert document.graph.agents["web"].name == "Half a name"
    qtbot.waitUntil(lambda: not panel.model.index_of("writer").isValid())


def test_delete_removes_what_is_selected_with_its_edges(qtbot, parts):
    document, _, panel = parts
    click(qtbot, panel, "facts")
    qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert "facts" not in document.graph.agents
    assert not {"e3", "e4", "e5", "f1"} & document.graph.edges.keys()
    assert "Collect facts" not in agents(panel)
    document.undo_stack.undo()
    assert "Collect facts" in agents(panel)


def test_it_follows_what_is_drawn(parts):
    document, _, panel = parts
    fresh = Agent(id=AgentId("photo"), kind="http", name="Photo desk")
    edge = Edge(id=EdgeId("p"), source=AgentId("writer"), target=AgentId("photo"))
    document.do("Add", [Add(section="agents", item=fresh), Add(section="edges", item=edge)])
    assert "Photo desk" in agents(panel)
    assert said(panel, panel.model.index_of("writer")) == ["→ Photo desk"]


def test_search_finds_by_name_and_kind(qtbot, parts):
    _, _, panel = parts
    QTest.keyClicks(panel.search, "WRI")
    assert said(panel) == ["Writer"]
    panel.search.setText("llm")
    assert sorted(said(panel)) == ["Web research", "Writer"]
    panel.search.setText("")
    assert len(agents(panel)) == 7


def test_the_state_of_a_run_is_said_in_words(parts):
    _, live, panel = parts
    Story(live, newsroom()).begin()
    assert panel.model.index_of("web").siblingAtColumn(1).data() == "done"
    spoken = panel.model.data(panel.model.index_of("archive"), Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Archive, Web request, running")


def test_a_read_only_drawing_can_be_read_only(qtbot):
    document = Document(newsroom(), read_only="newer")
    panel = build(document, Live())
    qtbot.addWidget(panel)
    assert not panel.model.flags(panel.model.index_of("web")) & Qt.ItemFlag.ItemIsEditable
    document.select({"web"})
    panel.remove_selected()
    assert "web" in document.graph.agents
    document.close()


def test_an_empty_drawing_says_so(qtbot):
    document = judged(Graph())
    panel = build(document, Live())
    qtbot.addWidget(panel)
    assert not panel.pages.has_content
    document.close()


def test_another_theme_has_the_rows_laid_out_once_and_only_where_they_are_seen(qtbot, qapp, parts, monkeypatch):
    _, _, panel = parts
    qtbot.waitExposed(panel)
    panel.tree.viewport().repaint()
    asked: list[str | None] = []
    id_of = panel.model.id_of

    def counted(index):
        asked.append(id_of(index))
        return asked[-1]

    monkeypatch.setattr(panel.model, "id_of", counted)
    before = theme.current().name
    theme.apply(qapp, "light" if theme.current().dark else "dark")
    assert asked == []
    panel.tree.viewport().repaint()
    assert "web" in asked
    row = panel.tree.visualRect(panel.model.index_of("web"))
    assert row.height() > 0 and panel.tree.indexAt(row.center()) == panel.model.index_of("web")
    theme.apply(qapp, before)
