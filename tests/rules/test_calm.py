"""Rules are silent where nothing is wrong: a tool that cries wolf is switched off."""

from __future__ import annotations

import pytest

from quartet.graph.model import Graph
from rules.drawings import agent, draw, found

QUIET: list[tuple[str, str, Graph]] = [
    ("P001", "the last step keeps nobody waiting", draw(agent("Ann", limits=None))),
    (
        "P001",
        "a template is never slow",
        draw(agent("Ann", "template"), agent("Bob", "file", limits=None), agent("Cid"), edges="ann > bob, bob > cid"),
    ),
    (
        "P001",
        "a longest silence is a limit, too",
        draw(agent("Ann", limits={"heartbeat": 10}), agent("Bob"), edges="ann > bob"),
    ),
    (
        "P001",
        "a person may take as long as they like",
        draw(agent("Ann", "human"), agent("Bob"), edges="ann > bob"),
    ),
    ("P001", "of an unknown kind nothing is known", draw(agent("Ann", "robot"), agent("Bob"), edges="ann > bob")),
    (
        "P002",
        "a fallback is there",
        draw(agent("A"), agent("B"), agent("C"), agent("Eve", "template"), edges="a > b, b > c, b ! eve"),
    ),
    (
        "P002",
        "a supervisor takes care of it",
        draw(agent("Boss", "supervisor"), agent("A"), agent("B"), agent("C"), edges="a > b, b > c, boss ~ b"),
    ),
    (
        "P002",
        "the failure does not matter",
        draw(agent("A"), agent("B", ignore_failures=True), agent("C"), edges="a > b, b > c"),
    ),
    (
        "P002",
        "the first step has nothing to fall back to",
        draw(agent("Go", "trigger"), agent("A"), agent("B"), edges="go > a, a > b"),
    ),
    ("P003", "without a prompt the whole input is used", draw(agent("Ann"), agent("Bob"), edges="ann > bob")),
    (
        "P003",
        "an approval is waited for, not used",
        draw(agent("Ok", "human"), agent("Post", "http"), edges="ok > post"),
    ),
    (
        "P003",
        "an event is waited for, not used",
        draw(agent("Go", "trigger"), agent("Get", "http"), edges="go > get"),
    ),
    (
        "P003",
        "a web request that sends what came in uses it",
        draw(agent("A"), agent("B", "http", config={"method": "POST", "url": "https://x.example.com"}), edges="a > b"),
    ),
    (
        "P003",
        "a condition makes the way, not the text",
        draw(agent("Ann"), agent("Get", "http"), edges="ann > get ? value == 'yes'"),
    ),
    ("P004", "a loop with a condition ends", draw(agent("A"), agent("B"), edges="a > b, b @ a ? value.score < 8")),
    (
        "F002",
        "the ways of a router are no open fan-out",
        draw(agent("Ask", route="first"), agent("A"), agent("B"), edges="ask > a ? value == 'a', ask > b ? otherwise"),
    ),
    (
        "F002",
        "a collector is there",
        draw(
            agent("Go", "trigger"),
            agent("A"),
            agent("B"),
            agent("All", "collector"),
            edges="go > a, go > b, a > all, b > all",
        ),
    ),
    (
        "F003",
        "a collector says by itself for whom it waits",
        draw(
            agent("Go", "trigger"),
            agent("A"),
            agent("B"),
            agent("All", "collector"),
            edges="go > a, go > b, a > all, b > all",
        ),
    ),
    (
        "F003",
        "the join is stated",
        draw(
            agent("Go", "trigger"),
            agent("A"),
            agent("B"),
            agent("Sum", join={"mode": "any"}),
            edges="go > a, go > b, a > sum, b > sum",
        ),
    ),
    (
        "F004",
        "four at once are not many",
        draw(
            agent("Go", "trigger"), *(agent(f"A{n}") for n in range(4)), edges=", ".join(f"go > a{n}" for n in range(4))
        ),
    ),
    (
        "F004",
        "nine calls to nine hosts disturb nobody",
        draw(
            agent("Go", "trigger"),
            *(agent(f"A{n}", "http") for n in range(9)),
            edges=", ".join(f"go > a{n}" for n in range(9)),
        ),
    ),
    (
        "F004",
        "of the ways of a router one is taken",
        draw(
            agent("Ask", route="first"),
            *(agent(f"A{n}") for n in range(9)),
            edges=", ".join(f"ask > a{n} ? value == '{n}'" for n in range(9)),
        ),
    ),
    (
        "F005",
        "the order drawn can be relied on",
        draw(
            agent("A"),
            agent("B"),
            agent("All", "collector"),
            agent("Say", "template", config={"text": "{{ value[0] }}"}),
            edges="a > all, b > all, all > say",
        ),
    ),
    (
        "S002",
        "somebody watches it",
        draw(
            agent("Top", "supervisor", oversight={"restartable": True}),
            agent("Boss", "supervisor"),
            agent("Ann"),
            edges="top ~ boss, boss ~ ann",
        ),
    ),
    ("S003", "a supervisor by kind does no work", draw(agent("Boss", "supervisor"), agent("Ann"), edges="boss ~ ann")),
    (
        "S009",
        "a language model can manage",
        draw(agent("Boss", oversight={"dispatch": "manager"}), agent("Ann"), edges="boss ~ ann"),
    ),
    (
        "S005",
        "a person is asked",
        draw(
            agent("Boss", "supervisor", oversight={"on_error": [{"do": "escalate"}], "root_policy": "ask_human"}),
            agent("Ann"),
            edges="boss ~ ann",
        ),
    ),
    (
        "S010",
        "what is stated can happen",
        draw(
            agent(
                "Boss",
                "supervisor",
                oversight={
                    "restartable": True,
                    "on_supervisor_crash": "restart_tree",
                    "root_policy": "ask_human",
                    "max_children": 2,
                    "dispatch": "pool",
                },
            ),
            agent("Ann", restart="temporary"),
            edges="boss ~ ann",
        ),
    ),
    (
        "S005",
        "a fallback takes what is escalated",
        draw(
            agent("Boss", "supervisor", oversight={"on_error": [{"do": "escalate"}]}),
            agent("Ann"),
            agent("Eve", "template"),
            edges="boss ~ ann, boss ! eve",
        ),
    ),
    (
        "S007",
        "a collector between watched steps is covered",
        draw(
            agent("Boss", "supervisor"),
            agent("A"),
            agent("B"),
            agent("All", "collector"),
            agent("C"),
            edges="boss ~ a, boss ~ b, boss ~ c, a > all, b > all, all > c",
        ),
    ),
    (
        "S007",
        "a step before the first watched one is nobody's business",
        draw(
            agent("Boss", "supervisor"),
            agent("Pre"),
            agent("A"),
            agent("B"),
            edges="boss ~ a, boss ~ b, pre > a, a > b",
        ),
    ),
    (
        "S008",
        "the defaults are meant: three attempts, three restarts",
        draw(agent("Boss", "supervisor"), agent("Ann"), edges="boss ~ ann"),
    ),
    ("W001", "one way leads to no circle", draw(agent("A"), agent("B"), agent("C"), edges="a ^ b, b ^ c")),
    (
        "W001",
        "one stated limit holds for all",
        draw(agent("A"), agent("B", handover={"max_hops": 4}), edges="a ^ b, b ^ a"),
    ),
    ("W002", "the first peer is handed nothing", draw(agent("A"), agent("B", skills=("law",)), edges="a ^ b")),
    ("W003", "of peers in a circle any is reached", draw(agent("A"), agent("B"), edges="a ^ b, b ^ a")),
    ("W004", "an answer that ends the run is an answer", draw(agent("A"), agent("B"), edges="a ^ b")),
    (
        "G007",
        "a loop brings its value, too",
        draw(agent("A", "template", config={"text": "{{ from.b }}"}), agent("B"), edges="a > b, b @ a ? value > 3"),
    ),
    (
        "G022",
        "a server on this machine needs no key",
        draw(agent("A", config={"model": "m", "instructions": "Work.", "base_url": "http://localhost:11434/v1"})),
    ),
    ("G010", "a single agent is no loner", draw(agent("A"), agent("B"))),
    (
        "G011",
        "without an event agents start by themselves",
        draw(agent("A"), agent("B"), agent("C"), edges="a > c, b > c"),
    ),
    (
        "G012",
        "all waits for those that come",
        draw(
            agent("Ask", route="first"),
            agent("A"),
            agent("B"),
            agent("All", "collector", join={"mode": "all"}),
            edges="ask > a ? value == 'a', ask > b ? otherwise, a > all, b > all",
        ),
    ),
    (
        "G014",
        "a way back is no way out",
        draw(agent("A"), agent("B"), agent("C"), edges="a > b, b > c, b @ a ? value < 3"),
    ),
    (
        "G014",
        "whoever takes a detour comes back before the way out is taken",
        draw(
            agent("Draft"),
            agent("Check"),
            agent("Fix"),
            agent("Out"),
            edges="draft > check, check > fix ? value.bad, fix @ check, check > out",
        ),
    ),
    (
        "G014",
        "a detour within a larger loop",
        draw(
            agent("Draft"),
            agent("Check"),
            agent("Fix"),
            agent("Read"),
            edges="draft > check, check > fix ? value.bad, fix @ check, check > read, read @ draft ? !value",
        ),
    ),
    (
        "G015",
        "each choice of a person leads somewhere",
        draw(
            agent("Ask", "human", config={"choices": ["yes", "no"]}),
            agent("A"),
            agent("B"),
            edges="ask > a ? value == 'yes', ask > b ? value == \"no\"",
        ),
    ),
    (
        "G015",
        "a person who says no stops the rest",
        draw(
            agent("Ask", "human", config={"choices": ["yes", "no"]}),
            agent("Send", "http"),
            edges="ask > send ? value == 'yes'",
        ),
    ),
    (
        "G016",
        "one writes after the other",
        draw(agent("A", writes=("x",)), agent("B"), agent("C", writes=("x",)), edges="a > b, b > c"),
    ),
    (
        "G016",
        "what is written is added up",
        draw(
            agent("A"),
            agent("B", writes=("x",)),
            agent("C", writes=("x",)),
            edges="a > b, a > c",
            state={"x": {"reducer": "sum"}},
        ),
    ),
    (
        "G024",
        "a key that is filled at first",
        draw(agent("A", reads=("x",)), agent("B"), edges="a > b", state={"x": {"initial": 1}}),
    ),
    (
        "W006",
        "somebody has the skill",
        draw(agent("W", "board"), agent("A", skills=("x", "y")), edges="a & w", input=[{"needs": ["x"]}]),
    ),
    (
        "W007",
        "what the board hands out stays with who is at work",
        draw(agent("W", "board"), agent("A", limits={"heartbeat": 60}), edges="a & w"),
    ),
    (
        "G016",
        "peers write one at a time",
        draw(agent("A", writes=("x",)), agent("B", writes=("x",)), edges="a ^ b, b ^ a"),
    ),
    (
        "G017",
        "each gets another piece of the work",
        draw(
            agent("Boss", "supervisor", oversight={"dispatch": "split"}),
            agent("A", "http", config={"url": "https://x.example.com/{{ value }}"}),
            agent("B", "http", config={"url": "https://x.example.com/{{ value }}"}),
            edges="boss ~ a, boss ~ b",
        ),
    ),
    ("G018", "a budget is stated", draw(agent("A"), agent("B"), edges="a > b", limits={"deadline": 60})),
    ("G018", "a limit on tokens is stated", draw(agent("A"), agent("B"), edges="a > b", limits={"max_tokens": 60})),
    ("G018", "each model has its own", draw(agent("A", budget={"max_cost": 1}), agent("B", "http"), edges="a > b")),
    ("G023", "all of it counts", draw(agent("A", budget={"max_cost": 1}), agent("B"), edges="a > b")),
    ("G023", "it is the stricter", draw(agent("A", budget={"max_cost": 1}), limits={"max_cost": 2})),
    ("G018", "nothing is paid by the call", draw(agent("A", "template"), agent("B", "http"), edges="a > b")),
]


