"""The outline as an editor: everything a drawing means can be changed in it by keys, each thing as one step."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from editor.desk import ALT, CTRL, SHIFT, Desk
from editor.panel_story import newsroom
from quartet.editor import structure_edits
from quartet.editor.panels.outline import Outline
from quartet.graph.edits import EditError, apply
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    own_desk.session.document.judge_now()
    own_desk.window.show_panel("outline")
    outline(own_desk).tree.setFocus()
    return own_desk


def outline(desk: Desk) -> Outline:
    found = desk.session.panels["outline"]
    assert isinstance(found, Outline)
    return found


def at(desk: Desk, id: str) -> None:
    """The row that has the keyboard."""
    panel = outline(desk)
    panel.tree.setCurrentIndex(panel.model.index_of(id))
    panel.tree.setFocus()
    assert desk.session.document.selection == {id}


def ends(graph: Graph) -> set[tuple[str, str, str]]:
    return {(graph.agents[e.source].name, graph.agents[e.target].name, e.kind) for e in graph.edges.values()}


def steps(desk: Desk) -> int:
    return desk.session.document.undo_stack.count()


def chosen(desk: Desk, text: str) -> None:
    """Type into what asks, and take the first answer."""
    assert outline(desk).popup.line.hasFocus(), "the outline asks beside its row"
    desk.type(text)
    desk.press(Qt.Key.Key_Return)


# what it shows


def test_it_reads_like_the_verdict(desk: Desk) -> None:
    model = outline(desk).model
    assert model.index_of("web").parent() == model.index_of("archive").parent()
    part = model.index_of("web").parent()
    assert part.data() == "Fan-out" and part.parent() == model.index_of("managing")
    spoken = model.index_of("web").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Web research, Language model, branch") and spoken.endswith("of 2, 1 edge from here")


def test_a_part_selects_what_is_in_it(desk: Desk) -> None:
    panel = outline(desk)
    part = next(number for number, node in enumerate(panel.model.nodes) if node.id is None)
    index = panel.model.createIndex(panel.model.nodes[part].row, 0, part * 2)
    panel.tree.setCurrentIndex(index)
    assert desk.session.document.selection == set(panel.model.agents_in(index))
    assert "branch" in index.siblingAtColumn(1).data() or "stage" in index.siblingAtColumn(1).data()


def test_what_a_person_closed_stays_closed(desk: Desk) -> None:
    panel = outline(desk)
    desk.press(Qt.Key.Key_Up)
    at(desk, "managing")
    desk.press(Qt.Key.Key_Left)
    assert not panel.tree.isExpanded(panel.model.index_of("managing"))
    at(desk, "writer")
    desk.press(Qt.Key.Key_B, CTRL)
    chosen(desk, "template")
    assert not panel.tree.isExpanded(panel.model.index_of("managing"))
    panel.tree.expand(panel.model.index_of("managing"))


# new agents


def test_a_stage_is_added_behind(desk: Desk) -> None:
    at(desk, "facts")
    desk.press(Qt.Key.Key_B, CTRL)
    chosen(desk, "templ")
    graph = desk.session.document.graph
    assert {("Collect facts", "Template", "flow"), ("Template", "Writer", "flow")} <= ends(graph)
    assert ("Collect facts", "Writer", "flow") not in ends(graph) and steps(desk) == 1
    (fresh,) = desk.session.document.selection
    assert graph.positions[AgentId(fresh)] not in [at for id, at in graph.positions.items() if id != fresh]


def test_a_branch_is_added_beside_with_the_same_neighbours(desk: Desk) -> None:
    at(desk, "web")
    desk.press(Qt.Key.Key_B, CTRL | SHIFT)
    chosen(desk, "Night desk")
    for edge in (
        ("News desk", "Night desk", "flow"), ("Night desk", "Collect facts", "flow"),
        ("Managing editor", "Night desk", "supervise"),
    ):  # fmt: skip
        assert edge in ends(desk.session.document.graph)
    assert steps(desk) == 1


def test_a_worker_is_added_under_a_supervisor_and_under_no_board(desk: Desk) -> None:
    at(desk, "managing")
    desk.press(Qt.Key.Key_U, CTRL)
    chosen(desk, "http")
    assert ("Managing editor", "Web request", "supervise") in ends(desk.session.document.graph)
    with pytest.raises(EditError, match="trigger"):
        structure_edits.under(desk.session.document.graph, AgentId("desk"), "llm", "Model")


# agents that are there


def test_an_agent_is_renamed_and_a_condition_changed_in_place(desk: Desk) -> None:
    at(desk, "writer")
    desk.press(Qt.Key.Key_F2)
    desk.type("Author")
    desk.press(Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt takes an editor's content in a moment later
    assert desk.session.document.graph.agents[AgentId("writer")].name == "Author"
    at(desk, "e5")
    desk.press(Qt.Key.Key_F2)
    desk.type("input.size() > 3")
    desk.press(Qt.Key.Key_Return)
    QApplication.processEvents()
    assert desk.session.document.graph.edges[EdgeId("e5")].when == "input.size() > 3"
    assert steps(desk) == 2


def test_an_agent_is_replaced_by_one_of_another_kind(desk: Desk) -> None:
    at(desk, "web")
    desk.press(Qt.Key.Key_T, CTRL)
    desk.type("python")
    desk.press(Qt.Key.Key_Return)
    assert desk.session.document.graph.agents[AgentId("web")].kind == "python" and steps(desk) == 1


def test_an_agent_comes_under_another_supervisor_and_under_none(desk: Desk) -> None:
    document = desk.session.document
    boss = Agent(id=AgentId("second"), kind="supervisor", name="Night editor")
    document.graph.agents[boss.id] = boss
    try:
        edits = structure_edits.watched_by(document.graph, [AgentId("web")], boss.id)
        copy = document.graph.model_copy(deep=True)
        apply(copy, edits)
        assert ("Night editor", "Web research", "supervise") in ends(copy)
        assert ("Managing editor", "Web research", "supervise") not in ends(copy)
    finally:
        del document.graph.agents[boss.id]
    at(desk, "web")
    desk.press(Qt.Key.Key_U, CTRL | SHIFT)
    desk.press(Qt.Key.Key_Up)  # the last: nobody
    desk.press(Qt.Key.Key_Return)
    assert ("Managing editor", "Web research", "supervise") not in ends(document.graph) and steps(desk) == 1


def test_an_agent_moves_behind_another_one_and_the_gap_closes(desk: Desk) -> None:
    at(desk, "web")
    desk.press(Qt.Key.Key_M, CTRL)
    chosen(desk, "archive")
    found = ends(desk.session.document.graph)
    assert {("Archive", "Web research", "flow"), ("Web research", "Collect facts", "flow")} <= found
    assert ("News desk", "Web research", "flow") not in found and steps(desk) == 1


def test_branches_trade_places_as_they_stand(desk: Desk) -> None:
    panel, graph = outline(desk), desk.session.document.graph
    first = min(("web", "archive"), key=lambda id: panel.model.index_of(id).row())
    second = "archive" if first == "web" else "web"
    before = dict(graph.positions)
    at(desk, first)
    desk.press(Qt.Key.Key_PageDown, ALT)
    assert graph.positions[AgentId(first)] == before[AgentId(second)] and steps(desk) == 1
    panel.model.reread()
    assert panel.model.index_of(first).row() == panel.model.index_of(second).row() + 1
    desk.press(Qt.Key.Key_PageUp, ALT)
    assert graph.positions == before


def test_stages_trade_places_with_their_edges() -> None:
    graph = Graph()
    for id in "abcd":
        graph.agents[AgentId(id)] = Agent(id=AgentId(id), kind="llm", name=id)
        graph.positions[AgentId(id)] = (ord(id) * 10.0, 0.0)
    for a, b in ("ab", "bc", "cd"):
        graph.edges[EdgeId(a + b)] = Edge(id=EdgeId(a + b), source=AgentId(a), target=AgentId(b))
    before = graph.model_copy(deep=True)
    applied = apply(graph, structure_edits.trade_stages(graph, AgentId("b"), AgentId("c")))
    assert ends(graph) == {("a", "c", "flow"), ("c", "b", "flow"), ("b", "d", "flow")}
    assert graph.positions[AgentId("c")] == before.positions[AgentId("b")]
    apply(graph, applied.inverse)
    assert graph == before
    with pytest.raises(EditError, match="cannot trade places"):
        structure_edits.trade_stages(newsroom(), AgentId("desk"), AgentId("web"))


def test_wires_are_drawn_and_led_elsewhere_by_name(desk: Desk) -> None:
    at(desk, "writer")
    desk.press(Qt.Key.Key_J, CTRL)
    desk.type("wire copy")
    desk.press(Qt.Key.Key_Return)
    assert ("Writer", "Wire copy", "flow") in ends(desk.session.document.graph)
    at(desk, "e5")
    desk.press(Qt.Key.Key_J, CTRL)
    desk.type("wire")
    desk.press(Qt.Key.Key_Return)
    assert desk.session.document.graph.edges[EdgeId("e5")].target == "wire" and steps(desk) == 2


def test_escape_asks_no_more_and_the_outline_has_the_keyboard_again(desk: Desk) -> None:
    at(desk, "web")
    desk.press(Qt.Key.Key_B, CTRL)
    desk.press(Qt.Key.Key_Escape)
    assert desk.focused is outline(desk).tree and not desk.session.document.modified
