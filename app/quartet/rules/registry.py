"""The registry of rules, and the one function that asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from quartet.collector import seldom
from quartet.graph.model import AgentId, EdgeId, Graph
from quartet.graph.nesting import Inside, circle, inside
from quartet.patterns.verdict import Verdict, classify
from quartet.rules.facts import TRIALS, Facts
from quartet.rules.finding import CONFIDENCES, SEVERITIES, Confidence, Finding, Severity
from quartet.rules.silence import reasons

Family = Literal["pipeline", "fan_out", "supervisor", "swarm", "any_graph"]
Check = Callable[[Facts, "Rule"], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can go wrong, and the pure function that looks for it."""

    code: str
    severity: Severity
    family: Family
    """Its module, and its help page."""
    about: str
    """What it looks for, in a few words."""
    check: Check
    confidence: Confidence = "high"
    """How sure its findings are at most."""
    reads_pattern: bool = False
    """Its findings are no surer than the pattern that the drawing was taken for."""


_rules: dict[str, Rule] = {}


def rule(
    code: str,
    severity: Severity,
    family: Family,
    about: str,
    *,
    confidence: Confidence = "high",
    reads_pattern: bool = False,
) -> Callable[[Check], Check]:
    """Register the decorated `def (facts, rule) -> Iterable[Finding]` as the rule `code`.

    Raises:
        ValueError: another rule has that code.
    """

    def add(check: Check) -> Check:
        if code in _rules:
            raise ValueError(f"two rules are called {code}")
        _rules[code] = Rule(code, severity, family, about, check, confidence, reads_pattern)
        return check

    return add


def all_rules() -> list[Rule]:
    """Every rule, family by family."""
    return list(_rules.values())


def find(code: str) -> Rule | None:
    """The rule of that code, or None."""
    return _rules.get(code)


@seldom()
def findings(graph: Graph, verdict: Verdict) -> list[Finding]:
    """What will go wrong when `graph`, read as `verdict`, runs: the gravest first, then in the order of its agents.

    What a person silenced is among them, with the reason in `silenced`, after everything that is still heard.
    """
    found = judged(graph, verdict)
    if graph.graphs and not circle(graph):
        silenced = reasons(graph)
        for one in inside(graph):
            found += [_silenced(finding, silenced) for finding in _seen_from_outside(one, graph)]
    place = {id: index for index, id in enumerate(graph.agents)}
    found.sort(
        key=lambda each: (
            each.silenced is not None,
            SEVERITIES.index(each.severity),
            place.get(each.agent, -1) if each.agent is not None else -1,
        )
    )
    return found


def judged(graph: Graph, verdict: Verdict, *, trials: int = TRIALS) -> list[Finding]:
    """What the rules say of a drawing, without what is found in its sub-graphs, rule by rule. `trials`: see `Facts`."""
    facts, silenced = Facts(graph, verdict, trials=trials), reasons(graph)
    inferred: dict[EdgeId, Confidence] = {id: "medium" for id, edge in graph.edges.items() if edge.inferred is not None}
    inferred.update((each.edge, each.confidence) for each in verdict.inferred)
    found: list[Finding] = []
    for each in _rules.values():
        most = each.confidence
        if each.reads_pattern:
            most = max(most, verdict.confidence, key=CONFIDENCES.index)
        found += [_silenced(_hedged(finding, most, inferred), silenced) for finding in each.check(facts, each)]
    return found


def _hedged(finding: Finding, most: Confidence, inferred: dict[EdgeId, Confidence]) -> Finding:
    """The finding, no surer than its rule is, nor than the edges that it is about."""
    for edge in finding.edges if inferred else ():
        most = max(most, inferred.get(edge, "high"), key=CONFIDENCES.index)
    if CONFIDENCES.index(most) <= CONFIDENCES.index(finding.confidence):
        return finding
    f = finding  # `replace` would take ten times as long, and a big drawing has thousands of them
    return Finding(f.code, f.severity, f.title, f.detail, f.agents, f.edges, f.fixes, most, f.silenced, each=f.each)


def _silenced(finding: Finding, silenced: dict[tuple[str, AgentId | None], str]) -> Finding:
    if not silenced:
        return finding
    reason = silenced.get((finding.code, finding.agent)) or silenced.get((finding.code, None))
    return finding if reason is None else replace(finding, silenced=reason)


def _seen_from_outside(place: Inside, whole: Graph) -> list[Finding]:
    """What will go wrong in a sub-graph. It concerns the agents that stand for it; mended it is where it is drawn."""
    drawing = place.graph.model_copy(update={"graphs": whole.graphs})
    return [
        replace(
            finding,
            title=f"In {place.path}: {finding.title}",
            agents=place.agents,
            edges=(),
            fixes=(),
            inside=place.id,
            places=(*finding.agents, *finding.edges),
            each=False,
        )
        for finding in judged(drawing, classify(drawing), trials=0)  # its fixes are not offered here
        if finding.severity != "advice" and finding.silenced is None
    ]
