"""Enter and double-click: into the sub-graph that an agent stands for, else to the agent's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.graph.nesting import named

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas


def open_selected(canvas: Canvas) -> None:
    """Go into the one selected agent if it stands for a sub-graph; else show what is selected in the inspector."""
    chosen = canvas.document.selected_agents
    if len(canvas.document.selection) == 1 and chosen and named(chosen[0]) in canvas.document.whole.graphs:
        canvas.open_requested.emit(str(chosen[0].id))
    else:
        canvas.inspect_requested.emit(set(canvas.document.selection))
