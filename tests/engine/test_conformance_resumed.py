"""Case 170: any case that is cut off anywhere and resumed ends as it would have, and repeats nothing that succeeded."""

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from enduring import Trials
from engine.conformance import Case, Person, load, paths, play, to_its_end
from engine.journals import cut, read
from quartet.engine import Event, RunState, resume
from quartet.engine.clock import VirtualClock
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded

CASES = [path for path in paths() if (case := load(path)).runs and "cuts" not in case.about]
CUTS = 3


def outcome(state: RunState) -> tuple[object, ...]:
    return state.status, state.output, sorted(state.unhandled)


def succeeded(events: list[Event]) -> Counter[tuple[object, ...]]:
    return Counter((event.agent, event.act) for event in events if event.type == "attempt.succeeded")


def try_cut(case: Case, whole: Path, batches: int, to: Path, undisturbed: list[Event], end: RunState) -> Path:
    """Cut a recorded run off after so many batches, go on, and compare. The journal of the whole is returned."""
    path = cut(whole, batches, to)
    before = read(path)
    clock, person = VirtualClock(), Person(case)
    with Recorded.open(path) as found:
        person.took_part(sum(given.what == "do" for given in found.inputs()), before)
    after, state = to_its_end(resume(path, clock=clock), clock, person, {})
    events = [*before, *after]
    assert violations(events, case.graph) == []
    folded = RunState()
    for event in events:
        folded.apply(event)
    assert folded == state, "what is seen is the fold"
    assert outcome(state) == outcome(end)
    assert succeeded(events) == succeeded(undisturbed)
    return path


def recorded(case: Case, folder: Path) -> tuple[Path, int, list[Event], RunState]:
    path = folder / "whole.run"
    told = play(case, path).told
    with Recorded.open(path) as found:
        return path, found.count, told.events, told.state


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_that_is_cut_off_ends_as_it_would_have(path: Path, tmp_path: Path) -> None:
    case = load(path)
    whole, count, events, end = recorded(case, tmp_path)
    rng = random.Random(path.stem)
    for n in sorted(rng.sample(range(1, count), min(CUTS, count - 1))):
        try_cut(case, whole, n, tmp_path / f"{n}.run", events, end)


@pytest.mark.endure
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_that_is_cut_off_anywhere_ends_as_it_would_have(path: Path, tmp_path: Path) -> None:
    case = load(path)
    whole, count, events, end = recorded(case, tmp_path)
    for n in range(1, count):
        try_cut(case, whole, n, tmp_path / f"{n}.run", events, end)


@pytest.mark.endure
def test_cases_that_are_cut_off_again_and_again(trials: Trials, tmp_path: Path) -> None:
    for seed in trials:
        rng = random.Random(seed)
        case = load(rng.choice(CASES))
        (folder := tmp_path / str(seed)).mkdir()
        journal, count, events, end = recorded(case, folder)
        for life in range(rng.randint(2, 4) if count > 1 else 0):
            journal = try_cut(case, journal, rng.randrange(1, count), folder / f"{life}.run", events, end)
            with Recorded.open(journal) as found:
                count = found.count
            trials.count("lives")
        shutil.rmtree(folder, ignore_errors=True)  # journals are closed beside the program
