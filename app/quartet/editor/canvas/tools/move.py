"""Moving what is selected. During the drag only the canvas shows it; on release one step tells the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from quartet.editor.canvas import geometry
from quartet.editor.canvas.annotations import FrameItem
from quartet.editor.canvas.geometry import Point
from quartet.editor.canvas.tools.tool import Modifiers, Pointer, Tool
from quartet.graph.edits import Edit, Set
from quartet.graph.edits import Move as MoveEdit
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

THRESHOLD = 4
"""Pixels the pointer must travel before a press becomes a drag."""


def plural(count: int, one: str, many: str | None = None) -> str:
    """“1 agent”, “3 agents”."""
    return f"{count} {one if count == 1 else many or one + 's'}"


class Move(Tool):
    """A drag of agents, frames (with the agents in them) and notes. A press without a drag selects."""

    scrolls = True

    def __init__(self, canvas: Canvas, id: str) -> None:
        super().__init__(canvas)
        self._id = id

    def press(self, pointer: Pointer) -> None:
        self._from = pointer
        self._before = self.document.selection
        self._moving = False
        self._toggles = pointer.adds and self._id in self._before
        if self._id not in self._before:
            self.document.select(self._before | {self._id} if pointer.adds else {self._id})

    def _begin(self, pointer: Pointer) -> None:
        scene = self.scene
        chosen = self.document.selection | {self._id}
        agents = {AgentId(id) for id in chosen if id in scene.cards}
        self._boxes: dict[str, QRectF] = {}
        for id in chosen & scene.annotations.keys():
            item = scene.annotations[id]
            box = self._boxes[id] = item.scene_rect()
            if isinstance(item, FrameItem) and not self._from.alt:
                held = (box.left(), box.top(), box.right(), box.bottom())
                agents |= {a for a, at in scene.positions.items() if geometry.holds(held, geometry.card(at))}
        self._starts: dict[AgentId, Point] = {id: scene.positions[id] for id in agents}
        lead = AgentId(self._id)
        if lead in self._starts:
            self._anchor = self._starts[lead]
        else:
            self._anchor = (self._boxes[self._id].left(), self._boxes[self._id].top())
        self._moving = True

    def move(self, pointer: Pointer) -> None:
        if self.document.read_only is not None:
            return
        if not self._moving:
            if (pointer.pixel - self._from.pixel).manhattanLength() < THRESHOLD:
                return
            self._begin(pointer)
        dx, dy = self._delta(pointer.at, pointer.modifiers)
        self.scene.preview_positions({id: (x + dx, y + dy) for id, (x, y) in self._starts.items()})
        for id, box in self._boxes.items():
            self.scene.annotations[id].place(box.translated(dx, dy))

    def _delta(self, at: QPointF, modifiers: Modifiers) -> Point:
        """How far everything goes, so that what was taken hold of lands on the grid. Shift keeps to one axis."""
        dx, dy = at.x() - self._from.at.x(), at.y() - self._from.at.y()
        if modifiers & Modifiers.ShiftModifier:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        x, y = geometry.snapped((self._anchor[0] + dx, self._anchor[1] + dy))
        return x - self._anchor[0], y - self._anchor[1]

    def release(self, pointer: Pointer) -> None:
        if not self._moving:
            if self._toggles:
                self.document.select(self.document.selection - {self._id})
            elif not pointer.adds:
                self.document.select({self._id})
            return
        self.move(pointer)
        dx, dy = self._delta(pointer.at, pointer.modifiers)
        edits: list[Edit] = []
        if dx or dy:
            if self._starts:
                edits.append(MoveEdit(to={id: (x + dx, y + dy) for id, (x, y) in self._starts.items()}))
            for id, box in self._boxes.items():
                section = self.scene.annotations[id].section
                edits.append(Set(section=section, id=id, values={"x": box.left() + dx, "y": box.top() + dy}))
        if not edits or not self.canvas.do(self._label(), edits):
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

    def cancel(self) -> None:
        if self._moving:
            self._moving = False
            self.scene.preview_positions(self._starts)
            self.scene.end_preview()
        self.document.select(self._before)
