"""Engine time per no-op agent, beside a bare asyncio task for each in the same run: chains and fan-outs.

Everything counts: compiling the plan, every event, and delivering them. The physical limit is 1: the bare task itself.
A peer, pydantic-graph, runs the same shapes in the same process, on the loop where it is at home. `rows()` gives the
table's rows; `python tests/benchmarks/bench_engine.py` prints them.
"""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import pairwise
from typing import Any

from pydantic_graph import GraphBuilder, StepContext, reduce_list_append

from quartet.agents.calls import Answer, Call, Emit, Value
from quartet.agents.kinds import Config, find, kind
from quartet.engine import run
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

SIZES = (300, 1_000)
LIMIT = 1.0
GOALS = {"asyncio": 5.0, "qasync": 3.0, "the editor's loop": 5.0}


class NoConfig(Config):
    """Nothing to set."""


if find("no_op") is None:

    @kind("no_op", title="Nothing", summary="Does nothing", icon="circle", config=NoConfig, careful=True)
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


def peer(n: int, *, chain: bool) -> Callable[[], Awaitable[object]]:
    """The same steps in pydantic-graph, built beforehand; a fan-out there ends in a join."""
    builder: GraphBuilder[None, None, int, Any] = GraphBuilder(input_type=int, output_type=int if chain else list)

    async def step(context: StepContext[None, None, int]) -> int:
        return await bare_step(context.inputs)

    steps = [builder.step(step, node_id=f"step{i}") for i in range(n)]
    if chain:
        path = [builder.start_node, *steps, builder.end_node]
        builder.add(*(builder.edge_from(left).to(right) for left, right in pairwise(path)))
    else:
        join = builder.join(reduce_list_append, initial_factory=list)
        builder.add(
            builder.edge_from(builder.start_node).to(*steps),
            builder.edge_from(*steps).to(join),
            builder.edge_from(join).to(builder.end_node),
        )
    graph = builder.build()
    return lambda: graph.run(inputs=0)


async def ours(graph: Graph) -> None:
    """One run, every event delivered."""
    told = 0
    async with run(graph, 0) as r:
        async for _ in r:
            told += 1
    assert told > 4 * len(graph.agents)


async def seconds(work: Callable[[], Awaitable[object]], repeats: int) -> float:
    """The middle of `repeats` measurements, of the processor's time: another program at work does not count."""
    await work()
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.process_time()
        await work()
        times.append(time.process_time() - start)
    return statistics.median(times)


async def ratios(loop: str, repeats: int) -> list[dict[str, Any]]:
    """The rows of one kind of loop; engine, peer and bare tasks take turns, so that a busy machine slows all."""
    found = []
    for shape, bare in (("chain", bare_chain), ("fan-out", bare_fan_out)):
        for size in SIZES:
            graph = drawn(size, chain=shape == "chain")
            works: dict[str, Callable[[], Awaitable[object]]] = {"quartet": partial(ours, graph)}
            if loop == "asyncio":
                works["pydantic-graph"] = peer(size, chain=shape == "chain")
            times: dict[str, list[float]] = {name: [] for name in works}
            for _ in range(repeats):
                unit = await seconds(partial(bare, size), 1)
                for name, work in works.items():
                    times[name].append(await seconds(work, 1) / unit)
            value, *others = (round(statistics.median(times[name]), 2) for name in works)
            peers = dict(zip(list(works)[1:], others, strict=True)) or None
            row = {"room": "engine", "work": f"{shape} of no-op agents on {loop}", "size": size, "value": value}
            found.append({**row, "unit": "x bare task", "limit": LIMIT, "peers": peers, "goal": GOALS[loop]})
    return found


def rows(repeats: int = 7) -> list[dict[str, Any]]:
    """Times a bare task on the same loop: a stock asyncio one and, where Qt is there, qasync's and the editor's own."""
    found = asyncio.run(ratios("asyncio", repeats))
    try:
        import qasync
        from PySide6.QtWidgets import QApplication

        from quartet.editor.loop import EventLoop
    except ImportError:
        return found
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication(["bench"])
    for name, make in (("qasync", qasync.QEventLoop), ("the editor's loop", EventLoop)):
        with make(app) as loop:
            found += loop.run_until_complete(ratios(name, repeats))
    return found


if __name__ == "__main__":
    for row in rows():
        print(row)
