"""Rectangles put together from rectangles: rows, columns, grids and roofs. Pure geometry, in scene pixels."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, sqrt
from typing import NamedTuple, TypeAlias, TypeVar

from quartet.graph.model import AgentId

CARD_WIDTH, CARD_HEIGHT = 184.0, 62.0
GRID = 4.0
BETWEEN_STEPS = 60.0
"""Between one stage and the next, where arrows and their conditions have room."""
BETWEEN_BRANCHES = 42.0
BETWEEN_WORKERS = 32.0
PASSING = 18.0
"""Between an edge and the stage that it passes by."""
UNDER_ROOF = 66.0
"""Between a supervisor and its workers."""
UNDER_CARD = 50.0
"""Between an agent and what steps in for it: room for “on failure”."""
PADDING = 16.0
"""Between a part and the edge of its region."""
FOOT = 20.0
"""More of it at the bottom, for the region's name."""
IN_A_COLUMN = 12
"""More branches than this become a grid of columns."""
IN_A_LINE = 14 * (CARD_WIDTH + BETWEEN_STEPS)
"""A row that is wider than this, fourteen cards, is folded into lines, as a text is."""
FEW_STEPS = 8
"""So many steps stay in one line however wide they are: a second one would hardly be a line."""
BETWEEN_LINES = 76.0
"""Between one line of a folded row and the next, where the arrow back to the left has room."""
LOOSE = 1.3
"""Lines stay broken where they are while none is so much longer than it would be made, or the whole so much shorter."""
WIDEST_ARC = 800.0
"""An arrow back over more than this hangs out of its region."""
ARC = 12.0
"""Under the lowest point of an arrow back, for the half of its label."""


@dataclass(slots=True)
class Block:
    """A rectangle with agents and other rectangles in it, all places from its top left corner."""

    width: float
    height: float
    axis: float
    """The height at which arrows enter on the left and leave on the right."""
    inside: list[tuple[float, float, Block | AgentId]] = field(default_factory=list)
    words: float = 0.0
    """How much more room than an arrow takes is needed on the left, where edges with words come in."""
    lead: float = 0.0
    """How far from the left its first step stands: as much as the regions around it take."""


LETTER, PILL, WIDEST_PILL = 6.5, 18.0, 160.0
"""Of what is written on an edge: a letter, what stands round the words, and the most that is shown of them."""
BESIDE_PILL = 14.0
"""Of an arrow on each side of its words."""


def wider(words: str) -> float:
    """How much wider than between two steps the room must be in which an edge with these words is drawn."""
    pill = min(WIDEST_PILL, PILL + LETTER * len(words))
    return max(0.0, ceil((pill + 2 * BESIDE_PILL - BETWEEN_STEPS) / GRID) * GRID) if words else 0.0


T = TypeVar("T")


class Lines(NamedTuple):
    """How blocks stand already, by index: in lines, and as they would follow each other in a single one."""

    several: Sequence[Sequence[int]]
    one: Sequence[int]


Placed: TypeAlias = tuple[float, float, Block | AgentId]


def card(agent: AgentId) -> Block:
    """One agent's card."""
    return Block(CARD_WIDTH, CARD_HEIGHT, CARD_HEIGHT / 2, [(0.0, 0.0, agent)])


def row(blocks: Sequence[Block], gap: float = BETWEEN_STEPS, lowered: Container[int] = ()) -> Block:
    """Side by side, with their axes on one line; those `lowered`, by index, stand under an edge that passes by."""
    if len(blocks) == 1:
        return blocks[0]
    axis = max(block.axis for index, block in enumerate(blocks) if index not in lowered)
    inside: list[Placed] = []
    x = height = 0.0
    for index, block in enumerate(blocks):
        y = axis + PASSING if index in lowered else axis - block.axis
        x += block.words if index else 0.0
        inside.append((x, y, block))
        x += block.width + gap
        height = max(height, y + block.height)
    return Block(x - gap, height, axis, inside, blocks[0].words, blocks[0].lead)


