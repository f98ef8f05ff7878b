"""What differs between two versions, over the drawing of both: a sign, a line and a colour for each difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from quartet.editor import theme
from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Point
from quartet.editor.canvas.layer import Layer
from quartet.editor.canvas.wire import Wire
from quartet.graph.diff_words import SIGNS
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene
    from quartet.graph.diff import How

TOKENS: dict[How, str] = {"added": "succeeded", "removed": "failed", "changed": "warning"}
LINES: dict[How, Qt.PenStyle] = {
    "added": Qt.PenStyle.SolidLine,
    "removed": Qt.PenStyle.DashLine,
    "changed": Qt.PenStyle.DashDotLine,
}
BADGE = 9.0
"""Half the width of a sign, in pixels of the screen."""
GAP = 4.0


class Marks(NamedTuple):
    """What is shown of a comparison, by the ids of the drawing of both."""

    how: Mapping[str, How]
    came_from: Mapping[AgentId, Point]
    """Where agents stood that stand elsewhere now."""


def show(scene: CanvasScene, marks: Marks) -> list[MarkLayer]:
    """Draw the marks into a scene: those of edges under its cards, all others over everything."""
    layers = [_EdgeLayer(scene, marks), _CardLayer(scene, marks)]
    for layer in layers:
        scene.addItem(layer)
    return layers


class MarkLayer(Layer):
    """A layer of marks, which nothing can be done with."""

    def __init__(self, scene: CanvasScene, marks: Marks, height: float) -> None:
        super().__init__(scene, height)
        self.marks = marks

    def changed_wires(self) -> list[tuple[Wire, How]]:
        """The edges that differ and are drawn."""
        wires = self.canvas.wires.wires
        found = [(wires[id], how) for id, how in self.marks.how.items() if id in wires]
        return [(wire, how) for wire, how in found if not wire.box.isNull()]


class _EdgeLayer(MarkLayer):
    """The edges that differ, each in its line."""

    def __init__(self, scene: CanvasScene, marks: Marks) -> None:
        super().__init__(scene, marks, -9)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for wire, how in self.changed_wires():
            painter.setPen(_pen(self.canvas.pens.theme, how, 3.0))
            painter.drawPath(wire.path)


class _CardLayer(MarkLayer):
    """Rings round agents, frames and notes, where agents came from, and the signs of everything."""

    def __init__(self, scene: CanvasScene, marks: Marks) -> None:
        super().__init__(scene, marks, 60)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scene, look = self.canvas, self.canvas.pens.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for agent, old in self.marks.came_from.items():
            self._moved(painter, look, old, scene.positions.get(agent))
        badges: list[tuple[QPointF, How]] = []
        for id, how in self.marks.how.items():
            box = self._box(id)
            if box is not None:
                self._round(painter, look, box, how)
                badges.append((box.topLeft(), how))
        for wire, how in self.changed_wires():
            drop = 18 if wire.label is not None else 0  # not on its condition
            badges.append((wire.label_at + QPointF(0, drop), how))
        for at, how in badges:
            self._badge(painter, look, at, how, max(scene.zoom, 0.05))

    def _box(self, id: str) -> QRectF | None:
        at = self.canvas.positions.get(AgentId(id))
        if at is not None:
            return QRectF(at[0], at[1], geometry.WIDTH, geometry.HEIGHT)
        item = self.canvas.annotations.get(id)
        return None if item is None else item.scene_rect()

    def _round(self, painter: QPainter, look: theme.Theme, box: QRectF, how: How) -> None:
        radius = geometry.RADIUS + GAP
        ring = box.adjusted(-GAP, -GAP, GAP, GAP)
        # what is gone is seen through a veil
        painter.setBrush(theme.alpha(look.canvas, 0.55) if how == "removed" else Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(look, how, 2.0))
        painter.drawRoundedRect(ring, radius, radius)

    def _moved(self, painter: QPainter, look: theme.Theme, old: Point, new: Point | None) -> None:
        """Where a card stood before, quietly."""
        if new is None:
            return
        pen = QPen(look.faint, 1.0, Qt.PenStyle.DotLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = QPointF(geometry.WIDTH / 2, geometry.HEIGHT / 2)
        painter.drawRoundedRect(QRectF(*old, geometry.WIDTH, geometry.HEIGHT), geometry.RADIUS, geometry.RADIUS)
        painter.drawLine(QPointF(*old) + half, QPointF(*new) + half)

    def _badge(self, painter: QPainter, look: theme.Theme, at: QPointF, how: How, scale: float) -> None:
        """The sign in a disc, as large on the screen at every zoom."""
        radius = BADGE / scale
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.text(TOKENS[how]))
        painter.drawEllipse(at, radius, radius)
        font = QFont(self.canvas.pens.label_font)
        font.setPixelSize(64)
        painter.save()
        painter.translate(at)
        painter.scale(14 / 64 / scale, 14 / 64 / scale)
        painter.setFont(font)
        painter.setPen(look.panel)
        painter.drawText(QRectF(-64, -64, 128, 124), int(Qt.AlignmentFlag.AlignCenter), SIGNS[how])
        painter.restore()


def _pen(look: theme.Theme, how: How, width: float) -> QPen:
    pen = QPen(look.color(TOKENS[how]), width, LINES[how])
    pen.setCosmetic(True)
    return pen
