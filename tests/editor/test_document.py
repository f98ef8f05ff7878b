"""An open graph: every change is undoable, typing merges, and the views are told exactly what changed."""

import gc
import weakref
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from quartet.editor.document import Changed, Document
from quartet.graph.edits import Add, Edit, EditError, Move, Set, SetGraph, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph, Note


def agent(id: str, **fields: object) -> Agent:
    return Agent.model_validate({"id": id, "kind": "llm", "name": id.title(), **fields})


def edge(source: str, target: str) -> Edge:
    return Edge(id=EdgeId(f"{source}_{target}"), source=AgentId(source), target=AgentId(target))


def pair() -> Graph:
    found = [agent("a"), agent("b")]
    link = edge("a", "b")
    return Graph(agents={item.id: item for item in found}, edges={link.id: link}, positions={found[0].id: (0, 0)})


def rename(id: str, name: str) -> list[Edit]:
    return [Set(section="agents", id=id, values={"name": name})]


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(pair())


def test_a_change_is_told_by_id_and_undone_exactly(document: Document) -> None:
    before = document.graph.model_copy(deep=True)
    told: list[Changed] = []
    document.changed.connect(told.append)
    document.do("Delete “A”", removal(document.graph, [AgentId("a")]))
    assert told[-1] == ({"a"}, {"a_b"}, set(), set(), False)
    assert document.undo_stack.undoText() == "Delete “A”"
    document.undo_stack.undo()
    assert document.graph == before
    assert told[-1].agents == {"a"}
    document.undo_stack.redo()
    assert list(document.graph.agents) == ["b"]


def test_an_edit_that_does_not_fit_changes_nothing_and_leaves_no_step(document: Document) -> None:
    with pytest.raises(EditError):
        document.do("Connect", [Add(section="edges", item=edge("a", "nobody"))])
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_typing_into_one_field_is_one_step(document: Document) -> None:
    for text in ("W", "Wr", "Wri"):
        document.do("Rename", rename("a", text), merge="name-1")
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.graph.agents[AgentId("a")].name == "A"
    document.undo_stack.redo()
    assert document.graph.agents[AgentId("a")].name == "Wri"


def test_typing_again_later_or_elsewhere_is_another_step(document: Document) -> None:
    document.do("Rename", rename("a", "W"), merge="name-1")
    document.do("Rename", rename("a", "Wr"), merge="name-2")
    document.do("Rename", rename("b", "X"))
    document.do("Rename", rename("b", "Y"))
    assert document.undo_stack.count() == 4


def test_typing_back_to_the_start_leaves_no_step(document: Document) -> None:
    document.do("Rename", rename("a", "A!"), merge="name-1")
    document.do("Rename", rename("a", "A"), merge="name-1")
    assert document.undo_stack.count() == 0
    assert not document.modified


def test_a_save_between_two_keys_keeps_them_apart(document: Document) -> None:
    document.do("Rename", rename("a", "W"), merge="name-1")
    document.undo_stack.setClean()
    document.do("Rename", rename("a", "Wr"), merge="name-1")
    assert document.modified
    document.undo_stack.undo()
    assert not document.modified
    assert document.graph.agents[AgentId("a")].name == "W"


def test_undoing_to_the_saved_state_is_unmodified_again(document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(document.modified_changed, check_params_cb=lambda modified: modified):
        document.do("Rename", rename("a", "W"))
    with qtbot.waitSignal(document.modified_changed, check_params_cb=lambda modified: not modified):
        document.undo_stack.undo()


def test_a_read_only_document_refuses_with_the_reason(qtbot: QtBot) -> None:
    document = Document(pair(), read_only="The file is from a newer version.")
    with pytest.raises(EditError, match="newer version"):
        document.do("Rename", rename("a", "W"))
    assert document.graph == pair()


def test_what_is_deleted_is_no_longer_selected(document: Document, qtbot: QtBot) -> None:
    document.select(["a", "a_b", "b", "nobody"])
    assert document.selection == {"a", "a_b", "b"}
    with qtbot.waitSignal(document.selection_changed):
        document.do("Delete", removal(document.graph, [AgentId("a")]))
    assert document.selection == {"b"}


def test_selecting_the_same_again_tells_nothing(document: Document, qtbot: QtBot) -> None:
    document.select(["a"])
    with qtbot.assertNotEmitted(document.selection_changed):
        document.select({"a"})


def test_evidence_goes_out_with_what_it_shows(document: Document) -> None:
    document.highlight(["a_b"], ["a"])
    document.do("Delete", removal(document.graph, edges=[EdgeId("a_b")]))
    assert document.highlight_edges == frozenset()
    assert document.highlight_agents == {"a"}


def test_reverting_can_be_undone(document: Document) -> None:
    other = Graph(name="Other", agents={AgentId("z"): agent("z")}, notes={"n": Note(id="n", x=1, y=2)})
    before = document.graph.model_copy(deep=True)
    document.replace("Revert", other.model_copy(deep=True))
    assert document.graph == other
    document.undo_stack.undo()
    assert document.graph == before


def test_a_document_that_is_found_as_garbage_with_what_shows_it_goes_in_order(qtbot: QtBot) -> None:
    class View(QObject):
        def __init__(self, document: Document) -> None:
            super().__init__()
            self.itself, self.reads = self, lambda: document

    document = Document(Graph())
    document.do("Add A", [Add(section="agents", item=Agent(id=AgentId("a"), kind="llm", name="A"), at=(0, 0))])
    View(document)
    went = weakref.ref(document)
    del document
    gc.collect()  # a defect here ends the process
    assert went() is None


def test_the_title_is_the_graphs_name_or_the_files(document: Document) -> None:
    assert document.title == "Untitled"
    document.path = Path("/somewhere/news.quartet.json")
    assert document.title == "news"
    document.do("Rename", [SetGraph(values={"name": "Newsroom"})])
    assert document.title == "Newsroom"


names = st.text("ab", min_size=1, max_size=3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("rename"), st.sampled_from("ab"), names),
        st.tuples(st.just("move"), st.sampled_from("ab"), st.integers(0, 9)),
        st.tuples(st.just("graph"), st.just(""), names),
        st.tuples(st.just("undo"), st.just(""), st.just("")),
        st.tuples(st.just("redo"), st.just(""), st.just("")),
        st.tuples(st.just("save"), st.just(""), st.just("")),
    ),
    max_size=30,
)


@given(steps)
def test_undoing_everything_gives_the_start_and_redoing_it_the_end(steps: list[tuple[str, str, object]]) -> None:
    document = Document(pair())
    stack = document.undo_stack
    for verb, id, what in steps:
        match verb:
            case "rename":
                document.do("Rename", rename(id, str(what)), merge=f"name-{id}")
            case "move":
                document.do("Move", [Move(to={AgentId(id): (float(str(what)), 0.0)})])
            case "graph":
                document.do("Name", [SetGraph(values={"name": what})], merge="graph")
            case "undo":
                stack.undo()
            case "redo":
                stack.redo()
            case _:
                stack.setClean()
    while stack.canRedo():
        stack.redo()
    end = document.graph.model_copy(deep=True)
    while stack.canUndo():
        stack.undo()
    assert document.graph == pair()
    while stack.canRedo():
        stack.redo()
    assert document.graph == end
