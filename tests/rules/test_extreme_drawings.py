"""Drawings that are empty, huge or contradictory: each gets a sensible verdict and a clear finding, and quickly.

The sizes are those that are promised, so these tests take a second or two in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from counting import growth
from patterns.odd_shapes import chained, drawing
from quartet.graph.model import Agent, AgentId, Edge, Graph
from quartet.patterns.verdict import classify
from quartet.rules import Finding, all_rules, findings
from quartet.rules.facts import Facts
from quartet.rules.oversight import relieve
from rules.drawings import agent, draw, found

ALL = range(300)
RING = [*chained(2_000), (1_999, 0)]
SMALL: dict[str, tuple[Graph, str, set[str]]] = {
    "nothing": (drawing(0, []), "empty", {"G019"}),
    "one agent": (drawing(1, []), "agent", {"G008", "G018"}),
    "one supervisor": (drawing(1, [], a0="supervisor"), "agent", {"S001"}),
    "one board": (drawing(1, [], a0="board"), "empty", {"G019"}),
    "only boards": (drawing(3, [], a0="board", a1="board", a2="board"), "empty", {"G019"}),
    "boards that share with each other": (
        drawing(2, [(0, 1)], "share", a0="board", a1="board"), "empty", {"G001", "G019"},
    ),
    "only events": (drawing(2, [], a0="trigger", a1="trigger"), "fan_out", {"G019"}),
    "an agent that leads to itself": (drawing(1, [(0, 0)]), "agent", {"G002", "G008", "G018"}),
    "an agent that hands over to itself": (drawing(1, [(0, 0)], "handoff"), "agent", {"G001", "G008", "G018"}),
    "an agent that supervises itself": (drawing(1, [(0, 0)], "supervise"), "agent", {"G001", "G008", "G018", "S003"}),
    "fifty edges between two": (drawing(2, [(0, 1)] * 50), "pipeline", {"G008", "G018", "P001"}),
    "two that supervise each other": (drawing(2, [(0, 1), (1, 0)], "supervise"), "swarm", {"G001", "G008", "G018"}),
    "a ring of supervision": (drawing(2_000, RING, "supervise"), "swarm", {"G001", "G008", "G018"}),
    "a ring of hand-offs": (drawing(2_000, RING, "handoff"), "swarm", {"G008", "G018", "W001", "W002"}),
    "a ring that nobody marked": (drawing(2_000, RING), "pipeline", {"G002", "G008", "G018", "P001", "P002"}),
}  # fmt: skip
LARGE = {
    "five thousand components": (drawing(5_000, []), "fan_out", {"F002": 1, "F004": 1}),
    "a chain of ten thousand": (drawing(10_000, chained(10_000)), "pipeline", {"P001": 1, "P002": 9_998}),
    "everybody to everybody": (
        drawing(300, [(a, b) for a in ALL for b in ALL if a != b]), "swarm", {"G002": 1, "P001": 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SMALL)
def test_a_strange_drawing_gets_a_sensible_verdict_and_clear_findings(what: str) -> None:
    graph, top, codes = SMALL[what]
    verdict = classify(graph)
    found = findings(graph, verdict)
    assert (verdict.top, {finding.code for finding in found}) == (top, codes)
    assert all(are_clear(finding, graph) for finding in found)


@pytest.mark.parametrize("what", LARGE)
def test_a_huge_drawing_is_judged_whole(what: str) -> None:
    graph, top, counts = LARGE[what]
    verdict = classify(graph)
    found = findings(graph, verdict)
    codes = Counter(finding.code for finding in found)
    assert (verdict.top, codes) == (top, {**counts, "G008": 1, "G018": 1})
    assert verdict.tree is not None and len(verdict.tree.workforce) == len(graph.agents)
    assert all(are_clear(finding, graph) for finding in (*found[:50], *found[-50:]))


def are_clear(finding: Finding, graph: Graph) -> bool:
    """Whether it names what is there, in a sentence that a person reads at a glance, however much it is about."""
    exists = set(finding.agents) <= graph.agents.keys() and set(finding.edges) <= graph.edges.keys()
    return exists and len(finding.title) <= 90 and 25 < len(finding.detail) < 400


def test_what_supervises_itself_around_a_ring_is_named_and_one_fix_leaves_one_on_top() -> None:
    graph = drawing(4, [*pairwise(range(4)), (3, 0)], "supervise")
    [finding] = [each for each in findings(graph, classify(graph)) if each.code == "G001"]
    assert finding.title == "“a0”, “a1”, “a2” and others supervise each other: nobody is on top"
    assert [fix.label for fix in finding.fixes] == ["Leave a0 on top"]


def test_steps_that_lead_round_and_use_nothing_are_judged() -> None:
    config = {"model": "m", "instructions": "Go on.", "prompt": "Go on."}
    steps = [agent(name, config=config) for name in "abc"]
    graph = draw(agent("s"), *steps, edges="s > a, a > b, b > c, c > a")
    assert found(graph, "P003")


def test_one_that_waits_for_itself_is_told_so() -> None:
    graph = Graph(agents={"a": Agent(id="a", kind="template", name="A")})  # type: ignore[dict-item, arg-type]
    graph.edges["e"] = Edge(id="e", source="a", target="a")  # type: ignore[index, arg-type]
    (finding,) = [each for each in findings(graph, classify(graph)) if each.code == "G002"]
    assert finding.title == "A leads back to itself"
    assert finding.detail.startswith("A waits for its own result: it would never start.")


def crossing(size: int) -> Graph:
    """Six who lead to all others but one each, so that nobody is independent."""
    ways = [(one, other) for one in range(6) for other in range(6, size) if other - 6 != one]
    return drawing(size, ways)


def watched_in_a_chain(size: int) -> Graph:
    """Each oversees the next, and the first all of them."""
    return drawing(size, [*chained(size), *((0, other) for other in range(2, size))], "supervise")


def answers_for_many(size: int) -> Graph:
    """A peer whose answers half of all agents wait for, and as many peers whose answers nobody wants."""
    peers = range(2, size // 2)
    graph = drawing(size, [*((0, peer) for peer in peers), *((1, peer) for peer in peers), (0, 1), (1, 0)], "handoff")
    for other in range(size // 2, size):
        id = f"on{other}"
        graph.edges[id] = Edge(id=id, source="a1", target=f"a{other}")  # type: ignore[index,arg-type]
    return graph


@pytest.mark.parametrize(("code", "shape"), [("F001", crossing), ("W004", answers_for_many)])
def test_one_rule_looks_at_a_large_drawing_in_time_that_grows_with_it(code: str, shape: Callable[[int], Graph]) -> None:
    [rule] = [each for each in all_rules() if each.code == code]

    def looked_at(size: int) -> Callable[[], object]:
        graph = shape(size)
        facts = Facts(graph, classify(graph), trials=0)
        assert list(rule.check(facts, rule))
        return lambda: list(rule.check(facts, rule))

    assert growth(looked_at, 32, 128) < 6.5  # four times the size: linear is 4, quadratic 16


def test_who_is_to_be_relieved_of_many_workers_is_looked_at_once_for_all_of_them() -> None:
    def relieved(size: int) -> Callable[[], object]:
        graph = watched_in_a_chain(size)
        facts = Facts(graph, classify(graph), trials=0)
        return lambda: relieve(facts, AgentId("a0"))

    assert growth(relieved, 40, 160) < 6.5
