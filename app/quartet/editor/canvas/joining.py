"""Putting an agent into an edge, and taking one out so that its neighbours stay connected: Edits, pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quartet.editor.connections import refusal, role_of, roles_refuse
from quartet.graph.edits import Add, Edit, Remove, Set
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, EdgeKind, Graph
from quartet.graph.names import fresh_edge_id, used_ids

JOINED: tuple[EdgeKind, ...] = ("flow", "handoff", "supervise")
"""Kinds of edges that lead on: A → B → C can become A → C, and the other way round."""
OF_LOOPS = ("loop", "max_iterations", "on_limit")
"""What an edge says about the loop that it closes: it goes with the part that leads back."""
OF_WAYS = ("when", "on", "chance", "name")
"""What an edge says of when it is taken."""


def insertable(graph: Graph, edge: Edge, agent: Agent) -> str | None:
    """Why an agent (of the graph or a new one) cannot be put into an edge, a sentence; None if it can."""
    if edge.kind not in JOINED:
        return "Nothing can be put between a board and who shares it."
    if edge.invalid or edge.source == edge.target:
        return "This edge must be put right first."
    if agent.id in (edge.source, edge.target):
        return "It is at an end of this edge already."
    a, c = graph.agents[edge.source], graph.agents[edge.target]
    role, name = role_of(agent), agent.name or agent.id
    return roles_refuse(edge.kind, role_of(a), role, a.name or a.id, name) or roles_refuse(
        edge.kind, role, role_of(c), name, c.name or c.id
    )


def insertion(graph: Graph, edge: Edge, agent: AgentId) -> tuple[EdgeId, list[Edit]]:
    """The Edits that lead an edge through an agent, and the id of its second part.

    The first part keeps the edge's id, name and conditions; what it says of a loop goes with the second. Of the points
    that the edge is led through, each part keeps its half.
    """
    first: dict[str, Any] = {"target": agent, "inferred": None}
    second: dict[str, Any] = {"source": agent, "target": edge.target, "kind": edge.kind}
    for name in OF_LOOPS:
        if getattr(edge, name):
            first[name] = None
            second[name] = getattr(edge, name)
    if edge.points:
        half = len(edge.points) // 2
        first["points"], rest = edge.points[:half] or None, edge.points[half:]
        if rest:
            second["points"] = rest
    id = second["id"] = fresh_edge_id(graph, agent, edge.target)
    return id, [Set(section="edges", id=edge.id, values=first), Add(section="edges", item=Edge(**second))]


def is_loose(graph: Graph, edges: Iterable[str]) -> bool:
    """Whether none of an agent's edges (their ids) leads on: only such an agent goes into an edge that it is put on."""
    found = (graph.edges.get(EdgeId(id)) for id in edges)
    return not any(edge is not None and edge.kind in ("flow", "handoff") for edge in found)


def joined_removal(graph: Graph, agents: Iterable[AgentId]) -> list[Edit]:
    """The Edits that take agents away and connect what led to them with what they led to.

    A → B → C without B is A → C: the first edge goes on with its id, name and conditions; where it states none, it
    takes those of the second. What would make no sense
    (an agent led back to itself, a second edge of a kind between the same two) is left out.
    """
    gone = [id for id in graph.agents if id in set(agents)]
    edges = dict(graph.edges)
    used = used_ids(graph)
    for agent in gone:
        for kind in JOINED:
            _join(graph, edges, agent, kind, used)
        for id in [id for id, edge in edges.items() if agent in (edge.source, edge.target)]:
            del edges[id]
    edits: list[Edit] = []
    for id, edge in edges.items():
        before = graph.edges.get(id)
        if before is None:
            edits.append(Add(section="edges", item=edge))
        elif before is not edge:
            fields = ("target", "points", *OF_WAYS, *OF_LOOPS)
            changed = {name: getattr(edge, name) for name in fields if getattr(edge, name) != getattr(before, name)}
            if changed.get("loop") is False:
                changed["loop"] = None
            edits.append(Set(section="edges", id=id, values=changed))
    edits += [Remove(section="edges", id=id) for id in graph.edges if id not in edges]
    edits += [Remove(section="agents", id=id) for id in gone]
    return edits


def _join(graph: Graph, edges: dict[EdgeId, Edge], agent: AgentId, kind: EdgeKind, used: set[str]) -> None:
    """Lead the edges of a kind that end at an agent on to where its own lead, in `edges`."""
    arriving = [edge for edge in edges.values() if edge.kind == kind and edge.target == agent != edge.source]
    leaving = [edge for edge in edges.values() if edge.kind == kind and edge.source == agent != edge.target]
    for before in arriving:
        first = True
        for after in leaving:
            rest = {id: edge for id, edge in edges.items() if agent not in (edge.source, edge.target)}
            trial = graph.model_copy(update={"edges": rest})
            if refusal(trial, before.source, after.target, kind) is not None:
                continue
            fresh: dict[str, Any] = {"target": after.target}
            for name in OF_LOOPS:
                stated = getattr(before, name) or getattr(after, name)
                if stated:
                    fresh[name] = stated
            for name in OF_WAYS:  # a way that was taken sometimes must not be taken always
                if getattr(before, name) is None and getattr(after, name) is not None:
                    fresh[name] = getattr(after, name)
            points = (*(before.points or ()), *(after.points or ()))
            if points:
                fresh["points"] = points
            if not first:
                fresh["id"] = fresh_edge_id(graph, before.source, after.target, used)
                used.add(fresh["id"])
            made = before.model_copy(update=fresh)
            edges[made.id] = made
            first = False
