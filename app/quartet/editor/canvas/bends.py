"""Points that an edge's line is led through: its curves, what moves with them, and the Edits that change them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF

from quartet.editor.canvas import geometry, small
from quartet.editor.canvas.geometry import Curve, Point, Side
from quartet.graph.edits import Edit, Set
from quartet.graph.model import AgentId, Edge, EdgeId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quartet.editor.canvas.scene import CanvasScene
    from quartet.editor.canvas.view import Canvas

Bends = Mapping[str, Sequence[Point]]
"""Points by the id of their edge."""
SOFT = 0.34
"""How far a curve's handles reach, as a share of the way to the next point."""


# the line


def through(
    look: str, source: Point, target: Point, via: Sequence[Point], tiny: tuple[bool, bool]
) -> tuple[Curve, ...]:
    """The curves of an edge between the cards at `source` and `target` by way of points; `tiny`: which are small."""
    if look in ("handoff", "share"):
        ends = _border(source, via[0], tiny[0]), _border(target, via[-1], tiny[1])
        out, into = _toward(ends[0], via[0]), _toward(via[-1], ends[1])
    else:
        upright = look == "supervise"
        sides = _side(source, via[0], upright, "right"), _side(target, via[-1], upright, "left")
        ends = _port(source, sides[0], 5, tiny[0]), _port(target, sides[1], 6, tiny[1])
        out, into = _OUTWARD[sides[0]], (-_OUTWARD[sides[1]][0], -_OUTWARD[sides[1]][1])
    stops = [ends[0], *via, ends[1]]
    headings = [out, *(_toward(before, after) for before, after in zip(stops, stops[2:], strict=False)), into]
    found: list[Curve] = []
    for (a, b), (leave, come) in zip(pairwise(stops), pairwise(headings), strict=True):
        reach = SOFT * hypot(b[0] - a[0], b[1] - a[1])
        found.append(
            (*a, a[0] + leave[0] * reach, a[1] + leave[1] * reach, b[0] - come[0] * reach, b[1] - come[1] * reach, *b)
        )
    return tuple(found)


_OUTWARD: dict[Side, Point] = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "top": (0.0, -1.0), "bottom": (0.0, 1.0)}


def _side(card: Point, to: Point, upright: bool, usual: Side) -> Side:
    """The port of a card from which a line to a point leaves, or to which one from there comes."""
    left, top, right, bottom = geometry.card(card)
    if not upright and (to[0] >= right + geometry.AHEAD if usual == "right" else to[0] <= left - geometry.AHEAD):
        return usual
    return "bottom" if to[1] >= (top + bottom) / 2 else "top"


def _port(card: Point, side: Side, gap: float, tiny: bool) -> Point:
    x, y = geometry.port(card, side)
    if tiny:
        x, y = small.inward((x, y), side)
    return x + _OUTWARD[side][0] * gap, y + _OUTWARD[side][1] * gap


def _border(card: Point, to: Point, tiny: bool) -> Point:
    dx, dy = to[0] - card[0] - geometry.WIDTH / 2, to[1] - card[1] - geometry.HEIGHT / 2
    return small.border(card, dx, dy, 5.0) if tiny else geometry.border(card, dx, dy, 5.0)


