"""How sure a verdict says it is: never more than the drawing allows."""

import pytest

from patterns.wired import offered, shape, wired
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, EdgeKind, Graph
from quartet.patterns.verdict import Verdict, classify


def hand_offs(text: str) -> Graph:
    """A graph of hand-offs both ways: “a-b b-c”."""
    both = (pair.split("-") for pair in text.split())
    return drawn(" ".join(f"{one}>{other} {other}>{one}" for one, other in both), "handoff")


def drawn(text: str, kind: EdgeKind = "flow", **also: str) -> Graph:
    """A graph of edges one way, “a>b b>c”; `also`: edges of other kinds. A “?” before an edge is a condition."""
    graph = Graph()
    for each, ways in ((kind, text), *also.items()):
        for pair in ways.split():
            source, target = map(AgentId, pair.strip("?").split(">"))
            for end in (source, target):
                graph.agents.setdefault(end, Agent(id=end, kind="llm", name=end))
            way = EdgeId(f"{source}-{target}")
            when = "result.ok" if pair.startswith("?") else None
            graph.edges[way] = Edge.model_validate(
                {"id": way, "source": source, "target": target, "kind": each, "when": when}
            )
    return graph


def alternatives(verdict: Verdict) -> list[str]:
    return [alternative.top for alternative in verdict.alternatives]


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


@pytest.mark.parametrize("ring", ["a>b b>a", "a>b b>c c>a", "a>b b>c c>a a>x b>y c>z x>u"])
def test_supervisors_who_oversee_each_other_in_a_ring_are_a_guess(ring: str) -> None:
    verdict = classify(drawn(ring, "supervise"))
    assert (verdict.top, verdict.confidence, alternatives(verdict)) == ("swarm", "low", ["supervisor"])


@pytest.mark.parametrize("ring", ["a>b b>a", "a>b b>c c>a", "a>b a>c b>d c>d d>a"])
def test_peers_who_have_nobody_to_choose_from_may_go_round_in_a_loop(ring: str) -> None:
    verdict = classify(drawn(ring, "handoff"))
    assert (verdict.top, verdict.confidence, alternatives(verdict)) == ("swarm", "medium", ["pipeline"])


def test_steps_that_hand_over_from_one_to_the_next_may_be_peers() -> None:
    verdict = classify(drawn("a>b b>c c>d", "handoff"))
    assert (verdict.top, verdict.confidence, alternatives(verdict)) == ("pipeline", "medium", ["swarm"])
    assert classify(drawn("a>b c>d", "flow", handoff="b>c")).confidence == "high"


def test_a_supervisor_left_by_choice_may_have_more_workers() -> None:
    star = "s>a s>b s>c a>s b>s c>s"
    verdict = classify(drawn(f"{star} ?s>x x>y y>z z>u"))
    assert (verdict.top, verdict.confidence, alternatives(verdict)) == ("pipeline", "medium", ["supervisor"])
    assert classify(drawn(f"{star} s>x x>y y>z z>u")).confidence == "high"


def test_a_step_before_a_choice_of_many_may_be_a_manager_s() -> None:
    verdict = classify(drawn("in>r ?r>a ?r>b ?r>c ?r>d"))
    assert (verdict.top, verdict.confidence, alternatives(verdict)) == ("pipeline", "medium", ["supervisor"])
    assert classify(drawn("in>r r>s s>t ?t>a ?t>b")).confidence == "high"


def test_a_line_of_agents_who_talk_both_ways_is_a_guess() -> None:
    graph = drawn("in>a a>b b>a b>c c>b")
    graph.agents[AgentId("in")] = Agent(id=AgentId("in"), kind="trigger", name="in")
    verdict = classify(graph)
    assert (verdict.top, verdict.confidence, alternatives(verdict)) == ("pipeline", "low", ["swarm", "supervisor"])


def test_a_fan_out_whose_results_are_sent_back_may_also_be_two_steps_that_go_round() -> None:
    verdict = classify(wired("a>c:flow b>c:flow c>a:feedback c>b:feedback"))
    assert shape(verdict) == {"fan_out": ["a", "b"], "collector": "c", "loop": True}
    assert (verdict.confidence, offered(verdict)) == ("medium", ["pipeline", "supervisor"])
