"""What a run's journal costs: time beside a bare asyncio task for each agent, bytes on disk, and taking a run up again.

`rows()` gives the table's rows; `python tests/benchmarks/bench_journal.py` prints them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from quartet.engine import resume, run
from quartet.engine.journal import Recorded
from quartet.graph.model import Graph

_SPEC = importlib.util.spec_from_file_location("bench_engine", Path(__file__).with_name("bench_engine.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
engine = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(engine)

LARGE = 10_000


def fresh(folder: Path) -> Path:
    """A file that is not there yet."""
    return folder / f"{len(list(folder.iterdir()))}-{time.monotonic_ns()}.run"


async def kept(graph: Graph, folder: Path) -> None:
    """One run with a journal, every event delivered."""
    async with run(graph, 0, journal=fresh(folder)) as r:
        async for _ in r:
            pass


async def ratios(folder: Path, repeats: int) -> list[dict[str, Any]]:
    """Times a bare task; both take turns, so that a busy machine slows both."""
    found = []
    for shape, bare in (("chain", engine.bare_chain), ("fan-out", engine.bare_fan_out)):
        for size in engine.SIZES:
            graph = engine.drawn(size, chain=shape == "chain")
            times = []
            for _ in range(repeats):
                unit = await engine.seconds(partial(bare, size), 1)
                times.append(await engine.seconds(partial(kept, graph, folder), 1) / unit)
            value = round(statistics.median(times), 2)
            work = f"{shape} of no-op agents with a journal"
            found.append(_row(work, size, value, "x bare task", limit=1.0, goal=10.0))
    return found


async def bytes_on_disk(folder: Path) -> list[dict[str, Any]]:
    """Bytes for each agent, when the file is one again."""
    found = []
    for size in (300, 1_000, LARGE):
        path = fresh(folder)
        async with run(engine.drawn(size, chain=True), 0, journal=path) as r:
            await r.result()
        with Recorded.open(path) as recorded:
            while recorded.carried:
                await asyncio.sleep(0.01)
        value = round(path.stat().st_size / size)
        found.append(_row("chain of no-op agents with a journal, on disk", size, value, "bytes an agent"))
    return found


async def taken_up(folder: Path) -> list[dict[str, Any]]:
    """Seconds until a run is under way again that ended just before its last agents, beside reading its file."""
    path = fresh(folder)
    async with run(engine.drawn(LARGE, chain=False), 0, journal=path) as r:
        left = LARGE - 100
        async for event in r:
            left -= event.type == "activation.finished"
            if not left:
                await r.suspend()
                break
    start = time.perf_counter()
    with Recorded.open(path) as recorded:
        for _ in recorded.events():
            pass
    reading = time.perf_counter() - start
    start = time.perf_counter()
    async with resume(path) as r:
        value = round(time.perf_counter() - start, 2)
        await r.result()
    return [_row("take a run up again", LARGE, value, "s", goal=5.0, peers={"reading its file": round(reading, 2)})]


def _row(work: str, size: int, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {
        "room": "journal", "work": work, "size": size, "value": value, "unit": unit, "limit": None, "peers": None,
        "goal": None, **more,
    }  # fmt: skip


def rows(repeats: int = 7) -> list[dict[str, Any]]:
    """The journal's rows."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        return [
            *asyncio.run(ratios(folder, repeats)),
            *asyncio.run(bytes_on_disk(folder)),
            *asyncio.run(taken_up(folder)),
        ]


if __name__ == "__main__":
    for row in rows():
        print(row)
