"""What a change to the drawing would keep from running, found out before it is offered as a fix."""

from __future__ import annotations

from collections.abc import Iterable

from quartet.graph.check import problems
from quartet.graph.edits import Edit, EditError, apply
from quartet.graph.model import Graph
from quartet.rules.facts import Facts


def with_edits(graph: Graph, edits: Iterable[Edit]) -> Graph:
    """A copy of `graph` with the Edits applied; agents, edges and what else did not change are the same.

    Raises:
        EditError: they do not fit.
    """
    dicts = {name: dict(value) for name, value in graph.__dict__.items() if isinstance(value, dict)}
    copy = graph.model_copy(update=dicts)
    apply(copy, tuple(edits))
    return copy


def runs_as_before(facts: Facts, edits: Iterable[Edit]) -> bool:
    """Whether nothing keeps the graph from running, with these Edits, that does not do so without them.

    It takes a look at the whole drawing, so `Facts.trials` says how often it may still be asked; beyond that: no.
    """
    if facts.trials <= 0:
        return False
    facts.trials -= 1
    try:
        left = problems(with_edits(facts.graph, edits))
    except EditError:
        return False
    before = {(each.code, each.agents, each.edges) for each in facts.problems}
    return all(each.inside or (each.code, each.agents, each.edges) in before for each in left)
