"""What lies under a card's text, as pixmaps: shadow, halo, body, line, icon and ports, once per look and zoom.

A card's text differs from its neighbour's; all else is one of a few looks. Painting a pixmap whose pixels are the
screen's is many times as fast as painting rounded, smooth shapes for every card of every frame.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap

from quartet.editor import icons
from quartet.editor.canvas import geometry, small
from quartet.editor.canvas.geometry import Side
from quartet.editor.theme import mix

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

CARD = QRectF(0, 0, geometry.WIDTH, geometry.HEIGHT)
SMALL = QRectF(small.IN_X, small.IN_Y, small.SMALL_WIDTH, small.SMALL_HEIGHT)
SMALL_RADIUS = 8.0
STRIPE = 5.0
"""Width of the stripe at the left of a card that a person gave a colour."""
MARGIN = 9.0
"""Round the card, for shadow, halo and ports, in scene units."""
RING = 4.5
ICON_BOX = QRectF(11, 10, 28, 28)
MOST = 400


class Look(NamedTuple):
    """Everything a back depends on, beside theme and zoom."""

    line: str
    """"plain", "selected", "refused", "unknown", "muted", "bypassed", or a status."""
    halo: str
    """"", "selected" or "lit"."""
    ground: str
    """The token that tints the icon's ground."""
    sides: tuple[Side, ...]
    """The ports that are shown."""
    paint: str = ""
    """The colour a person gave it, by name."""
    small: bool = False
    """It is collapsed."""
    icon: tuple[str, str] = ("", "")
    """Name and token of the icon on it; "": it is painted over it with the text, as on cards with all text."""


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
        if look.icon[0]:
            self._icon(painter, look)
        painter.end()
        pixmap.setDevicePixelRatio(scene.device_ratio)
        return pixmap

    def paint(self, painter: QPainter, look: Look) -> None:
        """Draw a look itself, with the card's corner at the painter's origin: where pixels are of no use."""
        scene = self._scene
        style = scene.pens
        card, radius = (SMALL, SMALL_RADIUS) if look.small else (CARD, geometry.RADIUS)
        if scene.detail == "full":
            painter.setPen(style.none)
            for brush, growth, drop in style.shadows:
                painter.setBrush(brush)
                box = card.adjusted(-growth, -growth + drop, growth, growth + drop)
                painter.drawRoundedRect(box, radius + growth, radius + growth)
        painter.setBrush(style.empty)
        if look.halo:
            painter.setPen(style.halo if look.halo == "selected" else style.evidence_halo)
            painter.drawRoundedRect(card.adjusted(-3, -3, 3, 3), radius + 3, radius + 3)
        paint = style.theme.paint(look.paint)
        if paint is None:
            painter.setBrush(style.node)
        else:
            self._coloured(painter, card, radius, paint)
        painter.setPen(self._line(look.line))
        painter.drawRoundedRect(card, radius, radius)
        painter.setPen(style.none)
        painter.setBrush(QBrush(style.theme.tint(look.ground)))
        match scene.detail:
            case _ if look.small:
                painter.drawRoundedRect(QRectF(card.x() + 7, card.y() + 4, 22, 22), 6, 6)
            case "full":
                painter.drawRoundedRect(ICON_BOX, 7, 7)
            case "named":
                painter.drawRoundedRect(QRectF(9, 15, 32, 32), 8, 8)
            case _:
                painter.drawRoundedRect(card.adjusted(6, 6, -6, -6), 7, 7)
        painter.setBrush(style.port_fill)
        painter.setPen(style.port_line)
        for side in look.sides:
            at = geometry.port((0.0, 0.0), side)
            painter.drawEllipse(QPointF(*(small.inward(at, side) if look.small else at)), RING, RING)

    def _icon(self, painter: QPainter, look: Look) -> None:
        """The icon of a card without all its text, on whole pixels."""
        ratio = self._scene.pixel_ratio
        named = self._scene.detail == "named"
        if look.small:
            x, y, size = SMALL.x() + 10, SMALL.y() + 7, 16
        else:
            x, y, size = (15.0, 21.0, 20) if named else (geometry.WIDTH / 2 - 16, 15.0, 32)
        name, token = look.icon
        picture = icons.pixmap(name, self._scene.pens.theme.text(token), size, ratio)
        painter.drawPixmap(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), picture)

    def _coloured(self, painter: QPainter, card: QRectF, radius: float, color: QColor) -> None:
        """The ground of a card in a colour: a stripe of it at the left, and a breath of it all over."""
        look = self._scene.pens.theme
        painter.setPen(self._scene.pens.none)
        painter.setBrush(color)
        painter.drawRoundedRect(card, radius, radius)
        whole, rest = QPainterPath(), QPainterPath()
        whole.addRoundedRect(card, radius, radius)
        rest.addRect(card.adjusted(STRIPE, 0, 0, 0))
        painter.setBrush(mix(color, look.node, 0.15 if look.dark else 0.1))
        painter.drawPath(whole.intersected(rest))  # an SVG would know no clip
        painter.setBrush(self._scene.pens.empty)

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
            case "muted":
                return style.card_muted
            case "bypassed":
                return style.card_bypassed
            case _:
                return self._scene.state_pen(line)
