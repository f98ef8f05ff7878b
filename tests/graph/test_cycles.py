"""The edges that close cycles."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counting import growth
from quartet.graph.cycles import closing_edges, loop_edges, reports, unmarked_loop_edges, would_close_cycle
from quartet.graph.edits import Add, Set, apply
from quartet.graph.model import Agent, Edge, Graph


def drawn(*paths: str, **kinds: str) -> Graph:
    """A graph from flow paths like "a b c", and edges of other kinds as `handoff="a b, b a"`."""
    graph = Graph()
    edges: list[tuple[str, str, str]] = []
    for kind, path in [*(("flow", path) for path in paths), *kinds.items()]:
        for part in path.split(","):
            edges.extend((kind, *pair) for pair in pairwise(part.split()))
    for kind, source, target in edges:
        for id in (source, target):
            if id not in graph.agents:
                apply(graph, [Add(section="agents", item=Agent(id=id, kind="llm", name=id))])
        id = f"{source}{target}" if f"{source}{target}" not in graph.edges else f"{source}{target}2"
        edge = Edge.model_validate({"id": id, "source": source, "target": target, "kind": kind})
        apply(graph, [Add(section="edges", item=edge)])
    return graph


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a b c"], set()),
        (["a b", "a c", "b d", "c d"], set()),
        (["a b c a"], {"ca"}),
        (["a b c b", "c d"], {"cb"}),
        (["x b", "b c a b"], {"ab"}),
        (["a a"], {"aa"}),
        (["s a b a", "b c b", "c d"], {"ba", "cb"}),
        (["s a b c d", "c b", "d a"], {"cb", "da"}),
        (["s a", "s b", "a b a"], {"ab", "ba"}),
        (["s a", "t c", "a b c d a"], {"da", "bc"}),
    ],
)
def test_the_edges_back_to_where_a_cycle_is_entered_are_loops(paths: list[str], expected: set[str]) -> None:
    assert loop_edges(drawn(*paths)) == expected


def test_a_cycle_that_nothing_enters_begins_at_its_stated_start_or_its_first_agent() -> None:
    graph = drawn("a b c a")
    assert loop_edges(graph) == {"ca"}
    apply(graph, [Set(section="agents", id="c", values={"start": True})])
    assert loop_edges(graph) == {"bc"}


def test_a_marked_loop_is_one_and_leaves_no_other() -> None:
    graph = drawn("a b c a")
    apply(graph, [Set(section="edges", id="ab", values={"loop": True})])
    assert loop_edges(graph) == {"ab"}
    assert unmarked_loop_edges(graph) == set()


def test_a_report_to_the_own_supervisor_closes_nothing() -> None:
    graph = drawn("s a b s", supervise="s a, s b")
    assert reports(graph) == {"bs"}
    assert loop_edges(graph) == set()
    assert not would_close_cycle(graph, "a", "s")


def test_agents_that_hand_off_to_each_other_are_one_group() -> None:
    graph = drawn("x a", "b x", handoff="a b, b a")
    assert loop_edges(graph) == {"bx"}
    assert would_close_cycle(drawn("x a", handoff="a b, b a"), "b", "x")


def test_whom_a_task_is_handed_to_belongs_to_the_chain_although_nothing_leads_back() -> None:
    # a run waits for the chain as a whole: without a loop the chain and x would wait for each other
    assert loop_edges(drawn("x a", "b x", handoff="a b")) == {"bx"}
    assert would_close_cycle(drawn("x a", handoff="a b"), "b", "x")
    # what leads from one of the chain to another starts that one anew, and nobody waits for it
    assert loop_edges(drawn("a c", handoff="a c")) == frozenset()
    assert loop_edges(drawn("a b", "b a", handoff="a c, b c")) == {"ba"}
    assert not would_close_cycle(drawn("a b", handoff="a c, b c"), "b", "c")


def test_fallback_edges_close_cycles_like_others() -> None:
    graph = drawn("a b a")
    apply(graph, [Set(section="edges", id="ba", values={"on": "failure"})])
    assert loop_edges(graph) == {"ba"}


digraphs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=22, unique=True)


def level_by_level(nodes: list[int], edges: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """The definition, word for word: group by group inwards."""
    found = {pair for pair in edges if pair[0] == pair[1]}
    waiting = [set(nodes)]
    left = {pair for pair in edges if pair[0] != pair[1]}
    while waiting:
        area = waiting.pop()
        inside = nx.DiGraph([(a, b) for a, b in left if a in area and b in area])
        for group in list(nx.strongly_connected_components(inside)):
            if len(group) > 1:
                entries = {b for a, b in edges if b in group and a not in group} or {min(group)}
                back = {(a, b) for a, b in left if a in group and b in entries}
                found |= back
                left -= back
                waiting.append(group)
    return found


@given(digraphs)
def test_the_quick_way_finds_what_the_definition_says(edges: list[tuple[int, int]]) -> None:
    keyed = [(edge, *edge) for edge in edges]
    assert closing_edges(range(8), keyed) == level_by_level(list(range(8)), edges)


@pytest.mark.parametrize("seed", range(12))
def test_so_it_does_where_groups_lose_many_nodes_one_after_the_other(seed: int) -> None:
    chance = Random(seed)
    edges = list(dict.fromkeys((chance.randrange(40), chance.randrange(40)) for _ in range(60 + 10 * seed)))
    assert closing_edges(range(40), [(edge, *edge) for edge in edges]) == level_by_level(list(range(40)), edges)


@given(digraphs, st.randoms(use_true_random=False))
def test_no_cycle_is_left_and_the_order_of_the_edges_does_not_matter(
    edges: list[tuple[int, int]], random: object
) -> None:
    keyed = [(edge, *edge) for edge in edges]
    closing = closing_edges(range(8), keyed)
    assert nx.is_directed_acyclic_graph(nx.DiGraph([edge for edge in edges if edge not in closing]))
    random.shuffle(keyed)  # type: ignore[attr-defined]
    assert closing_edges(range(8), keyed) == closing
    if nx.is_directed_acyclic_graph(nx.DiGraph(edges)):
        assert not closing


@given(digraphs, st.integers(0, 7), st.integers(0, 7))
def test_an_edge_would_close_a_cycle_exactly_if_the_target_leads_to_its_source(
    edges: list[tuple[int, int]], source: int, target: int
) -> None:
    graph = Graph()
    apply(graph, [Add(section="agents", item=Agent(id=str(i), kind="llm", name=str(i))) for i in range(8)])
    apply(
        graph,
        [
            Add(section="edges", item=Edge(id=f"{a}{b}", source=str(a), target=str(b), loop=(a + b) % 3 == 0))
            for a, b in edges
        ],
    )
    plain = nx.DiGraph([(a, b) for a, b in edges if (a + b) % 3])
    plain.add_nodes_from(range(8))
    assert would_close_cycle(graph, str(source), str(target)) == nx.has_path(plain, target, source)


def shaped(shape: str, n: int) -> list[tuple[int, int]]:
    chain = list(pairwise(range(n)))
    more = {
        "chain": [],
        "ring": [(n - 1, 0)],
        "two-way chain": [(b, a) for a, b in chain],
        "nested rings": [(n - 1 - i, i) for i in range(n // 2 - 1)],
        "ladder": [(i, i - 2) for i in range(2, n, 2)],
        "nested rings with skips": [(n - 1 - i, i) for i in range(n // 2 - 1)] + [(i, i + 2) for i in range(n - 2)],
        "nested rings entered twice": [(n - 1 - i, i + 1) for i in range(n // 2)] + [(i, n - 1 - i) for i in range(n)],
    }[shape]
    return [*chain, *more]


@pytest.mark.parametrize("shape", ["nested rings with skips", "nested rings entered twice"])
def test_cycles_in_cycles_that_are_entered_at_several_places_are_searched_once(shape: str) -> None:
    def search(n: int) -> Callable[[], object]:
        edges = [(edge, *edge) for edge in dict.fromkeys(shaped(shape, n)) if edge[0] != edge[1]]
        return lambda: closing_edges(range(n), edges)

    assert growth(search, 100, 800) < 16
    edges = [edge for edge in dict.fromkeys(shaped(shape, 60)) if edge[0] != edge[1]]
    assert closing_edges(range(60), [(edge, *edge) for edge in edges]) == level_by_level(list(range(60)), edges)


@pytest.mark.parametrize("shape", ["chain", "ring", "two-way chain", "nested rings", "ladder"])
def test_work_grows_with_the_size_and_not_with_its_square(shape: str) -> None:
    def search(n: int) -> Callable[[], object]:
        edges = [(edge, *edge) for edge in shaped(shape, n)]
        return lambda: closing_edges(range(n), edges)

    # eight times the size: linear is 8, quadratic 64
    assert growth(search, 250, 2_000) < 16
    edges = shaped(shape, 8_000)
    assert len(closing_edges(range(8_000), [(edge, *edge) for edge in edges])) == len(edges) - 7_999
