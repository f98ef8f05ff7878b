"""Milliseconds to find what will go wrong in a drawing in which every agent has something to find."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.growing import SIZES, growing
from quartet.patterns.verdict import classify
from quartet.rules import findings
from rules.drawings import big

GOALS = {1_000: 150.0, 10_000: 1_500.0}
"""Milliseconds for all rules; the verdict is measured by itself."""


def rows() -> list[dict[str, Any]]:
    """All rules on drawings of a thousand and of ten thousand agents, none of which states a policy."""
    found = []
    for size, goal in GOALS.items():
        graph = big(size)
        verdict = classify(graph)
        findings(graph, verdict)
        times = []
        for _ in range(5):
            started = time.perf_counter()
            findings(graph, verdict)
            times.append((time.perf_counter() - started) * 1e3)
        row = {"room": "rules", "work": "all rules", "size": size, "value": statistics.median(times), "unit": "ms"}
        found.append({**row, "limit": None, "peers": None, "goal": goal})
    row = {"room": "rules", "size": SIZES[-1], "limit": None, "peers": None}
    for name, value, times in growing(lambda graph: lambda: findings(graph, classify(graph))):
        found.append({**row, "work": f"with the verdict: {name}", "value": value, "unit": "ms", "goal": 1_200.0})
        found.append({**row, "work": f"times 1,000 agents: {name}", "value": times, "unit": "×", "goal": 12.0})
    return found


if __name__ == "__main__":
    for row in rows():
        print(row)
