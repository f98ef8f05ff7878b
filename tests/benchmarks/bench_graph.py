"""Milliseconds to save, open and check drawings, and to find what closes their cycles; beside Python's own json."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from quartet.graph import files
from quartet.graph.check import problems
from quartet.graph.cycles import loop_edges
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

SIZES = (1_000, 10_000)
GOALS = {"save": 0.05, "open": 0.1, "check": 0.1, "loop edges": 0.05}
"""Milliseconds for an agent: half a second to save ten thousand, a second to open them."""


def drawn(size: int) -> Graph:
    """A ring of agents with settings of a usual length, each at its place."""
    graph = Graph()
    ids = [AgentId(f"a{n}") for n in range(size)]
    for n, id in enumerate(ids):
        config = {"model": "m", "instructions": "Do your work well.", "prompt": "One\ntwo {{ value }}"}
        graph.agents[id] = Agent(id=id, kind="llm", name=f"Agent {n}", config=config)
        graph.positions[id] = (n % 100 * 220.0, n // 100 * 90.0)
    for n, (a, b) in enumerate([*pairwise(ids), (ids[-1], ids[0])]):
        graph.edges[EdgeId(f"e{n}")] = Edge(id=EdgeId(f"e{n}"), source=a, target=b)
    return graph


def milliseconds(work: Callable[[], object]) -> float:
    """The median of five, after one to warm up."""
    work()
    times = []
    for _ in range(5):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


def rows() -> list[dict[str, Any]]:
    """Saving goes to the disk and waits for it; the limit is Python's json on the same text, without a disk."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            graph = drawn(size)
            path = Path(folder) / f"{size}.quartet.json"
            files.write(graph, path)
            text = path.read_text()
            plain = json.loads(text)
            works: dict[str, tuple[Callable[[], object], float | None]] = {
                "save": (partial(files.write, graph, path), milliseconds(partial(json.dumps, plain, indent=2))),
                "open": (partial(files.read, path), milliseconds(partial(json.loads, text))),
                "check": (partial(problems, graph), None),
                "loop edges": (partial(loop_edges, graph), None),
            }
            for name, (work, limit) in works.items():
                row = {"room": "graph", "work": name, "size": size, "value": milliseconds(work), "unit": "ms"}
                found.append({**row, "limit": limit, "peers": None, "goal": GOALS[name] * size})
    return found


if __name__ == "__main__":
    for row in rows():
        print(row)
