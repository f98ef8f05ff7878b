"""Changing what a drawing means without touching where things stand: pure functions from a graph to Edits.

Each refuses with an `EditError` that says why where it makes no sense, and is one step to Undo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from quartet.editor.canvas import geometry, joining
from quartet.editor.canvas.geometry import Point
from quartet.editor.connections import connect, reconnect, refusal, role_of, roles_refuse
from quartet.graph.edits import Add, Edit, EditError, Move, Remove, Set, apply
from quartet.graph.model import Agent, AgentId, Edge, Graph
from quartet.graph.names import fresh_id, fresh_name

APART = 76.0
"""Between a card and the one behind it."""
BESIDE, UNDER = (0.0, geometry.HEIGHT + 40), (geometry.WIDTH + 40, 0.0)
"""The steps in which a free place is looked for: downwards, and to the right."""


def _name(graph: Graph, id: AgentId) -> str:
    return graph.agents[id].name or id


def _fresh(graph: Graph, kind: str, title: str) -> Agent:
    name = fresh_name(graph, title)
    return Agent(id=fresh_id(graph, name), kind=kind, name=name)


def _free(graph: Graph, corner: Point, step: Point) -> Point:
    """The first of `corner`, `corner + step` … where a card covers no other."""
    taken = list(graph.positions.values())
    x, y = corner
    while any(abs(x - ox) < geometry.WIDTH + 8 and abs(y - oy) < geometry.HEIGHT + 8 for ox, oy in taken):
        x, y = x + step[0], y + step[1]
    return geometry.snapped((x, y))


def _at(graph: Graph, id: AgentId, dx: float, dy: float) -> Point:
    x, y = graph.positions.get(id, (0.0, 0.0))
    return x + dx, y + dy


def flows(graph: Graph, id: AgentId) -> tuple[list[Edge], list[Edge]]:
    """The flow edges that come to an agent and those that leave it, without loops and fallbacks."""
    plain = [edge for edge in graph.edges.values() if edge.kind == "flow" and not edge.loop and edge.on is None]
    return [edge for edge in plain if edge.target == id], [edge for edge in plain if edge.source == id]


# new agents


def behind(graph: Graph, id: AgentId, kind: str, title: str) -> tuple[AgentId, list[Edit]]:
    """A new agent as the next stage: in the edge that leads on, if there is exactly one, else at a new one."""
    agent = _fresh(graph, kind, title)
    reason = roles_refuse("flow", role_of(graph.agents[id]), role_of(agent), _name(graph, id), agent.name)
    if reason is not None:
        raise EditError(reason)
    out = flows(graph, id)[1]
    at = _free(graph, _at(graph, id, geometry.WIDTH + APART, 0), BESIDE)
    edits: list[Edit] = [Add(section="agents", item=agent, at=at)]
    if len(out) == 1 and joining.insertable(graph, out[0], agent) is None:
        return agent.id, [*edits, *joining.insertion(graph, out[0], agent.id)[1]]
    return agent.id, [*edits, *connect(_with(graph, edits), id, agent.id, "flow")[1]]


def beside(graph: Graph, id: AgentId, kind: str, title: str) -> tuple[AgentId, list[Edit]]:
    """A new agent with the same neighbours: another branch, worker or peer."""
    agent = _fresh(graph, kind, title)
    at = _free(graph, _at(graph, id, *BESIDE), BESIDE)
    edits: list[Edit] = [Add(section="agents", item=agent, at=at)]
    for edge in list(graph.edges.values()):
        if id not in (edge.source, edge.target) or edge.loop or edge.on is not None or edge.source == edge.target:
            continue
        ends = (agent.id, edge.target) if edge.source == id else (edge.source, agent.id)
        after = _with(graph, edits)
        if refusal(after, *ends, edge.kind) is None:
            edits += connect(after, *ends, edge.kind)[1]
    return agent.id, edits


def under(graph: Graph, id: AgentId, kind: str, title: str) -> tuple[AgentId, list[Edit]]:
    """A new agent that this one watches."""
    agent = _fresh(graph, kind, title)
    reason = roles_refuse("supervise", role_of(graph.agents[id]), role_of(agent), _name(graph, id), agent.name)
    if reason is not None:
        raise EditError(reason)
    at = _free(graph, _at(graph, id, 0, geometry.HEIGHT + APART), UNDER)
    edits: list[Edit] = [Add(section="agents", item=agent, at=at)]
    return agent.id, [*edits, *connect(_with(graph, edits), id, agent.id, "supervise")[1]]


# agents that are there


def overseers(graph: Graph, ids: Iterable[AgentId]) -> Iterator[AgentId]:
    """The agents that could watch all of these instead of who does now."""
    ids = list(ids)
    for id in graph.agents:
        if id not in ids and all(_watchable(graph, id, each) for each in ids):
            yield id


def _watchable(graph: Graph, boss: AgentId, id: AgentId) -> bool:
    mine = {edge.id for edge in graph.edges.values() if edge.kind == "supervise" and edge.target == id}
    if role_of(graph.agents[boss]) != "supervisor" or any(graph.edges[each].source == boss for each in mine):
        return False
    return refusal(graph, boss, id, "supervise") is None


def watched_by(graph: Graph, ids: Iterable[AgentId], boss: AgentId | None) -> list[Edit]:
    """Have agents watched by another one, or (None) by nobody."""
    edits: list[Edit] = []
    for id in ids:
        after = _with(graph, edits)
        old = [edge for edge in after.edges.values() if edge.kind == "supervise" and edge.target == id]
        if boss is not None:
            reason = refusal(after, boss, id, "supervise", old[0].id if len(old) == 1 else None)
            if reason is not None:
                raise EditError(reason)
        if boss is not None and old:
            edits += reconnect(after, old[0], boss, id)
            old = old[1:]
        elif boss is not None:
            edits += connect(after, boss, id, "supervise")[1]
        edits += [Remove(section="edges", id=edge.id) for edge in old]
    return edits


def move_behind(graph: Graph, id: AgentId, other: AgentId) -> list[Edit]:
    """Take an agent out of the flow (what led to it leads on) and make it the next stage behind another one."""
    if id == other:
        raise EditError("An agent cannot come behind itself.")
    came, went = flows(graph, id)
    edits: list[Edit] = [Remove(section="edges", id=edge.id) for edge in (*came, *went)]
    for first in came:
        for last in went:
            after = _with(graph, edits)
            if refusal(after, first.source, last.target, "flow") is None:
                edits += connect(after, first.source, last.target, "flow")[1]
    after = _with(graph, edits)
    agent, out = after.agents[id], flows(after, other)[1]
    if len(out) == 1 and joining.insertable(after, out[0], agent) is None:
        edits += joining.insertion(after, out[0], id)[1]
    else:
        reason = refusal(after, other, id, "flow")
        if reason is not None:
            raise EditError(reason)
        edits += connect(after, other, id, "flow")[1]
    spot = _free(after, _at(after, other, geometry.WIDTH + APART, 0), BESIDE)
    return [*edits, Move(to={id: spot})]


def trade_stages(graph: Graph, first: AgentId, second: AgentId) -> list[Edit]:
    """Let two stages that follow one another trade places, on the canvas too."""
    between = [edge for edge in graph.edges.values() if {edge.source, edge.target} == {first, second}]
    came, went = flows(graph, second)[0], flows(graph, first)[1]
    if len(between) != 1 or len(came) != 1 or len(went) != 1 or came[0] is not went[0]:
        names = f"{_name(graph, first)} and {_name(graph, second)}"
        raise EditError(f"{names} cannot trade places: more than one edge leads between them or past them.")
    (middle,) = between
    edits: list[Edit] = [Set(section="edges", id=middle.id, values={"source": second, "target": first})]
    for edge in graph.edges.values():
        if edge is middle or edge.kind != "flow":
            continue
        ends = {first: second, second: first}
        values: dict[str, Any] = {}
        if edge.target in ends:
            values["target"] = ends[edge.target]
        if edge.source in ends:
            values["source"] = ends[edge.source]
        if values:
            edits.append(Set(section="edges", id=edge.id, values=values))
    return [*edits, *trade_places(graph, first, second)]


def trade_places(graph: Graph, first: AgentId, second: AgentId) -> list[Edit]:
    """Let two agents trade places on the canvas: branches, workers and peers stand in the order of their places."""
    return [Move(to={first: graph.positions.get(second), second: graph.positions.get(first)})]


def _with(graph: Graph, edits: list[Edit]) -> Graph:
    """The graph as it would be after Edits."""
    copy = graph.model_copy(
        update={"agents": dict(graph.agents), "edges": dict(graph.edges), "positions": dict(graph.positions)}
    )
    apply(copy, edits)
    return copy
