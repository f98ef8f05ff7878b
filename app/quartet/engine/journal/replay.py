"""Replay: the scheduler does again what it did, from the inputs in a journal, and every event is compared."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import quartet
from quartet.agents.calls import Call, Calls, Handoff, Request, Value, Wait
from quartet.engine.activation import Failure
from quartet.engine.events import Event
from quartet.engine.journal.recorded import Input, Recorded
from quartet.engine.journal.store import SEMANTICS, JournalError
from quartet.engine.journal.summary import folder_of

if TYPE_CHECKING:
    from quartet.engine.clock import Timers
    from quartet.engine.execution import Execution
    from quartet.engine.outcomes import Outcome
    from quartet.engine.scheduler import Scheduler

JSON = Any


class Answered(NamedTuple):
    """An execution that ended and counted."""

    seq: int
    """The last event before its end: what follows from the outcome begins after it."""
    call: Call
    outcome: Outcome


class Replayed:
    """A run as far as its journal leads, or until an event.

    Attributes:
        scheduler: as it stood then. Nothing runs in it: executions under way are only known by number.
        events: all events, unless they went to `sink`.
        answers: what executions answered, in the order they ended.
        under_way: the calls of executions that had not ended, by number.
        begun: every call that was made, as (agent id, number of the execution), in order; continuations are not among
            them. ("", number): that one was lost.
        batches: how many rows of the journal were read.
        differs: where the run would go differently now, if it would and that was asked for.
    """

    def __init__(
        self,
        recorded: Recorded,
        until: int | None = None,
        sink: Callable[[Event], object] | None = None,
        *,
        strict: bool = True,
    ) -> None:
        """Replay.

        Args:
            recorded: the journal.
            until: the number of an event; what came in before it is replayed, and all that followed from that.
            sink: takes each event, instead of `events`.
            strict: False ends the replay where the run goes differently now, instead of raising.
        Raises:
            JournalError: the run goes differently now; names the event, the versions and the way out.
            FileProblem, Refused: the graph in it is none that this version can run.
        """
        from quartet.engine.plan import Plan
        from quartet.engine.scheduler import Scheduler

        self.events: list[Event] = []
        self.answers: list[Answered] = []
        self.under_way: dict[int, Call] = {}
        self.begun: list[tuple[str, int]] = []
        self.batches = 0
        self._recorded, self._header = recorded, recorded.header
        self._sink: Callable[[Event], object] = self.events.append if sink is None else sink
        self._fresh: list[Event] = []
        self._ripe: frozenset[int] = frozenset()
        self._clock = _StoppedClock()
        header = self._header
        scheduler = Scheduler(
            Plan(recorded.graph()), header.run_id, header.input, self._clock, _Nowhere(), header.seed,
            rehearse=header.rehearse,
        )  # fmt: skip
        self.scheduler: Scheduler = scheduler
        scheduler.folder = folder_of(header.settings)
        scheduler.told = self._fresh.extend
        scheduler.attempts.launch = self._launch
        scheduler.attempts.is_ripe = lambda execution: execution.number in self._ripe
        self.differs: str | None = None
        try:
            self._replay(until)
        except JournalError as problem:
            if strict:
                raise
            self.differs = str(problem)
        scheduler.told = lambda events: None

    def lost(self) -> list[int]:
        """The executions that would be lost if the program had ended now, by number."""
        open = self.scheduler.attempts.executions
        return [number for number, execution in open.items() if not execution.closed and not execution.over]

    def _launch(self, execution: Execution, call: Call) -> None:
        self.under_way[execution.number] = call
        if call.state is None:
            self.begun.append((call.agent, execution.number))

    def _replay(self, until: int | None) -> None:
        for batch in self._recorded.batches():
            expected = iter(batch.events)
            for input in batch.inputs:
                if until is not None and input.seq >= until:
                    return
                self._enter(input)
                self._compare(input, expected)
            if (left := next(expected, None)) is not None:
                raise self._differs(left, None)
            self.batches = batch.n

    def _enter(self, input: Input) -> None:
        s = self.scheduler
        s.now = self._clock.time = input.t
        data = input.data
        executions = s.attempts.executions
        try:
            match input.what:
                case "start":
                    s.launch()
                case "due":
                    self._ripe = frozenset(data)
                    s.fire()
                    self._ripe = frozenset()
                case "told":
                    executions[data[0]].heard_of(data[1], data[2])
                case "done":
                    self._done(executions[data[0]], _outcome(data[1], data[2]))
                case "do":
                    from quartet.engine.commands import carry_out

                    carry_out(s, data[0], data[1])
                case "interrupted":
                    from quartet.engine.resuming import take_up

                    self.begun.extend(("", number) for number in self.lost())
                    take_up(s, data[0], self.under_way)
                case other:
                    raise LookupError(f"this version knows no “{other}”")
        except (LookupError, TypeError, ValueError) as problem:
            raise self._cannot(f"at event {s.seq}: {problem!r}") from problem
        s.drain()
        if s.error is not None:
            raise self._cannot(f"at event {s.seq}: {s.error!r}") from s.error

    def _done(self, execution: Execution, outcome: Outcome) -> None:
        call = self.under_way.pop(execution.number)
        if not execution.closed and not execution.over:
            self.answers.append(Answered(self.scheduler.seq, call, outcome))
        execution.came(outcome)

    def _compare(self, input: Input, expected: Iterator[Event]) -> None:
        for event in self._fresh:
            recorded = next(expected, None)
            if recorded is None or (event != recorded and _as_json(event) != _as_json(recorded)):
                raise self._differs(recorded, event)
            self._sink(event)
        self._fresh.clear()

    def _differs(self, recorded: Event | None, event: Event | None) -> JournalError:
        before = "nothing" if recorded is None else _words(recorded)
        now = "nothing" if event is None else _words(event)
        number = (recorded or event or Event(0, 0.0, "")).seq
        return self._cannot(f"event {number} was {before}, and would be {now}")

    def _cannot(self, what: str) -> JournalError:
        header = self._header
        return JournalError(
            f"The run {header.run_id} would go differently now: {what}. It was run by Quartet {header.version} (engine "
            f"{header.semantics}); this is {quartet.__version__} (engine {SEMANTICS}). Resume it with that version, or "
            "fork it: a fork reuses what was answered and decides the rest anew."
        )


def _outcome(what: str, fields: JSON) -> Outcome:
    match what:
        case "Value":
            return Value(*fields)
        case "Handoff":
            return Handoff(*fields)
        case "Wait":
            return Wait(*fields)
        case "Calls":
            return Calls(tuple(Request(*one) for one in fields[0]), fields[1])
        case "Failure":
            return Failure(*fields)
        case "NoneType":
            return None
    raise LookupError(f"this version knows no outcome “{what}”")


def _as_json(event: Event) -> JSON:
    return json.loads(json.dumps(event))


def _words(event: Event) -> str:
    text = json.dumps(event.as_json(), ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:299]}…"


class _StoppedClock:
    """A clock that stands wherever it is put."""

    virtual = held = False

    def __init__(self) -> None:
        self.running = 0
        self.held = False
        self.time = 0.0

    def start(self, loop: asyncio.AbstractEventLoop, timers: Timers, wake: Callable[[], None], at: float = 0.0) -> None:
        """It never starts."""

    def now(self) -> float:
        return self.time

    def arm(self, when: float) -> None:
        """Nobody wakes."""

    def settle(self) -> None:
        """Time does not go on."""

    def close(self) -> None:
        """Nothing to let go of."""


class _Nowhere:
    """Where nothing executes."""

    async def start(self) -> None:
        """Nothing to get ready."""

    async def run(self, call: Call, emit: Any) -> Any:
        raise AssertionError("nothing executes in a replay")

    async def close(self) -> None:
        """Nothing to let go of."""
