"""What a cycle of units means: a supervisor with its workers, a swarm of peers, or a loop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container
from dataclasses import dataclass

from quartet.graph import strong
from quartet.patterns.groups import Group, Wire, connected
from quartet.patterns.hubs import Hub, hub, is_dense, neighbours
from quartet.patterns.tree import Doubt, Top

LOOP_OR_PEERS = Doubt("low", (("pipeline", "The cycle may be a loop that goes on until the result is good enough."),))
PEERS_OR_HUB = Doubt("medium", (("swarm", "The agents hand the task over, so each may also decide by itself."),))
ONLY_SHAPE = Doubt("medium", (("swarm", "Nothing but the shape says that one of them is in charge."),))
GATHERS_ITSELF: tuple[Top, str] = ("fan_out", "It may only send out the same to all, and gather what they say.")
LONG_WAY_BACK: tuple[Top, str] = ("pipeline", "Some of it comes back only after several steps, as in a loop.")
ONLY_WAY = Doubt("medium", (("supervisor", "Some are the only way to others, as one that is in charge of them is."),))
ONLY_WAY_EVERYWHERE = Doubt("low", ONLY_WAY.alternatives)
LED_OR_PEERS = Doubt("low", (*LOOP_OR_PEERS.alternatives, *ONLY_WAY.alternatives))
TWO_IN_TURNS = Doubt("medium", (("pipeline", "Two who hand over to each other may also revise one result in turns."),))
IN_ORDER = Doubt(
    "medium", (("pipeline", "Results also flow between them, so that the board may only be what the steps remember."),)
)
TWO_KEEPERS = Doubt("medium", (("fan_out", "Nothing passes between the two: each may only keep its data there."),))
ROUND = Doubt(
    "medium", (("pipeline", "Most have only one to hand over to, so the work may just go round as in a loop."),)
)


def strong_parts(wires: list[Wire]) -> list[set[int]]:
    """The strongly connected groups of two and more units."""
    return strong.groups((source, target) for source, target, _ in wires)


def mutual_parts(wires: list[Wire]) -> list[set[int]]:
    """The groups that two-way wires connect."""
    ways = dict.fromkeys((source, target) for source, target, _ in wires)
    both = [way for way in ways if way[0] < way[1] and way[::-1] in ways]
    return [set(part) for part in connected((unit for way in both for unit in way), both)]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the units of a level beside the wires between them."""

    dynamic: Container[int]
    """Those that stand for as many copies as the data needs."""
    relaying: Container[int]
    """Those that are tools or routers."""
    starts: Collection[int]
    """Those that are stated to be where a run starts: a group is entered there as well."""
    alike: Callable[[int, int], bool]
    """Whether two units are agents that do the same job."""
    agents: int
    """The number of agents; units from there on are groups, and a group is not in charge of others."""
    under: Collection[int]
    """Those that go to and fro with a supervisor over all of this: to it their group is known by them."""


def read(units: list[int], inside: list[Wire], around: list[Wire], known: Known) -> Group | None:
    """What a cyclic group of units is, if it is more than a loop: a supervisor's group or a swarm.

    Args:
        units: the group.
        inside: the wires between them that count.
        around: all wires into and out of the group.
        known: what is known of the units.
    """
    part = set(units)
    entries = {target for _, target, _ in around if target in part}
    begun = {unit for unit in units if unit in known.starts}
    called = {unit for unit in units if unit in known.under}
    entries |= called | begun
    exits = {source for source, _, _ in around if source in part}
    handed = [wire for wire in inside if wire[2].kind == "handoff"]
    doors = entries | exits
    if len(doors) > 1 and around and not _led_to_one(part, around):
        doors = _main_doors(part, around, begun, inside) or doors
    found = hub(units, inside, doors, known.dynamic, known.relaying)
    found = found or _over_a_group(units, inside, doors, known.agents)
    if found is None and len(units) == 2 and len(called) == 1 and doors == called:
        found = Hub(min(called), ())  # the root of a tree of two-way edges, even if only one is under it
    if found is not None and found.head < known.agents:
        doubt = PEERS_OR_HUB if len(handed) == len(inside) else ONLY_SHAPE
        beside = {found.head, *found.relays}
        if any(beside.isdisjoint(others) for unit, others in neighbours(part, inside).items() if unit not in beside):
            doubt = Doubt(doubt.confidence, (*doubt.alternatives, LONG_WAY_BACK))
        star = all(others <= beside for unit, others in neighbours(part, inside).items() if unit not in beside)
        if star and len(units) > 2 and not any(link.stated for _, _, link in inside):
            doubt = Doubt(doubt.confidence, (*doubt.alternatives, GATHERS_ITSELF))
        return Group("supervised", units, head=found.head, relays=found.relays, doubt=doubt)
    if handed:
        # where all of them hand over, they are such a part already
        peers = part if len(handed) == len(inside) else max(strong_parts(handed), key=len, default=set())
        if peers:
            return Group("swarm", [unit for unit in units if unit in peers], doubt=_between(peers, handed))
    if _led_to_one(part, around):
        return Group("swarm", units, doubt=LOOP_OR_PEERS)
    if len(units) == 2:
        passes_through = len(entries) == 1 and len(exits) == 1 and entries != exits
        if _stated(inside) and not passes_through and not _goes_back(inside):
            return Group("swarm", units, doubt=Doubt("medium", LOOP_OR_PEERS.alternatives))
        if (not entries or called == part) and not exits and known.alike(*units):
            return Group("swarm", units, doubt=LOOP_OR_PEERS)
        return None
    ways = {(source, target) for source, target, _ in inside}
    if len(ways) > 2 * (len(units) - 1):
        if len(ways) == len(units) * (len(units) - 1):
            return Group("swarm", units, doubt=Doubt("medium", LOOP_OR_PEERS.alternatives))
        only_way = _between(part, inside) in (ONLY_WAY, ONLY_WAY_EVERYWHERE)
        return Group("swarm", units, doubt=LED_OR_PEERS if only_way else LOOP_OR_PEERS)
    return None


