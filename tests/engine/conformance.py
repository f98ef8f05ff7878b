"""Conformance cases: a graph whose agents follow scripts, and what is to be seen in its run.

A case is a file in our own format: it opens in the editor and can be watched there. Two more fields say what it is:

    "conformance": {"case": number or number with a letter, "source": where the promise is made,
                    "differs"?: what the source does where we decide otherwise, "traces"?: [names in otp_traces.txt],
                    "commands"?: [{"at": seconds or "on": pattern, "do": method of Run, "with"?: [arguments]}, …],
                    "cuts"?: [patterns: the program ends after such an event, and another one goes on]}
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
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from engine.drawing import Told
from engine.journals import cut, read
from quartet.agents.calls import Answer, Call, Emit
from quartet.engine import Event, Run, RunState, resume, run
from quartet.engine.clock import VirtualClock
from quartet.engine.journal import Recorded
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


Calls = dict[str, list[dict[str, JSON]]]
"""What each attempt of an agent was called with."""


def listen(r: Run, calls: Calls) -> None:
    """Keep what the agents of a run are called with."""
    executor = r._s.executor
    really = executor.run

    def listening(call: Call, emit: Emit) -> Coroutine[Any, Any, Answer]:
        if call.state is None:
            calls.setdefault(call.agent, []).append(call._asdict())
        return really(call, emit)

    executor.run = listening  # type: ignore[method-assign]


class Person:
    """Who gives the commands of a case: some at certain times, some when something is to be seen."""

    def __init__(self, case: Case) -> None:
        commands = case.about.get("commands", ())
        self.times = deque(command for command in commands if "at" in command)
        self.moments = deque(command for command in commands if "on" in command)
        self.overdue: list[dict[str, JSON]] = []
        self.answers: list[JSON] = []

    def see(self, r: Run, event: Event) -> None:
        """Do what is to be done when this event is seen."""
        if self.moments and fits(self.moments[0]["on"], event.as_json()):
            self.answers.append(_carry_out(r, self.moments.popleft()))

    async def sit(self, r: Run, clock: VirtualClock) -> None:
        """Do what is to be done at certain times. Meanwhile time waits for the person, as it does for an agent."""
        try:
            self.answers += [_carry_out(r, command) for command in self.overdue]
            while self.times:
                await clock.sleep(self.times[0]["at"] - clock.now(), LATE)
                self.answers.append(_carry_out(r, self.times.popleft()))
        finally:
            clock.running -= 1
            clock.settle()

    def took_part(self, count: int, events: list[Event]) -> None:
        """Of a run that was cut off: so many commands were given, and these events seen."""
        for _ in range(count):
            (self.times or self.moments).popleft()
        if self.moments and any(fits(self.moments[0]["on"], event.as_json()) for event in events):
            self.overdue.append(self.moments.popleft())


class Played(NamedTuple):
    """A run of a case to its end: its events, with what each attempt was called, what the commands answered."""

    told: Told
    calls: Calls
    answers: list[JSON]


def play(case: Case, journal: Path | None = None) -> Played:
    """Rehearse a case, with the commands that a person gives in it. Its events are checked against the invariants.

    Where the case says so, the program ends in the middle, and another one goes on from the journal.
    """
    clock, person, calls = VirtualClock(), Person(case), Calls()
    r = run(case.graph, case.graph.input, rehearse=True, clock=clock, journal=journal)
    events, state = to_its_end(r, clock, person, calls)
    for number, pattern in enumerate(case.about.get("cuts", ())):
        assert journal is not None
        last = next(event for event in events if fits(pattern, event.as_json()))
        journal = cut(journal, batch_of(journal, last), journal.with_name(f"{number}.run"))
        before = read(journal)
        clock, calls = VirtualClock(), {agent: each[: starts(before, agent)] for agent, each in calls.items()}
        after, state = to_its_end(resume(journal, clock=clock), clock, person, calls)
        events = [*before, *after]
    return Played(Told(case.graph, events, state), calls, person.answers)


def batch_of(journal: Path, event: Event) -> int:
    """How many batches of a journal there are up to an event."""
    with Recorded.open(journal) as recorded:
        return next(batch.n for batch in recorded.batches() if event in batch.events)


def starts(events: list[Event], agent: str) -> int:
    """How many attempts of an agent began."""
    return sum(event.type == "attempt.started" and event.agent == agent for event in events)


def to_its_end(r: Run, clock: VirtualClock, person: Person, calls: Calls) -> tuple[list[Event], RunState]:
    """All that a run still tells, and the state it ends in."""
    listen(r, calls)

    async def go() -> tuple[list[Event], RunState]:
        events: list[Event] = []
        async with r:
            clock.running += 1
            sitting = asyncio.create_task(person.sit(r, clock))
            async for event in r:
                events.append(event)
                person.see(r, event)
            sitting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sitting
            return events, r.state

    return asyncio.run(asyncio.wait_for(go(), PATIENCE))


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
    assert fits(wanted, played.told.output), played.told.output


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


def _called(wanted: dict[str, list[dict[str, JSON]]], played: Played) -> None:
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
    "states": _states, "count": _count, "tokens": _tokens, "calls": _called, "answers": _answers, "events": _events,
}  # fmt: skip
