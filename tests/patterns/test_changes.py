"""The smallest change to another pattern does what it says, and takes nothing that it does not need."""

from collections.abc import Iterator
from itertools import permutations
from random import Random

import networkx as nx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from patterns.drawing_of_trees import draw
from patterns.odd_shapes import chained, drawing
from patterns.random_trees import random_tree
from quartet.graph.edits import apply
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, EdgeKind, Graph
from quartet.patterns.changes import ONE, Change, Effort, changes
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Supervisor, Swarm, Tree
from quartet.patterns.verdict import classify

A, B, C = Leaf("a"), Leaf("b"), Leaf("c")
seeds = st.integers(0, 10**9)


def told(graph: Graph) -> dict[str, Change]:
    tree = classify(graph).tree
    assert tree is not None
    assert not isinstance(tree, Leaf)
    return {change.to: change for change in changes(graph, tree)}


def after(graph: Graph, change: Change) -> Tree:
    copy = graph.model_copy(deep=True)
    apply(copy, change.edits)
    tree = classify(copy).tree
    assert tree is not None
    return tree


WHOLE: list[Tree] = [
    Pipeline(stages=(A, B, C)),
    FanOut(trigger="t", branches=(A, B, C)),
    Supervisor(supervisor="s", workers=(A, B, C)),
    Swarm(members=(A, B, C)),
]


@pytest.mark.parametrize("tree", WHOLE, ids=lambda tree: tree.pattern)
def test_every_pattern_can_become_every_other_and_says_how(tree: Tree) -> None:
    graph = draw(tree)
    found = told(graph)
    assert found.keys() == {"pipeline", "fan_out", "supervisor", "swarm"} - {tree.pattern}
    for pattern, change in found.items():
        assert after(graph, change).pattern == pattern
        assert change.text.endswith(".")
        assert set(change.edges) <= graph.edges.keys()


def test_two_steps_are_a_fan_out_once_nothing_is_waited_for() -> None:
    change = told(draw(Pipeline(stages=(A, B))))["fan_out"]
    assert change.text == "Remove a → b."
    assert len(change.edits) == 1


def test_a_supervisor_that_only_gives_work_starts_a_fan_out() -> None:
    graph = draw(Supervisor(supervisor="s", workers=(A, B)))
    change = told(graph)["fan_out"]
    assert after(graph, change) == FanOut(trigger="s", branches=(A, B))


def test_an_event_is_never_asked_to_watch_what_it_starts() -> None:
    graph = draw(FanOut(trigger="t", branches=(A, B, C)))
    graph.agents[AgentId("t")] = graph.agents[AgentId("t")].model_copy(update={"kind": "trigger"})
    found = after(graph, told(graph)["supervisor"])
    assert isinstance(found, Supervisor)
    assert found.supervisor != "t"


def test_a_part_is_changed_and_the_rest_stays() -> None:
    inner = Pipeline(stages=(B, C))
    graph = draw(Supervisor(supervisor="s", workers=(A, inner)))
    tree = classify(graph).tree
    assert tree is not None
    part = next(node for node in tree.walk() if isinstance(node, Pipeline))
    to = {change.to: change for change in changes(graph, part)}
    assert after(graph, to["fan_out"]) == Supervisor(supervisor="s", workers=(A, B, C))


@settings(max_examples=50)
@given(st.builds(lambda seed, budget: random_tree(Random(seed), budget, 3), seeds, st.integers(3, 24)))
@example(random_tree(Random(4096), 7, 3))  # of three edges that go one is needed only as long as another stays
def test_a_change_does_what_it_says_and_needs_all_of_it(tree: Tree) -> None:
    graph = draw(tree)
    whole = classify(graph).tree
    if whole is None or isinstance(whole, Leaf):
        return
    for change in changes(graph, whole):
        assert after(graph, change).pattern == change.to
        for left_out in range(len(change.edits) if len(change.edits) < 6 else 0):
            fewer = change.edits[:left_out] + change.edits[left_out + 1 :]
            copy = graph.model_copy(deep=True)
            try:
                apply(copy, fewer)
            except ValueError:
                continue
            rest = classify(copy).tree
            entangled = isinstance(rest, Pipeline) and rest.entangled  # nobody asks for that
            nobody = rest is None or not rest.agents >= set(whole.workforce)
            assert nobody or rest.pattern != change.to or entangled or not fewer


def test_of_everybody_to_everybody_nothing_is_tried_for_minutes() -> None:
    ids = [AgentId(f"a{number}") for number in range(70)]
    graph = Graph(agents={id: Agent(id=id, kind="llm", name=id) for id in ids})
    for one in ids:
        for other in ids:
            if one != other:
                way = EdgeId(f"{one}-{other}")
                graph.edges[way] = Edge(id=way, source=one, target=other, kind="handoff")
    tree = classify(graph).tree
    assert tree is not None and not isinstance(tree, Leaf)
    effort = Effort()
    assert changes(graph, tree, effort) == ()
    assert set(effort.undecided) == {"pipeline", "fan_out", "supervisor"}


