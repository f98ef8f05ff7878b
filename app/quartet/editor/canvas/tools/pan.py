"""Dragging the view itself: the middle button, or the left one while space is held."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from quartet.editor.canvas.tools.tool import Pointer, Tool


class Pan(Tool):
    """The paper follows the hand."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def press(self, pointer: Pointer) -> None:
        self._start = self._last = pointer.pixel

    def move(self, pointer: Pointer) -> None:
        self.canvas.scroll_by(self._last - pointer.pixel)
        self._last = pointer.pixel

    def cancel(self) -> None:
        self.canvas.scroll_by(self._last - self._start if isinstance(self._start, QPoint) else QPoint())
