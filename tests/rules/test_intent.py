"""The drawing is held against the answers that are kept with it."""

from collections.abc import Iterator

import pytest

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from quartet.graph.edits import Set, apply
from quartet.graph.files import read
from quartet.graph.model import Agent, Directive, Edge, Graph, Oversight
from quartet.paths import RESOURCES
from quartet.patterns.guide import advice, keep, next_ask
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings

FRAGMENTS = RESOURCES / "fragments"


def ways(answers: dict[str, str]) -> Iterator[dict[str, str]]:
    """Every way of answering to the end."""
    ask = next_ask(answers)
    if ask is None:
        yield answers
        return
    for option in ask.options:
        yield from ways({**answers, ask.key: option.value})


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


def test_some_steps_in_an_order_and_some_at_once_are_right_whichever_is_the_outermost() -> None:
    assert heard(drawn("a>w", "b>w", "c>w", depend="some", watch="no")) == [], "three searches, then somebody writes"
    assert heard(drawn("s>a", "s>b", "a>w", "b>w", "w>p", depend="some", watch="no")) == []


def watched(*ways: str, **answers: str) -> Graph:
    graph = drawn(*ways, "a>z", **answers)
    del graph.edges["a>z"]  # type: ignore[arg-type]
    for id in list(graph.agents):
        over = f"z-{id}"
        if id != "z":
            graph.edges[over] = Edge(id=over, source="z", target=id, kind="supervise")  # type: ignore[index, arg-type]
    return graph


def test_under_a_supervisor_too_it_counts_whether_steps_wait_for_each_other() -> None:
    loose = watched("b>x", depend="yes", watch="yes")
    del loose.edges["b>x"]  # type: ignore[arg-type]
    (finding,) = heard(loose)
    assert finding.title == "You asked for steps in an order, and nobody under Z waits for another"
    apply(loose, finding.fixes[0].edits)
    assert heard(loose) == []
    assert heard(watched("a>b", "b>x", depend="yes", watch="yes")) == []


def test_under_a_supervisor_a_single_step_that_waits_for_nobody_is_not_what_was_asked_for_either() -> None:
    graph = watched("a>b", "b>c", depend="yes", watch="yes")
    del graph.edges["a>b"]  # type: ignore[arg-type]
    (finding,) = heard(graph)
    assert finding.title == "You asked for steps in an order, and under Z not all of them are in one"
    assert "No edge leads to A and B" in finding.detail
    assert {"a", "b"} <= set(finding.agents)
    apply(graph, finding.fixes[0].edits)
    assert heard(graph) == []
    assert [(edge.source, edge.target) for edge in graph.edges.values() if edge.kind == "flow"] == [
        ("b", "c"), ("a", "b"),
    ]  # fmt: skip


def test_a_stand_in_for_a_failed_step_waits_for_nobody_and_may() -> None:
    graph = watched("a>b", "s>b", depend="yes", watch="yes")
    del graph.edges["s>b"]  # type: ignore[arg-type]
    assert heard(graph)
    instead = Oversight(on_error=(Directive(do="reassign", to=("s",)),))
    apply(graph, [Set(section="agents", id="z", values={"oversight": instead})])
    assert heard(graph) == []


def test_under_a_supervisor_too_it_counts_whether_all_start_together() -> None:
    graph = watched("a>b", depend="no", event="yes", watch="yes")
    (finding,) = heard(graph)
    assert finding.edges == ("a>b",)
    apply(graph, finding.fixes[0].edits)
    assert heard(graph) == []


@pytest.mark.parametrize("name", sorted(path.name for path in FRAGMENTS.glob("*.json")))
def test_a_ready_made_piece_is_what_was_asked_for(name: str) -> None:
    graph = read(FRAGMENTS / name).graph
    for answers in ways({}):
        found = advice(answers)
        if found is not None and name == f"{found.fragment}.quartet.json":
            apply(graph, [keep(answers)])
            assert heard(graph) == []
