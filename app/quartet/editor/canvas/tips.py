"""Tooltips of the canvas: what is under the pointer, and why it looks the way it does. Plain text, escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from quartet.editor.canvas import captions
from quartet.editor.canvas.hits import Hit
from quartet.graph.model import AgentId, Graph

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene


def tip(scene: CanvasScene, found: Hit) -> str:
    """The tooltip for what was hit, as harmless rich text (so that long lines wrap); empty: none."""
    graph = scene.document.graph
    text = ""
    if found.agent is not None:
        agent = graph.agents.get(found.agent)
        if agent is None:
            return ""
        lines = [captions.agent_tip(agent)]
        lines += [f.title for f in scene.document.findings if found.agent in f.agents and not f.silenced][:3]
        state = scene.state_of(found.agent)
        if state is not None and state.error:
            lines.append(state.error)
        text = "\n".join(lines)
    elif found.edge is not None:
        edge = graph.edges[found.edge]
        text = captions.edge_tip(edge, name(graph, edge.source), name(graph, edge.target))
    elif found.broken is not None:
        text = f"This edge could not be understood and is kept as it is:\n{scene.wires.wires[found.broken].reason}"
    return f"<p style='white-space: pre-wrap'>{escape(text)}</p>" if text else ""


def name(graph: Graph, id: AgentId) -> str:
    """What people call an agent."""
    agent = graph.agents.get(id)
    return id if agent is None else agent.name or id
