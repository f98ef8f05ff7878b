"""A soft stop: what is at work ends in peace, nothing new starts, and the run can be gone on with."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from engine.drawing import draw
from quartet.engine import Event, run
from quartet.engine.carrying_on import resume
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded
from quartet.graph.model import Graph


def drained(graph: Graph, at: str, *, then: str = "resume", journal: Path | None = None) -> tuple[list[Event], Any]:
    """The events of a rehearsal that is drained when `at` starts, and its state; `then`: resume, cancel, suspend."""

    async def go() -> tuple[list[Event], Any]:
        events: list[Event] = []
        async with run(graph, "in", rehearse=True, journal=journal) as r:
            async for event in r:
                events.append(event)
                if event.type == "attempt.started" and event.agent == at and r.state.status == "running":
                    r.drain()
                if event.type == "run.paused":
                    if then == "suspend":
                        await r.suspend()
                        break
                    r.resume() if then == "resume" else r.cancel("test")
            return events, r.state

    return asyncio.run(go())


def told(events: list[Event], *types: str) -> list[tuple[str | None, float]]:
    return [(e.agent, e.t) for e in events if e.type in types]


SLOW = {"rehearsal": [{"returns": "slow", "after": 5}]}


def test_what_is_at_work_ends_and_nothing_new_starts_until_the_run_goes_on() -> None:
    graph = draw("a -> b -> d,, c -> d", c=SLOW)
    events, state = drained(graph, "b")
    assert told(events, "run.drain_requested", "run.paused", "run.resumed") == [(None, 1), (None, 5), (None, 5)]
    assert told(events, "attempt.started") == [("a", 0), ("c", 0), ("b", 1), ("d", 5)]
    assert state.status == "succeeded"
    assert violations(events, graph) == []


def test_a_drained_run_can_be_stopped_for_good() -> None:
    graph = draw("a -> b")
    events, state = drained(graph, "a", then="cancel")
    assert state.status == "cancelled"
    assert violations(events, graph) == []


def test_a_run_that_has_nothing_left_to_start_ends_instead_of_pausing() -> None:
    events, state = drained(draw("a -> b"), "b")
    assert told(events, "run.paused") == []
    assert state.status == "succeeded"


def test_it_holds_in_sub_graphs() -> None:
    graph = draw("r", r={"kind": "graph", "config": {"graph": "g"}})
    graph.graphs["g"] = draw("a -> b")
    events, state = drained(graph, "r/a")
    assert told(events, "run.paused") == [(None, 1)]
    assert state.output == "b: a: in"


def test_a_retry_waits_until_the_run_goes_on() -> None:
    graph = draw("a,, c", a={"rehearsal": [{"fails": "x"}, {"returns": "ok"}], "retry": {"jitter": 0}}, c=SLOW)
    events, state = drained(graph, "a")
    assert told(events, "attempt.started") == [("a", 0), ("c", 0), ("a", 5)]
    assert state.status == "succeeded"


def test_another_program_goes_on_with_a_drained_run(tmp_path: Path) -> None:
    path = tmp_path / "a.run"
    before, _ = drained(draw("a -> b -> c"), "b", then="suspend", journal=path)
    with Recorded.open(path) as recorded:
        assert recorded.state == "paused"

    async def go_on() -> tuple[list[Event], Any]:
        events = []
        async with resume(path) as r:
            async for event in r:
                events.append(event)
        return events, r.state

    events, state = asyncio.run(go_on())
    assert state.output == "c: b: a: in"
    assert told(events, "attempt.lost") == [], "nothing was under way"
    assert [id for id, _ in told([*before, *events], "attempt.started")] == ["a", "b", "c"]


def test_what_goes_round_without_a_pause_of_its_own_stops_at_a_limit_that_asks_and_can_be_cancelled():
    graph = draw("Ta -> Jb,, Jb -> Jb [loop; max_iterations=1000000]", limits={"max_activations": 20})

    async def go():
        pauses = []
        async with run(graph, "in", rehearse=True, on_limit="ask") as r:
            async for event in r:
                if event.type == "run.paused":
                    pauses.append(event.seq)
                    r.resume() if len(pauses) < 3 else r.cancel()
        return pauses, r.state

    pauses, state = asyncio.run(go())
    assert (len(pauses), state.status) == (3, "cancelled")
    assert state.agents["Jb"].act < 70
