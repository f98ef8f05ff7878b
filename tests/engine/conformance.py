"""Conformance cases: a graph whose agents follow scripts, and what is to be seen in its run.

A case is a file in our own format: it opens in the editor and can be watched there. Two more fields say what it is:

    "conformance": {"case": number or number with a letter, "source": where the promise is made,
                    "differs"?: what the source does where we decide otherwise, "traces"?: [names in otp_traces.txt],
                    "commands"?: [{"at": seconds or "on": pattern, "do": method of Run, "with"?: [arguments]}, …],
                    "awaits"?: what has to be built first}
    "expected":    {"refused": [parts of the reasons]}, or any of
                   {"status", "output", "unhandled", "ends": seconds, "starts": {agent: [seconds]},
                    "states": {agent: its last outcome}, "count": {event type: how often}, "tokens": {edge: [kinds]},
                    "calls": {agent: [fields of each call]}, "answers": [what each command answered, or its error],
                    "events": [patterns, in order]}

A pattern is an event with the fields that matter; of `data` and of objects in it likewise.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.drawing import Told
from quartet.agents.calls import Answer, Call, Emit
from quartet.engine import Event, Run, run
from quartet.engine.clock import VirtualClock
from quartet.engine.rehearsal import RehearsalExecutor
from quartet.graph import files
from quartet.graph.model import Graph

JSON = Any
FOLDER = Path(__file__).parent.parent / "data" / "conformance"
PATIENCE = 10.0
"""Real seconds after which a case that does not end has failed."""
LATE = 1_000_000
"""Commands come after what the agents themselves do at the same moment."""


class Case(NamedTuple):
    """One case as it stands in its file."""

    name: str
    opened: files.Opened
    about: dict[str, JSON]
    expected: dict[str, JSON]

    @property
    def graph(self) -> Graph:
        return self.opened.graph

    @property
    def runs(self) -> bool:
        """Whether it is to run, rather than to be refused."""
        return "refused" not in self.expected


def load(path: Path) -> Case:
    """The case in a file."""
    opened = files.read(path)
    return Case(path.stem, opened, opened.graph.extra["conformance"], opened.graph.extra["expected"])


def paths() -> list[Path]:
    """The files of all cases."""
    return sorted(path for path in FOLDER.glob("*.json") if path.stem[0].isdigit())


class Recorder(RehearsalExecutor):
    """Plays the scripts and keeps what each attempt was called with."""

    def __init__(self, graph: Graph, clock: VirtualClock) -> None:
        super().__init__(graph, clock)
        self.calls: dict[str, list[dict[str, JSON]]] = {}

    async def run(self, call: Call, emit: Emit) -> Answer:
        if call.state is None:
            self.calls.setdefault(call.agent, []).append(call._asdict())
        return await super().run(call, emit)


class Played(NamedTuple):
    """A run of a case to its end: its events, with what each attempt was called, what the commands answered."""

    told: Told
    calls: dict[str, list[dict[str, JSON]]]
    answers: list[JSON]


def play(case: Case) -> Played:
    """Rehearse a case, with the commands that a person gives in it. Its events are checked against the invariants."""
    return asyncio.run(asyncio.wait_for(_play(case), PATIENCE))


async def _play(case: Case) -> Played:
    clock = VirtualClock()
    recorder = Recorder(case.graph, clock)
    events: list[Event] = []
    answers: list[JSON] = []
    commands = case.about.get("commands", ())
    moments = deque(command for command in commands if "on" in command)
    async with run(case.graph, case.graph.input, rehearse=True, clock=clock, executor=recorder) as r:
        person = asyncio.create_task(_follow(r, clock, [one for one in commands if "at" in one], answers))
        clock.running += 1  # so that time waits for the person as it does for an agent
        async for event in r:
            events.append(event)
            if moments and fits(moments[0]["on"], event.as_json()):
                answers.append(_carry_out(r, moments.popleft()))
        if not person.done():
            person.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await person
        state = r.state
    return Played(Told(case.graph, events, state), recorder.calls, answers)


async def _follow(r: Run, clock: VirtualClock, commands: list[dict[str, JSON]], answers: list[JSON]) -> None:
    """Do what is to be done at certain times."""
    try:
        for command in commands:
            await clock.sleep(command["at"] - clock.now(), LATE)
            answers.append(_carry_out(r, command))
    finally:
        clock.running -= 1
        clock.settle()


def _carry_out(r: Run, command: dict[str, JSON]) -> JSON:
    try:
        return getattr(r, command["do"])(*command.get("with", ()))
    except LookupError:
        return "LookupError"


# ---------------------------------------------------------------------- comparing


def fits(wanted: JSON, found: JSON) -> bool:
    """Whether `found` is as wanted: of objects only the stated fields count, numbers within a microsecond."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(key in found and fits(wanted[key], found[key]) for key in wanted)
    if isinstance(wanted, list):
        return (
            isinstance(found, list | tuple)
            and len(wanted) == len(found)
            and all(fits(one, other) for one, other in zip(wanted, found, strict=True))
        )
    if isinstance(wanted, float) and isinstance(found, int | float):
        return abs(wanted - found) < 1e-6
    return bool(wanted == found)


def check(case: Case, played: Played) -> None:
    """Everything that the case says about its run."""
    for key, wanted in case.expected.items():
        _CHECKS[key](wanted, played)


def _status(wanted: str, played: Played) -> None:
    assert played.told.status == wanted, played.told.state.reason


def _output(wanted: JSON, played: Played) -> None:
    assert played.told.output == wanted


def _unhandled(wanted: list[str], played: Played) -> None:
    assert played.told.state.unhandled == wanted


def _ends(wanted: float, played: Played) -> None:
    assert played.told.events[-1].t == pytest.approx(wanted)


def _starts(wanted: dict[str, list[float]], played: Played) -> None:
    for agent, times in wanted.items():
        assert played.told.starts(agent) == pytest.approx(times), agent


def _states(wanted: dict[str, str], played: Played) -> None:
    for agent, state in wanted.items():
        assert (played.told.finished(agent) or ["none"])[-1] == state, agent


def _count(wanted: dict[str, int], played: Played) -> None:
    for type, count in wanted.items():
        assert len(played.told.of(type)) == count, type


def _tokens(wanted: dict[str, list[str]], played: Played) -> None:
    for edge, kinds in wanted.items():
        assert [data["kind"] for data in played.told.data("edge.token") if data["edge"] == edge] == kinds, edge


def _calls(wanted: dict[str, list[dict[str, JSON]]], played: Played) -> None:
    for agent, each in wanted.items():
        found = played.calls.get(agent, [])
        assert len(found) == len(each), f"{agent} was called {len(found)} times"
        for number, (one, call) in enumerate(zip(each, found, strict=True), 1):
            assert fits(one, call), f"call {number} of {agent}: { {key: call[key] for key in one} }"


def _answers(wanted: list[JSON], played: Played) -> None:
    assert played.answers == wanted


def _events(wanted: list[dict[str, JSON]], played: Played) -> None:
    """The wanted events occur, in this order; others may stand between them."""
    left = iter(played.told.events)
    for one in wanted:
        found = any(fits(one, event.as_json()) for event in left)
        assert found, f"{one} does not follow; {played.told.of(one['type'])}"


_CHECKS: dict[str, Callable[[Any, Played], None]] = {
    "status": _status, "output": _output, "unhandled": _unhandled, "ends": _ends, "starts": _starts,
    "states": _states, "count": _count, "tokens": _tokens, "calls": _calls, "answers": _answers, "events": _events,
}  # fmt: skip
