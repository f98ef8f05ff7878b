"""The only way to change a graph: Edits, plain data, applied in one place, each with its exact inverse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, assert_never

from pydantic import ValidationError

from quartet.graph.edit_data import (
    Add,
    Drawn,
    Edit,
    EditError,
    Move,
    Remove,
    Set,
    SetGraph,
    Within,
    from_json,
    reason,
)
from quartet.graph.model import JSON, AgentId, Edge, EdgeId, Graph, Item, Section
from quartet.graph.reading import GRAPHS, read_sub_graph
from quartet.graph.strict_json import FileProblem, not_json
from quartet.graph.writing import sub_graph_data

__all__ = [
    "Add",
    "Applied",
    "Drawn",
    "Edit",
    "EditError",
    "Move",
    "Remove",
    "Set",
    "SetGraph",
    "Within",
    "apply",
    "from_json",
    "removal",
]


TOGETHER = (Add, Remove)
"""The Edits that are applied many at a time."""


class Applied(NamedTuple):
    """What came of a list of Edits: the list that undoes it, and the ids it touched, by section."""

    inverse: list[Edit]
    changed: dict[Section, set[str]]
    graph_changed: bool
    inside: dict[str, list[Applied]]
    """The same of the sub-graphs that were changed by Edits of their own, by their ids."""


def apply(graph: Graph, edits: Sequence[Edit]) -> Applied:
    """Change `graph` in place by `edits`, in order, and return the exact inverse.

    Either all of them are applied or none.

    Raises:
        EditError: one does not fit (an unknown id, an id in use, an edge to nowhere, content that is refused).
    """
    inverses: list[list[Edit]] = []
    changed: dict[Section, set[str]] = {"agents": set(), "edges": set(), "frames": set(), "notes": set()}
    graph_changed = False
    inside: dict[str, list[Applied]] = {}
    try:
        for run in _runs(edits):
            inverses.append(_apply_run(graph, run, changed, inside))
            graph_changed = graph_changed or isinstance(run[0], SetGraph)
    except EditError:
        for inverse in reversed(inverses):
            for run in _runs(inverse):
                _apply_run(graph, run, changed, inside)
        raise
    return Applied([edit for inverse in reversed(inverses) for edit in inverse], changed, graph_changed, inside)


def _runs(edits: Iterable[Edit]) -> Iterable[list[Edit]]:
    """Neighbouring Adds (or Removes) of one section together, so that a section is rebuilt once for all of them."""
    run: list[Edit] = []
    for edit in edits:
        if run and type(edit) is type(run[0]) and isinstance(edit, TOGETHER) and edit.section == run[0].section:  # type: ignore[union-attr]
            run.append(edit)
            continue
        if run:
            yield run
        run = [edit]
    if run:
        yield run


def _apply_run(
    graph: Graph, run: list[Edit], changed: dict[Section, set[str]], inside: dict[str, list[Applied]]
) -> list[Edit]:
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
        case Within():
            applied = _within(graph, first)
            inside.setdefault(first.graph, []).append(applied)
            return [Within(graph=first.graph, edits=tuple(applied.inverse))]
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
        if section == "edges" and isinstance(item, Edge):
            for end in (item.source, item.target):
                if end not in graph.agents:
                    raise EditError(f"the edge “{item.id}” leads to “{end}”, which is no agent of this graph")
        _check_json(item, item.id)
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
    return [Remove.of_known(do="remove", section=section, id=add.item.id) for add in reversed(adds)]


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
    for index, id in [(index, id) for index, id in enumerate(items) if id in gone]:
        at = graph.positions.pop(id, None) if section == "agents" else None
        inverse.append(Add.of_known(do="add", section=section, item=items.pop(id), index=index, at=at))
    changed.update(gone)
    return inverse


def _set(graph: Graph, edit: Set, changed: set[str]) -> Set:
    items = _items(graph, edit.section)
    item = items.get(edit.id)
    if item is None:
        raise EditError(f"there is no “{edit.id}” among the {edit.section}")
    if "id" in edit.values or "id" in edit.null:
        raise EditError("an id never changes")
    _check_json(edit.values, edit.id)
    names = dict.fromkeys((*edit.values, *edit.null))
    fields = _stated(item)
    before = {name: fields.get(name) for name in names}
    null = tuple(name for name in names if name in (item.model_extra or {}) and before[name] is None)
    invalid = dict(getattr(item, "invalid", None) or {})
    if "invalid" in edit.values:
        before["invalid"] = invalid or None
        invalid = dict(edit.values["invalid"] or {})
    elif invalid.keys() & names.keys():
        before["invalid"] = invalid
        invalid = {name: field for name, field in invalid.items() if name not in names}
    for name, value in edit.values.items():
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = value
    fields.update(dict.fromkeys(edit.null))
    fields.pop("invalid", None)
    if invalid:
        fields["invalid"] = invalid
    try:
        fresh = type(item).model_validate(fields)
    except ValidationError as error:
        raise EditError(f"“{edit.id}”: {reason(error)}") from error
    if isinstance(fresh, Edge):
        for end in (fresh.source, fresh.target):
            if end not in graph.agents:
                raise EditError(f"the edge “{edit.id}” leads to “{end}”, which is no agent of this graph")
    items[edit.id] = fresh
    changed.add(edit.id)
    return Set(section=edit.section, id=edit.id, values=before, null=null)


def _check_json(content: Item | dict[str, JSON], id: str) -> None:
    """Content that a file could not hold is refused here, where it is entered, not when the graph is saved."""
    if isinstance(content, Item):  # what was not stated is no trouble, and is not worth sorting out
        fields = {**content.__dict__, **content.model_extra} if content.model_extra else content.__dict__
    else:
        fields = content
    for name, value in fields.items():
        trouble = None if value is None or type(value) is str else not_json(value)
        if trouble:
            raise EditError(f"“{id}”: {name}: {trouble}")


def _stated(item: Item) -> dict[str, Any]:
    """The fields that were stated, unknown ones among them, as they are (nothing is copied or converted)."""
    known = type(item).model_fields
    fields = {name: getattr(item, name) for name in item.model_fields_set if name in known}
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
    _check_json(edit.values, "graph")
    before: dict[str, JSON] = {}
    null: list[str] = []
    fresh: dict[str, JSON] = {}
    extra, graphs = dict(graph.extra), dict(graph.graphs)
    for name, value in {**edit.values, **dict.fromkeys(edit.null)}.items():
        owner, _, key = name.partition(".")
        if owner == "extra" and key:
            before[name] = extra.get(key)
            if key in extra and extra[key] is None:
                null.append(name)
            if value is not None or name in edit.null:
                extra[key] = value
            else:
                extra.pop(key, None)
        elif owner == GRAPHS and key:
            before[name] = sub_graph_data(graphs[key]) if key in graphs else None
            _set_sub_graph(graphs, key, value)
        elif name in ("name", "description", "input", "limits", "state", "broken"):
            before[name] = getattr(graph, name)
            fresh[name] = value
        else:
            raise EditError(f"a graph has no field “{name}” that an edit may set")
    strange = extra.get(GRAPHS)
    if graphs and strange is not None and (not isinstance(strange, dict) or graphs.keys() & strange.keys()):
        raise EditError("the file holds sub-graphs that are not understood; nothing may take their place unseen")
    try:
        checked = Graph.model_validate({name: value for name, value in fresh.items() if value is not None})
    except ValidationError as error:
        raise EditError(f"the graph's {reason(error)}") from error
    for name in fresh:
        setattr(graph, name, getattr(checked, name))
    graph.extra, graph.graphs = extra, graphs
    return SetGraph(values=before, null=tuple(null))


def _within(graph: Graph, edit: Within) -> Applied:
    """Change a copy and put it in its place: copies of `graph` share its sub-graphs."""
    inner = graph.graphs.get(edit.graph)
    if inner is None:
        raise EditError(f"there is no sub-graph “{edit.graph}”")
    if any(isinstance(one, Within) or _holds_graphs(one) for one in edit.edits):
        raise EditError("the sub-graphs of a file stand side by side, so those in one of them have none of their own")
    copies = {name: value.copy() for name, value in inner.__dict__.items() if isinstance(value, dict)}
    fresh = inner.model_copy(update=copies)
    applied = apply(fresh, edit.edits)
    graph.graphs = {**graph.graphs, edit.graph: fresh}
    return applied


def _holds_graphs(edit: Edit) -> bool:
    return isinstance(edit, SetGraph) and any(name.partition(".")[0] == GRAPHS for name in (*edit.values, *edit.null))


def _set_sub_graph(graphs: dict[str, Graph], id: str, document: JSON) -> None:
    if document is None:
        graphs.pop(id, None)
        return
    try:
        graphs[id] = read_sub_graph(document)
    except FileProblem as problem:
        raise EditError(f"the sub-graph “{id}”: {problem.text}") from problem


def removal(graph: Graph, agents: Iterable[AgentId] = (), edges: Iterable[EdgeId] = ()) -> list[Edit]:
    """The Edits that take `agents` away with every edge that leads to or from them, and `edges`."""
    gone = set(agents)
    lost = set(edges)
    lost.update(edge.id for edge in graph.edges.values() if edge.source in gone or edge.target in gone)
    return [
        *(Remove.of_known(do="remove", section="edges", id=id) for id in graph.edges if id in lost),
        *(Remove.of_known(do="remove", section="agents", id=id) for id in graph.agents if id in gone),
    ]
