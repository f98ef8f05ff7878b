"""What comes into the scheduler from outside, noted for the journal before anything that follows from it begins."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Answer, Call, Emit
from quartet.engine.events import Event
from quartet.engine.journal.store import Journal, JournalError

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
STREAM_DELAY = 0.05
"""Seconds that what an agent streams may wait to be written with what comes next."""


class Recorder:
    """Between the scheduler and its journal, which is written once in each turn of the loop that brought something."""

    def __init__(self, scheduler: Scheduler, journal: Journal, pause: Callable[[str], None]) -> None:
        """`pause` is called with the reason when the journal cannot be written."""
        self.s, self.journal = scheduler, journal
        self.inputs: list[list[JSON]] = []
        self.events: list[Event] = []
        self.begins = False
        """Whether an execution is to begin because of what came in last."""
        self.broken: str | None = None
        """Why it cannot be written at the moment. What happens meanwhile is kept, and no execution begins."""
        self._pause = pause
        self._held: list[asyncio.Future[None]] = []
        self._soon: asyncio.Handle | None = None
        self._later: asyncio.TimerHandle | None = None

    def note(self, seq: int, now: float, what: str, data: tuple[JSON, ...]) -> None:
        """Something comes in; `seq` is the last event before it."""
        self.inputs.append([seq, now, what, *data])
        self.begins = False

    def take(self, events: list[Event]) -> None:
        """What followed from it; it is written before the next turn of the loop does anything."""
        self.events += events
        if self.begins or self._soon is not None or not self.inputs:
            return  # whatever begins writes first
        if self.inputs[-1][2] != "told":
            self._soon = self.s.loop.call_soon(self.flush)
        elif self._later is None:
            self._later = self.s.loop.call_later(STREAM_DELAY, self.flush)

    def note_ripe(self, number: int) -> None:
        """What came in last met an execution that had ended, though nobody had heard of it."""
        self.inputs[-1].append(number)

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Let an execution begin once what led to it is written."""
        if self.inputs:
            self.flush()
        if self.broken is not None:
            # until it can be written, or somebody goes on without; no time limit runs meanwhile
            emit("waiting", {})
            released = self.s.loop.create_future()
            self._held.append(released)
            await released
            emit("begun", {})
        return await self.s.executor.run(call, emit)

    def flush(self) -> None:
        """Write what has come in and happened since the last time."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if self._later is not None:
            self._later.cancel()
            self._later = None
        if self.inputs and self.broken is None and (problem := self._write()) is not None:
            self.broken = problem
            self._pause(problem)

    def try_again(self) -> bool:
        """Write what could not be written. False: it still cannot."""
        if self.broken is not None:
            self.broken = self._write()
            if self.broken is None:
                self._release()
        return self.broken is None

    def _write(self) -> str | None:
        s = self.s
        status = s.outcome or ("paused" if s.paused and not s.draining else "running")
        try:
            self.journal.write(self.inputs, self.events, s.seq, status)
        except JournalError as problem:
            return str(problem)
        self.inputs, self.events = [], []
        return None

    def _release(self) -> None:
        held, self._held = self._held, []
        for one in held:
            if not one.done():
                one.set_result(None)

    def close(self) -> None:
        """Write the rest and let go of the file: the run has ended, or goes on without a journal."""
        self.flush()
        self.try_again()
        self.journal.close()
        self._release()
