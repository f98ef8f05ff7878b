"""networkx node-link JSON, read and written: graphs of other programs, with what they do not say inferred and marked.

Attributes that Quartet has no field for are kept in the extra field `node_link` of the agent, the edge or the graph,
and come back on export. `stated_kind(edge)` is what the source called an edge.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from typing import Any, NamedTuple

from pydantic import ValidationError

from quartet.graph import node_link_rest
from quartet.graph.cycles import unmarked_loop_edges
from quartet.graph.model import JSON, UNKNOWN, Agent, AgentId, BrokenItem, Edge, EdgeId, Graph
from quartet.graph.node_link_rest import REST, restored, without_rest
from quartet.graph.reading import MAX_AGENTS
from quartet.graph.strict_json import FileProblem
from quartet.graph.writing import stated

KEPT = "node_link"
"""The extra field with a source's own attributes, verbatim."""

NOT_SAID = "The file does not say what this edge means."
CLOSES = "It closes a cycle."
SHARED = "Both read and write the store."

_EDGE_KINDS: dict[str, dict[str, JSON]] = {
    "flow": {},
    "trigger": {},
    "report": {},
    "conditional": {"when": UNKNOWN},
    "feedback": {"loop": True},
    "handoff": {"kind": "handoff"},
    "supervise": {"kind": "supervise"},
    "share": {"kind": "share"},
}

_OWN: dict[type[Agent] | type[Edge], set[str]] = {
    Agent: set(Agent.model_fields) - {"id", "kind", "name", "description", "dynamic", "invalid"},
    Edge: {"when", "on", "max_iterations", "on_limit", "points"},
}
"""Attributes that are taken for what an export of our own says, if they have the right form."""


class Imported(NamedTuple):
    """A graph read from node-link JSON, and what a person should know about it, a sentence each."""

    graph: Graph
    problems: tuple[str, ...]


def looks_like(document: dict[str, JSON]) -> bool:
    """Whether a JSON object is node-link: a list of nodes with a list of edges or links."""
    return isinstance(document.get("nodes"), list) and any(
        isinstance(document.get(name), list) for name in ("edges", "links")
    )


def stated_kind(edge: Edge) -> str | None:
    """What the source of an imported edge called it (`report`, `feedback` …); None if it did not, or of our own."""
    kept = (edge.model_extra or {}).get(KEPT)
    kind = kept.get("kind") if isinstance(kept, dict) else None
    return kind if isinstance(kind, str) else None


def read(document: dict[str, JSON], source: str = "") -> Imported:
    """The graph that a node-link document describes.

    Raises:
        FileProblem: it is undirected, a node has no id, two ids would become the same, or it is too large.
    """
    if document.get("directed") is False:
        raise FileProblem(
            "This node-link graph is undirected, so it does not say which agent gives to which.",
            source=source,
            advice="Export a directed one: nx.node_link_data(graph.to_directed()).",
        )
    nodes = document["nodes"]
    if len(nodes) > MAX_AGENTS:
        raise FileProblem(f"The graph has more than {MAX_AGENTS:,} agents.", source=source, advice="Split it.")
    links = document["edges"] if isinstance(document.get("edges"), list) else document["links"]
    notes = [] if "directed" in document else ["The file does not say whether it is directed; it was read as directed."]
    rest = node_link_rest.ours(document.get("graph"))
    rests: dict[int, JSON] = {}
    if rest is not None:
        said = [item.get(REST) if isinstance(item, dict) else None for item in (*nodes, *links)]
        nodes, links = ([without_rest(item) for item in items] for items in (nodes, links))
        rests = {id(item): value for item, value in zip((*nodes, *links), said, strict=True) if value is not None}
    graph = Graph()
    ids = _ids(nodes, source)
    boards = _boards(nodes, links)
    for node in nodes:
        agent = _agent(node, ids[_key(node["id"])], board=_key(node["id"]) in boards)
        graph.agents[agent.id] = agent
    _take_positions(graph)
    first = _add_edges(graph, links, ids, boards)
    attributes = document.get("graph")
    if isinstance(attributes, dict):
        kept = dict(attributes) if rest is None else without_rest(attributes)
        if isinstance(kept.get("name"), str):
            graph.name = kept.pop("name")
        if kept:
            graph.extra[KEPT] = kept
    for closing in unmarked_loop_edges(graph):
        edge = graph.edges[closing]
        graph.edges[closing] = _with(edge, loop=True, inferred=edge.inferred or CLOSES)
    if rest is not None:
        agents = {ids[_key(node["id"])]: rests.get(id(node)) for node in nodes}
        edges = {edge: rests.get(id(link)) for edge, link in first.items()}
        reader = restored(graph, rest, agents, edges, source)
        return Imported(reader.graph, (*notes, *reader.problems))
    notes.extend(f"edges[{item.index}]: {item.reason}." for item in graph.broken)
    return Imported(graph, tuple(notes))


