"""How one stretch of the timeline looks: its shape says what it is as well as its colour does."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from quartet.editor import icons, theme

BAR = 8
"""Height of a bar in pixels."""
HOLLOW = frozenset({"waiting", "held"})
THIN = frozenset({"ready", "queued", "backoff"})
CROSSED = frozenset({"failed", "timed_out"})


def paint_span(painter: QPainter, status: str, x: float, end: float, middle: float, overseer: bool) -> None:
    """Paint a stretch of `status` from pixel `x` to `end` around the height `middle`."""
    now = theme.current()
    color = now.state(status) if status in theme.STATES else now.idle
    if overseer and status in ("running", "succeeded"):
        color = theme.alpha(now.supervisor, 0.55)
    if status in THIN:
        pen = QPen(color, 2)
        if status == "backoff":
            pen.setDashPattern([1, 2])
        painter.setPen(pen)
        painter.drawLine(QPointF(x + 1, middle), QPointF(max(x + 2, end - 1), middle))
        return
    box = QRectF(x, middle - BAR / 2, max(2.0, end - x), BAR)
    if status in HOLLOW:
        pen = QPen(color, 1.5)
        if status == "held":
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(now.panel)
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 2.5, 2.5)
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(box, 3, 3)
    if status in CROSSED and box.width() >= 14:
        paint_cross(painter, box.right() - 6, middle, now.panel)


def paint_cross(painter: QPainter, x: float, middle: float, color: QColor) -> None:
    """A small cross: this attempt came to nothing."""
    painter.setPen(QPen(color, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(x - 2, middle - 2), QPointF(x + 2, middle + 2))
    painter.drawLine(QPointF(x - 2, middle + 2), QPointF(x + 2, middle - 2))


def paint_ending(painter: QPainter, status: str, x: float, middle: float) -> None:
    """The icon of how it ended, behind the last stretch."""
    look = theme.STATES[status]
    icons.paint(painter, look.icon, theme.current().state_text(status), QRectF(x, middle - 6, 12, 12))
