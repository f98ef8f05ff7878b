"""Supervisors by shape: an agent through which everything between its workers goes, whatever the edges are called."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from quartet.patterns.groups import Wire

if TYPE_CHECKING:
    import networkx as nx


class Hub(NamedTuple):
    """A unit that falls between all others of a cyclic group, and the relays that stand next to it."""

    head: int
    relays: tuple[int, ...]


def hub(
    units: Collection[int],
    wires: Collection[Wire],
    doors: Collection[int],
    dynamic: Container[int],
    relaying: Container[int],
) -> Hub | None:
    """The hub of a strongly connected group, if it has one.

    Taken out it leaves two or more parts; `doors` are the units through which the group is entered and left, and if
    there are any the hub is the only one. Without doors it is the centre of the group's blocks. A `dynamic` part counts
    as two; units that are `relaying` (tools, routers) next to the hub do not hold parts together.
    """
    near = neighbours(units, wires)
    if is_dense(near) and not any(unit in dynamic or unit in relaying for unit in units):
        return None
    for head in _candidates(near, doors, dynamic):
        found = _parts_fall_apart(near, head, dynamic, relaying, wires)
        if found is not None:
            return found
    return None


def neighbours(units: Iterable[int], wires: Iterable[Wire]) -> dict[int, set[int]]:
    """Those that each unit is connected to, whichever way."""
    near: dict[int, set[int]] = {unit: set() for unit in units}
    for source, target, _ in wires:
        near[source].add(target)
        near[target].add(source)
    return near


def is_dense(near: Mapping[int, Collection[int]]) -> bool:
    """Whether each of three units and more is connected to at least half of all.

    Then any two share a neighbour or are neighbours, whichever unit is taken out: nobody holds the others together.
    """
    return len(near) > 2 and all(2 * len(others) >= len(near) for others in near.values())


def _candidates(near: Mapping[int, set[int]], doors: Collection[int], dynamic: Container[int]) -> list[int]:
    if doors:
        return list(doors) if len(doors) == 1 else []
    if len(near) == 2:
        return [unit for unit in near if unit not in dynamic]
    import networkx as nx  # takes 0.2 s, which no window should wait for

    middle = centre(nx.Graph(near))
    return list(middle) if len(middle) == 1 else []


def _parts_fall_apart(
    near: Mapping[int, set[int]], head: int, dynamic: Container[int], relaying: Container[int], wires: Collection[Wire]
) -> Hub | None:
    beside = {unit for unit in near[head] if unit in relaying}
    workers = [unit for unit in near if unit != head and unit not in beside]
    if not workers:
        beside, workers = set(), [unit for unit in near if unit != head]
    if not _connected(near, workers, {head, *beside}) or _answering_copies(head, beside, dynamic, wires):
        # one that leads to nobody else stands between nobody: it works for the head as the others do
        return Hub(head, tuple(unit for unit in near if unit in beside and len(near[unit]) > 1))
    return None


def _connected(near: Mapping[int, set[int]], units: Sequence[int], without: set[int]) -> bool:
    """Whether the units are connected where the others are taken out: `units` are all but those."""
    seen = without | set(units[:1])
    waiting = list(units[:1])
    while waiting:
        new = near[waiting.pop()] - seen
        seen |= new
        waiting += new
    return len(seen) == len(near)


def _answering_copies(head: int, beside: set[int], dynamic: Container[int], wires: Collection[Wire]) -> bool:
    """Whether there are copies that the head starts and that answer it; those along a chain are no workers of it."""
    ours = {head, *beside}
    started = {target for source, target, _ in wires if source in ours and target in dynamic}
    return any(source in started and target in ours for source, target, _ in wires)


def centre(plain: nx.Graph[int]) -> frozenset[int]:
    """The middle of a connected graph's tree of blocks: one unit that holds it together, or all units of one block."""
    import networkx as nx  # takes 0.2 s, which no window should wait for

    cuts = set(nx.articulation_points(plain))
    blocks = [frozenset(block) for block in nx.biconnected_components(plain)]
    if not cuts:
        return frozenset(plain)
    tree: nx.Graph[object] = nx.Graph()
    tree.add_edges_from(
        (("block", number), ("unit", unit)) for number, block in enumerate(blocks) for unit in block & cuts
    )
    degree = dict(tree.degree())
    leaves = [node for node, count in degree.items() if count <= 1]
    left = len(tree)
    while left > 2:
        left -= len(leaves)
        next_leaves = []
        for leaf in leaves:
            for near in tree[leaf]:
                degree[near] -= 1
                if degree[near] == 1:
                    next_leaves.append(near)
        leaves = next_leaves
    # the leaves of the tree are blocks, so the middle is a single node
    (what, number) = leaves[0]
    return blocks[number] if what == "block" else frozenset([number])
