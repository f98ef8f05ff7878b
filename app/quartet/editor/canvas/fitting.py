"""What a wire drawn from a side means, what fits at its free end, and where that would stand: pure rules."""

from __future__ import annotations

from quartet.agents.kinds import find
from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Curve, Point, Side
from quartet.editor.connections import are_peers, role_of, roles_refuse
from quartet.graph.model import AgentId, EdgeKind, Graph

OPPOSITE: dict[Side, Side] = {"right": "left", "left": "right", "bottom": "top", "top": "bottom"}


def kind_of_gesture(graph: Graph, source: AgentId, target: AgentId, side: Side, *, alt: bool) -> EdgeKind:
    """Which kind of edge a drag from a port of `source` means when it is dropped on `target`.

    Right (or left) draws flow, bottom (or top) has the lower one watched; with Alt, or between peers of one swarm, it
    is a hand-off. From a bottom or top to a board or from one it shares the board.
    """
    ends = [graph.agents[id] for id in (source, target) if id in graph.agents]
    board = [role_of(agent) == "board" for agent in ends]
    if side in ("top", "bottom"):
        if any(board) and not all(board):
            return "share"
        return "handoff" if alt else "supervise"
    if alt or (not any(board) and are_peers(graph, source, target)):
        return "handoff"
    return "flow"


def ends(side: Side, agent: AgentId, other: AgentId) -> tuple[AgentId, AgentId]:
    """Source and target: what is drawn from a left or top port leads to its agent."""
    return (other, agent) if side in ("left", "top") else (agent, other)


def kind_for(graph: Graph, agent: AgentId, side: Side, role: str, *, alt: bool) -> EdgeKind | None:
    """The kind of edge between an agent's side and a new agent of a role; None if none makes sense."""
    own = graph.agents[agent]
    boards = (role_of(own) == "board", role == "board")
    kind: EdgeKind
    if side in ("top", "bottom"):
        kind = "share" if any(boards) and not all(boards) else "handoff" if alt else "supervise"
    else:
        kind = "handoff" if alt else "flow"
    roles = (role, role_of(own)) if side in ("left", "top") else (role_of(own), role)
    return kind if roles_refuse(kind, *roles, "", "") is None else None


def corner_at(side: Side, end: Point) -> Point:
    """Where the card of a new agent stands (its top left corner) whose port meets the end of a wire from `side`."""
    x, y = geometry.port((0.0, 0.0), OPPOSITE[side])
    return geometry.snapped((end[0] - x, end[1] - y))


def curve_from(side: Side, start: Point, end: Point) -> Curve:
    """The curve of a wire from a port on `side` to a free end."""
    if side in ("top", "bottom"):
        return geometry.upright(start, end)
    if side == "right":
        return geometry.sideways(start, end)
    reach = max(20.0, abs(start[0] - end[0]) / 2)
    return *start, start[0] - reach, start[1], end[0] + reach, end[1], *end


def question(name: str, side: Side, *, alt: bool) -> str:
    """What the search at the end of a wire asks."""
    match side:
        case "right" | "bottom" if alt:
            return f"{name} hands off to…"
        case "left" | "top" if alt:
            return f"Who hands off to {name}…"
        case "right":
            return f"{name} leads to…"
        case "left":
            return f"What leads to {name}…"
        case "bottom":
            return f"{name} watches…"
        case "top":
            return f"Who watches {name}…"


def open_end(piece: Graph, *, first: bool) -> AgentId | None:
    """The agent of a fragment that a wire leads to (`first`), or that leads on from it; None: no agent can."""
    able = [agent for agent in piece.agents.values() if not first or _role(agent.kind) != "trigger"]
    flows = [edge for edge in piece.edges.values() if edge.kind == "flow"]
    watched = {edge.target for edge in piece.edges.values() if edge.kind == "supervise"}
    triggers = {agent.id for agent in piece.agents.values() if _role(agent.kind) == "trigger"}
    taken = {edge.target for edge in flows if edge.source not in triggers} if first else {e.source for e in flows}
    free = [agent.id for agent in able if agent.id not in taken]
    # of a supervisor and those it watches the work goes through the supervisor where they take none from each other
    inner = watched if not flows else {agent.id for agent in able if _role(agent.kind) == "supervisor"}
    best = [id for id in free if id not in inner] or free or [agent.id for agent in able]
    if not best:
        return None
    return best[0] if first or any(edge.kind == "handoff" for edge in piece.edges.values()) else best[-1]


def _role(kind: str) -> str:
    found = find(kind)
    return "worker" if found is None else found.role
