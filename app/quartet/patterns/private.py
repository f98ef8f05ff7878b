"""What one worker has for itself: steps that only it leads to and that only lead back to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from quartet.graph import strong
from quartet.patterns.groups import Group, Level, connected

Contact = tuple[int, int]
"""A supervised group of a level, and the member of it that something outside is connected to."""


def private_steps(
    level: Level, groups: Mapping[int, Group], member: Callable[[int, dict[int, int]], int]
) -> list[tuple[int, list[int]]]:
    """By drawn supervisor's group the units beside it that are a round of one worker's: marked loops lead back, too.

    Whoever leads to them and gets their results is overseen, so they are a part of that worker's work and nothing that
    comes after the whole team.

    Args:
        level: the groups and what is beside them.
        groups: all groups.
        member: the member of a group that an agent is in, given those of the group by unit.
    """
    led = {unit: groups[unit] for unit in level.units if unit in groups}
    led = {unit: group for unit, group in led.items() if group.kind == "supervised" and group.open}
    beside = [unit for unit in level.units if unit not in led]
    if not led or not beside:
        return []
    wires = [*level.wires, *level.loops]
    known = {host: {unit: unit for unit in group.units} for host, group in led.items()}
    parts = connected(beside, ((source, target) for source, target, _ in wires if {source, target}.isdisjoint(led)))
    number = {unit: index for index, part in enumerate(parts) for unit in part}
    ways: list[list[tuple[int, int]]] = [[] for _ in parts]
    contacts: list[set[Contact]] = [set() for _ in parts]
    for source, target, link in wires:
        if source in number and target in number:
            ways[number[source]].append((source, target))
        elif source in number:
            contacts[number[source]].add((target, member(link.target, known[target])))
            ways[number[source]].append((source, -1))
        elif target in number:
            contacts[number[target]].add((source, member(link.source, known[source])))
            ways[number[target]].append((-1, target))
    found = []
    for part, around, inside in zip(parts, contacts, ways, strict=True):
        if len(around) == 1:
            ((host, worker),) = around
            if worker != led[host].head and any(len(round_) > len(part) for round_ in strong.groups(inside)):
                found.append((host, part))
    return found
