"""One edge as the edge layer knows it: which curve, which look, which words; prepared when first painted."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF, QStaticText

from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Curve, Point
from quartet.editor.canvas.style import WireLook
from quartet.graph.model import AgentId, Edge

MARGIN = 16.0
"""Room round a curve for its arrowhead, halo and pen."""
OVERLAP = 0.4
PILL = 160.0
"""The widest a pill may be."""


def as_path(curve: Curve) -> QPainterPath:
    """A curve as Qt draws it."""
    x0, y0, x1, y1, x2, y2, x3, y3 = curve
    path = QPainterPath(QPointF(x0, y0))
    path.cubicTo(x1, y1, x2, y2, x3, y3)
    return path


def look_of(edge: Edge) -> WireLook:
    """How an edge is drawn."""
    if edge.invalid:
        return "broken"
    if edge.kind == "flow":
        return "fallback" if edge.on is not None else "flow"
    return edge.kind


class Wire:
    """The drawing of one edge. `curve` follows the cards; everything else is made from it on demand."""

    __slots__ = (
        "_coarse", "_dots", "_heads", "_lines", "_path", "_pieces", "_points", "box", "curve", "dashed", "id", "label",
        "label_at", "label_text", "label_words", "lane", "look", "reason", "source", "target", "twin",
    )  # fmt: skip

    def __init__(
        self,
        id: str,
        source: AgentId,
        target: AgentId,
        look: WireLook,
        label: str = "",
        dashed: bool = False,
        reason: str = "",
    ) -> None:
        self.id = id
        self.source = source
        self.target = target
        self.look = look
        self.label_text = label
        self.dashed = dashed
        self.reason = reason
        """Of what could not be understood: why."""
        self.lane = 0
        self.twin: str | None = None
        """The hand-off in the other direction, which is drawn as this line's second head."""
        self.curve: Curve = (0.0,) * 8
        self.box = QRectF()
        self.label: QStaticText | None = None
        self.label_words = ""
        self.label_at = QPointF()
        self._drop()

    def _drop(self) -> None:
        self._path: QPainterPath | None = None
        self._lines: list[QLineF] | None = None
        self._points: list[Point] | None = None
        self._coarse: list[QLineF] | None = None
        self._heads: list[QPolygonF] | None = None
        self._pieces: dict[tuple[float, float], list[QLineF]] = {}
        self._dots: dict[float, list[QPointF]] = {}

    def route(self, source: Point, target: Point | None, loop: bool, backwards: bool = False) -> None:
        """Follow the cards: `source` and `target` are their top left corners (None: nobody knows where)."""
        if target is None:
            curve = geometry.stub(source, backwards=backwards)
        elif self.look == "supervise":
            curve = geometry.trimmed(geometry.watch(source, target), 6, 3)
        elif self.look in ("handoff", "share"):
            curve = geometry.direct(source, target, shift=14.0 * self.lane)
        else:
            curve = geometry.trimmed(geometry.flow(source, target, loop=loop, lane=self.lane), 5, 6)
        self.curve = curve
        left, top, right, bottom = geometry.curve_box(curve)
        middle = geometry.on_curve(curve, 0.5)
        self.label_at = QPointF(*middle)
        self.box = QRectF(left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN)
        room = PILL if self.label_text else 96.0
        self.box |= QRectF(middle[0] - room / 2 - 2, middle[1] - 14, room + 4, 28)
        self._drop()

    @property
    def points(self) -> list[Point]:
        """The curve as short straight pieces, for hit tests."""
        if self._points is None:
            self._points = geometry.flatten(self.curve)
        return self._points

    @property
    def lines(self) -> list[QLineF]:
        """The curve as short straight pieces, for painting many at once."""
        if self._lines is None:
            self._lines = [_overlapping(a, b) for a, b in pairwise(self.points)]
        return self._lines

    @property
    def coarse(self) -> list[QLineF]:
        """The curve as a few straight pieces, for when it is small on the screen."""
        if self._coarse is None:
            dots = geometry.flatten(self.curve, 1 if len(self.points) == 2 else 4)
            self._coarse = [QLineF(*a, *b) for a, b in pairwise(dots)]
        return self._coarse

    def pieces(self, dash: float, gap: float) -> list[QLineF]:
        """The curve as dashes, for painting many at once."""
        found = self._pieces.get((dash, gap))
        if found is None:
            cut = geometry.dashes(self.points, dash, gap)
            found = self._pieces[(dash, gap)] = [QLineF(*start, *end) for start, end in cut]
        return found

    def dotted(self, gap: float) -> list[QPointF]:
        """The curve as dots, for painting many at once."""
        found = self._dots.get(gap)
        if found is None:
            found = self._dots[gap] = [QPointF(x, y) for x, y in geometry.dots(self.points, gap)]
        return found

    @property
    def path(self) -> QPainterPath:
        """The curve itself, for painting few."""
        if self._path is None:
            self._path = as_path(self.curve)
        return self._path

    @property
    def heads(self) -> list[QPolygonF]:
        """Its open arrowheads: one at the end, one at the start too if a twin leads back."""
        if self._heads is None:
            self._heads = []
            if self.look not in ("share", "supervise"):
                end = (self.curve[6], self.curve[7])
                tips = [geometry.arrow(end, geometry.arrival(self.curve))]
                if self.twin is not None:
                    tips.append(geometry.arrow((self.curve[0], self.curve[1]), geometry.departure(self.curve)))
                self._heads = [QPolygonF([QPointF(*point) for point in tip]) for tip in tips]
        return self._heads

    @property
    def dots(self) -> list[QPointF]:
        """Where small dots mark its ends: the worker's end of a supervise edge, both ends of a shared board's."""
        end = QPointF(self.curve[6], self.curve[7])
        if self.look == "supervise":
            return [end]
        if self.look == "share":
            return [QPointF(self.curve[0], self.curve[1]), end]
        return []

    def distance(self, x: float, y: float) -> float:
        """How far a point is from the line (a pill counts as the line)."""
        if self.label is not None and abs(y - self.label_at.y()) <= 11:
            half = self.label.size().width() / 2 + 9
            if abs(x - self.label_at.x()) <= half:
                return 0.0
        return geometry.distance(self.points, x, y)


def _overlapping(start: Point, end: Point) -> QLineF:
    """A piece a little longer at both ends than it is, so that no seam shows between two."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy) or 1.0
    dx, dy = dx / length * OVERLAP, dy / length * OVERLAP
    return QLineF(start[0] - dx, start[1] - dy, end[0] + dx, end[1] + dy)
