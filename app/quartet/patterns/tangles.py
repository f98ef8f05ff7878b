"""Entangled parts laid out: levels as columns, in an order and at heights that let few edges cross or take detours."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

from quartet.patterns.blocks import BETWEEN_BRANCHES, BETWEEN_STEPS, FOOT, PADDING, Block, Placed

Spot = tuple[int, int]
"""A level and a place in it."""
_Passage: TypeAlias = tuple[int, int, float]
"""The ends of an edge, and how far down it has come from the height of the first to that of the second."""
CLEARANCE = 20.0
"""The room that an edge over several levels is given between the cards of each."""
FIRMNESS = 6.0
"""How much rather a step gives way to an edge that passes by than the edge to the step."""
SWEEPS = 24
"""So often the order of every level is improved by its neighbours'."""
ROUNDS = 20
"""So often every level is drawn towards what it is connected to."""
FEW_ROUNDS = 8
"""So often where there are many: nobody sees the last pixels of so large a part."""
MOST_PASSAGES = 10_000
"""Edges over several levels keep so much room in all, the shortest first; the longest ones nobody could follow."""
PATIENCE = 400
"""With more vertices than this, neighbours are not tried one by one as well: it would take seconds."""


def tangle(
    levels: Sequence[Sequence[Block]],
    wires: Iterable[tuple[Spot, Spot]],
    standing: Sequence[Sequence[float | None]] = (),
    told: Callable[[float], None] = lambda share: None,
) -> list[list[tuple[float, Block]]]:
    """The blocks of each level from top to bottom, each with the height its axis stands at.

    Args:
        levels: the blocks from left to right.
        wires: lead from a level to a later one, by level and place. One over several levels keeps room for itself.
        standing: the heights at which the blocks of each level stand; they stay in that order unless another one has
            fewer crossings.
        told: is told which share of the work is done; what it raises ends it.
    """
    columns: list[list[Block | None]] = [list(level) for level in levels]
    number: dict[Spot, int] = {}
    for column, level in enumerate(columns):
        for place in range(len(level)):
            number[column, place] = len(number)
    home = dict.fromkeys(number.values(), 0)
    home.update((vertex, spot[0]) for spot, vertex in number.items())
    blocks: dict[int, Block | None] = {vertex: columns[spot[0]][spot[1]] for spot, vertex in number.items()}
    ways: dict[tuple[int, int], None] = {}
    passing: dict[int, _Passage] = {}
    room = MOST_PASSAGES
    for source, target in sorted(dict.fromkeys(wires), key=lambda wire: wire[1][0] - wire[0][0]):
        room -= target[0] - source[0] - 1
        if room < 0:
            break
        chain = [number[source]]
        for column in range(source[0] + 1, target[0]):
            between = len(blocks)
            blocks[between], home[between] = None, column
            share = (column - source[0]) / (target[0] - source[0])
            passing[between] = (number[source], number[target], share * share * (3 - 2 * share))
            chain.append(between)
        chain.append(number[target])
        ways.update(dict.fromkeys(pairwise(chain)))
    told(0.05)
    each, wanted = _ordered(home, blocks, list(ways), lambda: told(0.1))
    told(0.3)
    stood = {number[c, p]: at for c, level in enumerate(standing) for p, at in enumerate(level) if at is not None}
    if len(stood) == len(number):
        for vertex, (above, below, share) in passing.items():
            stood[vertex] = stood[above] + share * (stood[below] - stood[above])
        after = _targets(ways)
        as_they_stand = [sorted(column_, key=stood.__getitem__) for column_ in each]
        if _crossings(as_they_stand, after) <= _crossings(each, after):
            each, wanted = as_they_stand, stood
    heights = _settled(each, blocks, list(ways), wanted, passing, told)
    return [[(heights[vertex], block) for vertex in column if (block := blocks[vertex]) is not None] for column in each]


