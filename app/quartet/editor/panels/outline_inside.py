"""What is inside sub-graphs as rows of the outline, below the agents that stand for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from quartet.editor.inside import InnerDocument
from quartet.editor.panels.outline_tree import Node, build
from quartet.graph.edits import Edit, Within
from quartet.graph.model import Agent, AgentId, EdgeId, Graph
from quartet.graph.nesting import inside, link_of, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quartet.editor.document import Document

JUDGED = 300
"""Up to so many agents what is inside stands in the order of its pattern; more stand as the file has them."""

Edges = dict[tuple[str, AgentId], list[EdgeId]]
"""The edges that leave each agent, by the sub-graph it is in (“”: the drawing itself)."""


class Place(NamedTuple):
    """Where an agent of the outline is."""

    way: tuple[AgentId, ...]
    id: AgentId


def root_of(document: Document) -> Document:
    """The document of the file."""
    return document.root if isinstance(document, InnerDocument) else document


def graph_of(document: Document, inside: str) -> Graph | None:
    """The drawing itself (“”), or a sub-graph by its id; None if there is no such one any more."""
    return document.whole.graphs.get(inside) if inside else document.graph


def leads_to(document: Document, node: Node) -> str | None:
    """The sub-graph whose agents can be shown below a row; None: it stands for none, for one that is kept in a file
    of its own, or for one that it is inside of itself."""
    graph = graph_of(document, node.inside)
    agent = graph.agents.get(node.id) if graph is not None and node.id is not None else None
    key = named(agent) if agent is not None else None
    inner = document.whole.graphs.get(key or "")
    if key is None or inner is None or link_of(inner) is not None:
        return None
    around = {node.inside, *node.around}
    if isinstance(document, InnerDocument):
        around.add(document.id)
    return None if key in around else key


def open_below(nodes: list[Node], number: int, key: str, inner: Graph) -> list[Node]:
    """The agents of a sub-graph as rows below row `number`; the caller appends them to `nodes`."""
    from quartet.patterns.verdict import classify

    above = nodes[number]
    assert above.id is not None, "only agents stand for sub-graphs"
    found = build(inner, classify(inner) if len(inner.agents) <= JUDGED else None)
    first, top = len(nodes), len(above.children)
    for node in found:
        node.inside, node.way = key, (*above.way, above.id)
        node.around = (*above.around, above.inside)
        node.children = [first + child for child in node.children]
        if node.parent < 0:
            node.parent, node.row = number, top + node.row
        else:
            node.parent += first
    return found


def edges_of(graph: Graph, inside: str) -> Edges:
    """The edges of a drawing by the agent that they leave."""
    found: Edges = {}
    for edge in graph.edges.values():
        found.setdefault((inside, edge.source), []).append(edge.id)
    return found


def found(document: Document, nodes: Iterable[Node], edges: Edges, needle: str) -> tuple[list[Node], Edges]:
    """The agents with `needle` in their name or kind, without any tree: those of `nodes` in their order, then those
    inside sub-graphs, once each, whoever stands for them; with `edges` and theirs."""
    graph = document.graph
    rows = [Node(node.id, None, -1, 0) for node in nodes if node.id and _answers(graph.agents[node.id], needle)]
    if document.whole is not graph:
        graph = graph.model_copy(update={"graphs": document.whole.graphs})
    for one in inside(graph):
        answers = [id for id, agent in one.graph.agents.items() if _answers(agent, needle)]
        way = (AgentId(f"#{one.id}"),)
        rows += [Node(id, None, -1, 0, member=f"in {one.path}", inside=one.id, way=way) for id in answers]
        if answers:
            edges = edges | edges_of(one.graph, one.id)
    for row, node in enumerate(rows):
        node.row = row
    return rows, edges


def _answers(agent: Agent, needle: str) -> bool:
    return needle in f"{agent.name} {agent.kind}".casefold()


def do(document: Document, label: str, edits: Mapping[str, Sequence[Edit]]) -> None:
    """Do Edits of the drawing (“”) and of sub-graphs, by their ids, as one step.

    Raises:
        EditError: one of them cannot be done; nothing was.
    """
    own = [edit for inside, each in edits.items() if not inside for edit in each]
    inner: list[Edit] = [Within(graph=inside, edits=tuple(each)) for inside, each in edits.items() if inside and each]
    if not inner:
        document.do(label, own)
        return
    if own and isinstance(document, InnerDocument):
        own = [Within(graph=document.id, edits=tuple(own))]
    root_of(document).do(label, [*own, *inner])
