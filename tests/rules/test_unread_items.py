"""What could not be read is named as a person would, and there are ways to mend it."""

import json
from collections.abc import Callable

import pytest

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from counting import growth
from quartet.graph.edits import apply
from quartet.graph.files import dumps, loads
from quartet.graph.model import Graph
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings


def opened(*edges: object, agents: tuple[object, ...] = ()) -> Graph:
    known = [{"id": id, "kind": "template", "name": id.title(), "config": {"text": id}} for id in ("ann", "bob")]
    text = {"format": "quartet", "version": 1, "agents": [*known, *agents], "edges": list(edges)}
    return loads(json.dumps(text)).graph


def heard(graph: Graph) -> list[Finding]:
    return [finding for finding in findings(graph, classify(graph)) if finding.code == "G001"]


@pytest.mark.parametrize(
    ("edge", "title", "agents"),
    [
        ({"id": "e", "source": "ann", "target": "zoe"}, "The edge “Ann” → “zoe” is not understood", ("ann",)),
        ({"id": "e", "source": "zoe", "target": "bob"}, "The edge “zoe” → “Bob” is not understood", ("bob",)),
        ({"id": "e", "source": "ann"}, "The edge from “Ann” is not understood: the edge “e” leads nowhere", ("ann",)),
        ({"id": "e"}, "The edge “e” is not understood: the edge “e” leads nowhere", ()),
        ([1, 2], "The edge at place 1 of the file is not understood", ()),
    ],
)
def test_an_edge_that_could_not_be_read_is_named_by_its_ends(edge: object, title: str, agents: tuple[str, ...]) -> None:
    (finding,) = heard(opened(edge))
    assert finding.title == title
    assert finding.agents == agents


def test_an_agent_that_could_not_be_read_is_named_by_its_name() -> None:
    (finding,) = heard(opened(agents=({"id": "ann", "kind": "template", "name": "Anna"},)))
    assert finding.title.startswith("The agent “Anna” is not understood")


def test_an_end_that_is_written_almost_like_an_agent_is_led_to_it() -> None:
    graph = opened({"id": "e", "source": "ann", "target": "Bobb", "on": "failure"})
    (finding,) = heard(graph)
    assert [fix.label for fix in finding.fixes] == ["Lead it from Ann to Bob", "Take it out of the file"]
    before = dumps(graph)
    undo = apply(graph, finding.fixes[0].edits).inverse
    assert heard(graph) == []
    assert [(edge.source, edge.target, edge.on) for edge in graph.edges.values()] == [("ann", "bob", "failure")]
    apply(graph, undo)
    assert dumps(graph) == before


def test_of_several_only_the_one_that_is_spoken_of_is_taken_out() -> None:
    graph = opened({"id": "e", "source": "ann", "target": "zoe"}, {"id": "f", "source": "x", "target": "y"})
    first, second = heard(graph)
    apply(graph, second.fixes[-1].edits)
    assert [finding.title for finding in heard(graph)] == [first.title]
    apply(graph, heard(graph)[0].fixes[-1].edits)
    assert json.loads(dumps(graph))["edges"] == []


def test_thousands_of_items_that_could_not_be_read_are_told_for_work_that_grows_as_they_do() -> None:
    def judge(count: int) -> Callable[[], object]:
        graph = opened(*({"id": f"e{number}", "source": "ann", "target": f"q{number}"} for number in range(count)))
        return lambda: heard(graph)

    assert growth(judge, 100, 800) < 12
    graph = opened(*({"id": f"e{number}", "source": "ann", "target": f"q{number}"} for number in range(100)))
    found = heard(graph)
    assert len(found) == 100
    ((fix,),) = [finding.fixes for finding in found if finding.fixes]
    assert fix.label == "Take all 100 that cannot be used out of the file"
    apply(graph, fix.edits)
    assert not graph.broken
