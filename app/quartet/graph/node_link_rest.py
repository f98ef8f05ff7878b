"""What node-link has no place for, kept in attributes called `quartet`, so that a graph of ours comes back whole.

A node, an edge or the graph gets one only if reading the rest of the document would not give the same: the fields that
would differ stand in it under `with`, those that would be there although nobody stated them are named in `without`.
The attribute of the graph has a `version`; without it all others are somebody else's, and are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from quartet.graph.model import JSON, Agent, AgentId, Edge, EdgeId, Graph
from quartet.graph.reading import LAYOUT, SECTIONS, Reader
from quartet.graph.writing import VERSION, graph_fields, stated

REST = "quartet"
"""The attribute's name."""

Rest = dict[str, Any]


def ours(attributes: JSON) -> Rest | None:
    """The graph's own attribute in what a node-link document says of its graph; None if it is not from here."""
    rest = attributes.get(REST) if isinstance(attributes, dict) else None
    return rest if isinstance(rest, dict) and isinstance(rest.get("version"), int) else None


def without_rest(item: JSON) -> JSON:
    """A node, a link or the graph's attributes without the attribute."""
    if not (isinstance(item, dict) and REST in item):
        return item
    return {name: value for name, value in item.items() if name != REST}


def difference(whole: Mapping[str, JSON], read: Mapping[str, JSON]) -> Rest:
    """What makes `whole` of `read`; empty if they are the same."""
    found: Rest = {}
    more = {name: value for name, value in whole.items() if name not in read or not _same(value, read[name])}
    if more:
        found["with"] = more
    less = [name for name in read if name not in whole]
    if less:
        found["without"] = less
    return found


def applied(read: Mapping[str, JSON], rest: JSON) -> dict[str, JSON]:
    """`read` made whole again; what has not the form of a difference changes nothing."""
    found = dict(read)
    if isinstance(rest, dict):
        less, more = rest.get("without"), rest.get("with")
        for name in less if isinstance(less, list) else ():
            if isinstance(name, str):
                found.pop(name, None)
        found.update(more if isinstance(more, dict) else {})
    return found


def _same(one: JSON, other: JSON) -> bool:
    # to Python 1, 1.0 and True are equal, to a file they are not
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def add(document: dict[str, JSON], first_links: list[dict[str, JSON]], graph: Graph, read: Graph | None) -> None:
    """Put into a node-link `document` of `graph` what is missing in `read`, the graph one would read from it.

    `first_links` are the links of the edges, of each the first; `read` is None if it could not be read at all.
    """
    rest: Rest = {}
    agents, edges = list(graph.agents.values()), list(graph.edges.values())
    back = Graph() if read is None else read
    fields = difference(graph_fields(graph), graph_fields(back))
    rest.update(fields)
    pairs: tuple[tuple[str, list[Any], list[Any], list[dict[str, JSON]]], ...] = (
        ("agents", agents, list(back.agents.values()), document["nodes"]),
        ("edges", edges, list(back.edges.values()), first_links),
    )
    some = False
    for section, items, found, places in pairs:
        if not len(items) == len(found) == len(places):
            rest[section] = [stated(item) for item in items]
            continue
        for item, other, place in zip(items, found, places, strict=True):
            more = difference(stated(item), stated(other))
            if more:
                place[REST] = more
                some = True
    broken = [item for item in graph.broken if item.section in ("agents", "edges")]
    if broken:
        rest["broken"] = [{"section": item.section, "index": item.index, "raw": item.raw} for item in broken]
    if rest or some:
        document["graph"][REST] = {"version": VERSION, **rest}


def restored(
    graph: Graph, rest: Rest, agents: Mapping[AgentId, JSON], edges: Mapping[EdgeId, JSON], source: str
) -> Reader:
    """The reader of the whole graph, done: `graph` was read without the attributes, `rest` is that of the graph, and
    `agents` and `edges` those of its items."""
    document = applied(graph_fields(graph), rest)
    document["agents"] = _items(graph.agents.values(), agents, rest.get("agents"))
    document["edges"] = _items(graph.edges.values(), edges, rest.get("edges"))
    broken = [{"section": item.section, "index": item.index, "raw": item.raw} for item in graph.broken]
    kept = rest.get("broken")
    for item in sorted([*broken, *_broken(kept)], key=lambda item: int(item["index"])):
        document[item["section"]].insert(item["index"], item["raw"])
    for section in SECTIONS:
        if not isinstance(document.get(section, []), list):
            del document[section]
    if not isinstance(document.get(LAYOUT, {}), dict):
        del document[LAYOUT]
    reader = Reader(document, source, holds_lines=False)
    reader.read()
    return reader


def _items(items: Iterable[Agent | Edge], rests: Mapping[Any, JSON], whole: JSON) -> list[JSON]:
    if isinstance(whole, list):
        return list(whole)
    return [applied(stated(item), rests.get(item.id)) for item in items]


def _broken(kept: JSON) -> list[dict[str, Any]]:
    return [
        item
        for item in (kept if isinstance(kept, list) else ())
        if isinstance(item, dict) and item.get("section") in ("agents", "edges") and type(item.get("index")) is int
    ]
