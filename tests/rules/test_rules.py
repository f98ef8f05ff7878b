"""Every rule finds what it is for, says it in words, and mends it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

import pytest

from quartet.graph.edits import apply
from quartet.graph.model import Graph
from quartet.rules import Finding, all_rules, find, rule
from rules.drawings import after, agent, draw, found
from rules.rule_cases import CASES

EVERY = [pytest.param(code, make, id=f"{code}-{make.__name__}") for code, makes in CASES.items() for make in makes]


def test_every_rule_has_a_drawing_in_which_it_finds_something() -> None:
    assert {each.code for each in all_rules()} == CASES.keys()


@pytest.mark.parametrize(("code", "make"), EVERY)
def test_finds_what_it_is_for(code: str, make: Callable[[], Graph]) -> None:
    graph = make()
    mine = found(graph, code)
    assert mine
    registered = find(code)
    assert registered is not None
    for finding in mine:
        assert finding.severity == registered.severity
        assert set(finding.agents) <= graph.agents.keys()
        assert set(finding.edges) <= graph.edges.keys()
        assert 8 < len(finding.title) <= 90, finding.title
        assert finding.detail.endswith((".", "”.")) and len(finding.detail) > 25, finding.detail
        assert "None" not in finding.title + finding.detail


@pytest.mark.parametrize(("code", "make"), EVERY)
def test_every_fix_applies_and_makes_the_finding_disappear(code: str, make: Callable[[], Graph]) -> None:
    graph = make()
    for finding in found(graph, code):
        for fix in finding.fixes:
            assert fix.edits and fix.label[0].isupper() and len(fix.label) <= 110
            mended = after(graph, fix.edits)
            left = {(each.code, each.agents, each.edges) for each in found(mended)}
            assert (finding.code, finding.agents, finding.edges) not in left, fix.label
            assert finding.title not in {each.title for each in found(mended, code)}, fix.label


@pytest.mark.parametrize(("code", "make"), EVERY)
def test_a_fix_brings_no_error_and_no_warning_that_was_not_there(code: str, make: Callable[[], Graph]) -> None:
    graph = make()
    before = {(each.code, each.agent) for each in found(graph)}
    for fix in chain.from_iterable(finding.fixes for finding in found(graph, code)):
        mended = after(graph, fix.edits)
        grave = {(each.code, each.agent) for each in found(mended) if each.severity != "advice"}
        new = {(code, agent) for code, agent in grave - before if agent in graph.agents or agent is None}
        # a way without a condition beside conditional ones is what an agent of this choice gets
        assert not {code for code, _ in new} - {"G014"}, (fix.label, new)
        assert not {code for code, agent in grave if agent is not None and agent not in graph.agents}, fix.label


@pytest.mark.parametrize(("code", "make"), EVERY)
def test_a_fix_can_be_undone(code: str, make: Callable[[], Graph]) -> None:
    graph = make()
    for finding in found(graph, code):
        for fix in finding.fixes:
            changed = graph.model_copy(deep=True)
            apply(changed, apply(changed, fix.edits).inverse)
            assert changed == graph


def test_what_a_fix_draws_covers_no_card() -> None:
    for makes in CASES.values():
        for make in makes:
            graph = make()
            for finding in found(graph):
                for fix in finding.fixes:
                    spots = list(after(graph, fix.edits).positions.values())
                    for index, (x, y) in enumerate(spots):
                        assert all(abs(x - a) >= 184 or abs(y - b) >= 62 for a, b in spots[:index]), fix.label


@pytest.mark.parametrize(
    ("backs", "said"),
    [
        (("b @ a", "c @ b"), "the loops from B back to A and from C back to B are done"),
        (
            ("b @ a", "c @ b", "d @ c", "e @ d", "f @ e"),
            "the loops from B back to A, from C back to B, from D back to C and 2 more are done",
        ),
    ],
)
def test_of_several_endless_loops_it_is_said_which_ones(backs: tuple[str, ...], said: str) -> None:
    agents = [agent(name) for name in "ABCDEF"]
    graph = draw(*agents, edges=", ".join(("a > b, b > c, c > d, d > e, e > f", *backs)))
    (finding,) = found(graph, "P004")
    assert finding.title == f"{len(backs)} loops never end"
    assert said in finding.detail


def test_the_gravest_come_first_and_then_in_the_order_of_the_file() -> None:
    ann, bob = agent("Ann", limits=None), agent("Bob", limits=None)
    graph = draw(ann, bob, agent("Fetch", "http", config={}), edges="ann > bob, bob > fetch")
    order = ["error", "warning", "advice"]
    severities = [order.index(each.severity) for each in found(graph)]
    assert severities == sorted(severities) and severities[0] == 0 and severities[-1] == 2
    assert [each.agents for each in found(graph, "P001")] == [("ann", "bob")]
    row = draw(*map(agent, "ABCD"), edges="a > b, b > c, c > d")
    assert [each.agent for each in found(row, "P002")] == ["b", "c"]


def test_the_same_graph_always_gets_the_same_findings() -> None:
    for makes in CASES.values():
        for make in makes:
            assert found(make()) == found(make())


def test_two_rules_cannot_have_one_code() -> None:
    def again(facts: object, this: object) -> list[Finding]:
        return []

    with pytest.raises(ValueError, match="P001"):
        rule("P001", "advice", "pipeline", "again")(again)
