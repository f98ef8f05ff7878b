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


def paint(painter: QPainter, scene: CanvasScene, wire: Wire, words: str, chosen: bool) -> None:
    """Draw `words` on an edge's line; those of an edge that is `chosen` show wherever they lie."""
    style = scene.pens
    text = wire.label
    if text is None or wire.label_words != words:
        text = wire.label = static(words, style.label_font, style.label_metrics, PILL - 20)
        wire.label_words = words
    width = text.size().width() + 18
    at = wire.label_at
    if not chosen and _covers_a_card(scene, wire, at, width):
        return
    token = {"fallback": "warning", "broken": "failed"}.get(wire.look, "soft")
    painter.setBrush(style.panel)
    painter.setPen(style.selected_line if chosen else style.pill_line(wire.look))
    painter.drawRoundedRect(QRectF(at.x() - width / 2, at.y() - 9.5, width, 19), 9.5, 9.5)
    painter.setPen(style.theme.text(token))
    painter.setFont(style.label_font)
    painter.drawStaticText(QPointF(at.x() - width / 2 + 9, at.y() - 7), text)
    painter.setBrush(style.empty)


def _covers_a_card(scene: CanvasScene, wire: Wire, at: QPointF, width: float) -> bool:
    """Whether a pill would lie on a card at one of its edge's ends: then it shows only while that is selected."""
    for end in (wire.source, wire.target):
        left, top, right, bottom = geometry.card(scene.positions[end], 2)
        inside = left < at.x() + width / 2 and right > at.x() - width / 2
        if inside and top < at.y() + 10 and bottom > at.y() - 10:
            return True
    return False
