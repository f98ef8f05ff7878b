"""Lining up and spacing out what is selected: one step each, nothing else is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from quartet.editor.canvas import carrying, geometry
from quartet.editor.canvas.geometry import Box, Point
from quartet.editor.canvas.locking import is_locked, told
from quartet.graph.edits import Edit, Move, Set
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

How = Literal["left", "centre", "right", "top", "middle", "bottom"]
Way = Literal["horizontally", "vertically"]
PLACES: dict[How, tuple[int, float]] = {
    "left": (0, 0.0), "centre": (0, 0.5), "right": (0, 1.0), "top": (1, 0.0), "middle": (1, 0.5), "bottom": (1, 1.0),
}  # fmt: skip
"""Axis, and where along each box the line is that all of them come to stand on."""
LABELS: dict[How, str] = {
    "left": "Align left", "centre": "Align centres", "right": "Align right", "top": "Align top",
    "middle": "Align middles", "bottom": "Align bottom",
}  # fmt: skip


def chosen(canvas: Canvas) -> dict[str, Box]:
    """What is selected and has a place: agents, frames and notes, with their boxes."""
    scene, selection = canvas.canvas_scene, canvas.document.selection
    found: dict[str, Box] = {id: geometry.card(at) for id, at in scene.positions.items() if id in selection}
    for id in scene.annotations.keys() & selection:
        found[id] = scene.annotations[id].box()
    return found


def align(canvas: Canvas, how: How) -> None:
    """Line up what is selected: edges along the outermost one, middles along the middle of all."""
    boxes = chosen(canvas)
    whole = geometry.union(list(boxes.values()))
    if whole is None or len(boxes) < 2:
        canvas.say("Select two or more to line up.")
        return
    axis, place = PLACES[how]
    line = whole[axis] + (whole[axis + 2] - whole[axis]) * place
    to: dict[str, Point] = {}
    for id, box in boxes.items():
        start = round(line - (box[axis + 2] - box[axis]) * place, 2)
        to[id] = (start, box[1]) if axis == 0 else (box[0], start)
    _move(canvas, LABELS[how], boxes, to)


def distribute(canvas: Canvas, way: Way) -> None:
    """Make the gaps between what is selected equal; the first and the last stay where they are."""
    boxes = chosen(canvas)
    if len(boxes) < 3:
        canvas.say("Select three or more to space them out.")
        return
    axis = 0 if way == "horizontally" else 1
    held = [id for id in boxes if is_locked(canvas.document.graph, id)]
    if held and len(boxes) - len(held) >= 3:  # the others are spaced out among themselves
        boxes = {id: box for id, box in boxes.items() if id not in held}
    order = sorted(boxes, key=lambda id: (boxes[id][axis], boxes[id][axis + 2], id))
    sizes = [boxes[id][axis + 2] - boxes[id][axis] for id in order]
    first, last = boxes[order[0]][axis], max(boxes[id][axis + 2] for id in order)
    gap = (last - first - sum(sizes)) / (len(order) - 1)
    to: dict[str, Point] = {}
    at = first
    for id, size in zip(order, sizes, strict=True):
        start = round(at, 2)
        to[id] = (start, boxes[id][1]) if axis == 0 else (boxes[id][0], start)
        at += size + gap
    _move(canvas, f"Distribute {way}", boxes, to)


def _move(canvas: Canvas, label: str, boxes: dict[str, Box], to: dict[str, Point]) -> None:
    scene, graph = canvas.canvas_scene, canvas.document.graph
    moved = {id: at for id, at in to.items() if at != boxes[id][:2]}
    along = _taken_along(canvas, boxes, moved)
    held = [id for id in moved if is_locked(graph, id)]
    moved = {id: at for id, at in moved.items() if id not in held} | along
    agents = {AgentId(id): at for id, at in moved.items() if id in scene.cards}
    edits: list[Edit] = [Move(to=dict(agents))] if agents else []
    for id in moved.keys() - agents.keys():
        section = scene.annotations[id].section
        edits.append(Set(section=section, id=id, values={"x": moved[id][0], "y": moved[id][1]}))
    done = bool(edits) and canvas.do(label, edits)
    if held:
        canvas.say(f"{told(graph, held)} The others were arranged." if done else told(graph, held))


def _taken_along(canvas: Canvas, boxes: dict[str, Box], moved: dict[str, Point]) -> dict[str, Point]:
    """Where what lies in the frames that move comes to stand, unless it is lined up (`boxes`) or locked itself."""
    scene, graph = canvas.canvas_scene, canvas.document.graph
    found: dict[str, Point] = {}

    def size(frame: str) -> float:
        left, top, right, bottom = boxes[frame]
        return (right - left) * (bottom - top)

    # of frames in one another the innermost one counts, so it comes last
    for frame in sorted((id for id in moved if id in graph.frames), key=size, reverse=True):
        dx, dy = (moved[frame][axis] - boxes[frame][axis] for axis in (0, 1))
        agents, others = carrying.held(scene, frame)
        starts = {str(id): scene.positions[id] for id in agents if not is_locked(graph, id)}
        starts |= {id: scene.annotations[id].box()[:2] for id in others}
        found |= {id: (x + dx, y + dy) for id, (x, y) in starts.items() if id not in boxes}
    return found
