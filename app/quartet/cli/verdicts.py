"""`quartet classify` and `quartet validate`: what was drawn, and what will go wrong. Nothing of the graph is run."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import Literal

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from quartet.cli import contracts
from quartet.cli.console import UNREADABLE, complain, followed, open_graph, put, ready, say, wrapped
from quartet.cli.explaining import explained, parts
from quartet.cli.sarif import Checked, sarif
from quartet.collector import seldom
from quartet.editor.value_words import plural
from quartet.graph.files import FileProblem, Opened, dumps, loads, write_atomically
from quartet.graph.model import Graph
from quartet.graph.patching import Unpatchable, patched
from quartet.graph.strict_json import decode
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings
from quartet.rules.safe import mend
from quartet.rules.trying import with_edits

ALIKE = 20
"""So many findings of one rule are told to a person, to a program all of them."""


@seldom()
def classify_files(names: Sequence[str], *, as_json: bool) -> int:
    """Say which pattern each file draws; the exit code is 2 if one cannot be read."""
    code = 0
    for index, (name, opened) in enumerate(_each(names, "classify", as_json=as_json)):
        if opened is None:
            code = UNREADABLE
            continue
        verdict = classify(followed(opened.graph, name))
        kept = {"kept": list(opened.problems)} if opened.problems else {}
        if as_json:
            told = parts(opened.graph, verdict)
            put(verdict.line(report="classify", version=contracts.VERSION, file=name, **kept, parts=told))
        else:
            put(("\n" if index else "") + "\n".join(explained(name, opened.graph, verdict)))
        if opened.graph.broken:
            left = plural(len(opened.graph.broken), "item")
            say(f"quartet: {name}: {left} not understood and left out; `quartet validate` names them.")
    return code


@seldom()
def validate_files(
    names: Sequence[str], *, strict: bool, as_json: bool, as_sarif: bool = False, fix: bool = False
) -> int:
    """Say what will go wrong in each file; exit code 1 for errors (`strict`: also warnings), 2 if one is no graph.

    With `fix` what may be mended unseen is mended first and the file is written.
    """
    code = 0
    files: list[Checked] = []
    unreadable: list[tuple[str, str]] = []
    for index, (name, opened) in enumerate(_each(names, "validate", as_json=as_json, failed=unreadable)):
        if opened is None:
            code = UNREADABLE
            continue
        graph = ready(opened)
        mended: list[str] = []
        if fix:
            better = with_edits(graph, ())  # what cannot be written is not mended: the file is judged as it is
            try:
                mended, _ = _mend(name, opened, better)
                graph = better
            except FileProblem as problem:
                complain(problem)
                code = UNREADABLE
        graph = followed(graph, name)
        found = findings(graph, classify(graph))
        heard: Counter[str] = Counter(finding.severity for finding in found if finding.silenced is None)
        fails = heard["error"] > 0 or (strict and heard["warning"] > 0)
        if fails:
            code = max(code, 1)
        if as_sarif:
            files.append(Checked(name, _text(name), opened, found))
        elif as_json:
            told = _findings(name, opened, found, ok=not fails)
            if fix:
                told["fixed"] = mended
            put(json.dumps(told, ensure_ascii=False))
        else:
            put(("\n" if index else "") + "\n".join([*_fixed(name, mended), *_judged(name, opened, found, heard)]))
    if as_sarif:
        put(json.dumps(sarif(files, unreadable), ensure_ascii=False, indent=1))
    return code


def _mend(name: str, opened: Opened, graph: Graph, *, dry: bool = False) -> tuple[list[str], bytes]:
    """Apply the safe fixes and write the file, if not `dry`; what was done, a line each, and what the file says then,
    laid out as before where they touch nothing.

    Raises:
        FileProblem: it cannot be written, or is no file of ours.
    """
    if name == "-" or opened.format != "quartet":
        kind = "a picture" if opened.format == "picture" else "a graph of another program"
        what = "standard input" if name == "-" else f"{name}: {kind}"
        way = "quartet export FILE --to json > mine.quartet.json"
        raise FileProblem(f"{what} is not mended in place. Make a file of it first: {way}")
    before = dumps(graph)
    done = [f"{finding.code} {chosen.label}" for finding, chosen in mend(graph)]
    made = _laid_out_as_before(name, before, dumps(graph)) if done else b""
    if done and not dry:
        write_atomically(made, name)
    return done, made


def preview_files(names: Sequence[str]) -> int:
    """Show what --fix would change in each file, as a unified diff; exit code 1 if it would change one, 2 if one cannot
    be read."""
    code = 0
    for name, opened in _each(names, "validate", as_json=False):
        if opened is None:
            code = UNREADABLE
            continue
        try:
            done, made = _mend(name, opened, ready(opened), dry=True)
            old = decode(Path(name).read_bytes(), name) if done else ""
        except FileProblem as problem:
            complain(problem)
            code = UNREADABLE
            continue
        if done:
            code = max(code, 1)
            lines = old.splitlines(), decode(made, name).splitlines()
            put("\n".join(unified_diff(*lines, fromfile=name, tofile=f"{name} (mended)", n=1, lineterm="")))
            say("\n".join(_fixed(name, done, "would be mended", "fix")).rstrip())
    return code


def _laid_out_as_before(name: str, before: str, after: str) -> bytes:
    """The file with what it is to say now, in the layout that a person gave it; in ours where that cannot be kept.

    Raises:
        FileProblem: somebody else has changed it since it was read.
    """
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise FileProblem(f"The file cannot be read again: {error.strerror or error}.", source=name) from error
    text = decode(data, name)
    if dumps(loads(text, name).graph) != before:
        raise FileProblem("The file was changed while it was looked at.", source=name, advice="Try again.")
    try:
        made = patched(text, json.loads(before), json.loads(after))
        if dumps(loads(made, name).graph) == after:
            return (codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b"") + made.encode()
    except (Unpatchable, FileProblem):
        pass
    return after.encode()


def _fixed(name: str, done: Sequence[str], what: str = "mended", each: str = "fixed") -> Iterator[str]:
    if done:
        yield f"{name}: {plural(len(done), 'problem')} {what}"
        for line in done:
            yield wrapped(line, "          ", f"  {each:<8}")
        yield ""


def _text(name: str) -> str:
    try:
        return Path(name).read_text("utf-8-sig")
    except (OSError, ValueError):
        return ""


def _each(
    names: Sequence[str],
    report: Literal["classify", "validate"],
    *,
    as_json: bool,
    failed: list[tuple[str, str]] | None = None,
) -> Iterator[tuple[str, Opened | None]]:
    """Each file with what it holds; of one that cannot be read the reason is said, and then it holds None.

    To be validated, a file must be understood whole: one of a newer version may say more than is seen here.
    """
    for name in names:
        try:
            opened = open_graph(name)
            if report == "validate" and opened.read_only:
                text = opened.read_only.partition(". ")[0]
                raise FileProblem(
                    f"{text}. It may say things that are not understood here, so it is not judged.",
                    source="standard input" if name == "-" else name,
                    advice="Use the newer version.",
                )
            yield name, opened
        except FileProblem as problem:
            complain(problem)
            if failed is not None:
                failed.append((name, str(problem)))
            if as_json:
                told = {"report": report, "version": contracts.VERSION, "file": name, "error": str(problem)}
                put(json.dumps(told, ensure_ascii=False))
            yield name, None


def _findings(name: str, opened: Opened, found: Sequence[Finding], *, ok: bool) -> contracts.Validated:
    told: contracts.Validated = {
        "report": "validate",
        "version": contracts.VERSION,
        "file": name,
        "ok": ok,
        "findings": [_finding(finding) for finding in found],
    }
    if opened.problems:
        told["kept"] = list(opened.problems)
    return told


def _finding(finding: Finding) -> contracts.Finding:
    told: contracts.Finding = {
        "code": finding.code,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "title": finding.title,
        "detail": finding.detail,
        "agents": list(finding.agents),
        "edges": list(finding.edges),
        "fixes": [{"label": fix.label, "edits": [edit.as_json() for edit in fix.edits]} for fix in finding.fixes],
    }
    if finding.inside:
        told["inside"], told["places"] = finding.inside, list(finding.places)
    if finding.silenced is not None:
        told["silenced"] = finding.silenced
    return told


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
    told: Counter[str] = Counter()
    for finding in found:
        if finding.silenced is None:
            told[finding.code] += 1
            if told[finding.code] > ALIKE:
                continue
            yield ""
            yield wrapped(finding.title, " " * 16, f"  {finding.severity:<7} {finding.code:<5} ")
            yield wrapped(f"{finding.detail} {finding.doubt}".rstrip(), " " * 16)
            for fix in finding.fixes:
                yield wrapped(fix.label, " " * 18, " " * 16 + "→ ")
    more = [f"{count - ALIKE:,} {code}" for code, count in told.items() if count > ALIKE]
    if more:
        yield ""
        yield wrapped(f"… and more of the same kind: {', '.join(more)}. --json and --sarif tell of each.", "  ")
