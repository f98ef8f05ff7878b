"""Drawings that are empty, huge, deep or contradictory get a sensible verdict, and quickly."""

import json
import pickle
from time import process_time

import pytest

from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.layout import layout
from quartet.patterns.tree import Leaf, Supervisor, Swarm
from quartet.patterns.verdict import Verdict, classify


def drawing(count: int, edges: list[tuple[int, int]], kind: str = "flow", **kinds: str) -> Graph:
    graph = Graph()
    for index in range(count):
        id = AgentId(f"a{index}")
        graph.agents[id] = Agent(id=id, kind=kinds.get(id, "llm"), name=id)
    for index, (source, target) in enumerate(edges):
        edge = EdgeId(f"e{index}")
        fields = {"id": edge, "source": f"a{source}", "target": f"a{target}", "kind": kind}
        graph.edges[edge] = Edge.model_validate(fields)
    return graph


def judged(graph: Graph, seconds: float) -> Verdict:
    start = process_time()
    verdict = classify(graph)
    assert process_time() - start < seconds
    return verdict


def test_nothing_drawn_is_no_pattern() -> None:
    verdict = classify(Graph())
    assert (verdict.tree, verdict.top, verdict.headline) == (None, "empty", "Nothing drawn")
    assert json.loads(verdict.line(file="x"))["tree"] is None


def test_one_agent_is_one_agent() -> None:
    verdict = classify(drawing(1, []))
    assert (verdict.tree, verdict.top) == (Leaf(AgentId("a0")), "agent")
    assert verdict.decision == ()


def test_boards_that_nobody_uses_are_no_workers() -> None:
    assert classify(drawing(3, [], a0="board", a1="board", a2="board")).top == "empty"


def test_thousands_of_agents_without_edges_start_at_once() -> None:
    verdict = judged(drawing(5_000, []), 2)
    assert (verdict.top, len(verdict.tree.children if verdict.tree else ())) == ("fan_out", 5_000)


def test_everybody_to_everybody_is_a_swarm() -> None:
    pairs = [(a, b) for a in range(300) for b in range(300) if a != b]
    assert judged(drawing(300, pairs, "handoff"), 8).top == "swarm"


def test_a_long_chain_is_one_pipeline() -> None:
    verdict = judged(drawing(10_000, [(index, index + 1) for index in range(9_999)]), 3)
    assert (verdict.top, len(verdict.tree.children if verdict.tree else ())) == ("pipeline", 10_000)


@pytest.mark.parametrize("kind", ["flow", "supervise"])
def test_the_deepest_nest_is_no_deeper_than_a_list(kind: str) -> None:
    edges = [pair for index in range(4_999) for pair in ((2 * index, 2 * index + 1), (2 * index, 2 * index + 2))]
    graph = drawing(10_000, [*edges, (9_998, 9_999)], kind)
    verdict = judged(graph, 6)
    assert verdict.tree is not None
    assert len(verdict.tree.workforce) == 10_000
    assert verdict.line(file="deep").count("a9999") >= 1
    assert pickle.loads(pickle.dumps(verdict.tree)) == verdict.tree
    assert len(layout(graph, verdict)) == 10_000
    assert verdict.tree.questions  # type: ignore[union-attr]


def test_agents_that_go_to_and_fro_in_a_long_line_are_judged_in_time() -> None:
    edges = [pair for index in range(1_999) for pair in ((index, index + 1), (index + 1, index))]
    verdict = judged(drawing(2_000, edges), 8)
    assert verdict.tree is not None
    assert verdict.confidence == "low"


def test_agents_that_oversee_each_other_are_peers_and_that_is_said() -> None:
    verdict = classify(drawing(3, [(0, 1), (1, 2), (2, 0)], "supervise"))
    assert isinstance(verdict.tree, Swarm)
    assert [remark.code for remark in verdict.notes] == ["mutual-supervision"]


def test_a_worker_of_two_belongs_to_the_one_that_the_other_oversees() -> None:
    verdict = classify(drawing(3, [(0, 1), (0, 2), (1, 2)], "supervise"))
    inner = Supervisor(supervisor=AgentId("a1"), workers=(Leaf(AgentId("a2")),))
    assert verdict.tree == Supervisor(supervisor=AgentId("a0"), workers=(inner,))
    assert [remark.code for remark in verdict.notes] == ["two-supervisors"]


def test_a_worker_of_two_equals_belongs_to_neither() -> None:
    verdict = classify(drawing(5, [(0, 2), (0, 4), (1, 3), (1, 4)], "supervise"))
    assert verdict.tree is not None
    assert verdict.tree.as_json() == {
        "fan_out": [{"supervisor": "a0", "workers": ["a2"]}, {"supervisor": "a1", "workers": ["a3"]}],
        "collector": "a4",
    }
    assert [remark.code for remark in verdict.notes] == ["two-supervisors"]


def test_a_step_between_two_workers_is_drawn_into_the_group_and_named() -> None:
    graph = drawing(4, [(0, 1), (0, 3)], "supervise")
    for source, target in ((1, 2), (2, 3)):
        id = EdgeId(f"f{source}")
        graph.edges[id] = Edge(id=id, source=AgentId(f"a{source}"), target=AgentId(f"a{target}"))
    verdict = classify(graph)
    assert verdict.tree is not None
    assert verdict.tree.as_json() == {"supervisor": "a0", "workers": [{"pipeline": ["a1", "a2", "a3"]}]}
    assert [(remark.code, remark.agents) for remark in verdict.notes] == [("unwatched", ("a2",))]


def test_steps_that_are_neither_ordered_nor_independent_are_levels_and_that_is_said() -> None:
    verdict = classify(drawing(4, [(0, 2), (1, 2), (1, 3)]))
    assert verdict.tree is not None
    assert verdict.tree.as_json() == {
        "pipeline": [{"fan_out": ["a0", "a1"]}, {"fan_out": ["a2", "a3"]}],
        "entangled": True,
    }
    assert [remark.code for remark in verdict.notes] == ["entangled"]
    assert verdict.confidence == "medium"
