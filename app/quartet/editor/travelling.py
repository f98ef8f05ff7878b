"""Going to any step of a document's history at once: many steps are undone or redone, and told of as one change."""

from __future__ import annotations

from collections.abc import Mapping

from quartet.editor.document import Document
from quartet.editor.document_steps import SECTIONS
from quartet.graph.edits import Applied
from quartet.graph.model import Section


def go_to(document: Document, index: int) -> None:
    """Undo or redo as many steps as lie between.

    Args:
        index: how many of the steps that the undo stack holds are done then.
    """
    root: Document = getattr(document, "root", document)  # a sub-graph's steps are those of its file
    stack, graph = root.undo_stack, root.graph
    if not 0 <= index <= stack.count() or index == stack.index():
        return
    before = {section: set(getattr(graph, section)) for section in SECTIONS}
    root.travelled = travelled = list[Applied]()
    try:
        stack.setIndex(index)
    finally:
        root.travelled = None
        root.judge_soon()
        root.tell(_together(travelled, before, {section: set(getattr(graph, section)) for section in SECTIONS}))


def _together(steps: list[Applied], before: Mapping[Section, set[str]], after: Mapping[Section, set[str]]) -> Applied:
    """What came of all of them; what was there neither before nor after is no change."""
    changed = {
        section: {id for step in steps for id in step.changed[section]} & (before[section] | after[section])
        for section in SECTIONS
    }
    inside: dict[str, list[Applied]] = {}
    for step in steps:
        for id, several in step.inside.items():
            inside.setdefault(id, []).extend(several)
    return Applied([], changed, any(step.graph_changed for step in steps), inside)
