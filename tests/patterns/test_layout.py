"""Where agents stand: nobody on top of another, parts together, the shape of each pattern, always the same."""

from collections.abc import Iterable, Sequence
from itertools import pairwise, permutations
from math import atan2
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.drawing_of_trees import draw
from patterns.random_trees import random_tree
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.blocks import CARD_HEIGHT, CARD_WIDTH
from quartet.patterns.layout import layout
from quartet.patterns.rings import untangled
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Supervisor, Swarm, Tree

trees = st.builds(
    lambda seed, budget, depth: random_tree(Random(seed), budget, depth),
    st.integers(0, 10**9),
    st.integers(3, 120),
    st.integers(1, 6),
)


def leaves(text: str) -> tuple[Leaf, ...]:
    return tuple(Leaf(AgentId(name)) for name in text.split())


@given(trees)
def test_no_two_cards_touch_and_every_agent_has_a_place_on_the_grid(tree: Tree) -> None:
    graph = draw(tree)
    found = layout(graph)
    assert list(found) == list(graph.agents)
    assert all(x % 4 == 0 and y % 4 == 0 for x, y in found.values())
    in_order = sorted(found.values())
    for index, (x, y) in enumerate(in_order):
        for other_x, other_y in in_order[index + 1 :]:
            if other_x - x >= CARD_WIDTH + 20:
                break
            assert abs(other_y - y) >= CARD_HEIGHT + 20 or other_x - x >= CARD_WIDTH + 20


@given(trees)
def test_no_stranger_stands_among_the_agents_of_a_part(tree: Tree) -> None:
    found = layout(draw(tree))
    for part in tree.walk():
        if isinstance(part, Leaf):
            continue
        left, right = (pick(found[agent][0] for agent in part.agents) for pick in (min, max))
        top, bottom = (pick(found[agent][1] for agent in part.agents) for pick in (min, max))
        for agent, (x, y) in found.items():
            if agent not in part.agents:
                assert not (left <= x <= right and top <= y <= bottom), (agent, part)


def test_a_pipeline_is_a_row() -> None:
    found = layout(draw(Pipeline(stages=leaves("a b c"))))
    assert len({y for _, y in found.values()}) == 1
    assert [agent for agent, _ in sorted(found.items(), key=lambda item: item[1])] == ["a", "b", "c"]


@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_a_fan_out_is_symmetric_between_its_trigger_and_its_collector(count: int) -> None:
    branches = leaves(" ".join(f"b{index}" for index in range(count)))
    found = layout(draw(FanOut(branches=branches, trigger=AgentId("t"), collector=AgentId("c"))))
    heights = [found[branch.agent][1] for branch in branches]
    assert found["t"][1] == found["c"][1] == pytest.approx((min(heights) + max(heights)) / 2, abs=4)
    assert found["t"][0] < found["b0"][0] < found["c"][0]
    assert len({found[branch.agent][0] for branch in branches}) == 1


def test_a_supervisor_stands_over_the_middle_of_its_workers() -> None:
    found = layout(draw(Supervisor(supervisor=AgentId("s"), workers=leaves("a b c"))))
    assert found["s"][0] == found["b"][0]
    assert {found[agent][1] > found["s"][1] + CARD_HEIGHT for agent in "abc"} == {True}


def test_a_swarm_is_a_ring_around_its_board() -> None:
    tree = Swarm(members=leaves("a b c d"), board=AgentId("m"))
    found = layout(draw(tree))
    middle = [sum(found[agent][axis] for agent in "abcd") / 4 for axis in (0, 1)]
    assert found["m"] == (pytest.approx(middle[0], abs=4), pytest.approx(middle[1], abs=4))


@pytest.mark.parametrize(
    "ways", ["topic-pro topic-con", "pro-judge con-judge", "topic-pro topic-con pro-judge con-judge"]
)
def test_two_peers_who_both_get_work_or_pass_it_on_stand_one_above_the_other(ways: str) -> None:
    graph = Graph()
    for way in f"pro=con con=pro {ways}".split():
        source, target = map(AgentId, way.replace("=", "-").split("-"))
        for id in (source, target):
            kind = {"topic": "trigger", "judge": "collector"}.get(id, "llm")
            graph.agents.setdefault(id, Agent(id=id, kind=kind, name=id))
        kind = "handoff" if "=" in way else "flow"
        graph.edges[EdgeId(way)] = Edge.model_validate({"id": way, "source": source, "target": target, "kind": kind})
    at = layout(graph)
    (x, y), (other_x, other_y) = at[AgentId("pro")], at[AgentId("con")]
    assert x == other_x and abs(other_y - y) > CARD_HEIGHT
    for end in at.keys() - {"pro", "con"}:
        assert at[end][1] == (y + other_y) / 2