def folded(blocks: Sequence[Block], lowered: Container[int] = (), kept: Sequence[int] | None = None) -> Block:
    """A row; one that is very wide is folded into lines of about the same length, each read from the left.

    `kept` says how many blocks each line holds now.
    """
    if len(blocks) <= FEW_STEPS:
        return row(blocks, lowered=lowered)
    widths = [block.width + block.words + BETWEEN_STEPS for block in blocks]
    area = sum(width * (block.height + BETWEEN_LINES) for width, block in zip(widths, blocks, strict=True))
    total, widest = sum(widths), max(IN_A_LINE, sqrt(area * 1.6), *widths)
    counts = _broken(widths, max(1, ceil(total / widest)))
    if not _still_good(widths, counts, kept, total, widest):
        kept = counts
    if len(kept or ()) <= 1:
        return row(blocks, lowered=lowered)
    lines: list[Block] = []
    at = 0
    for some in _split(blocks, kept or ()):
        inner = {index for index in range(len(some)) if at + index in lowered}
        lines.append(row(some, lowered=inner if len(inner) < len(some) else ()))
        at += len(some)
    inside: list[Placed] = []
    y = 0.0
    for line in lines:
        inside.append((0.0, y, line))
        y += line.height + BETWEEN_LINES
    return Block(
        max(line.width for line in lines), y - BETWEEN_LINES, lines[0].axis, inside, blocks[0].words, blocks[0].lead
    )


def _broken(lengths: Sequence[float], lines: int) -> list[int]:
    """How many of the lengths go into each of so many lines of about the same length."""
    share = sum(lengths) / lines
    counts = [0]
    used = 0.0
    for length in lengths:
        if counts[-1] and used + length / 2 > share * len(counts):
            counts.append(0)
        counts[-1] += 1
        used += length
    return counts


def _still_good(
    lengths: Sequence[float], fresh: Sequence[int], kept: Sequence[int] | None, total: float, longest: float
) -> bool:
    """Whether lines may stay as they are: not many more than would be made, and none much longer."""
    if kept is None or sum(kept) != len(lengths) or len(kept) > max(len(fresh), ceil(total / longest * LOOSE)):
        return False
    return _longest(lengths, kept) <= LOOSE * max(longest, _longest(lengths, fresh))


def _longest(lengths: Sequence[float], counts: Sequence[int]) -> float:
    return max(sum(line) for line in _split(lengths, counts))


def column(blocks: Sequence[Block], gap: float = BETWEEN_BRANCHES, *, centred: bool = False) -> Block:
    """One above the other, with their first steps below each other or else their middles.

    The axis is halfway between that of the first and that of the last, but about in the middle of the whole: it is
    not to leap when a short branch comes after a tall one.
    """
    if len(blocks) == 1:
        return blocks[0]
    leads = [block.width / 2 if centred else block.lead for block in blocks]
    lead = max(leads)
    width = max(lead - own + block.width for own, block in zip(leads, blocks, strict=True))
    inside: list[Placed] = []
    y = 0.0
    for own, block in zip(leads, blocks, strict=True):
        inside.append((lead - own, y, block))
        y += block.height + gap
    ends = blocks[0].axis, y - gap - blocks[-1].height + blocks[-1].axis
    middle, off = (y - gap) / 2, (CARD_HEIGHT + BETWEEN_BRANCHES) / 2
    axis = min(max(sum(ends) / 2, middle - off), middle + off)
    return Block(width, y - gap, axis, inside, max(block.words for block in blocks), 0.0 if centred else lead)


def columns(blocks: Sequence[Block], stand: Lines | None = None) -> Block:
    """A column, or several beside each other where one would be too tall to look at, as they `stand` if they do."""
    heights = [block.height + BETWEEN_BRANCHES for block in blocks]
    area = sum((block.width + BETWEEN_BRANCHES) * height for block, height in zip(blocks, heights, strict=True))
    total = sum(heights)
    few = IN_A_COLUMN * total / len(blocks) if len(blocks) <= IN_A_COLUMN * LOOSE else 0.0
    tallest = max(sqrt(area / 0.9), max(block.height for block in blocks), few)
    counts = [len(blocks)] if len(blocks) <= IN_A_COLUMN else _broken(heights, ceil(total / tallest))
    each = _ordered(blocks, heights, counts, stand, tallest)
    return column(each[0]) if len(each) == 1 else centred_row([column(some) for some in each], BETWEEN_BRANCHES)


def _ordered(
    blocks: Sequence[Block], lengths: Sequence[float], fresh: Sequence[int], stand: Lines | None, longest: float
) -> list[Sequence[Block]]:
    """The blocks in lines: those in which they stand if that is good, else new ones in the order they stand in."""
    if stand is None:
        return _split(blocks, fresh)
    order = [index for line in stand.several for index in line]
    kept = [len(line) for line in stand.several]
    if _still_good([lengths[index] for index in order], fresh, kept, sum(lengths), longest):
        return _split([blocks[index] for index in order], kept)
    order = list(stand.one) if len(fresh) == 1 else order
    return _split([blocks[index] for index in order], fresh)


def _split(what: Sequence[T], counts: Sequence[int]) -> list[Sequence[T]]:
    each: list[Sequence[T]] = []
    at = 0
    for count in counts:
        each.append(what[at : at + count])
        at += count
    return each