def _with(edge: Edge, **fields: JSON) -> Edge:
    return edge.model_copy(update=fields)


def _key(id: JSON) -> str:
    """An id as text: what tells 1 from "1" while both may occur."""
    return json.dumps(id, sort_keys=True)


def _ids(nodes: list[JSON], source: str) -> dict[str, AgentId]:
    """The agent ids of the nodes, by `_key` of the node's id."""
    found: dict[str, AgentId] = {}
    used: dict[str, int] = {}
    for index, node in enumerate(nodes):
        if not isinstance(node, dict) or node.get("id") in (None, ""):
            raise FileProblem(f"nodes[{index}] has no “id”.", source=source, advice="Every node needs one of its own.")
        id = node["id"] if isinstance(node["id"], str) else _key(node["id"])
        if id in used:
            raise FileProblem(
                f"nodes[{used[id]}] and nodes[{index}] both have the id “{id}” once ids are texts.",
                source=source,
                advice="Rename one of them.",
            )
        used[id] = index
        found[_key(node["id"])] = AgentId(id)
    return found


def _take_positions(graph: Graph) -> None:
    """`pos` as an export of our own has it, in pixels; networkx's own layouts stay within a few units."""
    points = {}
    for agent in graph.agents.values():
        pos = (agent.model_extra or {}).get(KEPT, {}).get("pos")
        if not (isinstance(pos, list) and len(pos) == 2 and all(type(number) in (int, float) for number in pos)):
            return
        points[agent.id] = (float(pos[0]), float(pos[1]))
    if max((max(abs(x), abs(y)) for x, y in points.values()), default=0.0) < 50:
        return
    graph.positions.update(points)
    for id, agent in graph.agents.items():
        extra = agent.model_extra or {}
        kept = {name: value for name, value in extra[KEPT].items() if name != "pos"}
        fields = {name: value for name, value in stated(agent).items() if name != KEPT}
        graph.agents[id] = Agent.model_validate({**fields, **({KEPT: kept} if kept else {})})


def _kind(item: dict[str, JSON]) -> str | None:
    kind = item.get("kind")
    return kind if isinstance(kind, str) and kind else None


def _boards(nodes: list[JSON], links: list[JSON]) -> set[str]:
    """The stores that two or more agents both read and write, by `_key`."""
    stores = {_key(node["id"]) for node in nodes if _kind(node) == "store"}
    if not stores:
        return set()
    pairs = {(_key(link.get("source")), _key(link.get("target"))) for link in links if isinstance(link, dict)}
    both = Counter(
        target for source, target in pairs if target in stores and (target, source) in pairs and source != target
    )
    return {store for store, count in both.items() if count > 1}


