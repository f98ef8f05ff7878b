"""Pulling a frame or a note larger or smaller by its corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from quartet.editor.canvas import geometry
from quartet.editor.canvas.annotations import LEAST
from quartet.editor.canvas.tools.tool import Pointer, Tool
from quartet.graph.edits import Set

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas


class Resize(Tool):
    """The top left corner stays where it is."""

    scrolls = True
    cursor = Qt.CursorShape.SizeFDiagCursor

    def __init__(self, canvas: Canvas, id: str) -> None:
        super().__init__(canvas)
        self._id = id

    def press(self, pointer: Pointer) -> None:
        self._item = self.scene.annotations[self._id]
        self._start = self._box = self._item.scene_rect()
        self._from = pointer.at
        self._before = self.document.selection
        self.document.select({self._id})

    def move(self, pointer: Pointer) -> None:
        if not self.may_change(pointer):
            return
        delta = pointer.at - self._from
        right = geometry.snap(self._start.right() + delta.x())
        bottom = geometry.snap(self._start.bottom() + delta.y())
        left, top = self._start.left(), self._start.top()
        self._box = QRectF(left, top, max(LEAST[0], right - left), max(LEAST[1], bottom - top))
        self._item.place(self._box)

    def release(self, pointer: Pointer) -> None:
        self.move(pointer)
        if self._box == self._start:
            return
        values = {"width": self._box.width(), "height": self._box.height()}
        name = "Resize the frame" if self._item.section == "frames" else "Resize the note"
        if not self.canvas.do(name, [Set(section=self._item.section, id=self._id, values=values)]):
            self.cancel()

    def cancel(self) -> None:
        self._item.place(self._start)
        self.document.select(self._before)
