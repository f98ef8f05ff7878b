"""Runs that are recorded, cut off somewhere, and resumed: what the tests of the journal have in common."""

import asyncio
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.test_any_graph import random_graph
from quartet.engine import Event, Refused, Run, RunState, resume, run
from quartet.engine.clock import VirtualClock
from quartet.engine.journal import Recorded
from quartet.engine.journal.store import checksum
from quartet.graph.model import Graph


def record(
    graph: Graph, path: Path, input: Any = "in", *, cancel_at: int | None = None, meddler: random.Random | None = None
) -> list[Event]:
    """Rehearse a graph to its end with a journal; `meddler`: a person does this and that meanwhile."""

    async def go() -> list[Event]:
        events = []
        async with run(graph, input, rehearse=True, clock=VirtualClock(), journal=path) as r:
            async for event in r:
                events.append(event)
                if meddler is not None and meddler.random() < 0.05:
                    meddle(r, meddler)
                if event.seq == cancel_at:
                    r.cancel("test")
        return events

    return asyncio.run(go())


def meddle(r: Run, rng: random.Random) -> None:
    """What a person can do to a run, anything of it."""
    agent = rng.choice(list(r._s.plan.nodes))
    match rng.randrange(7):
        case 0:
            r.pause()
            asyncio.get_running_loop().call_later(0.001, r.resume)
        case 1:
            r.answer(agent, rng.choice(["yes", {"n": 1}]))
        case 2:
            r.stop_agent(agent)
        case 3:
            r.restart_agent(agent)
        case 4:
            r.resolve(agent, rng.choice(["by hand", [1, 2]]))
        case 5:
            r.grant("max_activations", 5)
        case 6:
            r.drain()
            asyncio.get_running_loop().call_later(0.001, r.resume)


def go_on(path: Path, **arguments: Any) -> tuple[list[Event], RunState]:
    """Resume a run to its end: the new events, and the state of the whole."""

    async def go() -> tuple[list[Event], RunState]:
        async with resume(path, **arguments) as r:
            if r.state.status == "paused":
                r.resume()
            events = [event async for event in r]
        return events, r.state

    return asyncio.run(go())


def read(path: Path) -> list[Event]:
    """All events of a journal that must be whole."""
    with Recorded.open(path) as recorded:
        events = list(recorded.events())
        assert recorded.damage is None
    return events


def cut(path: Path, batches: int, to: Path) -> Path:
    """A copy of a journal as it stood after so many batches, left by a program that is gone."""
    source, target = sqlite3.connect(path), sqlite3.connect(to)
    source.backup(target)  # the file itself may still be on its way to become one
    with target:
        target.execute("DELETE FROM batches WHERE n > ?", (batches,))
    source.close()
    target.close()
    return to


def succeeded(events: list[Event]) -> Counter[tuple[Any, ...]]:
    """How often each activation's attempts succeeded."""
    return Counter((e.agent, e.act) for e in events if e.type == "attempt.succeeded")


def random_run(seed: int) -> tuple[Graph, Any, int | None]:
    """A random graph, its input, and the event at which it is cancelled, if it is."""
    rng = random.Random(seed)
    graph = random_graph(rng, 2 + seed % 8)
    return graph, rng.choice(["in", [1, 2, 3], None]), rng.choice([None, None, rng.randint(1, 60)])


def record_random(seed: int, path: Path) -> tuple[Graph, list[Event]] | None:
    """Record a random run; None: its graph is refused."""
    graph, value, cancel_at = random_run(seed)
    meddler = random.Random(seed) if seed % 3 == 0 else None
    try:
        return graph, record(graph, path, value, cancel_at=cancel_at, meddler=meddler)
    except Refused:
        return None


def tamper(path: Path, change: Callable[[str], str]) -> None:
    """Rewrite every batch of a journal, with the checksum that goes with it: as another version would have done."""
    with sqlite3.connect(path) as database:
        for row in database.execute("SELECT * FROM batches").fetchall():
            n, _, _, _, body, holes, _ = row
            body = change(body.decode()).encode()
            crc = checksum(n, body, holes)
            database.execute("UPDATE batches SET body = ?, crc = ? WHERE n = ?", (body, crc, n))
    database.close()
