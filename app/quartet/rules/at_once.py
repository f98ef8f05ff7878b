"""Which agents may be at work at the same time, and which never are: one waits for the other, or a run takes the way
to one of them only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import TypeAlias

from quartet.graph.model import OTHERWISE, UNKNOWN, AgentId, Edge, EdgeId
from quartet.rules.complements import never_both
from quartet.rules.facts import Facts

NEAREST = 16
"""So many conditions on the way to an agent are looked at, the nearest first."""
WAYS = 24
"""So many agents, or edges into one of them, are compared with each other."""
APART = 4
"""So many ways to one agent are told apart."""
Ways: TypeAlias = tuple[tuple[Edge, ...], ...]
ALWAYS: Ways = ((),)
"""One way without any condition."""


def siblings(facts: Facts, first: AgentId, second: AgentId, steps: list[int]) -> bool:
    """Whether the two may be at work at the same time: the flow runs through both, neither waits for the other, and
    no condition decides between them. Nothing is said of those that fall back, hand over or watch each other, nor of
    those in one loop. `steps[0]` is what searches may still cost; when it is used up the answer is no."""
    if first == second or second not in facts.agents or first not in facts.agents:
        return False
    for id in (first, second):
        worker = facts.role(facts.agents[id]) == "worker"
        if not worker or facts.rescues[id] or facts.handoffs_in[id] or facts.handoffs_out[id]:
            return False
    if facts.related(first, second) or not (facts.flow_in[first] or facts.flow_in[second]):
        return False
    if facts.precedes(first, second, steps) is not False or facts.precedes(second, first, steps) is not False:
        return False
    # what leaves a loop waits for its last pass, also where only a way back leads there
    if facts.loops and (_leads_to(facts, first, second, steps) or _leads_to(facts, second, first, steps)):
        return False
    return not alternatives(facts, first, second)


def _leads_to(facts: Facts, first: AgentId, second: AgentId, steps: list[int]) -> bool:
    """Whether any way of flow edges, loops among them, leads from the one to the other; True if nobody can say within
    `steps`."""
    seen, pending = {first}, [first]
    while pending and second not in seen:
        id = pending.pop()
        steps[0] -= 1 + len(facts.flow_out[id])
        if steps[0] <= 0:
            return True
        ways = {edge.target for edge in facts.flow_out[id]} | facts.ways_back.get(id, set())
        pending += ways - seen
        seen |= ways
    return second in seen


def comes_back(facts: Facts, edge: Edge, others: Sequence[AgentId], steps: list[int]) -> bool:
    """Whether a way out is a detour: it leads back to where it begins by a loop which the ways to `others` leave."""
    seen, entries = {edge.source, edge.target}, set[AgentId]()
    pending, back = [edge.target], False
    while pending and steps[0] > 0:
        id = pending.pop()
        steps[0] -= 1 + len(facts.flow_out[id])
        entries |= facts.ways_back.get(id, set())
        ways = {each.target for each in facts.flow_out[id]} | facts.ways_back.get(id, set())
        back = back or edge.source in ways
        pending += ways - seen
        seen |= ways
    if not back or not seen.isdisjoint(others):
        return False
    ahead, pending = set(others), list(others)
    while pending and steps[0] > 0:
        id = pending.pop()
        steps[0] -= 1 + len(facts.flow_out[id])
        if not entries.isdisjoint(facts.ways_back.get(id, set())):
            return False  # it is in that loop itself
        ways = {each.target for each in facts.flow_out[id]} - ahead
        pending += ways
        ahead |= ways
    return steps[0] > 0


def alternatives(facts: Facts, first: AgentId, second: AgentId) -> bool:
    """Whether only one of the two gets anything to do: whichever ways lead to them, somewhere before a run takes
    another one."""
    ways = gates(facts)
    return _exclude(facts, ways[first], ways[second])


def one_of_all(facts: Facts, coming: Sequence[Edge]) -> bool:
    """Whether of these edges into one agent only one ever brings a result."""
    if not 1 < len(coming) <= WAYS:
        return False
    known = gates(facts)
    brought = [_with(edge, known[edge.source]) for edge in coming]
    return all(_exclude(facts, one, other) for one, other in combinations(brought, 2))


def one_of_them(facts: Facts, agents: Sequence[AgentId]) -> bool:
    """Whether a run comes to one of these agents only."""
    pairs = combinations(agents, 2)
    return 1 < len(agents) <= WAYS and all(alternatives(facts, first, second) for first, second in pairs)


def gates(facts: Facts) -> dict[AgentId, Ways]:
    """For every agent the ways that lead to it, each as the edges with a condition that a run takes on it, the nearest
    first. Of more than a few ways only what they have in common is told, as one way."""
    if facts.gates is None:
        facts.gates = dict.fromkeys(facts.agents, ALWAYS)
        if any(edge.when is not None for edge in facts.graph.edges.values()):
            for id in sorted(facts.agents, key=facts.order.__getitem__):
                facts.gates[id] = _gates(facts, facts.gates, id)
    return facts.gates


def _gates(facts: Facts, known: dict[AgentId, Ways], id: AgentId) -> Ways:
    coming = facts.flow_in[id]
    if not coming or facts.rescues[id] or facts.watchers[id] or facts.handoffs_in[id] or facts.shares[id]:
        return ALWAYS
    found: dict[tuple[EdgeId, ...], tuple[Edge, ...]] = {}
    for edge in coming:
        for way in _with(edge, known[edge.source]):
            found[tuple(each.id for each in way)] = way
        if () in found:
            return ALWAYS
        if len(found) > APART:
            found = _in_common(found.values())
    return tuple(found.values())


def _in_common(ways: Collection[tuple[Edge, ...]]) -> dict[tuple[EdgeId, ...], tuple[Edge, ...]]:
    """One way with the conditions that all of these have."""
    first, *others = ways
    shared = set.intersection(*({each.id for each in way} for way in others))
    way = tuple(each for each in first if each.id in shared)
    return {tuple(each.id for each in way): way}


def _with(edge: Edge, before: Ways) -> Ways:
    """The ways that lead along an edge."""
    return before if edge.when is None else tuple((edge, *way)[:NEAREST] for way in before)


def _exclude(facts: Facts, ways: Ways, others: Ways) -> bool:
    """Whether a run that takes one of these ways takes none of the others."""
    return all(
        any(_either(facts, one, other) for one in way for other in another) for way in ways for another in others
    )


def _either(facts: Facts, one: Edge, other: Edge) -> bool:
    """Whether two ways out of one agent are never taken both."""
    if one.id == other.id or one.source != other.source:
        return False
    if facts.agents[one.source].route == "first" or OTHERWISE in (one.when, other.when):
        return True
    if one.when is None or other.when is None:
        return False
    # which way is taken an imported file does not say; that one of them is, is what the verdict reads there, too
    return UNKNOWN in (one.when, other.when) or never_both(one.when, other.when)
