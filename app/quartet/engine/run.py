"""Running a graph: `async with run(graph, input) as r: async for event in r: …`, in any asyncio program."""

from __future__ import annotations

import asyncio
import uuid
from types import TracebackType
from typing import Any

from quartet.engine.attempts import plain
from quartet.engine.clock import Clock, RealClock, VirtualClock
from quartet.engine.events import Event
from quartet.engine.executors import Executor, LocalExecutor
from quartet.engine.plan import Plan
from quartet.engine.refusal import Refused, check
from quartet.engine.rehearsal import RehearsalExecutor
from quartet.engine.scheduler import Scheduler
from quartet.engine.state import RunState
from quartet.graph.check import Problem
from quartet.graph.model import Graph

JSON = Any
FOLD_AT = 50_000
"""So many events wait at most for somebody to ask for the state."""
LAG_LIMIT = 1.0
LAG_CHECK = 0.5

__all__ = ["Refused", "Run", "run"]


def run(
    graph: Graph,
    input: JSON = None,
    *,
    rehearse: bool = False,
    clock: Clock | None = None,
    executor: Executor | None = None,
    run_id: str | None = None,
    seed: int | None = None,
) -> Run:
    """Get ready to run a snapshot of a graph; nothing starts before the `async with`.

    Args:
        graph: what to run. It is not changed, and changes to it do not reach the run.
        input: any JSON value; goes to every agent nothing leads to.
        rehearse: follow scripts on a virtual clock instead of executing agents: no side effects, no waiting.
        clock: the run's clock; by default the machine's, or a virtual one in a rehearsal.
        executor: where agents execute; by default in this process.
        run_id: names the run in events and idempotency keys; by default a fresh one.
        seed: of the jitter of pauses; by default 0 in a rehearsal, else random.
    Raises:
        Refused: the graph cannot run; says every reason.
        TypeError, ValueError: the input is not JSON.
    """
    check(graph, rehearse=rehearse)
    if clock is None:
        clock = VirtualClock() if rehearse else RealClock()
    if executor is None:
        executor = RehearsalExecutor(graph, clock) if rehearse and isinstance(clock, VirtualClock) else LocalExecutor()
    if run_id is None:
        run_id = "rehearsal" if rehearse else uuid.uuid4().hex[:12]
    if seed is None:
        seed = 0 if rehearse else uuid.uuid4().int & 0xFFFFFFFF
    plan = Plan(graph)
    if circle := plan.cycle():
        names = ", ".join(node.agent.name for node in circle)
        text = f"{names} wait for each other in a circle: mark the edge that leads back as a loop."
        raise Refused([Problem("circle", text, agents=tuple(node.agent.id for node in circle))])
    scheduler = Scheduler(plan, run_id, plain(input), clock, executor, seed, rehearse=rehearse)
    return Run(scheduler)


class Run:
    """One run: an async context manager, an async iterator of its events, and the few things one can do to it."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._s = scheduler
        self._waiter: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[None] | None = None
        self._state = RunState()
        self._unfolded: list[Event] = []
        self._told = 0
        self._new: list[Event] = []
        scheduler.told = self._notify

    @property
    def id(self) -> str:
        """The run's name in events and idempotency keys."""
        return self._s.run_id

    # ------------------------------------------------------------------ life

    async def __aenter__(self) -> Run:
        s = self._s
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        await s.executor.start()
        s.start(loop)
        if not s.clock.virtual:
            s.own_timers += 1
            self._watch_loop()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaving early cancels the run, and waits until everything of it has ended or was abandoned."""
        s = self._s
        if not s.finished:
            self.cancel("left")
            assert self._ended is not None
            while not s.finished:
                try:
                    await asyncio.shield(self._ended)
                except asyncio.CancelledError:
                    continue  # the ending is bounded by the agents' grace; leaving sooner would leave them behind
        s.clock.close()
        await s.executor.close()

    def _notify(self) -> None:
        s = self._s
        if s.events and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if s.finished and self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def _watch_loop(self) -> None:
        """Tell when something held the loop for so long that no time limit could work."""
        s = self._s
        due = s.now + LAG_CHECK

        def look() -> None:
            lag = s.now - due
            if lag > LAG_LIMIT:
                s.tell("engine.loop_blocked", data={"lag": round(lag, 3)})
            if not s.finished:
                self._watch_loop()

        s.timers.at(due, look)

    # ------------------------------------------------------------------ events

    def __aiter__(self) -> Run:
        return self

    async def __anext__(self) -> Event:
        s = self._s
        while not s.events:
            if s.error is not None:
                raise s.error
            if s.finished:
                raise StopAsyncIteration
            self._waiter = s.loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        event = s.events.popleft()
        self._unfolded.append(event)
        if len(self._unfolded) >= FOLD_AT:
            self._fold()
        return event

    def _fold(self) -> None:
        for event in self._unfolded:
            self._state.apply(event)
        self._unfolded.clear()

    @property
    def state(self) -> RunState:
        """The fold of the events that were delivered so far."""
        self._fold()
        return self._state

    @property
    def finished(self) -> bool:
        """Whether the run has ended; its last events may still wait to be delivered."""
        return self._s.finished

    async def result(self) -> RunState:
        """Run to the end, for whoever does not care for the events; the final state."""
        async for _ in self:
            pass
        return self.state

    # ------------------------------------------------------------------ what one can do to a run

    def now(self) -> float:
        """Seconds since the run started, on its own clock; in a paced rehearsal as it is to be shown."""
        clock = self._s.clock
        return clock.shown() if isinstance(clock, VirtualClock) else clock.now()

    def cancel(self, by: str = "user") -> None:
        """Stop everything: no new work, supervised agents in reverse order, the rest together, each with its grace."""
        self._do(lambda: self._s.cancelling.start("cancelled", "cancelled", by))

    def answer(self, agent: str, value: JSON) -> bool:
        """Answer what an agent asked a person. False: it asked nothing (any more).

        Raises:
            TypeError, ValueError: the answer is not JSON.
        """
        value = plain(value)
        found = False

        def do() -> None:
            nonlocal found
            found = self._s.requests.answer(agent, value)

        self._do(do)
        return found

    def pause(self, reason: str = "asked to") -> None:
        """Start nothing new; what runs goes on."""

        def do() -> None:
            if not self._s.paused and not self._s.stopping:
                self._s.paused = True
                self._s.tell("run.paused", data={"reason": reason})

        self._do(do)

    def resume(self) -> None:
        """Go on after a pause. A limit on repeated visits that was reached is granted once more."""

        def do() -> None:
            s = self._s
            if s.paused and not s.stopping:
                s.paused = False
                if s.repeats > s.max_repeats:
                    s.max_repeats = s.repeats + s.plan.limits.max_activations
                s.tell("run.resumed")

        self._do(do)

    def _do(self, what: Any) -> None:
        s = self._s
        if self._ended is None or s.finished:
            return
        s.enter()
        what()
        s.drain()
