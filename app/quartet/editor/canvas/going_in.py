"""Putting an agent into an edge by dropping it there: which edge that would be, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from quartet.editor.canvas import geometry, joining
from quartet.editor.canvas.geometry import Point
from quartet.editor.canvas.wire import as_path
from quartet.graph.model import Agent, EdgeId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene
    from quartet.editor.canvas.view import Canvas

THROUGH = 22.0
"""Scene units from the middle of a card within which an edge runs through it."""


def edge_below(scene: CanvasScene, corner: Point, agent: Agent) -> EdgeId | None:
    """The edge that runs through the middle of a card at `corner` and could lead through `agent`; the nearest."""
    if scene.detail == "far":  # nobody sees one edge there
        return None
    left, top, right, bottom = geometry.card(corner)
    x, y = (left + right) / 2, (top + bottom) / 2
    edges = scene.document.graph.edges
    best: tuple[float, EdgeId] | None = None
    for wire in scene.wires.near(QRectF(x - THROUGH, y - THROUGH, 2 * THROUGH, 2 * THROUGH)):
        edge = edges.get(EdgeId(wire.id))
        if edge is None or joining.insertable(scene.document.graph, edge, agent) is not None:
            continue
        gap = geometry.distance(wire.points, x, y)
        if gap <= THROUGH and (best is None or (gap, edge.id) < best):
            best = (gap, edge.id)
    return None if best is None else best[1]


def show(canvas: Canvas, edge: EdgeId | None, corner: Point, at: QPointF) -> None:
    """Light an edge up as the target of a drop, and draw how it would run through a card at `corner`.

    A hint beside the scene point `at` says so. None: no edge, no hint.
    """
    graph, scene = canvas.document.graph, canvas.canvas_scene
    canvas.show_hover(None, edge)
    if edge is None:
        scene.hint.show_line(None)
        scene.hint.show_text("", at)
        return
    ends = graph.edges[edge].source, graph.edges[edge].target
    route = geometry.watch if graph.edges[edge].kind == "supervise" else geometry.flow
    path = as_path(route(scene.positions[ends[0]], corner))
    path.addPath(as_path(route(corner, scene.positions[ends[1]])))
    first, last = (graph.agents[end].name or end for end in ends)
    scene.hint.refused = False
    scene.hint.show_line(path, graph.edges[edge].kind == "supervise")
    scene.hint.show_text(f"Between {first} and {last} (Alt: leave it loose)", at)
