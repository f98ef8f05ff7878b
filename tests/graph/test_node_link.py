"""networkx node-link JSON: what other programs write, read and written."""

import json
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from quartet.graph import files, node_link
from quartet.graph.check import problems
from quartet.graph.files import FileProblem, loads
from quartet.graph.model import Graph
from quartet.graph.node_link_rest import without_rest

SAMPLES = sorted((Path(__file__).parent.parent / "data" / "graph" / "node_link").glob("*.json"))


def read(nodes: list[Any], edges: list[Any], **fields: Any) -> Graph:
    return loads(json.dumps({"directed": True, "nodes": nodes, "edges": edges, **fields})).graph


def nodes(*ids: str, **kinds: str) -> list[dict[str, Any]]:
    return [{"id": id, "kind": kinds.get(id, "llm")} for id in [*ids, *kinds]]


def link(source: Any, target: Any, kind: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"source": source, "target": target, **({"kind": kind} if kind else {}), **fields}


def in_any_order(items: list[Any]) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in items)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_real_topology_opens_and_goes_back_as_it_was(path: Path) -> None:
    opened = files.read(path)
    assert opened.format == "node-link"
    assert opened.problems == ()
    original = json.loads(path.read_text())
    written = node_link.write(opened.graph)
    assert written["graph"] == original["graph"]
    assert in_any_order(written["nodes"]) == in_any_order(original["nodes"])
    assert in_any_order(written["edges"]) == in_any_order(original["edges"])
    kept = files.loads(files.dumps(opened.graph)).graph
    assert node_link.write(kept) == written


def test_there_are_samples_of_all_sorts() -> None:
    assert len(SAMPLES) == 6


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("flow", {"kind": "flow"}),
        ("trigger", {"kind": "flow"}),
        ("report", {"kind": "flow"}),
        ("conditional", {"kind": "flow", "when": "?"}),
        ("feedback", {"kind": "flow", "loop": True}),
        ("handoff", {"kind": "handoff"}),
        ("supervise", {"kind": "supervise"}),
        ("psychic", {"kind": "flow", "inferred": node_link.NOT_SAID}),
        (None, {"kind": "flow", "inferred": node_link.NOT_SAID}),
    ],
)
def test_edges_become_what_their_source_means(kind: str | None, fields: dict[str, Any]) -> None:
    graph = read(nodes("a", "b"), [link("a", "b", kind, weight=3)])
    edge = graph.edges["a-b"]
    assert {name: getattr(edge, name) for name in ("kind", "when", "loop", "inferred")} == {
        "when": None, "loop": False, "inferred": None, **fields,
    }  # fmt: skip
    assert node_link.stated_kind(edge) == (None if kind in ("flow", "handoff", "supervise") else kind)
    assert node_link.write(graph)["edges"] == [link("a", "b", kind, weight=3)]


def test_a_change_of_an_imported_edge_is_what_goes_out() -> None:
    graph = read(nodes("a", "b"), [link("a", "b", "conditional")])
    edge = graph.edges["a-b"]
    graph.edges[edge.id] = edge.model_copy(update={"when": "value > 1"})
    assert node_link.write(graph)["edges"] == [link("a", "b", "conditional", when="value > 1")]
    graph.edges[edge.id] = edge.model_copy(update={"when": None, "kind": "handoff"})
    [written] = node_link.write(graph)["edges"]
    assert without_rest(written) == link("a", "b", "handoff")


def test_an_edge_that_closes_a_cycle_is_marked_as_inferred() -> None:
    graph = read(nodes("a", "b", "c"), [link("a", "b", "flow"), link("b", "c", "flow"), link("c", "b", "flow")])
    edge = graph.edges["c-b"]
    assert edge.loop
    assert edge.inferred == node_link.CLOSES
    assert node_link.write(graph)["edges"][2] == link("c", "b", "flow")
    assert [problem.code for problem in problems(graph)] == ["endless_loop"]


def test_parallel_edges_stay_two() -> None:
    graph = read(nodes("a", "b"), [link("a", "b", "flow", key=0), link("a", "b", "handoff", key=1)])
    assert [edge.kind for edge in graph.edges.values()] == ["flow", "handoff"]
    assert list(graph.edges) == ["a-b", "a-b-2"]


