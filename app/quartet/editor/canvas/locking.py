"""Locked agents: no gesture moves them, deletes them, or connects them to others. One place asks, for all gestures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quartet.editor.value_words import plural
from quartet.graph.edits import Add, Edit, Move, Remove
from quartet.graph.edits import Set as SetEdit
from quartet.graph.model import AgentId, Edge, EdgeId, Graph

WAY_OUT = "Unlock it in its menu first."


def is_locked(graph: Graph, id: str) -> bool:
    """Whether there is a locked agent of that id."""
    agent = graph.agents.get(AgentId(id))
    return agent is not None and agent.locked


def refusal(graph: Graph, edits: Sequence[Edit]) -> str | None:
    """Why a gesture may not do this, a sentence for beside the pointer; None if no locked agent is concerned."""
    held: dict[str, None] = {}
    for edit in edits:
        held.update(dict.fromkeys(id for id in _touched(graph, edit) if is_locked(graph, id)))
    return told(graph, held) if held else None


def of_ends(graph: Graph, *ids: str) -> str | None:
    """Why these agents may not be connected in another way by a gesture; None if none of them is locked."""
    held = [id for id in ids if is_locked(graph, id)]
    return told(graph, held) if held else None


def told(graph: Graph, ids: Iterable[str]) -> str:
    """That these agents are locked, and the way out."""
    first, *others = ids
    name = graph.agents[AgentId(first)].name or first
    if not others:
        return f"{name} is locked. {WAY_OUT}"
    return f"{name} and {plural(len(others), 'other agent')} are locked. Unlock them in their menu first."


def _touched(graph: Graph, edit: Edit) -> Iterable[str]:
    """The agents of the graph that an Edit moves, removes or connects in another way."""
    match edit:
        case Move():
            return [id for id, at in edit.to.items() if graph.positions.get(id) != at]
        case Remove(section="agents"):
            return [edit.id]
        case Remove(section="edges"):
            edge = graph.edges.get(EdgeId(edit.id))
            return [] if edge is None else [edge.source, edge.target]
        case Add(item=Edge() as new):
            return [new.source, new.target]
        case SetEdit(section="edges") if edit.values.keys() & {"source", "target", "kind"}:
            edge = graph.edges.get(EdgeId(edit.id))
            ends = [] if edge is None else [edge.source, edge.target]
            return [*ends, *(str(edit.values[name]) for name in ("source", "target") if edit.values.get(name))]
        case _:
            return []
