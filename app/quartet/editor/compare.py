"""Two versions of a graph as one drawing: the newer, with what is gone from it, and what is to be marked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from quartet.editor.canvas import geometry
from quartet.editor.canvas.differences import Marks
from quartet.editor.document import Document
from quartet.editor.document_steps import Change
from quartet.editor.judge import snapshot
from quartet.graph.diff import Diff, diff
from quartet.graph.edits import apply
from quartet.graph.links import follow, linked
from quartet.graph.model import Graph
from quartet.graph.nesting import SUB_GRAPH
from quartet.patterns.importing import placed
from quartet.patterns.verdict import Verdict, classify


class Comparison(NamedTuple):
    """What a comparison shows."""

    found: Diff
    both: Graph
    """The newer version and what is gone from it."""
    marks: Marks
    before: Verdict
    after: Verdict
    inner: Mapping[str, tuple[Graph, Graph]]
    """The two versions of each sub-graph that differs, by id: to be compared in their turn."""
    links: str = ""
    """What is to be said of linked files; empty if there are none."""


def compare(before: Graph, after: Graph, folders: tuple[Path | None, Path | None] = (None, None)) -> Comparison:
    """What differs between two versions, ready to be drawn, what their links lead to from their folders included."""
    before, after, links = _followed(before, after, folders)
    before, after = placed(before), placed(after)
    found = diff(before, after)
    both = snapshot(after)
    taken = set(both.positions.values())
    for item in found.items:
        if item.how != "removed":
            continue
        if item.section == "agents":
            agent = next(one for id, one in before.agents.items() if id == item.id)
            both.agents[agent.id] = agent
            x, y = before.positions.get(agent.id, (0.0, 0.0))
            while any(abs(x - a) < geometry.WIDTH and abs(y - b) < geometry.HEIGHT for a, b in taken):
                y += geometry.HEIGHT + 24  # another stands there now
            both.positions[agent.id] = (x, y)
            taken.add((x, y))
        elif item.section in ("edges", "frames", "notes"):
            getattr(both, item.section)[item.id] = getattr(before, item.section)[item.id]
    how = {item.id: item.how for item in found.items if item.section in ("agents", "edges", "frames", "notes")}
    for agent in after.agents.values():
        if agent.kind == SUB_GRAPH and agent.id not in how and agent.config.get("graph") in found.inner:
            how[agent.id] = "changed"
    elsewhere = {id for section, id in found.moved if section == "agents"}
    moved = {id: at for id, at in before.positions.items() if id in elsewhere and after.positions.get(id) != at}
    inner = {id: (_inside(before, id), _inside(after, id)) for id in found.inner}
    return Comparison(found, both, Marks(how, moved), classify(before), classify(after), inner, links)


def _followed(before: Graph, after: Graph, folders: tuple[Path | None, Path | None]) -> tuple[Graph, Graph, str]:
    """Both with what their links lead to, and what is to be said of that."""
    names = dict.fromkeys([*linked(before).values(), *linked(after).values()])
    if not names:
        return before, after, ""
    old, new = follow(before, folders[0]), follow(after, folders[1])
    trouble = next((file for file in (*old.files.values(), *new.files.values()) if file.trouble), None)
    if trouble is not None:  # what is known of one side only would look as if it had come or gone
        return before, after, f"What is behind links is not compared: “{trouble.path.name}”: {trouble.trouble}"
    files = ", ".join(f"“{name}”" for name in names)
    return old.graph, new.graph, f"Linked files count as they are on disk now: {files}."


def _inside(graph: Graph, id: str) -> Graph:
    """A sub-graph with the others, which it may use."""
    return graph.graphs[id].model_copy(update={"graphs": {key: one for key, one in graph.graphs.items() if key != id}})


def saved_version(document: Document) -> Graph | None:
    """The graph as it was last saved or read, by the undo history; None where that does not reach so far."""
    stack = document.undo_stack
    clean = stack.cleanIndex()
    if clean < 0:
        return None
    graph = snapshot(document.graph)
    for index in range(stack.index() - 1, clean - 1, -1):
        step = stack.command(index)
        if not isinstance(step, Change):
            return None
        apply(graph, step.inverse)
    for index in range(stack.index(), clean):
        step = stack.command(index)
        if not isinstance(step, Change):
            return None
        apply(graph, step.edits)
    return graph
