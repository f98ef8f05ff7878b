"""Statements that say what would have been inferred: they change nothing.

Of a file that does not say what its edges mean, a person accepts some inferences first. What those edges are then
stated to be must not turn the meaning of the others, so it counts only where nobody would have inferred it.
"""

from __future__ import annotations

from collections.abc import Iterable

from quartet.graph.model import JSON, EdgeId, EdgeKind, Graph
from quartet.graph.node_link import CLOSES, NOT_SAID, SHARED, stated_kind
from quartet.patterns.interpret import Interpretation, interpret
from quartet.patterns.meaning import inferences
from quartet.patterns.tree import Tree

ROUNDS = 3
"""So often statements that nobody would have inferred are looked for; then all are."""
Meaning = tuple[EdgeKind, bool]
"""An edge's kind, and whether it leads back."""


def read(graph: Graph) -> Interpretation:
    """The interpretation of a graph in which statements that would have been inferred anyway say nothing."""
    accepted, recorded = _statements(graph)
    if not accepted and not recorded:
        return interpret(graph)
    plain = interpret(graph) if accepted else None
    for found, inferred, agreed in _readings(graph, accepted, recorded):
        if agreed and found.tree is not None:
            if plain is None or plain.tree is None:
                return found
            unsaid = {id for id, edge in graph.edges.items() if edge.inferred is not None}
            same = all(inferred.get(id) == meaning for id, meaning in _inferred(plain).items() if id in unsaid)
            return plain if same and _shape(found.tree) == _shape(plain.tree) else found
    return interpret(graph) if plain is None else plain


def _statements(graph: Graph) -> tuple[dict[EdgeId, Meaning], dict[EdgeId, Meaning]]:
    """What edges are stated to mean of which a file did not say it, and what others of it are recorded to mean.

    Nothing, if the file said it of all, or if all has been accepted: then they are edges like any others.
    """
    unsaid = [edge for edge in graph.edges.values() if edge.inferred not in (None, CLOSES, SHARED)]
    if not unsaid:
        return {}, {}
    accepted: dict[EdgeId, Meaning] = {
        edge.id: (edge.kind, edge.loop)
        for edge in graph.edges.values()
        if edge.inferred is None and edge.on is None and edge.kind != "share" and edge.source != edge.target
        if not (edge.__pydantic_extra__ and stated_kind(edge))
    }
    if all(edge.kind in ("flow", "share") for edge in unsaid):
        return accepted, {}
    recorded = [edge for edge in unsaid if edge.on is None and edge.kind != "share" and edge.source != edge.target]
    return accepted, {edge.id: (edge.kind, edge.loop) for edge in recorded}


def _readings(
    graph: Graph, accepted: dict[EdgeId, Meaning], recorded: dict[EdgeId, Meaning]
) -> Iterable[tuple[Interpretation, dict[EdgeId, Meaning], bool]]:
    """Readings in which statements are taken back, what they infer, and whether that is what was stated.

    First with what the statements said forgotten, so far as it is inferred again, then without.
    """
    back = {*accepted, *recorded}
    for _ in range(ROUNDS):
        found = interpret(_taken_back(graph, back, kind="flow"))
        inferred = _inferred(found)
        # a recorded flow may be marked as a loop although it is none of the tree: a run needs one in every cycle
        again = {id for id in back if inferred.get(id) == accepted.get(id)} | {
            id for id in back & recorded.keys() if id in inferred and inferred[id][0] == recorded[id][0]
        }
        yield found, inferred, again == back
        if not again or again == back:
            break
        back = again
    if accepted:
        found = interpret(_taken_back(graph, accepted))
        inferred = _inferred(found)
        yield found, inferred, all(inferred.get(id) == meaning for id, meaning in accepted.items())


def _inferred(found: Interpretation) -> dict[EdgeId, Meaning]:
    if found.tree is None:
        return {}
    return {each.edge: (each.kind, each.loop) for each in inferences(found, found.tree, "low")}


def _taken_back(graph: Graph, edges: Iterable[EdgeId], **values: JSON) -> Graph:
    changed = {id: graph.edges[id].model_copy(update={"inferred": NOT_SAID, **values}) for id in edges}
    return graph.model_copy(update={"edges": {**graph.edges, **changed}})


def _shape(tree: Tree) -> list[tuple[object, ...]]:
    """A tree as a list, parents first: everything but what was inferred and how sure it is."""
    return [
        (
            node.pattern,
            len(node.children),
            *(getattr(node, name, None) for name in ("agent", "supervisor", "trigger", "collector", "board", "loop")),
            *(getattr(node, name, None) for name in ("exclusive", "dynamic", "entangled", "fallback")),
        )
        for node in tree.walk()
    ]
