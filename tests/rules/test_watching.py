"""What “Watch it fail” shows really fails when it is rehearsed, and what a fix does about it really helps."""

from __future__ import annotations

import pytest

from quartet.engine import run
from quartet.engine.events import Event
from quartet.graph.model import Graph
from quartet.rules.demonstrations import demonstration, watchable
from rules.drawings import after, found
from rules.rule_cases import CASES

EVERY = [pytest.param(code, make, id=f"{code}-{make.__name__}") for code in sorted(watchable()) for make in CASES[code]]


async def rehearse(graph: Graph) -> list[Event]:
    async with run(graph, graph.input or "a task", rehearse=True) as running:
        return [event async for event in running]


def ended(events: list[Event]) -> str:
    return str((events[-1].data or {})["state"])


@pytest.mark.parametrize(("code", "make"), EVERY)
async def test_what_is_to_fail_fails(code: str, make: object) -> None:
    graph: Graph = make()  # type: ignore[operator]
    assert ended(await rehearse(graph)) == "succeeded"
    assert found(graph, code)
    for finding in found(graph, code):
        shown = demonstration(graph, finding)
        assert shown is not None
        assert ended(await rehearse(shown.staged(graph))) == "failed", finding.title


async def test_a_hanging_step_is_waited_for_as_long_as_the_finding_says() -> None:
    graph = CASES["P001"][0]()
    finding = found(graph, "P001")[0]
    assert "300" not in finding.title and "5 min" in finding.detail and "15 min" in finding.detail
    shown = demonstration(graph, finding)
    assert shown is not None
    events = await rehearse(shown.staged(graph))
    assert 900 <= events[-1].t < 910
    assert not [event for event in events if event.type == "attempt.started" and event.agent == "bob"]


async def test_a_limit_and_a_fallback_bring_a_hanging_step_through() -> None:
    graph = CASES["P001"][1]()
    finding = found(graph, "P001")[0]
    shown = demonstration(graph, finding)
    assert shown is not None
    limited, replaced = finding.fixes
    assert ended(await rehearse(shown.staged(after(graph, limited.edits)))) == "failed"
    events = await rehearse(shown.staged(after(graph, replaced.edits)))
    assert ended(events) == "succeeded" and events[-1].t < 200


async def test_a_fallback_brings_a_failing_step_through() -> None:
    graph = CASES["P002"][0]()
    for finding in found(graph, "P002"):
        shown = demonstration(graph, finding)
        assert shown is not None
        assert ended(await rehearse(shown.staged(after(graph, finding.fixes[0].edits)))) == "succeeded"


async def test_a_collector_brings_a_fan_out_through_and_says_who_failed() -> None:
    graph = CASES["F002"][0]()
    [finding] = found(graph, "F002")
    shown = demonstration(graph, finding)
    assert shown is not None
    events = await rehearse(shown.staged(after(graph, finding.fixes[0].edits)))
    assert ended(events) == "succeeded"
    assert [item["status"] for item in (events[-1].data or {})["output"]] == ["succeeded", "succeeded", "failed"]


@pytest.mark.parametrize("fix", [0, 1])
async def test_a_supervisor_that_comes_back_saves_its_worker(fix: int) -> None:
    graph = CASES["S002"][0]()
    [finding] = found(graph, "S002")
    shown = demonstration(graph, finding)
    assert shown is not None
    events = await rehearse(shown.staged(after(graph, finding.fixes[fix].edits)))
    assert ended(events) == "succeeded"
    assert [event for event in events if event.type == "group.supervisor_crashed"]


async def test_watching_a_step_gets_it_restarted() -> None:
    graph = CASES["S007"][0]()
    [finding] = found(graph, "S007")
    mended = after(graph, finding.fixes[0].edits)
    shown = demonstration(mended, finding)
    assert shown is not None
    events = await rehearse(shown.staged(mended))
    assert [event for event in events if event.type == "group.restart_scheduled"]


async def test_an_endless_argument_is_stopped_by_the_stated_number_of_hops() -> None:
    graph = CASES["W001"][0]()
    [finding] = found(graph, "W001")
    mended = after(graph, finding.fixes[0].edits)
    shown = demonstration(mended, finding)
    assert shown is not None
    events = await rehearse(shown.staged(mended))
    assert sum(event.type == "handoff.accepted" for event in events) <= 6
