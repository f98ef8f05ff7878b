"""Loops as parts of a drawing: where they are entered, and whether what they lead to comes after the whole of them."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable

from quartet.patterns.groups import Group, Level, Wire
from quartet.patterns.swarms import Known, read, strong_parts


def turning_back(level: Level) -> list[list[int]] | None:
    """The marked loops that have steps from which the only way is back, and that are left elsewhere.

    None if there are no such steps, which is found out without looking for loops.
    """
    onward = {source for source, _, _ in level.wires}
    back = [wire for wire in level.loops if wire[0] != wire[1]]
    if all(source in onward for source, _, _ in back):
        return None
    parts = strong_parts([*level.wires, *back])
    if any(len(part) == len(level.units) for part in parts):  # look for loops inside this one
        later = {target for _, target, _ in level.wires}
        back = [wire for wire in back if wire[1] in later]
        parts = strong_parts([*level.wires, *back])
    turning = {source for source, _, _ in back if source not in onward}
    found = []
    for units, _, around in level.sorted(parts, ()):
        part = set(units)
        if not turning.isdisjoint(part) and any(source in part for source, _, _ in around):
            found.append(units)
    return found


def left_early(units: Iterable[int], inside: Iterable[Wire], around: Iterable[Wire], back: Container[int]) -> bool:
    """Whether a loop leads to something that its last steps do not lead to.

    That comes after the loop all the same: it is no alternative to steps from which the only way is back.

    Args:
        units: the loop's.
        inside: the wires between them.
        around: the wires into the loop and out of it.
        back: the `id`s of the wires that lead back.
    """
    part = set(units)
    last = part - {wire[0] for wire in inside if id(wire) not in back}
    goals: dict[int, set[int]] = {}
    for source, target, _ in around:
        if source in part:
            goals.setdefault(target, set()).add(source)
    return not all(last <= sources for sources in goals.values())


def entered_at(units: Collection[int], around: Iterable[Wire], starts: Collection[int]) -> set[int]:
    """The units of a loop that are led to from outside; if there are none, those where a run is stated to start."""
    part = set(units)
    led_to = {target for _, target, _ in around if target in part}
    return led_to or {unit for unit in units if unit in starts}


def steps_before(wires: Iterable[Wire], starts: Collection[int]) -> dict[int, int]:
    """How few wires lead to each unit from where a run starts: from `starts`, and from units that nothing leads to."""
    onward: dict[int, list[int]] = {}
    later: set[int] = set()
    for source, target, _ in wires:
        onward.setdefault(source, []).append(target)
        later.add(target)
    found = {unit: 0 for unit in onward if unit not in later or unit in starts}
    queue = list(found)
    for unit in queue:  # grows while it is read
        for target in onward.get(unit, ()):
            if target not in found:
                found[target] = found[unit] + 1
                queue.append(target)
    return found


def first_entries(entries: set[int], before: dict[int, int]) -> set[int]:
    """Of the entries of a loop those that a run comes to first, given `steps_before`.

    A way into the middle of a loop, beside the one to its first step, makes nothing lead back to there.
    """
    fewest = min((before[unit] for unit in entries if unit in before), default=None)
    return entries if fewest is None else {unit for unit in entries if before.get(unit) == fewest}


def with_all_parts(led: list[Group], level: Level, wires: list[Wire], known: Known) -> list[Group]:
    """The groups found among two-way wires, of each head with all of its parts: also those that are chains back to it.

    Of a head that a run does not come to first, such a chain may be the way to it in a loop. `wires`: those of the
    level that count.
    """
    heads = {group.head for group in led}
    whole = {}
    for units, inside, around in level.sorted(strong_parts(wires), wires):
        first = entered_at(units, around, known.starts) or {units[0]}
        if not heads.isdisjoint(first):
            group = read(units, inside, around, known)
            if group is not None and group.head in heads & first:
                whole[group.head] = group
    return [whole.get(group.head, group) for group in led]
