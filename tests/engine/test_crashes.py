"""Kill -9 at any moment of a real run, as often as one likes: it goes on, ends as if nothing had been, and nobody who
succeeded is called again."""

import multiprocessing
import os
import random
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from enduring import Trials
from engine.journals import read
from engine.killed_runs import called, carry, in_child
from quartet.engine.invariants import violations
from quartet.engine.journal import ENDED, Recorded, Replayed

SLICE = 6
PATIENCE = 60.0
"""Real seconds after which a run that does not end has failed."""


def try_one(seed: int, folder: Path, kills: int = 2) -> str:
    """Kill a random run at random moments, go on with it, and compare with how it ends undisturbed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["quartet.engine"])
    rng = random.Random(seed)
    calm, calls, path = folder / f"{seed}.calm", folder / f"{seed}.calls", folder / f"{seed}.run"
    expected = carry(seed, calm, None, again=False)
    killed = 0
    done: set[tuple[str, int]] = set()
    before = 0
    for life in range(kills + 1):
        child = context.Process(target=in_child, args=(seed, calls, path), kwargs={"again": path.exists()})
        child.start()
        if life < kills:
            wait_for(partial(has_called, calls, before), child, 10.0)
            child.join(rng.choice([0.0, 0.002, 0.01, 0.03]))
            os.kill(child.pid or 0, signal.SIGKILL) if child.is_alive() else None
        child.join(PATIENCE)
        if child.is_alive():
            os.kill(child.pid or 0, signal.SIGABRT)
            raise AssertionError(f"life {life + 1} of {seed} never ends; its journal: {path}")
        assert child.exitcode in (0, -signal.SIGKILL)
        killed += child.exitcode != 0
        assert not done & set(called(calls)[before:]), "whoever succeeded is not called again"
        with Recorded.open(path) as recorded:
            if recorded.state in ENDED:  # perhaps it was killed right after
                break
        before = len(called(calls))
        done |= {(e.agent or "", e.act or 0) for e in read(path) if e.type == "attempt.succeeded"}
    events = read(path)
    with Recorded.open(path) as recorded:
        assert recorded.state == expected[0]
        assert violations(events, recorded.graph()) == []
        assert Replayed(recorded).events == events
    assert (events[-1].data or {}).get("output") == expected[1]
    return f"killed {killed} times"


def has_called(calls: Path, before: int) -> bool:
    return len(called(calls)) > before


def wait_for(condition: Any, child: Any, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition() and child.is_alive() and time.monotonic() < end:
        time.sleep(0.0005)


@pytest.mark.parametrize("seed", range(SLICE))
def test_a_run_that_is_killed_goes_on_and_ends_as_if_nothing_had_been(seed, tmp_path):
    try_one(seed, tmp_path)


@pytest.mark.endure
def test_very_many_runs_that_are_killed(trials: Trials, tmp_path):
    for seed in trials:
        trials.count(try_one(seed, tmp_path))
