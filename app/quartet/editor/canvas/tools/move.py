"""Moving what is selected. During the drag only the canvas shows it; on release one step tells the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from quartet.editor import preferences
from quartet.editor.canvas import bends, carrying, geometry, going_in, joining, locking
from quartet.editor.canvas.geometry import Box, Point
from quartet.editor.canvas.guides import Guides
from quartet.editor.canvas.tools.tool import Modifiers, Pointer, Tool
from quartet.editor.value_words import plural
from quartet.graph.edits import Edit, Set
from quartet.graph.edits import Move as MoveEdit
from quartet.graph.model import AgentId, EdgeId

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

THRESHOLD = 4
"""Pixels the pointer must travel before a press becomes a drag."""


def delta(start: Pointer, pointer: Pointer, anchor: Point, guides: Guides) -> Point:
    """How far a drag goes: what was taken hold of lands on the grid or where a guide pulls it.

    Shift keeps to one axis, Ctrl lets go of the guides.
    """
    dx, dy = pointer.at.x() - start.at.x(), pointer.at.y() - start.at.y()
    free = (True, True)
    if pointer.modifiers & Modifiers.ShiftModifier:
        free = (abs(dx) >= abs(dy), abs(dx) < abs(dy))
        dx, dy = dx * free[0], dy * free[1]
    x, y = anchor[0] + dx, anchor[1] + dy
    if preferences.current().snap:
        x, y = geometry.snapped((x, y))
    snapped = (x - anchor[0] if free[0] else 0.0, y - anchor[1] if free[1] else 0.0)
    return guides.settle((dx, dy), snapped, free, not pointer.modifiers & Modifiers.ControlModifier)


class Move(Tool):
    """A drag of agents, frames (with what lies in them, unless Alt is held) and notes. A press without a drag selects.

    One agent that leads nowhere yet and is dropped on an edge goes into it, unless Alt is held.
    """

    scrolls = True

    def __init__(self, canvas: Canvas, id: str) -> None:
        super().__init__(canvas)
        self._id = id

    def press(self, pointer: Pointer) -> None:
        self._from = pointer
        self._before = self.document.selection
        self._moving = self._refused = False
        self._into: EdgeId | None = None
        self._by: Point = (0.0, 0.0)
        self._toggles = pointer.adds and self._id in self._before
        if self._id not in self._before:
            self.document.select(self._before | {self._id} if pointer.adds else {self._id})

    def _begin(self, pointer: Pointer) -> None:
        scene = self.scene
        chosen = self.document.selection | {self._id}
        if self._from.alt:
            agents = [AgentId(id) for id in chosen if id in scene.positions]
            others = [id for id in chosen if id in scene.annotations]
        else:
            agents, others = carrying.with_held(scene, chosen)
        self._boxes: dict[str, QRectF] = {id: scene.annotations[id].scene_rect() for id in others}
        free = [id for id in agents if not locking.is_locked(self.document.graph, id)]
        self._starts: dict[AgentId, Point] = {id: scene.positions[id] for id in free}
        self._bends = bends.between(scene, self._starts.keys())
        lead = AgentId(self._id)
        if lead in self._starts:
            self._anchor = self._starts[lead]
        else:
            self._anchor = (self._boxes[self._id].left(), self._boxes[self._id].top())
        boxes: list[Box] = [geometry.card(at) for at in self._starts.values()]
        boxes += [scene.annotations[id].box() for id in others]
        self._guides = Guides(scene, self._starts, geometry.union(boxes) or (0.0, 0.0, 0.0, 0.0))
        incident = scene.wires.incident.get(lead, ())
        self._may_go_in = len(self._starts) == 1 and not self._boxes and joining.is_loose(self.document.graph, incident)
        self._moving = True

    def move(self, pointer: Pointer) -> None:
        if not self._moving:
            if self._refused or (pointer.pixel - self._from.pixel).manhattanLength() < THRESHOLD:
                return
            if not self.may_change(pointer):
                self._refused = True
                return
            if locking.is_locked(self.document.graph, self._id):
                self._refused = True
                self.canvas.say(locking.told(self.document.graph, [self._id]), pointer.at)
                return
            self._begin(pointer)
        dx, dy = self._by = delta(self._from, pointer, self._anchor, self._guides)
        self.scene.preview_positions({id: (x + dx, y + dy) for id, (x, y) in self._starts.items()})
        for id, box in self._boxes.items():
            self.scene.annotations[id].place(box.translated(dx, dy))
        bends.show(self.scene, self._bends, dx, dy)
        if self._may_go_in:
            self._into = None if pointer.alt else self._edge_below()
            going_in.show(self.canvas, self._into, self.scene.positions[AgentId(self._id)], pointer.at)

    def _edge_below(self) -> EdgeId | None:
        """The edge that the dragged agent lies on and could be put into."""
        agent = self.document.graph.agents[AgentId(self._id)]
        return going_in.edge_below(self.scene, self.scene.positions[agent.id], agent)

    def release(self, pointer: Pointer) -> None:
        if not self._moving:
            if self._toggles:
                self.document.select(self.document.selection - {self._id})
            elif not pointer.adds:
                self.document.select({self._id})
            return
        self.move(pointer)
        (dx, dy), into = self._by, self._into
        self._clear()
        bends.let_go(self.scene, self._bends)
        edits: list[Edit] = []
        if dx or dy:
            if self._starts:
                edits.append(MoveEdit(to={id: (x + dx, y + dy) for id, (x, y) in self._starts.items()}))
            for id, box in self._boxes.items():
                section = self.scene.annotations[id].section
                edits.append(Set(section=section, id=id, values={"x": box.left() + dx, "y": box.top() + dy}))
            edits += bends.moved(self._bends, dx, dy)
        label = self._label()
        if into is not None:
            edge = self.document.graph.edges[into]
            edits += joining.insertion(self.document.graph, edge, AgentId(self._id))[1]
            label = f"Put {self.document.graph.agents[AgentId(self._id)].name or self._id} into an edge"
        if not edits or not self.canvas.do(label, edits):
            self.cancel()
            return
        self.scene.wires.settle_drag()
        self.scene.regions.follow(None)

    def _label(self) -> str:
        agents = len(self._starts)
        if agents == 1 and not self._boxes:
            (id,) = self._starts
            return f"Move {self.document.graph.agents[id].name or id}"
        if agents:
            return f"Move {plural(agents, 'agent')}"
        return "Move a note" if len(self._boxes) == 1 and self._id in self.document.graph.notes else "Move"

    def _clear(self) -> None:
        self._guides.away()
        if self._into is not None:
            self._into = None
            going_in.show(self.canvas, None, (0.0, 0.0), self._from.at)

    def cancel(self) -> None:
        if self._moving:
            self._moving = False
            self._clear()
            bends.let_go(self.scene, self._bends)
            self.scene.preview_positions(self._starts)
            self.scene.end_preview()
        self.document.select(self._before)
