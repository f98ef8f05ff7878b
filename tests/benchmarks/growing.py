"""Drawings that grow: every shape of which it is promised that ten times the agents cost about ten times as much."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from patterns.odd_shapes import nested
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

Way = tuple[int, int, str]
SIZES = (1_000, 10_000)


def graph_of(count: int, ways: Iterable[Way]) -> Graph:
    """Language models that state no policy, so that each has something to find; whoever oversees is a supervisor."""
    ways = list(ways)
    bosses = {source for source, _, kind in ways if kind == "supervise"}
    graph = Graph()
    for number in range(count):
        id = AgentId(f"a{number}")
        config = {"model": "m", "instructions": "Do your work well.", "prompt": f"Do {id} with {{{{ value }}}}"}
        graph.agents[id] = (
            Agent(id=id, kind="supervisor", name=f"Agent {number}")
            if number in bosses
            else Agent(id=id, kind="llm", name=f"Agent {number}", config=config)
        )
    for number, (source, target, kind) in enumerate(ways):
        edge = EdgeId(f"e{number}")
        fields = {"id": edge, "source": f"a{source}", "target": f"a{target}", "kind": kind}
        graph.edges[edge] = Edge.model_validate(fields)
    return graph


def flow(pairs: Iterable[tuple[int, int]]) -> list[Way]:
    return [(source, target, "flow") for source, target in pairs]


def over(pairs: Iterable[tuple[int, int]]) -> list[Way]:
    return [(source, target, "supervise") for source, target in pairs]


def at_random(count: int) -> list[Way]:
    """From each hundredth of the agents to the next."""
    chance, width = Random(1), count // 100
    sources = (chance.randrange(count - width) for _ in range(count * 3 // 2))
    return flow((source, (source // width + 1) * width + chance.randrange(width)) for source in sources)


def teams(count: int) -> list[Way]:
    """Supervisors of nine each, five of whom are a chain, one team after the other."""
    ways: list[Way] = []
    for boss in range(0, count - 9, 10):
        ways += over((boss, boss + place) for place in range(1, 10))
        ways += flow((boss + place, boss + place + 1) for place in range(1, 5))
        ways += flow([(boss - 10, boss)] if boss else [])
    return ways


def mixed(count: int) -> list[Way]:
    """A fan-out, a supervised group, a ring of peers and a loop in turn, each led to by the one before."""
    ways: list[Way] = []
    for first in range(0, count - 19, 20):
        fan, boss, peers, ring = first, first + 7, range(first + 12, first + 16), range(first + 16, first + 20)
        ways += flow([(fan, fan + 1), (fan + 6, boss), (boss, peers[0]), (peers[-1], ring[0]), (ring[-1], ring[0])])
        ways += flow(pair for branch in range(fan + 2, fan + 6) for pair in ((fan + 1, branch), (branch, fan + 6)))
        ways += over((boss, worker) for worker in range(boss + 1, boss + 5))
        ways += [(one, other, "handoff") for one, other in pairwise((*peers, peers[0]))]
        ways += flow(pairwise(ring))
    return ways


def joined(count: int) -> list[Way]:
    """Fan-outs in fan-outs, each of which joins."""
    deep = count // 3
    ways = flow([(deep - 1, 2 * deep - 1), (2 * deep - 1, 3 * deep - 1)])
    for level in range(deep - 1):
        branch, last = deep + level, 2 * deep + level
        ways += flow([(level, branch), (branch, last), (level, level + 1), (last + 1, last)])
    return ways


def circles(count: int) -> list[Way]:
    return flow((first + at, first + (at + 1) % 5) for first in range(0, count - 4, 5) for at in range(5))


def round_about(count: int) -> list[Way]:
    return flow((number, (number + 1) % count) for number in range(count))


SHAPES: dict[str, Callable[[int], list[Way]]] = {
    "at random": at_random,
    "teams": teams,
    "all four patterns": mixed,
    "nested fan-outs": lambda count: flow(nested(count)),
    "nested fan-outs that join": joined,
    "a tree of fan-outs": lambda count: flow(((number - 1) // 4, number) for number in range(1, count)),
    "nested supervisors": lambda count: over(nested(count)),
    "a tree of supervisors": lambda count: over(((number - 1) // 3, number) for number in range(1, count)),
    "chain": lambda count: flow(pairwise(range(count))),
    "star": lambda count: flow((0, number) for number in range(1, count)),
    "one over all": lambda count: over((0, number) for number in range(1, count)),
    "pairs apart": lambda count: flow((number, number + 1) for number in range(0, count - 1, 2)),
    "one ring": round_about,
    "rings of five": circles,
}
"""The edges of each shape for so many agents: about as many to one and a half times as many."""


def growing(work: Callable[[Graph], Callable[[], object]]) -> list[tuple[str, float, float]]:
    """Of each shape its name, the milliseconds of the processor at the larger size, and how many times that is the
    smaller one's. `work`: prepares what is measured."""
    found = []
    for name, ways in SHAPES.items():
        few, many = (_milliseconds(work(graph_of(size, ways(size)))) for size in SIZES)
        found.append((name, many, many / few))
    return found


def _milliseconds(run: Callable[[], object]) -> float:
    """The least of five: whatever else the machine does only adds to it."""
    times = []
    for _ in range(5):
        gc.collect()
        started = time.process_time()
        run()
        times.append((time.process_time() - started) * 1e3)
    return min(times)
