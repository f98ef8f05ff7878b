"""What belongs to the thing under the resting pointer: the edges of an agent, an edge with the agents at its ends.

It comes after a moment, so that nothing flickers while the pointer crosses the drawing, and goes at once. It fades
nothing else: that is what the key for it does (`spotlight`), which stays until it is put out.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget
from shiboken6 import isValid

from quartet.editor.canvas import geometry
from quartet.editor.canvas.layer import Layer
from quartet.graph.model import AgentId, EdgeId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene
    from quartet.editor.canvas.view import Canvas

REST = 180
"""Milliseconds that the pointer rests on something before what belongs to it lights up."""
MOST = 200
"""Of an agent with more edges none lights up: that would be the whole drawing, and cost a frame."""
FAR = 2_000
"""While cards are blocks: the most agents among which a pointer still finds one."""


class PointedLayer(Layer):
    """Lights up lines and agents while cards are blocks; nearer, edges and cards paint their light themselves."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene, 2)  # over the blocks
        self.setVisible(False)

    def area(self) -> QRectF:
        """Where it paints."""
        room = 6 / self.canvas.zoom
        found = QRectF()
        for line in self._lines():
            found |= QRectF(line.p1(), line.p2()).normalized().adjusted(-room, -room, room, room)
        for box in self._boxes():
            found |= box.adjusted(-room, -room, room, room)
        return found

    def _lines(self) -> list[QLineF]:
        scene = self.canvas
        wires = [scene.wires.wires[id] for id in scene.pointed_edges if id in scene.wires.wires]
        found = []
        for wire in wires:
            ends = scene.positions.get(wire.source), scene.positions.get(wire.target)
            if ends[0] is None or ends[1] is None:
                continue
            start, end = (QRectF(*at, geometry.WIDTH, geometry.HEIGHT).center() for at in ends if at is not None)
            through = [start, *(QPointF(*point) for point in wire.via), end]
            found += [QLineF(a, b) for a, b in pairwise(through)]
        return found

    def _boxes(self) -> list[QRectF]:
        scene = self.canvas
        places = (scene.positions.get(AgentId(id)) for id in scene.pointed_agents)
        return [QRectF(*at, geometry.WIDTH, geometry.HEIGHT) for at in places if at is not None]

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        style = self.canvas.pens
        painter.setPen(style.edge_far_lit)
        painter.drawLines(self._lines())
        painter.setBrush(style.empty)
        for box in self._boxes():
            painter.drawRoundedRect(box, geometry.RADIUS, geometry.RADIUS)


class Pointing:
    """Follows what the pointer of one canvas rests on."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._on: str | None = None
        self._edge = False
        self._layer = PointedLayer(canvas.canvas_scene)
        canvas.canvas_scene.addItem(self._layer)
        self._rest = QTimer(canvas, singleShot=True, interval=REST)
        self._rest.timeout.connect(self.light)

    def at(self, agent: AgentId | None, edge: EdgeId | None) -> None:
        """The pointer is on this agent or this edge now, or (None) on neither."""
        on = edge if agent is None else agent
        if on == self._on and self._edge == (agent is None):
            return
        self.off()
        self._on, self._edge = on, agent is None
        if on is not None:
            self._rest.start()

    def off(self) -> None:
        """Nothing is pointed at."""
        if not isValid(self._rest):
            return  # the canvas is being taken down, and hears meanwhile that the pointer is elsewhere
        self._on = None
        self._rest.stop()
        scene = self._canvas.canvas_scene
        if scene.pointed_edges or scene.pointed_agents:
            self._show(frozenset(), frozenset())

    def light(self) -> None:
        """The pointer rests."""
        scene, on = self._canvas.canvas_scene, self._on
        if on is None or (scene.detail == "far" and len(scene.positions) > FAR):
            return
        wire = scene.wires.wires.get(on)
        if not self._edge:
            edges = scene.wires.incident.get(AgentId(on), set())
            if len(edges) <= MOST:
                self._show(frozenset(edges), frozenset())
        elif wire is not None:
            twin = [] if wire.twin is None else [wire.twin]
            self._show(frozenset([on, *twin]), frozenset([wire.source, wire.target]))

    def _show(self, edges: frozenset[str], agents: frozenset[AgentId]) -> None:
        scene, layer = self._canvas.canvas_scene, self._layer
        far = scene.detail == "far"
        if layer.isVisible():
            layer.update(layer.area())
        changed, cards = scene.pointed_edges ^ edges, scene.pointed_agents ^ agents
        scene.pointed_edges, scene.pointed_agents = edges, agents
        layer.setVisible(far and bool(edges or agents))
        if far:
            return
        scene.wires.repaint_wires(changed)
        for id in cards & scene.cards.keys():
            scene.cards[AgentId(id)].update()
