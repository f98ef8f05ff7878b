"""Cutting edges: a stroke of the pointer, and every edge it crosses goes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from quartet.editor.canvas import geometry, locking
from quartet.editor.canvas.tools.tool import Pointer, Tool
from quartet.editor.value_words import plural
from quartet.graph.edits import removal
from quartet.graph.model import EdgeId


class Cut(Tool):
    """A drag with the right button and Ctrl, or with the left one after Y. What it crosses fades, and then goes."""

    scrolls = True
    cursor = Qt.CursorShape.CrossCursor

    def press(self, pointer: Pointer) -> None:
        self.canvas.menu_taken = True
        self._last = pointer.at
        self._cut = frozenset[str]()
        self._held = False
        """It crossed an edge of a locked agent."""
        self._path = QPainterPath(pointer.at)
        self._item = QGraphicsPathItem()
        self._item.setPen(self.scene.pens.stroke)
        self._item.setZValue(60)
        self.scene.addItem(self._item)

    def move(self, pointer: Pointer) -> None:
        if pointer.at == self._last:
            return
        self._path.lineTo(pointer.at)
        self._item.setPath(self._path)
        self._cut |= self._crossed(self._last, pointer.at)
        self._last = pointer.at
        self.scene.wires.fade(self._cut)
        self.scene.hint.show_text(
            f"Cut {plural(len(self._cut), 'edge')}" if self._cut else "", pointer.at, refused=True
        )

    def _crossed(self, start: QPointF, end: QPointF) -> frozenset[str]:
        """The edges that a piece of the stroke crosses, where they can be seen."""
        edges = self.document.graph.edges
        a, b = (start.x(), start.y()), (end.x(), end.y())
        box = QRectF(start, end).normalized().adjusted(-1, -1, 1, 1)
        near = [wire for wire in self.scene.wires.near(box) if EdgeId(wire.id) in edges]
        crossed = [wire for wire in near if geometry.crosses(wire.points, a, b)]
        free = [wire for wire in crossed if locking.of_ends(self.document.graph, wire.source, wire.target) is None]
        if len(free) < len(crossed):
            self._held = True
        return frozenset(wire.id for wire in free)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        cut = [EdgeId(id) for id in self.document.graph.edges if id in self._cut]
        self.cancel()
        if cut:
            self.canvas.do(f"Cut {plural(len(cut), 'edge')}", removal(self.document.graph, (), cut))
        if self._held:
            self.canvas.say("Edges of locked agents stay.", pointer.at)

    def cancel(self) -> None:
        self.scene.removeItem(self._item)
        self.scene.wires.fade(frozenset())
        self.scene.hint.show_text("", QPointF())
