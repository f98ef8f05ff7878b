"""The wheel and two fingers: a wheel zooms at the pointer, fingers move the paper; with Ctrl both zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputDevice, QWheelEvent

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

NOTCH = 120
"""What one notch of a wheel turns, in eighths of a degree."""
GROWS = 1.0015
"""How much larger everything gets for each eighth of a degree."""


def turn(canvas: Canvas, event: QWheelEvent) -> None:
    """Zoom or scroll, as the device and the keys that are held say."""
    held, angle, pixels = event.modifiers(), event.angleDelta(), event.pixelDelta()
    fingers = is_touchpad(event)
    sideways = bool(held & Qt.KeyboardModifier.ShiftModifier) or (angle.y() == 0 and angle.x() != 0)
    if held & Qt.KeyboardModifier.ControlModifier or not (fingers or sideways):
        canvas.set_zoom(canvas.zoom * GROWS ** (angle.y() or pixels.y()), event.position().toPoint())
    else:
        by = pixels if fingers and not pixels.isNull() else angle / 2
        if held & Qt.KeyboardModifier.ShiftModifier and by.x() == 0:
            by = QPoint(by.y(), 0)
        canvas.scroll_by(-by)
    event.accept()


def is_touchpad(event: QWheelEvent) -> bool:
    """Whether fingers did it. A delta in pixels alone does not say so: under X11 and on macOS wheels have one as well.

    Under X11 neither device nor phase tell; there it is no whole number of notches, or it goes both ways at once.
    """
    if event.phase() != Qt.ScrollPhase.NoScrollPhase or event.deviceType() == QInputDevice.DeviceType.TouchPad:
        return True
    x, y = event.angleDelta().x(), event.angleDelta().y()
    return not event.pixelDelta().isNull() and (x % NOTCH != 0 or y % NOTCH != 0 or (x != 0 and y != 0))
