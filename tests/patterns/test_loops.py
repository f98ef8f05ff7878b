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
