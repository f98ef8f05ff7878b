"""Alignment while something is dragged: edges, middles and equal gaps of the cards nearby pull, and lines say so.

Only cards near by are looked at, through the scene's index: it costs the same in a drawing of any size.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from quartet.editor import preferences
from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Box, Point

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

PULL = 6.0
"""Pixels within which a guide pulls."""
NEAR = 480.0
"""Scene units round what is dragged within which cards give guides."""
FEW = 50
"""So many agents at most are aligned while they are dragged; more are not lined up by eye."""
TICK = 4.0

Span = tuple[float, float]
"""Beginning and end along one axis."""


class Guide(NamedTuple):
    """A pull along one axis, and the lines (position across, from, to) that explain it."""

    by: float
    at: float | None = None
    """The coordinate at which edges or middles line up; None: gaps are equal."""
    gaps: tuple[tuple[float, float, float], ...] = ()
    """Equal gaps: where across the axis, from, to."""


def pull(mine: Box, others: Sequence[Box], reach: float, axis: int) -> Guide | None:
    """What pulls a box along an axis (0: sideways, 1: up and down) by at most `reach`; None: nothing.

    Lines of the nearest card win over those of farther ones, lines over equal gaps.
    """
    best: tuple[float, float, Guide] | None = None
    own = _span(mine, axis)
    for other in others:
        theirs = _span(other, axis)
        away = _away(_span(mine, 1 - axis), _span(other, 1 - axis))
        for place in (0.5, 0.0, 1.0):
            to = theirs[0] + (theirs[1] - theirs[0]) * place
            by = to - (own[0] + (own[1] - own[0]) * place)
            if abs(by) <= reach and (best is None or (abs(by), away) < best[:2]):
                best = (abs(by), away, Guide(by, to))
    for guide in _equal_gaps(mine, others, axis):
        if abs(guide.by) <= reach and (best is None or abs(guide.by) < best[0] - 0.5):
            best = (abs(guide.by), 0.0, guide)
    return None if best is None else best[2]


def _span(box: Box, axis: int) -> Span:
    return box[axis], box[axis + 2]


def _away(one: Span, other: Span) -> float:
    return max(0.0, other[0] - one[1], one[0] - other[1])


def _equal_gaps(mine: Box, others: Sequence[Box], axis: int) -> list[Guide]:
    """Pulls that make the gap to a neighbour in the same row (or column) equal to another gap there."""
    start, end = _span(mine, axis)
    across = _span(mine, 1 - axis)
    row = [box for box in others if _away(across, _span(box, 1 - axis)) == 0.0]
    middle = (start + end) / 2
    before = sorted((span for box in row if sum(span := _span(box, axis)) / 2 < middle), key=lambda span: -span[1])
    after = sorted((span for box in row if sum(span := _span(box, axis)) / 2 > middle), key=lambda span: span[0])
    at = (across[0] + across[1]) / 2
    found: list[Guide] = []
    if before and after:
        gap = (after[0][0] - before[0][1] - (end - start)) / 2
        if gap > 0:
            gaps = ((at, before[0][1], before[0][1] + gap), (at, after[0][0] - gap, after[0][0]))
            found.append(Guide(before[0][1] + gap - start, None, gaps))
    if len(before) > 1 and (gap := before[0][0] - before[1][1]) > 0:
        gaps = ((at, before[1][1], before[0][0]), (at, before[0][1], before[0][1] + gap))
        found.append(Guide(before[0][1] + gap - start, None, gaps))
    if len(after) > 1 and (gap := after[1][0] - after[0][1]) > 0:
        gaps = ((at, after[0][1], after[1][0]), (at, after[0][0] - gap, after[0][0]))
        found.append(Guide(after[0][0] - gap - end, None, gaps))
    return found


class Guides(QGraphicsItem):
    """The lines. A gesture makes one when it begins to move something, and takes it away at its end."""

    def __init__(self, scene: CanvasScene, moving: Collection[str], box: Box) -> None:
        super().__init__()
        self.canvas = scene
        self._moving = frozenset(moving)
        self._box = box
        self._lines: list[QLineF] = []
        self._bounds = QRectF()
        self.setZValue(58)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        scene.addItem(self)

    def away(self) -> None:
        """Remove the lines from the scene."""
        if self.scene() is not None:
            self.canvas.removeItem(self)

    def settle(self, raw: Point, snapped: Point, free: tuple[bool, bool], on: bool) -> Point:
        """How far to move: `snapped` (to the grid), but where a guide pulls at `raw`, onto that. Shows the lines.

        `free` says along which axes it may move at all; with `on` False no guide pulls.
        """
        if not on or not preferences.current().guides or len(self._moving) > FEW:
            self._show([])
            return snapped
        box = _moved(self._box, raw)
        others = self._near(box)
        reach = PULL / self.canvas.zoom
        found = [pull(box, others, reach, axis) if free[axis] else None for axis in (0, 1)]
        to = [snapped[axis] if guide is None else raw[axis] + guide.by for axis, guide in enumerate(found)]
        self._show(self._explained(_moved(self._box, (to[0], to[1])), others, found))
        return to[0], to[1]

    def _near(self, box: Box) -> list[Box]:
        area = box[0] - NEAR, box[1] - NEAR, box[2] + NEAR, box[3] + NEAR
        positions, moving = self.canvas.positions, self._moving
        return [geometry.card(positions[id]) for id in self.canvas.places.near(area) if id not in moving]

    @staticmethod
    def _explained(box: Box, others: Sequence[Box], found: Sequence[Guide | None]) -> list[QLineF]:
        lines: list[QLineF] = []
        for axis, guide in enumerate(found):
            if guide is None:
                continue
            pieces = [(at, start, end) for at, start, end in guide.gaps]
            if guide.at is not None:
                ends = [_span(box, 1 - axis)]
                ends += [_span(other, 1 - axis) for other in others if _stands(_span(other, axis), guide.at)]
                pieces.append((guide.at, min(end[0] for end in ends), max(end[1] for end in ends)))
            upright = (axis == 0) == (guide.at is not None)
            for at, start, end in pieces:
                lines.append(_line(upright, at, start, end))
                if guide.at is None:
                    lines += [_line(not upright, end_, at - TICK, at + TICK) for end_ in (start, end)]
        return lines

    def _show(self, lines: list[QLineF]) -> None:
        if not lines and not self._lines:
            return
        self.prepareGeometryChange()
        self._lines = lines
        self._bounds = QRectF()
        for line in lines:
            self._bounds |= QRectF(line.p1(), line.p2()).normalized().adjusted(-2, -2, 2, 2)
        self.update()

    @property
    def lines(self) -> Sequence[QLineF]:
        """What is shown now, in scene units."""
        return self._lines

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setPen(self.canvas.pens.guide)
        painter.drawLines(self._lines)


def _moved(box: Box, by: Point) -> Box:
    return box[0] + by[0], box[1] + by[1], box[2] + by[0], box[3] + by[1]


def _stands(span: Span, at: float) -> bool:
    """Whether an edge or the middle of a card stands at a coordinate."""
    return min(abs(span[0] - at), abs(span[1] - at), abs((span[0] + span[1]) / 2 - at)) < 0.01


def _line(upright: bool, x: float, start: float, end: float) -> QLineF:
    return QLineF(x, start, x, end) if upright else QLineF(start, x, end, x)
