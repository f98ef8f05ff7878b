"""What a person can watch: made for a finding, or kept in the file."""

from __future__ import annotations

import pytest

from quartet.graph.edits import EditError
from quartet.graph.files import dumps, loads
from quartet.graph.model import Graph
from quartet.rules.demonstrations import demonstration, demonstrations, watchable
from rules.drawings import agent, draw, found
from rules.rule_cases import CASES


@pytest.mark.parametrize("code", sorted(watchable()))
def test_the_failure_a_finding_warns_of_can_be_staged_on_a_copy(code: str) -> None:
    for make in CASES[code]:
        graph = make()
        before = dumps(graph)
        for finding in found(graph, code):
            shown = demonstration(graph, finding)
            if shown is None:
                continue  # tests/rules/test_watching.py says where there is nothing to watch
            assert shown.shows == "failure" and shown.what.endswith(".")
            staged = shown.staged(graph)
            assert (staged != graph) == bool(shown.edits) and dumps(graph) == before
            assert staged.agents.keys() == graph.agents.keys() and staged.edges.keys() == graph.edges.keys()


def test_the_main_failure_of_each_pattern_can_be_watched() -> None:
    assert {"P001", "P002", "F002", "F003", "S002", "W001"} <= watchable()


def test_a_finding_nobody_stages_cannot_be_watched() -> None:
    graph = CASES["G023"][0]()
    assert demonstration(graph, found(graph, "G023")[0]) is None


def test_a_finding_about_an_agent_that_is_gone_cannot_be_watched() -> None:
    graph = CASES["P001"][0]()
    finding = found(graph, "P001")[0]
    assert demonstration(Graph(), finding) is None


def test_a_step_that_hangs_is_scripted_to_hang() -> None:
    graph = draw(agent("Ann", limits=None), agent("Bob"), edges="ann > bob")
    shown = demonstration(graph, found(graph, "P001")[0])
    assert shown is not None
    assert shown.staged(graph).agents["ann"].rehearsal == ({"hangs": True},)


def test_the_worker_that_starts_first_fails_after_its_supervisor_died() -> None:
    graph = draw(
        agent("Boss", "supervisor"), agent("Bob"), agent("Ann"), edges="boss ~ bob, boss ~ ann, ann > bob"
    )  # fmt: skip
    shown = demonstration(graph, found(graph, "S002")[0])
    assert shown is not None
    staged = shown.staged(graph)
    assert staged.agents["boss"].rehearsal and staged.agents["ann"].rehearsal and not staged.agents["bob"].rehearsal


def filed(**entry: object) -> Graph:
    return draw(agent("Ann"), agent("Bob"), edges="ann > bob", extra={"watch": [{"shows": "failure", **entry}]})


def test_a_file_offers_what_to_watch() -> None:
    graph = filed(
        title="Watch it fail",
        what="Ann never answers.",
        input="a storm",
        edits=[{"do": "set", "section": "agents", "id": "ann", "values": {"limits": None}}],
        rehearsal={"ann": [{"hangs": True}]},
    )
    [shown] = demonstrations(loads(dumps(graph)).graph)
    assert (shown.shows, shown.title, shown.what) == ("failure", "Watch it fail", "Ann never answers.")
    staged = shown.staged(graph)
    assert staged.agents["ann"].limits is None and staged.agents["ann"].rehearsal == ({"hangs": True},)
    assert staged.input == "a storm"
    assert graph.agents["ann"].limits is not None and graph.input is None


def test_a_file_that_offers_nothing_offers_nothing() -> None:
    assert demonstrations(draw(agent("Ann"))) == []


@pytest.mark.parametrize("watch", [3, [3], [{"title": "x"}], [{"shows": "it", "title": "x"}]])
def test_an_entry_that_makes_no_sense_says_where(watch: object) -> None:
    graph = draw(agent("Ann"), extra={"watch": watch})
    with pytest.raises(ValueError, match=r"watch\["):
        demonstrations(graph)
    assert "cannot" not in found(graph, "G020")[0].title


def test_edits_that_no_longer_fit_are_refused_and_the_graph_stays() -> None:
    graph = filed(title="Watch it fail", rehearsal={"zoe": [{"hangs": True}]})
    before = dumps(graph)
    with pytest.raises(EditError, match="zoe"):
        demonstrations(graph)[0].staged(graph)
    assert dumps(graph) == before
