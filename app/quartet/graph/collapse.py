"""Making a part of a drawing a sub-graph, in which it means what it meant outside; `dissolve` is the inverse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from quartet.graph.borders import BorderError, Part, names_in
from quartet.graph.edits import Add, Edit, Remove, Set, SetGraph
from quartet.graph.model import JSON, Agent, AgentId, Edge, EdgeId, Graph, Point
from quartet.graph.names import fragment, fresh_edge_id, fresh_id, fresh_name, referring, rename_in_expression
from quartet.graph.nesting import SUB_GRAPH
from quartet.graph.reading import GRAPHS
from quartet.graph.writing import sub_graph_data

TRIGGER = "trigger"
"""The kind of an agent that hands on what it receives."""
SILENCED = "silenced"


class Collapsed(NamedTuple):
    """What makes a part a sub-graph."""

    edits: list[Edit]
    """Of the drawing; the sub-graph itself is added to the whole file (`graphs.ID`)."""
    agent: AgentId
    """Who stands for it."""
    graph: str
    """Its id."""


def collapse(drawing: Graph, ids: Iterable[str], name: str, whole: Graph | None = None) -> Collapsed:
    """Make the agents of `ids` a sub-graph called `name`, with the frames and notes of `ids`.

    `whole` is the graph of the file where `drawing` is one of its sub-graphs.

    Raises:
        BorderError: it would mean something else, or there is no agent among them; says why and the way out.
    """
    chosen = set(ids)
    part = Part(drawing, (AgentId(id) for id in chosen))
    if not part.ids:
        raise BorderError("There is no agent among what is selected.")
    part.check_kinds()
    part.check_names()
    _check_references(part)
    part.check_whole()
    part.check_ins()
    exits = part.exits()
    _check_collectors(part, exits)

    title = fresh_name(drawing, name)
    id = fresh_id(drawing, title)
    key = _fresh_key(drawing if whole is None else whole, id)
    piece = _piece(part, chosen)
    config: dict[str, JSON] = {"graph": key}
    agent = Agent(id=id, kind=SUB_GRAPH, name=title, config=config)
    last = next((drawing.agents[one] for one in part.ids if one in exits), None)
    if part.outs and last is not None and last.route is not None:
        agent = agent.model_copy(update={"route": last.route})

    edits: list[Edit] = [SetGraph(values={f"{GRAPHS}.{key}": sub_graph_data(piece)})]
    kept_silent = [one for one in _silenced(drawing) if not _about(one, part.chosen)]
    if len(kept_silent) != len(_silenced(drawing)):
        edits.append(SetGraph(values={f"extra.{SILENCED}": kept_silent or None}))
    edits += [Remove(section="edges", id=edge.id) for edge in part.within]
    first = list(drawing.agents).index(part.ids[0])
    points = [drawing.positions[one] for one in part.ids if one in drawing.positions]
    edits.append(Add(section="agents", item=agent, index=first, at=middle(points)))
    edits += _crossing(part, id)
    edits += _referring(part, exits, id)
    edits += [Remove(section="agents", id=one) for one in part.ids]
    edits += [Remove(section="frames", id=one) for one in drawing.frames if one in chosen]
    edits += [Remove(section="notes", id=one) for one in drawing.notes if one in chosen]
    return Collapsed(edits, id, key)


def middle(points: list[Point]) -> Point | None:
    """The middle of the cards at these points, as the point of a card."""
    if not points:
        return None
    across, down = [x for x, _ in points], [y for _, y in points]
    return (min(across) + max(across)) / 2, (min(down) + max(down)) / 2


def _fresh_key(whole: Graph, word: str) -> str:
    used = {*whole.graphs, *(whole.extra.get(GRAPHS) or {})}
    key, number = word, 2
    while key in used:
        key, number = f"{word}_{number}", number + 1
    return key


def _silenced(drawing: Graph) -> list[JSON]:
    found = drawing.extra.get(SILENCED)
    return found if isinstance(found, list) else []


def _about(entry: JSON, ids: Iterable[str]) -> bool:
    return isinstance(entry, dict) and entry.get("agent") in set(ids)


def _piece(part: Part, chosen: set[str]) -> Graph:
    """The sub-graph: what is selected, and where needed an agent that stands in for what leads in."""
    drawing = part.drawing
    piece = fragment(drawing, chosen)
    if silent := [one for one in _silenced(drawing) if _about(one, part.chosen)]:
        piece.extra[SILENCED] = silent
    if not part.ins or not _needs_entry(part):
        return piece
    source = drawing.agents[part.ins[0].source]
    if "/" in source.id:
        raise BorderError(f"The id “{source.id}” of “{source.name}” reads like a path, as no id in a sub-graph may.")
    entry = Agent(id=source.id, kind=TRIGGER, name=source.name)
    piece.agents = {entry.id: entry, **piece.agents}
    if drawing.positions.keys() >= {source.id}:
        piece.positions = {entry.id: drawing.positions[source.id], **piece.positions}
    order = list(drawing.edges)
    fresh = {e.id: Edge(id=e.id, source=e.source, target=e.target) for e in part.ins}
    piece.edges = dict(sorted({**piece.edges, **fresh}.items(), key=lambda item: order.index(item[0])))
    return piece


def _needs_entry(part: Part) -> bool:
    """Whether who begins inside would not receive what leads in just as it does now."""
    agents = part.drawing.agents
    fed = {e.target for e in part.within if part.feeds(e)}
    sharing = {end for e in part.within if e.kind == "share" for end in (e.source, e.target)}
    bosses = {e.source for e in part.within if e.kind == "supervise"}
    entries = {e.target for e in part.ins}
    special = fed | sharing | bosses | part.groups.keys() | part.watched.keys()
    return bool(entries & special) or any(
        names_in(agents[id], (e for e in (*part.within, *part.outs) if e.source == id), "from") for id in entries
    )


def _crossing(part: Part, id: AgentId) -> list[Edit]:
    """Edges in and out lead to and from who stands for it; of several that would be the same one is left."""
    edits: list[Edit] = []
    seen: set[tuple[str, AgentId]] = set()
    for edge in part.ins:
        if ("in", edge.source) in seen:
            edits.append(Remove(section="edges", id=edge.id))
        else:
            seen.add(("in", edge.source))
            edits.append(Set(section="edges", id=edge.id, values={"target": id}))
    chain = len({e.source for e in part.outs}) > 1
    for edge in part.outs:
        if chain and ("out", edge.target) in seen:
            edits.append(Remove(section="edges", id=edge.id))
        else:
            seen.add(("out", edge.target))
            edits.append(Set(section="edges", id=edge.id, values={"source": id}))
    return edits


def _referring(part: Part, exits: frozenset[AgentId], id: AgentId) -> list[Edit]:
    """What follows names the new agent where it named the one that ended inside."""
    ids = {str(one): str(id) for one in exits}
    drawing = part.drawing
    edits: list[Edit] = []
    for target in dict.fromkeys(e.target for e in part.outs):
        edits += references(drawing.agents[target], (e for e in drawing.edges.values() if e.source == target), ids)
    return edits


def references(agent: Agent, edges: Iterable[Edge], ids: dict[str, str]) -> list[Edit]:
    """The Edits that let an agent, and the conditions on its ways out, name other agents (`ids`: old to new)."""
    fresh = referring(agent, ids)
    values: dict[str, Any] = {}
    if fresh.config != agent.config:
        values["config"] = fresh.config
    if fresh.oversight != agent.oversight:
        values["oversight"] = fresh.oversight
    edits: list[Edit] = [Set(section="agents", id=agent.id, values=values)] if values else []
    for edge in edges:
        when = None if edge.when is None else rename_in_expression(edge.when, ids)
        if when != edge.when:
            edits.append(Set(section="edges", id=edge.id, values={"when": when}))
    return edits


def _check_references(part: Part) -> None:
    """Who may take work over is named by id, and must be on the same side."""
    for agent in part.drawing.agents.values():
        for directive in (agent.oversight.on_error or ()) if agent.oversight is not None else ():
            for other in directive.to or ():
                if other in part.drawing.agents and (AgentId(other) in part.chosen) != (agent.id in part.chosen):
                    raise BorderError(
                        f"{part.name(agent.id)} may give work to {part.name(AgentId(other))}, and one of them would be"
                        " inside. Select both of them or neither.",
                        (agent.id, AgentId(other)),
                    )
    for edge in part.outs:
        if edge.when and names_in(Agent(id=AgentId("-"), kind="", name=""), [edge], "from"):
            raise BorderError(
                f"The condition of {part.path(edge)} names what {part.name(edge.source)} received, which is inside."
                " Let it use “value”.",
                (edge.source,), (edge.id,),
            )  # fmt: skip


def _check_collectors(part: Part, exits: frozenset[AgentId]) -> None:
    """A collector gives a list of what several edges bring, but what a single edge brings as it is."""
    edges = part.drawing.edges.values()
    for edge in part.ins:
        if sum((e.source, e.target) == (edge.source, edge.target) for e in part.ins) > 1:
            raise BorderError(
                f"Two edges lead {part.path(edge)}, and only one would lead in. Delete one of them.",
                (edge.source, edge.target), (edge.id,),
            )  # fmt: skip
    if len(exits) < 2:
        return
    for target in dict.fromkeys(e.target for e in part.outs):
        now = [e for e in edges if e.target == target and part.feeds(e)]
        if part.drawing.agents[target].kind == "collector" and all(e.source in exits for e in now) and len(now) > 1:
            raise BorderError(
                f"{part.name(target)} collects what the peers answer, and only one edge would lead there. Select it as"
                " well.",
                (target,), [e.id for e in now],
            )  # fmt: skip


def unused_edge_id(drawing: Graph, source: AgentId, target: AgentId, used: set[str]) -> EdgeId:
    """An id for a new edge that none of `used` has; from now on it is one of them."""
    id = fresh_edge_id(drawing, source, target, used)
    used.add(id)
    return id
