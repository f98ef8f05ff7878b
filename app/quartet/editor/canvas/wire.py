"""One edge as the edge layer knows it: which curve, which look, which words; prepared when first painted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import hypot

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath, QStaticText

from quartet.editor.canvas import bends, geometry, small
from quartet.editor.canvas.cells import Range
from quartet.editor.canvas.geometry import Box, Curve, Point
from quartet.editor.canvas.style import WireLook
from quartet.graph.model import AgentId, Edge

MARGIN = 16.0
"""Room round a curve for its arrowhead, halo and pen."""
OVERLAP = 0.4
PILL = 160.0
"""The widest a pill may be."""
NOWHERE: Curve = (0.0,) * 8
NO_BOX = QRectF()
BROKEN_PAIR = "broken", frozenset[str]()


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


def reach(source: Point, target: Point, lane: int) -> Box:
    """Where the line between two cards lies at most, whichever way it takes, with its words: found without routing it.

    It goes round below both at the deepest (`geometry.under`), and its words are at its middle.
    """
    (ax, ay), (bx, by) = source, target
    slack = 120.0 + 24.0 * abs(lane) + 0.15 * abs(ax - bx)
    return (
        (ax if ax < bx else bx) - slack,
        (ay if ay < by else by) - slack,
        (bx if ax < bx else ax) + geometry.WIDTH + slack,
        (by if ay < by else ay) + geometry.HEIGHT + slack,
    )


class Wire:
    """The drawing of one edge. It is routed when somebody looks at it first; all else is made from that on demand."""

    __slots__ = (
        "_ask", "_barbs", "_box", "_curve", "_curves", "_dots", "_lines", "_path", "_pieces", "_points", "cells",
        "dashed", "id", "label", "label_text", "label_words", "lane", "look", "pair", "reason", "routed", "source",
        "target", "twin", "via",
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
        ask: Callable[[Wire], None] | None = None,
    ) -> None:
        """`ask`: whom to ask to route it (`route`), when somebody looks at it."""
        self._ask = ask
        self.id = id
        self.source = source
        self.target = target
        self.look = look
        self.label_text = label
        self.dashed = dashed
        self.reason = reason
        """Of what could not be understood: why."""
        self.pair: tuple[str, frozenset[str]] = BROKEN_PAIR
        """Its kind, and what it lies between: those of one pair lie beside one another."""
        self.lane = 0
        self.twin: str | None = None
        """The hand-off in the other direction, which is drawn as this line's second head."""
        self._curve: Curve = NOWHERE
        self.via: tuple[Point, ...] = ()
        """The points it is led through."""
        self._curves: tuple[Curve, ...] = ()
        self._box = NO_BOX
        self.routed = False
        """Whether it lies where its cards stand; if not, whoever looks at it has it routed."""
        self.cells: Range | None = None
        """Where the layer's grid has it."""
        self.label: QStaticText | None = None
        self.label_words = ""
        self._drop()

    def _drop(self) -> None:
        self._path: QPainterPath | None = None
        self._lines: tuple[float, list[QLineF]] | None = None
        self._points: list[Point] | None = None
        self._barbs: list[QLineF] | None = None
        self._pieces: dict[tuple[float, float], list[QLineF]] | None = None
        self._dots: dict[float, list[QPointF]] | None = None

    def lost(self) -> None:
        """Its cards stand elsewhere, or its look is another one: what was made of it is no longer true."""
        if self.routed:
            self.routed = False
            self._curve, self._curves, self._box = NOWHERE, (), NO_BOX
            self._drop()

    def _look(self) -> None:
        if not self.routed and self._ask is not None:
            self._ask(self)

    @property
    def curve(self) -> Curve:
        """Its curve; of several, the first end of the first one and the last end of the last."""
        if not self.routed:
            self._look()
        return self._curve

    @property
    def curves(self) -> tuple[Curve, ...]:
        """One after another, of an edge that is led through points or round cards in its way."""
        if not self.routed:
            self._look()
        return self._curves

    @property
    def box(self) -> QRectF:
        """The rectangle of everything drawn of it; a null one while nobody knows where its cards stand."""
        if not self.routed:
            self._look()
        return self._box

    def route(
        self,
        source: Point,
        target: Point | None,
        loop: bool,
        backwards: bool = False,
        tiny: tuple[bool, bool] = (False, False),
        watch: Callable[[Point, Point], tuple[Curve, ...]] = lambda source, target: (geometry.watch(source, target),),
        flow: Callable[[Point, Point, Curve], tuple[Curve, ...]] = lambda source, target, curve: (curve,),
    ) -> None:
        """Follow the cards: `source` and `target` are their top left corners (None: nobody knows where).

        `tiny`: which of them are collapsed. `watch`: the way that a supervise edge takes, in one piece or several.
        `flow`: the one that a flow edge takes instead of a curve.
        """
        self.routed = True
        self._curves = ()
        if target is None:
            curve = geometry.stub(source, backwards=backwards)
        elif self.via and source != target:
            self._curves = bends.through(self.look, source, target, self.via, tiny)
            curve = (*self._curves[0][:4], *self._curves[-1][4:])
        elif self.look == "supervise":
            first, *rest = watch(source, target)
            curve = geometry.trimmed(first, 6, 0 if rest else 3)
            if rest:
                self._curves = _reaching((curve, *rest[:-1], geometry.trimmed(rest[-1], 0, 3)), tiny)
                curve = (*self._curves[0][:4], *self._curves[-1][4:])
        elif self.look in ("handoff", "share"):
            curve = geometry.direct(source, target, shift=14.0 * self.lane)
        else:
            curve = geometry.trimmed(geometry.flow(source, target, loop=loop, lane=self.lane), 5, 6)
            found = flow(source, target, curve)
            curve = found[0]
            if len(found) > 1:
                self._curves = _reaching(found, tiny)
                curve = (*self._curves[0][:4], *self._curves[-1][4:])
        if target is not None and not self._curves and (tiny[0] or tiny[1]):
            if self.look in ("handoff", "share") and source != target:
                curve = small.straight(source, target, tiny, shift=14.0 * self.lane)
            else:
                curve = small.reaching(curve, *tiny)
        self._curve = curve
        left, top, right, bottom = geometry.curve_box(curve)
        for one in self._curves:
            a, b, c, d = geometry.curve_box(one)
            left, top, right, bottom = min(left, a), min(top, b), max(right, c), max(bottom, d)
        middle = self.on(0.5)
        self._box = QRectF(left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN)
        room = PILL if self.label_text else 96.0
        self._box |= QRectF(middle[0] - room / 2 - 2, middle[1] - 14, room + 4, 28)
        self._drop()

    @property
    def label_at(self) -> QPointF:
        """The middle of its label. Not kept: few are asked for, and a point of Qt's takes 200 bytes."""
        return QPointF(*self.on(0.5))

    def on(self, share: float) -> Point:
        """The point so far along the line, 0 at the source and 1 at the target."""
        if not self.curves:
            return geometry.on_curve(self.curve, share)
        place = min(share, 0.9999) * len(self.curves)
        return geometry.on_curve(self.curves[int(place)], place - int(place))

    @property
    def points(self) -> list[Point]:
        """The curve as short straight pieces, for hit tests."""
        if self._points is None:
            if self.curves:
                self._points = [point for one in self.curves for point in geometry.flatten(one)]
            else:
                self._points = geometry.flatten(self.curve)
        return self._points

    def lines(self, share: float = 1.0) -> list[QLineF]:
        """The curve as straight pieces, for painting many at once: a `share` of those that nobody sees, at least four
        (of no share) or eight.

        Kept for one share at a time, that of the zoom there is.
        """
        if self._lines is None or self._lines[0] != share:
            made: list[QLineF] = []
            least = 8 if share else 4
            for one in self.curves or (self.curve,):
                full = geometry.pieces_of(one)
                dots = geometry.flatten(one, 1 if full == 1 else max(least, round(full * share)))
                made += [_overlapping(a, b) for a, b in pairwise(dots)]
            self._lines = share, made
        return self._lines[1]

    def pieces(self, dash: float, gap: float) -> list[QLineF]:
        """The curve as dashes, for painting many at once."""
        if self._pieces is None:
            self._pieces = {}
        found = self._pieces.get((dash, gap))
        if found is None:
            cut = geometry.dashes(self.points, dash, gap)
            found = self._pieces[(dash, gap)] = [QLineF(*start, *end) for start, end in cut]
        return found

    def dotted(self, gap: float) -> list[QPointF]:
        """The curve as dots, for painting many at once."""
        if self._dots is None:
            self._dots = {}
        found = self._dots.get(gap)
        if found is None:
            found = self._dots[gap] = [QPointF(x, y) for x, y in geometry.dots(self.points, gap)]
        return found

    @property
    def path(self) -> QPainterPath:
        """The curve itself, for painting few."""
        if self._path is None:
            self._path = as_path(self.curve)
            if self.curves:
                self._path = as_path(self.curves[0])
                for _, _, *rest in self.curves[1:]:
                    self._path.cubicTo(*rest)
        return self._path

    @property
    def barbs(self) -> list[QLineF]:
        """The barbs of its open arrowheads: one at the end, one at the start too if a twin leads back."""
        if self._barbs is None:
            self._barbs = []
            if self.look not in ("share", "supervise"):
                end = (self.curve[6], self.curve[7])
                first, last = (self.curves[0], self.curves[-1]) if self.curves else (self.curve, self.curve)
                tips = [geometry.arrow(end, geometry.arrival(last))]
                if self.twin is not None:
                    tips.append(geometry.arrow((first[0], first[1]), geometry.departure(first)))
                self._barbs = [QLineF(*barb, *tip) for one, tip, other in tips for barb in (one, other)]
        return self._barbs

    @property
    def dots(self) -> list[QPointF]:
        """Where small dots mark its ends: the worker's end of a supervise edge, both ends of a shared board's."""
        end = QPointF(self.curve[6], self.curve[7])
        if self.look == "supervise":
            return [end]
        if self.look == "share":
            return [QPointF(self.curve[0], self.curve[1]), end]
        return []

    def on_pill(self, x: float, y: float) -> bool:
        """Whether a point is on the pill that says the line's condition."""
        if self.label is None or abs(y - self.label_at.y()) > 11:
            return False
        return abs(x - self.label_at.x()) <= self.label.size().width() / 2 + 9

    def distance(self, x: float, y: float) -> float:
        """How far a point is from the line (a pill counts as the line)."""
        if self.on_pill(x, y):
            return 0.0
        return geometry.distance(self.points, x, y)


def _reaching(curves: tuple[Curve, ...], tiny: tuple[bool, bool]) -> tuple[Curve, ...]:
    """Curves one after another whose ends reach on to small cards."""
    found = list(curves)
    found[0] = small.reaching(found[0], tiny[0], False)
    found[-1] = small.reaching(found[-1], False, tiny[1])
    return tuple(found)


def _overlapping(start: Point, end: Point) -> QLineF:
    """A piece a little longer at both ends than it is, so that no seam shows between two."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = hypot(dx, dy) or 1.0
    dx, dy = dx / length * OVERLAP, dy / length * OVERLAP
    return QLineF(start[0] - dx, start[1] - dy, end[0] + dx, end[1] + dy)
