"""Where things are: cards, ports, curves, arrows, distances. Pure functions of numbers, in scene units."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import hypot
from typing import Literal

WIDTH, HEIGHT = 184.0, 62.0
"""Of an agent's card."""
RADIUS = 10.0
GRID = 4.0
AHEAD = 16.0
"""How far right of its source a target must begin for an edge to run from side to side."""
CLEAR = 24.0
"""How far apart two cards must be, one above the other, for an edge to run between bottom and top."""
LANE_BELOW = 28.0
"""So much further down each way back between the same two agents hangs: the words on one lie below those on another."""

Point = tuple[float, float]
Curve = tuple[float, float, float, float, float, float, float, float]
"""A cubic curve: start, two handles, end."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Side = Literal["left", "right", "top", "bottom"]
SIDES: tuple[Side, ...] = ("left", "right", "top", "bottom")


def snap(value: float, step: float = GRID) -> float:
    """The nearest multiple of `step`."""
    return round(value / step) * step


def snapped(point: Point, step: float = GRID) -> Point:
    """The point with both its numbers snapped."""
    return snap(point[0], step), snap(point[1], step)


def port(at: Point, side: Side) -> Point:
    """Where a port stands on the card whose top left corner is `at`."""
    x, y = at
    match side:
        case "left":
            return x, y + HEIGHT / 2
        case "right":
            return x + WIDTH, y + HEIGHT / 2
        case "top":
            return x + WIDTH / 2, y
        case "bottom":
            return x + WIDTH / 2, y + HEIGHT


def card(at: Point, margin: float = 0.0) -> Box:
    """The rectangle of a card, grown by `margin`."""
    return at[0] - margin, at[1] - margin, at[0] + WIDTH + margin, at[1] + HEIGHT + margin


def union(boxes: list[Box]) -> Box | None:
    """The smallest rectangle that holds all of them; None of none."""
    if not boxes:
        return None
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def holds(outer: Box, inner: Box) -> bool:
    """Whether `inner` lies wholly in `outer`."""
    return outer[0] <= inner[0] and outer[1] <= inner[1] and outer[2] >= inner[2] and outer[3] >= inner[3]


# curves


def sideways(start: Point, end: Point) -> Curve:
    """From a right side to a left side ahead of it."""
    reach = max(20.0, abs(end[0] - start[0]) / 2)
    return *start, start[0] + reach, start[1], end[0] - reach, end[1], *end


def upright(start: Point, end: Point) -> Curve:
    """From a bottom to a top below it, or the other way round."""
    reach = max(20.0, abs(end[1] - start[1]) / 2)
    if end[1] < start[1]:
        reach = -reach
    return *start, start[0], start[1] + reach, end[0], end[1] - reach, *end


def under(source: Point, target: Point, lane: int = 0) -> Curve:
    """From bottom to bottom, round below both cards: the way back of a loop."""
    start, end = port(source, "bottom"), port(target, "bottom")
    depth = max(start[1], end[1]) + 48 + 0.14 * abs(start[0] - end[0]) + LANE_BELOW * lane
    return *start, start[0], depth, end[0], depth, *end


def over(source: Point, target: Point) -> Curve:
    """From top to top, round above both cards."""
    start, end = port(source, "top"), port(target, "top")
    height = min(start[1], end[1]) - 48 - 0.1 * abs(start[0] - end[0])
    return *start, start[0], height, end[0], height, *end


def around(at: Point) -> Curve:
    """A loop of one agent on itself, at its top right corner."""
    x, y = at
    return x + WIDTH, y + HEIGHT / 2, x + WIDTH + 64, y + HEIGHT / 2, x + WIDTH - 40, y - 56, x + WIDTH - 40, y


def flow(source: Point, target: Point, *, loop: bool = False, lane: int = 0) -> Curve:
    """The curve of a flow edge between the cards at `source` and `target`.

    Ahead it runs from side to side, else between bottom and top, else round below. Edges between the same two agents
    lie in `lane` 0, 1, 2 …
    """
    if source == target:
        return around(source)
    sx, sy = source
    tx, ty = target
    if loop:
        return under(source, target, lane)
    if tx >= sx + WIDTH + AHEAD:
        shift = 12.0 * lane
        start, end = port(source, "right"), port(target, "left")
        return sideways((start[0], start[1] + shift), (end[0], end[1] + shift))
    shift = 24.0 * lane
    if ty >= sy + HEIGHT + CLEAR:
        start, end = port(source, "bottom"), port(target, "top")
    elif ty <= sy - HEIGHT - CLEAR:
        start, end = port(source, "top"), port(target, "bottom")
    else:
        return under(source, target, lane)
    return upright((start[0] + shift, start[1]), (end[0] + shift, end[1]))


def watch(source: Point, target: Point) -> Curve:
    """The curve of a supervise edge: from the overseer's bottom to the worker's top."""
    if source == target:
        return around(source)
    if target[1] >= source[1] + HEIGHT + 8:
        return upright(port(source, "bottom"), port(target, "top"))
    if target[1] <= source[1] - HEIGHT - 8:
        return upright(port(source, "top"), port(target, "bottom"))
    return over(source, target)


def beside(source: Point, target: Point, side: Side) -> Curve:
    """The curve of a supervise edge that comes down beside the worker's column and into its left or right side."""
    start, end = port(source, "bottom"), port(target, side)
    out = 1 if side == "right" else -1
    return *start, end[0] + 30 * out, start[1] + 52, end[0] + 42 * out, end[1], *end


