"""Which fixes may be applied without anybody looking: they state what was left open, and change nothing drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from quartet.graph.edits import Edit, EditError, Set, SetGraph, apply
from quartet.graph.model import Graph
from quartet.patterns.tree import Tree
from quartet.patterns.verdict import classify
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import findings

POLICIES = frozenset({"limits", "retry", "join", "handover", "max_concurrency", "budget"})
"""Fields of an agent that say how it is run, not what it does or who takes care of it."""
LOOPS = frozenset({"loop", "max_iterations"})
"""Fields of an edge that say how often it is taken."""
RUN = frozenset({"limits"})
Mended: TypeAlias = tuple[Finding, Fix]
ROUNDS = 5
"""One fix may make room for another; so often all findings are made anew."""
LOOKS = 200_000
"""So many agents are looked at in a round to find out which fixes reshape the drawing, some seconds; the rest is left
to a person."""


def is_safe(fix: Fix) -> bool:
    """Whether a fix only states limits and policies that were left open or marks a loop: it adds and removes nothing,
    and touches no text, no condition and no supervision."""
    return bool(fix.edits) and all(_states(edit) for edit in fix.edits)


def _states(edit: Edit) -> bool:
    if isinstance(edit, SetGraph):
        return edit.values.keys() <= RUN and None not in edit.values.values()
    if not isinstance(edit, Set) or None in edit.values.values():
        return False
    return edit.values.keys() <= (POLICIES if edit.section == "agents" else LOOPS)


def mend(graph: Graph) -> list[Mended]:
    """Apply the first safe fix of every finding that is heard, until there is none left; what was applied, in order.

    `graph` is changed. A fix that no longer fits after another one is left out, and so is one that would make another
    pattern of the drawing: whether two agents that lead to each other are a loop or peers is for a person to say.
    """
    applied: list[Mended] = []
    for _ in range(ROUNDS):
        verdict = classify(graph)
        ready = list(_safe(findings(graph, verdict)))
        done = [each for each in ready if not _touches_edges(each[1]) and _apply(graph, each[1]) is not None]
        done += _without_reshaping(graph, [each for each in ready if _touches_edges(each[1])], verdict.tree)
        if not done:
            break
        kept = {id(each) for each in done}
        applied += [each for each in ready if id(each) in kept]
    return applied


def _apply(graph: Graph, fix: Fix) -> tuple[Edit, ...] | None:
    """Apply a fix; returns what takes it back, None if it does not fit."""
    try:
        return tuple(apply(graph, fix.edits).inverse)
    except EditError:
        return None


def _without_reshaping(graph: Graph, ready: list[Mended], tree: Tree | None) -> list[Mended]:
    """Apply those of some fixes that leave the tree as it is: all at once, and where that changes it, by halves."""
    kept: list[Mended] = []
    waiting = [ready] if ready else []
    looks = LOOKS
    while waiting and looks >= 0:
        some = waiting.pop()
        undo = [(each, inverse) for each in some if (inverse := _apply(graph, each[1])) is not None]
        looks -= len(graph.agents)
        if not undo or classify(graph).tree == tree:
            kept += [each for each, _ in undo]
            continue
        for _, inverse in reversed(undo):
            apply(graph, inverse)
        if len(some) > 1:
            half = len(some) // 2
            waiting += [some[half:], some[:half]]
    return kept


def _touches_edges(fix: Fix) -> bool:
    """Whether a fix changes edges, which make the pattern."""
    return any(isinstance(edit, Set) and edit.section == "edges" for edit in fix.edits)


def _safe(found: Iterable[Finding]) -> Iterable[Mended]:
    touched: set[tuple[str, str, str]] = set()
    for finding in found:
        if finding.silenced is not None:
            continue
        fix = next((fix for fix in finding.fixes if is_safe(fix)), None)
        if fix is None:
            continue
        # two fixes of one round may not state the same field: the second was made without the first
        fields = {
            ("graph", "", name) if isinstance(edit, SetGraph) else (edit.section, edit.id, name)
            for edit in fix.edits if isinstance(edit, Set | SetGraph) for name in edit.values
        }  # fmt: skip
        if touched.isdisjoint(fields):
            touched |= fields
            yield finding, fix
