"""Sub-graphs that come along with a piece of a drawing: when it is copied out, and when it is put in somewhere else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quartet.graph.edits import Edit, SetGraph
from quartet.graph.model import Agent, Graph
from quartet.graph.names import Pasted, paste
from quartet.graph.nesting import SUB_GRAPH, inside, uses
from quartet.graph.reading import GRAPHS
from quartet.graph.writing import sub_graph_data


def with_sub_graphs(piece: Graph, whole: Graph) -> Graph:
    """The piece of a drawing together with the sub-graphs of the file that its agents stand for, at any depth."""
    known = piece.model_copy(update={"graphs": whole.graphs})
    return piece.model_copy(update={"graphs": {one.id: one.graph for one in inside(known)}})


def paste_whole(drawing: Graph, piece: Graph, offset: tuple[float, float], whole: Graph | None = None) -> Pasted:
    """Insert a piece into a drawing (see `paste`) with the sub-graphs that it brings.

    One that the file holds already, just the same, is not held twice; one whose id is in use gets another. `whole` is
    the graph of the file where `drawing` is one of its sub-graphs.
    """
    file = drawing if whole is None else whole
    if not piece.graphs:
        return paste(drawing, piece, offset)
    taken = {*file.graphs, *(file.extra.get(GRAPHS) or {})}
    ids: dict[str, str] = {}
    for id in _inner_first(piece):
        # what it uses counts too: the same words may stand for another sub-graph there. One in a circle is never shared
        used = {key for agent in piece.graphs[id].agents.values() for key in uses(agent) if key in piece.graphs}
        named = naming(piece.graphs[id], ids) if used <= ids.keys() else None
        fresh, number = id, 2
        while fresh in taken and (named is None or file.graphs.get(fresh) != named):
            fresh, number = f"{id}_{number}", number + 1
        ids[id] = fresh
        taken.add(fresh)
    moved = {old: new for old, new in ids.items() if old != new}
    brought = {
        f"{GRAPHS}.{ids[id]}": sub_graph_data(naming(graph, moved))
        for id, graph in piece.graphs.items()
        if ids[id] not in file.graphs
    }
    found = paste(drawing, naming(piece, moved), offset)
    edits: list[Edit] = [SetGraph(values=dict(brought))] if brought else []
    return found._replace(edits=[*edits, *found.edits])


def _inner_first(piece: Graph) -> list[str]:
    """The ids of its sub-graphs, each after those that it uses; in a circle, after some of those."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    stack = [(id, False) for id in reversed(piece.graphs)]
    while stack:
        id, done = stack.pop()
        if done:
            found[id] = None
        elif id not in seen:
            seen.add(id)
            stack.append((id, True))
            below = (key for agent in piece.graphs[id].agents.values() for key in uses(agent))
            stack += [(key, False) for key in below if key in piece.graphs and key not in seen]
    return list(found)


def naming(graph: Graph, ids: Mapping[str, str]) -> Graph:
    """The graph with its agents standing for sub-graphs by their new ids."""
    if not ids:
        return graph
    return graph.model_copy(update={"agents": {id: _agent(agent, ids) for id, agent in graph.agents.items()}})


def _agent(agent: Agent, ids: Mapping[str, str]) -> Agent:
    fresh: dict[str, Any] = {}
    named = agent.config.get("graph") if agent.kind == SUB_GRAPH else None
    if isinstance(named, str) and named in ids:
        fresh["config"] = {**agent.config, "graph": ids[named]}
    directives = agent.oversight.on_error if agent.oversight is not None else None
    if directives and any((one.with_ or {}).get("graph") in ids for one in directives):
        changed = tuple(
            one.model_copy(update={"with_": {**(one.with_ or {}), "graph": ids[str((one.with_ or {})["graph"])]}})
            if (one.with_ or {}).get("graph") in ids
            else one
            for one in directives
        )
        assert agent.oversight is not None, "it has directives"
        fresh["oversight"] = agent.oversight.model_copy(update={"on_error": changed})
    return agent.model_copy(update=fresh) if fresh else agent
