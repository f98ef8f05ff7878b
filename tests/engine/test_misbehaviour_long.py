"""Many agents, most of which misbehave, stopped and killed at random moments: each ends, and nothing stays behind."""

import asyncio
import contextlib
import os
import random
import signal
import sys

import pytest

from agents.agent_calls import Told, call, until
from engine.executor_contract import function
from engine.test_misbehaviour import both, drawn, play
from quartet.agents.calls import AgentError, Value, WorkerLost
from quartet.engine.processes import ProcessExecutor
from quartet.graph.model import Edge

KINDS = {
    "double": 7, "tells": "x", "fails": 1, "spins": 1, "spins_in_c": 1, "sleeps": 1, "streams": 1, "leaves_tasks": 1,
    "recursion": 1, "no_json": 1, "prints": 1, "prints_without_end": 1, "big": 2_000_000, "deep": 5_000, "works": 0.01,
    "forks": 1, "sleeps_deaf": 1, "tells_and_waits": "/dev/null", "deaf_to_cancellation": 1,
}  # fmt: skip
"""By function the value it is given."""
DEATHS = ["exit", "segfault", "abort", "line", "garbage", "SIGTERM"]
EVERYTHING = [*KINDS.items(), *(("dies", how) for how in DEATHS), ("leaves", "thread"), ("leaves", "process")]


async def turmoil(seed: int, size: int, count: int) -> dict[str, int]:
    """`count` random executions in `size` places, each stopped by somebody sooner or later; how they ended."""
    chance = random.Random(seed)
    pool, ends = ProcessExecutor(size), {}
    await pool.start()

    async def one(name, value, after, grace, kill):
        told = Told()
        running = asyncio.create_task(pool.run(call("python", value, config=function(name), grace=grace), told))
        await asyncio.wait([running], timeout=after)
        if kill and pool._processes:
            victim = chance.choice(sorted(pool._processes, key=lambda process: process.pid))
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim.pid, signal.SIGKILL)
        if not running.done():
            running.cancel()
            if chance.random() < 0.2:
                await asyncio.sleep(0.01)
                running.cancel()
        try:
            answer = await running
            assert isinstance(answer, Value)
            assert name != "double" or answer == Value(14)
            end = "answered"
        except asyncio.CancelledError:
            end = "stopped"
        except WorkerLost:
            end = "lost"
        except AgentError:
            end = "failed"
        ends[end] = ends.get(end, 0) + 1
        heard = len(told)
        await asyncio.sleep(0.01)
        assert len(told) == heard, "after its end it has nothing to say"

    jobs = [
        one(
            *chance.choice(EVERYTHING),
            after=chance.choice([0.0, 0.01, 0.3, 1.0, 3.0]),
            grace=chance.choice([0.0, 0.05, 0.3, 60.0 if chance.random() < 0.01 else 0.3]),
            kill=chance.random() < 0.1,
        )
        for _ in range(count)
    ]
    await asyncio.wait_for(asyncio.gather(*jobs), 300)
    assert pool._busy == 0 and not pool._waiting
    assert await pool.run(call("python", 4, config=function("double")), Told()) == Value(8)
    pids = [process.pid for process in pool._processes]
    await asyncio.wait_for(pool.close(), 30)
    assert not pool._processes and sum(ends.values()) == count
    # what they had started was killed too, and ends as soon as the system gets to it
    await until(lambda: not any(group_lives(pid) for pid in pids))
    return ends


def group_lives(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0


def test_some_turmoil():
    asyncio.run(turmoil(1, 2, 4))
    before = descriptors()
    ends = asyncio.run(turmoil(7, 3, 40))
    assert set(ends) <= {"answered", "stopped", "lost", "failed"} and len(ends) > 1
    assert descriptors() == before


@pytest.mark.endure
@both
@pytest.mark.parametrize("megabytes", [1, 100])
async def test_a_long_text_reaches_the_next_agent(executor, megabytes):
    graph = drawn(a=("big", {}), b=("length", {}))
    graph.edges["e"] = Edge(id="e", source="a", target="b")
    state, _ = await play(graph, executor, megabytes * 1_000_000)
    assert state.output == megabytes * 1_000_000


@pytest.mark.endure
@both
async def test_many_million_numbers_reach_the_next_agent(executor):
    graph = drawn(a=("answers_much", {}), b=("length", {}))
    graph.edges["e"] = Edge(id="e", source="a", target="b")
    state, _ = await play(graph, executor, 20)
    assert state.output == 10_000_000


@pytest.mark.endure
def test_turmoil(trials):
    asyncio.run(turmoil(1, 2, 4))
    before = descriptors()
    for seed in trials:
        for end, times in asyncio.run(turmoil(seed, 3, 60)).items():
            trials.count(end, times)
        assert descriptors() == before
