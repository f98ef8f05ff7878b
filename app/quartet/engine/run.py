"""Running a graph: `async with run(graph, input) as r: async for event in r: …`, in any asyncio program."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from functools import partial
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import quartet
from quartet.collector import look_as_before, look_seldom
from quartet.engine.backlog import Backlog
from quartet.engine.clock import Clock, RealClock, VirtualClock
from quartet.engine.commands import carry_out
from quartet.engine.events import Event
from quartet.engine.executors import Executor, RoutingExecutor
from quartet.engine.journal.recorded import Header
from quartet.engine.journal.store import SEMANTICS, Journal
from quartet.engine.journal.summary import folder_of
from quartet.engine.outcomes import plain
from quartet.engine.plan import Plan
from quartet.engine.policies import run_limits
from quartet.engine.prices import PriceTable, shipped
from quartet.engine.recording import Recorder
from quartet.engine.refusal import Refused, check
from quartet.engine.rehearsal import RehearsalExecutor
from quartet.engine.scheduler import Scheduler
from quartet.engine.state import RunState
from quartet.graph.files import document
from quartet.graph.model import Graph, RunLimits

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
    limits: RunLimits | None = None,
    on_limit: Literal["fail", "ask"] = "fail",
    prices: PriceTable | None = None,
    journal: str | PathLike[str] | None = None,
    settings: dict[str, JSON] | None = None,
    parent: dict[str, JSON] | None = None,
) -> Run:
    """Get ready to run a snapshot of a graph; nothing starts before the `async with`.

    Args:
        graph: what to run. It is not changed, and changes to it do not reach the run.
        input: any JSON value; goes to every agent nothing leads to.
        rehearse: follow scripts on a virtual clock instead of executing agents: no side effects, no waiting.
        clock: the run's clock; by default the machine's, or a virtual one in a rehearsal.
        executor: where agents execute; by default in this program, or where they say so in processes of their own.
        run_id: names the run in events and idempotency keys; by default a fresh one.
        seed: of the jitter of pauses; by default 0 in a rehearsal, else random.
        limits: of this run; of these and the graph's own the stricter hold.
        on_limit: what happens at a limit where nothing is stated: the run fails, or pauses until `resume` or `grant`.
        prices: what models cost; by default the prices that Quartet comes with.
        journal: the file that the run is to be recorded in (`quartet.engine.journal`); there must be none yet. When it
            cannot be written any more, the run pauses.
        settings, parent: JSON data for the head of the journal: what else the run depends on, where a fork is from.
            Beside the `file` of the settings, the path of the graph's, modules of Python agents are found.
    Raises:
        Refused: the graph cannot run; says every reason.
        TypeError, ValueError: the input, the settings or the parent are not JSON.
        JournalError: the journal cannot be made; raised on entering the `async with`.
    """
    graph = graph.model_copy(update={"limits": run_limits(graph.limits, limits, on_limit)})
    check(graph, rehearse=rehearse)
    if clock is None:
        clock = VirtualClock() if rehearse else RealClock()
    if executor is None and rehearse and isinstance(clock, VirtualClock):
        executor = RehearsalExecutor(graph, clock)
    elif executor is None:
        executor = RoutingExecutor()
    if run_id is None:
        run_id = "rehearsal" if rehearse else uuid.uuid4().hex[:12]
    if seed is None:
        seed = 0 if rehearse else uuid.uuid4().int & 0xFFFFFFFF
    plan = Plan(graph)
    scheduler = Scheduler(plan, run_id, plain(input), clock, executor, seed, rehearse=rehearse)
    scheduler.prices = shipped() if prices is None else prices
    scheduler.folder = folder_of(settings)
    if journal is None:
        return Run(scheduler)
    header = Header(
        run_id, document(graph), scheduler.input, seed, rehearse, clock.virtual, plain(settings or {}), time.time(),
        quartet.__version__, SEMANTICS, plain(parent),
    )  # fmt: skip
    return Run(scheduler, partial(Journal.create, Path(journal), header._asdict()))


class Run:
    """One run: an async context manager, an async iterator of its events, and the few things one can do to it."""

    def __init__(
        self,
        scheduler: Scheduler,
        journal: Callable[[], Journal] | None = None,
        *,
        state: RunState | None = None,
        taking_up: Callable[[], None] | None = None,
    ) -> None:
        """`journal` opens it. Of a run that is resumed: its state so far, and what to do instead of starting."""
        self._s = scheduler
        self._open_journal, self._taking_up = journal, taking_up
        self._waiter: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[None] | None = None
        self._state = RunState() if state is None else state
        self._unfolded: list[Event] = []
        self._backlog = Backlog()
        self._watch: asyncio.TimerHandle | None = None
        self._closed = False
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
        try:
            if self._open_journal is not None:
                s.recorder = Recorder(s, self._open_journal(), lambda reason: self._do("unwritten", reason))
        except BaseException:
            await s.executor.close()
            raise
        look_seldom()
        s.start(loop, self._taking_up)
        if not s.clock.virtual:
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
        await self._close()

    async def suspend(self) -> None:
        """Let go of the run as if the program had ended; with a journal, `quartet.engine.resume` goes on with it.

        Executions are stopped without being told of, and nothing of that is recorded.
        """
        s = self._s
        s.finished = True
        self._notify([])
        tasks = [e.task for e in s.attempts.executions.values() if e.task is not None]
        for task in tasks:
            task.cancel()
        await self._close()

    async def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        look_as_before()
        s = self._s
        if self._watch is not None:
            self._watch.cancel()
        s.clock.close()
        await s.executor.close()
        if s.recorder is not None:
            s.recorder.close()
            if not s.outcome:  # somebody may go on with it at once
                await s.loop.run_in_executor(None, s.recorder.journal.wait)

    def _notify(self, events: list[Event]) -> None:
        s = self._s
        if s.recorder is not None:
            s.recorder.take(events)
        self._backlog.extend(events)
        if (events or s.finished) and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if s.finished and self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def _watch_loop(self) -> None:
        """Tell when something held the loop for so long that no time limit could work."""
        loop = self._s.loop
        due = loop.time() + LAG_CHECK

        def look() -> None:
            lag = loop.time() - due
            if lag > LAG_LIMIT:
                self._do("blocked", round(lag, 3))
            self._watch_loop()

        self._watch = loop.call_at(due, look)

    # ------------------------------------------------------------------ events

    def __aiter__(self) -> Run:
        return self

    async def __anext__(self) -> Event:
        s = self._s
        backlog = self._backlog
        while not backlog.first:
            if s.error is not None:
                raise s.error
            if s.finished:
                raise StopAsyncIteration
            self._waiter = s.loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        event = backlog.first.popleft()
        if not backlog.first:
            backlog.refill()
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
        self._do("cancel", by)

    def answer(self, agent: str, value: JSON) -> bool:
        """Answer what an agent asked a person. False: it asked nothing (any more).

        Raises:
            TypeError, ValueError: the answer is not JSON.
        """
        return bool(self._do("answer", agent, plain(value)))

    def resolve(self, agent: str, value: JSON, by: str = "user") -> bool:
        """Give the result of an agent by hand, whatever it is doing: its attempts end, and `value` leaves on its edges.

        Of several visits at once the first that is held, pauses or waits. False: it has nothing to do at the moment.

        Raises:
            TypeError, ValueError: the value is not JSON.
            LookupError: the run has no such agent.
        """
        return bool(self._do("resolve", self._known(agent), plain(value), by))

    def stop_agent(self, agent: str, by: str = "user") -> bool:
        """Stop one agent and all that it supervises: its tokens are `cancelled`, and nobody restarts it.

        That counts as handled, not as a failure. False: it has nothing to do at the moment.

        Raises:
            LookupError: the run has no such agent.
        """
        return bool(self._do("stop_agent", self._known(agent), by))

    def restart_agent(self, agent: str, by: str = "user") -> bool:
        """Start what an agent is doing again, with all that it supervises; no supervisor counts that as a restart.

        A worker that was stopped by hand gets work from its supervisor again. What has finished stays: False then.

        Raises:
            LookupError: the run has no such agent.
        """
        return bool(self._do("restart_agent", self._known(agent), by))

    def _known(self, agent: str) -> str:
        return self._s.scopes.known(agent).id

    def pause(self, reason: str = "asked to") -> None:
        """Start nothing new; what runs goes on."""
        self._do("pause", reason)

    def drain(self, by: str = "user") -> None:
        """A soft stop: what is at work ends in peace, nothing new starts, then the run pauses (reason: drained).

        An attempt that rests between two of its steps, or waits for somebody, stays as it is. The run can go on
        (`resume`); with a journal it can also be let go of (`suspend`) and be resumed by another program.
        """
        self._do("drain", by)

    def resume(self) -> None:
        """Go on after a pause. Limits that were reached are granted once more, by as much as was stated.

        If the journal could not be written, it is tried again, and the run goes on only if it can be now.
        """
        recorder = self._s.recorder
        if recorder is None or recorder.try_again():
            self._do("resume")
        else:
            self._do("unwritten", recorder.broken)

    def go_on_without_journal(self) -> None:
        """Give the journal up, in which the run then ends here, and go on after the pause."""
        recorder, self._s.recorder = self._s.recorder, None
        if recorder is not None:
            recorder.close()
        self._do("resume")

    @property
    def journal_problem(self) -> str | None:
        """Why the journal cannot be written at the moment; None: it can, or there is none."""
        recorder = self._s.recorder
        return None if recorder is None else recorder.broken

    def grant(self, which: str, more: float, agent: str | None = None) -> None:
        """Allow so much more than is used up now (or than is allowed, if that is more); a pause goes on until `resume`.

        Args:
            which: the limit as events name it: max_cost (US$), max_tokens, max_hops, max_activations, deadline
                (seconds); of an agent max_cost, max_tokens, max_seconds, max_visits, max_hops; max_repeats of those
                who were reached.
            agent: whose limit it is, by id; None: the run's.
        Raises:
            ValueError: there is no such limit, or `more` is no number above 0.
        """
        self._s.envelope.grantable(which, more, agent)
        self._do("grant", which, more, agent)

    def _do(self, command: str, *arguments: JSON) -> JSON:
        """The one way in for whoever holds the run: what comes in here stands in the journal."""
        s = self._s
        if self._ended is None or s.finished:
            return None
        s.enter("do", command, arguments)
        found = carry_out(s, command, arguments)
        s.drain()
        return found
