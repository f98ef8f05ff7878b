"""A drawing of another program made ready to be looked at and run: it means what the verdict says, and has places.

networkx knows no kinds of edges and no cards. Without this the verdict would read hand-offs where a run sees flow that
goes round in circles.
"""

from __future__ import annotations

from quartet.graph.cycles import unmarked_loop_edges
from quartet.graph.model import JSON, Edge, EdgeId, Graph
from quartet.graph.node_link import CLOSES
from quartet.patterns.layout import layout
from quartet.patterns.verdict import Verdict, classify

PASSES = 5
"""Of a loop that is taken for one and has no condition: how often it may go round, so that it ends."""


def as_read(graph: Graph, verdict: Verdict | None = None) -> Graph:
    """`graph` with every edge that its file says nothing about meaning what the verdict takes it for.

    Such an edge stays marked as inferred, with the reason, until a person accepts or changes it. What a file states is
    left as it is.
    """
    if not any(edge.inferred for edge in graph.edges.values()):
        return graph
    verdict = classify(graph) if verdict is None else verdict
    edges: dict[EdgeId, Edge] = dict(graph.edges)
    for inference in verdict.inferred:
        edge = edges[inference.edge]
        if inference.kind == "flow":
            values = {"kind": "flow", "loop": inference.loop}
        else:
            # conditions, fallbacks and passes belong to flow
            values = {
                "kind": inference.kind,
                "loop": False,
                "when": None,
                "on": None,
                "max_iterations": None,
                "on_limit": None,
            }
        edges[edge.id] = _with(edge, **values)
    read = graph.model_copy(update={"edges": edges})
    for id in unmarked_loop_edges(read):
        # a report to a hub that nobody called a supervisor, say: the tree knows no loop there, a run needs one
        edges[id] = _with(edges[id], loop=True, inferred=edges[id].inferred or CLOSES)
    for edge in list(edges.values()):
        if edge.loop and edge.inferred and edge.when is None and edge.max_iterations is None:
            edges[edge.id] = _with(edge, max_iterations=PASSES)
    return read


def _with(edge: Edge, **values: JSON) -> Edge:
    """`edge` with other values; one that is as it is by default stays unstated."""
    changed = {name: value for name, value in values.items() if value != getattr(edge, name)}
    return edge.model_copy(update=changed) if changed else edge


def placed(graph: Graph, verdict: Verdict | None = None) -> Graph:
    """`graph`, laid out if nobody has placed any of its agents."""
    if graph.positions or not graph.agents:
        return graph
    return graph.model_copy(update={"positions": layout(graph, verdict)})


def imported(graph: Graph) -> Graph:
    """`graph`, just read from another program's file, as it is opened and run: `as_read` and `placed`."""
    verdict = classify(graph)
    return placed(as_read(graph, verdict), verdict)
