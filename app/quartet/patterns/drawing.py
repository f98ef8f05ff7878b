"""A graph as the classification reads it: agents and edges by number, and what each edge is known to mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quartet.graph.model import AgentId, EdgeId, Graph
from quartet.graph.node_link import CLOSES, SHARED, stated_kind

Role = Literal["worker", "trigger", "board", "collector", "tool", "router", "store"]
_ROLES: dict[str, Role] = {
    "trigger": "trigger",
    "board": "board",
    "collector": "collector",
    "tool": "tool",
    "router": "router",
    "store": "store",
}


@dataclass(slots=True, eq=False)
class Link:
    """One edge between two agents, by their numbers."""

    id: EdgeId
    source: int
    target: int
    kind: Literal["flow", "handoff"]
    stated: bool
    """The file says what the edge means."""
    conditional: bool
    """Taken only sometimes: it has a condition, or its source is a router or takes the first of its ways out."""
    called: str | None
    """What another program's file called it: `trigger`, `report`…"""


class Drawing:
    """Agents as numbers in the order of the file, edges sorted by what they mean."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.ids: list[AgentId] = list(graph.agents)
        self.number = {id: number for number, id in enumerate(self.ids)}
        agents = graph.agents.values()
        self.roles: list[Role] = [_ROLES.get(agent.kind, "worker") for agent in agents]
        self.dynamic = [agent.dynamic for agent in agents]
        self.starts = {number for number, agent in enumerate(agents) if agent.start}
        self.links: list[Link] = []
        """Flow and hand-off edges that lead onwards."""
        self.loops: list[Link] = []
        """Flow edges that somebody marked as loops."""
        self.fallbacks: list[Link] = []
        self.shares: list[tuple[int, int]] = []
        """(board, agent)."""
        self.oversight: list[Link] = []
        """Supervise edges, from the overseer."""
        choosy = {number for number, agent in enumerate(agents) if agent.kind == "router" or agent.route == "first"}
        number = self.number
        for edge in graph.edges.values():
            source, target = number[edge.source], number[edge.target]
            stated = edge.inferred is None or edge.inferred in (CLOSES, SHARED)
            called = stated_kind(edge) if edge.__pydantic_extra__ else None
            if edge.kind == "share":
                board, peer = (source, target) if self.roles[source] == "board" else (target, source)
                if self.roles[board] == "board" != self.roles[peer]:
                    self.shares.append((board, peer))
                continue
            link = Link(
                edge.id,
                source,
                target,
                "handoff" if edge.kind == "handoff" else "flow",
                stated,
                edge.when is not None or source in choosy or edge.kind == "handoff",
                called,
            )
            if edge.kind == "supervise":
                if source != target:
                    self.oversight.append(link)
            elif edge.on is not None:
                self.fallbacks.append(link)
            elif (edge.loop and edge.inferred is None) or source == target:
                self.loops.append(link)
            else:
                self.links.append(link)
        if "store" in self.roles:
            used = {end for edge in graph.edges.values() for end in (edge.source, edge.target)}
            for id, unused in number.items():
                if self.roles[unused] == "store" and id not in used:
                    self.roles[unused] = "board"  # nobody reads or writes it: it does no work
        self.givers = {link.source for link in self.links if link.stated and not link.conditional}
        """Agents that, as their file states, always pass their result on to somebody."""