@pytest.mark.parametrize(("code", "graph"), [pytest.param(c, g, id=f"{c}-{why}") for c, why, g in QUIET])
def test_is_silent_where(code: str, graph: Graph) -> None:
    assert [finding.title for finding in found(graph, code)] == []


def test_a_way_that_does_not_come_back_is_taken_beside_the_other() -> None:
    names = ("Draft", "Check", "Fix", "Out")
    for edges in (
        "draft > check, check > fix ? value.bad, fix > out, check > out, out @ draft ? !value",
        "draft > check, check > fix ? value.bad, fix @ draft, check > out, out @ draft ? !value",
    ):
        assert found(draw(*map(agent, names), edges=edges), "G014")


@pytest.mark.parametrize("choices", [["yes", "no", "later"], []])
def test_a_choice_that_leads_nowhere_is_found(choices: list[str]) -> None:
    ask = agent("Ask", "human", config={"choices": choices})
    graph = draw(ask, agent("A"), agent("B"), edges="ask > a ? value == 'yes', ask > b ? value == 'no'")
    assert found(graph, "G015")


def test_a_way_that_one_condition_bars_is_not_opened_by_a_fix() -> None:
    [finding] = found(draw(agent("Check"), agent("Send"), edges="check > send ? value.score > 8"), "G015")
    assert not finding.fixes
