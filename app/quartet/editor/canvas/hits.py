"""What is under a point: a port before its card, the end of a selected edge before everything, frames last."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from quartet.editor.canvas import geometry, small
from quartet.editor.canvas.annotations import Annotation, FrameItem, NoteItem
from quartet.editor.canvas.geometry import Side
from quartet.editor.canvas.tools.connect import End
from quartet.graph.model import AgentId, EdgeId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

PORT = 9.0
"""Pixels round a port within which it is taken hold of."""
LINE = 6.0
"""Pixels round an edge within which it is."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found; at most one of agent, edge, annotation, and what part of it."""

    agent: AgentId | None = None
    side: Side | None = None
    """The port of the agent that the point is on."""
    edge: EdgeId | None = None
    end: End | None = None
    """The end of the selected edge that the point is on."""
    bend: int | None = None
    """Of the points that the selected or pointed edge is led through, the one that the point is on."""
    annotation: str | None = None
    resize: str | None = None
    """The frame or note whose corner the point is on."""
    broken: str | None = None
    """What stands for an edge that could not be understood."""


def agent_at(scene: CanvasScene, at: QPointF, margin: float = 0.0) -> AgentId | None:
    """The agent whose card (grown by `margin` scene units) holds the point; the uppermost of several."""
    x, y = at.x(), at.y()
    found = scene.places.near((x - margin, y - margin, x + margin, y + margin))
    for id in found:
        if geometry.holds(geometry.card(scene.positions[id]), (x, y, x, y)):
            return id
    return found[0] if found else None


def hit(scene: CanvasScene, at: QPointF) -> Hit:
    """What a press at a scene point would take hold of."""
    x, y = at.x(), at.y()
    fine = scene.detail in ("full", "named")
    reach = min(PORT / scene.zoom, 16.0)
    if fine:
        found = _end_of_selected(scene, x, y, reach) or _bend(scene, x, y, reach)
        if found is not None:
            return found
    agent = agent_at(scene, at, reach if fine else 0.0)
    if agent is not None:
        tiny = scene.document.graph.agents[agent].collapsed
        side, gap = (small.nearest_side if tiny else geometry.nearest_side)(scene.positions[agent], x, y)
        if fine and gap <= reach:
            return Hit(agent=agent, side=side)
        if tiny and not geometry.holds(small.box(scene.positions[agent]), (x, y, x, y)):
            agent = None
    if agent is not None and geometry.holds(geometry.card(scene.positions[agent]), (x, y, x, y)):
        return Hit(agent=agent)
    note = _annotation(scene, at, NoteItem)
    if note is not None:
        return note
    if scene.detail != "far":
        wire = scene.wires.at(at, LINE / scene.zoom)
        if wire is not None:
            edge = EdgeId(wire)
            return Hit(edge=edge) if edge in scene.document.graph.edges else Hit(broken=wire)
    return _annotation(scene, at, FrameItem) or Hit()


def _end_of_selected(scene: CanvasScene, x: float, y: float, reach: float) -> Hit | None:
    for id in scene.document.selection if len(scene.document.selection) <= 8 else ():
        wire = scene.wires.wires.get(id)
        if wire is None or id == scene.fresh or EdgeId(id) not in scene.document.graph.edges:
            continue
        backwards = wire.twin is not None and wire.id > wire.twin
        start, end = wire.curve[:2], wire.curve[6:]
        if backwards:
            start, end = end, start
        if hypot(end[0] - x, end[1] - y) <= reach:
            return Hit(edge=EdgeId(id), end="target")
        if hypot(start[0] - x, start[1] - y) <= reach:
            return Hit(edge=EdgeId(id), end="source")
    return None


def _bend(scene: CanvasScene, x: float, y: float, reach: float) -> Hit | None:
    wires = scene.wires.wires
    if not scene.wires.bent or len(scene.document.selection) > 8:
        return None
    near = [wires[id] for id in {*scene.document.selection, scene.hover_edge or ""} if id in wires]
    ids = {wire.id if wire.twin is None else min(wire.id, wire.twin) for wire in near} & scene.wires.bent
    for id in sorted(ids):
        for index, point in enumerate(wires[id].via):
            if hypot(point[0] - x, point[1] - y) <= reach:
                return Hit(edge=EdgeId(id), bend=index)
    return None


def _annotation(scene: CanvasScene, at: QPointF, kind: type[FrameItem] | type[NoteItem]) -> Hit | None:
    found: list[Annotation] = [item for item in scene.annotations.values() if isinstance(item, kind)]
    for item in reversed(found):
        if item.corner().contains(at) and scene.detail in ("full", "named"):
            return Hit(annotation=item.id, resize=item.id)
        if isinstance(item, FrameItem | NoteItem) and item.grabbed_at(at):
            return Hit(annotation=item.id)
    return None
