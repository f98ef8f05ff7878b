"""Rings of rectangles, around a board or around nothing. Pure geometry, in scene pixels."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from math import cos, pi, sin

from quartet.graph.model import Point
from quartet.patterns.blocks import UNDER_CARD, Block, Placed, centred_row

AROUND = 50.0
"""Between the peers of a ring."""
BETWEEN_PEERS = 112.0
"""Between two peers without others."""
ROUNDS = 4
"""So often each peer is tried everywhere."""
MANY_PEERS = 16
"""More peers than this stand as close as they can, whatever runs through them."""


def ring(
    blocks: Sequence[Block], middle: Block | None, chords: Collection[tuple[int, int]] = (), *, entered: bool = False
) -> Block:
    """Around a circle that is wider than tall, clockwise from the top, with a block in the middle.

    A ring that is `entered` begins on the left, where the arrow to its first block comes from. It is as wide as the
    `chords`, the edges between blocks by index, need to run past the others.
    """
    if len(blocks) == 2:
        pair = centred_row(blocks, BETWEEN_PEERS)
        return pair if middle is None else roof_below(pair, middle)
    cells = [(block.width + AROUND, block.height + AROUND) for block in blocks]
    if len(blocks) > MANY_PEERS:
        cells = [(max(width for width, _ in cells), max(height for _, height in cells))] * len(cells)
    begin = pi if entered else -pi / 2
    steps = [begin + 2 * pi * index / len(blocks) for index in range(len(blocks))]
    centres = _fitting(steps, cells, middle, chords if len(blocks) <= MANY_PEERS else ())
    boxes = [(x - b.width / 2, y - b.height / 2, b) for (x, y), b in zip(centres, blocks, strict=True)]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2].width for box in boxes), max(box[1] + box[2].height for box in boxes)
    inside: list[Placed] = [(x - left, y - top, block) for x, y, block in boxes]
    if middle is not None:
        inside.append((-left - middle.width / 2, -top - middle.height / 2, middle))
    return Block(right - left, bottom - top, -top, inside)


def untangled(order: Sequence[int], chords: Collection[tuple[int, int]]) -> list[int]:
    """Blocks, by index, in an order around the ring in which fewer chords cross; as they are if none is found.

    Circular sifting: each in turn goes once around the others, and stays where the fewest chords cross.
    """
    ring = list(order)
    near: dict[int, set[int]] = {each: set() for each in ring}
    for one, other in chords:
        if one != other:
            near[one].add(other)
            near[other].add(one)
    links = sum(map(len, near.values())) // 2
    if not 4 <= len(ring) <= MANY_PEERS or links >= len(ring) * (len(ring) - 1) // 2:
        return ring  # among few, or where all are connected, one order is as good as another
    for _ in range(ROUNDS):
        before = list(ring)
        for each in order:
            _sift(ring, each, near)
        if ring == before:
            break
    return ring


def _sift(ring: list[int], each: int, near: Mapping[int, Collection[int]]) -> None:
    """Put one where the fewest chords cross; where it is, if nowhere fewer do."""
    others = [other for other in ring if other != each]
    home = ring.index(each)
    others = others[home:] + others[:home]  # as they follow it
    place = {other: index for index, other in enumerate(others)}
    best = change = 0
    at = 0
    for index, other in enumerate(others[:-1]):
        # it steps over `other`, which was next to it: the chords of the two cross where they did not, and not where
        # they did
        theirs = sorted((place[end] - index) % len(others) for end in near[other] if end != each)
        for end in near[each]:
            if end == other:
                continue
            far = (place[end] - index) % len(others)
            change += bisect_left(theirs, far) - (len(theirs) - bisect_right(theirs, far))
        if change < best:
            best, at = change, index + 1
    if at:
        moved = [*others[:at], each, *others[at:]]
        first = moved.index(ring[0])
        ring[:] = moved[first:] + moved[:first]


def _fitting(
    steps: Sequence[float], cells: Sequence[Point], middle: Block | None, chords: Collection[tuple[int, int]]
) -> list[Point]:
    """The centres of a ring as large as cells of these sizes need, and as much taller than they are."""
    width, height = (sum(cell[axis] for cell in cells) / len(cells) for axis in (0, 1))
    roomy: list[tuple[float, float, list[Point]]] = []
    for stretch in (1.0, 1.3, 1.7, 2.2) if chords else (1.0,):
        scale = 1.0
        while True:
            centres = [(width * scale * cos(step), height * scale * stretch * sin(step)) for step in steps]
            if not _crowded(centres, cells, middle):
                break
            scale *= 1.06
        hits = sum(_runs_through(chord, centres, cells) for chord in chords)
        roomy.append((hits, scale * stretch, centres))
        if not hits:
            break
    return min(roomy, key=lambda ring: ring[:2])[2]


def _runs_through(chord: tuple[int, int], centres: Sequence[Point], cells: Sequence[Point]) -> bool:
    """Whether the straight line between two of the centres touches what stands in the cell around another."""
    (ax, ay), (bx, by) = centres[chord[0]], centres[chord[1]]
    for index, (x, y) in enumerate(centres):
        if index in chord:
            continue
        half, high = (cells[index][0] - AROUND) / 2, (cells[index][1] - AROUND) / 2
        for step in range(1, 16):
            px, py = ax + (bx - ax) * step / 16, ay + (by - ay) * step / 16
            if abs(px - x) < half and abs(py - y) < high:
                return True
    return False


def _crowded(centres: Sequence[Point], cells: Sequence[Point], middle: Block | None) -> bool:
    """Whether two cells around the centres touch, or one touches the block in the middle.

    Of many, which are of one size, only neighbours can.
    """
    count = len(centres)
    for index, ((x, y), (width, height)) in enumerate(zip(centres, cells, strict=True)):
        if middle is not None and abs(x) < (width + middle.width) / 2 and abs(y) < (height + middle.height) / 2:
            return True
        for near in range(1, min(4, count) if count > MANY_PEERS else count // 2 + 1):
            (other_x, other_y), (wide, high) = centres[(index + near) % count], cells[(index + near) % count]
            if abs(x - other_x) < (width + wide) / 2 - 0.01 and abs(y - other_y) < (height + high) / 2 - 0.01:
                return True
    return False


def roof_below(pair: Block, middle: Block) -> Block:
    """A block under the middle of another; arrows enter and leave at the upper one."""
    width = max(pair.width, middle.width)
    inside: list[Placed] = [
        ((width - pair.width) / 2, 0.0, pair),
        ((width - middle.width) / 2, pair.height + UNDER_CARD, middle),
    ]
    return Block(width, pair.height + UNDER_CARD + middle.height, pair.axis, inside)
