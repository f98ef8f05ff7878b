"""The only way to change a graph: Edits, plain data, applied in one place, each with its exact inverse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, NamedTuple, assert_never

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, model_validator

from quartet.graph.model import JSON, Agent, AgentId, Edge, EdgeId, Frame, Graph, Note, Point, Section

Drawn = Agent | Edge | Frame | Note
CLASSES: dict[str, type[Agent] | type[Edge] | type[Frame] | type[Note]] = {
    "agents": Agent,
    "edges": Edge,
    "frames": Frame,
    "notes": Note,
}


class EditError(ValueError):
    """An Edit does not fit the graph; the graph is as it was before."""


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Add(_Edit):
    """Add one item to its section, at `index` in the section's order (None: at the end), an agent also `at` a point."""

    do: Literal["add"] = "add"
    section: Section
    item: SerializeAsAny[Drawn]
    index: int | None = None
    at: Point | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_item(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("item"), dict) and data.get("section") in CLASSES:
            return {**data, "item": CLASSES[data["section"]].model_validate(data["item"])}
        return data

    @model_validator(mode="after")
    def _item_fits(self) -> Add:
        if not isinstance(self.item, CLASSES[self.section]):
            raise ValueError(f"not an item of the section {self.section}")
        return self


class Remove(_Edit):
    """Remove one item. An agent's edges are removed by Edits of their own, before it (`removal` makes the list)."""

    do: Literal["remove"] = "remove"
    section: Section
    id: str


class Set(_Edit):
    """Replace top-level fields of one item (never its id); None takes an optional field away."""

    do: Literal["set"] = "set"
    section: Section
    id: str
    values: dict[str, JSON]


class Move(_Edit):
    """Put agents at points; None takes an agent's position away, so that it is laid out anew."""

    do: Literal["move"] = "move"
    to: dict[AgentId, Point | None]


class SetGraph(_Edit):
    """Replace fields of the graph itself: name, description, input, limits, or entries of `extra` by dotted name."""

    do: Literal["set_graph"] = "set_graph"
    values: dict[str, JSON]


Edit = Annotated[Add | Remove | Set | Move | SetGraph, Field(discriminator="do")]


class Applied(NamedTuple):
    """What came of a list of Edits: the list that undoes it, and the ids it touched, by section."""

    inverse: list[Edit]
    changed: dict[Section, set[str]]
    graph_changed: bool


def apply(graph: Graph, edits: Sequence[Edit]) -> Applied:
    """Change `graph` in place by `edits`, in order, and return the exact inverse.

    Either all of them are applied or none.

    Raises:
        EditError: one does not fit (an unknown id, an id in use, an edge to nowhere, content that is refused).
    """
    inverses: list[list[Edit]] = []
    changed: dict[Section, set[str]] = {"agents": set(), "edges": set(), "frames": set(), "notes": set()}
    graph_changed = False
    try:
        for run in _runs(edits):
            inverses.append(_apply_run(graph, run, changed))
            graph_changed = graph_changed or isinstance(run[0], SetGraph)
    except EditError:
        for inverse in reversed(inverses):
            for run in _runs(inverse):
                _apply_run(graph, run, changed)
        raise
    return Applied([edit for inverse in reversed(inverses) for edit in inverse], changed, graph_changed)


def _runs(edits: Iterable[Edit]) -> Iterable[list[Edit]]:
    """Neighbouring Adds (or Removes) of one section together, so that a section is rebuilt once for all of them."""
    run: list[Edit] = []
    for edit in edits:
        if run and isinstance(edit, Add | Remove) and type(edit) is type(run[0]) and edit.section == run[0].section:
            run.append(edit)
            continue
        if run:
            yield run
        run = [edit]
    if run:
        yield run


def _apply_run(graph: Graph, run: list[Edit], changed: dict[Section, set[str]]) -> list[Edit]:
    first = run[0]
    match first:
        case Add():
            return _add(graph, [edit for edit in run if isinstance(edit, Add)], changed[first.section])
        case Remove():
            return _remove(graph, [edit for edit in run if isinstance(edit, Remove)], changed[first.section])
        case Set():
            return [_set(graph, first, changed[first.section])]
        case Move():
            return [_move(graph, first, changed["agents"])]
        case SetGraph():
            return [_set_graph(graph, first)]
        case _:
            assert_never(first)


def _items(graph: Graph, section: Section) -> dict[Any, Any]:
    return getattr(graph, section)  # type: ignore[no-any-return]  # one of the four dicts of a Graph


def _add(graph: Graph, adds: list[Add], changed: set[str]) -> list[Edit]:
    section = adds[0].section
    items = _items(graph, section)
    fresh: dict[str, Drawn] = {}
    for add in adds:
        item = add.item
        if item.id in items or item.id in fresh:
            raise EditError(f"the id “{item.id}” is already in use among the {section}")
        if isinstance(item, Edge):
            for end in (item.source, item.target):
                if end not in graph.agents:
                    raise EditError(f"the edge “{item.id}” leads to “{end}”, which is no agent of this graph")
        if add.index is not None and not 0 <= add.index <= len(items) + len(fresh):
            raise EditError(f"there is no place {add.index} among the {section}")
        fresh[item.id] = item
    size = len(items)
    if all(add.index is None or add.index == size + i for i, add in enumerate(adds)):
        items.update(fresh)
    else:
        order = list(items.items())
        for start, stretch in _stretches(adds, size):
            order[start:start] = [(add.item.id, add.item) for add in stretch]
        items.clear()
        items.update(order)
    for add in adds:
        if section == "agents" and add.at is not None:
            graph.positions[AgentId(add.item.id)] = add.at
    changed.update(fresh)
    return [Remove(section=section, id=add.item.id) for add in reversed(adds)]


