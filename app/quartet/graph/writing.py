"""From a Graph to the text of its file: canonical, so that the same graph is always the same text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from quartet.graph.model import JSON, Agent, Edge, Frame, Graph, Note, Section, StateKey
from quartet.graph.nesting import link_of
from quartet.graph.reading import GRAPHS, LAYOUT, OWN, SECTIONS, UNPLACED
from quartet.graph.texts import block, blocks, entries, line, rows, verbatim

FORMAT = "quartet"
VERSION = 1

_INDENT = "    "
_ORDER = {
    model: {name: place for place, name in enumerate(model.model_fields) if name != "invalid"}
    for model in (Agent, Edge, Frame, Note)
}


def stated(item: Agent | Edge | Frame | Note) -> dict[str, JSON]:
    """What was stated of an item, as JSON data: known fields in the order of the model, then unknown ones by name.

    Content that was refused on reading stands in its field again.
    """
    order = _ORDER[type(item)]
    invalid = getattr(item, "invalid", None) or {}
    if not invalid and not item.model_extra:
        # the plain case, in a thousandth of a second for a few hundred items: each run keeps what it runs
        fields, values = item.model_fields_set, item.__dict__
        return {
            name: value if type(value) is str else _plain(value)
            for name in order
            if name in fields and (value := values[name]) is not None
        }
    found: dict[str, JSON] = dict(item.model_extra or {})
    # an unknown field may be called like an attribute of ours, such as “copy” or “__class__”
    for name in (item.model_fields_set & order.keys()) - invalid.keys():
        value = getattr(item, name)
        if value is not None:
            found[name] = _plain(value)
    found.update((name, field.value) for name, field in invalid.items() if field.value is not None)
    return {name: found[name] for name in sorted(found, key=lambda name: (order.get(name, len(order)), name))}


def _plain(value: Any) -> JSON:
    if isinstance(value, BaseModel):
        fields = value.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
        return {name: _number(field) for name, field in fields.items()}
    if type(value) is tuple and value and type(value[0]) is tuple:  # points that an edge goes through
        return [[_number(coordinate) for coordinate in point] for point in value]
    return _number(value)


def _number(value: JSON) -> JSON:
    """Whole seconds and pixels without a fraction, as a person writes them and git compares them.

    Only for fields that the models know as fractions: in a person's own content 1 and 1.0 may differ.
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value


def write_text(graph: Graph, version: int = VERSION) -> str:
    """The text of the file that holds `graph`.

    Raises:
        ValueError, TypeError: JSON cannot hold some content (`quartet.graph.edits` lets none such in).
    """
    return block([("format", line(FORMAT)), ("version", line(version)), *_fields(graph, inner=False)])


def _fields(graph: Graph, *, inner: bool) -> Iterator[tuple[str, str]]:
    own = {name: graph.extra[name] for name in OWN & graph.extra.keys()}
    if graph.name:
        own["name"] = graph.name
    for name in ("description", "input", "limits"):
        value = getattr(graph, name)
        if value is not None:
            own[name] = value if name == "input" else _plain(value)
    if graph.state is not None:
        own["state"] = _state(graph.state)
    for name in ("name", "description", "input", "limits"):
        if name in own:
            yield name, line(own[name], "  ")
    if "state" in own:
        yield "state", _unknown(own["state"])
    for section in SECTIONS:
        lines = _items(graph, section)
        if lines or (section in ("agents", "edges") and not (inner and link_of(graph) is not None)):
            yield section, rows(lines)
    if graph.graphs or isinstance(graph.extra.get(GRAPHS), dict):
        yield GRAPHS, _graphs(graph)
    for name, value in sorted(graph.extra.items()):
        if name not in OWN and name != UNPLACED and not (name == GRAPHS and isinstance(value, dict)):
            yield name, _unknown(value)
    layout = list(_layout(graph))
    if layout:
        yield LAYOUT, entries(layout)


def _state(keys: dict[str, StateKey]) -> JSON:
    """What is stated of the keys; an initial value is a person's own content and stays as it is."""
    return {
        key: {name: found for name in StateKey.model_fields if (found := getattr(about, name)) is not None
              and name in about.model_fields_set}
        for key, about in keys.items()
    }  # fmt: skip


def _graphs(graph: Graph) -> str:
    """The sub-graphs by id, what was not understood of them among them."""
    written = {id: block(_fields(inner, inner=True)) for id, inner in graph.graphs.items()}
    written |= {id: line(raw) for id, raw in graph.extra.get(GRAPHS, {}).items()}
    return blocks(sorted(written.items())) if written else "{}"


def sub_graph_data(graph: Graph) -> dict[str, JSON]:
    """A sub-graph as JSON data with its texts whole."""
    found = graph_fields(graph)
    if link_of(graph) is not None:
        return found
    for section in ("agents", "edges"):
        found[section] = _data(graph, section)
    return found


def graph_fields(graph: Graph) -> dict[str, JSON]:
    """Everything of the file but the agents and the edges, as JSON data with its texts whole."""
    found = dict(graph.extra)
    found.pop(UNPLACED, None)
    if graph.name:
        found["name"] = graph.name
    for name in ("description", "input", "limits"):
        value = getattr(graph, name)
        if value is not None:
            found[name] = value if name == "input" else _plain(value)
    if graph.state is not None:
        found["state"] = _state(graph.state)
    for section in ("frames", "notes"):
        if items := _data(graph, section):
            found[section] = items
    layout = dict(_layout(graph))
    if layout:
        found[LAYOUT] = layout
    if graph.graphs:
        inner = {id: sub_graph_data(one) for id, one in graph.graphs.items()}
        found[GRAPHS] = inner | graph.extra.get(GRAPHS, {})
    return found


def _data(graph: Graph, section: Section) -> list[JSON]:
    items: list[JSON] = [stated(item) for item in getattr(graph, section).values()]
    for broken in sorted((item for item in graph.broken if item.section == section), key=lambda item: item.index):
        items.insert(broken.index, broken.raw)
    return items


def _items(graph: Graph, section: Section) -> list[str]:
    """The written items of a section; what is broken stands where it stood in the file, as far as that place exists."""
    lines = [line(stated(item), _INDENT) for item in getattr(graph, section).values()]
    for broken in sorted((item for item in graph.broken if item.section == section), key=lambda item: item.index):
        lines.insert(broken.index, verbatim(broken.raw))
    return lines


def _unknown(value: JSON) -> str:
    """A field of the graph that another version or program knows, so that git can tell its items apart."""
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return rows(line(item, _INDENT) for item in value)
    if isinstance(value, dict) and value:
        return entries(value.items())
    return line(value, "  ")


def _layout(graph: Graph) -> Iterator[tuple[str, JSON]]:
    """Positions in the order of the agents, then what the file said besides."""
    positions = graph.positions
    for id in graph.agents:
        if id in positions:
            yield id, [_number(coordinate) for coordinate in positions[id]]
    unplaced = graph.extra.get(UNPLACED)
    if isinstance(unplaced, dict):
        yield from ((id, value) for id, value in sorted(unplaced.items()) if id not in positions)