def _toward(a: Point, b: Point) -> Point:
    """The direction from one point to another, of length 1."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = hypot(dx, dy)
    return (dx / length, dy / length) if length else (1.0, 0.0)


def far_lines(scene: CanvasScene) -> dict[str, list[QLineF]]:
    """The bent edges as straight pieces from middle to middle, for the whole view, by how they look."""
    found: dict[str, list[QLineF]] = {}
    half = geometry.WIDTH / 2, geometry.HEIGHT / 2
    for id in scene.wires.bent:
        wire = scene.wires.wires[id]
        if not wire.via or (wire.twin is not None and id > wire.twin):
            continue
        a, b = scene.positions.get(wire.source), scene.positions.get(wire.target)
        if a is None or b is None:
            continue
        stops = [(a[0] + half[0], a[1] + half[1]), *wire.via, (b[0] + half[0], b[1] + half[1])]
        lit = scene.lit_edges is not None and id in scene.lit_edges
        group = "lit" if lit else scene.carried(id) or wire.look
        found.setdefault(group, []).extend(QLineF(*one, *two) for one, two in pairwise(stops))
    return found


# what moves with others


def between(scene: CanvasScene, agents: Collection[AgentId]) -> Bends:
    """The points of the edges both of whose ends are among these agents."""
    edges = scene.document.graph.edges
    found = [edges[EdgeId(id)] for id in sorted(scene.wires.bent)]
    return {edge.id: edge.points or () for edge in found if edge.source in agents and edge.target in agents}


def show(scene: CanvasScene, bends: Bends, dx: float, dy: float) -> None:
    """Show these points elsewhere while a gesture lasts."""
    layer = scene.wires
    for id, points in bends.items():
        wire = layer.wires.get(id)
        if wire is not None:
            layer.held[id] = shifted(points, dx, dy)
            layer.place(wire)
    if bends:
        scene.far.update()


def let_go(scene: CanvasScene, bends: Bends) -> None:
    """The gesture is over: the points are where the document says."""
    for id in bends:
        scene.wires.held.pop(id, None)
        wire = scene.wires.wires.get(id)
        if wire is not None:
            scene.wires.place(wire)


def moved(bends: Bends, dx: float, dy: float) -> list[Edit]:
    """The Edits that move these points."""
    return [_stated(id, shifted(points, dx, dy)) for id, points in bends.items()]


def straightened(edges: Iterable[Edge], agents: Collection[AgentId]) -> list[Edit]:
    """The Edits that take the points off the edges at these agents: they were meant for where the agents stood."""
    return [_stated(edge.id, ()) for edge in edges if edge.points and (edge.source in agents or edge.target in agents)]


def shifted(points: Sequence[Point], dx: float, dy: float) -> tuple[Point, ...]:
    """The points, moved."""
    return tuple((x + dx, y + dy) for x, y in points)


def _stated(id: str, points: Sequence[Point]) -> Set:
    return Set(section="edges", id=id, values={"points": tuple(points) or None})


# what a person does


def add(canvas: Canvas, id: EdgeId, at: QPointF | None = None) -> None:
    """Lead an edge through one more point: at a scene point, or (None) in the middle of its longest stretch."""
    twin = canvas.canvas_scene.wires.wires[id].twin
    if twin is not None and twin < id:  # of two hand-offs on one line the first one has the points
        id = EdgeId(twin)
    edge, wire = canvas.document.graph.edges[id], canvas.canvas_scene.wires.wires[id]
    if edge.source == edge.target or edge.invalid:
        canvas.say("An edge from an agent to itself goes round by itself." if not edge.invalid else "It is not drawn.")
        return
    old = list(edge.points or ())
    curves = wire.curves or (wire.curve,)
    if at is None:
        lengths = [_length(curve) for curve in curves]
        index = lengths.index(max(lengths))
        point = geometry.snapped(geometry.on_curve(curves[index], 0.5))
    else:
        gaps = [geometry.distance(geometry.flatten(curve), at.x(), at.y()) for curve in curves]
        index = gaps.index(min(gaps))
        point = geometry.snapped((at.x(), at.y()))
    index = min(index, len(old))  # round cards there are more curves than points
    fresh = [*old[:index], point, *old[index:]]
    if canvas.do("Add a point to an edge", [_stated(id, fresh)]):
        canvas.document.select({id})
        choose(canvas, id, index)


def _length(curve: Curve) -> float:
    return sum(hypot(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(geometry.flatten(curve, 8)))


def put(canvas: Canvas, id: EdgeId, index: int, at: Point, *, merge: bool = False) -> bool:
    """Move one point of an edge; `merge`: steps in a row are one step to Undo."""
    points = list(canvas.document.graph.edges[id].points or ())
    points[index] = at
    key = f"point {id} {index}" if merge else None
    done = canvas.do("Move a point of an edge", [_stated(id, points)], key)
    choose(canvas, id, index)
    return done


def remove(canvas: Canvas, id: EdgeId, index: int) -> None:
    """Take one point off an edge."""
    points = list(canvas.document.graph.edges[id].points or ())
    if 0 <= index < len(points):
        del points[index]
        canvas.do("Remove a point of an edge", [_stated(id, points)])


def straighten(canvas: Canvas) -> None:
    """Take all points off the selected edges."""
    chosen = [edge for edge in canvas.document.selected_edges if edge.points]
    if not chosen:
        canvas.say("No selected edge goes through points.")
        return
    canvas.do("Straighten" if len(chosen) > 1 else "Straighten an edge", [_stated(edge.id, ()) for edge in chosen])


def by_key(canvas: Canvas) -> None:
    """P: one more point on the one selected edge."""
    chosen = canvas.document.selected_edges
    reason = canvas.document.read_only or (None if len(chosen) == 1 else "Select the edge to lead through a point.")
    if reason is not None:
        canvas.say(reason)
        return
    canvas.cancel_gesture()
    at = canvas.pointer_scene_pos()
    on_it = at is not None and canvas.hit(at).edge == chosen[0].id
    add(canvas, chosen[0].id, at if on_it else None)


def next_point(canvas: Canvas) -> None:
    """Take the keyboard to the next point of the selected edge: Ctrl and the arrows move it, Delete removes it."""
    chosen = canvas.document.selected_edges
    points = chosen[0].points if len(chosen) == 1 else None
    if not points:
        canvas.say("Select an edge that goes through points.")
        return
    here = active(canvas)
    choose(canvas, chosen[0].id, 0 if here is None else (here[1] + 1) % len(points))


def choose(canvas: Canvas, id: EdgeId, index: int) -> None:
    """Make a point the one that keys are about."""
    canvas.canvas_scene.wires.active = (id, index)
    canvas.canvas_scene.wires.repaint_wires([id])


def active(canvas: Canvas) -> tuple[EdgeId, int] | None:
    """The point that keys are about: only while its edge alone is selected."""
    found = canvas.canvas_scene.wires.active
    if found is None or canvas.document.selection != {found[0]}:
        return None
    points = canvas.document.graph.edges[EdgeId(found[0])].points or ()
    return (EdgeId(found[0]), found[1]) if found[1] < len(points) else None


def nudge(canvas: Canvas, dx: float, dy: float) -> bool:
    """Move the point that keys are about by a step; False if there is none."""
    found = active(canvas)
    if found is None:
        return False
    id, index = found
    x, y = (canvas.document.graph.edges[id].points or ())[index]
    return put(canvas, id, index, (x + dx, y + dy), merge=True)


def delete(canvas: Canvas) -> bool:
    """Remove the point that keys are about; False if there is none."""
    found = active(canvas)
    if found is None:
        return False
    remove(canvas, *found)
    canvas.canvas_scene.wires.active = None
    return True
