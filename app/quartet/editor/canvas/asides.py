"""Events of the canvas beside gestures and keys: tooltips, pinches, Tab, another screen.

A filter takes them, and no override of `event`, through which each movement of the pointer would go, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QNativeGestureEvent
from PySide6.QtWidgets import QToolTip

from quartet.editor.canvas import keys, tips

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas


class Asides(QObject):
    """Sees the events of a canvas and of its viewport before they do."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        canvas.installEventFilter(self)
        canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        canvas, kind = self._canvas, event.type()
        if kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and watched is canvas.viewport():
            text = tips.tip(canvas.canvas_scene, canvas.hit(canvas.mapToScene(event.pos())))
            QToolTip.showText(event.globalPos(), text, canvas.viewport())
            return True
        if kind == QEvent.Type.NativeGesture and isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture and watched is canvas.viewport():
                canvas.set_zoom(canvas.zoom * (1 + event.value()), event.position().toPoint())
                return True
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is canvas:
            return keys.tab(canvas, event)  # a key of the canvas as long as there is an agent to go to
        elif kind == QEvent.Type.DevicePixelRatioChange and watched is canvas:
            canvas.show_on_screen()
        return False
