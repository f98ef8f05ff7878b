"""What a gesture is: it previews while it lasts, changes the document once when it ends, and leaves nothing behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

Buttons = Qt.MouseButton
Modifiers = Qt.KeyboardModifier


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, and what is held down."""

    at: QPointF
    """In scene units."""
    pixel: QPoint
    """In pixels of the viewport."""
    button: Buttons
    """The button that this is about; NoButton of a move."""
    modifiers: Modifiers

    @property
    def adds(self) -> bool:
        """Whether what is chosen is added to the selection."""
        return bool(self.modifiers & (Modifiers.ShiftModifier | Modifiers.ControlModifier))

    @property
    def alt(self) -> bool:
        return bool(self.modifiers & Modifiers.AltModifier)


class Tool:
    """Base of the gestures. The view gives it every event of the pointer until it is over."""

    scrolls = False
    """Whether the view scrolls while the pointer is at its edge."""
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.scene = canvas.canvas_scene
        self.document = canvas.document
        self._told = False

    def may_change(self, pointer: Pointer) -> bool:
        """Whether the document can be changed. If not, says once beside the pointer why."""
        reason = self.document.read_only
        if reason is not None and not self._told:
            self._told = True
            self.canvas.say(reason, pointer.at)
        return reason is None

    def press(self, pointer: Pointer) -> None:
        """A button went down."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moved (or the view scrolled under it)."""

    def release(self, pointer: Pointer) -> None:
        """The button went up: the gesture takes effect."""

    def cancel(self) -> None:
        """Nothing has happened: previews are taken back."""


def arm(canvas: Canvas, tool: type[Tool] | None, text: str = "") -> None:
    """Let the next drag with the left button be this gesture, and say so in a few words (None: be what it is)."""
    canvas.armed = tool
    view = canvas.viewport()
    if tool is None:
        view.setCursor(Qt.CursorShape.ArrowCursor)
        return
    view.setCursor(tool.cursor)
    pixel = view.mapFromGlobal(QCursor.pos()) if view.underMouse() else QPoint(view.width() // 2, 8)
    canvas.remark.tell(text, pixel)