def test_a_store_that_two_agents_read_and_write_is_a_board() -> None:
    both = [link(agent, "s", "flow") for agent in "ab"] + [link("s", agent, "flow") for agent in "ab"]
    graph = read(nodes("a", "b", "c", s="store"), [*both, link("c", "s", "flow")])
    assert graph.agents["s"].kind == "board"
    assert {(edge.source, edge.target, edge.kind) for edge in graph.edges.values()} == {
        ("a", "s", "share"),
        ("b", "s", "share"),
        ("c", "s", "flow"),
    }
    assert in_any_order(node_link.write(graph)["edges"]) == in_any_order([*both, link("c", "s", "flow")])


def test_a_store_that_one_agent_uses_is_a_stage() -> None:
    graph = read(nodes("a", "b", s="store"), [link("a", "s", "flow"), link("s", "b", "flow")])
    assert graph.agents["s"].kind == "store"
    assert all(edge.kind == "flow" for edge in graph.edges.values())


def test_what_has_no_field_is_kept() -> None:
    node = {
        "id": 1,
        "label": "One",
        "role": "Counts",
        "multiplicity": "dynamic",
        "kind": "tool",
        "limits": "none",
        "x": [1],
    }
    graph = read([node, {"id": 2}], [link(1, 2, "flow")], graph={"name": "G", "year": 2026})
    agent = graph.agents["1"]
    assert (agent.name, agent.description, agent.dynamic, agent.kind, agent.limits) == (
        "One",
        "Counts",
        True,
        "tool",
        None,
    )
    assert graph.agents["2"].kind == "agent"
    assert graph.name == "G"
    written = node_link.write(graph)
    assert written["nodes"][0] == {**node, "name": "One"}
    assert written["edges"] == [link(1, 2, "flow")]
    assert written["graph"] == {"name": "G", "year": 2026}


def test_links_are_edges_by_another_name() -> None:
    text = json.dumps({"directed": True, "nodes": nodes("a", "b"), "links": [link("a", "b", "flow")]})
    assert list(loads(text).graph.edges) == ["a-b"]


def test_what_networkx_writes_is_read_and_what_we_write_networkx_reads() -> None:
    made = nx.DiGraph(name="Made")
    made.add_edge("a", "b", kind="handoff")
    made.add_edge("b", 3)
    graph = loads(json.dumps(nx.node_link_data(made, edges="edges"))).graph
    assert list(graph.agents) == ["a", "b", "3"]
    again = nx.node_link_graph(node_link.write(graph), edges="edges")
    assert sorted(map(str, again.nodes)) == ["3", "a", "b"]
    assert again.graph["name"] == "Made"
    assert {(source, target) for source, target, _ in again.edges} == {("a", "b"), ("b", 3)}


def test_our_own_graph_comes_back_through_node_link() -> None:
    golden = files.read(Path(__file__).parent.parent / "data" / "graph" / "version-1.quartet.json").graph
    again = loads(json.dumps(node_link.write(golden))).graph
    assert again.positions == golden.positions
    for id, agent in golden.agents.items():
        assert again.agents[id].config == agent.config
        assert again.agents[id].limits == agent.limits
        assert again.agents[id].oversight == agent.oversight
        assert again.agents[id].description == agent.description
    ends = {(edge.source, edge.target): (edge.kind, edge.when, edge.on, edge.loop) for edge in golden.edges.values()}
    assert {(e.source, e.target): (e.kind, e.when, e.on, e.loop) for e in again.edges.values()} == ends


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"directed": False, "nodes": [], "edges": []}, r"undirected.*to_directed"),
        ({"directed": True, "nodes": [{"name": "x"}], "edges": []}, r"nodes\[0\] has no “id”"),
        ({"directed": True, "nodes": ["a"], "edges": []}, r"nodes\[0\] has no “id”"),
        ({"directed": True, "nodes": [{"id": 1}, {"id": "1"}], "edges": []}, r"nodes\[0\] and nodes\[1\] .*“1”"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_out(document: Any, reason: str) -> None:
    with pytest.raises(FileProblem, match=reason):
        loads(json.dumps(document), "g.json")


def test_an_edge_to_nowhere_is_kept_as_broken() -> None:
    opened = loads(
        json.dumps({"directed": True, "nodes": [{"id": "a"}], "edges": [link("a", "z"), 5, {"source": "a"}]})
    )
    assert [item.reason for item in opened.graph.broken] == [
        'the edge leads to "z", which is no node here',
        "an edge is an object in braces",
        "the edge leads nowhere",
    ]
    assert len(opened.problems) == 3


def test_a_file_that_does_not_say_so_is_read_as_directed() -> None:
    opened = loads(json.dumps({"nodes": nodes("a"), "links": []}))
    assert opened.problems == ("The file does not say whether it is directed; it was read as directed.",)
