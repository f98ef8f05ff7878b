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
