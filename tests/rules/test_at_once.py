"""Who is at work at the same time: not those between whom a condition decides, nor those that a loop keeps apart."""

from __future__ import annotations

import pytest

from quartet.graph.model import Graph
from quartet.rules.complements import never_both
from rules.drawings import LLM, agent, draw, found

EXCLUSIVE = [
    ("value.kind == 'a'", "value.kind == 'b'"),
    ("value.kind == 'a'", '"b" == value.kind'),
    ("value.n == 1", "value.n == 2"),
    ("value.ok", "!value.ok"),
    ("value.score < 8", "value.score >= 8"),
]
OVERLAPPING = [
    ("value.kind == 'a'", "value.sort == 'b'"),
    ("value.kind == 'a'", 'value.kind == "a"'),
    ("value.a > 3", "value.b > 3"),
    ("value.n == 1", "value.n == 1.0"),
    ("value.n == 1", "value.n == value.m"),
    ("value.kind == 'a' || value.all", "value.kind == 'b'"),
]


def routed(one: str, other: str, **router: object) -> Graph:
    """Two ways out of one agent. Both write one key, and the second reads it."""
    return draw(
        agent("Ask", **router), agent("Ann", writes=("note",)), agent("Bob", writes=("note",), reads=("note",)),
        agent("Out"), edges=f"ask > ann ? {one}, ask > bob ? {other}, ann > out, bob > out",
        state={"note": {"initial": ""}},
    )  # fmt: skip


@pytest.mark.parametrize(("one", "other"), EXCLUSIVE + OVERLAPPING)
def test_of_two_conditions_at_most_one_holds(one: str, other: str) -> None:
    assert never_both(one, other) == never_both(other, one) == ((one, other) in EXCLUSIVE)


@pytest.mark.parametrize(("one", "other"), [*EXCLUSIVE, ("value.a > 3", "otherwise")])
def test_agents_between_whom_a_condition_decides_do_not_race(one: str, other: str) -> None:
    codes = {each.code for each in found(routed(one, other))}
    assert not codes & {"F003", "F006", "G016"}


def test_agents_whose_conditions_may_both_hold_do_race() -> None:
    assert {"F006", "G016"} <= {each.code for each in found(routed("value.a > 3", "value.b > 3"))}
    assert not {"F006", "G016"} & {each.code for each in found(routed("value.a > 3", "value.b > 3", route="first"))}


def test_a_condition_further_up_decides_as_well() -> None:
    edges = (
        "ask > ann ? value.ok, ask > bob ? otherwise, ann > x, ann > y, bob > v, x > sum, y > sum, sum > out, v > out"
    )
    agents = [agent(name) for name in ("Ask", "Ann", "Bob", "Y", "Out")]
    graph = draw(*agents, agent("X", writes=("k",)), agent("Sum", writes=("m",)), agent("V", writes=("k", "m")),
                 edges=edges, state={"k": {}, "m": {}})  # fmt: skip
    assert not found(graph, "G016")
    both = draw(*[agent(name) for name in ("Ask", "Ann", "Bob", "Y", "Out")], agent("X", writes=("k",)),
                agent("Sum", writes=("m",)), agent("V", writes=("k", "m")),
                edges=edges.replace("ask > bob ? otherwise", "ask > bob"), state={"k": {}, "m": {}})  # fmt: skip
    assert found(both, "G016")


def two_ways_to_ann(for_bob: str, edges: str = "") -> Graph:
    """Ann is asked in two cases, one of them behind Pre, and Bob in a third; both write one key."""
    return draw(
        agent("Ask"), agent("Pre"), agent("Ann", writes=("note",)), agent("Bob", writes=("note",)),
        *([agent("Out")] if edges else []),
        edges="ask > ann ? value.kind == 'a', ask > pre ? value.kind == 'b', pre > ann, "
        f"ask > bob ? {for_bob}{edges}",
        state={"note": {"initial": ""}},
    )  # fmt: skip


@pytest.mark.parametrize("for_bob", ["value.kind == 'c'", "otherwise"])
def test_whoever_is_asked_in_two_cases_does_not_race_with_whom_only_a_third_one_asks(for_bob: str) -> None:
    for edges in ("", ", ann > out, bob > out"):
        codes = {each.code for each in found(two_ways_to_ann(for_bob, edges))}
        assert not codes & {"F002", "F003", "G016"}, (edges, codes)


def test_whoever_is_asked_in_one_case_in_which_another_is_asked_too_does_race() -> None:
    assert found(two_ways_to_ann("value.kind == 'b'"), "G016")


def test_of_very_many_ways_to_an_agent_what_they_have_in_common_counts() -> None:
    names = [f"W{number}" for number in range(12)]
    ways = ", ".join(f"top > {name.lower()} ? value.n == {number}" for number, name in enumerate(names))
    ends = ", ".join(f"{name.lower()} > ann" for name in names)
    graph = draw(
        agent("Ask"), agent("Top"), *map(agent, names), agent("Ann", writes=("note",)), agent("Bob", writes=("note",)),
        edges=f"ask > top ? value.ok, ask > bob ? !value.ok, {ways}, {ends}", state={"note": {"initial": ""}},
    )  # fmt: skip
    assert not found(graph, "G016")


def test_a_loop_elsewhere_does_not_hide_a_branch_that_uses_a_sibling() -> None:
    ann = agent("Ann", config={**LLM, "prompt": "{{ from.bob }} {{ value }}"})
    loop = "all > draft, draft > check, check @ draft ? value.score < 8"
    graph = draw(agent("Go", "trigger"), ann, agent("Bob"), agent("All", "collector"), agent("Draft"), agent("Check"),
                 edges=f"go > ann, go > bob, ann > all, bob > all, {loop}")  # fmt: skip
    assert [each.agents for each in found(graph, "F006")] == [("ann", "bob")] and not found(graph, "G007")


def test_what_a_loop_leads_to_in_the_end_is_no_sibling() -> None:
    # only the way back leads from Check to Out: it waits for the last pass
    out = agent("Out", config={**LLM, "prompt": "{{ from.check }} {{ value }}"})
    graph = draw(agent("Draft"), agent("Check"), out, edges="draft > check, check @ draft ? value < 8, draft > out")
    assert not found(graph, "F006") and found(graph, "G007")