def _agent(node: dict[str, JSON], id: AgentId, *, board: bool) -> Agent:
    kept = {name: value for name, value in node.items() if name != "id"}
    if not isinstance(node["id"], str):
        kept["id"] = node["id"]
    name = next((node[field] for field in ("name", "label", "title") if isinstance(node.get(field), str)), str(id))
    if kept.get("name") == name:
        del kept["name"]
    kind = _kind(node)
    if kind is not None and not board:
        del kept["kind"]
    fields: dict[str, Any] = {"id": id, "kind": "board" if board else kind or "agent", "name": name or str(id)}
    for field in ("role", "description"):
        if isinstance(kept.get(field), str):
            fields["description"] = kept.pop(field)
            break
    if kept.get("multiplicity") == "dynamic":
        fields["dynamic"] = True
        del kept["multiplicity"]
    return Agent.model_validate(_ours(Agent, fields, kept))


def _add_edges(graph: Graph, links: list[JSON], ids: dict[str, AgentId], boards: set[str]) -> dict[EdgeId, JSON]:
    """Add the edges; returns the link of each, the first where several are one edge."""
    first: dict[EdgeId, JSON] = {}
    broken: list[BrokenItem] = []
    used: set[str] = set(graph.agents)
    shared: dict[frozenset[str], list[JSON]] = {}
    if boards:
        present = {(_key(link.get("source")), _key(link.get("target"))) for link in links if isinstance(link, dict)}
        for link in links:
            if isinstance(link, dict):
                ends = (_key(link.get("source")), _key(link.get("target")))
                if (ends[0] in boards) != (ends[1] in boards) and ends[::-1] in present:
                    shared.setdefault(frozenset(ends), []).append(link)
    for index, link in enumerate(links):
        if not isinstance(link, dict):
            broken.append(BrokenItem(section="edges", raw=link, reason="an edge is an object in braces", index=index))
            continue
        ends = (_key(link.get("source")), _key(link.get("target")))
        lost = next((end for end in ends if end not in ids), None)
        if lost is not None:
            reason = f"the edge leads to {lost}, which is no node here" if lost != "null" else "the edge leads nowhere"
            broken.append(BrokenItem(section="edges", raw=link, reason=reason, index=index))
            continue
        source, target = ids[ends[0]], ids[ends[1]]
        pair = frozenset(ends)
        if pair in shared:
            together = shared[pair]
            if link is not together[0]:
                continue
            if ends[0] in boards:
                source, target = target, source
            fields: dict[str, Any] = {"kind": "share", "inferred": SHARED, KEPT: {"edges": together}}
        else:
            fields = _edge_fields(link)
        id = f"{source}-{target}"
        number = 2
        while id in used:
            id = f"{source}-{target}-{number}"
            number += 1
        used.add(id)
        edge = Edge.model_validate({"id": id, "source": source, "target": target, **fields})
        graph.edges[EdgeId(id)] = edge
        first[EdgeId(id)] = link
    graph.broken = tuple(broken)
    return first


def _edge_fields(link: dict[str, JSON]) -> dict[str, Any]:
    kept = {name: value for name, value in link.items() if name not in ("source", "target")}
    kind = _kind(link)
    known = None if kind is None else _EDGE_KINDS.get(kind)
    fields: dict[str, Any] = {"inferred": NOT_SAID} if known is None else {"kind": "flow", **known}
    for name in ("name", "label"):
        if isinstance(kept.get(name), str):
            fields["name"] = kept.pop(name)
            break
    if known is not None and kind == fields["kind"]:
        del kept["kind"]
    ends = {"id": "-", "source": "-", "target": "-"}
    own = _ours(Edge, {**ends, **fields}, kept)
    return {name: value for name, value in own.items() if name not in ends}


def _ours(model: type[Agent] | type[Edge], fields: dict[str, Any], kept: dict[str, JSON]) -> dict[str, Any]:
    """`fields` and of the attributes `kept` those that Quartet itself writes; the rest in `KEPT`."""
    own = {name: kept[name] for name in _OWN[model] & kept.keys()}
    if own:
        try:
            model.model_validate({**fields, **own})
        except ValidationError:
            own = {}
    kept = {name: value for name, value in kept.items() if name not in own}
    return {**fields, **own, **({KEPT: kept} if kept else {})}


