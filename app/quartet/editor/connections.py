"""What a drawn connection means, and where it makes no sense: pure rules over the graph."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from quartet.agents.kinds import find
from quartet.graph.cycles import would_close_cycle
from quartet.graph.edits import Add, Edit, Set
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, EdgeKind, Graph
from quartet.graph.names import fresh_edge_id

KINDS: tuple[EdgeKind, ...] = ("flow", "handoff", "supervise", "share")


def label(graph: Graph, source: AgentId, target: AgentId, kind: EdgeKind) -> str:
    """What undo calls a new edge: “Connect Planner to Writer”."""
    first, second = (_short(graph, id) for id in (source, target))
    match kind:
        case "flow":
            return f"Connect {first} to {second}"
        case "handoff":
            return f"Hand off from {first} to {second}"
        case "supervise":
            return f"Have {second} watched by {first}"
        case "share":
            return f"Share between {first} and {second}"


def _short(graph: Graph, id: AgentId) -> str:
    """An agent's name for a menu: on one line, and no longer than 32 characters."""
    agent = graph.agents.get(id)
    name = " ".join((agent.name if agent is not None else "").split()) or id
    return name if len(name) <= 32 else name[:31].rstrip() + "…"


def role_of(agent: Agent) -> str:
    """What an agent is to the pattern: worker, trigger, collector, supervisor or board."""
    kind = find(agent.kind)
    return "worker" if kind is None else kind.role


def are_peers(graph: Graph, a: AgentId, b: AgentId) -> bool:
    """Whether two agents belong to one swarm: connected by hand-offs, in whatever direction."""
    if a == b:
        return False
    neighbours: dict[AgentId, list[AgentId]] = {}
    for edge in graph.edges.values():
        if edge.kind == "handoff":
            neighbours.setdefault(edge.source, []).append(edge.target)
            neighbours.setdefault(edge.target, []).append(edge.source)
    seen, waiting = {a}, [a]
    while waiting:
        for other in neighbours.get(waiting.pop(), ()):
            if other == b:
                return True
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False


def refusal(graph: Graph, source: AgentId, target: AgentId, kind: EdgeKind, but: EdgeId | None = None) -> str | None:
    """Why an edge of this kind makes no sense here, a sentence for beside the pointer; None if it does.

    `but` is an edge that would be replaced by it and does not count.
    """
    a, b = graph.agents.get(source), graph.agents.get(target)
    if a is None or b is None:
        return "One of the two agents is gone."
    if source == target:
        return "To repeat one agent, let another one lead back to it."
    first, second = a.name or a.id, b.name or b.id
    reason = roles_refuse(kind, role_of(a), role_of(b), first, second)
    if reason is not None:
        return reason
    for edge in graph.edges.values():
        if edge.id == but or edge.kind != kind:
            continue
        same = (edge.source, edge.target) == (source, target)
        if same and edge.on is None:
            return _already(kind, first, second)
        if kind == "share" and (edge.source, edge.target) == (target, source):
            return _already(kind, first, second)
    if kind == "supervise" and _watches(graph, target, source, but):
        return f"{second} already watches {first}: two cannot watch each other."
    return None


def roles_refuse(kind: EdgeKind, a: str, b: str, first: str, second: str) -> str | None:
    """Why agents of the roles `a` and `b`, called `first` and `second`, cannot be connected so; None if they can."""
    if kind == "share":
        if (a == "board") == (b == "board"):
            return "Sharing needs a board at one end." if a != "board" else "Two boards have nothing to share."
        return None
    if b == "trigger" and kind in ("flow", "handoff"):
        return f"{second} is a trigger: it starts the run, so nothing leads to it."
    if kind == "supervise":
        if a in ("board", "trigger", "collector"):
            return f"{first} is a {a} and cannot watch others."
        if b in ("board", "trigger"):
            return f"{second} is a {b}: it does no work that could fail."
    if kind == "handoff":
        for role, name in ((a, first), (b, second)):
            if role in ("board", "trigger", "collector"):
                return f"{name} is a {role}: a task is handed to agents only."
    return None