def _ordered(
    home: Mapping[int, int], blocks: Mapping[int, Block | None], ways: list[tuple[int, int]], told: Callable[[], None]
) -> tuple[list[list[int]], dict[int, float]]:
    """The vertices of each level in an order in which few ways cross, and heights for a beginning."""
    each: list[list[int]] = [[] for _ in range(max(home.values()) + 1)]
    for vertex in blocks:
        each[home[vertex]].append(vertex)
    if len(blocks) > 4 * PATIENCE:
        each = _swept(each, ways, told)
        return each, {vertex: 100.0 * place for column in each for place, vertex in enumerate(column)}
    wanted = _uncrossed(ways)
    for column in each:
        column.sort(key=lambda vertex: wanted.get(vertex, 0.0))
    return (_untied(each, ways) if len(blocks) <= PATIENCE else each), wanted


def _swept(columns: list[list[int]], ways: Sequence[tuple[int, int]], told: Callable[[], None]) -> list[list[int]]:
    """The columns with each vertex near its neighbours, to and fro.

    For very many: the library would hold up every other thread for seconds, and could not be stopped.
    """
    after = _targets(ways)
    before = _targets((target, source) for source, target in ways)
    first = _in_depth(columns, after)
    for column in columns:
        column.sort(key=first.__getitem__)
    at = {vertex: place - len(column) / 2 for column in columns for place, vertex in enumerate(column)}
    for turn in range(SWEEPS):
        told()
        onwards = turn % 2 == 0
        near = before if onwards else after
        beyond = (after if onwards else before) if turn % 4 >= 2 else {}
        for column in columns if onwards else reversed(columns):
            means: dict[int, float] = {}
            for vertex in column:
                others = near.get(vertex, [])
                if vertex in beyond:
                    others = others + beyond[vertex]
                means[vertex] = sum([at[other] for other in others]) / len(others) if others else at[vertex]
            column.sort(key=means.__getitem__)
            at.update((vertex, place - len(column) / 2) for place, vertex in enumerate(column))
    return columns


