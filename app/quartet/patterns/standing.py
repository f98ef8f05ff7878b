"""How the parts of a drawing stand already, so that laying it out anew moves little of it.

Branches, workers and peers keep the order in which a person sees them, rather than the one of the file, and lines
stay broken where they are. Boxes are (left, top, right, bottom) in scene pixels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import atan2, pi
from statistics import median_high, median_low
from typing import Literal, TypeAlias

from quartet.graph.model import AgentId, Point
from quartet.patterns.blocks import CARD_HEIGHT, CARD_WIDTH, GRID, PADDING, Lines, foot
from quartet.patterns.tree import Leaf, Tree

Box: TypeAlias = tuple[float, float, float, float]
TOUCH = 10.0
"""Two boxes that overlap by less still stand beside each other: they were rounded to the grid."""


class Standing:
    """Where the parts of a tree stand before they are laid out; parts that stand nowhere keep the file's order."""

    def __init__(
        self,
        nodes: Sequence[Tree],
        places: Mapping[AgentId, Point],
        around: Mapping[AgentId, Sequence[AgentId]],
    ) -> None:
        """`nodes` are all of a tree, parents first; `around` what is laid out together with an agent."""
        self._boxes: dict[int, Box | None] = {}
        for node in reversed(nodes) if places else ():
            agents = (other for agent in node.own for other in (agent, *around.get(agent, ())))
            held = [_card(places[agent]) for agent in agents if agent in places]
            held += [box for child in node.children if (box := self._boxes[id(child)]) is not None]
            box = _union(held)
            if box is not None and not isinstance(node, Leaf):
                below = PADDING + foot(box[2] - box[0], loop=getattr(node, "loop", False))
                box = box[0] - PADDING, box[1] - PADDING, box[2] + PADDING, box[3] + below
            self._boxes[id(node)] = box

    def lines(self, parts: Sequence[Tree], along: Literal["x", "y"]) -> Lines | None:
        """How the parts stand: in columns for “x”, in rows for “y”. None if none of them stands anywhere yet.

        What stands nowhere comes after the part before it.
        """
        across = 0 if along == "x" else 1
        boxes = {index: box for index, part in enumerate(parts) if (box := self._boxes.get(id(part))) is not None}
        if not boxes:
            return None
        found: list[list[int]] = []
        end = 0.0
        for index in sorted(boxes, key=lambda index: (boxes[index][across], index)):
            box = boxes[index]
            if found and box[across] < end - TOUCH:
                found[-1].append(index)
                end = max(end, box[across + 2])
            else:
                found.append([index])
                end = box[across + 2]
        for line in found:
            line.sort(key=lambda index: (boxes[index][1 - across], index))
        one = sorted(boxes, key=lambda index: (boxes[index][1 - across], index))
        return Lines(_with_the_rest(found, len(parts)), _with_the_rest([one], len(parts))[0])

    def knows(self, parts: Sequence[Tree]) -> bool:
        """Whether any of the parts stands somewhere."""
        return any(self._boxes.get(id(part)) is not None for part in parts)

    def height(self, part: Tree) -> float | None:
        """The height of the middle of a part; None if it stands nowhere."""
        box = self._boxes.get(id(part))
        return None if box is None else (box[1] + box[3]) / 2

    def around(self, parts: Sequence[Tree]) -> list[int]:
        """The parts by index, clockwise around their middle from the one that stands on top; two from the left, or from
        above where they rather stand one above the other.
        """
        boxes = {index: box for index, part in enumerate(parts) if (box := self._boxes.get(id(part))) is not None}
        centres = {index: ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for index, box in boxes.items()}
        if len(centres) <= 2:
            wide, high = (max(ends) - min(ends) for ends in zip(*centres.values(), strict=True)) if centres else (0, 0)
            ring = sorted(centres, key=lambda index: (centres[index][0 if wide >= high else 1], index))
        else:
            x, y = (sum(centre[axis] for centre in centres.values()) / len(centres) for axis in (0, 1))
            turns = {i: (atan2(cy - y, cx - x) + pi / 2) % (2 * pi) for i, (cx, cy) in centres.items()}
            # the one on top seldom stands exactly over the middle: what is near it on the left counts as well
            top = min(turns, key=lambda index: (min(turns[index], 2 * pi - turns[index]), index))
            ring = sorted(centres, key=lambda index: ((turns[index] - turns[top]) % (2 * pi), index))
        return [index for line in _with_the_rest([ring], len(parts)) for index in line]

    def breaks(self, parts: Sequence[Tree]) -> list[int] | None:
        """How many parts of a row stand in each of the lines it is folded into; None where that cannot be seen."""
        boxes = [self._boxes.get(id(part)) for part in parts]
        counts: list[int] = []
        last: Box | None = None
        for box in boxes:
            if not counts or (box is not None and last is not None and box[0] < last[2] and box[1] > last[3] - TOUCH):
                counts.append(0)
            counts[-1] += 1
            last = box or last
        return counts if last is not None else None


def kept_in_place(found: Mapping[AgentId, Point], places: Mapping[AgentId, Point]) -> dict[AgentId, Point]:
    """The places found, all moved by as much as the middle one of those that stood somewhere was moved away.

    Half of them stay where they are, and no other way to lay the whole drawing down moves them less in sum; of several
    as good, the one is taken that leaves the most just where they are.
    """
    stood = [agent for agent in found if agent in places]
    if not stood:
        return dict(found)
    away = [(_on_grid(places[a][0] - found[a][0]), _on_grid(places[a][1] - found[a][1])) for a in stood]
    (left, right), (top, bottom) = ((median_low(along), median_high(along)) for along in zip(*away, strict=True))
    good = Counter((x, y) for x, y in away if left <= x <= right and top <= y <= bottom)
    dx, dy = max(good, key=good.__getitem__, default=(left, top))
    return {agent: (x + dx, y + dy) for agent, (x, y) in found.items()}


def _with_the_rest(lines: list[list[int]], count: int) -> list[list[int]]:
    """The lines with what is missing of `count`, each after the one before it."""
    where = {index: line for line in lines for index in line}
    if not where:
        return [list(range(count))]
    for index in range(count):
        if index not in where:
            before = where.get(index - 1)
            line = lines[0] if before is None else before
            line.insert(0 if before is None else line.index(index - 1) + 1, index)
            where[index] = line
    return lines


def _card(place: Point) -> Box:
    return place[0], place[1], place[0] + CARD_WIDTH, place[1] + CARD_HEIGHT


def _union(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _on_grid(value: float) -> float:
    return round(value / GRID) * GRID
