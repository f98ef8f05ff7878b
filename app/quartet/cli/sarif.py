"""Findings as SARIF 2.1.0, the format in which code hosts and CI services show what a checker found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

import quartet
from quartet.graph.files import Opened
from quartet.graph.model import JSON
from quartet.rules import Finding, all_rules
from quartet.rules.help import explanation

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
    results = [_result(checked, finding, index) for checked in files for finding in checked.found]
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
                        "rules": [
                            {
                                "id": rule.code,
                                "shortDescription": {"text": f"{rule.about}."},
                                "help": {"text": explanation(rule.code), "markdown": explanation(rule.code)},
                                "defaultConfiguration": {"level": LEVELS[rule.severity]},
                                "properties": {"tags": [rule.family.replace("_", "-")]},
                            }
                            for rule in rules
                        ],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not (failed := list(unreadable)),
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": reason}, "locations": [_place(name, 1)]}
                            for name, reason in failed
                        ],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _result(checked: Checked, finding: Finding, index: dict[str, int]) -> dict[str, JSON]:
    location = _place(checked.name, _line(checked.text, [*finding.agents, *finding.edges]))
    graph = checked.opened.graph
    location["logicalLocations"] = [
        *(
            {"name": graph.agents[id].name if id in graph.agents else id, "fullyQualifiedName": f"agents.{id}"}
            for id in finding.agents
        ),
        *({"name": id, "fullyQualifiedName": f"edges.{id}"} for id in finding.edges),
    ]
    mended = "".join(f"To mend it: {fix.label}." for fix in finding.fixes[:1])
    whom = "/".join([finding.code, *finding.agents, *finding.edges])
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "rank": RANKS[finding.confidence],
        "message": {"text": " ".join(filter(None, [f"{finding.title}.", finding.detail, finding.doubt, mended]))},
        "locations": [location],
        # stays the same when agents move or others come and go, so that a known finding is not reported as new
        "partialFingerprints": {"quartet/v1": hashlib.sha256(whom.encode()).hexdigest()[:32]},
    }
    if finding.code in index:
        result["ruleIndex"] = index[finding.code]
    if finding.silenced is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.silenced}]
    return result


def _place(name: str, line: int) -> dict[str, Any]:
    uri = "stdin" if name == "-" else PurePath(name).as_posix()
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}


def _line(text: str, ids: Iterable[str]) -> int:
    """The line in which the first of these items begins; 1 if none can be told."""
    for id in ids:
        quoted = json.dumps(id, ensure_ascii=False)
        for key in ('"id": ', '"id":'):
            at = text.find(f"{key}{quoted}")
            if at >= 0:
                return text.count("\n", 0, at) + 1
    return 1
