"""Loops that are left in the middle: what only leads back belongs to the loop, what leaves it comes after it."""

from random import Random

import pytest

from quartet.graph.model import JSON, Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.tree import FanOut, Leaf, Pipeline
from quartet.patterns.verdict import classify


def flow(text: str) -> Graph:
    """A graph of flow: “a>b b<a”, where “<” is a loop edge back from the first to the second."""
    graph = Graph()
    for way in text.split():
        source, target = map(AgentId, way.replace("<", ">").split(">"))
        for id in (source, target):
            graph.agents.setdefault(id, Agent(id=id, kind="llm", name=id))
        graph.edges[EdgeId(way)] = Edge(id=EdgeId(way), source=source, target=target, loop="<" in way)
    return graph


@pytest.mark.parametrize(
    ("drawn", "tree"),
    [
        # for each item of a batch, then what comes after the batch
        (
            "a>next next>work work<next next>end",
            {"pipeline": ["a", {"pipeline": ["next", "work"], "loop": True}, "end"]},
        ),
        # bad ones are asked for again, good ones go on
        (
            "find>grade grade>ask ask<find grade>write write>send",
            {"pipeline": [{"pipeline": ["find", "grade", "ask"], "loop": True}, "write", "send"]},
        ),
        # one such loop in another
        (
            "a>b b>c c<b b>d d<a a>e",
            {"pipeline": [{"pipeline": ["a", {"pipeline": ["b", "c"], "loop": True}, "d"], "loop": True}, "e"]},
        ),
    ],
)
def test_what_leaves_a_loop_comes_after_it(drawn: str, tree: JSON) -> None:
    for order in range(4):
        ways = drawn.split()
        Random(order).shuffle(ways)
        verdict = classify(flow(" ".join(ways)))
        assert verdict.tree is not None
        assert verdict.tree.as_json() == tree


def test_where_all_ways_lead_back_they_are_branches_of_the_loop() -> None:
    tree = classify(flow("a>b a>c b<a c<a")).tree
    assert tree == FanOut(branches=(Leaf(AgentId("b")), Leaf(AgentId("c"))), trigger=AgentId("a"), loop=True)


def test_every_loop_in_a_loop_is_found() -> None:
    verdict = classify(flow(" ".join(f"h{n}>h{n + 1} h{n + 1}>x{n} x{n}<h{n}" for n in range(40))))
    assert verdict.tree is not None
    assert sum(isinstance(part, Pipeline) and part.loop for part in verdict.tree.walk()) == 40


def drawn(ways: str, **agents: dict[str, object]) -> Graph:
    """A graph of flow in which “a?b” has a condition."""
    graph = Graph()
    for way in ways.split():
        source, target = map(AgentId, way.replace("?", ">").split(">"))
        for id in (source, target):
            graph.agents.setdefault(
                id, Agent.model_validate({"id": id, "kind": "llm", "name": id, **agents.get(id, {})})
            )
        when = "value != ''" if "?" in way else None
        graph.edges[EdgeId(way)] = Edge(id=EdgeId(way), source=source, target=target, when=when)
    return graph


def test_who_is_asked_again_on_a_condition_is_no_peer() -> None:
    tree = classify(drawn("draft>check check?draft check?send")).tree
    assert tree is not None
    assert tree.as_json() == {"pipeline": [{"pipeline": ["draft", "check"], "loop": True}, "send"]}


def test_what_a_person_sends_back_on_a_condition_is_a_review() -> None:
    tree = classify(drawn("draft>approve approve?draft approve?send", approve={"kind": "human"})).tree
    assert tree is not None
    assert tree.as_json() == {"pipeline": ["draft", "approve", "send"], "repeats": ["approve"]}


def test_two_who_always_answer_each_other_remain_peers() -> None:
    assert classify(drawn("a>b b>a")).top == "swarm"


@pytest.mark.parametrize("join", [{"kind": "collector"}, {}])
def test_who_only_collects_what_comes_back_to_the_plan_is_not_in_charge(join: dict[str, object]) -> None:
    start: dict[str, object] = {} if join else {"start": True}  # a stated start is an entrance like any other
    tree = classify(drawn("plan>work work>join join?plan join?end", plan=start, work={"dynamic": True}, join=join)).tree
    assert tree is not None
    assert tree.as_json() == {
        "pipeline": [
            {"fan_out": ["work"], "trigger": "plan", "collector": "join", "loop": True, "dynamic": True},
            "end",
        ]
    }


def test_a_tool_that_somebody_else_works_for_as_well_is_a_step() -> None:
    tree = classify(drawn("draft>search search>revise revise?search revise?end", search={"kind": "tool"})).tree
    assert tree is not None
    assert tree.as_json() == {"pipeline": ["draft", {"pipeline": ["search", "revise"], "loop": True}, "end"]}