def led_by(peers: list[int], inside: list[Wire], around: list[Wire], known: Known) -> int:
    """The one of several who share a board through whom all that they tell each other goes; -1 if there is none."""
    if any(link.kind == "handoff" for _, _, link in inside) or strong_parts(inside) != [set(peers)]:
        return -1
    part = set(peers)
    doors = {end for source, target, _ in around for end in (source, target) if end in part}
    found = hub(
        peers, inside, doors.union(unit for unit in peers if unit in known.starts), known.dynamic, known.relaying
    )
    return found.head if found is not None and found.head < known.agents else -1


def sharing(peers: list[int], inside: list[Wire]) -> Doubt | None:
    """The doubt about those who share a board, given the wires between them."""
    if any(link.kind == "flow" for _, _, link in inside):
        return IN_ORDER
    return TWO_KEEPERS if len(peers) == 2 and not inside else None


def _between(peers: set[int], handed: list[Wire]) -> Doubt | None:
    """The doubt about peers who have nobody to choose from, or of whom some are the only way to others."""
    inside = [wire for wire in handed if wire[0] in peers and wire[1] in peers]
    if len(peers) == 2:
        return TWO_IN_TURNS
    if len({(source, target) for source, target, _ in inside}) < 2 * (len(peers) - 1):
        return ROUND
    import networkx as nx  # takes 0.2 s, which no window should wait for

    near = neighbours(peers, inside)
    if is_dense(near):
        return None
    plain: nx.Graph[int] = nx.Graph(near)
    if not any(True for _ in nx.articulation_points(plain)):
        return None
    return ONLY_WAY_EVERYWHERE if plain.number_of_edges() == len(plain) - 1 else ONLY_WAY


def _goes_back(inside: Collection[Wire]) -> bool:
    """Whether of two units one always goes on to the other, who comes back on a condition: another round, no talk."""
    always = {source for source, _, link in inside if not link.conditional}
    return len(always) == 1


def _stated(wires: Collection[Wire]) -> bool:
    return all(link.stated for _, _, link in wires)


def _over_a_group(units: list[int], inside: list[Wire], doors: set[int], agents: int) -> Hub | None:
    """The agent, if there is one, that several members of the only other unit, a group, get work from and answer."""
    heads = [unit for unit in units if unit < agents]
    if len(units) != 2 or len(heads) != 1 or doors - set(heads):
        return None
    told = {link.target for source, _, link in inside if source in heads}
    answering = {link.source for _, target, link in inside if target in heads}
    return Hub(heads[0], ()) if len(told & answering) > 1 else None


def _main_doors(part: set[int], around: list[Wire], starts: set[int], inside: list[Wire]) -> set[int]:
    """The unit, if there is one, through which everything comes in and goes out but for ways that pass it by.

    Who leads to it leads to those behind it as well, so that a wire of its own to them says nothing new.
    """
    ways: dict[tuple[int, bool], set[int]] = {(-1, True): starts} if starts else {}
    for source, target, _ in around:
        if target in part:
            ways.setdefault((source, True), set()).add(target)
        else:
            ways.setdefault((target, False), set()).add(source)
    common = set.intersection(*ways.values())
    if len(common) > 1:
        near = neighbours(part, inside)
        most = max(len(near[unit]) for unit in common)
        common = {unit for unit in common if len(near[unit]) == most}
    return common if len(common) == 1 else set()


def _led_to_one(part: set[int], around: list[Wire]) -> bool:
    """Whether each of them leads to the same unit outside."""
    goals: dict[int, set[int]] = {unit: set() for unit in part}
    for source, target, _ in around:
        if source in part:
            goals[source].add(target)
    return bool(set.intersection(*goals.values()))
