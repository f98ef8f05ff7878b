"""What “Watch it fail” shows really happens when it is rehearsed, and happens no more once the finding is mended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from quartet.cli.console import ready
from quartet.engine import run
from quartet.engine.events import Event
from quartet.engine.refusal import reasons
from quartet.graph.files import read
from quartet.graph.model import Graph
from quartet.paths import EXAMPLES, RESOURCES
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings
from quartet.rules.demonstrations import Demonstration, demonstration, watchable
from quartet.rules.help import explanation
from rules.drawings import after, found
from rules.rule_cases import CASES

Make = Callable[[], Graph]
EVERY = [
    pytest.param(code, make, id=f"{code}-{make.__name__}") for code in sorted(CASES) for make in CASES[code]
]  # fmt: skip
STAGED = [param for param in EVERY if param.values[0] in watchable()]
ONLY_SAYS_SO = {"G023", "S004", "S006", "S010"}
"""What happens stays the same, but the drawing says so: the default is stated, the supervisor that decides is the only
one drawn, and what has no effect is stated no more."""
A_SCRIPT_DECIDES = {"G008", "G013", "G026", "P005", "W002", "W005", "W009"}
"""Whom a model chooses, what a reader takes for what and what a function does is scripted, before the fix as after it:
which of it is to be expected is what the fix changes."""
BY_ANOTHER_FIX = {"P003": -1}
"""A step that uses what it waits for still waits for it; the last fix lets it start at once."""
NOTHING_TO_WATCH = {
    "boss_alone", "a_key_that_is_not_there", "no_boundary_at_the_board", "no_peers_to_finish_for", "event_that_watches",
    "budget_of_a_template", "budget_of_a_collector", "unused_key", "hands_out_nothing",
}  # fmt: skip
"""Drawings in which nothing of the kind can be rehearsed."""

UNSEEN = Path(__file__).parent.parent / "data" / "unseen"
NOT_TO_BE_REACHED = {("negotiation", "P001")}
"""A peer that only a hand-off leads to, and whose own work goes back to who handed over."""


async def rehearse(graph: Graph) -> list[Event]:
    async with run(graph, "a task" if graph.input is None else graph.input, rehearse=True) as running:
        return [event async for event in running]


def happened(shown: Demonstration, events: list[Event]) -> Event | None:
    """The event at which the promised thing has happened."""
    assert shown.moment is not None
    watch = shown.moment.watch()
    return next((event for event in events if watch(event)), None)


def staged(graph: Graph, code: str) -> list[tuple[Finding, Demonstration]]:
    pairs = [(finding, demonstration(graph, finding)) for finding in found(graph, code)]
    return [(finding, shown) for finding, shown in pairs if shown is not None]


@pytest.mark.parametrize(("code", "make"), STAGED)
async def test_what_is_promised_happens(code: str, make: Make) -> None:
    graph = make()
    shown = staged(graph, code)
    assert bool(shown) == (make.__name__ not in NOTHING_TO_WATCH)
    for finding, demo in shown:
        if demo.refused is not None:
            assert reasons(demo.staged(graph), rehearse=demo.refused == "rehearsal"), finding.title
            continue
        assert demo.moment is not None and demo.moment.says.endswith((".", "”."))
        assert set(demo.moment.agents) <= graph.agents.keys() and set(demo.moment.edges) <= graph.edges.keys()
        events = await rehearse(demo.staged(graph))
        assert happened(demo, events), "\n".join([demo.moment.says, *(str(event.as_json()) for event in events)])


@pytest.mark.parametrize(("code", "make"), STAGED)
async def test_it_does_not_happen_once_the_finding_is_mended(code: str, make: Make) -> None:
    graph = make()
    for finding, demo in staged(graph, code):
        if not finding.fixes or code in ONLY_SAYS_SO | A_SCRIPT_DECIDES:
            continue
        mended = after(graph, finding.fixes[BY_ANOTHER_FIX.get(code, 0)].edits)
        if demo.refused is not None:
            left = reasons(mended, rehearse=demo.refused == "rehearsal")
            assert not [each for each in left if set(each.edges) & set(finding.edges)], finding.title
            continue
        events = await rehearse(demo.staged(mended))
        assert demo.moment is not None
        told = [demo.moment.says, *(str(event.as_json()) for event in events)]
        assert happened(demo, events) is None, "\n".join(told)


@pytest.mark.parametrize("code", sorted(CASES))
def test_what_cannot_be_watched_says_so_in_its_help(code: str) -> None:
    text = explanation(code)
    assert ("cannot be seen in a rehearsal" in text) == (code not in watchable()), text
    if code in watchable():
        assert "Watch it fail" in text, text


async def test_a_hanging_step_is_waited_for_as_long_as_the_finding_says() -> None:
    graph = CASES["P001"][0]()
    [finding] = found(graph, "P001")
    assert "300" not in finding.title and "5 min" in finding.detail and "15 min" in finding.detail
    [(_, demo)] = staged(graph, "P001")
    events = await rehearse(demo.staged(graph))
    moment = happened(demo, events)
    assert moment is not None and moment.t == 300 and 900 <= events[-1].t < 910
    assert not [event for event in events if event.type == "attempt.started" and event.agent == "bob"]


async def test_a_limit_and_a_fallback_bring_a_hanging_step_through() -> None:
    graph = CASES["P001"][1]()
    [(finding, demo), *_] = staged(graph, "P001")
    limited, replaced = finding.fixes
    assert (await rehearse(demo.staged(after(graph, limited.edits))))[-1].data["state"] == "failed"  # type: ignore[index]
    events = await rehearse(demo.staged(after(graph, replaced.edits)))
    assert events[-1].data["state"] == "succeeded" and events[-1].t < 200  # type: ignore[index]


async def test_a_collector_brings_a_fan_out_through_and_says_who_failed() -> None:
    graph = CASES["F002"][0]()
    [(finding, demo)] = staged(graph, "F002")
    last = (await rehearse(demo.staged(after(graph, finding.fixes[0].edits))))[-1].data or {}
    assert last["state"] == "succeeded"
    assert [item["status"] for item in last["output"]] == ["succeeded", "succeeded", "failed"]


@pytest.mark.parametrize("fix", [0, 1])
async def test_a_supervisor_that_comes_back_saves_its_worker(fix: int) -> None:
    graph = CASES["S002"][0]()
    [(finding, demo)] = staged(graph, "S002")
    events = await rehearse(demo.staged(after(graph, finding.fixes[fix].edits)))
    assert (events[-1].data or {})["state"] == "succeeded"
    assert [event for event in events if event.type == "group.supervisor_crashed"]


async def test_watching_a_step_gets_it_restarted() -> None:
    graph = CASES["S007"][0]()
    [(finding, demo)] = staged(graph, "S007")
    events = await rehearse(demo.staged(after(graph, finding.fixes[0].edits)))
    assert [event for event in events if event.type == "group.restart_scheduled"]
    assert (events[-1].data or {})["state"] == "succeeded"


DRAWINGS = sorted([*EXAMPLES.glob("*.json"), *(RESOURCES / "fragments").glob("*.json"), *UNSEEN.glob("*.json")])


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
async def test_in_drawings_that_were_not_made_for_it_it_happens_too(path: Path) -> None:
    graph = ready(read(path))
    for finding in findings(graph, classify(graph)):
        demo = demonstration(graph, finding)
        if demo is None or (path.stem, finding.code) in NOT_TO_BE_REACHED:
            continue
        drawing = demo.staged(graph)
        if demo.refused is not None:
            assert reasons(drawing, rehearse=demo.refused == "rehearsal"), finding.title
            continue
        assert happened(demo, await rehearse(drawing)), finding.title
