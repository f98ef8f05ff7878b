"""Drawing an edge from a port to another agent, and moving an end of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, Qt

from quartet.editor.canvas import fitting, geometry, locking
from quartet.editor.canvas.geometry import Curve, Point, Side
from quartet.editor.canvas.tools.tool import Pointer, Tool
from quartet.editor.canvas.wire import as_path
from quartet.editor.connections import (
    connect,
    label,
    reconnect,
    refusal,
    round_about,
)
from quartet.graph.model import AgentId, EdgeId, EdgeKind

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

End = Literal["source", "target"]
FAR = 24
"""Pixels that a wire must be drawn before its end on empty canvas means something."""


class Connect(Tool):
    """A wire from one agent's port. Dropped on an agent it becomes the edge that this side and place mean.

    Dropped on empty canvas it asks what it should lead to.
    """

    scrolls = True
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas, agent: AgentId, side: Side) -> None:
        super().__init__(canvas)
        self._agent = agent
        self._side = side

    def press(self, pointer: Pointer) -> None:
        self._target: AgentId | None = None
        self._pixel = pointer.pixel
        self._near = round_about(self.document.graph, {self._agent})

    def _ends(self, other: AgentId) -> tuple[AgentId, AgentId]:
        return fitting.ends(self._side, self._agent, other)

    def _judge(self, other: AgentId, alt: bool) -> tuple[EdgeKind, str | None]:
        source, target = self._ends(other)
        kind = fitting.kind_of_gesture(self._near, source, target, self._side, alt=alt)
        held = self.document.read_only or locking.of_ends(self._near, source, target)
        return kind, held or refusal(self._near, source, target, kind)

    def move(self, pointer: Pointer) -> None:
        scene = self.scene
        target = self.canvas.agent_at(pointer.at, 10.0)
        if target == self._agent and self._near_start(pointer):
            target = None
        self._target = target
        dashed, text, reason = self._side in ("top", "bottom"), "", None
        if target is not None:
            kind, reason = self._judge(target, pointer.alt)
            dashed = kind == "supervise"
            text = reason or self._says(kind, target)
        scene.hint.refused = reason is not None
        scene.hint.show_line(as_path(self._curve(pointer.at, target)), dashed)
        scene.hint.show_text(text, pointer.at, refused=reason is not None)
        ends = frozenset() if target is None else frozenset({str(target)})
        self.canvas.show_targets(ends if reason is None else frozenset(), ends if reason is not None else frozenset())

    def _near_start(self, pointer: Pointer) -> bool:
        x, y = geometry.port(self.scene.positions[self._agent], self._side)
        return (QPointF(x, y) - pointer.at).manhattanLength() < 60

    def _says(self, kind: EdgeKind, other: AgentId) -> str:
        source, target = self._ends(other)
        agents = self.document.graph.agents
        first, second = agents[source].name, agents[target].name
        match kind:
            case "flow":
                return f"{first} → {second}"
            case "supervise":
                return f"{first} watches {second}"
            case "handoff":
                return f"{first} hands off to {second}"
            case "share":
                return f"{first} and {second} share"

    def _curve(self, at: QPointF, target: AgentId | None) -> Curve:
        positions = self.scene.positions
        start = geometry.port(positions[self._agent], self._side)
        end: Point = (at.x(), at.y())
        if target is not None and target != self._agent:
            end = geometry.port(positions[target], fitting.OPPOSITE[self._side])
        return fitting.curve_from(self._side, start, end)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        target = self._target
        self.cancel()
        if target is None:
            if not self._near_start(pointer) and (pointer.pixel - self._pixel).manhattanLength() >= FAR:
                self.canvas.adding.wire(self._agent, self._side, pointer.at, alt=pointer.alt)
            return
        kind, reason = self._judge(target, pointer.alt)
        if reason is not None:
            self.canvas.say(reason, pointer.at)
            return
        source, end = self._ends(target)
        id, edits = connect(self.document.graph, source, end, kind)
        if self.canvas.do(label(self.document.graph, source, end, kind), edits):
            self.document.select({id})
            self.scene.fresh = id
            self.canvas.offer_kinds(id, pointer.pixel)

    def cancel(self) -> None:
        self.scene.hint.show_line(None)
        self.scene.hint.show_text("", QPointF())
        self.canvas.show_targets(frozenset(), frozenset())


class Reconnect(Tool):
    """One end of a selected edge is taken to another agent; everything else about the edge stays."""

    scrolls = True
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas, edge: EdgeId, end: End) -> None:
        super().__init__(canvas)
        self._edge = self.document.graph.edges[edge]
        self._end: End = end

    def press(self, pointer: Pointer) -> None:
        self._target: AgentId | None = None
        self._near = round_about(self.document.graph, {self._edge.source, self._edge.target})

    def _ends(self, other: AgentId) -> tuple[AgentId, AgentId]:
        return (other, self._edge.target) if self._end == "source" else (self._edge.source, other)

    def _reason(self, other: AgentId) -> str | None:
        held = self.document.read_only or locking.of_ends(self._near, self._edge.source, self._edge.target, other)
        return held or refusal(self._near, *self._ends(other), self._edge.kind, self._edge.id)

    def move(self, pointer: Pointer) -> None:
        scene = self.scene
        self._target = target = self.canvas.agent_at(pointer.at, 10.0)
        wire = scene.wires.wires.get(self._edge.id)
        if wire is None:
            return
        curve = wire.curve
        x, y = pointer.at.x(), pointer.at.y()
        fixed = (curve[6], curve[7]) if self._end == "source" else (curve[0], curve[1])
        upright = self._edge.kind == "supervise"
        line = geometry.upright if upright else geometry.sideways
        reason = None if target is None else self._reason(target)
        scene.hint.refused = reason is not None
        scene.hint.show_line(as_path(line((x, y), fixed) if self._end == "source" else line(fixed, (x, y))), upright)
        scene.hint.show_text(reason or "", pointer.at, refused=True)
        ends = frozenset() if target is None else frozenset({str(target)})
        self.canvas.show_targets(ends if reason is None else frozenset(), ends if reason is not None else frozenset())

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        target = self._target
        self.cancel()
        if target is None:
            return
        reason = self._reason(target)
        if reason is not None:
            self.canvas.say(reason, pointer.at)
            return
        edits = reconnect(self.document.graph, self._edge, *self._ends(target))
        if edits:
            self.canvas.do("Move the edge’s end", edits)

    def cancel(self) -> None:
        self.scene.hint.show_line(None)
        self.scene.hint.show_text("", QPointF())
        self.canvas.show_targets(frozenset(), frozenset())
