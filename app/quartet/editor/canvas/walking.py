"""Going along the edges by keyboard, and selecting what leads here and what is led to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from quartet.graph.model import AgentId, Edge, EdgeId, Graph

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

Turn = Literal["on", "back", "next", "previous"]


def reached(graph: Graph, ids: Iterable[AgentId], *, onward: bool) -> set[AgentId]:
    """These agents and all that they lead to (or that lead to them): by flow, hand-offs and supervision."""
    ways: dict[AgentId, list[AgentId]] = {}
    for edge in graph.edges.values():
        if edge.kind != "share":
            start, end = (edge.source, edge.target) if onward else (edge.target, edge.source)
            ways.setdefault(start, []).append(end)
    seen = set(ids)
    waiting = list(seen)
    while waiting:
        for other in ways.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def select_reached(canvas: Canvas, *, onward: bool) -> None:
    """Select, with the selected agents, everything down- or upstream of them."""
    document = canvas.document
    chosen = [agent.id for agent in document.selected_agents]
    chosen += [edge.target if onward else edge.source for edge in document.selected_edges]
    document.select(reached(document.graph, chosen, onward=onward))


def _edges_of(canvas: Canvas, agent: AgentId) -> list[Edge]:
    """The edges at an agent, in the order of the file."""
    ids, edges = canvas.canvas_scene.wires.incident.get(agent, set()), canvas.document.graph.edges
    if len(ids) < 2:
        return [edges[EdgeId(id)] for id in ids if EdgeId(id) in edges]
    return [edge for id, edge in edges.items() if id in ids]


def _others(edges: Iterable[Edge], agent: AgentId, *, onward: bool) -> list[AgentId]:
    """Where the edges lead from an agent (or come from), each agent once; a board's sharers both ways."""
    found: dict[AgentId, None] = {}
    for edge in edges:
        near, far = (edge.source, edge.target) if onward else (edge.target, edge.source)
        if near == agent != far:
            found[far] = None
        elif edge.kind == "share" and far == agent:
            found[near] = None
    return list(found)


def along(canvas: Canvas, here: AgentId, turn: Turn) -> AgentId | None:
    """The agent that one comes to from `here` along an edge; None if there is none.

    `on` and `back` follow the first edge that leads on or comes here; `next` and `previous` go through the agents
    beside this one: those that the same agent leads to, or else those that lead to the same one.
    """
    edges = _edges_of(canvas, here)
    if turn in ("on", "back"):
        found = _others(edges, here, onward=turn == "on")
        before = canvas.walked_from
        return before if before in found else found[0] if found else None
    for onward in (False, True):
        hubs = _others(edges, here, onward=onward)
        if canvas.walked_from in hubs:
            hubs = [canvas.walked_from, *hubs]
        for hub in hubs:
            beside = _others(_edges_of(canvas, hub), hub, onward=not onward)
            if len(beside) > 1:
                at = beside.index(here) + (1 if turn == "next" else -1)
                return beside[at % len(beside)]
    return None


def step_edge(canvas: Canvas, by: int) -> bool:
    """Select the next edge of the agent where the keyboard is; False if it has none."""
    document = canvas.document
    chosen = document.selected_edges
    agent = canvas.walked
    if document.selected_agents:
        agent = document.selected_agents[0].id if agent not in document.selection else agent
    elif chosen and agent not in (chosen[0].source, chosen[0].target):
        agent = chosen[0].source
    if agent is None or agent not in document.graph.agents:
        return False
    ids = [edge.id for edge in _edges_of(canvas, agent)]
    if not ids:
        return False
    here = ids.index(chosen[0].id) if len(chosen) == 1 and chosen[0].id in ids else -1 if by > 0 else 0
    id = ids[(here + by) % len(ids)]
    canvas.walked = agent
    document.select({id})
    canvas.reveal({id})
    return True


def step_agent(canvas: Canvas, by: int) -> bool:
    """Select the next agent in the order of the file; from the last one back to the first."""
    order = list(canvas.document.graph.agents)
    if not order:
        return False
    chosen = canvas.document.selected_agents
    here = order.index(chosen[0].id) if chosen else -1 if by > 0 else 0
    id = order[(here + by) % len(order)]
    canvas.document.select({id})
    canvas.walked = id
    canvas.reveal({id})
    return True
