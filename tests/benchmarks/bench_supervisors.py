"""Engine time per worker under one supervisor: 10,000 of them beside 1,000, in turns. Linear is 1.

Everything counts: compiling the plan, and every event. The ratio is taken without Python's collector of
garbage, whose passes grow with all that is alive in the process; the time for each worker, beside it, is with it.
`rows()` gives the table's rows.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from typing import Any

from quartet.agents.calls import AgentError, Answer, Call, Emit, Value
from quartet.agents.kinds import Config, find, kind
from quartet.engine import run
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.graph.policies import Oversight, Retry

FEW, MANY = 1_000, 10_000
GOAL = 1.5
ONCE = Retry(max_attempts=1)


class HowOften(Config):
    """What a worker does before it succeeds."""

    fails: int = 0
    items: int = 0


if find("worker_of_the_benchmark") is None:

    @kind("worker_of_the_benchmark", title="Worker", summary="Fails so often", icon="circle", config=HowOften)
    async def work(config: HowOften, call: Call, emit: Emit) -> Answer:
        """Fail as often as stated, then bring so many items."""
        if call.attempt <= config.fails:
            raise AgentError("not yet", retryable=False)
        return Value(list(range(config.items)) if config.items else 0)


def drawn(n: int, fails: int, **oversight: Any) -> Graph:
    """One supervisor over `n` workers."""
    graph = Graph()
    boss = AgentId("S")
    graph.agents[boss] = Agent(id=boss, kind="supervisor", name="S", oversight=Oversight(**oversight))
    for i in range(n):
        id = AgentId(f"w{i}")
        config = {"fails": fails} if fails else {}
        graph.agents[id] = Agent(id=id, kind="worker_of_the_benchmark", name=id, retry=ONCE, config=config)
        graph.edges[EdgeId(f"e{i}")] = Edge(id=EdgeId(f"e{i}"), source=boss, target=id, kind="supervise")
    if oversight["dispatch"] == "pool":
        source = AgentId("items")
        graph.agents[source] = Agent(id=source, kind="worker_of_the_benchmark", name=source, config={"items": n})
        graph.edges[EdgeId("items")] = Edge(id=EdgeId("items"), source=source, target=boss)
    return graph


WORKS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("workers under one supervisor, each given the input", 0, {"dispatch": "broadcast"}),
    ("workers under one supervisor, each fails once and is restarted", 1, {"dispatch": "broadcast"}),
    ("workers under one supervisor, each gets the next of so many items", 0, {"dispatch": "pool"}),
)


async def once(graph: Graph) -> float:
    """Seconds of the processor for one run, every event delivered."""
    state = ""
    start = time.process_time()
    async with run(graph) as r:
        async for event in r:
            state = (event.data or {}).get("state", "")
    spent = time.process_time() - start
    assert state == "succeeded"
    return spent


def each(graph: Graph, workers: int, *, collecting: bool) -> float:
    """Seconds for each worker."""
    gc.collect()
    if not collecting:
        gc.disable()
    try:
        return asyncio.run(once(graph)) / workers
    finally:
        gc.enable()


def rows(repeats: int = 3) -> list[dict[str, Any]]:
    """Time per worker among 10,000, times that among 1,000."""
    found = []
    for name, fails, oversight in WORKS:
        few, many = drawn(FEW, fails, **oversight), drawn(MANY, fails, **oversight)
        each(few, FEW, collecting=False)  # what is imported or cached the first time is no part of it
        ratios = [each(many, MANY, collecting=False) / each(few, FEW, collecting=False) for _ in range(repeats)]
        told = {"µs each": round(each(many, MANY, collecting=True) * 1e6, 1)}
        found.append({
            "room": "supervisors", "work": name, "size": MANY, "value": round(statistics.median(ratios), 2),
            "unit": f"x each of {FEW:,}", "limit": 1.0, "peers": told, "goal": GOAL,
        })  # fmt: skip
    return found


if __name__ == "__main__":
    for row in rows():
        print(row)
