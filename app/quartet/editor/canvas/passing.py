"""Lines of supervision pass beside the cards that stand in their way, not behind them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Curve, Point

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene
    from quartet.editor.canvas.wire import Wire

MANY = 2_000
"""In a drawing of so many agents nobody follows single lines, and looking for ways takes time."""
FEW = 40
"""When more cards move at once, lines that do not end at them stay as they are."""
REACH = 240.0
"""How far from a card a line may run that goes round it."""
ASIDE = 42.0
"""How far beside a card the line comes down that goes round others (`geometry.beside`)."""
SAMPLES = 24


def watch(scene: CanvasScene, source: Point, target: Point) -> Curve:
    """The curve of a supervise edge between the cards at these places: of the ways there are, the one on which the
    fewest cards stand, the straightest of several."""
    straight = geometry.watch(source, target)
    if len(scene.positions) >= MANY or target[1] < source[1] + geometry.HEIGHT + 8:
        return straight
    least = _in_the_way(scene, straight, source, target)
    best = straight
    if least:
        near: tuple[geometry.Side, geometry.Side] = ("right", "left") if target[0] < source[0] else ("left", "right")
        for side in near:
            curve = geometry.beside(source, target, side)
            found = _in_the_way(scene, curve, source, target)
            if found < least:
                best, least = curve, found
    return best


def again(scene: CanvasScene, places: Collection[Point]) -> None:
    """Cards stand here now, or stood here: lines that went beside them, or run behind them, may take another way."""
    if len(places) > FEW or len(scene.positions) >= MANY:
        return
    wires = scene.wires
    near: dict[str, Wire] = {}
    for at in places:
        left, top, right, bottom = geometry.card(at, REACH)
        for wire in wires.routed_near(QRectF(left, top, right - left, bottom - top)):
            if wire.look == "supervise":
                near[wire.id] = wire
    for wire in near.values():
        if any(_ways_meet(scene, wire, at) for at in places):
            wires.place(wire)


def _ways_meet(scene: CanvasScene, wire: Wire, at: Point) -> bool:
    """Whether a card here may stand in one of the ways that a wire can take."""
    source, target = scene.positions.get(wire.source), scene.positions.get(wire.target)
    if source is None or target is None:
        return False
    left, top, right, bottom = geometry.card(at)
    middle = source[0] + geometry.WIDTH / 2
    return (
        left <= max(middle, target[0] + geometry.WIDTH + ASIDE)
        and right >= min(middle, target[0] - ASIDE)
        and top <= target[1] + geometry.HEIGHT
        and bottom >= source[1]
    )


def _in_the_way(scene: CanvasScene, curve: Curve, source: Point, target: Point) -> int:
    """How many cards, other than those at its ends, a curve runs behind."""
    ids = scene.places.near(geometry.curve_box(curve))
    cards = [geometry.card(at, -2.0) for at in map(scene.positions.__getitem__, ids) if at not in (source, target)]
    if not cards:
        return 0
    points = geometry.flatten(curve, SAMPLES)
    found = 0
    for left, top, right, bottom in cards:  # many, and after every step of a drag: without calls
        for x, y in points:
            if left <= x <= right and top <= y <= bottom:
                found += 1
                break
    return found
