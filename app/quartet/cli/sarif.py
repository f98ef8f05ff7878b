"""Findings as SARIF 2.1.0, the format in which code hosts and CI services show what a checker found."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import quartet
from quartet.graph.files import Opened
from quartet.graph.model import JSON, AgentId, EdgeId, Graph
from quartet.graph.spans import Key, Span, spans
from quartet.rules import Finding, all_rules
from quartet.rules.help import explanation
from quartet.rules.registry import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "advice": "note"}
RANKS = {"high": 95.0, "medium": 65.0, "low": 35.0}
"""How sure a finding is, from 0 to 100."""


class Checked(NamedTuple):
    """A file with what was found in it."""

    name: str
    text: str
    """As it stands on the disk, to say in which line an item begins; may be empty."""
    opened: Opened
    found: Sequence[Finding]


def sarif(files: Iterable[Checked], unreadable: Iterable[tuple[str, str]] = ()) -> dict[str, JSON]:
    """One SARIF log with one run; `unreadable` are the files that are no graphs, each with the reason."""
    rules = all_rules()
    index = {rule.code: number for number, rule in enumerate(rules)}
    failed = [_unreadable(name, reason) for name, reason in unreadable]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Quartet",
                        "version": quartet.__version__,
                        "semanticVersion": quartet.__version__,
                        "rules": [_rule(rule) for rule in rules],
                    }
                },
                "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": failed}],
                "columnKind": "unicodeCodePoints",
                "results": [result for checked in files for result in _results(checked, index)],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, JSON]:
    text = explanation(rule.code)
    plain = text.replace("**", "")
    level = LEVELS[rule.severity]
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in re.findall(r"\w+", rule.about)),
        "shortDescription": {"text": f"{rule.about}."},
        "fullDescription": {"text": plain.partition("\n\n")[0]},
        "help": {"text": plain, "markdown": text},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": [rule.family.replace("_", "-")],
            # GitHub sorts by this what is no matter of security
            "problem.severity": "recommendation" if level == "note" else level,
        },
    }


def _unreadable(name: str, reason: str) -> dict[str, JSON]:
    told = re.search(r"line (\d+), column (\d+)", reason)
    line, column = (int(told[1]), int(told[2])) if told else (1, 1)
    place = {"artifactLocation": _artifact(name), "region": {"startLine": line, "startColumn": column}}
    return {"level": "error", "message": {"text": reason}, "locations": [{"physicalLocation": place}]}


def _results(checked: Checked, index: dict[str, int]) -> Iterator[dict[str, JSON]]:
    where = spans(checked.text)
    seen: Counter[str] = Counter()
    for finding in checked.found:
        inside = (finding.inside, *finding.places) if finding.inside else ()
        # what is said of one agent after the other stays the same finding, whoever joins them
        places = [finding.silenced or ""] if finding.each else [*finding.agents, *finding.edges]
        whom = "/".join([finding.code, *places, *inside])
        seen[whom] += 1
        if seen[whom] > 1:
            whom += f"#{seen[whom]}"
        yield _result(checked, finding, whom, index, where)


def _result(
    checked: Checked, finding: Finding, whom: str, index: dict[str, int], where: Mapping[Key, Span]
) -> dict[str, JSON]:
    named = list(_named(checked.opened.graph, finding))
    mended = "".join(f"To mend it: {fix.label}." for fix in finding.fixes[:1])
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "rank": RANKS[finding.confidence],
        "message": {"text": " ".join(filter(None, [f"{finding.title}.", finding.detail, finding.doubt, mended]))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(checked.name),
                    "region": _region(named, where),
                },
                "logicalLocations": [_logical(each) for each in named],
            }
        ],
        # stays the same when agents move or others come and go, so that a known finding is not reported as new
        "partialFingerprints": {"quartet/v1": hashlib.sha256(whom.encode()).hexdigest()[:32]},
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    if finding.silenced is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.silenced}]
    return result


class _Named(NamedTuple):
    """An item that a finding is about."""

    drawing: Graph
    inside: str
    """The sub-graph that it is drawn in; "" for the drawing itself."""
    section: str
    id: str


def _named(graph: Graph, finding: Finding) -> Iterator[_Named]:
    """What a finding is about; of one in a sub-graph first what stands in there."""
    inner = graph.graphs.get(finding.inside)
    if inner is not None:
        for id in finding.places:
            yield _Named(inner, finding.inside, "edges" if id in inner.edges else "agents", id)
    yield from (_Named(graph, "", "agents", id) for id in finding.agents)
    yield from (_Named(graph, "", "edges", id) for id in finding.edges)


def _artifact(name: str) -> dict[str, JSON]:
    """A file as code hosts look for it: by its path from where the command was called, if it lies in there."""
    if name == "-":
        return {"uri": "stdin"}
    path = Path(name)
    if path.is_absolute():
        here = Path.cwd()
        return {"uri": quote(path.relative_to(here).as_posix()) if path.is_relative_to(here) else path.as_uri()}
    return {"uri": quote(path.as_posix())}


def _region(named: Iterable[_Named], where: Mapping[Key, Span]) -> dict[str, JSON]:
    """Where the first of these items stands; the first line if none can be told."""
    for each in named:
        keys: list[Key] = [(each.inside, each.section, each.id)]
        edge = each.drawing.edges.get(EdgeId(each.id))
        if each.section == "edges" and edge is not None:  # in node-link it need not have an id
            keys.append((each.inside, "edges", f"{edge.source}>{edge.target}"))
        for key in keys:
            if key in where:
                span = where[key]
                return {
                    "startLine": span.line,
                    "startColumn": span.column,
                    "endLine": span.end_line,
                    "endColumn": span.end_column,
                }
    return {"startLine": 1}


def _logical(item: _Named) -> dict[str, JSON]:
    agent = item.drawing.agents.get(AgentId(item.id)) if item.section == "agents" else None
    return {
        "name": agent.name if agent is not None and agent.name else item.id,
        "fullyQualifiedName": (f"graphs.{item.inside}." if item.inside else "") + f"{item.section}.{item.id}",
        "kind": "object",
    }
