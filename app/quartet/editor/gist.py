"""What views show of a judgement, worked out once: for a big drawing in the thread that judges it.

What is as it was before stays the very same object, so that a view sees at a glance that there is nothing to do.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from quartet.editor.parts import Part, innermost, parts_of
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from quartet.patterns.verdict import Verdict
    from quartet.rules import Finding
    from quartet.rules.finding import Severity

T = TypeVar("T")


Look = tuple[object, ...]
"""All that a person sees of a finding."""
_seen = attrgetter("title", "detail", "code", "severity", "confidence", "silenced", "agents", "edges")


def look(finding: Finding) -> Look:
    """What a person sees of a finding: to compare its fixes would work out the Edits of all of them."""
    return (*_seen(finding), len(finding.fixes))


class Gist(NamedTuple):
    """A verdict and its findings as views show them."""

    verdict: Verdict | None
    findings: list[Finding]
    parts: list[Part]
    """The parts of the tree, each after the one around it."""
    pattern_of: dict[AgentId, str]
    """The pattern of the innermost part of each agent."""
    marks: dict[AgentId, str]
    """The worst finding of an agent: “error” or “warning”."""
    heard: list[Finding]
    """The findings that nobody silenced."""
    counts: dict[Severity, int]
    """How many of those there are of each severity."""
    looks: list[Look]
    """What a person sees of each finding."""
    heard_looks: list[Look]
    """The same of those that are heard."""

    @property
    def urgent(self) -> int:
        """How many findings are heard and more than advice."""
        return self.counts["error"] + self.counts["warning"]

    def of(self, verdict: Verdict | None, findings: list[Finding]) -> bool:
        """Whether it is about these."""
        return self.verdict is verdict and self.findings is findings


NOTHING = Gist(None, [], [], {}, {}, [], {"error": 0, "warning": 0, "advice": 0}, [], [])


def gist(verdict: Verdict | None, findings: list[Finding], before: Gist = NOTHING) -> Gist:
    """Work out what is shown of these. `before`: what is shown now."""
    marks: dict[AgentId, str] = {}
    heard = [finding for finding in findings if finding.silenced is None]
    known = {each: each for each in before.looks}
    looks = [known.get(each, each) for each in map(look, findings)]
    heard_looks = [each for finding, each in zip(findings, looks, strict=True) if finding.silenced is None]
    counts = NOTHING.counts.copy()
    for finding in heard:
        counts[finding.severity] += 1
        for agent in finding.agents if finding.severity != "advice" else ():
            if marks.get(agent) != "error":
                marks[agent] = finding.severity
    parts = _kept([] if verdict is None else parts_of(verdict.tree, verdict.attached), before.parts)
    pattern_of = before.pattern_of if parts is before.parts else _kept(innermost(parts), before.pattern_of)
    kept = _kept(marks, before.marks)
    return Gist(verdict, findings, parts, pattern_of, kept, heard, counts, looks, heard_looks)


def _kept(new: T, old: T) -> T:
    return old if new == old else new