def _in_depth(columns: Sequence[Sequence[int]], after: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """When each vertex is first come to by whoever follows every way to its end before the next."""
    found: dict[int, int] = {}
    for column in columns:
        for start in column:
            todo = [start]
            while todo:
                vertex = todo.pop()
                if vertex not in found:
                    found[vertex] = len(found)
                    todo.extend(other for other in after.get(vertex, ()) if other not in found)
    return found


def side_by_side(levels: Sequence[Sequence[tuple[float, Block]]]) -> Block:
    """The levels as columns, those of several steps with room for their regions."""
    top = min(at - block.axis - _room(level) for level in levels for at, block in level)
    inside: list[Placed] = []
    x = height = 0.0
    for level in levels:
        x += _room(level) + (max(block.words for _, block in level) if inside else 0.0)
        width = max(block.width for _, block in level)
        for at, block in level:
            y = at - block.axis - top
            inside.append((x + (width - block.width) / 2, y, block))
            height = max(height, y + block.height + (PADDING + FOOT if _room(level) else 0.0))
        x += width + _room(level) + BETWEEN_STEPS
    ends = [at for level in (levels[0], levels[-1]) for at, _ in level]
    return Block(x - BETWEEN_STEPS, height, (min(ends) + max(ends)) / 2 - top, inside)


def _room(level: Sequence[object]) -> float:
    return PADDING if len(level) > 1 else 0.0


def _uncrossed(ways: list[tuple[int, int]]) -> dict[int, float]:
    """A height for each vertex at which few of the ways cross."""
    from fast_sugiyama import from_edges  # here: most drawings have no entangled part, and starting must be quick

    vertices = {vertex for way in ways for vertex in way}
    found = from_edges(
        ways,
        ranking_type="up",
        vertex_spacing=100,
        dummy_vertices=False,
        check_layout=False,
        transpose=len(vertices) <= PATIENCE,
    )
    return {int(vertex): float(x) for vertex, (x, _) in found.flatten_positions()}


def _untied(columns: list[list[int]], ways: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The columns with fewer crossings, where there are any left.

    Each vertex goes to the mean of its neighbours; which of two with one mean stands above is turned round and round,
    since a crossing often has to move along before it can be undone.
    """
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for source, target in ways:
        after.setdefault(source, []).append(target)
        before.setdefault(target, []).append(source)
    best, fewest = columns, _crossings(columns, after)
    columns = [list(column) for column in columns]
    for turn in range(SWEEPS):
        if not fewest:
            break
        near = before if turn % 2 == 0 else after
        for column in columns if turn % 2 == 0 else reversed(columns):
            at = {vertex: float(place) for column_ in columns for place, vertex in enumerate(column_)}
            means = {v: sum(at[other] for other in near[v]) / len(near[v]) if v in near else at[v] for v in column}
            flip = -1 if turn % 4 < 2 else 1
            column.sort(key=lambda vertex: (means[vertex], flip * at[vertex]))  # used at once
        left = _crossings(columns, after)
        if left < fewest:
            best, fewest = [list(column) for column in columns], left
    return best


def _targets(ways: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    after: dict[int, list[int]] = {}
    for source, target in ways:
        after.setdefault(source, []).append(target)
    return after


def _crossings(columns: Sequence[Sequence[int]], after: Mapping[int, Sequence[int]]) -> int:
    """How many pairs of ways cross between neighbouring columns."""
    count = 0
    for column, next_ in pairwise(columns):
        at = {vertex: place for place, vertex in enumerate(next_)}
        ends: list[int] = []
        for vertex in column:
            targets = [at[target] for target in after.get(vertex, ())]
            count += sum(len(ends) - bisect_right(ends, target) for target in targets)
            for target in targets:
                insort(ends, target)
    return count


def _settled(
    columns: Sequence[Sequence[int]],
    blocks: Mapping[int, Block | None],
    ways: Sequence[tuple[int, int]],
    wanted: Mapping[int, float],
    passing: Mapping[int, _Passage],
    told: Callable[[float], None],
) -> dict[int, float]:
    """The height of each vertex's axis: near those it is connected to, and nobody on top of another."""
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for source, target in ways:
        after.setdefault(source, []).append(target)
        before.setdefault(target, []).append(source)
    heights: dict[int, float] = {}
    for column in columns:
        heights.update(zip(column, _apart(column, [wanted.get(v, 0.0) for v in column], blocks), strict=True))
    rounds = ROUNDS if len(blocks) <= 4 * PATIENCE else FEW_ROUNDS
    for turn in range(rounds):
        told(0.3 + 0.7 * turn / rounds)
        for column in columns if turn % 2 == 0 else reversed(columns):
            goals = []
            for vertex in column:
                if vertex in passing:  # where its curve will be
                    source, target, share = passing[vertex]
                    goals.append(heights[source] + share * (heights[target] - heights[source]))
                    continue
                first, second = before.get(vertex, ()), after.get(vertex, ())
                near = [sum(heights[each] for each in side) / len(side) for side in (first, second) if side]
                goals.append(sum(near) / len(near) if near else heights[vertex])
            heights.update(zip(column, _apart(column, goals, blocks), strict=True))
    return heights


def _apart(column: Sequence[int], goals: Sequence[float], blocks: Mapping[int, Block | None]) -> list[float]:
    """The heights nearest to the goals at which the vertices stand in order and do not touch.

    Vertices that would touch are moved together, as one, to the mean of their goals; steps give way to edges.
    """
    offsets = [0.0]
    for upper, lower in pairwise(column):
        one, other = blocks[upper], blocks[lower]
        below = one.height - one.axis if one else CLEARANCE / 2
        above = other.axis if other else CLEARANCE / 2
        offsets.append(offsets[-1] + below + above + (BETWEEN_BRANCHES if one and other else CLEARANCE))
    runs: list[tuple[float, float, int]] = []
    for vertex, goal, offset in zip(column, goals, offsets, strict=True):
        weight = 1.0 if blocks[vertex] else FIRMNESS
        total, count = weight * (goal - offset), 1
        while runs and runs[-1][0] / runs[-1][1] >= total / weight:
            total, weight, count = total + runs[-1][0], weight + runs[-1][1], count + runs[-1][2]
            runs.pop()
        runs.append((total, weight, count))
    start = [total / weight for total, weight, count in runs for _ in range(count)]
    return [at + offset for at, offset in zip(start, offsets, strict=True)]