def _already(kind: EdgeKind, first: str, second: str) -> str:
    match kind:
        case "flow":
            return f"{first} leads to {second} already."
        case "supervise":
            return f"{first} watches {second} already."
        case "handoff":
            return f"{first} hands off to {second} already."
        case "share":
            return f"{first} and {second} share already."


def _watches(graph: Graph, overseer: AgentId, agent: AgentId, but: EdgeId | None) -> bool:
    """Whether `overseer` watches `agent`, directly or through other supervisors."""
    workers: dict[AgentId, list[AgentId]] = {}
    for edge in graph.edges.values():
        if edge.kind == "supervise" and edge.id != but:
            workers.setdefault(edge.source, []).append(edge.target)
    seen, waiting = {overseer}, [overseer]
    while waiting:
        for worker in workers.get(waiting.pop(), ()):
            if worker == agent:
                return True
            if worker not in seen:
                seen.add(worker)
                waiting.append(worker)
    return False


def connect(graph: Graph, source: AgentId, target: AgentId, kind: EdgeKind) -> tuple[EdgeId, list[Edit]]:
    """The id and the Edits of a new edge; one that closes a cycle is marked as a loop in the same step."""
    id = fresh_edge_id(graph, source, target)
    values: dict[str, Any] = {"id": id, "source": source, "target": target, "kind": kind}
    if kind == "flow" and would_close_cycle(graph, source, target):
        values["loop"] = True
    return id, [Add(section="edges", item=Edge(**values))]


def without(graph: Graph, edge: EdgeId) -> Graph:
    """The graph as it would be without an edge: to ask what another in its place would mean."""
    return graph.model_copy(update={"edges": {id: found for id, found in graph.edges.items() if id != edge}})


def round_about(graph: Graph, ends: Collection[AgentId]) -> Graph:
    """As much of the graph as decides what could be drawn between `ends` and any other agent: to ask it of many.

    What `refusal` and `are_peers` say of it is what they say of the whole.
    """
    edges = {
        id: edge
        for id, edge in graph.edges.items()
        if edge.kind != "flow" or edge.source in ends or edge.target in ends
    }
    return graph.model_copy(update={"edges": edges})


def change_kind(graph: Graph, edge: Edge, kind: EdgeKind) -> list[Edit]:
    """The Edits that make an edge one of another kind: what only flow edges have goes, a loop is marked anew."""
    values: dict[str, Any] = {"kind": kind, "inferred": None}
    if kind != "flow":
        values |= {name: None for name in ("when", "on", "loop", "max_iterations", "on_limit") if getattr(edge, name)}
    elif would_close_cycle(without(graph, edge.id), edge.source, edge.target):
        values["loop"] = True
    return [Set(section="edges", id=edge.id, values=values)]


def reconnect(graph: Graph, edge: Edge, source: AgentId, target: AgentId) -> list[Edit]:
    """The Edits that move an edge's ends to other agents."""
    values: dict[str, Any] = {}
    if source != edge.source:
        values["source"] = source
    if target != edge.target:
        values["target"] = target
    if edge.kind == "flow" and values:
        closes = would_close_cycle(without(graph, edge.id), source, target)
        if closes != edge.loop:
            values["loop"] = True if closes else None
    if edge.points and (source, target) == (edge.target, edge.source):
        values["points"] = edge.points[::-1]
    return [Set(section="edges", id=edge.id, values=values)] if values else []


def possible_kinds(graph: Graph, edge: Edge) -> list[EdgeKind]:
    """The kinds an edge could be of, its own first."""
    others = [k for k in KINDS if k != edge.kind and refusal(graph, edge.source, edge.target, k, edge.id) is None]
    return [edge.kind, *others]
