"""A person's choice that changes nothing is found, and nothing is said where it may change something."""

from __future__ import annotations

from typing import Any

import pytest

from rules.drawings import agent, draw, found


def ask(*choices: str, **fields: Any) -> dict[str, Any]:
    return agent("Ask", "human", config={"prompt": "Shall it be?", "choices": list(choices)}, **fields)


def step(name: str, text: str = "Write about {{ input }}.", **fields: Any) -> dict[str, Any]:
    return agent(name, config={"model": "m", "prompt": text}, **fields)


def test_one_way_goes_on_only_after_the_answer_that_leads_on() -> None:
    [finding] = found(draw(ask("Yes", "No"), step("A"), edges="ask > a"), "G029")
    assert finding.title == "What Ask chooses changes nothing" and finding.confidence == "medium"
    assert finding.detail.startswith("A follows whether Ask answers “Yes” or “No”")
    assert [(fix.label, fix.edits[0].values["when"]) for fix in finding.fixes] == [  # type: ignore[union-attr]
        ("Go on to A only after “Yes”", 'value == "Yes"'),
        ("Go on to A only after “No”", 'value == "No"'),
    ]


def test_of_several_ways_each_is_for_one_answer_and_the_last_for_all_others() -> None:
    graph = draw(ask("Yes", "No", "Later"), step("A"), step("B"), edges="ask > a, ask > b")
    [fix] = found(graph, "G029")[0].fixes
    assert fix.label == "Go on to A after “Yes”, B after anything else"
    assert [edit.values["when"] for edit in fix.edits] == ['value == "Yes"', "otherwise"]  # type: ignore[union-attr]
    graph = draw(ask("Yes", "No"), step("A"), step("B"), edges="ask > a, ask > b")
    assert found(graph, "G029")[0].fixes[0].label == "Go on to A after “Yes”, B after “No”"


def test_where_no_answer_fits_a_way_nothing_is_offered() -> None:
    three = draw(ask("Yes", "No"), step("A"), step("B"), step("C"), edges="ask > a, ask > b, ask > c")
    quoted = draw(ask('"Yes"', "No"), step("A"), edges="ask > a")
    assert [found(graph, "G029")[0].fixes for graph in (three, quoted)] == [(), ()]


@pytest.mark.parametrize(
    ("what", "agents", "edges"),
    [
        ("a condition looks at it", [ask("Yes", "No"), step("A")], "ask > a ? value == 'Yes'"),
        ("one way has a condition", [ask("Yes", "No"), step("A"), step("B")], "ask > a ? value == 'Yes', ask > b"),
        ("a text uses it", [ask("Yes", "No"), step("A", "They said {{ value }}.")], "ask > a"),
        ("a text uses it by name", [ask("Yes", "No"), step("A", "They said {{ from.ask }}.")], "ask > a"),
        ("one of two texts uses it", [ask("Yes", "No"), step("A"), step("B", "{{ value }}")], "ask > a, ask > b"),
        ("a later condition uses it", [ask("Yes", "No"), step("A"), step("B")], "ask > a, a > b ? from.ask == 'Yes'"),
        ("without a prompt a model is told it", [ask("Yes", "No"), agent("A")], "ask > a"),
        ("a function is given it", [ask("Yes", "No"), agent("A", "python")], "ask > a"),
        ("a collector hands it on", [ask("Yes", "No"), step("A"), agent("C", "collector")], "ask > c, a > c"),
        ("it is the result of the run", [step("A"), ask("Yes", "No")], "a > ask"),
        ("it is written down", [ask("Yes", "No", writes=["plan"]), step("A")], "ask > a"),
        ("a loop asks again", [step("A"), ask("Yes", "No"), step("B")], "a > ask, ask @ a, ask > b"),
        ("any text is an answer", [ask(), step("A")], "ask > a"),
        ("there is nothing to choose", [ask("Done"), step("A")], "ask > a"),
        ("a supervisor is told it", [agent("Boss", "supervisor"), ask("Yes", "No"), step("A")], "boss ~ ask, ask > a"),
    ],
)  # fmt: skip
def test_is_silent_where(what: str, agents: list[dict[str, Any]], edges: str) -> None:
    assert [each.title for each in found(draw(*agents, edges=edges), "G029")] == [], what
