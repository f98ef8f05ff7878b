"""Drawings that are empty, huge, deep or contradictory get a sensible verdict, for work that grows as they do.

How many seconds that takes is measured by tests/benchmarks/bench_patterns.py.
"""

import json
import pickle
from collections.abc import Callable

import pytest

from counting import growth
from patterns.odd_shapes import KNOTS, SHAPES, drawing, nested, to_and_fro
from quartet.graph.cycles import loop_edges
from quartet.graph.files import loads
from quartet.graph.model import AgentId, Edge, EdgeId, Graph
from quartet.patterns.layout import layout
from quartet.patterns.tree import Leaf, Pipeline, Supervisor, Swarm
from quartet.patterns.verdict import classify
from quartet.rules import findings


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


def test_everybody_to_everybody_is_a_swarm() -> None:
    pairs = [(a, b) for a in range(100) for b in range(100) if a != b]
    assert classify(drawing(100, pairs, "handoff")).top == "swarm"


def test_what_is_twice_or_leads_nowhere_is_named_and_the_rest_is_judged() -> None:
    agents = [{"id": "a", "kind": "llm", "name": "A"}, {"id": "b", "kind": "llm", "name": "B"}]
    twice = {"id": "a", "kind": "llm", "name": "Again"}
    nameless = {"kind": "llm", "name": "No id"}
    edges = [
        {"id": "e", "source": "a", "target": "b"},
        {"id": "nowhere", "source": "b", "target": "missing"},
        {"id": "e", "source": "b", "target": "a"},
    ]
    opened = loads(
        json.dumps({"format": "quartet", "version": 1, "agents": [*agents, twice, nameless], "edges": edges})
    )
    verdict = classify(opened.graph)
    assert verdict.tree == Pipeline(stages=(Leaf(AgentId("a")), Leaf(AgentId("b"))))
    reasons = [item.reason for item in opened.graph.broken]
    assert len(reasons) == 4 and all(reasons)
    assert sum(finding.severity == "error" for finding in findings(opened.graph, verdict)) >= 1


@pytest.mark.parametrize("kind", ["flow", "supervise"])
def test_the_deepest_nest_is_no_deeper_than_a_list(kind: str) -> None:
    graph = drawing(4_000, nested(4_000), kind)
    verdict = classify(graph)
    assert verdict.tree is not None
    assert len(verdict.tree.workforce) == 4_000
    assert verdict.line(file="deep").count("a3999") >= 1
    assert pickle.loads(pickle.dumps(verdict.tree)) == verdict.tree
    assert len(layout(graph, verdict)) == 4_000
    assert verdict.tree.questions  # type: ignore[union-attr]


@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_with_the_drawing_and_not_with_its_square(shape: str) -> None:
    def judge(size: int) -> Callable[[], object]:
        graph = SHAPES[shape](size)
        return lambda: layout(graph, classify(graph))

    assert growth(judge, 100, 800) < 20


@pytest.mark.parametrize("shape", KNOTS)
def test_so_it_does_where_there_are_many_groups_and_cycles(shape: str) -> None:
    def judge(size: int) -> Callable[[], object]:
        graph = KNOTS[shape](size)
        return lambda: (classify(graph), loop_edges(graph))

    assert growth(judge, 80, 480) < 11  # six times the size: linear is 6, quadratic 36


def test_agents_that_go_to_and_fro_in_a_long_line_are_judged() -> None:
    verdict = classify(drawing(1_000, to_and_fro(1_000)))
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


def test_a_board_that_the_supervisor_uses_as_well_is_that_of_its_workers() -> None:
    def with_board(*users: int) -> object:
        graph = drawing(4, [(0, 1), (0, 2)], "supervise", a3="board")
        for user in users:
            id = EdgeId(f"s{user}")
            graph.edges[id] = Edge(id=id, source=AgentId("a3"), target=AgentId(f"a{user}"), kind="share")
        verdict = classify(graph)
        assert verdict.tree is not None
        return verdict.tree.as_json(), dict(verdict.attached)

    swarm = {"supervisor": "a0", "workers": [{"swarm": ["a1", "a2"], "board": "a3"}]}
    loose = {"supervisor": "a0", "workers": ["a1", "a2"]}
    assert with_board(0, 1, 2) == (swarm, {}) == with_board(1, 2)
    assert with_board(0, 1) == (loose, {"a1": ("a3",)})
    assert with_board(0) == (loose, {"a0": ("a3",)})


def test_an_event_that_watches_somebody_is_a_supervisor() -> None:
    graph = drawing(3, [(0, 1)], "supervise", a0="trigger")
    graph.edges[EdgeId("f")] = Edge(id=EdgeId("f"), source=AgentId("a0"), target=AgentId("a2"))
    verdict = classify(graph)
    assert verdict.tree is not None
    assert verdict.tree.as_json() == {"pipeline": [{"supervisor": "a0", "workers": ["a1"]}, "a2"]}


def test_who_stands_in_for_a_board_stands_in_for_nobody() -> None:
    graph = drawing(2, [(0, 1)], a0="board")
    graph.edges[EdgeId("e0")] = graph.edges[EdgeId("e0")].model_copy(update={"on": "failure"})
    assert classify(graph).tree == Leaf(AgentId("a1"))
