"""What a card shows beside its agent: that it is muted or bypassed, and how little is left of it when collapsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from quartet.editor.canvas import geometry
from quartet.editor.canvas.backs import SMALL
from quartet.editor.canvas.style import Style
from quartet.editor.theme import STATES

if TYPE_CHECKING:
    from quartet.editor.canvas.card import Card, Face

MARKS = {"error": ("circle-alert", "failed"), "warning": ("triangle-alert", "warning")}
"""The icon and its token by the worst finding of an agent."""
TEXTS = {"muted": "Muted: runs leave it out", "bypassed": "Bypassed"}
_LINE = 51.0
"""Height of the line that leads through a bypassed agent's card."""


def third_line(card: Card, painter: QPainter, style: Style, face: Face) -> None:
    """Instead of its policy: what runs do with the agent, in an icon and words, or as a line that leads through it."""
    painter.setFont(style.small_font)
    painter.setPen(style.soft)
    if face.disabled == "muted":
        card.put_icon(painter, QPointF(12, 44), face, "muted", "soft", 12)
        painter.drawText(QPointF(29, 54.5), TEXTS["muted"])
        return
    text = TEXTS["bypassed"]
    width = style.small_metrics.horizontalAdvance(text)
    left, right = (geometry.WIDTH - width) / 2 - 6, (geometry.WIDTH + width) / 2 + 6
    painter.drawText(QPointF(left + 6, _LINE + 4), text)
    painter.drawLines([QLineF(6, _LINE, left, _LINE), QLineF(right, _LINE, geometry.WIDTH - 9, _LINE)])
    tip = geometry.arrow((geometry.WIDTH - 8, _LINE), (right, _LINE), 6)
    painter.drawPolyline(QPolygonF([QPointF(*point) for point in tip]))


def small_card(card: Card, painter: QPainter, style: Style, face: Face) -> None:
    """A collapsed agent: icon and name, and at the right what is the matter with it."""
    scene, x, y = card.canvas, SMALL.x(), SMALL.y()
    icon, token = (face.disabled, "soft") if face.disabled else (face.icon_name, face.icon_token)
    status = scene.status_of(card.id)
    if status is not None and status != "idle":
        icon, token = STATES[status].icon, STATES[status].token
    card.put_icon(painter, QPointF(x + 10, y + 7), face, icon, token, 16)
    painter.setPen(style.soft if face.disabled == "muted" else style.ink)
    painter.setFont(style.name_font)
    painter.drawStaticText(QPointF(x + 35, y + 6), face.name)
    right = SMALL.right() - 8
    mark = scene.marks.get(card.id)
    if mark:
        right -= 14
        card.put_icon(painter, QPointF(right, y + 8), face, *MARKS[mark], 14)
        right -= 3
    if face.locked:
        card.put_icon(painter, QPointF(right - 12, y + 9), face, "lock", "soft", 12)
    if face.disabled == "bypassed":
        painter.setPen(style.soft)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawLine(QLineF(x + 35, SMALL.bottom() - 4, SMALL.right() - 10, SMALL.bottom() - 4))
