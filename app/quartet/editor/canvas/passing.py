"""Lines of supervision pass beside the cards that stand in their way, not behind them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Curve, Point

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

MANY = 2_000
"""In a drawing of so many agents nobody follows single lines, and looking for ways takes time."""
FEW = 40
"""When more cards move at once, lines that do not end at them stay as they are."""
REACH = 240.0
"""How far from a card a line may run that goes round it."""
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
    for at in places:
        left, top, right, bottom = geometry.card(at, REACH)
        for wire in scene.wires.near(QRectF(left, top, right - left, bottom - top)):
            if wire.look == "supervise":
                scene.wires.place(wire)


def _in_the_way(scene: CanvasScene, curve: Curve, source: Point, target: Point) -> int:
    """How many cards, other than those at its ends, a curve runs behind."""
    ids = scene.places.near(geometry.curve_box(curve))
    cards = [geometry.card(at, -2.0) for at in map(scene.positions.__getitem__, ids) if at not in (source, target)]
    if not cards:
        return 0
    points = geometry.flatten(curve, SAMPLES)
    return sum(any(geometry.holds(card, (x, y, x, y)) for x, y in points) for card in cards)
