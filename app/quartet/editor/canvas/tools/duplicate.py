"""Duplicating by dragging: the copies follow the pointer, with the edges among them; the originals stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QGraphicsRectItem

from quartet.editor.canvas import clipboard, geometry
from quartet.editor.canvas.geometry import Box
from quartet.editor.canvas.guides import Guides
from quartet.editor.canvas.tools.move import THRESHOLD, delta
from quartet.editor.canvas.tools.tool import Pointer, Tool
from quartet.editor.value_words import plural
from quartet.graph.names import paste

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

GHOSTS = 200
"""Of more copies only their common outline follows the pointer."""


class Duplicate(Tool):
    """A drag of agents or notes with Alt held when it began. A press without a drag selects."""

    scrolls = True
    cursor = Qt.CursorShape.DragCopyCursor

    def __init__(self, canvas: Canvas, id: str) -> None:
        super().__init__(canvas)
        self._id = id

    def press(self, pointer: Pointer) -> None:
        self._from = pointer
        self._before = self.document.selection
        self._ghosts: list[QGraphicsRectItem] = []
        self._guides: Guides | None = None
        self._by = (0.0, 0.0)
        if self._id not in self._before:
            self.document.select({self._id})

    def _begin(self) -> Guides:
        scene = self.scene
        chosen = self.document.selection
        agents = [geometry.card(at) for id, at in scene.positions.items() if id in chosen]
        boxes: list[Box] = list(agents)
        for id in chosen & scene.annotations.keys():
            rect = scene.annotations[id].scene_rect()
            boxes.append((rect.left(), rect.top(), rect.right(), rect.bottom()))
            if id == self._id:
                self._anchor = (rect.left(), rect.top())
        whole = geometry.union(boxes) or (0.0, 0.0, 0.0, 0.0)
        at = next((at for id, at in scene.positions.items() if id == self._id), None)
        if at is not None:
            self._anchor = at
        for left, top, right, bottom in boxes if len(boxes) <= GHOSTS else [whole]:
            ghost = QGraphicsRectItem(QRectF(left, top, right - left, bottom - top))
            ghost.setPen(scene.pens.preview)
            ghost.setBrush(scene.pens.band_fill)
            ghost.setZValue(55)
            scene.addItem(ghost)
            self._ghosts.append(ghost)
        # the originals stay where they are: the copies line up with them too
        return Guides(scene, () if len(boxes) <= 50 else chosen, whole)

    def move(self, pointer: Pointer) -> None:
        if self._guides is None:
            if (pointer.pixel - self._from.pixel).manhattanLength() < THRESHOLD or not self.may_change(pointer):
                return
            self._guides = self._begin()
        self._by = delta(self._from, pointer, self._anchor, self._guides)
        for ghost in self._ghosts:
            ghost.setPos(*self._by)

    def release(self, pointer: Pointer) -> None:
        if self._guides is None:
            self.document.select({self._id})
            return
        self.move(pointer)
        self._clear()
        if self._by == (0.0, 0.0):
            return
        piece = clipboard.selected_fragment(self.canvas)
        pasted = paste(self.document.graph, piece, self._by)
        count = len(piece.agents)
        if self.canvas.do(f"Duplicate {plural(count, 'agent')}" if count else "Duplicate", pasted.edits):
            self.document.select(pasted.ids)

    def _clear(self) -> None:
        if self._guides is not None:
            self._guides.away()
        for ghost in self._ghosts:
            self.scene.removeItem(ghost)
        self._ghosts = []

    def cancel(self) -> None:
        self._clear()
        self.document.select(self._before)
