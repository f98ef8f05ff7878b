"""Large runs: what an agent costs among 10,000 and 100,000, in time and memory; hand-offs; cancelling 1,000 at once.

Times are the processor's. An agent's is that of a whole run to its final state: compiling the plan, every event, and
folding them. `rows()` gives the table's rows; `python tests/benchmarks/bench_scale.py` prints them.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
import tracemalloc
from typing import Any

from quartet.agents.calls import Answer, Call, Emit, Handoff, Value
from quartet.agents.kinds import Config, find, kind
from quartet.engine import run
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph, Handover, RunLimits

SIZES = (1_000, 10_000, 100_000)
GROWTH = 1.5
"""So many times as much as among 1,000 an agent may cost."""
FEW_HOPS, HOPS = 250, 1_000
WAITING = 1_000
KILOBYTES = 8.0
MILLISECONDS = 100.0


class NoConfig(Config):
    """Nothing to set."""


if find("no_op_of_many") is None:

    @kind("no_op_of_many", title="Nothing", summary="Does nothing", icon="circle", config=NoConfig, careful=True)
    async def nothing(config: NoConfig, call: Call, emit: Emit) -> Answer:
        """Give the loop one turn."""
        await asyncio.sleep(0)
        return Value(0)

    @kind("hands_off", title="Hands off", summary="To the other one", icon="circle", config=NoConfig, careful=True)
    async def hand_off(config: NoConfig, call: Call, emit: Emit) -> Answer:
        """Hand the task to the other one, until it has gone so far as the input says."""
        hop = call.context.get("hop", 0) + 1
        if hop > call.input:
            return Value(hop)
        return Handoff("b" if call.agent == "a" else "a", f"step {hop}", {"hop": hop})

    @kind("waits_for_io", title="Waits", summary="Reads what never comes", icon="circle", config=NoConfig, careful=True)
    async def wait(config: NoConfig, call: Call, emit: Emit) -> Answer:
        """Wait for what never comes, and note when it is told to stop."""
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            reached.append(time.perf_counter())
            raise
        return Value(0)


reached: list[float] = []


def fan_out(n: int, kind: str = "no_op_of_many", *, collected: bool = True) -> Graph:
    """`n` agents after one event, and a collector behind them all."""
    graph = Graph(limits=RunLimits(max_concurrency=WAITING) if kind == "waits_for_io" else None)
    event, end = AgentId("event"), AgentId("end")
    graph.agents[event] = Agent(id=event, kind="trigger", name="event")
    if collected:
        graph.agents[end] = Agent(id=end, kind="collector", name="end")
    for i in range(n):
        id = AgentId(f"a{i}")
        graph.agents[id] = Agent(id=id, kind=kind, name=id)
        graph.edges[EdgeId(f"e{i}")] = Edge(id=EdgeId(f"e{i}"), source=event, target=id)
        if collected:
            graph.edges[EdgeId(f"f{i}")] = Edge(id=EdgeId(f"f{i}"), source=id, target=end)
    return graph


def swarm(hops: int) -> Graph:
    """Two agents that can hand a task to each other."""
    graph = Graph()
    for id, other in (("a", "b"), ("b", "a")):
        handover = Handover(max_hops=hops + 1, max_turns=hops + 1, history="last")
        graph.agents[AgentId(id)] = Agent(
            id=AgentId(id), kind="hands_off", name=id, start=id == "a" or None, handover=handover
        )
        edge = Edge(id=EdgeId(f"{id}{other}"), source=AgentId(id), target=AgentId(other), kind="handoff")
        graph.edges[edge.id] = edge
    return graph


async def finished(graph: Graph, input: Any = 0) -> None:
    async with run(graph, input) as r:
        state = await r.result()
    assert state.status == "succeeded", state.reason


def microseconds(graph: Graph, parts: int, input: Any = 0) -> float:
    """The processor's time for each of the parts of one run."""
    gc.collect()
    start = time.process_time()
    asyncio.run(finished(graph, input))
    return (time.process_time() - start) / parts * 1e6


def kilobytes(n: int) -> float:
    """The most memory that a run takes for each agent, its final state included; the graph was there before."""
    graph = fan_out(n)
    gc.collect()
    tracemalloc.start()
    asyncio.run(finished(graph))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / n / 1024


async def until_reached() -> float:
    """Milliseconds from the cancellation of a run of 1,000 that wait until all were told."""
    reached.clear()
    async with run(fan_out(WAITING, "waits_for_io", collected=False)) as r:
        begun = 0
        async for event in r:
            begun += event.type == "attempt.started"
            if begun == WAITING:
                break
        await asyncio.sleep(0.05)
        start = time.perf_counter()
        r.cancel()
        state = await r.result()
    assert len(reached) == WAITING
    assert state.status == "cancelled"
    return (max(reached) - start) * 1e3


def _row(work: str, size: int, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {
        "room": "scale", "work": work, "size": size, "value": round(value, 2), "unit": unit, "limit": None,
        "peers": None, "goal": None, **more,
    }  # fmt: skip


def growing(repeats: int) -> list[dict[str, Any]]:
    """What an agent costs among many, beside what it costs among 1,000, in turns."""
    few, *many = SIZES
    small = fan_out(few)
    microseconds(small, few)
    found = []
    for size in many:
        graph = fan_out(size)
        pairs = [(microseconds(graph, size), microseconds(small, few)) for _ in range(repeats if size < 50_000 else 1)]
        value = statistics.median(large / one for large, one in pairs)
        told = {"µs each": round(statistics.median(large for large, _ in pairs), 1)}
        work = "fan-out with a collector, each agent"
        found.append(_row(work, size, value, f"x each of {few:,}", limit=1.0, peers=told, goal=GROWTH))
    return found


def hopping(repeats: int) -> list[dict[str, Any]]:
    """What a hand-off costs among 1,000, beside what it costs among a quarter of them."""
    few, many = swarm(FEW_HOPS), swarm(HOPS)
    microseconds(few, FEW_HOPS, FEW_HOPS)
    pairs = [(microseconds(many, HOPS, HOPS), microseconds(few, FEW_HOPS, FEW_HOPS)) for _ in range(repeats)]
    value = statistics.median(large / one for large, one in pairs)
    told = {"µs each": round(statistics.median(large for large, _ in pairs), 1)}
    return [_row("hand-offs of a swarm", HOPS, value, f"x each of {FEW_HOPS:,}", limit=1.0, peers=told, goal=GROWTH)]


def rows(repeats: int = 3) -> list[dict[str, Any]]:
    """The rows of large runs."""
    memory = [
        _row("fan-out with a collector, memory", size, kilobytes(size), "KB an agent", goal=KILOBYTES)
        for size in SIZES[:2]
    ]
    told = statistics.median(asyncio.run(until_reached()) for _ in range(repeats))
    work = "agents that wait, cancelled: until all are told"
    return [*growing(repeats), *memory, *hopping(repeats), _row(work, WAITING, told, "ms", goal=MILLISECONDS)]


if __name__ == "__main__":
    for row in rows():
        print(row)
