"""Laying out a drawing again moves little of it: what stands stays, and what was not touched keeps its shape."""

from dataclasses import replace
from random import Random
from statistics import median_high, median_low

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from patterns.drawing_of_trees import draw
from patterns.odd_shapes import chained, drawing
from patterns.random_trees import random_tree
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph, Point
from quartet.patterns.blocks import BETWEEN_BRANCHES, BETWEEN_STEPS, CARD_HEIGHT, CARD_WIDTH
from quartet.patterns.layout import layout
from quartet.patterns.standing import Standing
from quartet.patterns.tree import FanOut, Inner, Leaf, Supervisor, Swarm, Tree
from quartet.patterns.verdict import classify

CHILDREN = {"pipeline": "stages", "fan_out": "branches", "supervisor": "workers", "swarm": "members"}
NEW = AgentId("new")
STEP = CARD_WIDTH + BETWEEN_STEPS, CARD_HEIGHT + BETWEEN_BRANCHES
"""What one card more in a line takes."""

seeds = st.integers(0, 10**9)
trees = st.builds(
    lambda seed, budget, depth: random_tree(Random(seed), budget, depth), seeds, st.integers(3, 120), st.integers(1, 8)
)


def leaves(text: str) -> tuple[Leaf, ...]:
    return tuple(Leaf(AgentId(name)) for name in text.split())


def inner(tree: Tree) -> list[Inner]:
    return [node for node in tree.walk() if not isinstance(node, Leaf)]


def with_children(tree: Tree, part: Inner, children: list[Tree]) -> Tree:
    """The tree with other children of one of its parts."""
    made: dict[int, Tree] = {}
    for node in reversed(list(tree.walk())):
        now = children if node is part else [made[id(child)] for child in node.children]
        made[id(node)] = node if isinstance(node, Leaf) else replace(node, **{CHILDREN[node.pattern]: tuple(now)})
    return made[id(tree)]


def edited(tree: Tree, part: Inner, random: Random) -> Tree:
    """The tree with one agent more or less in one of its parts."""
    children = list(part.children)
    spoken_for = {agent for agent, _ in part.fallback}
    loose = [i for i, child in enumerate(children) if isinstance(child, Leaf) and child.agent not in spoken_for]
    if len(children) > 2 and loose and random.random() < 0.5:
        children.pop(random.choice(loose))
    else:
        children.insert(random.randint(0, len(children)), Leaf(NEW))
    return with_children(tree, part, children)


def broken_anew(old: Tree, new: Tree, before: dict[AgentId, Point], after: dict[AgentId, Point]) -> bool:
    """Whether the workers of a supervisor, or the branches of a fan-out, stand in more lines than before, or fewer."""

    def lines(tree: Tree, places: dict[AgentId, Point]) -> list[int]:
        standing = Standing(list(tree.walk()), places, {})
        found = [standing.lines(node.children, "x" if isinstance(node, FanOut) else "y") for node in inner(tree)]
        return [len(stand.several) if stand else 0 for stand in found]

    return lines(old, before) != lines(new, after)


def ways(graph: Graph) -> set[tuple[str, ...]]:
    return {(edge.source, edge.target, edge.kind, str(edge.on)) for edge in graph.edges.values()}


def extent(places: list[Point], axis: int) -> float:
    return max(place[axis] for place in places) - min(place[axis] for place in places) + (CARD_WIDTH, CARD_HEIGHT)[axis]


@given(trees)
@example(random_tree(Random(13), 8, 6))  # two peers one above the other, of which one is a group
def test_what_is_laid_out_stays_where_it_is_when_it_is_laid_out_again(tree: Tree) -> None:
    graph = draw(tree)
    found = layout(graph)
    assert layout(graph, standing=found) == found
    moved = {agent: (x + 4_000, y - 640) for agent, (x, y) in found.items()}
    assert layout(graph, standing=moved) == moved


@given(trees, seeds)
@example(random_tree(Random(347155753), 5, 4), 1)  # two peers, one above the other, of which one has stand-ins
@example(random_tree(Random(1021), 39, 7), 40)  # a group of peers in which one peer, itself a group, gets larger
@example(random_tree(Random(20013037), 27, 8), 1385265)  # a short branch comes after one that is tall
@settings(max_examples=settings.default.max_examples * 2)
def test_one_agent_more_or_less_moves_the_others_by_what_the_drawing_grows_and_one_step_at_most(
    tree: Tree, seed: int
) -> None:
    random = Random(seed)
    assume(inner(tree))
    part = random.choice(inner(tree))
    new = edited(tree, part, random)
    graph = draw(new)
    verdict = classify(graph)
    assume(verdict.tree == new)  # some agents do not fit just anywhere: the drawing then means another tree
    old = draw(tree)
    before = layout(old)
    after = layout(graph, verdict, before)
    staying = [agent for agent in after if agent in before]
    moves = {agent: (after[agent][0] - before[agent][0], after[agent][1] - before[agent][1]) for agent in staying}
    for axis in (0, 1):  # half of the drawing does not move
        along = [move[axis] for move in moves.values()]
        assert median_low(along) <= 0 <= median_high(along)
    known = set(tree.walk())
    redrawn = {end for way in ways(old) ^ ways(graph) for end in way[:2]}
    for node in inner(new):  # what nothing was done to moves as one
        if node in known and redrawn.isdisjoint(node.agents):
            for axis in (0, 1):
                along = [moves[agent][axis] for agent in node.agents]
                assert max(along) - min(along) <= 4, node
    if isinstance(part, Swarm):
        return  # its peers close up or make room all around the ring
    if broken_anew(tree, new, before, after):
        return  # a row of parts that got much too long, or much shorter, is broken into other lines
    held = [agent for agent in (*part.agents, NEW) if agent in after]
    for axis in (0, 1):
        of_part = extent([after[agent] for agent in held], axis) - extent([before[a] for a in part.agents], axis)
        of_all = extent(list(after.values()), axis) - extent(list(before.values()), axis)
        for agent in staying:
            if agent not in part.agents:
                assert abs(moves[agent][axis]) <= abs(of_part) + abs(of_all) + STEP[axis], agent


