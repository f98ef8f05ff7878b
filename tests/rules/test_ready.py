"""What cannot be watched in a drawing can be watched in a small one that Quartet comes with."""

from __future__ import annotations

import pytest

from quartet.engine.refusal import reasons
from quartet.paths import RESOURCES
from quartet.rules.demonstrations import demonstration, ready, watchable
from rules.drawings import agent, draw, found
from rules.test_watching import happened, rehearse


def test_there_is_a_small_drawing_for_every_failure_and_no_other() -> None:
    assert {path.stem for path in (RESOURCES / "failures").iterdir()} == watchable()
    assert ready("G028") is None


@pytest.mark.parametrize("code", sorted(watchable()))
async def test_in_its_small_drawing_every_failure_happens(code: str) -> None:
    small = ready(code)
    assert small is not None
    graph, shown = small
    assert len(graph.agents) <= 10 and graph.name
    if shown.refused is not None:
        assert reasons(graph, rehearse=shown.refused == "rehearsal")
        return
    assert shown.can_be_rehearsed(graph) and shown.what.startswith("In a small drawing: ") and not shown.code
    assert happened(shown, await rehearse(shown.staged(graph)))


async def test_what_else_keeps_a_drawing_from_running_is_mended_in_the_copy() -> None:
    graph = draw(
        agent("Top"), agent("End"), agent("Boss", "supervisor", disabled="bypassed"), agent("Ann"), agent("Bob"),
        edges="top > end, boss ~ ann, ann > bob, bob > boss",
    )  # fmt: skip
    [finding] = found(graph, "S002")
    shown = demonstration(graph, finding)
    assert shown is not None and shown.can_be_rehearsed(graph)
    assert happened(shown, await rehearse(shown.staged(graph)))


async def test_a_failure_that_the_drawing_scripts_elsewhere_does_not_come_first() -> None:
    broken = [{"calls": [{"tool": "t"}], "then": {"fails": "down", "retry": False}}]
    graph = draw(agent("Ann", rehearsal=broken), agent("Bob", limits=None), agent("Cid"), edges="ann > bob, bob > cid")
    [finding] = found(graph, "P001")
    shown = demonstration(graph, finding)
    assert shown is not None and graph.agents["ann"].rehearsal == tuple(broken)
    assert happened(shown, await rehearse(shown.staged(graph)))
    assert graph.agents["ann"].rehearsal == tuple(broken)


def test_whom_a_run_refuses_to_bypass_is_shown_in_a_small_drawing() -> None:
    graph = draw(
        agent("Boss", "supervisor", disabled="bypassed"), agent("Ann", disabled="bypassed"), edges="boss ~ ann"
    )
    shown = demonstration(graph, found(graph, "G027")[0])
    assert shown is not None and shown.moment is not None and shown.moment.agents == ("ann",)
    graph.agents["ann"] = graph.agents["ann"].model_copy(update={"disabled": None})
    assert demonstration(graph, found(graph, "G027")[0]) is None


def test_what_is_broken_for_good_is_not_rehearsed() -> None:
    graph = draw(agent("Ann", limits=None), agent("Bob"), agent("Cid"), edges="ann > bob, bob ~ cid, cid ~ bob")
    shown = demonstration(graph, found(graph, "P001")[0])
    assert shown is not None and not shown.can_be_rehearsed(graph)
