"""A finding says how sure it is: what rests on a reading of texts or on an inference is not told as a fact."""

from __future__ import annotations

import json

import pytest

from quartet.graph.files import loads
from quartet.patterns.verdict import classify
from quartet.rules import all_rules, findings
from quartet.rules.finding import CONFIDENCES
from rules.drawings import agent, draw, found
from rules.rule_cases import CASES


def test_what_follows_from_the_drawing_is_told_without_a_doubt() -> None:
    graph = draw(agent("Ann", limits=None), agent("Bob"), edges="ann > bob")
    [finding] = found(graph, "P001")
    assert (finding.confidence, finding.doubt) == ("high", "")


def test_what_rests_on_an_inferred_edge_is_likely() -> None:
    graph = draw(agent("Ann", limits=None), agent("Bob"), edges="ann > bob")
    graph.edges["e0"] = graph.edges["e0"].model_copy(update={"inferred": "the file does not say"})
    [finding] = found(graph, "P001")
    assert finding.confidence == "medium" and finding.doubt == "This is likely, not certain."


def test_what_rests_on_an_edge_that_was_guessed_is_a_guess() -> None:
    links = [{"source": "a", "target": "b"}, {"source": "b", "target": "a"}]
    graph = loads(json.dumps({"directed": True, "nodes": [{"id": "a"}, {"id": "b"}], "edges": links})).graph
    guessed = {each.edge for each in classify(graph).inferred if each.confidence == "low"}
    about = [finding for finding in findings(graph, classify(graph)) if guessed.intersection(finding.edges)]
    assert about and {finding.confidence for finding in about} == {"low"}


def test_what_rests_on_a_reading_of_texts_is_likely_at_most() -> None:
    [finding] = found(CASES["P003"][0](), "P003")
    assert finding.confidence == "medium"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_no_finding_is_surer_than_its_rule(rule: object) -> None:
    code, most = rule.code, rule.confidence  # type: ignore[attr-defined]
    for make in CASES[code]:
        for finding in found(make(), code):
            assert CONFIDENCES.index(finding.confidence) >= CONFIDENCES.index(most)


def test_what_rests_on_a_doubtful_pattern_is_as_doubtful() -> None:
    # an agent whose ways out never join may be a manager with its tools
    [finding] = found(draw(agent("Ann"), agent("A"), agent("B"), agent("C"), edges="ann > a, ann > b, ann > c"), "F002")
    assert finding.confidence == "medium"
