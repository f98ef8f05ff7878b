"""What hangs at single members of a cyclic group: their own, and nothing that comes after the group.

Only where the file does not say what its edges mean: otherwise a way out of a group leads to what comes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from quartet.patterns.groups import Group, Level, Wire
from quartet.patterns.swarms import Known, read
from quartet.patterns.tree import Doubt

OWN_OR_AFTER = Doubt("medium", (("pipeline", "What its workers lead to may also come after all of them."),))
Part = tuple[list[int], list[Wire], list[Wire]]
"""A cyclic group: its units, the wires between them, and those into it and out of it."""


def led_with_their_own(
    level: Level, parts: Iterable[Part], left: Iterable[Wire], known: Known, may_lead: Callable[[int], bool]
) -> list[Group]:
    """Those of some cyclic groups that are a supervisor's if what hangs at single members is taken for theirs.

    `left`: the wires of the level that lie on cycles or between them. What leads to another cycle is nobody's own.
    """
    found = []
    own: dict[int, list[int]] | None = None
    for units, inside, around in parts:
        part = set(units)
        ways_out = [wire for wire in around if wire[0] in part]
        members = {source for source, _, _ in ways_out}
        if len(members) < 2 or any(link.stated for _, _, link in inside):
            continue
        if own is None:
            own = _own(level.wires, {end for source, target, _ in left for end in (source, target)})
        if not all(member in own for member in members):
            continue
        group = read(units, inside, [wire for wire in around if wire[0] not in part], known)
        if group is not None and group.kind == "supervised" and may_lead(group.head):
            group.units = [*units, *(unit for member in units for unit in own.get(member, ()))]
            group.hanging, group.doubt = True, OWN_OR_AFTER
            found.append(group)
    return found


def _own(wires: Collection[Wire], base: set[int]) -> dict[int, list[int]]:
    """By unit of the `base` all that it leads to, where nobody else leads to any of that: from the wires of a level."""
    onward: dict[int, list[int]] = {}
    waiting: dict[int, int] = {}
    for source, target, _ in wires:
        if target not in base:
            onward.setdefault(source, []).append(target)
            waiting[target] = waiting.get(target, 0) + 1
    owner = {unit: unit for unit in base}
    shared: set[int] = set()
    queue = [*base, *(unit for unit in onward if unit not in base and unit not in waiting)]
    own: dict[int, list[int]] = {unit: [] for unit in base}
    for unit in queue:  # grows while it is read
        whose = owner.get(unit, -1)
        for target in onward.get(unit, ()):
            if owner.setdefault(target, whose) != whose:
                shared.update((owner[target], whose))
                owner[target] = -1
            waiting[target] -= 1
            if not waiting[target]:
                queue.append(target)
                if owner[target] >= 0:
                    own[owner[target]].append(target)
    return {unit: theirs for unit, theirs in own.items() if theirs and unit not in shared}