def direct(source: Point, target: Point, gap: float = 5.0, shift: float = 0.0) -> Curve:
    """The straight line between two cards, from border to border: hand-offs and shared boards.

    `shift` moves it aside, so that lines beside other edges stay apart.
    """
    if source == target:
        return around(source)
    ax, ay = source[0] + WIDTH / 2, source[1] + HEIGHT / 2
    bx, by = target[0] + WIDTH / 2, target[1] + HEIGHT / 2
    length = hypot(bx - ax, by - ay) or 1.0
    ox, oy = -(by - ay) / length * shift, (bx - ax) / length * shift
    x1, y1 = border(source, bx - ax, by - ay, gap)
    x2, y2 = border(target, ax - bx, ay - by, gap)
    x1, y1, x2, y2 = x1 + ox, y1 + oy, x2 + ox, y2 + oy
    third_x, third_y = (x2 - x1) / 3, (y2 - y1) / 3
    return x1, y1, x1 + third_x, y1 + third_y, x2 - third_x, y2 - third_y, x2, y2


def border(at: Point, dx: float, dy: float, gap: float = 0.0) -> Point:
    """Where the ray from a card's middle along (dx, dy) leaves the card grown by `gap`."""
    half_w, half_h = WIDTH / 2 + gap, HEIGHT / 2 + gap
    x, y = at[0] + WIDTH / 2, at[1] + HEIGHT / 2
    if dx == 0 and dy == 0:
        return x + half_w, y
    share = min(half_w / abs(dx) if dx else float("inf"), half_h / abs(dy) if dy else float("inf"))
    return x + dx * share, y + dy * share


def stub(source: Point, *, backwards: bool = False) -> Curve:
    """A short line from a card's side into nothing: an edge of which one end is unknown."""
    x, y = port(source, "left" if backwards else "right")
    step = -18.0 if backwards else 18.0
    return x, y, x + step, y, x + 2 * step, y, x + 3 * step, y


def on_curve(curve: Curve, t: float) -> Point:
    """The point at `t` (0 to 1) of a curve."""
    x0, y0, x1, y1, x2, y2, x3, y3 = curve
    u = 1 - t
    a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3