def test_branches_keep_the_order_in_which_a_person_put_them() -> None:
    graph = draw(FanOut(branches=leaves("a b c"), trigger=AgentId("t"), collector=AgentId("z")))
    before = layout(graph)
    turned = {**before, AgentId("a"): before[AgentId("c")], AgentId("c"): before[AgentId("a")]}
    found = layout(graph, standing=turned)
    assert sorted("abc", key=lambda agent: found[AgentId(agent)][1]) == ["c", "b", "a"]
    assert found == turned


def test_workers_keep_the_order_in_which_a_person_put_them() -> None:
    graph = draw(Supervisor(supervisor=AgentId("s"), workers=leaves("a b c")))
    stood = {AgentId(agent): (x, 300.0) for agent, x in (("c", 0.0), ("a", 250.0), ("b", 700.0))}
    found = layout(graph, standing={**stood, AgentId("s"): (250.0, 0.0)})
    assert sorted("abc", key=lambda agent: found[AgentId(agent)]) == ["c", "a", "b"]
    assert len({found[AgentId(agent)][1] for agent in "abc"}) == 1


def test_peers_keep_their_order_around_the_ring() -> None:
    graph = draw(Swarm(members=leaves("a b c d e")))
    before = layout(graph)
    turned = {**before, AgentId("b"): before[AgentId("c")], AgentId("c"): before[AgentId("b")]}
    assert layout(graph, standing=turned) == turned


def test_steps_of_an_entangled_part_keep_their_order_where_no_more_edges_cross() -> None:
    graph = drawing(6, [(0, 3), (0, 4), (1, 3), (1, 4), (1, 5), (2, 5), (2, 4)])
    before = layout(graph)
    upside_down = {agent: (x, -y) for agent, (x, y) in before.items()}
    found = layout(graph, standing=upside_down)
    for level in ("012", "345"):
        agents = [AgentId(f"a{number}") for number in level]
        assert sorted(agents, key=lambda a: found[a][1]) == sorted(agents, key=lambda a: upside_down[a][1])


def test_a_new_agent_comes_to_stand_where_it_was_dropped_among_the_branches() -> None:
    graph = draw(FanOut(branches=leaves("a b c new"), trigger=AgentId("t")))
    before = layout(draw(FanOut(branches=leaves("a b c"), trigger=AgentId("t"))))
    x, y = before[AgentId("a")]
    found = layout(graph, standing={**before, NEW: (x + 31, y + 40)})
    assert sorted(["a", "b", "c", "new"], key=lambda agent: found[AgentId(agent)][1]) == ["a", "new", "b", "c"]


def chain(count: int) -> Graph:
    return drawing(count, chained(count))


def lines_of(found: dict[AgentId, Point]) -> list[int]:
    heights = [y for _, y in found.values()]
    return [heights.count(y) for y in sorted(set(heights))]


def test_a_row_of_more_than_fourteen_steps_is_folded_into_lines_that_are_read_from_the_left() -> None:
    assert lines_of(layout(chain(14))) == [14]
    found = layout(chain(40))
    assert lines_of(found) == [13, 14, 13]
    places = list(found.values())
    assert places == sorted(places, key=lambda place: (place[1], place[0]))
    assert {x for x, y in places if places.index((x, y)) in (0, 13, 27)} == {places[0][0]}


def test_a_folded_row_that_gets_longer_keeps_its_lines_until_one_is_much_too_long() -> None:
    before = layout(chain(40))
    graph = chain(40)
    graph.agents[NEW] = Agent(id=NEW, kind="llm", name="new")
    last = graph.edges.pop(EdgeId("e2"))
    for id, source, target in (("x", last.source, NEW), ("y", NEW, last.target)):
        graph.edges[EdgeId(id)] = Edge(id=EdgeId(id), source=source, target=target)
    after = layout(graph, standing=before)
    assert lines_of(after) == [14, 14, 13]
    assert sum(before[agent] != after[agent] for agent in before) == 10  # the rest of that line
    assert lines_of(layout(chain(60), standing=before)) == lines_of(layout(chain(60)))


def test_ten_thousand_steps_are_a_page_and_no_endless_line() -> None:
    found = layout(chain(10_000)).values()
    width, height = (max(place[axis] for place in found) for axis in (0, 1))
    assert 0.4 < height / width < 1.5


def test_what_is_told_grows_and_ends_the_layout_by_raising() -> None:
    graph = drawing(400, [(a, b) for a in range(390) for b in (a + 3, a + 7)])
    shares: list[float] = []
    layout(graph, told=shares.append)
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.3 < shares[-1] <= 1

    class Enough(Exception):
        pass

    def stop(share: float) -> None:
        raise Enough

    with pytest.raises(Enough):
        layout(graph, told=stop)
