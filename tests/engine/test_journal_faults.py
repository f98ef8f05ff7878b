"""A disk that is full, a file that is gone: the run pauses, nothing is lost, and it goes on when it can."""

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.drawing import draw
from engine.journals import go_on, read
from engine.killed_runs import called
from quartet.engine import Run, run
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded, Replayed
from quartet.graph.model import Graph

resource = pytest.importorskip("resource")


def chain(calls: Path, length: int = 12) -> Graph:
    """Real agents, one after another, each with a note of 3,000 characters for the next."""
    names = [f"a{n}" for n in range(length)]
    agents = {name: {"kind": "trial", "config": {"calls": str(calls), "ms": 1}} for name in names}
    return draw(" -> ".join(names), **agents)


@contextlib.contextmanager
def full(path: Path, more: int = 0):
    """As if the disk had room for so many more bytes in each file and no more; the system refuses the rest."""
    limit, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = max(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))


async def until_paused(r: Run) -> Any:
    async for event in r:
        if event.type == "run.paused":
            return event
    raise AssertionError("it never paused")


def test_on_a_full_disk_the_run_pauses_and_goes_on_when_there_is_room_with_nothing_lost(tmp_path):
    path, calls = tmp_path / "x.run", tmp_path / "calls"

    async def go():
        told = []
        async with run(chain(calls), "x", journal=path) as r:
            async for event in r:
                told.append(event)
                if event.seq == 10:
                    break
            with full(path):
                paused = await until_paused(r)
                assert "journal cannot be written" in paused.data["reason"]
                assert r.journal_problem
                before = len(called(calls))
                for _ in range(3):
                    r.resume()
                    await until_paused(r)
                assert len(called(calls)) == before, "nothing begins that is not in the file"
            r.resume()
            assert r.journal_problem is None
            await r.result()
            return r.state

    state = asyncio.run(go())
    assert state.status == "succeeded"
    assert [agent for agent, _ in called(calls)] == [f"a{n}" for n in range(12)]
    assert violations(read(path), chain(calls)) == []
    with Recorded.open(path) as recorded:
        assert recorded.state == "succeeded"
        assert len(Replayed(recorded).events) == state.seq


def test_when_the_program_ends_while_the_disk_is_full_the_run_goes_on_from_what_was_written(tmp_path):
    path, calls = tmp_path / "x.run", tmp_path / "calls"

    async def go():
        async with run(chain(calls), "x", journal=path) as r:
            with full(path, more=40_000):
                await until_paused(r)
                await r.suspend()

    asyncio.run(go())
    done = {(e.agent, e.act) for e in read(path) if e.type == "attempt.succeeded"}
    before = len(called(calls))
    _, state = go_on(path)
    assert state.status == "succeeded"
    assert not done & set(called(calls)[before:])


def test_one_may_go_on_without_the_journal(tmp_path):
    path, calls = tmp_path / "x.run", tmp_path / "calls"

    async def go():
        async with run(chain(calls), "x", journal=path) as r:
            with full(path):
                await until_paused(r)
                r.go_on_without_journal()
                await r.result()
            return r.state

    assert asyncio.run(go()).status == "succeeded"
    assert len(called(calls)) == 12
    with Recorded.open(path) as recorded:
        assert recorded.state == "interrupted"


def test_a_journal_that_is_thrown_away_while_the_run_goes_on_is_missed(tmp_path, monkeypatch):
    path, calls = tmp_path / "folder" / "x.run", tmp_path / "calls"

    async def go():
        async with run(chain(calls), "x", journal=path) as r:
            shutil.rmtree(path.parent)
            r._s.recorder.journal._look_at = 0.0  # a second later
            paused = await until_paused(r)
            assert "moved or deleted" in paused.data["reason"]
            r.go_on_without_journal()
            return await r.result()

    assert asyncio.run(go()).status == "succeeded"


@pytest.mark.parametrize("more", range(0, 60_000, 12_000))
def test_wherever_the_room_ends_what_is_in_the_file_is_whole(more, tmp_path):
    path, calls = tmp_path / "x.run", tmp_path / "calls"

    async def go():
        async with run(chain(calls), "x", journal=path) as r:
            with full(path, more):
                async for event in r:
                    if event.type == "run.paused":
                        break
            with Recorded.open(path) as recorded:
                events = Replayed(recorded).events
                assert recorded.damage is None
                assert [event.seq for event in events] == list(range(1, len(events) + 1))
            r.cancel()
            await r.result()

    asyncio.run(go())
    assert read(path)[-1].type == "run.finished"
