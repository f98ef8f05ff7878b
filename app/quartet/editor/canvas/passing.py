"""Lines of supervision and of flow pass beside the cards that stand in their way, not behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Box, Curve, Point

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene
    from quartet.editor.canvas.wire import Wire

MANY = 2_000
"""In a drawing of so many agents nobody follows single lines, and looking for ways takes time."""
FEW = 40
"""When more cards move at once, lines that do not end at them stay as they are."""
REACH = 240.0
"""How far from a card a line may run that goes round it."""
SAMPLES = 24
"""At so many points, and more of a long one, a curve is looked at."""
AWAY = 100.0
"""How far above, below or beside both its cards a line may run (`wire.reach` reckons with it)."""
GAP = 10.0
"""Between a line and the cards that it passes: less than down to the name of a region."""
STEP = 4.0
"""So much further out runs a line that passes one more card: lines along the same cards lie in each other."""
LOWER = (28.0, 56.0, 84.0)
"""So much lower the handles of a way back may lie (`wire.reach` reckons with it): it hangs lower by three quarters."""
TRIES = 4
TURN = 28.0
"""Room that a line takes, at least, to come from its card into its lane."""


def watch(scene: CanvasScene, source: Point, target: Point) -> tuple[Curve, ...]:
    """The curves of a supervise edge between the cards at these places: of the ways there are, the one on which the
    fewest cards stand, the straightest of several."""
    straight = geometry.watch(source, target)
    if len(scene.positions) >= MANY or target[1] < source[1] + geometry.HEIGHT + 8:
        return (straight,)
    best = flow(scene, source, target, straight)
    least = len({card for curve in best for card in _behind(scene, curve, source, target)})
    if least:
        near: tuple[geometry.Side, geometry.Side] = ("right", "left") if target[0] < source[0] else ("left", "right")
        for side in near:
            curve = geometry.beside(source, target, side)
            found = _in_the_way(scene, curve, source, target)
            if found < least:
                best, least = (curve,), found
    return best


def flow(scene: CanvasScene, source: Point, target: Point, straight: Curve) -> tuple[Curve, ...]:
    """The curves of a flow edge that would take a `straight` one: along a lane beside the cards in its way, if fewer
    stand there, or from a card's top or bottom, if fewer stand in the way of that."""
    low, high = sorted((straight[1], straight[7]))
    if len(scene.positions) >= MANY or source == target:
        return (straight,)
    if not low <= straight[3] <= high:  # what goes round below both its cards has no lane beside
        return (_back(scene, straight, source, target),)
    cards = _behind(scene, straight, source, target)
    best: tuple[Curve, ...] = (straight,)
    if cards:
        least, detour = len(cards), (0.0, 0.0)
        for curves, further, found in _lanes(scene, straight, cards, source, target):
            if found < least or (found == least and len(best) > 1 and further < detour):
                best, least, detour = curves, found, further
        if least and straight[1] == straight[3] and abs(source[1] - target[1]) >= geometry.HEIGHT + geometry.CLEAR:
            below = target[1] > source[1]
            start = geometry.port(source, "bottom" if below else "top")
            upright = geometry.upright(start, geometry.port(target, "top" if below else "bottom"))
            other = flow(scene, source, target, geometry.trimmed(upright, 5, 6))
            if len({card for curve in other for card in _behind(scene, curve, source, target)}) < least:
                best = other
    return best


def _back(scene: CanvasScene, below: Curve, source: Point, target: Point) -> Curve:
    """A way back that hangs so low, if that helps, that it runs below what stands under it; above its cards, if what
    stands under one of them is in the way of every other."""
    x0, y0, x1, y1, x2, _, x3, y3 = below
    first = geometry.under(source, target)[3]
    aside = y1 - first  # of those between the same two the first one's way counts: others take no place of another
    ways = [(x0, y0, x1, first + lower, x2, first + lower, x3, y3) for lower in (0.0, *LOWER)]
    ways.append(geometry.trimmed(geometry.over(source, target), 5, 6))
    least, best = _in_the_way(scene, ways[0], source, target), ways[0]
    for way in ways[1:] if least else ():
        found = _in_the_way(scene, way, source, target)
        if found < least:
            least, best = found, way
    x0, y0, x1, y1, x2, y2, x3, y3 = best
    aside = aside if best is not ways[-1] else -aside
    return x0, y0, x1, y1 + aside, x2, y2 + aside, x3, y3


