"""The rubber band: what it touches is selected."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsRectItem

from quartet.editor.canvas.annotations import FrameItem
from quartet.editor.canvas.tools.tool import Pointer, Tool


class Band(Tool):
    """A rectangle dragged over empty canvas. With Shift or Ctrl it adds to what is selected."""

    scrolls = True

    def press(self, pointer: Pointer) -> None:
        self._start = pointer.at
        self._before = self.document.selection
        self._kept = self._before if pointer.adds else frozenset[str]()
        self._item: QGraphicsRectItem | None = None
        self._pixel = pointer.pixel
        self.document.select(self._kept)

    def move(self, pointer: Pointer) -> None:
        if self._item is None:
            if (pointer.pixel - self._pixel).manhattanLength() < 4:
                return
            self._item = QGraphicsRectItem()
            self._item.setPen(self.scene.pens.band_line)
            self._item.setBrush(self.scene.pens.band_fill)
            self._item.setZValue(60)
            self.scene.addItem(self._item)
        box = QRectF(self._start, pointer.at).normalized()
        self._item.setRect(box)
        self.document.select(self._kept | self.touched(box))

    def touched(self, box: QRectF) -> frozenset[str]:
        """What a rectangle selects: agents and notes it touches, frames and edges it holds wholly."""
        scene = self.scene
        left, top, right, bottom = box.left(), box.top(), box.right(), box.bottom()
        agents = {
            id for id, (x, y) in scene.positions.items() if x < right and x + 184 > left and y < bottom and y + 62 > top
        }
        found = set[str](agents)
        for id, item in scene.annotations.items():
            rect = item.scene_rect()
            if box.contains(rect) if isinstance(item, FrameItem) else box.intersects(rect):
                found.add(id)
        edges = self.document.graph.edges
        for wire in scene.wires.near(box):
            if wire.id in edges and all(box.contains(QPointF(x, y)) for x, y in wire.points[:: len(wire.points) - 1]):
                found.add(wire.id)
        return frozenset(found)

    def release(self, pointer: Pointer) -> None:
        if self._item is None and not pointer.adds:  # a click beside everything lets go of everything
            self.document.highlight()
        self._end()

    def cancel(self) -> None:
        self._end()
        self.document.select(self._before)

    def _end(self) -> None:
        if self._item is not None:
            self.scene.removeItem(self._item)
            self._item = None