def test_loops_in_loops_are_charged_by_what_a_try_costs_and_what_was_not_found_out_is_known() -> None:
    graph = drawing(80, [*chained(80), *((79 - number, number) for number in range(39))])
    tree = classify(graph).tree
    assert tree is not None and not isinstance(tree, Leaf)
    tries: list[None] = []
    effort = Effort(told=lambda: tries.append(None))
    found = changes(graph, tree, effort)
    assert len(tries) < 25
    assert effort.undecided and {change.to for change in found}.isdisjoint(effort.undecided)
    changes(graph, tree, again := Effort(0))
    assert set(again.undecided) == {"fan_out", "supervisor", "swarm"}


def test_of_what_leads_round_and_round_no_more_is_tried_than_a_person_waits_for() -> None:
    ids = [AgentId(f"a{number}") for number in range(120)]
    graph = Graph(agents={id: Agent(id=id, kind="llm", name=id) for id in ids})
    for number, one in enumerate(ids):
        for other in {ids[(number + 1) % 120], ids[number * 37 % 120 if number % 5 == 2 else 0]} - {one}:
            way = EdgeId(f"{one}-{other}")
            graph.edges[way] = Edge(id=way, source=one, target=other)
    tree = classify(graph).tree
    assert tree is not None and not isinstance(tree, Leaf)
    tries: list[None] = []
    size = len(graph.agents) + len(graph.edges)
    changes(graph, tree, Effort(told=lambda: tries.append(None)))
    assert 3 < len(tries) <= 3 * (2 * ONE // size + 2)
    tries.clear()
    effort = Effort(5 * size, lambda: tries.append(None))
    changes(graph, tree, effort)
    assert effort.spent
    assert len(tries) <= 5 + 3 * 2


def test_the_search_ends_at_once_when_nobody_waits_for_it() -> None:
    def nobody() -> None:
        raise InterruptedError

    graph = draw(WHOLE[0])
    tree = classify(graph).tree
    assert tree is not None and not isinstance(tree, Leaf)
    with pytest.raises(InterruptedError):
        changes(graph, tree, Effort(told=nobody))


KINDS: dict[str, EdgeKind] = {"pipeline": "flow", "fan_out": "flow", "supervisor": "supervise", "swarm": "handoff"}


def single_edits(graph: Graph, kind: EdgeKind) -> Iterator[Graph]:
    """The graph with an edge less, with an edge made that kind, or with an edge of it between two who have none."""
    for edge in graph.edges.values():
        yield graph.model_copy(update={"edges": {id: other for id, other in graph.edges.items() if id != edge.id}})
        if edge.kind != kind:
            turned = Edge(id=edge.id, source=edge.source, target=edge.target, kind=kind)
            yield graph.model_copy(update={"edges": {**graph.edges, edge.id: turned}})
    joined = {(edge.source, edge.target) for edge in graph.edges.values()}
    for source, target in permutations(graph.agents, 2):
        if (source, target) not in joined:
            new = EdgeId(f"new {source} {target}")
            edge = Edge(id=new, source=source, target=target, kind=kind)
            yield graph.model_copy(update={"edges": {**graph.edges, new: edge}})


def makes_sense(graph: Graph, before: Graph, pattern: str) -> bool:
    """Whether a drawing is that pattern, and not because somebody was cut off or work goes in a circle."""
    tree = classify(graph).tree
    if tree is None or tree.pattern != pattern or not tree.agents >= set(before.agents):
        return False
    ends = {end for edge in graph.edges.values() for end in (edge.source, edge.target)}
    flow = nx.DiGraph((edge.source, edge.target) for edge in graph.edges.values() if edge.kind == "flow")
    entangled = isinstance(tree, Pipeline) and tree.entangled
    return ends >= set(before.agents) and nx.is_directed_acyclic_graph(flow) and not entangled


@pytest.mark.parametrize("tree", [*WHOLE, Pipeline(stages=(A, FanOut(branches=(B, C)), Leaf("d")))], ids=repr)
def test_no_smaller_change_would_do_in_a_small_drawing(tree: Tree) -> None:
    graph = draw(tree)
    for id, agent in graph.agents.items():  # an event is nobody's peer, and watches nobody
        graph.agents[id] = agent.model_copy(update={"kind": "llm"})
    for pattern, change in told(graph).items():
        if len(change.edits) > 1:
            once = list(single_edits(graph, KINDS[pattern]))
            assert not any(makes_sense(one, graph, pattern) for one in once), change.text
        if len(change.edits) > 2:
            twice = (two for one in once for two in single_edits(one, KINDS[pattern]))
            assert not any(makes_sense(two, graph, pattern) for two in twice), change.text
