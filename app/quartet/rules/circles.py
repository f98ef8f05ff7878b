"""Circles in which agents would wait for each other for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from quartet.graph.check import problems
from quartet.graph.edits import Edit, EditError, Remove, Set
from quartet.graph.model import AgentId, Edge
from quartet.graph.waiting import Circle, circles
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule
from quartet.rules.trying import may_try, with_edits

PASSES = 5
"""Passes that a fix allows a loop."""
CIRCULAR = frozenset({"circle", "unmarked_loop", "endless_loop", "supervision_cycle"})
"""Problems that a way out of a circle may not bring."""


@rule("G002", "error", "any_graph", "A cycle that no edge is marked to repeat")
def unmarked_cycle(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Agents that wait for each other in a circle, so that none of them can start.

    However many ways lead back in one group of agents that all lead to each other, they are one finding.
    """
    groups: dict[int, list[Edge]] = {}
    unmarked = [facts.graph.edges[each.edges[0]] for each in facts.problems if each.code == "unmarked_loop"]
    circle = facts.circles if len(unmarked) > 1 else {}
    for number, edge in enumerate(unmarked):
        group = circle.get(edge.source, -1)
        together = group >= 0 and group == circle.get(edge.target)
        groups.setdefault(group if together else -1 - number, []).append(edge)
    for edges in groups.values():
        first = edges[0]
        source, target = facts.name(first.source), facts.name(first.target)
        title = f"{source} leads back to {target}"
        detail = f"{target} waits for {source}, and {source} for {target}: none of them would ever start."
        if first.source == first.target:
            title = f"{source} leads back to itself"
            detail = f"{source} waits for its own result: it would never start."
        on_it = Counter(end for edge in edges for end in (edge.source, edge.target))
        worst = [id for id, _ in on_it.most_common()]  # of as many the first in the file
        if len(edges) > 1:
            title = f"{len(edges):,} ways lead back in one circle"
            detail = f"{facts.names(worst)} wait for each other: none of them would ever start."
        yield Finding(
            this.code,
            this.severity,
            title,
            f"{detail} Mark {'the way back as a loop' if len(edges) == 1 else 'the ways back as loops'}.",
            tuple(worst),
            tuple(edge.id for edge in edges),
            (
                Fix(
                    f"Make the way back to {target} a loop" if len(edges) == 1 else "Make the ways back loops",
                    partial(_mark, edges),
                ),
            ),
        )
    if any(each.code == "circle" for each in facts.problems):
        skip = frozenset(edge.id for edge in unmarked)
        for found in circles(facts.graph, skip):
            yield _given(facts, this, found)


def _given(facts: Facts, this: Rule, circle: Circle) -> Finding:
    """A circle that leads through what a supervisor or a board gives others of it to do."""
    edges = [facts.graph.edges[id] for id in circle.edges]
    giver = next(iter(circle.givers), None)
    if giver is None:  # what leads back comes to another of the peers of one chain, or by a fallback
        detail = f"{facts.names(circle.agents)} wait for each other: none of them would ever start."
        fixes = _ways_out(facts, circle, edges[-1].target, edges)
        return _circle(facts, this, circle, detail, fixes)
    given = next(
        edge.target if edge.source == giver else edge.source
        for edge in (*facts.workers[giver], *facts.shares[giver])
        if {edge.source, edge.target} <= set(circle.agents)
    )
    back = [edge for edge in edges if _same_chain(facts, edge.target, giver)] or edges
    name, worker = facts.name(giver), facts.name(given)
    last = facts.names(dict.fromkeys(edge.source for edge in back))
    detail = (
        f"{name} gives {worker} its work, but waits itself for {last}, which {worker} comes before: none of them would "
        "ever start."
    )
    return _circle(facts, this, circle, detail, _ways_out(facts, circle, giver, back))


def _circle(facts: Facts, this: Rule, circle: Circle, detail: str, fixes: tuple[Fix, ...]) -> Finding:
    return Finding(
        this.code,
        this.severity,
        f"{facts.names(circle.agents)} wait for each other",
        detail,
        circle.agents,
        circle.edges,
        fixes,
    )


def _ways_out(facts: Facts, circle: Circle, giver: AgentId, back: list[Edge]) -> tuple[Fix, ...]:
    """The changes that are known to open the circle: one more worker, a loop, an edge less."""
    name = facts.name(giver)
    tried: list[tuple[str, list[Edit]]] = []
    loose = [id for id in circle.agents if id != giver and not facts.watchers[id]]
    if facts.workers[giver] and loose and not any(facts.workers[id] for id in loose):
        drawn = [{"source": giver, "target": id, "kind": "supervise"} for id in loose]
        tried.append((f"Let {name} watch {facts.names(loose)}, too", facts.pencil.edges(drawn)))
    plain = [edge for edge in back if edge.on is None]
    if plain:
        tried.append((f"Make the way back to {name} a loop", list(_mark(plain))))
    if len(back) == 1:
        label = f"Take the edge from {facts.name(back[0].source)} to {facts.name(back[0].target)} away"
        tried.append((label, [Remove(section="edges", id=back[0].id)]))
    return tuple(Fix(label, tuple(edits)) for label, edits in tried if _opens(facts, circle, edits))


def _opens(facts: Facts, circle: Circle, edits: list[Edit]) -> bool:
    """Whether these Edits open the circle, and none of what else keeps the graph from running comes with them."""
    if not may_try(facts):
        return False
    try:
        copy = with_edits(facts.graph, edits)
    except EditError:
        return False
    before = {(each.code, each.agents, each.edges) for each in facts.problems if each.code in CIRCULAR}
    left = {(each.code, each.agents, each.edges) for each in problems(copy) if each.code in CIRCULAR}
    held = set(circle.agents)
    return left <= before and not any(code == "circle" and held & set(agents) for code, agents, _ in left)


def _same_chain(facts: Facts, one: AgentId, other: AgentId) -> bool:
    return one == other or any(one in group and other in group for group in facts.peers)


def _mark(edges: list[Edge]) -> tuple[Edit, ...]:
    """Mark edges as loops; those without a condition end after a few passes."""
    ends: dict[str, Any] = {"max_iterations": PASSES}
    return tuple(
        Set(section="edges", id=edge.id, values={"loop": True, **(ends if edge.when is None else {})}) for edge in edges
    )