def _lanes(
    scene: CanvasScene, straight: Curve, cards: list[Box], source: Point, target: Point
) -> Iterator[tuple[tuple[Curve, ...], tuple[float, float], int]]:
    """Ways beside the cards in the way of a curve, each with how far it leads aside and how many cards it runs
    behind."""
    level = straight[1] == straight[3]  # else it leaves upward or downward
    hull = _hull(source, target)
    for side in (-1, 1):
        passed = list(cards)
        for _ in range(TRIES):
            curves, at = _along(straight, passed, level, side)
            edges = (hull[1], hull[3]) if level else (hull[0], hull[2])
            if not edges[0] <= at <= edges[1]:
                break
            met = {card for curve in curves for card in _behind(scene, curve, source, target)}
            ends = (straight[1], straight[7]) if level else (straight[0], straight[6])
            detour = max(2 * abs(at - sum(ends) / 2), abs(ends[0] - ends[1]))
            # straight down onto the lower card, or up from it: the lines of a card above several lie in each other
            yield curves, (detour, 0.0 if level else abs(at - ends[straight[7] > straight[1]])), len(met)
            fresh = sorted(met.difference(passed))
            if not fresh:
                break
            passed += fresh


def _along(straight: Curve, cards: list[Box], level: bool, side: int) -> tuple[tuple[Curve, ...], float]:
    """From the ends of a curve into a lane above or left (-1), below or right (1) of these cards. Returns where it
    lies, too."""
    x0, y0, x3, y3 = *straight[:2], *straight[6:]
    away = GAP + STEP * min(4, len(cards) - 1)
    left, top = min(card[0] for card in cards), min(card[1] for card in cards)
    right, bottom = max(card[2] for card in cards), max(card[3] for card in cards)
    if level:
        at = top - away if side < 0 else bottom + away
        come, leave = max(left - 2, x0 + TURN), min(right + 2, x3 - TURN)
        if come > leave:
            come = leave = (come + leave) / 2
        a, b = (come, at), (leave, at)
        bend = geometry.sideways
    else:
        at = left - away if side < 0 else right + away
        if y3 >= y0:
            come, leave = max(top - 2, y0 + TURN), min(bottom + 2, y3 - TURN)
        else:
            come, leave = min(bottom + 2, y0 - TURN), max(top - 2, y3 + TURN)
        if (come > leave) == (y3 >= y0):
            come = leave = (come + leave) / 2
        a, b = (at, come), (at, leave)
        bend = geometry.upright
    third = (b[0] - a[0]) / 3, (b[1] - a[1]) / 3
    lane = (*a, a[0] + third[0], a[1] + third[1], b[0] - third[0], b[1] - third[1], *b)
    return (bend((x0, y0), a), lane, bend(b, (x3, y3))), at


def _hull(source: Point, target: Point) -> Box:
    """Where a flow edge, or a line of supervision, between these cards may run."""
    (ax, ay), (bx, by) = source, target
    return (
        min(ax, bx) - AWAY,
        min(ay, by) - AWAY,
        max(ax, bx) + geometry.WIDTH + AWAY,
        max(ay, by) + geometry.HEIGHT + AWAY,
    )


def again(scene: CanvasScene, places: Collection[Point]) -> None:
    """Cards stand here now, or stood here: lines that went beside them, or run behind them, may take another way."""
    if len(places) > FEW or len(scene.positions) >= MANY:
        return
    wires = scene.wires
    near: dict[str, Wire] = {}
    for at in places:
        left, top, right, bottom = geometry.card(at, REACH)
        for wire in wires.routed_near(QRectF(left, top, right - left, bottom - top)):
            if wire.look in ("supervise", "flow", "fallback") and not wire.via:
                near[wire.id] = wire
    for wire in near.values():
        if any(_ways_meet(scene, wire, at) for at in places):
            wires.place(wire)


def _ways_meet(scene: CanvasScene, wire: Wire, at: Point) -> bool:
    """Whether a card here may stand in one of the ways that a wire can take."""
    source, target = scene.positions.get(wire.source), scene.positions.get(wire.target)
    if source is None or target is None:
        return False
    left, top, right, bottom = _hull(source, target)
    x, y = at
    return left <= x + geometry.WIDTH and x <= right and top <= y + geometry.HEIGHT and y <= bottom


def _in_the_way(scene: CanvasScene, curve: Curve, source: Point, target: Point) -> int:
    """How many cards, other than those at its ends, a curve runs behind."""
    return len(_behind(scene, curve, source, target))


def _behind(scene: CanvasScene, curve: Curve, source: Point, target: Point) -> list[Box]:
    """The cards, other than those at its ends, that a curve runs behind."""
    box = geometry.curve_box(curve)
    ids = scene.places.near(box)
    cards = [geometry.card(at, -2.0) for at in map(scene.positions.__getitem__, ids) if at not in (source, target)]
    if not cards:
        return cards
    points = geometry.flatten(curve, max(SAMPLES, min(96, round((box[2] - box[0] + box[3] - box[1]) / 10))))
    found: list[Box] = []
    for card in cards:  # many, and after every step of a drag: without calls
        left, top, right, bottom = card
        for x, y in points:
            if left <= x <= right and top <= y <= bottom:
                found.append(card)
                break
    return found
