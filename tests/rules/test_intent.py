"""The drawing is held against the answers that are kept with it."""

import pytest

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from quartet.graph.edits import apply
from quartet.graph.model import Agent, Edge, Graph
from quartet.patterns.guide import keep
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings


def drawn(*ways: str, **answers: str) -> Graph:
    ids = sorted({end for way in ways for end in way.split(">")})
    graph = Graph(
        agents={id: Agent(id=id, kind="template", name=id.upper()) for id in ids},  # type: ignore[arg-type, misc]
        edges={
            way: Edge(id=way, source=way.split(">")[0], target=way.split(">")[1])  # type: ignore[arg-type, misc]
            for way in ways
        },
    )
    apply(graph, [keep(answers)])
    return graph


def heard(graph: Graph) -> list[Finding]:
    return [finding for finding in findings(graph, classify(graph)) if finding.code == "I001"]


def test_a_drawing_that_is_what_was_asked_for_is_not_spoken_of() -> None:
    assert heard(drawn("a>b", "b>c", depend="yes", watch="no")) == []


def test_another_pattern_than_asked_for_names_the_edges_that_make_the_difference() -> None:
    graph = drawn("a>b", "b>c", depend="no", event="yes", watch="no")
    (finding,) = heard(graph)
    assert finding.title == "You asked for a fan-out, and drew a pipeline"
    assert finding.edges == ("b>c",)


@pytest.mark.parametrize("which", [0, 1])
def test_each_of_its_fixes_settles_it(which: int) -> None:
    graph = drawn("a>b", "b>c", depend="no", event="yes", watch="no")
    (finding,) = heard(graph)
    apply(graph, finding.fixes[which].edits)
    assert heard(graph) == []


def test_a_second_reading_that_is_what_was_asked_for_is_good_enough() -> None:
    graph = drawn("a>b", "a>c", depend="no", event="no", manager="yes")
    assert "supervisor" in {other.top for other in classify(graph).alternatives}
    assert heard(graph) == []


@pytest.mark.parametrize("answers", [{}, {"depend": "no"}, {"depend": "perhaps"}])
def test_answers_that_lead_nowhere_yet_hold_nothing_against_the_drawing(answers: dict[str, str]) -> None:
    assert heard(drawn("a>b", "b>c", **answers)) == []
