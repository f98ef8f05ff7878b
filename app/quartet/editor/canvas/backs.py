"""What lies under a card's text, as pixmaps: shadow, halo, body, line, icon ground and ports, once per look and zoom.

A card's text differs from its neighbour's; all else is one of a few looks. Painting a pixmap whose pixels are the
screen's is many times as fast as painting rounded, smooth shapes for every card of every frame.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPixmap

from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Side

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

CARD = QRectF(0, 0, geometry.WIDTH, geometry.HEIGHT)
MARGIN = 9.0
"""Round the card, for shadow, halo and ports, in scene units."""
RING = 4.5
ICON_BOX = QRectF(11, 10, 28, 28)
MOST = 200


class Look(NamedTuple):
    """Everything a back depends on, beside theme and zoom."""

    line: str
    """"plain", "selected", "refused", "unknown", or a status."""
    halo: str
    """"", "selected" or "lit"."""
    ground: str
    """The token that tints the icon's ground."""
    sides: tuple[Side, ...]
    """The ports that are shown."""


class Backs:
    """The pixmaps of one scene, for one theme and scale."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._made: dict[Look, QPixmap] = {}
        self._for: tuple[object, ...] = ()
        self.offset = 0
        """Pixels of the pixmap left of and above the card's corner."""

    def of(self, look: Look) -> QPixmap:
        """The pixmap for a look, at the scene's scale."""
        scene = self._scene
        state = (scene.pixel_ratio, scene.device_ratio, scene.detail, scene.pens)
        if state != self._for or len(self._made) > MOST:
            self._for = state
            self._made = {}
            self.offset = ceil(MARGIN * scene.pixel_ratio)
        found = self._made.get(look)
        if found is None:
            found = self._made[look] = self._draw(look)
        return found

    def _draw(self, look: Look) -> QPixmap:
        scene = self._scene
        ratio = scene.pixel_ratio
        pixmap = QPixmap(
            ceil(geometry.WIDTH * ratio) + 2 * self.offset, ceil(geometry.HEIGHT * ratio) + 2 * self.offset
        )
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self.offset, self.offset)
        painter.scale(ratio, ratio)
        self.paint(painter, look)
        painter.end()
        pixmap.setDevicePixelRatio(scene.device_ratio)
        return pixmap

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw a look itself, with the card's corner at the painter's origin: where pixels are of no use."""
        scene = self._scene
        style = scene.pens
        radius = geometry.RADIUS
        if scene.detail == "full":
            painter.setPen(style.none)
            for brush, growth, drop in style.shadows:
                painter.setBrush(brush)
                box = CARD.adjusted(-growth, -growth + drop, growth, growth + drop)
                painter.drawRoundedRect(box, radius + growth, radius + growth)
        painter.setBrush(style.empty)
        if look.halo:
            painter.setPen(style.halo if look.halo == "selected" else style.evidence_halo)
            painter.drawRoundedRect(CARD.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)
        painter.setBrush(style.node)
        painter.setPen(self._line(look.line))
        painter.drawRoundedRect(CARD, radius, radius)
        painter.setPen(style.none)
        painter.setBrush(QBrush(style.theme.tint(look.ground)))
        match scene.detail:
            case "full":
                painter.drawRoundedRect(ICON_BOX, 7, 7)
            case "named":
                painter.drawRoundedRect(QRectF(9, 15, 32, 32), 8, 8)
            case _:
                painter.drawRoundedRect(CARD.adjusted(6, 6, -6, -6), 7, 7)
        painter.setBrush(style.port_fill)
        painter.setPen(style.port_line)
        for side in look.sides:
            painter.drawEllipse(QPointF(*geometry.port((0.0, 0.0), side)), RING, RING)

    def _line(self, line: str) -> QPen:
        style = self._scene.pens
        match line:
            case "plain":
                return style.card_line
            case "selected":
                return style.selected_line
            case "refused":
                return style.refused_line
            case "unknown":
                return style.card_unknown
            case _:
                return self._scene.state_pen(line)
