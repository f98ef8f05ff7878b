"""The pills on edges: a condition, what a run carried. They give way where they would lie on a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from quartet.editor.canvas import geometry
from quartet.editor.canvas.card import static
from quartet.editor.canvas.wire import PILL, Wire

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

LEAST = 44.0
"""A pill with less room, in pixels, says nothing: it shows only while its edge is selected."""


def paint(painter: QPainter, scene: CanvasScene, wire: Wire, words: str, chosen: bool) -> None:
    """Draw `words` on an edge's line; cut to the room between its cards; of a `chosen` edge all."""
    style = scene.pens
    at = wire.label_at
    room = PILL if chosen else _room(scene, wire, at)
    if room < LEAST:
        return
    padding = 9 if room > 2 * LEAST else 5
    shown = f"{words}\n{room:.0f}"
    text = wire.label
    if text is None or wire.label_words != shown:
        text = wire.label = static(words, style.label_font, style.label_metrics, room - 2 * padding - 2)
        wire.label_words = shown
    width = text.size().width() + 2 * padding
    token = {"fallback": "warning", "broken": "failed"}.get(wire.look, "soft")
    painter.setBrush(style.panel)
    painter.setPen(style.selected_line if chosen else style.pill_line(wire.look))
    painter.drawRoundedRect(QRectF(at.x() - width / 2, at.y() - 9.5, width, 19), 9.5, 9.5)
    painter.setPen(style.theme.text(token))
    painter.setFont(style.label_font)
    painter.drawStaticText(QPointF(at.x() - width / 2 + padding, at.y() - 7), text)
    painter.setBrush(style.empty)


def _room(scene: CanvasScene, wire: Wire, at: QPointF) -> float:
    """How wide a pill may be that lies on no card at one of its edge's ends."""
    half = PILL / 2
    for end in (wire.source, wire.target):
        left, top, right, bottom = geometry.card(scene.positions[end])
        if top < at.y() + 10 and bottom > at.y() - 10:
            half = min(half, max(left - at.x(), at.x() - right, 0.0))
    return 2 * half