def centred_row(blocks: Sequence[Block], gap: float) -> Block:
    """Side by side, with their middles on one line."""
    height = max(block.height for block in blocks)
    inside: list[Placed] = []
    x = 0.0
    for block in blocks:
        inside.append((x, (height - block.height) / 2, block))
        x += block.width + gap
    return Block(x - gap, height, height / 2, inside, max(block.words for block in blocks))


def rows(blocks: Sequence[Block], gap: float = BETWEEN_WORKERS, stand: Lines | None = None) -> Block:
    """Side by side with their tops on one line, as they `stand` if they do.

    Many cards are laid like bricks in as many lines as keep the whole wider than tall; parts stay in one line for
    longer, since edges to a lower line would run through those above.
    """
    widths = [block.width + gap for block in blocks]
    area = sum(width * (block.height + gap) for width, block in zip(widths, blocks, strict=True))
    total = sum(widths)
    fits = (6 if all(block.width == CARD_WIDTH for block in blocks) else 18) * (CARD_WIDTH + gap)
    widest = max(sqrt(area * 3), max(block.width for block in blocks), fits)
    counts = _broken(widths, max(1, ceil(total / widest)))
    each = _ordered(blocks, widths, counts, stand, widest)
    inside: list[Placed] = []
    brick = (CARD_WIDTH + gap) / 2
    widths = [sum(block.width for block in line) + gap * (len(line) - 1) for line in each]
    lefts = [-width / 2 for width in widths]
    for upper in range(len(each) - 1):
        if len(each[upper]) % 2 == len(each[upper + 1]) % 2:
            lefts[upper + 1] = lefts[upper] + brick
        else:
            lefts[upper + 1] += lefts[upper] + widths[upper] / 2
    leftmost = min(lefts)
    y = 0.0
    for line, left in zip(each, lefts, strict=True):
        x = left - leftmost
        for block in line:
            inside.append((x, y, block))
            x += block.width + gap
        y += max(block.height for block in line) + gap + (CARD_HEIGHT if len(each) > 1 else 0.0) / 2
    width = max(left + width for left, width in zip(lefts, widths, strict=True)) - leftmost
    bottom = max(top + block.height for _, top, block in inside if isinstance(block, Block))
    return Block(width, bottom, bottom / 2, inside)


def roof(top: Block, below: Block) -> Block:
    """One block over the middle of another; arrows enter and leave at the upper one."""
    width = max(top.width, below.width)
    inside: list[Placed] = [
        ((width - top.width) / 2, 0.0, top),
        ((width - below.width) / 2, top.height + UNDER_ROOF, below),
    ]
    return Block(width, top.height + UNDER_ROOF + below.height, top.axis, inside, top.words)


def hung(agent: Block, others: Sequence[Block]) -> Block:
    """An agent with what stands in for it, or belongs to it, side by side underneath; many in several lines."""
    below = rows(others, BETWEEN_BRANCHES / 2) if len(others) > 1 else others[0]
    width = max(agent.width, below.width)
    inside: list[Placed] = [
        ((width - agent.width) / 2, 0.0, agent),
        ((width - below.width) / 2, agent.height + UNDER_CARD, below),
    ]
    lead = (width - agent.width) / 2
    return Block(width, agent.height + UNDER_CARD + below.height, agent.axis, inside, lead=lead)


def region(block: Block, *, loop: bool = False) -> Block:
    """The block with the room that its region and the region's name take, and the arrow back of a loop."""
    return Block(
        block.width + 2 * PADDING,
        block.height + 2 * PADDING + foot(block.width, loop=loop),
        block.axis + PADDING,
        [(PADDING, PADDING, block)],
        block.words,
        block.lead + PADDING,
    )


def foot(width: float, *, loop: bool) -> float:
    """The room at the bottom of the region of a part of this width: for its name, and for the arrow back of a loop."""
    if not loop:
        return FOOT
    return max(FOOT, 0.75 * (48.0 + 0.14 * min(max(width - CARD_WIDTH, 0.0), WIDEST_ARC)) + ARC - PADDING)


def places(block: Block) -> dict[AgentId, tuple[float, float]]:
    """Where each agent's card stands, its top left corner, on the grid."""
    found: dict[AgentId, tuple[float, float]] = {}
    todo: list[tuple[float, float, Block]] = [(0.0, 0.0, block)]
    while todo:
        left, top, around = todo.pop()
        for x, y, what in around.inside:
            if isinstance(what, Block):
                todo.append((left + x, top + y, what))
            else:
                found[what] = (_on_grid(left + x), _on_grid(top + y))
    return found


def _on_grid(value: float) -> float:
    # what stands exactly between two lines of the grid goes down, however the sums that led to it were rounded
    return floor(value / GRID + 0.5 + 1e-6) * GRID
