"""Two versions of a graph that come from one, made one: what differs is merged item by item and field by field.

What both sides changed differently is a conflict: ours stays, theirs is kept beside it, as
`quartet.graph.merge_conflicts` says. What one side removed and the other changed or still uses stays too. So the result
always loads, and nothing that neither side removed is lost. Where things stand is never a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quartet.graph import files
from quartet.graph.diff import ABSENT, PLACES, SECTIONS, key_of, same
from quartet.graph.merge_conflicts import CONFLICTS, Conflict
from quartet.graph.merge_values import Value, merge_objects, merge_value
from quartet.graph.model import JSON, AgentId, BrokenItem, Graph, Section
from quartet.graph.names import fresh_edge_id, fresh_id, used_ids, with_ids
from quartet.graph.reading import GRAPHS, LAYOUT, UNPLACED
from quartet.graph.writing import FORMAT, VERSION, graph_fields, stated, sub_graph_data

Fields = dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge."""

    graph: Graph
    """It holds the conflicts too, so that its file does."""
    conflicts: tuple[Conflict, ...]
    renamed: tuple[tuple[str, str], ...]
    """Ids that both sides gave to items of their own: the old one, and the one that theirs has now."""


def merge(base: Graph, ours: Graph, theirs: Graph) -> Merged:
    """One graph of two that come from `base` (an empty one if they come from none)."""
    merging = _Merging()
    data = merging.drawing(base, ours, theirs, "")
    kept = _kept_conflicts(base, ours, theirs)
    entries = kept + [one for conflict in merging.conflicts if (one := conflict.as_json()) not in kept]
    if entries:
        data[CONFLICTS] = entries
    graph = files.from_document({"format": FORMAT, "version": VERSION, **data})
    return Merged(graph, tuple(merging.conflicts), tuple(merging.renamed))


def _kept_conflicts(base: Graph, ours: Graph, theirs: Graph) -> list[JSON]:
    """Conflicts of an earlier merge that neither side has settled."""
    old, mine, other = (_entries(graph) for graph in (base, ours, theirs))
    keys = {key_of(entry) for entry in old}, {key_of(entry) for entry in mine}, {key_of(entry) for entry in other}
    found = [entry for entry in mine if key_of(entry) in keys[2] or key_of(entry) not in keys[0]]
    return found + [entry for entry in other if key_of(entry) not in keys[0] | keys[1]]


def _entries(graph: Graph) -> list[JSON]:
    entries = graph.extra.get(CONFLICTS)
    return entries if isinstance(entries, list) else []


