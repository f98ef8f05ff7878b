"""A fix mends what it is for and brings nothing as grave; `validate --fix` goes on until there is nothing to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from enduring import Trials
from quartet.graph.model import Graph
from quartet.patterns.verdict import classify
from quartet.rules import Finding
from quartet.rules.facts import TRIALS
from quartet.rules.finding import SEVERITIES
from quartet.rules.registry import judged
from quartet.rules.safe import mend
from rules.drawings import after, agent, draw, found
from rules.rule_cases import CASES
from rules.test_refusals import scribble

EVERY = [pytest.param(make, id=make.__name__) for makes in CASES.values() for make in makes]


def drawing(seed: int) -> Graph:
    """A random drawing; in every other one nobody has stated anything."""
    graph = scribble(seed)
    if seed % 2:
        graph.limits = None
        for one in (graph, *graph.graphs.values()):
            for id, agent in one.agents.items():
                one.agents[id] = agent.model_copy(update=dict.fromkeys(("limits", "retry", "join", "oversight")))
    return graph


def as_grave(before: list[Finding], now: list[Finding], mended: Finding) -> list[Finding]:
    """What is found now and was not found before, and is at least as grave as what was mended.

    Whatever has moved to another agent is new only if there is more of it: of what was mended, as much as before.
    """
    known = {(each.code, each.agent) for each in before}
    counts = Counter(each.code for each in before)
    counts[mended.code] -= 1
    more = {code for code, count in Counter(each.code for each in now).items() if count > counts[code]}
    grave = SEVERITIES.index(mended.severity)
    return [
        each
        for each in now
        if each.code in more and (each.code, each.agent) not in known and SEVERITIES.index(each.severity) <= grave
    ]


def tried(graph: Graph) -> int:
    """Apply each fix of each finding to a copy; how many there were."""
    before, count = found(graph), 0
    for finding in before:
        for fix in finding.fixes:
            count += 1
            now = found(after(graph, fix.edits))
            same = (finding.code, finding.agents, finding.edges, finding.inside)
            if not finding.inside:
                assert same not in {(each.code, each.agents, each.edges, each.inside) for each in now}, fix.label
            new = as_grave(before, now, finding)
            assert not new, (finding.title, fix.label, [each.title for each in new])
    return count


def mended(graph: Graph) -> int:
    """Apply the safe fixes to the graph itself; how many there were."""
    tree, before = classify(graph).tree, found(graph)
    applied = mend(graph)
    assert mend(graph.model_copy(deep=True)) == []
    assert classify(graph).tree == tree
    for severity in SEVERITIES:
        assert sum(each.severity == severity for each in found(graph)) <= sum(
            each.severity == severity for each in before
        )
    return len(applied)


@pytest.mark.parametrize("make", EVERY)
def test_no_fix_of_a_case_brings_what_is_as_grave(make: Callable[[], Graph]) -> None:
    tried(make())


def test_no_fix_of_any_drawing_brings_what_is_as_grave() -> None:
    assert sum(tried(drawing(seed)) for seed in range(60)) > 50


@pytest.mark.parametrize("make", EVERY)
def test_safe_fixes_of_a_case_come_to_an_end_and_keep_the_pattern(make: Callable[[], Graph]) -> None:
    mended(make())


def test_safe_fixes_of_any_drawing_come_to_an_end_and_keep_the_pattern() -> None:
    assert sum(mended(drawing(seed)) for seed in range(60)) > 10


@pytest.mark.endure
def test_fixes_of_very_many_drawings_bring_nothing_as_grave(trials: Trials) -> None:
    for seed in trials:
        trials.count("fixes", tried(drawing(seed)))
        trials.count("safe fixes", mended(drawing(seed)))


TRIED = {"S001", "S002", "S003", "S006", "W003", "W004", "W011"}
"""Rules whose fixes are tried on the drawing before they are offered."""


def offered(graph: Graph, trials: int) -> set[tuple[str, tuple[str, ...], str]]:
    """The fixes of those rules, where so many agents may be looked at to try them on the whole drawing."""
    told = judged(graph, classify(graph), trials=trials)
    return {(each.code, each.agents, fix.label) for each in told if each.code in TRIED for fix in each.fixes}


def test_what_cannot_be_tried_any_more_is_no_fix_where_more_would_be_asked_of_somebody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    branches = "go > ann, go > b1, b1 > b2, b2 > b3, go > c1, c1 > c2, c2 > c3, ann > b3, ann > c3"
    names = ("Go", "Ann", "B1", "B2", "B3", "C1", "C2", "C3", "All")
    graph = draw(*map(agent, names), edges=f"{branches}, ann > all, b3 > all, c3 > all")

    def fixed() -> list[tuple[str, ...]]:
        told = judged(graph, classify(graph), trials=1)
        return [each.agents for each in told if each.code == "F001" and each.fixes]

    tried = fixed()
    monkeypatch.setattr("quartet.rules.trying.PART_TRIALS", 100_000)  # which leaves nothing to judge parts with
    assert fixed() == tried
    assert ("b3", "ann") in [each.agents for each in found(graph, "F001")]


def test_what_is_not_offered_in_a_small_drawing_is_not_offered_in_a_large_one_either() -> None:
    seeds = [seed for seed in range(12, 26) if not drawing(seed).graphs]
    for seed in seeds:
        assert offered(drawing(seed), 1) <= offered(drawing(seed), TRIALS), seed
