"""Dragging a point that an edge is led through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from quartet.editor.canvas import bends
from quartet.editor.canvas.guides import Guides
from quartet.editor.canvas.tools.move import THRESHOLD, delta
from quartet.editor.canvas.tools.tool import Pointer, Tool
from quartet.graph.model import EdgeId

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas


class Bend(Tool):
    """A drag of one point, on the grid and along guides. A press without a drag makes it the one keys are about."""

    scrolls = True
    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, canvas: Canvas, edge: EdgeId, index: int) -> None:
        super().__init__(canvas)
        self._edge, self._index = edge, index

    def press(self, pointer: Pointer) -> None:
        self._from = pointer
        self._before = self.document.selection
        self._points = tuple(self.document.graph.edges[self._edge].points or ())
        self._at = self._points[self._index]
        self._guides: Guides | None = None
        self.document.select({self._edge})
        bends.choose(self.canvas, self._edge, self._index)

    def move(self, pointer: Pointer) -> None:
        x, y = self._points[self._index]
        if self._guides is None:
            if (pointer.pixel - self._from.pixel).manhattanLength() < THRESHOLD or not self.may_change(pointer):
                return
            self._guides = Guides(self.scene, {}, (x, y, x, y))
        dx, dy = delta(self._from, pointer, (x, y), self._guides)
        self._at = (x + dx, y + dy)
        points = [*self._points]
        points[self._index] = self._at
        bends.show(self.scene, {self._edge: points}, 0.0, 0.0)

    def release(self, pointer: Pointer) -> None:
        if self._guides is None:
            return
        self.move(pointer)
        self._guides.away()
        at, self._guides = self._at, None
        bends.let_go(self.scene, {self._edge: self._points})
        if at != self._points[self._index]:
            bends.put(self.canvas, self._edge, self._index, at)

    def cancel(self) -> None:
        if self._guides is not None:
            self._guides.away()
            self._guides = None
            bends.let_go(self.scene, {self._edge: self._points})
        self.document.select(self._before)
