"""Drawings of extreme shapes, in any size."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph


def drawing(count: int, edges: list[tuple[int, int]], kind: str = "flow", **kinds: str) -> Graph:
    graph = Graph()
    for index in range(count):
        id = AgentId(f"a{index}")
        graph.agents[id] = Agent(id=id, kind=kinds.get(id, "llm"), name=id)
    for index, (source, target) in enumerate(edges):
        edge = EdgeId(f"e{index}")
        fields = {"id": edge, "source": f"a{source}", "target": f"a{target}", "kind": kind}
        graph.edges[edge] = Edge.model_validate(fields)
    return graph


def nested(count: int) -> list[tuple[int, int]]:
    """Every second agent leads to two more, of which one leads on."""
    inner = [pair for index in range(0, count - 2, 2) for pair in ((index, index + 1), (index, index + 2))]
    return [*inner, (count - 2, count - 1)]


def chained(count: int) -> list[tuple[int, int]]:
    return list(pairwise(range(count)))


def to_and_fro(count: int) -> list[tuple[int, int]]:
    return [pair for a, b in chained(count) for pair in ((a, b), (b, a))]


def in_pairs(count: int) -> list[tuple[int, int]]:
    """A chain in which every second agent leads back to the one before it."""
    return [*chained(count), *((index + 1, index) for index in range(0, count - 1, 2))]


def any_drawing(random: Random) -> Graph:
    """Up to fourteen agents of all sorts, and edges of all sorts between them, whether they make sense or not."""
    ids = [f"a{index}" for index in range(random.randint(1, 14))]
    kinds = [*["llm"] * random.randint(1, 9), "tool", "router", "board", "trigger", "collector", "supervisor", "human"]
    graph = Graph()
    for id in ids:
        marks = {mark: True for mark in ("dynamic", "start") if random.random() < 0.06}
        graph.agents[AgentId(id)] = Agent.model_validate({"id": id, "kind": random.choice(kinds), "name": id, **marks})
    among = random.choice(
        [["flow"], ["handoff"], ["flow", "handoff"], ["flow", "flow", "supervise", "handoff", "share"]]
    )
    for number in range(random.choice([1, 2, 4]) * len(ids)):
        fields = {"id": f"e{number}", "source": random.choice(ids), "target": random.choice(ids)}
        fields["kind"] = random.choice(among)
        if fields["kind"] == "flow":
            fields |= random.choice([{}, {}, {}, {}, {"loop": True}, {"on": "failure"}, {"when": "value"}])
        if random.random() < 0.2:
            fields["inferred"] = "it stood nowhere"
        graph.edges[EdgeId(f"e{number}")] = Edge.model_validate(fields)
    return graph


SHAPES: dict[str, Callable[[int], Graph]] = {
    "no edges": lambda size: drawing(size, []),
    "chain": lambda size: drawing(size, chained(size)),
    "nest of flow": lambda size: drawing(size, nested(size)),
    "nest of supervisors": lambda size: drawing(size, nested(size), "supervise"),
    "to and fro": lambda size: drawing(size, to_and_fro(size)),
    "pairs": lambda size: drawing(size, in_pairs(size)),
}
"""Each shape in the size asked for."""


def _grid(size: int) -> list[tuple[int, int]]:
    side = int(size**0.5)
    ways = [(side * row + place, side * row + place + 1) for row in range(side) for place in range(side - 1)]
    ways += [(side * row + place, side * (row + 1) + place) for row in range(side - 1) for place in range(side)]
    return [*ways, *((target, source) for source, target in ways)]


def _boards(size: int) -> Graph:
    """Peers in a row, each two beside one another with a board of their own."""
    graph = drawing(size, [], **{f"a{board}": "board" for board in range(1, size, 2)})
    for board in range(1, size - 1, 2):
        for peer in (board - 1, board + 1):
            id = EdgeId(f"s{board}-{peer}")
            graph.edges[id] = Edge(id=id, source=AgentId(f"a{peer}"), target=AgentId(f"a{board}"), kind="share")
    return graph


def _passed_through(size: int) -> Graph:
    """Supervised groups in a row, each with a step between two of its workers that nobody watches."""
    firsts = range(0, size - 5, 6)
    steps = [(1, 4), (4, 5), (5, 2), (3, 6)]
    graph = drawing(size, [(first + a, first + b) for first in firsts for a, b in steps if first + b < size])
    for first in firsts:
        for worker in (1, 2, 3):
            id = EdgeId(f"w{first + worker}")
            ends = {"source": AgentId(f"a{first}"), "target": AgentId(f"a{first + worker}")}
            graph.edges[id] = Edge(id=id, kind="supervise", **ends)
    return graph


def _loops_with_skips(size: int) -> list[tuple[int, int]]:
    back = [(size - 1 - index, index) for index in range(size // 2 - 1)]
    return [*chained(size), *back, *((index, index + 2) for index in range(size - 2))]


KNOTS: dict[str, Callable[[int], Graph]] = {
    "boards in a row": _boards,
    "groups with steps of others": _passed_through,
    "grid to and fro": lambda size: drawing(size, _grid(size)),
    "loops in loops with skips": lambda size: drawing(size, _loops_with_skips(size)),
}
"""Shapes that hold many groups or cycles at once, each in the size asked for."""
