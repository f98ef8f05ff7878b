"""Series and parallel parts, held against a slow and obvious way of finding them."""

from collections.abc import Callable
from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting import growth
from quartet.patterns.dependencies import Order, Parallel, Series, decompose

Edges = list[tuple[int, int]]


def plain(order: Order) -> object:
    if isinstance(order, int):
        return order
    if isinstance(order, Series):
        return ("series", tuple(plain(item) for item in order.items))
    if isinstance(order, Parallel):
        return ("parallel", frozenset(plain(item) for item in order.items))
    return ("tangle", tuple(frozenset(level) for level in order.levels))


def slowly(vertices: set[int], edges: Edges) -> object:
    if len(vertices) == 1:
        return next(iter(vertices))
    graph = nx.DiGraph([edge for edge in edges if vertices.issuperset(edge)])
    graph.add_nodes_from(vertices)
    parts = list(nx.weakly_connected_components(graph))
    if len(parts) > 1:
        return ("parallel", frozenset(slowly(part, edges) for part in parts))
    order = list(nx.topological_sort(graph))
    before = {vertex: nx.ancestors(graph, vertex) for vertex in order}
    cuts = [k for k in range(1, len(order)) if all(before[late] >= set(order[:k]) for late in order[k:])]
    if cuts:
        pieces = zip([0, *cuts], [*cuts, len(order)], strict=True)
        return ("series", tuple(slowly(set(order[low:high]), edges) for low, high in pieces))
    return ("tangle", tuple(frozenset(level) for level in nx.topological_generations(graph)))


@given(st.integers(0, 10**9), st.integers(1, 12), st.floats(0, 1))
def test_any_order_is_split_as_far_as_it_goes(seed: int, size: int, share: float) -> None:
    random = Random(seed)
    names = random.sample(range(size), size)
    edges = [(names[a], names[b]) for b in range(size) for a in range(b) if random.random() < share]
    random.shuffle(edges)
    assert plain(decompose(size, edges)) == slowly(set(range(size)), edges)


def nested(depth: int, shape: str) -> Edges:
    """A nest so deep: each level one way of holding the rest of it."""
    edges: Edges = []
    sources, sinks, free = [0], [0], 1
    for _ in range(depth):
        a, b, c = free, free + 1, free + 2
        free += 3
        if shape == "front":
            edges += [(first, second) for first in (a, b) for second in (*sources, c)]
            sources, sinks = [a, b], [*sinks[:2], c]
        else:
            edges += [(first, second) for first in (*sinks, c) for second in (a, b)]
            sources, sinks = [*sources[:2], c], [a, b]
    return edges


@pytest.mark.parametrize("shape", ["front", "back"])
def test_work_grows_with_depth_and_not_with_its_square(shape: str) -> None:
    def split(depth: int) -> Callable[[], object]:
        edges = nested(depth, shape)
        return lambda: decompose(3 * depth + 1, edges)

    assert growth(split, 100, 800) < 16