def write(graph: Graph) -> dict[str, JSON]:
    """`graph` as a node-link document (`nx.node_link_graph(document, edges="edges")` reads it).

    What came from node-link goes back as it was; what Quartet states beyond it stands in attributes of our own names,
    and what would still be lost in attributes called `quartet`, so that `read` gives the same graph.
    """
    kept = graph.extra.get(KEPT)
    attributes: dict[str, JSON] = {"name": graph.name} if graph.name else {}
    attributes.update(without_rest(kept) if isinstance(kept, dict) else {})
    links = [_links(graph, edge) for edge in graph.edges.values()]
    document: dict[str, JSON] = {
        "directed": True,
        "multigraph": True,
        "graph": attributes,
        "nodes": [_node(graph, agent) for agent in graph.agents.values()],
        "edges": [link for some in links for link in some],
    }
    back: Graph | None = None
    with contextlib.suppress(FileProblem, ValidationError):
        back = read(document).graph
    node_link_rest.add(document, [some[0] for some in links], graph, back)
    return document


def _node(graph: Graph, agent: Agent) -> dict[str, JSON]:
    found = stated(agent)
    kept = found.pop(KEPT, None)
    kept = kept if isinstance(kept, dict) else {}
    node: dict[str, JSON] = {"id": kept.get("id", agent.id), "name": agent.name}
    if agent.description is not None:
        node["role"] = agent.description
    node["kind"] = agent.kind
    if agent.dynamic:
        node["multiplicity"] = "dynamic"
    node.update((name, value) for name, value in found.items() if name not in (*node, "description", "dynamic"))
    if agent.id in graph.positions:
        node["pos"] = list(graph.positions[agent.id])
    return {**node, **without_rest(kept)}


def _links(graph: Graph, edge: Edge) -> list[dict[str, JSON]]:
    found = stated(edge)
    kept = found.pop(KEPT, None)
    kept = dict(kept) if isinstance(kept, dict) else {}
    together = kept.get("edges")
    if edge.kind == "share" and isinstance(together, list) and together and all(isinstance(e, dict) for e in together):
        return [without_rest(dict(each)) for each in together]
    stated_as = kept.pop("kind", None)
    source, target = (_node_id(graph, id) for id in (edge.source, edge.target))
    link: dict[str, JSON] = {"source": source, "target": target}
    kind = _exported_kind(edge, stated_as)
    if kind is not None:
        link["kind"] = kind
    for name in ("name", "when", "on", "max_iterations", "on_limit"):
        if found.get(name) not in (None, UNKNOWN):
            link[name] = found[name]
    return [{**link, **without_rest(kept)}]


def _node_id(graph: Graph, id: AgentId) -> JSON:
    kept = (graph.agents[id].model_extra or {}).get(KEPT)
    return kept.get("id", id) if isinstance(kept, dict) else id


def _exported_kind(edge: Edge, stated_as: JSON) -> JSON:
    """What the source called it, as long as that is still true; of our own edges, the name that says the most."""
    meant = {"kind": edge.kind, "when": UNKNOWN if edge.when else None, "loop": edge.loop}
    plain = {"kind": "flow", "when": None, "loop": False}
    if edge.inferred:
        # a loop mark that was inferred is none that the source stated
        meant["loop"] = False
        if edge.inferred == NOT_SAID and meant == plain:
            return stated_as
    if isinstance(stated_as, str) and {**plain, **_EDGE_KINDS.get(stated_as, {})} == meant:
        return stated_as
    if edge.kind != "flow":
        return edge.kind
    return "feedback" if meant["loop"] else "conditional" if edge.when else "flow"