@cache
def _weights(pieces: int) -> list[tuple[float, float, float, float]]:
    steps = [i / pieces for i in range(pieces + 1)]
    return [((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3) for t in steps]


def is_straight(curve: Curve) -> bool:
    """Whether both handles lie on the line from start to end, between the two: the curve is that line."""
    x0, y0, x1, y1, x2, y2, x3, y3 = curve
    if max(x1, x2) > max(x0, x3) + 1 or min(x1, x2) < min(x0, x3) - 1:
        return False
    if max(y1, y2) > max(y0, y3) + 1 or min(y1, y2) < min(y0, y3) - 1:
        return False
    dx, dy = x3 - x0, y3 - y0
    far = max(1.0, hypot(dx, dy))
    return abs(dx * (y1 - y0) - dy * (x1 - x0)) / far < 0.05 and abs(dx * (y2 - y0) - dy * (x2 - x0)) / far < 0.05


def pieces_of(curve: Curve) -> int:
    """Into how many straight pieces a curve is cut so that nobody sees them: one of a straight line."""
    if is_straight(curve):
        return 1
    left, top, right, bottom = curve_box(curve)
    return max(10, min(48, round(hypot(right - left, bottom - top) / 12)))


def flatten(curve: Curve, pieces: int | None = None) -> list[Point]:
    """The curve as points, the ends of `pieces` straight pieces (None: as many as it needs)."""
    x0, y0, x1, y1, x2, y2, x3, y3 = curve
    weights = _weights(pieces_of(curve) if pieces is None else pieces)
    return [(a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3) for a, b, c, d in weights]


def curve_box(curve: Curve) -> Box:
    """A rectangle that holds the curve: its handles' (a curve never leaves those)."""
    xs, ys = curve[::2], curve[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def arrow(tip: Point, towards: Point, size: float = 7.0) -> tuple[Point, Point, Point]:
    """An open arrowhead whose tip comes from `towards`: one barb, the tip, the other barb."""
    dx, dy = tip[0] - towards[0], tip[1] - towards[1]
    length = hypot(dx, dy) or 1.0
    dx, dy = dx / length * size, dy / length * size
    wide = 0.62
    return (tip[0] - dx - dy * wide, tip[1] - dy + dx * wide), tip, (tip[0] - dx + dy * wide, tip[1] - dy - dx * wide)


def arrival(curve: Curve) -> Point:
    """From where the curve comes into its end."""
    return on_curve(curve, 0.94)


def departure(curve: Curve) -> Point:
    """Where the curve goes when it leaves its start."""
    return on_curve(curve, 0.06)


def trimmed(curve: Curve, start: float, end: float) -> Curve:
    """The curve with its ends drawn in along their handles by so many units: room for port rings."""
    x0, y0, x1, y1, x2, y2, x3, y3 = curve
    sx, sy = _toward(x0, y0, x1, y1, start)
    ex, ey = _toward(x3, y3, x2, y2, end)
    return sx, sy, x1, y1, x2, y2, ex, ey


def _toward(x: float, y: float, to_x: float, to_y: float, by: float) -> Point:
    length = hypot(to_x - x, to_y - y)
    if length == 0:
        return x, y
    share = min(1.0, by / length)
    return x + (to_x - x) * share, y + (to_y - y) * share


def dashes(points: list[Point], dash: float, gap: float) -> list[tuple[Point, Point]]:
    """The polyline cut into dashes of one length, each a straight piece (a bend within a dash makes two)."""
    found: list[tuple[Point, Point]] = []
    on, left = True, dash
    for (ax, ay), (bx, by) in pairwise(points):
        length = hypot(bx - ax, by - ay)
        at = 0.0
        while length - at > 1e-9:
            step = min(left, length - at)
            if on and step > 0:
                s, e = at / length, (at + step) / length
                start = (ax + (bx - ax) * s, ay + (by - ay) * s)
                found.append((start, (ax + (bx - ax) * e, ay + (by - ay) * e)))
            at += step
            left -= step
            if left <= 1e-9:
                on = not on
                left = dash if on else gap
    return found


def dots(points: list[Point], gap: float) -> list[Point]:
    """Points on the polyline, `gap` apart along it."""
    found: list[Point] = []
    left = 0.0
    for (ax, ay), (bx, by) in pairwise(points):
        length = hypot(bx - ax, by - ay)
        at = left
        while at <= length and length > 0:
            found.append((ax + (bx - ax) * at / length, ay + (by - ay) * at / length))
            at += gap
        left = at - length
    return found


def distance(points: list[Point], x: float, y: float) -> float:
    """How far (x, y) is from the polyline."""
    best = float("inf")
    for (ax, ay), (bx, by) in pairwise(points):
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        t = 0.0 if square == 0 else max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / square))
        best = min(best, hypot(x - ax - t * dx, y - ay - t * dy))
    return best


def crosses(points: list[Point], a: Point, b: Point) -> bool:
    """Whether the straight piece from `a` to `b` crosses the polyline."""
    for c, d in pairwise(points):
        first, second = _turn(a, b, c), _turn(a, b, d)
        third, fourth = _turn(c, d, a), _turn(c, d, b)
        if (first > 0) != (second > 0) and (third > 0) != (fourth > 0):
            return True
    return False


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive if a → b → c turns one way, negative if it turns the other."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def nearest_side(at: Point, x: float, y: float) -> tuple[Side, float]:
    """The port of a card that is nearest to (x, y), and how far it is."""
    found: list[tuple[float, Side]] = []
    for side in SIDES:
        px, py = port(at, side)
        found.append((hypot(px - x, py - y), side))
    gap, side = min(found)
    return side, gap
