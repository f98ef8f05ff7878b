"""Sub-graphs in the file: read, written, kept when they are not understood, and changed by Edits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from graph.graph_strategies import graphs
from graph.test_schema import fits
from quartet.graph import files
from quartet.graph.edits import EditError, SetGraph, apply, from_json
from quartet.graph.model import Graph
from quartet.graph.schema import schema
from quartet.graph.writing import sub_graph_data

INNER: dict[str, Any] = {
    "name": "Research",
    "agents": [{"id": "a", "kind": "template", "name": "A"}, {"id": "b", "kind": "template", "name": "B"}],
    "edges": [{"id": "e", "source": "a", "target": "b"}],
    "layout": {"a": [0, 0], "b": [300, 0]},
}


def document(**more: Any) -> dict[str, Any]:
    outer = {"id": "r", "kind": "graph", "name": "R", "config": {"graph": "research"}}
    return {"format": "quartet", "version": 1, "agents": [outer], "edges": [], "graphs": {"research": INNER}, **more}


def test_a_sub_graph_is_a_graph_of_its_own() -> None:
    opened = files.loads(json.dumps(document()))
    inner = opened.graph.graphs["research"]
    assert (inner.name, list(inner.agents), list(inner.edges)) == ("Research", ["a", "b"], ["e"])
    assert inner.positions["b"] == (300, 0)
    assert opened.problems == ()
    assert fits(document(), schema(), schema())
    assert not fits(document(graphs={"x": {"agents": [{}]}}), schema(), schema())


def test_each_item_of_a_sub_graph_has_a_line_of_its_own() -> None:
    text = files.dumps(files.loads(json.dumps(document())).graph)
    assert '        {"id": "a", "kind": "template", "name": "A"},\n' in text
    assert files.dumps(files.loads(text).graph) == text


@pytest.mark.parametrize(
    ("graphs", "said"),
    [
        (5, "“graphs” is no object"),
        ({"x": 5}, "graphs “x”: This is not the shape"),
        ({"x": {"agents": {}}}, "graphs “x”: This is not the shape"),
        ({"x": {"agents": [7], "edges": []}}, "graphs “x”: agents[0]: an item is an object in braces."),
    ],
)
def test_what_is_not_understood_is_said_and_kept(graphs: Any, said: str) -> None:
    opened = files.loads(json.dumps(document(graphs=graphs)))
    assert any(said in problem for problem in opened.problems)
    assert json.loads(files.dumps(opened.graph))["graphs"] == graphs


def test_sub_graphs_of_a_sub_graph_are_kept_though_they_mean_nothing() -> None:
    graphs = {"x": {"agents": [], "edges": [], "graphs": {"y": INNER}, "format": "mine"}}
    opened = files.loads(json.dumps(document(graphs=graphs)))
    assert opened.graph.graphs["x"].graphs == {}
    assert json.loads(files.dumps(opened.graph))["graphs"] == graphs


def test_agents_of_sub_graphs_count_towards_the_limit() -> None:
    many = [{"id": str(n), "kind": "template"} for n in range(100_001)]
    with pytest.raises(files.FileProblem, match="200,000 agents"):
        files.loads(json.dumps(document(agents=many, graphs={"x": {"agents": many}})))


def test_adding_changing_and_removing_a_sub_graph_can_be_undone() -> None:
    graph = files.loads(json.dumps(document())).graph
    before = files.dumps(graph)
    for value in (None, {**INNER, "name": "Other"}, {"agents": [7]}):
        applied = apply(graph, from_json([SetGraph(values={"graphs.research": value}).as_json()]))
        assert applied.graph_changed
        assert files.dumps(graph) != before
        apply(graph, from_json([edit.as_json() for edit in applied.inverse]))
        assert files.dumps(graph) == before


def test_an_edit_that_describes_no_sub_graph_changes_nothing() -> None:
    graph = Graph()
    with pytest.raises(EditError, match="sub-graph “x”"):
        apply(graph, [SetGraph(values={"name": "N", "graphs.x": []})])
    assert graph == Graph()


def test_nothing_takes_the_place_of_a_sub_graph_that_is_not_understood() -> None:
    graph = files.loads(json.dumps(document(graphs={"x": 5}))).graph
    with pytest.raises(EditError, match="not understood"):
        apply(graph, [SetGraph(values={"graphs.x": INNER})])


@given(graphs(inner=True))
def test_the_data_of_a_sub_graph_describe_it_whole(inner: Graph) -> None:
    graph = Graph()
    apply(graph, [SetGraph(values={"graphs.x": sub_graph_data(inner)})])
    assert sub_graph_data(graph.graphs["x"]) == sub_graph_data(inner)


def test_an_edit_within_a_sub_graph_changes_only_that_and_is_undone_exactly() -> None:
    graph = files.loads(json.dumps(document())).graph
    before, seen = files.dumps(graph), graph.graphs["research"]
    edits = from_json([
        {"do": "within", "graph": "research", "edits": [
            {"do": "set", "section": "agents", "id": "a", "values": {"name": "New"}},
            {"do": "move", "to": {"b": [9, 9]}},
        ]}
    ])  # fmt: skip
    assert from_json([edit.as_json() for edit in edits]) == edits
    applied = apply(graph, edits)
    inner = graph.graphs["research"]
    assert (inner.agents["a"].name, inner.positions["b"]) == ("New", (9, 9))
    assert seen.agents["a"].name == "A", "copies of the graph share its sub-graphs"
    assert applied.changed["agents"] == set()
    assert [one.changed["agents"] for one in applied.inside["research"]] == [{"a", "b"}]
    apply(graph, applied.inverse)
    assert files.dumps(graph) == before


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        ([{"do": "set", "section": "agents", "id": "z", "values": {}}], "there is no “z”"),
        ([{"do": "set_graph", "values": {"graphs.x": {}}}], "stand side by side"),
    ],
)
def test_what_does_not_fit_within_a_sub_graph_changes_nothing(edits: list[Any], said: str) -> None:
    graph = files.loads(json.dumps(document())).graph
    before = files.dumps(graph)
    good = {"do": "set", "section": "agents", "id": "a", "values": {"name": "New"}}
    both = [
        {"do": "within", "graph": "research", "edits": [good]},
        {"do": "within", "graph": "research", "edits": edits},
    ]
    with pytest.raises(EditError, match=said):
        apply(graph, from_json(both))
    assert files.dumps(graph) == before
    with pytest.raises(EditError, match="no sub-graph"):
        apply(graph, from_json([{"do": "within", "graph": "none", "edits": []}]))
