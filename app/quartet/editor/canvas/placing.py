"""Where something new is put: never hiding what stands there already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import QPointF

from quartet.editor.canvas import geometry
from quartet.editor.canvas.cells import Cells
from quartet.editor.canvas.geometry import Box, Point
from quartet.editor.canvas.scene import CanvasScene
from quartet.graph.model import AgentId

STEP = 24.0
"""How far a copy stands from what it would hide."""
GAP = 40.0
"""Between what is added and what stands there already: a pattern's tint fits between."""
STRIDE = 48.0
APART = 20.0
"""Between a card that gives way and others, at least."""
RINGS = 40
"""So many strides round the wanted place a free one is looked for."""


def stepped_aside(scene: CanvasScene, cards: list[Point]) -> Point:
    """How far these cards have to step aside, right and down, so that none lies exactly on one that is there."""
    around = geometry.union([geometry.card(at, STEP) for at in cards])
    aside = 0.0
    while around is not None:
        left, top, right, bottom = around
        near = scene.places.near((left + aside, top + aside, right + aside, bottom + aside))
        taken = {geometry.snapped(scene.positions[id], STEP / 2) for id in near}
        if not any(geometry.snapped((x + aside, y + aside), STEP / 2) in taken for x, y in cards):
            break
        aside += STEP
    return aside, aside


def free_place(scene: CanvasScene, size: Point, wanted: QPointF) -> QPointF:
    """The middle of a free rectangle of `size`, as near to `wanted` as there is one; `wanted` if there is none near."""
    width, height = size[0] / 2 + GAP, size[1] / 2 + GAP
    reach = RINGS * STRIDE
    all_round = (wanted.x() - width - reach, wanted.y() - height - reach)
    opposite = (wanted.x() + width + reach, wanted.y() + height + reach)
    near = [box for box in _taken(scene) if _cross(box, (*all_round, *opposite))]
    for dx, dy in _round():
        x, y = wanted.x() + dx, wanted.y() + dy
        if not any(_cross(box, (x - width, y - height, x + width, y + height)) for box in near):
            return QPointF(x, y)
    return wanted


def free_beside(scene: CanvasScene, corner: Point, step: Point) -> Point:
    """The first of `corner`, `corner + step`, `corner + 2 × step` … where a card covers no other one."""
    x, y = corner
    reach = geometry.card(corner, STRIDE * RINGS)
    near = [box for at in scene.positions.values() if _cross(box := geometry.card(at, 8), reach)]
    for _ in range(RINGS):
        if not any(_cross(box, geometry.card((x, y))) for box in near):
            break
        x, y = x + step[0], y + step[1]
    return geometry.snapped((x, y))


def given_way(places: Mapping[AgentId, Point], staying: Mapping[AgentId, Point]) -> dict[AgentId, Point]:
    """Places for cards, of which each that would lie on one that stays is put to the nearest free place."""
    cells, boxes = Cells(), dict[str, Box]()

    def take(id: AgentId, at: Point) -> None:
        boxes[id] = geometry.card(at, APART)
        cells.put(id, boxes[id])

    def free(at: Point) -> bool:
        card = geometry.card(at)
        return not any(_cross(boxes[id], card) for id in cells.near(card))

    for id, at in staying.items():
        take(id, at)
    found = dict(places)
    late = {id: at for id, at in places.items() if not free(at)}
    if late:
        for id, at in places.items():
            if id not in late:
                take(id, at)
    for id, (x, y) in late.items():
        found[id] = next(filter(free, ((x + dx, y + dy) for dx, dy in _round())), (x, y))
        take(id, found[id])
    return found


def _taken(scene: CanvasScene) -> Iterator[Box]:
    for at in scene.positions.values():
        yield geometry.card(at)
    for item in scene.annotations.values():
        rect = item.scene_rect()
        yield rect.left(), rect.top(), rect.right(), rect.bottom()


def _cross(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _round() -> Iterator[Point]:
    """Steps away from a place, ring by ring; in a ring below first, then to the right."""
    for ring in range(RINGS + 1):
        around = [(i, j) for i in range(-ring, ring + 1) for j in range(-ring, ring + 1) if max(abs(i), abs(j)) == ring]
        around.sort(key=lambda step: (step[0] ** 2 + step[1] ** 2, -step[1], -step[0]))
        for i, j in around:
            yield i * STRIDE, j * STRIDE
