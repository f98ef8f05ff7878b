"""What holds of every drawing: the tree of a drawn tree is that tree, and nothing but the meaning counts."""

from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from patterns.drawing_of_trees import draw
from patterns.random_trees import random_tree
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.tree import Leaf, Pipeline, Tree
from quartet.patterns.verdict import classify

seeds = st.integers(0, 10**9)
trees = st.builds(
    lambda seed, budget, depth: random_tree(Random(seed), budget, depth), seeds, st.integers(3, 200), st.integers(1, 8)
)


@given(trees)
@settings(max_examples=settings.default.max_examples * 3)
def test_a_drawn_tree_is_recognised_as_that_tree(tree: Tree) -> None:
    assert classify(draw(tree)).tree == tree


@given(trees)
def test_every_worker_is_in_the_tree_exactly_once(tree: Tree) -> None:
    graph = draw(tree)
    verdict = classify(graph)
    assert verdict.tree is not None
    beside = [agent for agents in (*verdict.attached.values(), *verdict.fallback.values()) for agent in agents]
    boards = [agent.id for agent in graph.agents.values() if agent.kind == "board"]
    assert sorted([*verdict.tree.workforce, *beside, *boards]) == sorted(graph.agents)


@given(trees, seeds)
def test_ids_names_and_the_order_of_edges_do_not_count(tree: Tree, seed: int) -> None:
    graph = draw(tree)
    random = Random(seed)
    names = list(graph.agents)
    random.shuffle(names)
    new = {old: AgentId(f"x{index}") for index, old in enumerate(names)}
    edges = list(graph.edges.values())
    random.shuffle(edges)
    other = Graph(
        agents={new[a.id]: a.model_copy(update={"id": new[a.id], "name": "?"}) for a in graph.agents.values()},
        edges={
            EdgeId(f"n{index}"): edge.model_copy(
                update={"id": EdgeId(f"n{index}"), "source": new[edge.source], "target": new[edge.target]}
            )
            for index, edge in enumerate(_fallbacks_in_order(edges, list(graph.edges.values())))
        },
        positions={new[agent]: (random.random() * 900, random.random() * 900) for agent in graph.agents},
    )
    assert classify(other).tree == _renamed(classify(graph).tree, new)


def _fallbacks_in_order(shuffled: list[Edge], drawn: list[Edge]) -> list[Edge]:
    """Only the order in which fallbacks are tried is the drawing's own."""
    fallbacks = iter([edge for edge in drawn if edge.on])
    return [next(fallbacks) if edge.on else edge for edge in shuffled]


def _renamed(tree: Tree | None, new: dict[AgentId, AgentId]) -> Tree | None:
    """The tree with other ids, by way of a drawing of its own."""
    if tree is None:
        return None
    graph = draw(tree)
    return classify(
        Graph(
            agents={new[a.id]: a.model_copy(update={"id": new[a.id]}) for a in graph.agents.values()},
            edges={
                e.id: e.model_copy(update={"source": new[e.source], "target": new[e.target]})
                for e in graph.edges.values()
            },
        )
    ).tree


@given(st.integers(2, 12), seeds)
def test_an_edge_that_the_order_implies_changes_nothing(size: int, seed: int) -> None:
    random = Random(seed)
    graph = Graph()
    for index in range(size):
        graph.agents[AgentId(f"a{index}")] = Agent(id=AgentId(f"a{index}"), kind="llm", name="?")
    before: dict[int, set[int]] = {index: set() for index in range(size)}
    for target in range(1, size):
        for source in range(target):
            if random.random() < 0.3:
                before[target] |= before[source] | {source}
                _join(graph, source, target)
    plain = classify(graph).tree
    direct = {(edge.source, edge.target) for edge in graph.edges.values()}
    for target in range(size):
        for source in before[target]:
            if (f"a{source}", f"a{target}") not in direct:
                _join(graph, source, target)
                assert classify(graph).tree == plain


def _join(graph: Graph, source: int, target: int) -> None:
    id = EdgeId(f"e{source}-{target}")
    graph.edges[id] = Edge(id=id, source=AgentId(f"a{source}"), target=AgentId(f"a{target}"))


@given(trees)
@example(Pipeline(stages=(Leaf(AgentId("a")), Leaf(AgentId("b")))))
def test_every_answer_names_edges_that_exist_and_the_last_one_settles_it(tree: Tree) -> None:
    graph = draw(tree)
    verdict = classify(graph)
    assert verdict.tree is not None
    for part in verdict.tree.walk():
        if isinstance(part, Leaf):
            continue
        assert part.questions[part.chosen].answer == f"Yes: {part.title}"
        assert part.chosen == len(part.questions) - 1
        for question in part.questions:
            assert set(question.edges) <= graph.edges.keys()
            assert all(
                {graph.edges[edge].source, graph.edges[edge].target} <= part.agents for edge in question.edges
            ), question
        if len(part.children) > 1:
            assert part.questions[part.chosen].edges or part.pattern == "fan_out"
