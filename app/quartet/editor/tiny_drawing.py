"""A piece of a graph as an icon: what lists show of a fragment that has none of its own."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from quartet.editor import theme
from quartet.graph.model import Graph


def paint(painter: QPainter, square: QRectF, graph: Graph) -> None:
    """Draw `graph` where others have an icon: its agents as blocks and its edges as lines, spread over the square."""
    look = theme.current()
    points = {id: graph.positions[id] for id in graph.agents if id in graph.positions}
    if not points:
        return
    across, down = [x for x, _ in points.values()], [y for _, y in points.values()]
    block = max(2.0, min(6.0, square.width() * 0.42 / max(1, len(points)) ** 0.5))
    room = square.adjusted(4 + block / 2, 4 + block / 2, -4 - block / 2, -4 - block / 2)

    def at(place: float, low: float, high: float, start: float, size: float) -> float:
        return start + (size * (place - low) / (high - low) if high > low else size / 2)

    spots = {
        id: QPointF(
            at(x, min(across), max(across), room.left(), room.width()),
            at(y, min(down), max(down), room.top(), room.height()),
        )
        for id, (x, y) in points.items()
    }
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.alpha(look.accent, 0.5), 1))
    for edge in graph.edges.values():
        if edge.source in spots and edge.target in spots:
            painter.drawLine(spots[edge.source], spots[edge.target])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.accent)
    for spot in spots.values():
        painter.drawRoundedRect(QRectF(spot.x() - block / 2, spot.y() - block / 2, block, block), 1.5, 1.5)
    painter.restore()
