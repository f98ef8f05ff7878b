"""`quartet classify` and `quartet validate`: what was drawn, and what will go wrong. Nothing of the graph is run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from quartet.cli.console import UNREADABLE, complain, open_graph, plural, put, ready, wrapped
from quartet.cli.explaining import explained, parts
from quartet.cli.sarif import Checked, sarif
from quartet.graph.files import FileProblem, Opened, write
from quartet.graph.model import Graph
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings
from quartet.rules.safe import mend


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


def validate_files(
    names: Sequence[str], *, strict: bool, as_json: bool, as_sarif: bool = False, fix: bool = False
) -> int:
    """Say what will go wrong in each file; exit code 1 for errors (`strict`: also warnings), 2 if one is no graph.

    With `fix` what may be mended unseen is mended first and the file is written.
    """
    code = 0
    files: list[Checked] = []
    unreadable: list[tuple[str, str]] = []
    for index, (name, opened) in enumerate(_each(names, as_json=as_json, failed=unreadable)):
        if opened is None:
            code = UNREADABLE
            continue
        graph = ready(opened)
        mended: list[str] = []
        if fix:
            try:
                mended = _mend(name, opened, graph)
            except FileProblem as problem:
                complain(problem)
                code = UNREADABLE
        found = findings(graph, classify(graph))
        heard: Counter[str] = Counter(finding.severity for finding in found if finding.silenced is None)
        fails = heard["error"] > 0 or (strict and heard["warning"] > 0)
        if fails:
            code = max(code, 1)
        if as_sarif:
            files.append(Checked(name, _text(name), opened, found))
        elif as_json:
            told = _findings(name, opened, found, ok=not fails)
            put(json.dumps({**told, "fixed": mended} if fix else told, ensure_ascii=False))
        else:
            put(("\n" if index else "") + "\n".join([*_fixed(name, mended), *_judged(name, opened, found, heard)]))
    if as_sarif:
        put(json.dumps(sarif(files, unreadable), ensure_ascii=False, indent=1))
    return code


def _mend(name: str, opened: Opened, graph: Graph) -> list[str]:
    """Apply the safe fixes and write the file; what was done, a line each.

    Raises:
        FileProblem: it cannot be written, or is no file of ours.
    """
    if name == "-" or opened.format != "quartet":
        kind = "a picture" if opened.format == "picture" else "a graph of another program"
        what = "standard input" if name == "-" else f"{name}: {kind}"
        way = "quartet export FILE --to json > mine.quartet.json"
        raise FileProblem(f"{what} is not mended in place. Make a file of it first: {way}")
    if opened.read_only:
        raise FileProblem(f"{name} is not mended: {opened.read_only}")
    done = [f"{finding.code} {chosen.label}" for finding, chosen in mend(graph)]
    if done:
        write(graph, name)
    return done


def _fixed(name: str, done: Sequence[str]) -> Iterator[str]:
    if done:
        yield f"{name}: {plural(len(done), 'problem')} mended"
        for line in done:
            yield wrapped(line, "          ", "  fixed   ")
        yield ""


def _text(name: str) -> str:
    try:
        return Path(name).read_text("utf-8")
    except (OSError, ValueError):
        return ""


def _each(
    names: Sequence[str], *, as_json: bool, failed: list[tuple[str, str]] | None = None
) -> Iterator[tuple[str, Opened | None]]:
    """Each file with what it holds; of one that cannot be read the reason is said, and then it holds None."""
    for name in names:
        try:
            yield name, open_graph(name)
        except FileProblem as problem:
            complain(problem)
            if failed is not None:
                failed.append((name, str(problem)))
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
                "confidence": finding.confidence,
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
            yield wrapped(f"{finding.detail} {finding.doubt}".rstrip(), " " * 16)
            for fix in finding.fixes:
                yield wrapped(fix.label, " " * 18, " " * 16 + "→ ")
