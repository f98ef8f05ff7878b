"""`quartet classify` and `quartet validate`: what was drawn, and what will go wrong. Nothing of the graph is run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import quartet.agents.built_in  # noqa: F401  # the rules look the kinds up
from quartet.cli.console import UNREADABLE, complain, open_graph, plural, put, ready, wrapped
from quartet.graph.files import FileProblem, Opened
from quartet.graph.model import Graph
from quartet.patterns.tree import Leaf, Tree
from quartet.patterns.verdict import Verdict, classify
from quartet.rules import Finding, findings

DEEPEST = 30
"""Levels of a tree that are shown to a person."""


def classify_files(names: Sequence[str], *, as_json: bool) -> int:
    """Say which pattern each file draws; the exit code is 2 if one cannot be read."""
    code = 0
    for index, (name, opened) in enumerate(_each(names, as_json=as_json)):
        if opened is None:
            code = UNREADABLE
            continue
        verdict = classify(opened.graph)
        if as_json:
            put(verdict.line(file=name))
        else:
            put(("\n" if index else "") + "\n".join(_explained(name, opened.graph, verdict)))
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


def _explained(name: str, graph: Graph, verdict: Verdict) -> Iterator[str]:
    yield f"{name}: {verdict.headline} ({verdict.confidence} confidence)"
    if verdict.tree is not None and not isinstance(verdict.tree, Leaf):
        yield ""
        yield from _tree(graph, verdict.tree)
    for part, agents in verdict.attached.items():
        yield f"  beside {_name(graph, part)}: {_names(graph, agents)}"
    if verdict.decision:
        yield ""
        for index, question in enumerate(verdict.decision):
            mark = "→" if index == verdict.chosen else " "
            yield wrapped(f"{question.text} {question.answer}", "      ", f"  {mark} {index + 1}. ")
            if question.note:
                yield wrapped(question.note, "       ", "       ")
    if verdict.alternatives:
        yield ""
        for other in verdict.alternatives:
            yield wrapped(f"{other.top.replace('_', '-')}: {other.reason}", "    ", "  It may also be a ")
    if verdict.inferred:
        yield ""
        yield f"  Inferred, because the file does not say it ({plural(len(verdict.inferred), 'edge')}):"
        for inference in verdict.inferred[:8]:
            edge = graph.edges[inference.edge]
            kind = "loop" if inference.loop else inference.kind
            ends = f"{_name(graph, edge.source)} → {_name(graph, edge.target)}"
            yield wrapped(f"{ends}: {kind}. {inference.reason}", "      ", "    ")
        if len(verdict.inferred) > 8:
            yield f"    … and {len(verdict.inferred) - 8} more"
    for remark in verdict.notes:
        yield wrapped(remark.text, "  ")


def _tree(graph: Graph, root: Tree) -> Iterator[str]:
    waiting: list[tuple[Tree, str, str]] = [(root, "  ", "  ")]
    while waiting:
        tree, first, rest = waiting.pop()
        yield f"{first}{_node(graph, tree)}"
        if tree.children and len(rest) > DEEPEST * 3:
            yield f"{rest}└─ … deeper than is shown here"
            continue
        last = len(tree.children) - 1
        waiting.extend(
            (child, f"{rest}{'└' if index == last else '├'}─ ", f"{rest}{' ' if index == last else '│'}  ")
            for index, child in reversed(list(enumerate(tree.children)))
        )


def _node(graph: Graph, tree: Tree) -> str:
    if isinstance(tree, Leaf):
        return _name(graph, tree.agent) + (" (again and again)" if tree.loop else "")
    words = [tree.title]
    supervisor = getattr(tree, "supervisor", None)
    if supervisor is not None:
        words.append(f"by {_name(graph, supervisor)}")
    if tree.trigger is not None:
        words.append(f"from {_name(graph, tree.trigger)}")
    if tree.collector is not None:
        words.append(f"collected by {_name(graph, tree.collector)}")
    board = getattr(tree, "board", None)
    if board is not None:
        words.append(f"around {_name(graph, board)}")
    marks = [mark for mark in ("loop", "exclusive", "dynamic", "entangled", "inferred") if getattr(tree, mark, False)]
    marks += [f"{_name(graph, agent)} falls back on {_names(graph, others)}" for agent, others in tree.fallback]
    return " ".join(words) + (f" ({', '.join(marks)})" if marks else "")


def _name(graph: Graph, id: Any) -> str:
    agent = graph.agents.get(id)
    return agent.name or agent.id if agent is not None else str(id)


def _names(graph: Graph, ids: Sequence[Any]) -> str:
    return ", ".join(_name(graph, id) for id in ids)


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
