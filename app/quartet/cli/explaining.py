"""A verdict in words and as data: the tree, and for the whole and each part why it is what it is, and what it takes
to make it something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, cast

from quartet.cli import contracts
from quartet.cli.console import wrapped
from quartet.editor.parts import MARKS
from quartet.editor.value_words import plural
from quartet.graph.model import Graph
from quartet.patterns.change_words import undecided
from quartet.patterns.changes import Effort, changes
from quartet.patterns.tree import TITLES, Inner, Leaf, Pattern, Question, Tree
from quartet.patterns.verdict import Verdict

DEEPEST = 30
"""Levels of a tree that are shown to a person."""
LISTED = 40
"""Of so many children of a part each is shown to a person; of more the first ones."""
TOLD = 12
"""Parts that are explained to a person; `--json` explains more."""
EXPLAINED = 60
"""Parts that are explained to a program, from the outermost inwards."""
TRIED = 40_000
"""So many agents and edges are looked at for what would change all parts, some seconds: the outermost come first."""


def explained(name: str, graph: Graph, verdict: Verdict) -> Iterator[str]:
    """The verdict for a person, line by line."""
    yield f"{name}: {verdict.headline} ({verdict.confidence} confidence)"
    tree = verdict.tree
    if tree is not None and not isinstance(tree, Leaf):
        yield ""
        yield from _tree(graph, tree)
    for part, agents in verdict.attached.items():
        yield f"  beside {_name(graph, part)}: {_names(graph, agents)}"
    effort = Effort(TRIED)
    if tree is not None and not isinstance(tree, Leaf):
        yield ""
        yield from _why(graph, tree, "  ", effort)
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
            told = f"{ends}: {kind} ({inference.confidence} confidence). {inference.reason}"
            yield wrapped(told, "      ", "    ")
        if len(verdict.inferred) > 8:
            yield f"    … and {len(verdict.inferred) - 8} more"
    for remark in verdict.notes:
        yield wrapped(remark.text, "  ")
    inner = list(islice(_parts(tree), 1, None)) if tree is not None else []
    for node in inner[:TOLD]:
        yield ""
        yield wrapped(f"{_node(graph, node)}: {_who(graph, node)}", "    ", "  ")
        yield from _why(graph, node, "    ", effort)
    if len(inner) > TOLD:
        yield ""
        yield f"  … and {plural(len(inner) - TOLD, 'more part')}; --json tells of them"


def parts(graph: Graph, verdict: Verdict) -> list[contracts.Part]:
    """The whole and each part of the tree, from the outermost inwards: agents, questions, and what would change it."""
    if verdict.tree is None:
        return []
    effort = Effort(TRIED)
    return [_part(graph, part, effort) for part in islice(_parts(verdict.tree), EXPLAINED)]


def _part(graph: Graph, part: Inner, effort: Effort) -> contracts.Part:
    found: contracts.Part = {
        "pattern": cast("Pattern", part.pattern),
        "agents": sorted(part.agents),
        "questions": [
            {"question": q.text, "answer": q.answer, "note": q.note, "edges": list(q.edges), "chosen": n == part.chosen}
            for n, q in enumerate(part.questions)
        ],
        "changes": [
            {
                "to": change.to,
                "text": change.text,
                "edges": list(change.edges),
                "edits": [edit.as_json() for edit in change.edits],
            }
            for change in changes(graph, part, effort)
        ],
    }
    if effort.undecided:
        found["undecided"] = list(effort.undecided)
    if part.doubt is not None:
        found["confidence"] = part.doubt.confidence
    if part.inferred:
        found["inferred"] = True
    return found


def _parts(tree: Tree | None) -> Iterator[Inner]:
    """The inner nodes of a tree, those further out first."""
    level: list[Tree] = [tree] if tree is not None else []
    while level:
        yield from (node for node in level if not isinstance(node, Leaf))
        level = [child for node in level for child in node.children]


def _why(graph: Graph, part: Inner, indent: str, effort: Effort) -> Iterator[str]:
    for index, question in enumerate(part.questions):
        yield from _question(question, index, index == part.chosen, indent)
    found = changes(graph, part, effort)
    for change in found:
        size = plural(len(change.edits), "change")
        first = f"{indent}  {TITLES[change.to]} instead, with {size}: "
        yield wrapped(change.text, indent + "       ", first)
    if effort.undecided:
        yield wrapped(undecided(effort.undecided), indent + "       ", indent + "  ")


def _question(question: Question, index: int, chosen: bool, indent: str) -> Iterator[str]:
    yield wrapped(
        f"{question.text} {question.answer}", indent + "    ", f"{indent}{'→' if chosen else ' '} {index + 1}. "
    )
    if question.note:
        yield wrapped(question.note, indent + "     ", indent + "     ")


def _who(graph: Graph, part: Inner) -> str:
    names = [_name(graph, agent) for agent in part.workforce]
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def _tree(graph: Graph, root: Tree) -> Iterator[str]:
    waiting: list[tuple[Tree | int, str, str]] = [(root, "  ", "  ")]
    while waiting:
        tree, first, rest = waiting.pop()
        if isinstance(tree, int):
            yield f"{first}… and {tree:,} more"
            continue
        yield f"{first}{_node(graph, tree)}"
        if tree.children and len(rest) > DEEPEST * 3:
            yield f"{rest}└─ … deeper than is shown here"
            continue
        shown = tree.children if len(tree.children) <= LISTED else tree.children[: LISTED // 2]
        left = len(tree.children) - len(shown)
        last = len(shown) - 1 if not left else len(shown)
        if left:
            waiting.append((left, f"{rest}└─ ", rest))
        waiting.extend(
            (child, f"{rest}{'└' if index == last else '├'}─ ", f"{rest}{' ' if index == last else '│'}  ")
            for index, child in reversed(list(enumerate(shown)))
        )


def _node(graph: Graph, tree: Tree) -> str:
    if isinstance(tree, Leaf):
        return _marked(graph, tree.agent) + (" (again and again)" if tree.loop else "")
    words = [tree.title]
    supervisor = getattr(tree, "supervisor", None)
    if supervisor is not None:
        words.append(f"by {_marked(graph, supervisor)}")
    if tree.trigger is not None:
        words.append(f"from {_marked(graph, tree.trigger)}")
    if tree.collector is not None:
        words.append(f"collected by {_marked(graph, tree.collector)}")
    board = getattr(tree, "board", None)
    if board is not None:
        words.append(f"around {_marked(graph, board)}")
    told = {**MARKS, "entangled": "entangled", "inferred": "inferred"}
    marks = [word for mark, word in told.items() if getattr(tree, mark, False)]
    marks += [f"{_name(graph, agent)} falls back on {_names(graph, others)}" for agent, others in tree.fallback]
    return " ".join(words) + (f" ({', '.join(marks)})" if marks else "")


def _name(graph: Graph, id: Any) -> str:
    agent = graph.agents.get(id)
    return agent.name or agent.id if agent is not None else str(id)


def _marked(graph: Graph, id: Any) -> str:
    """The name, and whether a person took the agent out of runs."""
    agent = graph.agents.get(id)
    return _name(graph, id) + (f" [{agent.disabled}]" if agent is not None and agent.disabled else "")


def _names(graph: Graph, ids: Sequence[Any]) -> str:
    return ", ".join(_name(graph, id) for id in ids)
