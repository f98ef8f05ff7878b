"""Going on with a run whose program has ended: `resume(journal)`."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from quartet.engine.clock import Clock, RealClock, VirtualClock
from quartet.engine.executors import Executor, RoutingExecutor
from quartet.engine.journal import ENDED, Journal, JournalError, Recorded, Replayed
from quartet.engine.journal.lock import Lock
from quartet.engine.journal.store import rescue
from quartet.engine.prices import PriceTable, shipped
from quartet.engine.rehearsal import RehearsalExecutor
from quartet.engine.resuming import take_up
from quartet.engine.run import Run
from quartet.engine.state import RunState


def resume(
    path: str | PathLike[str],
    *,
    executor: Executor | None = None,
    clock: Clock | None = None,
    rerun: bool | None = None,
    prices: PriceTable | None = None,
) -> Run:
    """Get ready to go on with a run from its journal; nothing starts before the `async with`.

    What succeeded is not executed again. What was under way is lost, and started once more; what may not be done
    twice unasked is asked for. The run's clock goes on from where it stood. The run iterates over the events to
    come; `Run.state` holds what happened before.

    Args:
        path: the journal. It is written on.
        executor: where agents execute; by default in this program, or where they say so in processes of their own.
        clock: the run's clock; by default of the kind it had.
        rerun: whether agents that were under way and are not repeatable run again; None: each asks (`wait.started`).
        prices: what models cost from now on; by default the prices that Quartet comes with.
    Raises:
        JournalError: there is no such run, it has ended, another program carries it, or this version would do
            something else; says the way out. On entering the `async with`: it cannot be written.
    """
    path = Path(path)
    state = RunState()
    with Recorded.open(path) as recorded:
        if recorded.state not in ENDED and recorded.carried:
            raise _carried(path)
        replayed = Replayed(recorded, sink=state.apply)
        damage = recorded.damage
    s = replayed.scheduler
    if s.finished:
        raise JournalError(f"This run has ended ({s.outcome}); there is nothing to resume. A fork begins a new one.")
    header = recorded.header
    if clock is None:
        clock = VirtualClock() if header.virtual else RealClock()
    if executor is None:
        if header.rehearse and isinstance(clock, VirtualClock):
            executor = RehearsalExecutor(s.plan.graph, clock)
            executor.go_on_after([*replayed.begun, *(("", number) for number in replayed.lost())])
        else:
            executor = _reusing(path) or RoutingExecutor()
    s.clock = s.timers.clock = clock
    s.executor = executor
    s.prices = shipped() if prices is None else prices
    s.attempts.go_live()

    def taking_up() -> None:
        s.enter("interrupted", rerun)
        take_up(s, rerun, replayed.under_way)

    # a journal of which nothing is left but its head, or that was made a moment before the end: the run begins
    begun = taking_up if s.seq else None
    return Run(s, _reopening(path, replayed.batches, damaged=damage is not None), state=state, taking_up=begun)


def _reusing(path: Path) -> Executor | None:
    """Of a fork: what gives it the answers of the run that it came from."""
    from quartet.engine.fork import reusing_again

    with Recorded.open(path) as recorded:
        return reusing_again(recorded.header, recorded.events())


def _reopening(path: Path, batches: int, *, damaged: bool) -> Callable[[], Journal]:
    def reopen() -> Journal:
        lock = Lock(path)
        if not lock.take():
            raise _carried(path)
        try:
            if damaged:
                rescue(path, batches)
            with Recorded.open(path) as recorded:
                if recorded.count != batches:
                    raise JournalError(f"Another program has gone on with {path} meanwhile. Resume it again.")
            return Journal.reopen(path, lock, batches)
        except BaseException:
            lock.release()
            raise

    return reopen


def _carried(path: Path) -> JournalError:
    return JournalError(f"The run of {path} is still going on in another program, or in this one. Stop it there first.")
