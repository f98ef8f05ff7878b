"""Engine time per no-op agent, beside a bare asyncio task for each in the same run: chains and fan-outs.

Everything counts: compiling the plan, every event, and delivering them. `rows()` gives the table's rows;
`python tests/benchmarks/bench_engine.py` prints them.
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from quartet.agents.calls import Answer, Call, Emit, Value
from quartet.agents.kinds import Config, find, kind
from quartet.engine import run
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

SIZES = (300, 1_000)
LIMIT = 10.0
GOAL = 5.0
QASYNC_GOAL = 3.0


class NoConfig(Config):
    """Nothing to set."""


if find("no_op") is None:

    @kind("no_op", title="Nothing", summary="Does nothing", icon="circle", config=NoConfig)
    async def nothing(config: NoConfig, call: Call, emit: Emit) -> Answer:
        """Give the loop one turn, as a bare task does."""
        await asyncio.sleep(0)
        return Value(0)


async def bare_step(x: int) -> int:
    await asyncio.sleep(0)
    return x + 1


async def bare_chain(n: int) -> None:
    x = 0
    for _ in range(n):
        x = await asyncio.create_task(bare_step(x))


async def bare_fan_out(n: int) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(bare_step(0)) for _ in range(n)]
    sum(task.result() for task in tasks)


def drawn(n: int, *, chain: bool) -> Graph:
    """`n` agents that do nothing, one after another or all after one event."""
    graph = Graph()
    names = [AgentId(f"a{i}") for i in range(n)]
    for id in names:
        graph.agents[id] = Agent(id=id, kind="no_op", name=id)
    if not chain:
        graph.agents[AgentId("event")] = Agent(id=AgentId("event"), kind="trigger", name="event")
    for i, target in enumerate(names):
        if not chain or i:
            edge = Edge(id=EdgeId(f"e{i}"), source=names[i - 1] if chain else AgentId("event"), target=target)
            graph.edges[edge.id] = edge
    return graph


async def ours(graph: Graph) -> None:
    """One run, every event delivered."""
    told = 0
    async with run(graph, 0) as r:
        async for _ in r:
            told += 1
    assert told > 4 * len(graph.agents)


async def seconds(work: Callable[[], Awaitable[None]], repeats: int) -> float:
    """The middle of `repeats` measurements."""
    await work()
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        await work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


async def ratios(loop: str, goal: float, repeats: int) -> list[dict[str, Any]]:
    """The rows of one kind of loop; engine and bare tasks take turns, so that a busy machine slows both."""
    found = []
    for shape, bare in (("chain", bare_chain), ("fan-out", bare_fan_out)):
        for size in SIZES:
            graph = drawn(size, chain=shape == "chain")
            pairs = [
                (await seconds(lambda: ours(graph), 1), await seconds(lambda: bare(size), 1))  # noqa: B023
                for _ in range(repeats)
            ]
            value = statistics.median(mine / theirs for mine, theirs in pairs)
            row = {"room": "engine", "work": f"{shape} of no-op agents", "size": size, "value": round(value, 2)}
            found.append({**row, "unit": f"x {loop}", "limit": LIMIT, "peers": None, "goal": goal})
    return found


def rows(repeats: int = 7) -> list[dict[str, Any]]:
    """Times a bare task on a stock asyncio loop, and on the editor's loop where Qt is there."""
    found = asyncio.run(ratios("asyncio", GOAL, repeats))
    try:
        from PySide6.QtWidgets import QApplication

        from quartet.editor.loop import EventLoop
    except ImportError:
        return found
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(["bench"])
    with EventLoop(app) as loop:
        found += loop.run_until_complete(ratios("qasync", QASYNC_GOAL, repeats))
    return found


if __name__ == "__main__":
    for row in rows():
        print(row)
