"""Replay: the same inputs give the same events, in this program and in another one, up to any point."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from enduring import Trials
from engine.drawing import draw
from engine.journals import cut, go_on, read, record, record_random, tamper
from quartet.engine import JournalError
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded, Replayed


def replay(path: Path) -> list:
    with Recorded.open(path) as recorded:
        return Replayed(recorded).events


def try_one(seed: int, folder: Path) -> str:
    """Record a random run, replay it, cut it off somewhere, go on with it, and perhaps cut that off too."""
    path = folder / f"{seed}.run"
    found = record_random(seed, path)
    if found is None:
        return "refused"
    graph, events = found
    assert read(path) == events
    assert replay(path) == events
    rng, status = random.Random(seed), "whole"
    for life in range(2):
        with Recorded.open(path) as recorded:
            count = recorded.count
        if count < 2:
            break
        path = cut(path, rng.randrange(1, count), folder / f"{seed}-{life}.run")
        before = read(path)
        after, state = go_on(path)
        assert read(path) == [*before, *after]
        assert violations([*before, *after], graph) == []
        assert state.finished
        status = state.status
        again = {(e.agent, e.act, e.attempt) for e in before if e.type == "attempt.succeeded"} & {
            (e.agent, e.act, e.attempt) for e in after if e.type == "attempt.started"
        }
        assert not again, "what succeeded is not done again"
        assert replay(path) == [*before, *after]
    return status


@pytest.mark.parametrize("block", range(5))
def test_any_run_replays_to_the_same_events_and_goes_on_from_anywhere(block, tmp_path):
    ends = {try_one(seed, tmp_path) for seed in range(block * 30, block * 30 + 30)}
    assert ends >= {"succeeded", "failed", "cancelled"}


ELSEWHERE = """
import hashlib, sys
from quartet.engine.journal import Recorded, Replayed
for path in sys.argv[1:]:
    with Recorded.open(path) as recorded:
        print(hashlib.sha256(repr(Replayed(recorded).events).encode()).hexdigest())
"""


@pytest.mark.parametrize("hashes", ["1", "4321"])
def test_in_another_program_with_other_hashes_the_events_are_the_same(hashes, tmp_path):
    kept = {}
    for seed in range(1000, 1060):
        path = tmp_path / f"{seed}.run"
        found = record_random(seed, path)
        if found is not None:
            kept[str(path)] = hashlib.sha256(repr(found[1]).encode()).hexdigest()
    told = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, *kept], env={**os.environ, "PYTHONHASHSEED": hashes}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert told.stdout.split() == list(kept.values())


def test_a_run_that_would_go_differently_is_not_resumed_and_says_where_and_what_else_one_can_do(tmp_path):
    graph = draw("a -> b -> c", b={"rehearsal": [{"returns": 1}]})
    path = tmp_path / "x.run"
    record(graph, path)
    cut(path, 3, shorter := tmp_path / "y.run")
    tamper(shorter, lambda text: text.replace('"attempt.started"', '"attempt.begun"'))
    with pytest.raises(JournalError, match=r"event 3 was .*attempt.begun.*, and would be .*attempt.started.* fork"):
        go_on(shorter)


@pytest.mark.endure
def test_very_many_runs_replay(trials: Trials, tmp_path):
    for seed in trials:
        trials.count(try_one(seed, tmp_path))
        for file in tmp_path.iterdir():
            file.unlink(missing_ok=True)
