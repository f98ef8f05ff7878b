"""`quartet classify` and `quartet validate`: what was drawn, and what will go wrong. Nothing of the graph is run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from quartet.cli.console import UNREADABLE, complain, open_graph, plural, put, ready, wrapped
from quartet.cli.explaining import explained, parts
from quartet.graph.files import FileProblem, Opened
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings


def classify_files(names: Sequence[str], *, as_json: bool) -> int:
    """Say which pattern each file draws; the exit code is 2 if one cannot be read."""
    code = 0
    for index, (name, opened) in enumerate(_each(names, as_json=as_json)):
        if opened is None:
            code = UNREADABLE
            continue
        verdict = classify(opened.graph)
        if as_json:
            put(verdict.line(file=name, parts=parts(opened.graph, verdict)))
        else:
            put(("\n" if index else "") + "\n".join(explained(name, opened.graph, verdict)))
    return code


def validate_files(names: Sequence[str], *, strict: bool, as_json: bool) -> int:
    """Say what will go wrong in each file; exit code 1 for errors (`strict`: also warnings), 2 if one is no graph."""
    code = 0
    for index, (name, opened) in enumerate(_each(names, as_json=as_json)):
        if opened is None:
            code = UNREADABLE
            continue
        graph = ready(opened)
        found = findings(graph, classify(graph))
        heard: Counter[str] = Counter(finding.severity for finding in found if finding.silenced is None)
        fails = heard["error"] > 0 or (strict and heard["warning"] > 0)
        if fails:
            code = max(code, 1)
        if as_json:
            put(json.dumps(_findings(name, opened, found, ok=not fails), ensure_ascii=False))
        else:
            put(("\n" if index else "") + "\n".join(_judged(name, opened, found, heard)))
    return code


def _each(names: Sequence[str], *, as_json: bool) -> Iterator[tuple[str, Opened | None]]:
    """Each file with what it holds; of one that cannot be read the reason is said, and then it holds None."""
    for name in names:
        try:
            yield name, open_graph(name)
        except FileProblem as problem:
            complain(problem)
            if as_json:
                put(json.dumps({"file": name, "error": str(problem)}, ensure_ascii=False))
            yield name, None


def _findings(name: str, opened: Opened, found: Sequence[Finding], *, ok: bool) -> dict[str, Any]:
    return {
        "file": name,
        "ok": ok,
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "title": finding.title,
                "detail": finding.detail,
                "agents": list(finding.agents),
                "edges": list(finding.edges),
                "fixes": [fix.label for fix in finding.fixes],
                **({"silenced": finding.silenced} if finding.silenced is not None else {}),
            }
            for finding in found
        ],
        **({"kept": list(opened.problems)} if opened.problems else {}),
        **({"read_only": opened.read_only} if opened.read_only else {}),
    }


def _judged(name: str, opened: Opened, found: Sequence[Finding], heard: Counter[str]) -> Iterator[str]:
    parts = [
        plural(heard["error"], "error"),
        plural(heard["warning"], "warning"),
        plural(heard["advice"], "piece of advice", "pieces of advice"),
    ]
    parts = [part for part in parts if not part.startswith("0 ")]
    silenced = sum(finding.silenced is not None for finding in found)
    if silenced:
        parts.append(f"{silenced} silenced")
    yield f"{name}: {', '.join(parts) or 'nothing to find fault with'}"
    if opened.read_only:
        yield wrapped(opened.read_only, "  ")
    for finding in found:
        if finding.silenced is None:
            yield ""
            yield wrapped(finding.title, " " * 16, f"  {finding.severity:<7} {finding.code:<5} ")
            yield wrapped(finding.detail, " " * 16)
            for fix in finding.fixes:
                yield wrapped(fix.label, " " * 18, " " * 16 + "→ ")
