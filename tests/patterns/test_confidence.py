"""How sure a verdict says it is: never more than the drawing allows."""

import pytest

from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.verdict import classify


def hand_offs(text: str) -> Graph:
    """A graph of hand-offs both ways: “a-b b-c”."""
    graph = Graph()
    for pair in text.split():
        one, other = map(AgentId, pair.split("-"))
        for source, target in ((one, other), (other, one)):
            graph.agents.setdefault(source, Agent(id=source, kind="llm", name=source))
            way = EdgeId(f"{source}-{target}")
            graph.edges[way] = Edge(id=way, source=source, target=target, kind="handoff")
    return graph


@pytest.mark.parametrize("depth", [4, 10, 40, 200])
def test_a_two_way_tree_of_hand_offs_is_no_sure_swarm(depth: int) -> None:
    spine = [f"a{index}-a{index + 1}" for index in range(depth - 1)]
    verdict = classify(hand_offs(" ".join([*spine, *(f"a{index}-b{index}" for index in range(depth))])))
    assert verdict.top == "swarm"
    assert verdict.confidence == "low"
    assert [alternative.top for alternative in verdict.alternatives] == ["supervisor"]


def test_a_swarm_in_which_one_is_the_only_way_to_another_is_less_sure() -> None:
    verdict = classify(hand_offs("a-b b-c c-d d-a a-x b-y"))
    assert (verdict.top, verdict.confidence) == ("swarm", "medium")


def test_peers_who_all_reach_each_other_are_surely_a_swarm() -> None:
    verdict = classify(hand_offs("a-b b-c c-d d-a a-c"))
    assert (verdict.top, verdict.confidence, verdict.alternatives) == ("swarm", "high", ())
