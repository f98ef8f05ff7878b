"""What is wrong with settings is said in one way: by the rules and by a refused run, without a library's words."""

from typing import Any

import pytest

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.engine import Refused, run
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.verdict import classify
from quartet.rules import findings


def drawn(kind: str, config: dict[str, Any]) -> Graph:
    agent = Agent(id=AgentId("a"), kind=kind, name="Web request", config=config)
    return Graph(agents={agent.id: agent})


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ({}, "“Address” must be filled in before Web request can run."),
        ({"url": "https://x.org", "verb": "GET"}, "Web request has a setting “verb” that nobody knows."),
        ({"url": "https://x.org", "method": "SHOUT"}, "“Method” of Web request does not fit:"),
    ],
)
def test_a_refused_run_says_what_the_problems_say_and_where(config: dict[str, Any], reason: str) -> None:
    graph = drawn("http", config)
    with pytest.raises(Refused) as refused:
        run(graph)
    [problem] = refused.value.reasons
    assert problem.text.startswith(reason)
    assert problem.agents == ("a",)
    assert "[type=" not in problem.text
    assert "input_value" not in problem.text
    [finding] = [each for each in findings(graph, classify(graph)) if each.code == "G004"]
    assert finding.detail in problem.text
    assert finding.agents == problem.agents


def test_agents_of_one_unknown_kind_are_one_reason_that_names_them_all() -> None:
    graph = Graph(agents={AgentId(id): Agent(id=AgentId(id), kind="martian", name=id.upper()) for id in "abc"})
    with pytest.raises(Refused) as refused:
        run(graph)
    assert refused.value.problems == [
        "A and 2 more are of the kind “martian”, which this version cannot run; they can rehearse."
    ]
    assert refused.value.reasons[0].agents == ("a", "b", "c")


async def test_a_strategy_that_does_not_fit_fails_in_the_same_words() -> None:
    directive = {"do": "restart", "with": {"verb": "GET"}}
    boss = Agent.model_validate({"id": "s", "kind": "supervisor", "name": "S", "oversight": {"on_error": [directive]}})
    worker = drawn("template", {"text": "{{ value.nope }}"}).agents[AgentId("a")]
    edge = Edge(id=EdgeId("e"), source=boss.id, target=worker.id, kind="supervise")
    graph = Graph(agents={boss.id: boss, worker.id: worker}, edges={edge.id: edge})
    async with run(graph, "x") as r:
        told = [str((event.data or {}).get("error", "")) async for event in r if event.type == "attempt.failed"]
    assert any("has a setting “verb” that nobody knows" in text for text in told), told
    assert not any("[type=" in text for text in told)
