"""Lighting up the edges of the selected agents: all else fades until it is put out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas


def toggle(canvas: Canvas) -> None:
    """Light up the selected agents with their edges and those at the other ends; again, or Escape: put it out."""
    document = canvas.document
    incident = canvas.canvas_scene.wires.incident
    chosen = [agent.id for agent in document.selected_agents]
    edges = {edge for id in chosen for edge in incident.get(id, ()) if edge in document.graph.edges}
    lit = (frozenset(edges), frozenset(map(str, chosen)))
    if lit == (document.highlight_edges, document.highlight_agents):
        document.highlight()
    elif chosen:
        document.highlight(*lit)
    elif document.highlight_edges or document.highlight_agents:
        document.highlight()
    else:
        canvas.say("Select the agents whose edges to light up.")
