"""Which agents may be at work at the same time, and which never are: one waits for the other, or a run takes the way
to one of them only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from quartet.graph.model import OTHERWISE, UNKNOWN, AgentId, Edge, EdgeId
from quartet.rules.complements import never_both
from quartet.rules.facts import Facts

NEAREST = 16
"""So many conditions on the way to an agent are looked at, the nearest first."""
WAYS = 24
"""So many ways out of one agent are compared with each other."""


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
    """Whether only one of the two gets anything to do: somewhere before them a run takes one of several ways."""
    ways = gates(facts)
    return any(_either(facts, one, other) for one in ways[first] for other in ways[second])


def one_of_all(facts: Facts, coming: Sequence[Edge]) -> bool:
    """Whether of these edges into one agent only one ever brings a result."""
    known = gates(facts)
    routed: dict[AgentId, dict[EdgeId, Edge]] = {}
    for edge in coming:
        for gate in _with(edge, known[edge.source]):
            routed.setdefault(gate.source, {})[gate.id] = gate
    return any(
        len(ways) == len(coming) <= WAYS and all(_either(facts, *pair) for pair in combinations(ways.values(), 2))
        for ways in routed.values()
    )


def gates(facts: Facts) -> dict[AgentId, tuple[Edge, ...]]:
    """For every agent the edges with a condition that a run must have taken for anything to come to it, the nearest
    first."""
    if facts.gates is None:
        facts.gates = dict.fromkeys(facts.agents, ())
        if any(edge.when is not None for edge in facts.graph.edges.values()):
            for id in sorted(facts.agents, key=facts.order.__getitem__):
                facts.gates[id] = _gates(facts, facts.gates, id)
    return facts.gates


def _gates(facts: Facts, known: dict[AgentId, tuple[Edge, ...]], id: AgentId) -> tuple[Edge, ...]:
    coming = facts.flow_in[id]
    if not coming or facts.rescues[id] or facts.watchers[id] or facts.handoffs_in[id] or facts.shares[id]:
        return ()
    found = _with(coming[0], known[coming[0].source])
    for edge in coming[1:]:
        if not found:
            break
        there = {each.id for each in _with(edge, known[edge.source])}
        found = tuple(each for each in found if each.id in there)
    return found[:NEAREST]


def _with(edge: Edge, before: tuple[Edge, ...]) -> tuple[Edge, ...]:
    return before if edge.when is None else (edge, *before)


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
