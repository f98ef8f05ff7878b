"""What a row of the find panel says of a place with the words, or of an agent."""

from __future__ import annotations

from quartet.agents import kinds
from quartet.editor import text_search
from quartet.editor.panels.find_list import Hit
from quartet.editor.text_search import Place
from quartet.graph.model import AgentId, EdgeId, Graph

ICONS = {"edges": "arrow-right", "frames": "frame", "notes": "sticky-note", "graph": "workflow"}


def hit_in(graph: Graph, place: Place) -> Hit:
    """The row of a place."""
    line, marks = text_search.excerpt(place)
    level = graph.graphs[place.inside] if place.inside else graph
    where = f"in {level.name or place.inside}" if place.inside else ""
    field = " · ".join(part for part in (place.label, where) if part)
    if place.section == "agents":
        agent = level.agents[AgentId(place.id)]
        return Hit(place.id, place.inside, _icon(agent.kind), "soft", agent.name or agent.id, field, line, marks)
    name = {"graph": "Graph", "frames": "Frame", "notes": "Note"}.get(place.section, "")
    if place.section == "edges":
        edge = level.edges[EdgeId(place.id)]
        ends = (level.agents.get(end) for end in (edge.source, edge.target))
        name = " → ".join("?" if end is None else end.name or end.id for end in ends)
    return Hit(place.id, place.inside, ICONS[place.section], "soft", name, field, line, marks)


def hit_of_agent(graph: Graph, inside: str, id: AgentId) -> Hit:
    """The row of an agent that is not filtered out."""
    agent = graph.agents[id]
    kind = kinds.find(agent.kind)
    return Hit(
        id, inside, _icon(agent.kind), "soft", agent.name or id, agent.kind if kind is None else kind.title, "", ()
    )


def _icon(name: str) -> str:
    kind = kinds.find(name)
    return "puzzle" if kind is None else kind.icon
