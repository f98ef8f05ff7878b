"""Conflicts of a merge: kept in the file beside the version that was taken, told in words, settled by Edits.

In the file they are the list `conflicts` of the outermost level. A person settles one in the editor, where each is a
problem with two ways out, or in a text editor: put right what it names, and take the entry away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quartet.graph.diff import ABSENT, Absent, Where
from quartet.graph.diff_words import edge_title, field_name, title, value_words
from quartet.graph.edits import Edit, Remove, Set, SetGraph, apply, removal
from quartet.graph.model import JSON, AgentId, EdgeId, Graph, Section
from quartet.graph.writing import graph_fields, stated, sub_graph_data

CONFLICTS = "conflicts"
"""The entry of a Graph's `extra` that keeps them."""
Side = Literal["ours", "theirs"]
_SECTIONS: tuple[Section, ...] = ("agents", "edges", "frames", "notes")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing that two versions say differently, and what each says."""

    section: Where
    id: str
    field: tuple[str, ...]
    """The field and the keys within it; empty: the whole item, which one side removed."""
    base: JSON | Absent
    ours: JSON | Absent
    theirs: JSON | Absent
    inside: str = ""
    """The sub-graph it is in, by its id."""

    def as_json(self) -> dict[str, JSON]:
        """As it stands in the file; what a side does not state is left out."""
        data: dict[str, JSON] = {"in": self.inside} if self.inside else {}
        data["section"] = self.section
        if self.id:
            data["id"] = self.id
        if self.field:
            data["field"] = list(self.field)
        sides = {"base": self.base, "ours": self.ours, "theirs": self.theirs}
        return {**data, **{name: value for name, value in sides.items() if value is not ABSENT}}

    @classmethod
    def from_json(cls, data: JSON) -> Conflict | None:
        """What `as_json` made; None if it is something else."""
        if not isinstance(data, dict) or data.get("section") not in ("graph", "graphs", *_SECTIONS):
            return None
        field, id, inside = data.get("field", []), data.get("id", ""), data.get("in", "")
        if not isinstance(field, list) or not all(isinstance(name, str) for name in [*field, id, inside]):
            return None
        base, ours, theirs = (data.get(name, ABSENT) for name in ("base", "ours", "theirs"))
        return cls(data["section"], id, tuple(field), base, ours, theirs, inside)


def conflicts(graph: Graph) -> list[Conflict]:
    """The conflicts that nobody has settled yet."""
    entries = graph.extra.get(CONFLICTS)
    found = [Conflict.from_json(entry) for entry in entries] if isinstance(entries, list) else []
    return [conflict for conflict in found if conflict is not None]


def place(graph: Graph, conflict: Conflict) -> Graph | None:
    """The drawing it is in: `graph` or one of its sub-graphs; None if that is gone."""
    return graph.graphs.get(conflict.inside) if conflict.inside else graph


def is_there(graph: Graph, conflict: Conflict) -> bool:
    """Whether what it is about is still drawn."""
    drawing = place(graph, conflict)
    if drawing is None:
        return False
    return conflict.section == "graph" or conflict.id in getattr(drawing, conflict.section)


def subject(graph: Graph, conflict: Conflict) -> str:
    """What it is about, in words."""
    drawing = place(graph, conflict)
    if drawing is None or not is_there(graph, conflict):
        return f"“{conflict.id or conflict.inside}”, which is gone"
    name = title(drawing, conflict.section, conflict.id)
    if conflict.section == "agents":
        name = drawing.agents[AgentId(conflict.id)].name.strip() or conflict.id
    elif conflict.section == "edges":
        name = edge_title(drawing, drawing.edges[EdgeId(conflict.id)])
    return f"{name} in “{conflict.inside}”" if conflict.inside else name


def sentence(graph: Graph, conflict: Conflict) -> str:
    """The conflict in words: what each version says."""
    about = subject(graph, conflict)
    if conflict.field:
        before = "" if conflict.base is ABSENT else f"; before both {value_words(conflict.base)}"
        return (
            f"{about}: {field_name(conflict.section, conflict.field)} is {value_words(conflict.ours)} in this version,"
            f" {value_words(conflict.theirs)} in the other{before}."
        )
    if conflict.ours is ABSENT:
        return f"{about} was removed in this version, and changed or used in the other. It is kept."
    return f"{about} was changed or used in this version, and removed in the other. It is kept."


def settle(graph: Graph, conflict: Conflict, take: Side) -> list[Edit]:
    """The Edits that settle a conflict by taking one side, and take its entry away.

    Raises:
        EditError: that side does not fit into the graph any more.
    """
    done = _forget(graph, conflict)
    drawing = place(graph, conflict)
    if drawing is None or not is_there(graph, conflict):
        return [done]
    edits = _take(drawing, conflict, conflict.ours if take == "ours" else conflict.theirs)
    if not conflict.inside:
        apply(copy_of(graph), edits)
        return [*edits, done]
    inner = copy_of(drawing)
    apply(inner, edits)
    return [SetGraph(values={f"graphs.{conflict.inside}": sub_graph_data(inner)}), done] if edits else [done]


def _forget(graph: Graph, conflict: Conflict) -> SetGraph:
    """The Edit that takes the entry away."""
    entries = graph.extra.get(CONFLICTS)
    left = list(entries) if isinstance(entries, list) else []
    for entry in left:
        if Conflict.from_json(entry) == conflict:
            left.remove(entry)
            break
    return SetGraph(values={f"extra.{CONFLICTS}": left or None})


def copy_of(graph: Graph) -> Graph:
    """A copy that Edits may change; the items are frozen and shared."""
    return graph.model_copy(update={k: dict(v) for k, v in graph.__dict__.items() if isinstance(v, dict)})


def _take(drawing: Graph, conflict: Conflict, side: JSON | Absent) -> list[Edit]:
    section, id = conflict.section, conflict.id
    if section == "graphs":
        return [] if side is not ABSENT else [SetGraph(values={f"graphs.{id}": None})]
    if section == "graph":
        return [_set_graph(drawing, conflict.field, side)]
    if conflict.field:
        top, values = _with(stated(getattr(drawing, section)[id]), conflict.field, side)
        null = (top,) if values is None else ()
        return [Set(section=section, id=id, values={} if null else {top: _plain(values)}, null=null)]
    if side is ABSENT:
        if section == "agents":
            return removal(drawing, [AgentId(id)])
        return removal(drawing, (), [EdgeId(id)]) if section == "edges" else _removed(section, id)
    return []


def _removed(section: Where, id: str) -> list[Edit]:
    return [Remove(section=section, id=id)]


def _set_graph(drawing: Graph, field: Sequence[str], side: JSON | Absent) -> SetGraph:
    top, value = _with(graph_fields(drawing), field, side)
    name = top if top in ("name", "description", "input", "limits", "state") else f"extra.{top}"
    return SetGraph(values={name: _plain(value)}, null=(name,) if value is None and name.startswith("extra.") else ())


def _with(fields: dict[str, JSON], path: Sequence[str], value: JSON | Absent) -> tuple[str, JSON | Absent]:
    """The top-level field of a path and what it becomes with `value` at its end."""
    top, *rest = path
    if not rest:
        return top, value
    old = fields.get(top)
    inner = dict(old) if isinstance(old, dict) else {}
    name, deeper = _with(inner, rest, value)
    if deeper is ABSENT:
        inner.pop(name, None)
    else:
        inner[name] = deeper
    return top, inner or ABSENT


def _plain(value: JSON | Absent) -> JSON:
    return None if value is ABSENT else value
