"""A graph of ours goes through node-link and networkx and comes back whole."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given

from graph.graph_strategies import graphs
from quartet.graph import files, node_link
from quartet.graph.files import dumps, loads
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Frame, Graph, Note, RunLimits, StateKey

DATA = Path(__file__).parent.parent / "data" / "graph"


def through(graph: Graph) -> Graph:
    return loads(json.dumps(node_link.write(graph))).graph


@given(graphs())
def test_any_graph_comes_back_as_it_was(graph: Graph) -> None:
    # what a file makes of it: content that nobody understood is there as read
    graph = loads(dumps(graph)).graph
    assert dumps(through(graph)) == dumps(graph)


@pytest.mark.parametrize("path", sorted((DATA / "node_link").glob("*.json")), ids=lambda path: path.stem)
def test_what_came_from_elsewhere_gets_no_attribute_of_ours(path: Path) -> None:
    assert '"quartet"' not in json.dumps(node_link.write(files.read(path).graph))


def drawn() -> Graph:
    a, b = (Agent(id=AgentId(id), kind="template", name=id.upper(), config={"text": "x\ny"}) for id in "ab")
    return Graph(
        name="G",
        description="What it is for",
        input={"n": 1.0},
        limits=RunLimits(deadline=60),
        agents={a.id: a, b.id: b},
        edges={EdgeId("first"): Edge(id=EdgeId("first"), source=a.id, target=b.id, name="on", loop=False)},
        frames={"f": Frame(id="f", name="Part", x=0, y=0, width=10, height=10)},
        notes={"n": Note(id="n", text="Watch\nthis", x=1, y=2)},
        positions={a.id: (1.0, 2.5)},
        state={"k": StateKey(reducer="append", initial=[1.0])},
        extra={"silenced": [{"code": "G010", "reason": "it is fine"}], "intent": {}},
    )


def test_what_networkx_does_not_know_survives_networkx() -> None:
    graph = drawn()
    theirs: Any = nx.node_link_graph(node_link.write(graph), edges="edges")
    back = loads(json.dumps(nx.node_link_data(theirs, edges="edges"))).graph
    for field in ("description", "input", "limits", "state", "frames", "notes", "positions", "name"):
        assert getattr(back, field) == getattr(graph, field)
    assert back.extra == graph.extra
    assert list(back.edges) == ["first"]


def test_what_another_program_changes_is_taken() -> None:
    document: Any = node_link.write(drawn())
    document["nodes"][0]["name"] = "Renamed"
    document["nodes"].append({"id": "c", "kind": "llm"})
    document["edges"].append({"source": "b", "target": "c", "kind": "handoff"})
    back = loads(json.dumps(document)).graph
    assert back.agents[AgentId("a")].name == "Renamed"
    assert back.edges[EdgeId("b-c")].kind == "handoff"
    assert back.description == "What it is for"


def test_attributes_of_that_name_that_are_not_ours_are_left_alone() -> None:
    document = {
        "directed": True,
        "graph": {"quartet": "string"},
        "nodes": [{"id": "a", "quartet": {"with": {"name": "Not so"}}}],
        "edges": [],
    }
    graph = loads(json.dumps(document)).graph
    assert graph.agents[AgentId("a")].name == "a"
    assert dumps(through(graph)) == dumps(graph)


@pytest.mark.parametrize(
    "rest",
    [
        {"version": 1, "with": {"frames": 5, "layout": [], "agents": 7}, "without": 3, "broken": [1, {"section": "x"}]},
        {"version": 1, "with": [], "agents": [5], "broken": [{"section": "edges", "index": -1, "raw": None}]},
    ],
)
def test_an_attribute_that_somebody_spoilt_breaks_nothing(rest: Any) -> None:
    document = {
        "directed": True,
        "graph": {"quartet": rest},
        "nodes": [{"id": "a", "quartet": 5}],
        "edges": [{"source": "a", "target": "a", "quartet": {"with": {"target": "z"}}}],
    }
    graph = loads(json.dumps(document)).graph
    assert graph.broken
