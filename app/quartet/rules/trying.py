"""What a change would do to the whole drawing, found out before it is offered as a fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from quartet.graph.check import Problem, problems
from quartet.graph.edits import Add, Edit, EditError, Remove, Set, apply
from quartet.graph.model import AgentId, Edge, EdgeId, Graph
from quartet.patterns.tree import FanOut
from quartet.patterns.verdict import classify
from quartet.rules.facts import PART_TRIALS, Facts
from quartet.rules.finding import SEVERITIES, Finding
from quartet.rules.registry import Rule, judged

WHOLE = 10
"""So many times what a look at its structure costs it costs to judge a drawing."""
PART = 300
"""Agents of the largest part of a drawing that is tried by itself."""
EACH = 10
"""What a look at a part costs beside its agents, in agents."""


def with_edits(graph: Graph, edits: Iterable[Edit]) -> Graph:
    """A copy of `graph` with the Edits applied; agents, edges and what else did not change are the same.

    Raises:
        EditError: they do not fit.
    """
    dicts = {name: dict(value) for name, value in graph.__dict__.items() if isinstance(value, dict)}
    copy = graph.model_copy(update=dicts)
    apply(copy, tuple(edits))
    return copy


def may_try(facts: Facts, cost: int = 1, *, part: Graph | None = None, keep: int = 0) -> bool:
    """Whether the drawing, or a part of it, may be looked at once more while it is judged; each look uses some of
    `Facts.trials` up, or of what is there for parts. `keep`: so much of that is to be left for others."""
    if part is None:
        cost *= len(facts.agents)
        if facts.trials < cost:
            return False
        facts.trials -= cost
        return True
    cost *= len(part.agents) + EACH
    if facts.part_trials - keep < cost:
        return False
    facts.part_trials -= cost
    return True


def no_worse(facts: Facts, rule: Rule, edits: Callable[[], Iterable[Edit]], *, untried: bool = True) -> bool:
    """Whether these Edits bring nothing new that is as grave as what `rule` found, as far as that is tried.

    Nothing new may keep the graph from running. In drawings that are small enough nothing else may go wrong either; of
    larger ones that is tried with what hangs together with what changes. Where there is too much to try the rest is
    taken on trust: who mends sees what changes, and can take it back. `untried`: false where it is not, for what hangs
    together with what changes can at least be classified: of nobody there may more be asked than before.
    """
    made = tuple(edits())
    if not may_try(facts):
        return _no_worse_there(facts, rule, made, untried)
    copy = _sound(facts.graph, facts.problems, made)
    if copy is None:
        return False
    if not may_try(facts, WHOLE):
        return _no_worse_there(facts, rule, made, untried)
    return not worse(_judged(facts), judged(copy, classify(copy), trials=0), rule)


def _no_worse_there(facts: Facts, rule: Rule, edits: tuple[Edit, ...], untried: bool) -> bool:
    """The same, tried with nothing but what hangs together with the agents that these Edits are about."""
    part = around(facts, touched(facts.graph, edits)) if facts.part_trials > 0 else None
    if part is None or not may_try(facts, part=part):
        return True
    copy = _sound(part, problems(part), edits)
    if copy is None:
        return False
    # what keeps a graph from running is graver than all else: half of what may be tried is left for that
    if not may_try(facts, 2 * WHOLE, part=part, keep=PART_TRIALS // 2):
        return untried or (may_try(facts, 2, part=part) and not _asks_more(part, copy))
    before = judged(part, classify(part), trials=0)
    return not worse(before, judged(copy, classify(copy), trials=0), rule)


def _asks_more(before: Graph, after: Graph) -> bool:
    """Whether somebody becomes a step of a pipeline or comes to collect results: more is asked of them than of a
    branch."""
    asked = []
    for graph in (before, after):
        facts = Facts(graph, classify(graph), trials=0)
        asked.append(facts.stages | {part.collector for part in facts.parts if isinstance(part, FanOut)})
    return not asked[1] <= asked[0]


def _sound(graph: Graph, known: Iterable[Problem], edits: tuple[Edit, ...]) -> Graph | None:
    """A copy with the Edits; None if something new keeps that from running."""
    try:
        copy = with_edits(graph, edits)
    except EditError:
        return None
    before = {(each.code, each.agents, each.edges) for each in known}
    if any(not each.inside and (each.code, each.agents, each.edges) not in before for each in problems(copy)):
        return None
    return copy


def touched(graph: Graph, edits: Iterable[Edit]) -> set[AgentId]:
    """The agents of a drawing that Edits are about, and the ends of the edges that they are about."""
    found: set[AgentId] = set()
    for edit in edits:
        if not isinstance(edit, Add | Remove | Set):
            continue
        id = edit.item.id if isinstance(edit, Add) else edit.id
        if edit.section == "agents":
            found.add(AgentId(id))
        elif edit.section == "edges":
            drawn = edit.item if isinstance(edit, Add) else graph.edges.get(EdgeId(id))
            if isinstance(drawn, Edge):
                found |= {drawn.source, drawn.target}
    return found & graph.agents.keys()


def around(facts: Facts, agents: Iterable[AgentId]) -> Graph | None:
    """The agents that any edges connect with these, as a drawing of its own; None if that is most of the drawing."""
    graph, beside = facts.graph, facts.beside
    seen = set(agents)
    pending, edges = list(seen), dict[EdgeId, Edge]()
    while pending:
        if len(seen) > PART or len(edges) > 4 * PART:
            facts.part_trials -= PART  # to look for it costs time, too
            return None
        for edge in beside.get(pending.pop(), ()):
            edges[edge.id] = edge
            new = {edge.source, edge.target} - seen
            seen |= new
            pending += new
    if not seen:
        return None
    place = facts.place
    inside = sorted(seen, key=place.__getitem__)
    return graph.model_copy(update={
        "agents": {id: graph.agents[id] for id in inside},
        "edges": edges,
        "positions": {id: graph.positions[id] for id in inside if id in graph.positions},
    })  # fmt: skip


def _judged(facts: Facts) -> list[Finding]:
    if facts.judged is None:
        facts.judged = judged(facts.graph, facts.verdict, trials=0)
    return facts.judged


def worse(before: list[Finding], after: list[Finding], rule: Rule) -> list[Finding]:
    """What is new among the findings after something was mended, and at least as grave as what `rule` says.

    What is found somewhere else instead is new only if there is more of it than before.
    """
    known = {(each.code, agent) for each in before for agent in each.subjects}
    gone, come = Counter[str](), Counter[str]()
    for count, found in ((gone, before), (come, after)):
        for each in found:
            count[each.code] += len(each.subjects)
    gone[rule.code] -= 1
    grave = SEVERITIES.index(rule.severity)
    return [
        each
        for each in after
        if SEVERITIES.index(each.severity) <= grave
        and any((each.code, agent) not in known for agent in each.subjects)
        and come[each.code] > gone[each.code]
    ]
