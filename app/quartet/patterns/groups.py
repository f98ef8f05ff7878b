"""Groups of agents that count as one vertex, and how vertices and wires are contracted into them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from quartet.patterns.drawing import Link
from quartet.patterns.tree import Doubt

Wire: TypeAlias = tuple[int, int, Link]
"""A link between two units of one level. A unit is an agent, or a group that counts as one."""
Share: TypeAlias = tuple[int, int]
"""A board and a unit that reads and writes it."""


@dataclass(slots=True, eq=False)
class Group:
    """Units that count as one unit of the level above, and the wires between them."""

    kind: Literal["supervised", "dynamic", "swarm", "loop"]
    units: list[int]
    wires: list[Wire] = field(default_factory=list)
    loops: list[Wire] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    head: int = -1
    """The supervisor, one of the units."""
    board: int = -1
    relays: tuple[int, ...] = ()
    """Tools and routers that only stand between the supervisor and its workers."""
    doubt: Doubt | None = None
    hanging: bool = False
    """Some of it hangs at single members: what they lead to is theirs."""
    open: bool = False
    """Its members are not all connected by cycles, so that others may stand on a way between them."""


@dataclass(slots=True, eq=False)
class Level:
    """The units of one level with the wires, loops and shares between them."""

    units: list[int]
    wires: list[Wire] = field(default_factory=list)
    loops: list[Wire] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)

    def contract(self, blocks: Iterable[tuple[int, Group]]) -> None:
        """Replace the units of each group by the group's number; wires inside a group move into it."""
        into = {unit: (number, group) for number, group in blocks for unit in group.units}
        units: dict[int, None] = {}
        for unit in self.units:
            units[into[unit][0] if unit in into else unit] = None
        self.units = list(units)

        def moved(wires: list[Wire], loops: bool) -> list[Wire]:
            kept = []
            for wire in wires:
                source, target, link = wire
                first, second = into.get(source), into.get(target)
                if first is None and second is None:
                    kept.append(wire)
                elif first is not None and second is not None and first[0] == second[0]:
                    (first[1].loops if loops else first[1].wires).append(wire)
                else:
                    kept.append((first[0] if first else source, second[0] if second else target, link))
            return kept

        shares = []
        for board, unit in self.shares:
            first, second = into.get(board), into.get(unit)
            if first is not None and second is not None and first[0] == second[0]:
                first[1].shares.append((board, unit))
            else:
                shares.append((first[0] if first else board, second[0] if second else unit))
        self.shares = list(dict.fromkeys(shares))
        self.wires = moved(self.wires, False)
        self.loops = moved(self.loops, True)

    def sorted(
        self, parts: Iterable[Collection[int]], wires: Iterable[Wire]
    ) -> list[tuple[list[int], list[Wire], list[Wire]]]:
        """For each of some parts that share no unit: its units, those of the `wires` that lie in it, and the wires of
        the level that lead into it or out of it. All in one go, however many parts there are."""
        found: list[tuple[list[int], list[Wire], list[Wire]]] = []
        home: dict[int, tuple[list[int], list[Wire], list[Wire]]] = {}
        for part in parts:
            found.append(([], [], []))
            home.update(dict.fromkeys(part, found[-1]))
        for unit in self.units:
            if unit in home:
                home[unit][0].append(unit)
        for wire in wires:
            first = home.get(wire[0])
            if first is not None and first is home.get(wire[1]):
                first[1].append(wire)
        for wire in self.wires:
            first, second = home.get(wire[0]), home.get(wire[1])
            if first is not second:
                for around in (first, second):
                    if around is not None:
                        around[2].append(wire)
        return found

    def components(self) -> list[Level]:
        """The weakly connected parts, in the order of their first units."""
        if not self.wires and not self.loops:
            return [Level([unit]) for unit in self.units]
        number: dict[int, int] = {}
        parts: list[Level] = []
        pairs = [(wire[0], wire[1]) for wire in (*self.wires, *self.loops)]
        for units in connected(self.units, pairs):
            number.update(dict.fromkeys(units, len(parts)))
            parts.append(Level(units))
        for wire in self.wires:
            parts[number[wire[0]]].wires.append(wire)
        for wire in self.loops:
            parts[number[wire[0]]].loops.append(wire)
        return parts


def connected(units: Iterable[int], pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The units in groups that the pairs connect, groups and units in the order given."""
    leader = {unit: unit for unit in units}
    apart = len(leader)

    def find(unit: int) -> int:
        while leader[unit] != unit:
            leader[unit] = leader[leader[unit]]
            unit = leader[unit]
        return unit

    for first, second in pairs:
        one, other = find(first), find(second)
        if one != other:
            leader[other] = one
            apart -= 1
            if apart == 1:
                break
    found: dict[int, list[int]] = {}
    for unit in leader:
        found.setdefault(find(unit), []).append(unit)
    return list(found.values())


def cyclic(wires: Iterable[Wire]) -> list[Wire]:
    """The wires that lie on cycles or between them; none if nothing leads back."""
    left = [wire for wire in wires if wire[0] != wire[1]]
    for end in (1, 0):
        if {wire[1 - end] for wire in left} <= {wire[end] for wire in left}:
            continue  # nobody is first, or last
        onward: dict[int, list[int]] = {}
        waiting: dict[int, int] = {}
        for wire in left:
            source, target = (wire[0], wire[1]) if end else (wire[1], wire[0])
            onward.setdefault(source, []).append(target)
            waiting[target] = waiting.get(target, 0) + 1
        ready = [unit for unit in onward if unit not in waiting]
        for unit in ready:  # grows while it is read
            for next_ in onward.get(unit, ()):
                waiting[next_] -= 1
                if not waiting[next_]:
                    ready.append(next_)
        gone = set(ready)
        left = [wire for wire in left if wire[0] not in gone and wire[1] not in gone]
    return left
