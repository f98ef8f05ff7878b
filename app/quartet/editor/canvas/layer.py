"""A layer of the canvas: one item for many things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsItem

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

_EVERYWHERE = QRectF(-1e6, -1e6, 2e6, 2e6)


class Layer(QGraphicsItem):
    """It lies everywhere, so that Qt need not be told where, is told what of it to paint, and is hit by nothing."""

    def __init__(self, scene: CanvasScene, height: float) -> None:
        """`height`: over which other items it lies (Qt's z value)."""
        super().__init__()
        self.canvas = scene
        self.setZValue(height)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return _EVERYWHERE

    def shape(self) -> QPainterPath:
        return QPainterPath()
