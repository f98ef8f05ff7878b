"""The registry of rules, and the one function that asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from quartet.graph.model import Graph
from quartet.patterns.verdict import Verdict
from quartet.rules.facts import Facts
from quartet.rules.finding import SEVERITIES, Finding, Severity
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


_rules: dict[str, Rule] = {}


def rule(code: str, severity: Severity, family: Family, about: str) -> Callable[[Check], Check]:
    """Register the decorated `def (facts, rule) -> Iterable[Finding]` as the rule `code`.

    Raises:
        ValueError: another rule has that code.
    """

    def add(check: Check) -> Check:
        if code in _rules:
            raise ValueError(f"two rules are called {code}")
        _rules[code] = Rule(code, severity, family, about, check)
        return check

    return add


def all_rules() -> list[Rule]:
    """Every rule, family by family."""
    return list(_rules.values())


def find(code: str) -> Rule | None:
    """The rule of that code, or None."""
    return _rules.get(code)


def findings(graph: Graph, verdict: Verdict) -> list[Finding]:
    """What will go wrong when `graph`, read as `verdict`, runs: the gravest first, then in the order of its agents.

    What a person silenced is among them, with the reason in `silenced`, after everything that is still heard.
    """
    facts = Facts(graph, verdict)
    silenced = reasons(graph)
    found: list[Finding] = []
    for each in _rules.values():
        for finding in each.check(facts, each):
            reason = silenced.get((finding.code, finding.agent)) or silenced.get((finding.code, None))
            found.append(finding if reason is None else replace(finding, silenced=reason))
    place = {id: index for index, id in enumerate(graph.agents)}
    found.sort(
        key=lambda each: (
            each.silenced is not None,
            SEVERITIES.index(each.severity),
            place.get(each.agent, -1) if each.agent is not None else -1,
        )
    )
    return found
