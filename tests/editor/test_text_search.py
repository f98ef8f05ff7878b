"""Finding and replacing words: every text of a person's, nothing else, and each as Edits that undo exactly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from graph.graph_strategies import graphs
from quartet.editor.text_search import Query, QueryError, excerpt, replacing, search
from quartet.graph.edits import apply
from quartet.graph.files import dumps
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Frame, Graph, Note


def drawing() -> Graph:
    agents = {
        "a": Agent(
            id=AgentId("a"), kind="llm", name="Planner", description="plans the cat",
            config={"model": "cat-1", "prompt": "Plan a Cat,\nthen a cat."},
            rehearsal=({"returns": {"title": "a cat"}}, {"hands_off": "cat"}),
        ),
        "cat": Agent(id=AgentId("cat"), kind="http", name="Fetch", config={"method": "POST", "url": "http://cat/"}),
    }  # fmt: skip
    edge = Edge(id=EdgeId("e"), source=AgentId("a"), target=AgentId("cat"), when="value == 'cat'")
    return Graph(
        name="Cats",
        agents=agents,
        edges={edge.id: edge},
        frames={"f": Frame(id="f", name="cat frame", x=0, y=0, width=10, height=10)},
        notes={"n": Note(id="n", text="a note on concatenation", x=0, y=0)},
        graphs={"inner": Graph(agents={"x": Agent(id=AgentId("x"), kind="llm", name="Inner cat")})},
    )


def found(graph: Graph, *args: object) -> list[tuple[str, str, int]]:
    return [(place.inside or place.id, place.label, len(place.spans)) for place in search(graph, Query(*args))]


def test_every_text_is_searched_and_neither_ids_nor_fixed_words_are():
    assert found(drawing(), "cat") == [
        ("", "Name", 1),
        ("a", "Description", 1),
        ("a", "Model", 1),
        ("a", "Message", 2),
        ("a", "Rehearsal", 1),
        ("cat", "Address", 1),
        ("e", "Condition", 1),
        ("f", "Frame", 1),
        ("n", "Note", 1),
        ("inner", "Name", 1),
    ]
    assert found(drawing(), "POST") == []
    assert found(drawing(), "") == []


def test_capitals_and_whole_words_count_where_asked_for():
    assert ("a", "Message", 1) in found(drawing(), "cat", True)
    assert ("n", "Note", 1) not in found(drawing(), "cat", False, True)
    assert ("a", "Message", 2) in found(drawing(), "cat", False, True)
    assert found(drawing(), "(", False, True) == []


def test_an_expression_finds_and_its_groups_are_written():
    graph = drawing()
    query = Query(r"(\w+) cat\b", pattern=True)
    places = [place for place in search(graph, query) if place.label == "Message"]
    apply(graph, replacing(graph, places, query, r"dog of \1"))
    assert graph.agents[AgentId("a")].config["prompt"] == "Plan dog of a,\nthen dog of a."


@pytest.mark.parametrize("text", ["(", "[a", "*"])
def test_what_is_no_expression_is_said(text):
    with pytest.raises(QueryError, match="no regular expression"):
        list(search(drawing(), Query(text, pattern=True)))


def test_a_group_that_is_not_there_is_said():
    query = Query("cat", pattern=True)
    with pytest.raises(QueryError, match="cannot be written"):
        replacing(drawing(), list(search(drawing(), query)), query, r"\7")


def test_an_expression_that_never_ends_is_given_up():
    graph = Graph(notes={"n": Note(id="n", text="a" * 60 + "b", x=0, y=0)})
    with pytest.raises(QueryError, match="too long"):
        list(search(graph, Query("(a|aa)+$", pattern=True)))


def test_an_expression_that_matches_nothing_at_all_places_finds_nothing():
    assert found(drawing(), "q*", False, False, True) == []


def test_a_place_that_was_changed_since_is_left_alone():
    graph, query = drawing(), Query("cat")
    places = list(search(graph, query))
    apply(graph, replacing(graph, places, query, "dog"))
    before = dumps(graph)
    assert replacing(graph, places, query, "cow") == []
    assert dumps(graph) == before


def test_in_a_sub_graph_too():
    graph, query = drawing(), Query("cat")
    inverse = apply(graph, replacing(graph, list(search(graph, query)), query, "dog")).inverse
    assert graph.graphs["inner"].agents[AgentId("x")].name == "Inner dog"
    assert list(search(graph, query)) == []
    apply(graph, inverse)
    assert dumps(graph) == dumps(drawing())


def test_an_excerpt_is_one_line_with_the_match_in_it():
    graph = Graph(notes={"n": Note(id="n", text="first\n" + "x" * 300 + " needle " + "y" * 300, x=0, y=0)})
    (place,) = search(graph, Query("needle"))
    line, marks = excerpt(place)
    assert len(line) < 140 and "\n" not in line and line.startswith("…") and line.endswith("…")
    assert [line[begin:end] for begin, end in marks] == ["needle"]


def texts(graph: Graph) -> dict[object, str]:
    return {place[:4]: place.text for place in search(graph, Query("(?s).+", pattern=True))}


@settings(max_examples=25)  # graphs of every sort are slow to make
@given(graphs(), st.text(min_size=1, max_size=2), st.text(max_size=3))
def test_replacing_changes_what_was_found_and_nothing_else_and_undoes_exactly(graph, text, by):
    query, before, said = Query(text, case=True), dumps(graph), texts(graph)
    inverse = apply(graph, replacing(graph, list(search(graph, query)), query, by)).inverse
    wanted = {key: old.replace(text, by) for key, old in said.items()}
    assert texts(graph) == {key: new for key, new in wanted.items() if new}
    apply(graph, inverse)
    assert dumps(graph) == before
