"""What a change would do to the whole drawing, found out before it is offered as a fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from quartet.graph.check import problems
from quartet.graph.edits import Edit, EditError, apply
from quartet.graph.model import Graph
from quartet.patterns.verdict import classify
from quartet.rules.facts import Facts
from quartet.rules.finding import SEVERITIES, Finding
from quartet.rules.registry import Rule, judged

WHOLE = 10
"""So many times what a look at its structure costs it costs to judge a drawing."""


def with_edits(graph: Graph, edits: Iterable[Edit]) -> Graph:
    """A copy of `graph` with the Edits applied; agents, edges and what else did not change are the same.

    Raises:
        EditError: they do not fit.
    """
    dicts = {name: dict(value) for name, value in graph.__dict__.items() if isinstance(value, dict)}
    copy = graph.model_copy(update=dicts)
    apply(copy, tuple(edits))
    return copy


def may_try(facts: Facts, cost: int = 1) -> bool:
    """Whether the drawing may be looked at once more while it is judged; each look uses some of `Facts.trials` up."""
    cost *= len(facts.agents)
    if facts.trials < cost:
        return False
    facts.trials -= cost
    return True


def no_worse(facts: Facts, rule: Rule, edits: Callable[[], Iterable[Edit]]) -> bool:
    """Whether these Edits bring nothing new that is as grave as what `rule` found, as far as that is tried.

    Nothing new may keep the graph from running. In drawings that are small enough nothing else may go wrong either.
    Where there is too much to try the rest is taken on trust: who mends sees what changes, and can take it back.
    """
    if not may_try(facts):
        return True
    try:
        copy = with_edits(facts.graph, edits())
    except EditError:
        return False
    before = {(each.code, each.agents, each.edges) for each in facts.problems}
    if any(not each.inside and (each.code, each.agents, each.edges) not in before for each in problems(copy)):
        return False
    return not may_try(facts, WHOLE) or not worse(_judged(facts), judged(copy, classify(copy), trials=0), rule)


def _judged(facts: Facts) -> list[Finding]:
    if facts.judged is None:
        facts.judged = judged(facts.graph, facts.verdict, trials=0)
    return facts.judged


def worse(before: list[Finding], after: list[Finding], rule: Rule) -> list[Finding]:
    """What is new among the findings after something was mended, and at least as grave as what `rule` says.

    What is found somewhere else instead is new only if there is more of it than before.
    """
    known = {(each.code, each.agent) for each in before}
    gone, come = Counter(each.code for each in before), Counter(each.code for each in after)
    gone[rule.code] -= 1
    grave = SEVERITIES.index(rule.severity)
    return [
        each
        for each in after
        if SEVERITIES.index(each.severity) <= grave
        and (each.code, each.agent) not in known
        and come[each.code] > gone[each.code]
    ]
