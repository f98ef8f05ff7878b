"""The pool of processes: a call when warm and when cold, computing on all cores, and a large result.

`rows()` gives the table's rows; `python tests/benchmarks/bench_processes.py` prints them. A peer, the standard
library's ProcessPoolExecutor, calls the same function in the same minute; it pickles, and cannot stop what it runs.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from agents.agent_calls import call
from engine import agents_at_work
from quartet.agents.calls import Answer, Call
from quartet.engine.executors import LocalExecutor
from quartet.engine.processes import ProcessExecutor

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LARGE = 100


def calling(name: str, value: Any) -> Call:
    return call("python", value, config={"function": f"engine.agents_at_work:{name}"})


def ignore(kind: str, data: dict[str, Any]) -> None:
    """Nobody listens."""


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


async def warm(repeats: int) -> tuple[float, float]:
    """Milliseconds of one call through a warm pool, and through the peer's."""
    ours, loop = ProcessExecutor(1), asyncio.get_running_loop()
    found: list[float] = []
    theirs: list[float] = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        for measured in range(repeats + 20):
            one = await seconds(lambda: ours.run(calling("double", 1), ignore))
            other = await seconds(lambda: loop.run_in_executor(pool, agents_at_work.double, 1))
            if measured >= 20:
                found.append(one)
                theirs.append(other)
    await ours.close()
    return 1_000 * statistics.median(found), 1_000 * statistics.median(theirs)


async def cold(repeats: int) -> tuple[float, float, float]:
    """Milliseconds of the first call of a pool, of the peer's first, and of starting Python to do nothing."""
    found, theirs, bare = [], [], []
    for _ in range(repeats):
        pool = ProcessExecutor(1)
        found.append(await seconds(lambda pool=pool: pool.run(calling("double", 1), ignore)))
        await pool.close()
        start = time.perf_counter()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            other.submit(len, "x").result()
            theirs.append(time.perf_counter() - start)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        bare.append(time.perf_counter() - start)
    return tuple(1_000 * statistics.median(each) for each in (found, theirs, bare))  # type: ignore[return-value]


async def computing(repeats: int) -> float:
    """The time of one piece of work for each core in processes, as a share of that in threads of this program."""
    pool, here = ProcessExecutor(CORES), LocalExecutor()

    async def all_at_once(run: Callable[..., Awaitable[Answer]]) -> None:
        await asyncio.gather(*(run(calling("counts", 2_000_000), ignore) for _ in range(CORES)))

    await all_at_once(pool.run)
    ratios = [
        await seconds(lambda: all_at_once(pool.run)) / await seconds(lambda: all_at_once(here.run))
        for _ in range(repeats)
    ]
    await pool.close()
    return statistics.median(ratios)


async def large() -> tuple[float, float]:
    """Seconds until a result of so many MB is here, and the longest that the loop was held meanwhile."""
    pool, longest, going = ProcessExecutor(1), 0.0, True

    async def ticking() -> None:
        nonlocal longest
        while going:
            longest = max(longest, await seconds(lambda: asyncio.sleep(0)))

    await pool.run(calling("double", 1), ignore)
    ticks = asyncio.create_task(ticking())
    took = await seconds(lambda: pool.run(calling("big", LARGE * 1_000_000), ignore))
    going = False
    await ticks
    await pool.close()
    return took, longest


async def measured(repeats: int) -> list[dict[str, Any]]:
    """All rows."""
    call_ms, peer_ms = await warm(repeats * 40)
    first_ms, peer_first_ms, bare_ms = await cold(repeats)
    share = await computing(repeats)
    took, held = await large()
    row = {"room": "processes", "limit": None, "peers": None}
    peer = "ProcessPoolExecutor"
    return [
        {**row, "work": "warm call", "size": 1, "value": call_ms, "unit": "ms", "peers": {peer: peer_ms}, "goal": 1.0},
        {**row, "work": "first call, process included", "size": 1, "value": first_ms, "unit": "ms", "limit": bare_ms,
         "peers": {peer: peer_first_ms}, "goal": 100.0},
        {**row, "work": "computing on all cores", "size": CORES, "value": share, "unit": "x in threads",
         "limit": 1 / CORES, "goal": 1 / CORES + 0.25},
        {**row, "work": "result of so many MB", "size": LARGE, "value": took, "unit": "s", "goal": 3.0},
        {**row, "work": "loop held by that result", "size": LARGE, "value": held, "unit": "s", "goal": 1.0},
    ]  # fmt: skip


def rows(repeats: int = 7) -> list[dict[str, Any]]:
    """Rounded, as the table wants them."""
    found = asyncio.run(measured(repeats))
    return [{**row, "value": round(row["value"], 3)} for row in found]


if __name__ == "__main__":
    for row in rows():
        print(row)