def _stretches(adds: list[Add], size: int) -> Iterable[tuple[int, list[Add]]]:
    """Adds whose places follow one another, together: (first place, adds)."""
    start, stretch = 0, list[Add]()
    for add in adds:
        place = size if add.index is None else add.index
        if stretch and place == start + len(stretch):
            stretch.append(add)
        else:
            if stretch:
                yield start, stretch
            start, stretch = place, [add]
        size += 1
    yield start, stretch


def _remove(graph: Graph, removes: list[Remove], changed: set[str]) -> list[Edit]:
    section = removes[0].section
    items = _items(graph, section)
    gone: set[str] = set()
    for remove in removes:
        if remove.id not in items or remove.id in gone:
            raise EditError(f"there is no “{remove.id}” among the {section}")
        gone.add(remove.id)
    if section == "agents":
        for edge in graph.edges.values():
            if edge.source in gone or edge.target in gone:
                raise EditError(f"the edge “{edge.id}” still leads to an agent that is to be removed")
    inverse: list[Edit] = []
    for index, (id, item) in enumerate(list(items.items())):
        if id in gone:
            at = graph.positions.pop(id, None) if section == "agents" else None
            inverse.append(Add(section=section, item=item, index=index, at=at))
            del items[id]
    changed.update(gone)
    return inverse


def _set(graph: Graph, edit: Set, changed: set[str]) -> Set:
    items = _items(graph, edit.section)
    item = items.get(edit.id)
    if item is None:
        raise EditError(f"there is no “{edit.id}” among the {edit.section}")
    if "id" in edit.values:
        raise EditError("an id never changes")
    stated = _stated(item)
    before = {name: stated.get(name) for name in edit.values}
    invalid = dict(getattr(item, "invalid", None) or {})
    for name, value in edit.values.items():
        if name == "invalid":
            invalid = dict(value or {})
            before["invalid"] = getattr(item, "invalid", None)
        elif value is None:
            stated.pop(name, None)
        else:
            stated[name] = value
    if "invalid" not in edit.values and invalid.keys() & edit.values.keys():
        before["invalid"] = getattr(item, "invalid", None)
        invalid = {name: field for name, field in invalid.items() if name not in edit.values}
    stated.pop("invalid", None)
    if invalid:
        stated["invalid"] = invalid
    try:
        fresh = type(item).model_validate(stated)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise EditError(f"“{edit.id}”: {where}: {problem['msg']}") from error
    if isinstance(fresh, Edge):
        for end in (fresh.source, fresh.target):
            if end not in graph.agents and end not in (item.source, item.target):
                raise EditError(f"the edge “{edit.id}” leads to “{end}”, which is no agent of this graph")
    items[edit.id] = fresh
    changed.add(edit.id)
    return Set(section=edit.section, id=edit.id, values=before)


def _stated(item: Drawn) -> dict[str, Any]:
    """The fields that were stated, unknown ones among them, as they are (nothing is copied or converted)."""
    fields = {name: getattr(item, name) for name in item.model_fields_set}
    return {**fields, **(item.model_extra or {})}


def _move(graph: Graph, edit: Move, changed: set[str]) -> Move:
    unknown = edit.to.keys() - graph.agents.keys()
    if unknown:
        raise EditError(f"there is no agent “{min(unknown)}”")
    before = {id: graph.positions.get(id) for id in edit.to}
    for id, point in edit.to.items():
        if point is None:
            graph.positions.pop(id, None)
        else:
            graph.positions[id] = point
    changed.update(edit.to)
    return Move(to=before)


def _set_graph(graph: Graph, edit: SetGraph) -> SetGraph:
    before: dict[str, JSON] = {}
    for name, value in edit.values.items():
        owner, _, key = name.partition(".")
        if owner == "extra" and key:
            before[name] = graph.extra.get(key)
            if value is None:
                graph.extra.pop(key, None)
            else:
                graph.extra[key] = value
        elif name in ("name", "description", "input", "limits", "broken"):
            before[name] = getattr(graph, name)
            setattr(graph, name, Graph.model_validate({name: value}).__dict__[name])
        else:
            raise EditError(f"a graph has no field “{name}” that an edit may set")
    return SetGraph(values=before)


def removal(graph: Graph, agents: Iterable[AgentId] = (), edges: Iterable[EdgeId] = ()) -> list[Edit]:
    """The Edits that take `agents` away with every edge that leads to or from them, and `edges`."""
    gone = set(agents)
    lost = set(edges)
    lost.update(edge.id for edge in graph.edges.values() if edge.source in gone or edge.target in gone)
    return [
        *(Remove(section="edges", id=id) for id in graph.edges if id in lost),
        *(Remove(section="agents", id=id) for id in graph.agents if id in gone),
    ]