class _Merging:
    """One merge under way."""

    def __init__(self) -> None:
        self.conflicts: list[Conflict] = []
        self.renamed: list[tuple[str, str]] = []

    def drawing(self, base: Graph, ours: Graph, theirs: Graph, inside: str) -> Fields:
        """One drawing, of the file or a sub-graph, as the data of its file."""
        theirs = self._told_apart(base, ours, theirs)
        three = base, ours, theirs
        data = self._own(three, inside)
        found: dict[Section, dict[str, Fields]] = {section: self._items(section, three, inside) for section in SECTIONS}
        self._give_back(found, three, inside)
        for section in SECTIONS:
            order = _order(*(list(getattr(graph, section)) for graph in three), kept=found[section])
            items: list[JSON] = [{"id": id, **found[section][id]} for id in order]
            for broken in _broken(section, three):
                items.insert(broken.index, broken.raw)
            if items or section in ("agents", "edges"):
                data[section] = items
        layout = self._layout(three, found["agents"])
        if layout:
            data[LAYOUT] = layout
        if not inside:
            graphs = self._graphs(three)
            if graphs:
                data[GRAPHS] = graphs
        return data

    def _own(self, three: tuple[Graph, Graph, Graph], inside: str) -> Fields:
        left_out = {"frames", "notes", LAYOUT, *([] if inside else [GRAPHS])}
        base, ours, theirs = (
            {
                name: value
                for name, value in graph_fields(graph).items()
                if name not in left_out and not (name == CONFLICTS and not inside and isinstance(value, list))
            }
            for graph in three
        )
        return merge_objects(base, ours, theirs, (), self._report("graph", "", inside))

    def _report(self, section: Any, id: str, inside: str) -> Any:
        def report(path: tuple[str, ...], base: Value, ours: Value, theirs: Value) -> None:
            if not path or path[0] not in PLACES.get(section, ()):
                self.conflicts.append(Conflict(section, id, path, base, ours, theirs, inside))

        return report

    # items

    def _items(self, section: Section, three: tuple[Graph, Graph, Graph], inside: str) -> dict[str, Fields]:
        sides: list[Mapping[str, Any]] = [getattr(graph, section) for graph in three]
        base, ours, theirs = sides
        found: dict[str, Fields] = {}
        for id in dict.fromkeys([*ours, *theirs]):
            if ours.get(id) is theirs.get(id) or (theirs.get(id) is base.get(id) and id in ours):
                found[id] = _fields(ours[id])
                continue
            b, o, t = (_fields(side[id]) if id in side else ABSENT for side in sides)
            item = self._item(section, id, b, o, t, inside)
            if item is not None:
                found[id] = item
        return found

    def _item(self, section: Section, id: str, base: Any, ours: Any, theirs: Any, inside: str) -> Fields | None:
        """What becomes of one item; None if it goes."""
        if ours is not ABSENT and theirs is not ABSENT:
            before = {} if base is ABSENT else base
            found = merge_objects(before, ours, theirs, (), self._report(section, id, inside))
            return self._together(section, id, before, ours, theirs, found, inside)
        left: Fields = theirs if ours is ABSENT else ours
        if base is not ABSENT:
            if same(_meaning(section, base), _meaning(section, left)):
                return None
            self.conflicts.append(Conflict(section, id, (), base, ours, theirs, inside))
        return left

    def _together(
        self, section: Section, id: str, base: Fields, ours: Fields, theirs: Fields, found: Fields, inside: str
    ) -> Fields:
        """A kind and its configuration, and the two ends of an edge, belong together: no side's half is mixed in."""
        if section == "agents":
            pair = ("kind", "config")
            mixed = _differs(base, ours, "kind") or _differs(base, theirs, "kind")
        else:
            pair = ("source", "target")
            mixed = section == "edges"
        mine, other = (any(_differs(base, side, name) for name in pair) for side in (ours, theirs))
        if not (mixed and mine and other) or not any(_differs(ours, theirs, name) for name in pair):
            return found
        self.conflicts = [
            one for one in self.conflicts
            if not ((one.section, one.id, one.inside) == (section, id, inside) and one.field and one.field[0] in pair)
        ]  # fmt: skip
        for name in pair:
            found.pop(name, None)
            if name in ours:
                found[name] = ours[name]
            if _differs(ours, theirs, name):
                b, o, t = (side.get(name, ABSENT) for side in (base, ours, theirs))
                self.conflicts.append(Conflict(section, id, (name,), b, o, t, inside))
        return found

    def _give_back(
        self, found: dict[Section, dict[str, Fields]], three: tuple[Graph, Graph, Graph], inside: str
    ) -> None:
        """Agents that one side removed although an edge that stays leads to them."""
        base, ours, theirs = three
        agents = found["agents"]
        for edge in found["edges"].values():
            for end in (edge["source"], edge["target"]):
                if end in agents:
                    continue
                mine, other, before = (graph.agents.get(AgentId(end)) for graph in (ours, theirs, base))
                item = mine if mine is not None else other
                assert item is not None, "an edge of a graph leads to agents of that graph"
                agents[end] = _fields(item)
                b, o, t = (ABSENT if one is None else _fields(one) for one in (before, mine, other))
                self.conflicts.append(Conflict("agents", end, (), b, o, t, inside))

    def _layout(self, three: tuple[Graph, Graph, Graph], agents: Mapping[str, Fields]) -> Fields:
        """Where the agents stand. Two people may have moved one to two places: then it stands where ours has it."""
        sides = [
            {**(unplaced if isinstance(unplaced := graph.extra.get(UNPLACED), dict) else {}), **graph.positions}
            for graph in three
        ]
        base, ours, theirs = [{str(id): _plain(at) for id, at in side.items()} for side in sides]
        merged = merge_objects(base, ours, theirs, (), lambda *_: None)
        for id in agents:
            one_sided = (id in three[1].agents) != (id in three[2].agents)
            if one_sided and id not in merged and (at := ours.get(id, theirs.get(id))) is not None:
                merged[id] = at  # it is given back, and stands where it stood
        strange = {id for graph in three for id in (graph.extra.get(UNPLACED) or {})}
        return {id: at for id, at in merged.items() if id in agents or id in strange}

    # sub-graphs

    def _graphs(self, three: tuple[Graph, Graph, Graph]) -> JSON:
        strange = [graph.extra.get(GRAPHS) for graph in three]
        if any(value is not None and not isinstance(value, dict) for value in strange):
            b, o, t = (graph_fields(graph).get(GRAPHS, ABSENT) for graph in three)
            whole = merge_value(b, o, t, (GRAPHS,), self._report("graph", "", ""))
            return None if whole is ABSENT else whole
        sides: list[dict[str, Any]] = [
            {**graph.graphs, **(one or {})} for graph, one in zip(three, strange, strict=True)
        ]
        found: Fields = {}
        for id in dict.fromkeys([*sides[1], *sides[2]]):
            base, ours, theirs = (side.get(id, ABSENT) for side in sides)
            if isinstance(ours, Graph) and isinstance(theirs, Graph):
                found[id] = self.drawing(base if isinstance(base, Graph) else Graph(), ours, theirs, id)
                continue
            b, o, t = (sub_graph_data(one) if isinstance(one, Graph) else one for one in (base, ours, theirs))
            if ABSENT in (o, t):
                left = t if o is ABSENT else o
                if b is not ABSENT and same(b, left):
                    continue
                if b is not ABSENT:
                    self.conflicts.append(Conflict("graphs", id, (), b, o, t))
                found[id] = left
            else:
                found[id] = merge_value(b, o, t, (GRAPHS, id), self._report("graph", "", ""))
        return found

    # ids

    def _told_apart(self, base: Graph, ours: Graph, theirs: Graph) -> Graph:
        """Theirs, with other ids for its own new items where ours has given the same id to something else."""
        used = used_ids(ours) | used_ids(theirs) | used_ids(base)
        agents: dict[AgentId, AgentId] = {}
        for id in _both_new(base.agents, ours.agents, theirs.agents):
            mine, other = ours.agents[id], theirs.agents[id]
            if (mine.kind, mine.name) != (other.kind, other.name):
                agents[id] = fresh_id(theirs, id, used)
                used.add(agents[id])
        if agents:
            theirs = with_ids(theirs, agents)
        self.renamed += [(str(old), str(new)) for old, new in agents.items()]
        edges: dict[str, str] = {}
        for edge in _both_new(base.edges, ours.edges, theirs.edges):
            one, two = ours.edges[edge], theirs.edges[edge]
            if (one.source, one.target) != (two.source, two.target):
                edges[edge] = fresh_edge_id(theirs, two.source, two.target, used)
                used.add(edges[edge])
        notes = self._own_id(base.notes, ours.notes, theirs.notes, used, "text")
        frames = self._own_id(base.frames, ours.frames, theirs.frames, used, "name")
        for section, ids in (("edges", edges), ("notes", notes), ("frames", frames)):
            if ids:
                items = getattr(theirs, section).items()
                fresh = {ids.get(id, id): item.model_copy(update={"id": ids.get(id, id)}) for id, item in items}
                theirs = theirs.model_copy(update={section: fresh})
                self.renamed += ids.items()
        return theirs

    @staticmethod
    def _own_id(base: Any, ours: Any, theirs: Any, used: set[str], told_by: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for id in _both_new(base, ours, theirs):
            if getattr(ours[id], told_by) != getattr(theirs[id], told_by):
                found[id] = str(fresh_id(Graph(), id, used))
                used.add(found[id])
        return found


def _both_new(base: Mapping[Any, Any], ours: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> list[Any]:
    return [id for id in theirs if id in ours and id not in base]


def _fields(item: Any) -> Fields:
    """What is stated of an item, but its id."""
    return {name: value for name, value in stated(item).items() if name != "id"}


def _meaning(section: Section, fields: Fields) -> Fields:
    return {name: value for name, value in fields.items() if name not in PLACES[section]}


def _differs(a: Fields, b: Fields, name: str) -> bool:
    return not same(a.get(name, ABSENT), b.get(name, ABSENT))


def _plain(value: Any) -> JSON:
    return list(value) if isinstance(value, tuple) else value


def _broken(section: Section, three: tuple[Graph, Graph, Graph]) -> list[BrokenItem]:
    """What was not understood: what both have, and what one has come to have."""
    base, ours, theirs = (
        [item for item in graph.broken if item.section == section] for graph in three
    )  # fmt: skip
    left = [key_of(item.raw) for item in base]
    other = [key_of(item.raw) for item in theirs]
    found = []
    for item in ours:
        key = key_of(item.raw)
        if key in other:
            other.remove(key)
        elif key in left:
            left.remove(key)
            continue  # they removed it
        found.append(item)
        if key in left:
            left.remove(key)
    for item in theirs:
        key = key_of(item.raw)
        if key in other:
            other.remove(key)
            if key in left:
                left.remove(key)  # we removed it
            else:
                found.append(item)
    return sorted(found, key=lambda item: item.index)


def _order(base: Sequence[str], ours: Sequence[str], theirs: Sequence[str], *, kept: Iterable[str]) -> list[str]:
    """The ids of `kept` in the order of a side that changed it, what a side added behind what it follows there.

    The same whichever side is ours, unless both have changed the order of what was there before.
    """
    stay, mine = set(kept), set(ours)
    old = [id for id in base if id in stay]
    known = set(old)
    leading = ours if [id for id in ours if id in known] != [id for id in old if id in mine] else theirs
    spine = [id for id in leading if id in known]
    led = set(spine)
    for place, id in enumerate(old):
        if id not in led:  # the leading side removed it, and it was given back
            spine.insert(spine.index(old[place - 1]) + 1 if place else 0, id)
    behind: dict[str | None, dict[str, list[str]]] = {}
    placed: set[str] = set()
    for name, side in (("ours", ours), ("theirs", theirs)):
        anchor: str | None = None
        for id in side:
            if id in known:
                anchor = id
            elif id in stay and id not in placed:
                placed.add(id)
                behind.setdefault(anchor, {}).setdefault(name, []).append(id)
    found = [id for run in sorted(behind.get(None, {}).values()) for id in run]
    for id in spine:
        found.append(id)
        found += [new for run in sorted(behind.get(id, {}).values()) for new in run]
    return found
