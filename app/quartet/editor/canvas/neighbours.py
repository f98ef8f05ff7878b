"""Which agent is nearest, or next in a direction: found by looking around, farther and farther, not at all there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from quartet.editor.canvas.geometry import HEIGHT, WIDTH, Point
from quartet.editor.canvas.places import CELL
from quartet.graph.model import AgentId, EdgeId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene
    from quartet.editor.canvas.view import Canvas


def nearest(canvas: Canvas, to: Point) -> AgentId | None:
    """The agent whose card's middle is nearest to a scene point; None without agents."""
    scene = canvas.canvas_scene
    x, y = to

    def gap(id: AgentId) -> float:
        left, top = scene.positions[id]
        return float(((left + WIDTH / 2 - x) ** 2 + (top + HEIGHT / 2 - y) ** 2) ** 0.5)

    return _least(scene, (), gap, to, (0, 0))


def neighbour(canvas: Canvas, here: AgentId, direction: tuple[int, int]) -> AgentId | None:
    """The agent that one comes to from `here`: connected ones count as half as far away as others."""
    scene = canvas.canvas_scene
    edges = canvas.document.graph.edges
    linked = set[AgentId]()
    for id in scene.wires.incident.get(here, ()):
        edge = edges.get(EdgeId(id))
        if edge is not None:
            linked |= {edge.source, edge.target}
    x, y = scene.positions[here]
    dx, dy = direction

    def cost(id: AgentId) -> float | None:
        ox, oy = scene.positions[id]
        along = (ox - x) * dx + (oy - y) * dy
        across = abs((ox - x) * dy) + abs((oy - y) * dx)
        if id == here or along <= 0 or across > 3 * along:
            return None
        return (along + 2 * across) * (0.5 if id in linked else 1.0)

    return _least(scene, sorted(linked & scene.positions.keys()), cost, (x, y), direction)


def _least(
    scene: CanvasScene,
    first: Iterable[AgentId],
    cost: Callable[[AgentId], float | None],
    start: Point,
    direction: tuple[int, int],
) -> AgentId | None:
    """The card of the least cost, the lowest of equals; the cost never falls below how far away a card stands.

    Args:
        first: cards to look at wherever they stand.
        cost: None: not that one.
        direction: the way to look from `start`; (0, 0): all round.
    """
    best: tuple[float, float, AgentId] | None = None
    for reach, ids in _farther(scene, first, start, direction):
        for id in ids:
            found = cost(id)
            if found is not None:
                this = found, scene.places.height(id), id
                best = this if best is None else min(best, this)
        if best is not None and best[0] <= reach:
            break
    return None if best is None else best[2]


def _farther(
    scene: CanvasScene, first: Iterable[AgentId], start: Point, direction: tuple[int, int]
) -> Iterator[tuple[float, Iterable[AgentId]]]:
    """Cards to look at, and how far from `start` all others stand at least; the last time it is all of them."""
    yield 0.0, first
    around = scene.places.bounds()
    if around is None:
        return
    (x, y), (dx, dy) = start, direction
    end = max(abs(around[0] - x), abs(around[1] - y), abs(around[2] - x), abs(around[3] - y))
    reach = CELL / 2
    while True:
        left, top = x - (0 if dx > 0 else reach), y - (0 if dy > 0 else reach)
        right, bottom = x + (0 if dx < 0 else reach), y + (0 if dy < 0 else reach)
        yield reach, scene.places.near((left, top, right, bottom))
        if reach >= end:
            return
        reach *= 2
