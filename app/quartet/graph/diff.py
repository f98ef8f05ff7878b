"""What differs between two graphs, item by item and field by field; where things stand is kept apart from meaning.

Items are told apart by their ids, which a rename does not change. `quartet.graph.diff_words` says it all in words.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal

from quartet.graph.model import JSON, Graph, Section
from quartet.graph.reading import GRAPHS, UNPLACED
from quartet.graph.writing import graph_fields, stated

__all__ = ["ABSENT", "PLACES", "Absent", "Diff", "Difference", "FieldChange", "diff", "same"]


class Absent(Enum):
    """What stands for a field that is not stated: null is something else."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
SECTIONS: tuple[Section, ...] = ("agents", "edges", "frames", "notes")
PLACES: Final[Mapping[str, frozenset[str]]] = {
    "agents": frozenset({"color", "locked", "collapsed"}),
    "edges": frozenset({"points"}),
    "frames": frozenset({"x", "y", "width", "height"}),
    "notes": frozenset({"x", "y", "width", "height"}),
}
"""The fields that say only where and how something is drawn, by section."""
OWN_SECTIONS = frozenset({"frames", "notes", "layout", GRAPHS})
"""What `graph_fields` gives beside the fields of the graph itself."""

Where = Literal["graph", "agents", "edges", "frames", "notes", "graphs", "broken"]
How = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that is another now."""

    path: tuple[str, ...]
    """The field and, within it, the keys: `("retry", "max_attempts")`."""
    before: JSON | Absent
    after: JSON | Absent


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that is there in one graph only, or says something else."""

    section: Where
    id: str
    """Of the item; empty for the graph itself, a count for what is broken."""
    how: How
    fields: tuple[FieldChange, ...] = ()
    """Of an item that was changed: what of it, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that differs between two graphs."""

    before: Graph
    after: Graph
    items: tuple[Difference, ...]
    """What means something: agents, edges, the graph's own fields, texts of frames and notes, sub-graphs."""
    moved: tuple[tuple[Section, str], ...]
    """What of both graphs stands elsewhere, is of another size, or is drawn in another way."""
    reordered: tuple[Section, ...] = ()
    """Sections in which the items of both graphs follow one another in another order."""
    inner: Mapping[str, Diff] = field(default_factory=dict)
    """Sub-graphs of both graphs that differ, by their ids."""

    @property
    def means_something(self) -> bool:
        """Whether anything but places differs."""
        return bool(self.items or self.reordered) or any(one.means_something for one in self.inner.values())

    @property
    def moves(self) -> int:
        """How many items stand elsewhere, those in sub-graphs too."""
        return len(self.moved) + sum(one.moves for one in self.inner.values())


def same(a: JSON | Absent, b: JSON | Absent) -> bool:
    """Whether two JSON values are the same to a reader of the file: `1`, `1.0` and `true` are three values."""
    if a is b:
        return True
    if a is ABSENT or b is ABSENT or a != b:
        return False
    return type(a) is type(b) is str or key_of(a) == key_of(b)


def key_of(value: JSON) -> str:
    """A text that is equal for the same values only, whatever the order of keys."""
    return json.dumps(value, sort_keys=True)


def diff(before: Graph, after: Graph) -> Diff:
    """What it takes to come from one graph to the other."""
    items: list[Difference] = []
    moved: list[tuple[Section, str]] = []
    own = changes(_own(before), _own(after))
    if own:
        items.append(Difference("graph", "", "changed", tuple(own)))
    for section in SECTIONS:
        found, elsewhere = _section(before, after, section)
        items += found
        moved += elsewhere
    items += _sub_graphs(before, after)
    items += _broken(before, after)
    shared = before.graphs.keys() & after.graphs.keys()
    inner = {id: diff(before.graphs[id], after.graphs[id]) for id in after.graphs if id in shared}
    return Diff(
        before,
        after,
        tuple(items),
        tuple(moved),
        tuple(section for section in SECTIONS if _reordered(getattr(before, section), getattr(after, section))),
        {id: one for id, one in inner.items() if one.means_something or one.moves},
    )


def _own(graph: Graph) -> dict[str, JSON]:
    """The graph's own fields, with what was not understood among them."""
    fields = {name: value for name, value in graph_fields(graph).items() if name not in OWN_SECTIONS}
    for name in (GRAPHS, UNPLACED):
        if name in graph.extra:
            fields[f"{name} (not understood)"] = graph.extra[name]
    return fields


def _section(before: Graph, after: Graph, section: Section) -> tuple[list[Difference], list[tuple[Section, str]]]:
    old, new = getattr(before, section), getattr(after, section)
    found = [Difference(section, id, "removed") for id in old if id not in new]
    moved: list[tuple[Section, str]] = []
    for id, item in new.items():
        was = old.get(id)
        if was is None:
            found.append(Difference(section, id, "added"))
            continue
        elsewhere = section == "agents" and before.positions.get(id) != after.positions.get(id)
        all_fields = [] if was is item else changes(stated(was), stated(item))
        fields = [change for change in all_fields if change.path[0] not in PLACES[section]]
        if elsewhere or len(fields) < len(all_fields):
            moved.append((section, id))
        if fields:
            found.append(Difference(section, id, "changed", tuple(fields)))
    return found, moved


def _sub_graphs(before: Graph, after: Graph) -> Iterator[Difference]:
    yield from (Difference("graphs", id, "removed") for id in before.graphs if id not in after.graphs)
    yield from (Difference("graphs", id, "added") for id in after.graphs if id not in before.graphs)


def _broken(before: Graph, after: Graph) -> Iterator[Difference]:
    """Items of the file that are not understood have no identity: each is there or is not."""
    old, new = (Counter((item.section, key_of(item.raw)) for item in graph.broken) for graph in (before, after))
    gone, come = (old - new).total(), (new - old).total()
    if gone:
        yield Difference("broken", str(gone), "removed")
    if come:
        yield Difference("broken", str(come), "added")


def _reordered(old: Mapping[Any, Any], new: Mapping[Any, Any]) -> bool:
    return [id for id in old if id in new] != [id for id in new if id in old]


def changes(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> list[FieldChange]:
    """What differs between two objects, down to the keys of objects in them, in the order in which both name them."""
    return list(_changes(before, after, ()))


def _changes(before: Mapping[str, JSON], after: Mapping[str, JSON], path: tuple[str, ...]) -> Iterator[FieldChange]:
    for name in _names(after, before):
        old, new = before.get(name, ABSENT), after.get(name, ABSENT)
        if same(old, new):
            continue
        place = (*path, name)
        olds = old if isinstance(old, dict) else {} if old is ABSENT else None
        news = new if isinstance(new, dict) else {} if new is ABSENT else None
        if olds is not None and news is not None and (olds or news) and {} not in (old, new):
            yield from _changes(olds, news, place)
        else:
            yield FieldChange(place, old, new)


def _names(*objects: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(name for one in objects for name in one)