def test_a_large_peer_does_not_push_the_small_ones_far_away() -> None:
    group = Supervisor(supervisor=AgentId("s"), workers=leaves("p q r t u"))
    found = layout(draw(Swarm(members=(*leaves("a b"), group))))
    left, right = min(x for x, _ in found.values()), max(x for x, _ in found.values()) + CARD_WIDTH
    assert right - left < 5 * (CARD_WIDTH + 32) + 2 * (CARD_WIDTH + 50)


def test_two_peers_who_both_get_work_have_their_board_between_them() -> None:
    graph = Graph()
    for name in "tabmz":
        kind = {"t": "trigger", "m": "board", "z": "collector"}.get(name, "llm")
        graph.agents[AgentId(name)] = Agent(id=AgentId(name), kind=kind, name=name)
    for way in ("ta", "tb", "az", "bz", "ma", "mb"):
        source, target = map(AgentId, way)
        kind = "share" if source == "m" else "flow"
        graph.edges[EdgeId(way)] = Edge.model_validate({"id": way, "source": source, "target": target, "kind": kind})
    at = layout(graph)
    (x, y), (board_x, board_y), (other_x, other_y) = (at[AgentId(name)] for name in "amb")
    assert x == board_x == other_x
    assert y + CARD_HEIGHT < board_y < other_y - CARD_HEIGHT
    assert at[AgentId("t")][1] == at[AgentId("z")][1] == (y + other_y) / 2


def test_the_peer_that_work_comes_to_stands_on_the_side_it_comes_from() -> None:
    graph = draw(Swarm(members=leaves("a b c d"), trigger=AgentId("t")))
    found = layout(graph)
    assert min(found["abcd"[index]] for index in range(4)) == found["a"]
    assert found["t"][1] == found["a"][1]


def test_what_steps_in_stands_under_the_agent_it_steps_in_for() -> None:
    a, b, f = AgentId("a"), AgentId("b"), AgentId("f")
    found = layout(draw(Pipeline(stages=(Leaf(a), Leaf(b)), fallback=((a, (f,)),))))
    assert found[f][0] == found[a][0]
    assert found[f][1] > found[a][1] + CARD_HEIGHT


def test_many_branches_do_not_become_an_endless_column() -> None:
    branches = leaves(" ".join(f"b{index}" for index in range(400)))
    found = layout(draw(FanOut(branches=branches, trigger=AgentId("t"))))
    width, height = (max(place[axis] for place in found.values()) for axis in (0, 1))
    assert 0.4 < height / width < 2.5


def test_the_same_drawing_always_gets_the_same_layout_wherever_its_agents_stood() -> None:
    graph = draw(Pipeline(stages=leaves("a b c")))
    first = layout(graph)
    graph.positions = {agent: (float(index), -9.0) for index, agent in enumerate(graph.agents)}
    assert layout(graph) == first


def test_agents_that_are_in_no_part_stand_below() -> None:
    graph = Graph()
    for name, kind in (("a", "llm"), ("b", "llm"), ("idle", "trigger"), ("notes", "board")):
        graph.agents[AgentId(name)] = Agent(id=AgentId(name), kind=kind, name=name)
    graph.edges[EdgeId("e")] = Edge(id=EdgeId("e"), source=AgentId("a"), target=AgentId("b"))
    found = layout(graph)
    assert found["idle"][1] > found["a"][1] + CARD_HEIGHT
    assert found["notes"][1] > found["a"][1] + CARD_HEIGHT


def test_nothing_drawn_needs_no_place() -> None:
    assert layout(Graph()) == {}


def flow_graph(text: str) -> Graph:
    """A graph of ordinary flow: “a>b a>c”."""
    graph = Graph()
    for way in text.split():
        source, target = way.split(">")
        for name in (source, target):
            graph.agents[AgentId(name)] = Agent(id=AgentId(name), kind="llm", name=name)
        graph.edges[EdgeId(way)] = Edge(id=EdgeId(way), source=AgentId(source), target=AgentId(target))
    return graph


def test_the_levels_of_an_entangled_part_are_columns_in_which_no_edges_cross_that_need_not() -> None:
    graph = flow_graph("a>y a>z b>x b>y c>z c>w d>w")
    found = layout(graph)
    assert len({found[agent][0] for agent in "abcd"}) == 1
    assert len({found[agent][0] for agent in "wxyz"}) == 1
    ways = [(found[edge.source][1], found[edge.target][1]) for edge in graph.edges.values()]
    assert not [(one, other) for one in ways for other in ways if one[0] < other[0] and one[1] > other[1]]


