"""Deleting agents so that what led to them leads on to where they led."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.editor.canvas import joining
from quartet.editor.value_words import plural

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas


def delete_and_join(canvas: Canvas) -> None:
    """Take the selected agents out of the drawing; A → B → C without B becomes A → C."""
    graph = canvas.document.graph
    chosen = [agent.id for agent in canvas.document.selected_agents]
    if not chosen:
        canvas.say("Select the agents to take out.")
        return
    canvas.cancel_gesture()
    what = graph.agents[chosen[0]].name or chosen[0] if len(chosen) == 1 else plural(len(chosen), "agent")
    before = set(graph.edges)
    edits = joining.joined_removal(graph, chosen)
    kept = [edge.id for edge in graph.edges.values() if edge.target in chosen and edge.source not in chosen]
    if canvas.do(f"Delete and join {what}", edits):
        edges = canvas.document.graph.edges
        canvas.document.select(id for id in edges if id in kept or id not in before)
