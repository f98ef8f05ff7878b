"""Sub-graphs in the outline: their agents below the agent that stands for them, read and edited in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QLineEdit

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from editor.panel_story import judged
from quartet.editor.inside import InnerDocument
from quartet.editor.live import Live
from quartet.editor.panels.outline import Outline, build
from quartet.editor.panels.outline_inside import root_of as outline_root
from quartet.graph import files
from quartet.graph.edits import Within, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph


def agent(id: str, kind: str = "template", **config: str) -> Agent:
    return Agent(id=AgentId(id), kind=kind, name=id.title(), config=config)


def flow(source: str, target: str) -> Edge:
    return Edge(id=EdgeId(f"{source}-{target}"), source=AgentId(source), target=AgentId(target), kind="flow")


def drawn(agents: list[Agent], edges: tuple[Edge, ...] = ()) -> Graph:
    graph = Graph()
    for row, one in enumerate(agents):
        graph.agents[one.id] = one
        graph.positions[one.id] = (300.0 * row, 0.0)
    graph.edges.update({edge.id: edge for edge in edges})
    return graph


def nested() -> Graph:
    """Ask → Research → Tell; inside Research: Search → Dig → Sum, where Dig stands for Find → Read."""
    graph = drawn(
        [agent("ask"), agent("research", "graph", graph="research"), agent("tell")],
        (flow("ask", "research"), flow("research", "tell")),
    )
    graph.graphs["research"] = drawn(
        [agent("search"), agent("dig", "graph", graph="dig"), agent("sum")], (flow("search", "dig"), flow("dig", "sum"))
    )
    graph.graphs["dig"] = drawn([agent("find"), agent("read")], (flow("find", "read"),))
    return graph


@pytest.fixture
def outline(qtbot):
    document = judged(nested())
    panel = build(document, Live())
    qtbot.addWidget(panel)
    panel.resize(320, 600)
    panel.show()
    yield panel
    document.close()


def row_of(panel: Outline, name: str, parent: QModelIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
    """The row of a name, of those that are read; invalid if there is none."""
    for row in range(panel.model.rowCount(parent)):
        index = panel.model.index(row, 0, parent)
        found = index if index.data() == name else row_of(panel, name, index)
        if found.isValid():
            return found
    return QModelIndex()


def go(panel: Outline, name: str) -> QModelIndex:
    index = row_of(panel, name)
    assert index.isValid(), name
    panel.tree.setCurrentIndex(index)
    return index


def opened(panel: Outline, qtbot, *names: str) -> None:
    """Open rows by the keyboard."""
    for name in names:
        go(panel, name)
        qtbot.keyClick(panel.tree, Qt.Key.Key_Right)


def children(panel: Outline, name: str) -> list[str]:
    index = row_of(panel, name)
    return [panel.model.index(row, 0, index).data() for row in range(panel.model.rowCount(index))]


def typed(panel: Outline, qtbot, text: str) -> None:
    qtbot.keyClick(panel.tree, Qt.Key.Key_F2)
    editor = panel.tree.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    with qtbot.waitSignal(outline_root(panel.document).stepped):
        qtbot.keyClick(editor, Qt.Key.Key_Return)


def test_a_sub_graph_is_read_when_its_row_is_opened_and_deeper_ones_in_it(qtbot, outline):
    assert not row_of(outline, "Search").isValid()
    opened(outline, qtbot, "Research")
    assert children(outline, "Research") == ["Pipeline", "→ Tell"]
    for name in ("Search", "Dig", "Sum"):
        assert row_of(outline, name).isValid()
    assert outline.tree.isExpanded(row_of(outline, "Search").parent())
    opened(outline, qtbot, "Dig")
    assert children(outline, "Find") == ["→ Read"]
    row = row_of(outline, "Read")
    spoken = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Read, ")


def test_it_is_a_sound_model_for_qt(qtbot, outline):
    QAbstractItemModelTester(outline.model, QAbstractItemModelTester.FailureReportingMode.Fatal, outline)
    opened(outline, qtbot, "Research", "Dig")
    outline.document.do("Remove", removal(outline.document.graph, [AgentId("ask")]))
    outline.document.undo_stack.undo()
    outline.search.setText("d")


def test_an_agent_inside_is_renamed_as_one_step_and_stays_current(qtbot, outline):
    document = outline.document
    before = files.dumps(document.graph)
    opened(outline, qtbot, "Research")
    go(outline, "Search")
    typed(outline, qtbot, "Look")
    assert document.graph.graphs["research"].agents["search"].name == "Look"
    document.judge_now()
    assert outline.tree.currentIndex().data() == "Look"
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert files.dumps(document.graph) == before
    assert row_of(outline, "Search").isValid()


def test_the_condition_of_an_edge_inside_is_changed(qtbot, outline):
    opened(outline, qtbot, "Research", "Search")
    go(outline, "→ Dig")
    typed(outline, qtbot, "value != ''")
    assert outline.document.graph.graphs["research"].edges["search-dig"].when == "value != ''"


def test_delete_takes_agents_of_both_drawings_away_in_one_step(qtbot, outline):
    document = outline.document
    before = files.dumps(document.graph)
    opened(outline, qtbot, "Research", "Dig")
    go(outline, "Find")
    held = outline.tree.selectionModel().SelectionFlag
    outline.tree.selectionModel().select(row_of(outline, "Ask"), held.Select | held.Rows)
    assert document.selection == {"ask"}
    qtbot.keyClick(outline.tree, Qt.Key.Key_Delete)
    assert "find" not in document.graph.graphs["dig"].agents
    assert "ask" not in document.graph.agents
    assert {"research", "tell"} == set(document.graph.agents)
    document.undo_stack.undo()
    assert files.dumps(document.graph) == before


def test_an_agent_inside_is_no_selection_of_the_canvas_and_enter_goes_there(qtbot, outline):
    document = outline.document
    document.select({"ask"})
    opened(outline, qtbot, "Research")
    go(outline, "Search")
    assert document.selection == frozenset()
    with qtbot.waitSignal(document.inside_wanted) as wanted:
        qtbot.keyClick(outline.tree, Qt.Key.Key_Return)
    assert wanted.args == ["research", {"search"}]


def test_it_follows_what_is_drawn_inside(qtbot, outline):
    document = outline.document
    opened(outline, qtbot, "Research", "Dig")
    inner = InnerDocument(document, "dig")
    inner.do("Remove", removal(inner.graph, [AgentId("find")]))
    assert not row_of(outline, "Find").isValid()
    assert row_of(outline, "Read").isValid()
    document.undo_stack.undo()
    assert row_of(outline, "Find").isValid()
    document.do("Remove", removal(document.graph, [AgentId("research")]))
    assert not row_of(outline, "Search").isValid()
    document.undo_stack.undo()
    assert row_of(outline, "Search").isValid()
    inner.close()


def test_search_finds_agents_inside_and_says_where(qtbot, outline):
    QTest.keyClicks(outline.search, "fin")
    index = outline.model.index(0, 0)
    assert (index.data(), index.siblingAtColumn(1).data()) == ("Find", "in Research › Dig")
    outline.tree.setCurrentIndex(index)
    typed(outline, qtbot, "Find all")
    assert outline.document.graph.graphs["dig"].agents["find"].name == "Find all"


def test_a_sub_graph_that_two_agents_stand_for_is_shown_below_both_and_changes_in_both(qtbot):
    graph = nested()
    graph.agents[AgentId("again")] = agent("again", "graph", graph="dig")
    document = judged(graph)
    panel = build(document, Live())
    qtbot.addWidget(panel)
    panel.show()
    opened(panel, qtbot, "Again", "Research", "Dig")
    document.do("Rename", [Within(graph="dig", edits=(*_renamed("find", "Seek"),))])
    names = [panel.model.data(panel.model.index_inside(place)) for place in panel.model._inner]
    assert names.count("Seek") == 2
    document.close()


def _renamed(id: str, name: str) -> list:
    from quartet.graph.edits import Set

    return [Set(section="agents", id=id, values={"name": name})]


def test_what_contains_itself_or_is_kept_in_a_file_has_no_rows_below(qtbot):
    graph = nested()
    graph.graphs["dig"].agents[AgentId("read")] = agent("read", "graph", graph="research")
    graph.agents[AgentId("far")] = agent("far", "graph", graph="far")
    graph.graphs["far"] = Graph(extra={"file": "far.json"})
    document = judged(graph)
    panel = build(document, Live())
    qtbot.addWidget(panel)
    panel.show()
    opened(panel, qtbot, "Research", "Dig")
    assert not panel.model.hasChildren(row_of(panel, "Far"))
    assert not panel.model.canFetchMore(row_of(panel, "Read"))
    document.close()