def test_an_edge_over_several_levels_of_an_entangled_part_keeps_room_between_their_cards() -> None:
    graph = flow_graph("a>x x>z b>y y>z y>w b>w a>w")
    found = layout(graph)
    del graph.edges[EdgeId("a>w")]
    graph.edges.pop(EdgeId("b>w"))
    without = layout(graph)
    with_it, without_it = (abs(place["x"][1] - place["y"][1]) for place in (found, without))
    assert with_it > without_it


@given(st.integers(0, 10**9), st.integers(4, 40))
def test_no_two_cards_of_an_entangled_part_touch(seed: int, size: int) -> None:
    random = Random(seed)
    ways = {
        f"a{random.randrange(target)}>a{target}" for target in range(1, size) for _ in range(random.choice((1, 1, 2)))
    }
    found = list(layout(flow_graph(" ".join(sorted(ways)))).values())
    for index, (x, y) in enumerate(found):
        for other_x, other_y in found[index + 1 :]:
            assert abs(x - other_x) >= CARD_WIDTH + 20 or abs(y - other_y) >= CARD_HEIGHT + 20


def test_an_edge_that_skips_stages_passes_above_them() -> None:
    found = layout(flow_graph("a>b b>c c>d a>d"))
    assert found["a"][1] == found["d"][1]
    assert found["b"][1] == found["c"][1] > found["a"][1] + CARD_HEIGHT / 2


def test_a_router_stands_to_the_left_of_the_agents_it_chooses_from() -> None:
    graph = flow_graph("r>a r>b r>c")
    graph.agents[AgentId("r")] = Agent(id=AgentId("r"), kind="router", name="r")
    found = layout(graph)
    assert {found[agent][0] > found["r"][0] + CARD_WIDTH for agent in "abc"} == {True}
    assert found["r"][1] == found["b"][1]


def test_many_workers_are_laid_like_bricks() -> None:
    found = layout(draw(Supervisor(supervisor=AgentId("s"), workers=leaves("a b c d e f g"))))
    upper, lower = [found[agent][0] for agent in "abcd"], [found[agent][0] for agent in "efg"]
    assert [x for x, _ in zip(lower, upper, strict=False)] == [(left + right) / 2 for left, right in pairwise(upper)]


def test_groups_under_one_supervisor_stand_side_by_side() -> None:
    groups = tuple(Supervisor(supervisor=AgentId(f"s{n}"), workers=leaves(f"a{n} b{n} c{n}")) for n in range(4))
    found = layout(draw(Supervisor(supervisor=AgentId("s"), workers=groups)))
    assert len({found[f"s{n}"][1] for n in range(4)}) == 1


def test_peers_stand_so_far_apart_that_a_hand_off_runs_past_the_others() -> None:
    graph = Graph()
    for name in "abcdef":
        graph.agents[AgentId(name)] = Agent(id=AgentId(name), kind="llm", name=name)
    for source in "abcdef":
        for target in "abcdef":
            if source != target:
                way = EdgeId(source + target)
                graph.edges[way] = Edge(id=way, source=AgentId(source), target=AgentId(target), kind="handoff")
    found = layout(graph)
    for edge in graph.edges.values():
        (ax, ay), (bx, by) = found[edge.source], found[edge.target]
        for agent in graph.agents.keys() - {edge.source, edge.target}:
            for step in range(1, 20):
                x, y = ax + (bx - ax) * step / 20, ay + (by - ay) * step / 20
                near = abs(x - found[agent][0]) < CARD_WIDTH / 2 and abs(y - found[agent][1]) < CARD_HEIGHT / 2
                assert not near, (edge.id, agent)


def test_what_leaves_a_loop_in_the_middle_passes_above_its_last_steps() -> None:
    graph = flow_graph("find>grade grade>ask ask>find grade>write")
    graph.edges[EdgeId("ask>find")] = graph.edges[EdgeId("ask>find")].model_copy(update={"loop": True})
    found = layout(graph)
    assert found["find"][1] == found["grade"][1] == found["write"][1]
    assert found["ask"][1] > found["grade"][1] + CARD_HEIGHT / 2


