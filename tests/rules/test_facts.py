"""What rules ask about a graph."""

from __future__ import annotations

import pytest

from quartet.graph.model import Graph
from quartet.patterns.verdict import classify
from quartet.rules.facts import Facts
from rules.drawings import agent, draw


def facts(graph: Graph) -> Facts:
    return Facts(graph, classify(graph))


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "nobody"), (1, "A0"), (2, "A0 and A1"), (4, "A0, A1, A2 and A3"), (5, "A0, A1, A2 and 2 more")],
)
def test_agents_are_named_as_in_a_sentence(count: int, said: str) -> None:
    known = facts(draw(*(agent(f"A{n}") for n in range(6))))
    assert known.names([f"a{n}" for n in range(count)]) == said


def test_an_agent_without_a_name_is_called_by_its_id() -> None:
    assert facts(draw({"id": "x1", "name": " ", "kind": "llm"})).name("x1") == "x1"


def test_edges_are_sorted_by_what_they_mean() -> None:
    known = facts(
        draw(
            agent("Boss", "supervisor"),
            agent("A"),
            agent("B"),
            agent("Eve", "template"),
            edges="a > b, boss ~ a, boss ~ b, b > boss, boss > a, a ! eve, b @ a",
        )
    )
    assert [edge.id for edge in known.flow_out["a"]] == ["e0"]
    assert [edge.id for edge in known.reports["b"]] == ["e3"]
    assert [edge.id for edge in known.duties["a"]] == ["e4"]
    assert known.before("a") == [] and known.after("a") == ["b"]
    assert [edge.id for edge in known.fallbacks["a"]] == [edge.id for edge in known.rescues["eve"]] == ["e5"]
    assert [edge.id for edge in known.loops] == ["e6"]


def test_one_precedes_the_other_along_the_flow_only() -> None:
    known = facts(draw(agent("A"), agent("B"), agent("C"), agent("D"), edges="a > b, b > c, a > d"))
    assert known.precedes("a", "c", [100]) is True
    assert known.precedes("c", "a", [100]) is False
    assert known.precedes("d", "c", [100]) is False
    assert known.precedes("a", "c", [1]) is None


def test_what_is_not_safe_to_run_twice_gets_one_attempt() -> None:
    post = {"method": "POST", "url": "https://x.example.com"}
    graph = draw(
        agent("Get", "http"), agent("Post", "http", config=post), agent("Sure", "http", config=post, repeatable=True),
        agent("Five", "http", config=post, retry={"max_attempts": 5}), agent("Py", "python"),
    )  # fmt: skip
    known = facts(graph)
    assert [known.attempts(each) for each in graph.agents.values()] == [3, 1, 3, 5, 1]


@pytest.mark.parametrize(
    ("boss", "edges", "dispatch"),
    [
        (agent("Boss", "supervisor"), "boss ~ a, boss ~ b", "broadcast"),
        (agent("Boss", "supervisor"), "boss ~ a, boss ~ b, a > b", "graph"),
        (agent("Boss", "supervisor"), "boss ~ a, boss ~ b, boss > a", "broadcast"),
        (agent("Boss", "supervisor", oversight={"dispatch": "pool"}), "boss ~ a, a > b", "pool"),
        (agent("Boss"), "boss ~ a, boss ~ b", "manager"),
    ],
)
def test_how_a_supervisor_hands_out_work(boss: dict[str, object], edges: str, dispatch: str) -> None:
    assert facts(draw(dict(boss), agent("A"), agent("B"), edges=edges)).dispatch("boss") == dispatch


def test_peers_are_those_that_hand_offs_connect() -> None:
    known = facts(draw(*(agent(n) for n in "ABCDE"), edges="d ^ e, b ^ a"))
    assert known.peers == [["a", "b"], ["d", "e"]]


def test_the_chain_of_command_ends_even_in_a_circle() -> None:
    known = facts(draw(agent("A", "supervisor"), agent("B", "supervisor"), agent("C"), edges="a ~ b, b ~ a, b ~ c"))
    assert list(known.chain("c")) == ["b", "a"]
