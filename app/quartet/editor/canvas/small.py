"""The small card of a collapsed agent: where it stands in the room of a whole one, and where its ports are.

It stands in the middle of that room, so that positions mean the same for both, and an edge's end only reaches a little
further in.
"""

from __future__ import annotations

from math import hypot
from typing import Final

from quartet.editor.canvas.geometry import HEIGHT, SIDES, WIDTH, Box, Curve, Point, Side, port
from quartet.editor.canvas.geometry import border as whole_border

IN_X, IN_Y = 24.0, 16.0
"""How much narrower and lower it is on each side, in scene units."""
SMALL_WIDTH, SMALL_HEIGHT = WIDTH - 2 * IN_X, HEIGHT - 2 * IN_Y
_INWARD: Final[dict[Side, Point]] = {"left": (IN_X, 0), "right": (-IN_X, 0), "top": (0, IN_Y), "bottom": (0, -IN_Y)}


def inward(at: Point, side: Side) -> Point:
    """A port of the whole card moved to where the small one has it."""
    dx, dy = _INWARD[side]
    return at[0] + dx, at[1] + dy


def nearest_side(at: Point, x: float, y: float) -> tuple[Side, float]:
    """The port of a small card that is nearest to (x, y), and how far it is."""
    found: list[tuple[float, Side]] = []
    for side in SIDES:
        px, py = inward(port(at, side), side)
        found.append((hypot(px - x, py - y), side))
    gap, side = min(found)
    return side, gap


def box(at: Point) -> Box:
    """The rectangle of the small card of an agent at `at`."""
    return at[0] + IN_X, at[1] + IN_Y, at[0] + WIDTH - IN_X, at[1] + HEIGHT - IN_Y


def border(at: Point, dx: float, dy: float, gap: float = 0.0) -> Point:
    """Where the ray from the card's middle along (dx, dy) leaves the small card grown by `gap`."""
    half_w, half_h = SMALL_WIDTH / 2 + gap, SMALL_HEIGHT / 2 + gap
    x, y = at[0] + WIDTH / 2, at[1] + HEIGHT / 2
    if dx == 0 and dy == 0:
        return x + half_w, y
    share = min(half_w / abs(dx) if dx else float("inf"), half_h / abs(dy) if dy else float("inf"))
    return x + dx * share, y + dy * share


def straight(source: Point, target: Point, tiny: tuple[bool, bool], gap: float = 5.0, shift: float = 0.0) -> Curve:
    """The straight line from border to border where at least one of the two cards is small (see `geometry.direct`)."""
    dx, dy = target[0] - source[0], target[1] - source[1]
    length = hypot(dx, dy) or 1.0
    ox, oy = -dy / length * shift, dx / length * shift
    x1, y1 = (border if tiny[0] else whole_border)(source, dx, dy, gap)
    x2, y2 = (border if tiny[1] else whole_border)(target, -dx, -dy, gap)
    x1, y1, x2, y2 = x1 + ox, y1 + oy, x2 + ox, y2 + oy
    third_x, third_y = (x2 - x1) / 3, (y2 - y1) / 3
    return x1, y1, x1 + third_x, y1 + third_y, x2 - third_x, y2 - third_y, x2, y2


def reaching(curve: Curve, source: bool, target: bool) -> Curve:
    """A curve between whole cards whose ends reach on to the small cards that stand there instead."""
    x0, y0, x1, y1, x2, y2, x3, y3 = curve
    if source:
        x0, y0 = _on(x0, y0, x1, y1)
    if target:
        x3, y3 = _on(x3, y3, x2, y2)
    return x0, y0, x1, y1, x2, y2, x3, y3


def _on(x: float, y: float, to_x: float, to_y: float) -> Point:
    """A curve's end further in, away from its handle: as far as its side of the card stands back."""
    dx, dy = x - to_x, y - to_y
    if dx == dy == 0:
        return x, y
    share = min(IN_X / abs(dx) if dx else float("inf"), IN_Y / abs(dy) if dy else float("inf"))
    return x + dx * share, y + dy * share