def test_branches_begin_in_one_column_however_long_they_are_or_deep_in_regions() -> None:
    short, long = Leaf(AgentId("s")), Pipeline(stages=leaves("a b c"))
    nest = Pipeline(stages=(FanOut(branches=leaves("p q"), collector=AgentId("r")), *leaves("u")))
    found = layout(draw(FanOut(branches=(short, long, nest), trigger=AgentId("t"))))
    assert found["s"][0] == found["a"][0] == found["p"][0] == found["q"][0]


def test_a_branch_that_gets_longer_moves_no_other_one() -> None:
    def parallel(stages: str) -> Graph:
        return draw(FanOut(branches=(*leaves("a b"), Pipeline(stages=leaves(stages))), trigger=AgentId("t")))

    before = layout(parallel("p q"))
    after = layout(parallel("p q r"), standing=before)
    assert {agent: after[agent] for agent in before} == before


def test_what_steps_in_for_a_branch_does_not_push_it_out_of_its_column() -> None:
    a, b, f, g = map(AgentId, "abfg")
    found = layout(draw(FanOut(branches=(Leaf(a), Leaf(b)), trigger=AgentId("t"), fallback=((a, (f, g)),))))
    assert found[a][0] == found[b][0]


def crossed(order: Sequence[int], chords: Iterable[tuple[int, int]]) -> int:
    """How many pairs of chords cross around a ring."""
    at = {each: place for place, each in enumerate(order)}
    ends = {tuple(sorted((at[one], at[other]))) for one, other in chords}
    return sum(a < c < b < d for a, b in ends for c, d in ends)


@given(st.integers(2, 9), st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20))
def test_around_a_ring_no_more_hand_offs_cross_than_before(count: int, chords: set[tuple[int, int]]) -> None:
    chords = {(one, other) for one, other in chords if one < count and other < count and one != other}
    order = untangled(range(count), chords)
    assert sorted(order) == list(range(count))
    assert order[0] == 0
    assert crossed(order, chords) <= crossed(range(count), chords)


def test_around_a_ring_hardly_more_hand_offs_cross_than_must() -> None:
    random = Random(1)
    found = least = drawn = 0
    for _ in range(40):
        count = random.randint(4, 7)
        chords = {(one, other) for one in range(count) for other in range(one) if random.random() < 0.5}
        drawn += crossed(range(count), chords)
        found += crossed(untangled(range(count), chords), chords)
        least += min(crossed((0, *rest), chords) for rest in permutations(range(1, count)))
    assert found <= 1.1 * least < 0.5 * drawn


def test_peers_stand_so_that_few_hand_offs_cross_unless_a_person_has_put_them_otherwise() -> None:
    """A ring a – c – e – b – d – a, named out of order."""
    agents = {AgentId(id): Agent(id=AgentId(id), kind="llm", name=id) for id in "abcde"}
    edges = {
        EdgeId(a + b): Edge(id=EdgeId(a + b), source=AgentId(a), target=AgentId(b), kind="handoff")
        for one in ("ac", "ce", "eb", "bd", "da") for a, b in (one, one[::-1])
    }  # fmt: skip
    graph = Graph(agents=agents, edges=edges)
    found = layout(graph)
    middle = [sum(place[axis] for place in found.values()) / 5 for axis in (0, 1)]
    turn = {id: atan2(y - middle[1], x - middle[0]) for id, (x, y) in found.items()}
    round_ = "".join(sorted(found, key=turn.__getitem__))
    assert all(pair in "acebda" + "adbeca" for pair in map("".join, pairwise(round_ + round_[0])))
    swapped = {**found, AgentId("a"): found[AgentId("b")], AgentId("b"): found[AgentId("a")]}
    assert layout(graph, standing=swapped) == swapped


def test_two_peers_that_their_supervisor_gives_work_to_stand_side_by_side_under_it() -> None:
    """One above the other, the line to the lower one would pass behind the upper."""
    agents = {AgentId(id): Agent(id=AgentId(id), kind="llm", name=id) for id in ("s", "a", "b", "c", "d")}
    ends = [("s", id, "flow") for id in "abcd"] + [("s", id, "supervise") for id in "abcd"]
    ends += [("a", "b", "handoff"), ("b", "a", "handoff"), ("c", "d", "handoff"), ("d", "c", "handoff")]
    edges = {
        EdgeId(f"e{n}"): Edge.model_validate({"id": f"e{n}", "source": a, "target": b, "kind": kind})
        for n, (a, b, kind) in enumerate(ends)
    }
    found = layout(Graph(agents=agents, edges=edges))
    assert len({found[AgentId(id)][1] for id in "abcd"}) == 1
    assert found[AgentId("s")][1] < found[AgentId("a")][1]
