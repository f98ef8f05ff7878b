"""Who oversees whom, so that every worker has at most one supervisor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from quartet.graph import strong
from quartet.graph.model import EdgeId
from quartet.patterns.drawing import Link
from quartet.patterns.nesting import Nesting


@dataclass(slots=True)
class Oversight:
    """A forest of supervisors and workers, and what did not fit into one."""

    boss: dict[int, int]
    """Each worker's supervisor."""
    peers: list[Link] = field(default_factory=list)
    """Edges between agents that oversee each other: they are peers."""
    steps: list[Link] = field(default_factory=list)
    """Edges to a worker that belongs to somebody else or to nobody: they only lead there."""
    calls: set[EdgeId] = field(default_factory=set)
    """Of these the ones to a worker that belongs to somebody else: they say who asks whom, not what comes first."""
    contested: list[tuple[int, tuple[int, ...], tuple[Link, ...]]] = field(default_factory=list)
    """Workers with several supervisors, these, and the edges that say so."""


def oversight(links: list[Link]) -> Oversight:
    """Settle who belongs to whom.

    Of two supervisors an agent belongs to the one that the other oversees, otherwise to the one with more workers, and
    on a tie to neither.
    """
    found = Oversight({})
    by_worker: dict[int, dict[int, Link]] = {}
    for link in links:
        by_worker.setdefault(link.target, {}).setdefault(link.source, link)
    if _cyclic(by_worker):
        parts = strong.groups((link.source, link.target) for link in links)
        group = {agent: n for n, agents in enumerate(parts) for agent in agents}
        found.peers = [link for link in links if link.source in group and group[link.source] == group.get(link.target)]
        for link in found.peers:
            by_worker[link.target].pop(link.source, None)
    staff: dict[int, int] = {}
    for worker, bosses in by_worker.items():
        if len(bosses) == 1:
            found.boss[worker] = next(iter(bosses))
        for boss in bosses:
            staff[boss] = staff.get(boss, 0) + 1
    shared = {worker: bosses for worker, bosses in by_worker.items() if len(bosses) > 1}
    if shared:
        _settle(shared, staff, found)
    return found


def _cyclic(by_worker: dict[int, dict[int, Link]]) -> bool:
    """Whether anybody oversees itself, over others."""
    waiting = {worker: len(bosses) for worker, bosses in by_worker.items()}
    under: dict[int, list[int]] = {}
    for worker, bosses in by_worker.items():
        for boss in bosses:
            under.setdefault(boss, []).append(worker)
    ready = [boss for boss in under if boss not in waiting]
    for boss in ready:  # grows while it is read
        for worker in under.get(boss, ()):
            waiting[worker] -= 1
            if not waiting[worker]:
                ready.append(worker)
    return any(waiting.values())


def _downwards(parents: Sequence[int]) -> list[int]:
    """Each node of a forest, right before everything under it."""
    under: dict[int, list[int]] = {}
    for node, parent in enumerate(parents):
        under.setdefault(parent, []).append(node)
    found = []
    left = [-1]
    while left:
        node = left.pop()
        found.append(node)
        left.extend(under.get(node, ()))
    return found[1:]


def _settle(shared: dict[int, dict[int, Link]], staff: dict[int, int], found: Oversight) -> None:
    everybody = sorted({*found.boss, *found.boss.values(), *shared, *staff})
    place = {agent: n for n, agent in enumerate(everybody)}
    parents = [place[found.boss[agent]] if agent in found.boss else -1 for agent in everybody]
    nesting = Nesting(parents)
    down = {agent: n for n, agent in enumerate(_downwards(parents))}

    def over_others(bosses: Mapping[int, Link]) -> set[int]:
        """Those of the supervisors that oversee another of them, as is drawn or through others."""
        found: set[int] = set()
        for boss in bosses:
            if boss in shared:
                found.update(shared[boss])
        # whom somebody oversees comes right after them on the way down
        for one, next_ in pairwise(sorted((place[boss] for boss in bosses), key=down.__getitem__)):
            if nesting.meet(one, next_)[0] == one:
                found.add(everybody[one])
        return found

    settled: dict[int, int | None] = {}
    for worker, bosses in shared.items():
        outer = over_others(bosses)
        inner = [boss for boss in bosses if boss not in outer]
        most = max(staff[boss] for boss in inner)
        biggest = [boss for boss in inner if staff[boss] == most]
        settled[worker] = biggest[0] if len(biggest) == 1 else None
        found.contested.append((worker, tuple(bosses), tuple(bosses.values())))
    for worker, owner in settled.items():
        if owner is not None:
            found.boss[worker] = owner
    overseers = set(found.boss.values())
    for worker, owner in settled.items():
        # one that has lost its only worker merely leads there; one that has others does not precede anybody by that
        lost = [
            link for boss, link in shared[worker].items() if boss != owner and (owner is None or boss not in overseers)
        ]
        found.steps += lost
        if owner is not None:
            found.calls.update(link.id for link in lost)
