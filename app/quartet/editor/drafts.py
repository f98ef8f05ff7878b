"""What stands in a field and is no value yet: it is kept as it was typed, and the graph keeps the value it had.

Nothing of it is ever written to the graph, so whoever saves or runs has to be told that it is still missing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from quartet.graph.check import Problem

if TYPE_CHECKING:
    from quartet.editor.document import Document


class Draft(NamedTuple):
    """The content of one field that could not be read."""

    ids: tuple[str, ...]
    """The items it was typed for; none: the graph."""
    field: str
    """The field's title."""
    text: str | None
    """What was typed; None where the field cannot be filled with it again."""
    reason: str
    """Why it is no value."""


_INSIDE = "inside:"


def key_inside(graph: str, key: str) -> str:
    """By which key the file's document keeps what the document of its sub-graph `graph` keeps by `key`."""
    return f"{_INSIDE}{graph}/{key}"


def _inside(key: str) -> str:
    """The sub-graph that a key of the file's document is about; “”: the drawing itself."""
    return key.removeprefix(_INSIDE).partition("/")[0] if key.startswith(_INSIDE) else ""


def unread(document: Document) -> list[Problem]:
    """Why what the document holds is not what its fields show, one problem for each draft whose items are there."""
    found = []
    for key, draft in document.drafts.items():
        inside = _inside(key)
        graph = document.graph.graphs.get(inside) if inside else document.graph
        if graph is None:
            continue
        agents = tuple(agent.id for id in draft.ids if (agent := graph.agents.get(id)) is not None)  # type: ignore[call-overload]
        edges = tuple(edge.id for id in draft.ids if (edge := graph.edges.get(id)) is not None)  # type: ignore[call-overload]
        if draft.ids and not agents and not edges:
            continue
        typed = "" if draft.text is None else f" “{_short(draft.text)}” stands there."
        text = f"What was typed into “{draft.field}” is not part of the drawing yet.{typed} {draft.reason}"
        if inside:
            found.append(Problem("unread_field", f"In “{graph.name or inside}”: {text}", inside=inside))
        else:
            found.append(Problem("unread_field", text, agents, edges))
    return found


def left_out(document: Document) -> str:
    """A clause for what was saved without it, or “”."""
    fields = [f"“{draft.field}”" for draft in document.drafts.values()] if unread(document) else []
    return f", without what cannot be read yet in {', '.join(dict.fromkeys(fields))}" if fields else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
