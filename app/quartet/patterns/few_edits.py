"""Changes of one or two edits, tried one after the other: nothing smaller is overlooked where a part is small enough.

What is tried is what somebody would draw who wants that pattern: an edge taken away, made the kind that the pattern is
drawn with, or drawn anew as that kind. Nobody is cut off by it, and no edge is drawn that means nothing: one that leads
into an event, is overseen by one, or closes a circle of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import combinations, islice, permutations

from quartet.graph.edits import Add, Edit, Remove
from quartet.graph.model import AgentId, Edge, EdgeId, EdgeKind, Graph
from quartet.patterns.tree import Pattern

DRAWN_WITH: Mapping[Pattern, EdgeKind] = {
    "pipeline": "flow",
    "fan_out": "flow",
    "supervisor": "supervise",
    "swarm": "handoff",
}
EFFORT = 4_000
"""So many agents and edges are looked at for one answer: about all pairs of edits in a part of five agents, all single
edits in one of twelve."""
_NO_WORKERS = ("trigger", "collector", "board")

Draw = Callable[[AgentId, AgentId, EdgeKind], list[Edit]]
Turn = Callable[[Edge, EdgeKind], Edit | None]


def fewer(
    graph: Graph,
    pattern: Pattern,
    agents: Collection[AgentId],
    edges: Collection[Edge],
    most: int,
    draw: Draw,
    turn: Turn,
    leads_to: Callable[[Pattern, list[Edit]], bool],
) -> list[Edit] | None:
    """The first of the smallest changes of `graph` to a pattern with fewer than `most` edits, and two at most.

    None if there is none, or if too many would have to be tried. Edges are drawn between `agents`; of today's
    only `edges` are touched.
    """
    tries = EFFORT // max(1, len(graph.agents) + len(graph.edges))
    if most <= 1:
        return None
    steps = list(islice(_steps(graph, pattern, agents, edges, draw, turn), tries + 1))
    if len(steps) > tries:
        return None
    rest: list[list[Edit]] = []  # of two edits neither may do it alone
    for step in steps:
        if not leads_to(pattern, step):
            rest.append(step)
        elif not _cuts_off(graph, step):
            return step
    if most <= 2 or len(rest) * (len(rest) - 1) // 2 > tries:
        return None
    for one, other in combinations(rest, 2):
        if not _cuts_off(graph, [*one, *other]) and leads_to(pattern, [*one, *other]):
            return [*one, *other]
    return None


def _steps(
    graph: Graph,
    pattern: Pattern,
    agents: Collection[AgentId],
    edges: Collection[Edge],
    draw: Draw,
    turn: Turn,
) -> Iterator[list[Edit]]:
    """Every single step: first what turns an edge, then what takes one away, then what draws one."""
    kind = DRAWN_WITH[pattern]
    drawn = [edge for edge in edges if edge.kind != "share" and edge.on is None]
    for edge in drawn:
        turned = turn(edge, kind) if _means_something(graph, edge.source, edge.target, kind) else None
        if turned is not None:
            yield [turned]
    for edge in drawn:
        yield [Remove(section="edges", id=edge.id)]
    there = {(edge.source, edge.target) for edge in graph.edges.values()}
    before = _before(graph) if kind == "flow" else {}
    for source, target in permutations(agents, 2):
        if (source, target) in there or target in before.get(source, ()):
            continue
        if _means_something(graph, source, target, kind):
            yield draw(source, target, kind)


def _means_something(graph: Graph, source: AgentId, target: AgentId, kind: EdgeKind) -> bool:
    one, other = graph.agents[source].kind, graph.agents[target].kind
    if kind == "flow":
        return other != "trigger" and "board" not in (one, other)
    return one not in _NO_WORKERS and other not in _NO_WORKERS


def _before(graph: Graph) -> dict[AgentId, set[AgentId]]:
    """By agent, those that work reaches it from."""
    into: dict[AgentId, list[AgentId]] = {}
    for edge in graph.edges.values():
        if edge.kind == "flow":
            into.setdefault(edge.target, []).append(edge.source)
    found: dict[AgentId, set[AgentId]] = {}
    for agent in graph.agents:
        seen: set[AgentId] = set()
        todo = list(into.get(agent, ()))
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += into.get(one, ())
        found[agent] = seen
    return found


def _cuts_off(graph: Graph, edits: list[Edit]) -> bool:
    """Whether somebody loses all of its edges."""
    gone = {EdgeId(edit.id) for edit in edits if isinstance(edit, Remove)}
    if not gone:
        return False
    left = {end for edge in graph.edges.values() if edge.id not in gone for end in (edge.source, edge.target)}
    for edit in edits:
        if isinstance(edit, Add) and isinstance(edit.item, Edge):
            left |= {edit.item.source, edit.item.target}
    return any(end not in left for id in gone for end in (graph.edges[id].source, graph.edges[id].target))
