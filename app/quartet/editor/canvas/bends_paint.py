"""The handles of the points that a selected or pointed edge is led through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from quartet.editor.canvas.style import Style

if TYPE_CHECKING:
    from quartet.editor.canvas.wire import Wire

DOT, CHOSEN = 4.5, 6.0
"""Radius of a handle, and of the one that keys are about, in scene units."""


def handles(painter: QPainter, style: Style, wire: Wire, active: tuple[str, int] | None) -> None:
    """A ring at each point; the one that keys are about is larger and filled."""
    painter.setPen(style.port_hot)
    for index, point in enumerate(wire.via):
        chosen = active == (wire.id, index)
        painter.setBrush(style.port_hot.color() if chosen else style.port_fill)
        radius = CHOSEN if chosen else DOT
        painter.drawEllipse(QPointF(*point), radius, radius)
    painter.setBrush(style.empty)
