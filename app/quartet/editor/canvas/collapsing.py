"""Making a sub-graph of what is selected and putting one back in place, each as one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quartet.editor import icons
from quartet.graph.borders import BorderError
from quartet.graph.collapse import collapse
from quartet.graph.dissolve import dissolve
from quartet.graph.edits import EditError
from quartet.graph.nesting import SUB_GRAPH, named

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from quartet.editor.canvas.view import Canvas
    from quartet.graph.model import Graph

NAME = "Sub-graph"
"""What a new one is called until somebody names it; its name can be typed at once."""


def collapse_selected(canvas: Canvas) -> bool:
    """Make what is selected a sub-graph; where it would mean something else, say why and light up what it is about."""
    document = canvas.document
    frames, count = document.selected_frames, len(document.selected_agents)
    name = frames[0].name if len(frames) == 1 and frames[0].name.strip() else NAME
    canvas.cancel_gesture()
    try:
        made = collapse(_as_shown(canvas), document.selection, name, document.whole)
        document.do(f"Collapse {count:,} agents" if count > 1 else "Collapse an agent", made.edits)
    except (BorderError, EditError) as problem:
        _refuse(canvas, problem)
        return False
    document.select([made.agent])
    canvas.reveal([made.agent])
    canvas.setFocus()
    canvas.rename_selected()
    return True


def dissolve_selected(canvas: Canvas) -> bool:
    """Put what the selected agent stands for in its place; where it would mean something else, say why."""
    document = canvas.document
    agent = document.selected_agents[0]
    canvas.cancel_gesture()
    try:
        done = dissolve(_as_shown(canvas), agent.id, document.whole)
        document.do(f"Dissolve {agent.name or agent.id}", done.edits)
    except (BorderError, EditError) as problem:
        _refuse(canvas, problem)
        return False
    document.select(done.ids)
    canvas.reveal(done.ids)
    canvas.setFocus()
    return True


def _as_shown(canvas: Canvas) -> Graph:
    """The drawing with every agent where it is seen: one that no file places stands somewhere, too."""
    graph = canvas.document.graph
    shown = {id: canvas.canvas_scene.positions[id] for id in graph.agents}
    return graph.model_copy(update={"positions": shown})


def _refuse(canvas: Canvas, problem: Exception) -> None:
    if isinstance(problem, BorderError):
        canvas.document.highlight(problem.edges, problem.agents)
    canvas.remark.tell(str(problem), canvas.viewport().rect().center())


def add_to_menu(canvas: Canvas, menu: QMenu) -> None:
    """What can be done with the selected agents as a sub-graph, for their context menu."""
    chosen = canvas.document.selected_agents
    if len(chosen) == 1 and chosen[0].kind == SUB_GRAPH:
        if named(chosen[0]) in canvas.document.whole.graphs:
            action = menu.addAction(icons.icon("workflow"), f"Open\t{canvas.keys_shown('graph.go_in')}")
            action.setData("reads")
            action.triggered.connect(lambda: canvas.open_requested.emit(str(chosen[0].id)))
        action = menu.addAction(f"Dissolve\t{canvas.keys_shown('graph.dissolve')}")
        action.triggered.connect(lambda: dissolve_selected(canvas))
    action = menu.addAction(icons.icon("workflow"), f"Collapse into a Sub-graph\t{canvas.keys_shown('graph.collapse')}")
    action.triggered.connect(lambda: collapse_selected(canvas))
