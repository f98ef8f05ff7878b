"""A work board: engine time per item that one of 100 peers takes, does and reports, beside a bare asyncio task each.

Everything counts: compiling the plan, claims and leases, every event, and delivering them. The last row says whether
it is linear: the cost of an item among 10,000 against that among 1,000. `rows()` gives the table's rows.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from quartet.agents.calls import Answer, Call, Emit, Value
from quartet.agents.kinds import Config, find, kind
from quartet.engine import run
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

PEERS = 100
SIZES = (1_000, 10_000)


class NoConfig(Config):
    """Nothing to set."""


if find("board_peer") is None:

    @kind("board_peer", title="Nothing", summary="Does nothing", icon="circle", config=NoConfig)
    async def nothing(config: NoConfig, call: Call, emit: Emit) -> Answer:
        """Give the loop one turn, as a bare task does."""
        await asyncio.sleep(0)
        return Value(0)

    @kind("board_items", title="Work", summary="Gives a list", icon="circle", config=NoConfig)
    async def items(config: NoConfig, call: Call, emit: Emit) -> Answer:
        """As much work as the input says."""
        return Value(list(range(call.input)))


def drawn() -> Graph:
    """Work that comes to a board with 100 equal peers."""
    graph = Graph()
    source, board = AgentId("source"), AgentId("board")
    graph.agents[source] = Agent(id=source, kind="board_items", name="source")
    graph.agents[board] = Agent(id=board, kind="board", name="board")
    graph.edges[EdgeId("in")] = Edge(id=EdgeId("in"), source=source, target=board)
    for number in range(PEERS):
        id = AgentId(f"p{number}")
        graph.agents[id] = Agent(id=id, kind="board_peer", name=id)
        edge = Edge(id=EdgeId(f"e{number}"), source=id, target=board, kind="share")
        graph.edges[edge.id] = edge
    return graph


async def bare(n: int) -> None:
    """As many bare tasks, at most 100 at once."""

    async def step() -> None:
        await asyncio.sleep(0)

    for start in range(0, n, PEERS):
        async with asyncio.TaskGroup() as group:
            for _ in range(min(PEERS, n - start)):
                group.create_task(step())


async def ours(n: int) -> None:
    """One run, every event delivered."""
    done = 0
    async with run(drawn(), n) as r:
        async for event in r:
            done += event.type == "work.done"
    assert done == n


async def seconds(work: Callable[[], Awaitable[None]]) -> float:
    gc.collect()
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


async def ratios(repeats: int) -> dict[int, float]:
    """How many bare tasks an item costs, by the number of items."""
    await ours(100)
    times: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(repeats):
        for size in SIZES:
            unit = await seconds(partial(bare, size))
            times[size].append(await seconds(partial(ours, size)) / unit)
    return {size: statistics.median(found) for size, found in times.items()}


def rows(repeats: int = 3) -> list[dict[str, Any]]:
    """Times a bare task for each item, and how that grows."""
    found = asyncio.run(ratios(repeats))
    base = {"room": "engine", "peers": None}
    rows = [
        {**base, "work": f"work on a board with {PEERS} peers", "size": size, "value": round(value, 2),
         "unit": "x bare task", "limit": 1.0, "goal": None}
        for size, value in found.items()
    ]  # fmt: skip
    small, large = (found[size] for size in SIZES)
    growth = {"work": "an item on a board, 10,000 against 1,000", "size": SIZES[1], "value": round(large / small, 2)}
    return [*rows, {**base, **growth, "unit": "x", "limit": 1.0, "goal": 1.5}]


if __name__ == "__main__":
    for row in rows():
        print(row)
