"""The examples open clean, read as the pattern they show, and stand beautifully."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from quartet.agents.trust import surface
from quartet.graph.files import dumps, read
from quartet.graph.model import Graph
from quartet.paths import EXAMPLES, RESOURCES
from quartet.patterns.tree import TITLES
from quartet.patterns.verdict import classify
from quartet.rules import findings
from quartet.rules.demonstrations import demonstrations

FILES = sorted(EXAMPLES.glob("*.quartet.json"))
FRAGMENTS = sorted((RESOURCES / "fragments").glob("*.quartet.json"))
CARD = (184, 62)
READ_AS = {
    "content-pipeline": "Pipeline",
    "blog-post-published": "Fan-out",
    "blog-post-collected": "Fan-out",
    "five-scrapers": "Supervisor",
    "customer-service": "Swarm",
    "newsroom": "Supervisor › Pipeline › Fan-out",
    "supervisor-of-supervisors": "Supervisor › Supervisor",
    "market-report": "Fan-out",
}
NESTED = {
    "pipeline_of_fan_out": "Pipeline › Fan-out",
    "supervised_pipeline": "Supervisor › Pipeline",
    "supervised_fan_out": "Supervisor › Fan-out",
    "supervised_pipeline_of_fan_out": "Supervisor › Pipeline › Fan-out",
}
HEARD = {"blog-post-published": {"F002"}}
"""What the rules say about an example as it is: everything else is calm."""


def name(path: Path) -> str:
    return path.name.removesuffix(".quartet.json")


every = pytest.mark.parametrize("path", FILES, ids=name)
with_fragments = pytest.mark.parametrize("path", FILES + FRAGMENTS, ids=lambda path: f"{path.parent.name}-{name(path)}")


def test_all_examples_and_fragments_are_there() -> None:
    assert {name(path) for path in FILES} == READ_AS.keys()
    assert {name(path) for path in FRAGMENTS} == {"pipeline", "fan_out", "supervisor", "swarm", *NESTED}


@with_fragments
def test_opens_without_a_complaint_and_is_written_as_it_is(path: Path) -> None:
    opened = read(path)
    assert (opened.problems, opened.read_only, opened.format) == ((), None, "quartet")
    assert dumps(opened.graph) == path.read_text("utf-8")


@every
def test_reads_as_what_it_shows(path: Path) -> None:
    graph = read(path).graph
    verdict = classify(graph)
    assert verdict.headline == READ_AS[name(path)]
    assert verdict.confidence == "high"
    assert graph.extra["example"]["pattern"] == verdict.top


@pytest.mark.parametrize("path", FRAGMENTS, ids=name)
def test_a_fragment_reads_as_its_name(path: Path) -> None:
    verdict = classify(read(path).graph)
    assert verdict.confidence == "high"
    assert verdict.headline == NESTED.get(name(path), TITLES.get(name(path), ""))


@with_fragments
def test_is_calm_in_its_remedied_form(path: Path) -> None:
    graph = read(path).graph
    heard = {each.code for each in findings(graph, classify(graph)) if each.silenced is None}
    if path in FRAGMENTS:
        heard.discard("G018")  # the budget belongs to the graph that a fragment is dropped into
    assert heard == HEARD.get(name(path), set())


@with_fragments
def test_cards_stand_apart_and_on_the_grid(path: Path) -> None:
    graph = read(path).graph
    assert graph.positions.keys() == graph.agents.keys()
    for x, y in graph.positions.values():
        assert x % 4 == 0 and y % 4 == 0
    for (x1, y1), (x2, y2) in combinations(graph.positions.values(), 2):
        assert abs(x1 - x2) >= CARD[0] + 24 or abs(y1 - y2) >= CARD[1] + 24


@every
def test_flow_leads_to_the_right_and_supervision_down(path: Path) -> None:
    graph = read(path).graph
    for edge in graph.edges.values():
        (x1, y1), (x2, y2) = graph.positions[edge.source], graph.positions[edge.target]
        if edge.kind == "supervise" or edge.on is not None:
            assert y2 > y1
        elif edge.kind == "flow":
            assert x2 > x1


@every
def test_says_what_it_is_and_what_to_watch(path: Path) -> None:
    graph = read(path).graph
    assert graph.name and graph.description and graph.description.endswith(".")
    assert graph.input is not None
    [note] = graph.notes.values()
    assert 80 < len(note.text) < 260
    for x, y in graph.positions.values():
        apart = note.x + note.width <= x or note.y + note.height <= y or note.x >= x + CARD[0] or note.y >= y + CARD[1]
        assert apart, "the note covers a card"


@every
def test_every_agent_is_configured_and_scripted(path: Path) -> None:
    graph = read(path).graph
    for agent in graph.agents.values():
        if agent.kind in ("llm", "http", "file"):
            assert agent.config and agent.limits is not None and agent.rehearsal, agent.id
        if agent.kind == "llm":
            assert agent.config["model"] and len(agent.config["instructions"]) > 40


@every
def test_holds_no_secret_and_runs_no_code(path: Path) -> None:
    graph = read(path).graph
    assert not re.search(r"(sk-|xox[bp]-|Bearer )[A-Za-z0-9]{12,}", path.read_text("utf-8"))
    assert not [each for each in surface(graph) if each.line.startswith("runs ")]


@every
def test_offers_the_failure_and_then_the_remedy(path: Path) -> None:
    graph = read(path).graph
    offered = demonstrations(graph)
    assert [each.shows for each in offered] == ["failure", "remedy"]
    assert [each.title for each in offered] == ["Watch it fail", "Watch the remedy"]
    for each in offered:
        staged = each.staged(graph)
        assert not [found for found in findings(staged, classify(staged)) if found.severity == "error"]
    assert len({each.what for each in offered}) == 2


def test_they_are_told_in_an_order_from_simple_to_nested() -> None:
    orders = {name(path): read(path).graph.extra["example"]["order"] for path in FILES}
    assert sorted(orders.values()) == list(range(1, len(FILES) + 1))
    assert min(orders, key=orders.__getitem__) == "content-pipeline"


def test_all_four_patterns_are_shown() -> None:
    graphs: list[Graph] = [read(path).graph for path in FILES]
    assert {graph.extra["example"]["pattern"] for graph in graphs} == {"pipeline", "fan_out", "supervisor", "swarm"}
