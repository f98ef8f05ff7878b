"""Milliseconds to tell which pattern is drawn, and to lay it out, for drawings of every extreme shape."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.growing import SIZES, growing
from patterns.odd_shapes import SHAPES, drawing
from quartet.graph.model import Graph
from quartet.patterns.layout import layout
from quartet.patterns.verdict import classify

GOALS = {"verdict": 0.15, "layout": 0.15, "layout again": 0.15}
"""Milliseconds for an agent or an edge: a row of ten thousand is judged in three seconds and laid out in three."""
SECONDS = {"verdict": 0.5, "layout": 20.0, "layout again": 20.0}
"""For ten thousand agents and fifteen thousand edges."""


def layered(count: int, edges: int, width: int = 100) -> Graph:
    """Edges at random from each hundred agents to the next."""
    chance = Random(1)
    sources = (chance.randrange(count - width) for _ in range(edges))
    return drawing(count, [(source, (source // width + 1) * width + chance.randrange(width)) for source in sources])


def milliseconds(work: Callable[[], object]) -> float:
    """The median of three."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)


def measured(name: str, graph: Graph) -> list[dict[str, Any]]:
    """The rows of one drawing."""
    verdict, parts = classify(graph), len(graph.agents) + len(graph.edges)
    stands = layout(graph, verdict)
    works = {
        "verdict": lambda: classify(graph),
        "layout": lambda: layout(graph, verdict),
        "layout again": lambda: layout(graph, verdict, stands),
    }
    row = {"room": "patterns", "size": len(graph.agents), "unit": "ms", "limit": None, "peers": None}
    return [
        {**row, "work": f"{work}: {name}", "value": milliseconds(run), "goal": GOALS[work] * parts}
        for work, run in works.items()
    ]


def rows() -> list[dict[str, Any]]:
    """Every shape of two thousand agents, the usual ones of ten thousand, and a swarm of everybody with everybody."""
    found = [row for name, shape in SHAPES.items() for row in measured(name, shape(2_000))]
    for name in ("no edges", "chain", "nest of flow"):
        found += measured(name, SHAPES[name](10_000))
    for row in measured("layers, 15,000 edges", layered(10_000, 15_000)):
        work = row["work"].split(":")[0]
        found.append({**row, "goal": 1e3 * SECONDS[work]})
    pairs = [(a, b) for a in range(300) for b in range(300) if a != b]
    found += measured("everybody to everybody", drawing(300, pairs, "handoff"))
    row = {"room": "patterns", "size": SIZES[-1], "limit": None, "peers": None}
    for name, value, times in growing(lambda graph: lambda: classify(graph)):
        found.append({**row, "work": f"growing: {name}", "value": value, "unit": "ms", "goal": 400.0})
        found.append({**row, "work": f"times 1,000 agents: {name}", "value": times, "unit": "×", "goal": 12.0})
    return found


if __name__ == "__main__":
    for row in rows():
        print(row)
