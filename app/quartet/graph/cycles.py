"""The edges that close cycles: what the verdict, the engine and the editor call loops.

A token that comes back to where it was starts another pass instead of being waited for, so in every cycle of flow
edges one must be a loop. Which one follows from where the cycle is entered: of a group of agents that all reach each
other, the edges that lead to its entries are loops; then the same within what remains, inwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from random import Random
from typing import TypeVar

from quartet.graph import strong
from quartet.graph.model import AgentId, Edge, EdgeId, Graph
from quartet.graph.shrinking import Shrinking

N = TypeVar("N", bound=Hashable)
K = TypeVar("K", bound=Hashable)


def loop_edges(graph: Graph) -> frozenset[EdgeId]:
    """The flow edges that close cycles: those marked as loops, and those that have to be.

    What a worker gives back to its own supervisor is a report and closes nothing. Agents that hand off to each other
    are one group here, as they are in a run; so is whom they hand it to.
    """
    marked = {edge.id for edge in graph.edges.values() if edge.kind == "flow" and edge.loop}
    return frozenset(marked | unmarked_loop_edges(graph))


def unmarked_loop_edges(graph: Graph) -> frozenset[EdgeId]:
    """The flow edges that close a cycle although they are not marked as loops, so that a run could never go on."""
    edges = [(edge.id, edge.source, edge.target) for edge in _plain(graph)]
    strict, loose = _peers(graph)
    found = _closing(graph, edges, strict)
    if loose == strict:
        return found
    # who may be handed the task belongs to the chain although nothing leads back; an edge within it is no input of it
    left = [
        (key, source, target)
        for key, source, target in edges
        if key not in found and loose.get(source, source) != loose.get(target, target)
    ]
    return found | _closing(graph, left, loose)


def _closing(
    graph: Graph, edges: list[tuple[EdgeId, AgentId, AgentId]], group: Mapping[AgentId, AgentId]
) -> frozenset[EdgeId]:
    """The edges that close cycles, where the agents of a group are one."""
    order: Iterable[AgentId] = graph.agents
    starts = [agent.id for agent in graph.agents.values() if agent.start]
    if group:
        edges = [(key, group.get(source, source), group.get(target, target)) for key, source, target in edges]
        order = dict.fromkeys(group.get(id, id) for id in order)
        starts = [group.get(id, id) for id in starts]
    return closing_edges(order, edges, starts)


def would_close_cycle(graph: Graph, source: AgentId, target: AgentId) -> bool:
    """Whether a new flow edge from `source` to `target` would close a cycle of edges that are not marked as loops."""
    return target in closing_targets(graph, source, (target,))


def closing_targets(graph: Graph, source: AgentId, targets: Iterable[AgentId]) -> set[AgentId]:
    """Those of `targets` to which a new flow edge from `source` would close such a cycle; one search for all."""
    supervised = _supervision(graph)
    plain = list(_plain(graph))
    strict, loose = _peers(graph)
    before = _before(plain, strict, source)
    before_chain = _before(plain, loose, source) if loose != strict else set()
    own = loose.get(source, source)

    def closes(target: AgentId) -> bool:
        if (target, source) in supervised:
            return False
        chain = loose.get(target, target)
        return strict.get(target, target) in before or (chain != own and chain in before_chain)

    return {target for target in targets if target == source or closes(target)}


def _before(plain: Iterable[Edge], group: Mapping[AgentId, AgentId], last: AgentId) -> set[AgentId]:
    """From which edges lead to the last, itself included, where the agents of a group are one: its first."""
    predecessors: dict[AgentId, list[AgentId]] = {}
    for edge in plain:
        end = group.get(edge.target, edge.target)
        predecessors.setdefault(end, []).append(group.get(edge.source, edge.source))
    seen = {group.get(last, last)}
    waiting = list(seen)
    while waiting:
        for earlier in predecessors.get(waiting.pop(), ()):
            if earlier not in seen:
                seen.add(earlier)
                waiting.append(earlier)
    return seen


def reports(graph: Graph) -> frozenset[EdgeId]:
    """The flow edges from a worker to its own supervisor: drawn, but no input of the supervisor's join."""
    watched = _supervision(graph)
    return frozenset(
        edge.id for edge in graph.edges.values() if edge.kind == "flow" and (edge.target, edge.source) in watched
    )


def _supervision(graph: Graph) -> set[tuple[AgentId, AgentId]]:
    return {(edge.source, edge.target) for edge in graph.edges.values() if edge.kind == "supervise"}


def _plain(graph: Graph) -> Iterable[Edge]:
    """The flow edges that a join waits for: neither loops nor reports."""
    watched = _supervision(graph)
    plain = [edge for edge in graph.edges.values() if edge.kind == "flow" and not edge.loop]
    return [edge for edge in plain if (edge.target, edge.source) not in watched] if watched else plain


