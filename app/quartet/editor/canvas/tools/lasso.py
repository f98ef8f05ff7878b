"""The lasso: what lies in a line drawn by hand is selected."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPolygonF
from PySide6.QtWidgets import QGraphicsPolygonItem

from quartet.editor.canvas import geometry
from quartet.editor.canvas.tools.tool import Pointer, Tool
from quartet.graph.model import EdgeId

STEP = 5
"""Pixels between two points of the line: a hand is no finer."""
LIVE = 2_000
"""Up to so many agents what would be selected shows while the line is drawn."""


class Lasso(Tool):
    """A drag with Alt over empty canvas, or with the left button after L. With Shift or Ctrl it adds."""

    scrolls = True
    cursor = Qt.CursorShape.CrossCursor

    def press(self, pointer: Pointer) -> None:
        self._before = self.document.selection
        self._kept = self._before if pointer.adds else frozenset[str]()
        self._pixel = pointer.pixel
        self._line = QPolygonF([pointer.at])
        self._item = QGraphicsPolygonItem()
        self._item.setPen(self.scene.pens.band_line)
        self._item.setBrush(self.scene.pens.band_fill)
        self._item.setZValue(60)
        self.scene.addItem(self._item)

    def move(self, pointer: Pointer) -> None:
        if (pointer.pixel - self._pixel).manhattanLength() < STEP:
            return
        self._pixel = pointer.pixel
        self._line.append(pointer.at)
        self._item.setPolygon(self._line)
        if len(self.scene.positions) <= LIVE:
            self.document.select(self._kept | self.held())

    def held(self) -> frozenset[str]:
        """What the line holds: agents, notes and frames by their middle, edges by both ends and their middle."""
        if self._line.size() < 3:
            return frozenset()
        line, rule = self._line, Qt.FillRule.WindingFill
        box = line.boundingRect()

        def inside(x: float, y: float) -> bool:
            return box.contains(x, y) and line.containsPoint(QPointF(x, y), rule)

        half_w, half_h = geometry.WIDTH / 2, geometry.HEIGHT / 2
        found = {str(id) for id, (x, y) in self.scene.positions.items() if inside(x + half_w, y + half_h)}
        for id, item in self.scene.annotations.items():
            middle = item.scene_rect().center()
            if inside(middle.x(), middle.y()):
                found.add(id)
        edges = self.document.graph.edges
        for wire in self.scene.wires.near(box):
            points = wire.points
            marks = (points[0], points[len(points) // 2], points[-1])
            if EdgeId(wire.id) in edges and all(inside(x, y) for x, y in marks):
                found.add(wire.id)
        return frozenset(found)

    def release(self, pointer: Pointer) -> None:
        self.scene.removeItem(self._item)
        self.document.select(self._kept | self.held())

    def cancel(self) -> None:
        self.scene.removeItem(self._item)
        self.document.select(self._before)
