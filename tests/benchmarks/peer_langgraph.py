"""What `bench_peers` runs where langgraph is: how many bare asyncio tasks a no-op agent costs there, as JSON.

python peer_langgraph.py REPEATS
"""

import asyncio
import gc
import json
import operator
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, TypedDict

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph


class State(TypedDict):
    x: Annotated[int, operator.add]


def drawn(n: int, *, chain: bool) -> "StateGraph":
    async def step(state: State) -> State:
        return {"x": 1}

    graph = StateGraph(State)
    for i in range(n):
        graph.add_node(f"n{i}", step)
        graph.add_edge(START if not chain or not i else f"n{i - 1}", f"n{i}")
        if not chain or i == n - 1:
            graph.add_edge(f"n{i}", END)
    return graph


async def bare_step(x: int) -> int:
    await asyncio.sleep(0)
    return x + 1


async def bare(n: int, *, chain: bool) -> None:
    if chain:
        for _ in range(n):
            await asyncio.create_task(bare_step(0))
        return
    async with asyncio.TaskGroup() as group:
        for _ in range(n):
            group.create_task(bare_step(0))


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    gc.collect()
    start = time.process_time()
    await work()
    return time.process_time() - start


async def main(repeats: int) -> None:
    found = []
    for chain in (True, False):
        for size in (300, 1_000):
            graph, config = drawn(size, chain=chain), {"recursion_limit": size + 10}
            quick = graph.compile()
            with tempfile.TemporaryDirectory() as folder:
                async with AsyncSqliteSaver.from_conn_string(str(Path(folder, "checkpoints.db"))) as saver:
                    kept = graph.compile(checkpointer=saver)
                    plain, durable = [], []
                    for turn in range(repeats + 1):
                        thread = {**config, "configurable": {"thread_id": str(turn)}}
                        unit = await seconds(partial(bare, size, chain=chain))
                        plain.append(await seconds(partial(quick.ainvoke, {"x": 0}, config)) / unit)
                        durable.append(await seconds(partial(kept.ainvoke, {"x": 0}, thread)) / unit)
            shape = "chain" if chain else "fan-out"
            found.append([shape, size, statistics.median(plain[1:]), statistics.median(durable[1:])])
    print(json.dumps(found))


asyncio.run(main(int(sys.argv[1])))