def _peers(graph: Graph) -> tuple[dict[AgentId, AgentId], dict[AgentId, AgentId]]:
    """The first of those with whom each agent can pass a task to and fro, and the first of those of its chain: all that
    hand-offs connect, whether or not they lead back."""
    pairs = [(edge.source, edge.target) for edge in graph.edges.values() if edge.kind == "handoff"]
    if not pairs:
        return {}, {}
    place = {id: index for index, id in enumerate(graph.agents)}
    strict, loose = (
        {id: first for group in groups for first in [min(group, key=place.__getitem__)] for id in group}
        for groups in (strong.groups(pairs), strong.groups([*pairs, *((target, source) for source, target in pairs)]))
    )
    return strict, loose


def closing_edges(nodes: Iterable[N], edges: Iterable[tuple[K, N, N]], starts: Collection[N] = ()) -> frozenset[K]:
    """The keys of the edges `(key, source, target)` that must be loops so that no cycle is left.

    A cycle that nothing leads into is entered at those of its nodes that are in `starts`, else at its first in the
    order of `nodes`. Apart from that choice, no order matters. Close to linear, also where cycles lie in cycles.
    """
    edges = list(edges)
    closing = {key for key, source, target in edges if source == target}
    if _is_acyclic(edges):
        return frozenset(closing)
    place = {node: index for index, node in enumerate(nodes)}
    keys: dict[tuple[N, N], list[K]] = {}
    for key, source, target in edges:
        if source != target:
            keys.setdefault((source, target), []).append(key)
    successors: dict[N, list[N]] = {}
    predecessors: dict[N, list[N]] = {}
    for source, target in keys:
        successors.setdefault(source, []).append(target)
        predecessors.setdefault(target, []).append(source)
    chosen = set(starts)
    chance = Random(0)  # noqa: S311  # nothing secret
    waiting = strong.groups(keys)
    while waiting:
        group = waiting.pop()
        entries = {node for node in group if any(before not in group for before in predecessors[node])}
        if not entries:
            entries = {node for node in group if node in chosen} or {min(group, key=place.__getitem__)}
        if len(entries) == 1:
            inside = {node: [after for after in successors[node] if after in group] for node in group}
            back = _back_edges(inside, *entries)
            if back is not None:
                closing.update(key for pair in back for key in keys[pair])
                continue
        # entered at several places, here or further inwards: one level at a time. Any node will do for a root, and one
        # drawn by lot is likely to be among the last that go, whatever the shape
        root = chance.choice(sorted(group, key=place.__getitem__))
        shrinking = Shrinking(group, root, successors, predecessors)
        while entries:
            pairs = [(before, node) for node in entries for before in predecessors[node] if before in group]
            closing.update(key for pair in pairs for key in keys[pair])
            gone, apart = shrinking.lose(entries)
            waiting += apart
            # what led in from elsewhere led to the entries: now only what went with them leads in
            entries = {after for node in gone for after in successors[node] if after in group}
    return frozenset(closing)


def _is_acyclic(edges: Iterable[tuple[K, N, N]]) -> bool:
    """Whether no cycle leads over two nodes or more: most drawings and every run of one begin here, and end here."""
    successors: defaultdict[N, list[N]] = defaultdict(list)
    waits: defaultdict[N, int] = defaultdict(int)
    for _, source, target in edges:
        if source != target:
            successors[source].append(target)
            waits[target] += 1
    free = [node for node in successors if node not in waits]
    while free:
        for after in successors.pop(free.pop(), ()):
            waits[after] -= 1
            if not waits[after]:
                free.append(after)
    return not successors


def _back_edges(inside: Mapping[N, list[N]], entry: N) -> list[tuple[N, N]] | None:
    """The edges back to a node that every way from `entry` to their source leads through, if these close all cycles.

    Then, and only then, they are the same as what is found level by level, inwards.
    """
    import networkx as nx  # takes 0.2 s, which no window should wait for

    back = _edges_back_to_the_path(inside, entry)
    returning = set(back)
    # an edge back to a dominator of its source changes no dominators, so they may be found without these edges
    forward = nx.DiGraph(
        [(node, after) for node, following in inside.items() for after in following if (node, after) not in returning]
    )
    forward.add_node(entry)
    children: dict[N, list[N]] = {}
    for node, above in nx.immediate_dominators(forward, entry).items():
        if node != entry:
            children.setdefault(above, []).append(node)
    first: dict[N, int] = {}
    last: dict[N, int] = {}
    waiting = [(entry, False)]
    while waiting:
        node, left = waiting.pop()
        if left:
            last[node] = len(first)
        else:
            first[node] = len(first)
            waiting.append((node, True))
            waiting.extend((child, False) for child in children.get(node, ()))
    return back if all(first[after] <= first[node] < last[after] for node, after in back) else None


def _edges_back_to_the_path(inside: Mapping[N, list[N]], entry: N) -> list[tuple[N, N]]:
    """The edges that lead from a node to one on the way to it, in a search from `entry` in depth first."""
    found: list[tuple[N, N]] = []
    on_path = {entry}
    seen = {entry}
    path = [(entry, iter(inside[entry]))]
    while path:
        node, following = path[-1]
        for after in following:
            if after in on_path:
                found.append((node, after))
            elif after not in seen:
                seen.add(after)
                on_path.add(after)
                path.append((after, iter(inside[after])))
                break
        else:
            on_path.discard(node)
            path.pop()
    return found
