"""What keeps a graph from running, and that each of it is said."""

from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.test_cycles import drawn
from quartet.graph.check import Problem, problems
from quartet.graph.edits import Add, Edit, Set, apply
from quartet.graph.files import loads
from quartet.graph.model import Agent, Edge, Graph, Handover


def with_edits(graph: Graph, *edits: Edit) -> Graph:
    apply(graph, edits)
    return graph


def set_edge(id: str, **values: object) -> Set:
    return Set(section="edges", id=id, values=values)


def set_agent(id: str, **values: object) -> Set:
    return Set(section="agents", id=id, values=values)


def found(graph: Graph, *, rehearsal: bool = False) -> list[str]:
    return [problem.code for problem in problems(graph, rehearsal=rehearsal)]


def test_a_plain_graph_has_no_problem() -> None:
    assert problems(drawn("a b c", "a c", handoff="x y, y x", supervise="s a, s b")) == []


def test_an_empty_graph_has_nothing_to_run() -> None:
    assert problems(Graph()) == [Problem("empty", "There is no agent to run.")]


def test_a_cycle_that_is_not_marked_is_named() -> None:
    (problem,) = problems(drawn("a b a"))
    assert problem.code == "unmarked_loop"
    assert problem.edges == ("ba",)
    assert "“b” → “a” closes a cycle" in problem.text
    assert found(with_edits(drawn("a b a"), set_edge("ba", loop=True, max_iterations=3))) == []


@pytest.mark.parametrize(
    "edits",
    [
        [set_edge("cb", when="value.again")],
        [set_edge("cb", max_iterations=5)],
        [set_edge("cd", when="value.good")],
        [set_edge("bc", when="value.good")],
    ],
)
def test_a_loop_with_a_way_out_can_run(edits: list[Edit]) -> None:
    graph = with_edits(drawn("a b c d", "c b"), set_edge("cb", loop=True))
    (problem,) = problems(graph)
    assert (problem.code, problem.agents, problem.edges) == ("endless_loop", ("b", "c"), ("cb",))
    assert found(with_edits(graph, *edits)) == []


def test_a_condition_before_the_loop_is_no_way_out_of_it() -> None:
    graph = with_edits(drawn("a b c d", "c b"), set_edge("cb", loop=True), set_edge("ab", when="true"))
    assert found(graph) == ["endless_loop"]


def test_an_unknown_condition_runs_only_in_rehearsal() -> None:
    graph = with_edits(drawn("a b"), set_edge("ab", when="?"))
    assert found(graph) == ["unknown_condition"]
    assert found(graph, rehearsal=True) == []


def test_supervisors_in_a_circle_are_named_once() -> None:
    (problem,) = problems(drawn(supervise="a b, b c, c a, a d"))
    assert problem.code == "supervision_cycle"
    assert problem.agents == ("a", "b", "c")
    assert set(problem.edges) == {"ab", "bc", "ca"}


def test_an_agent_neither_supervises_itself_nor_hands_off_to_itself_unless_it_may() -> None:
    assert found(drawn(supervise="a a")) == ["self_edge"]
    assert found(drawn(handoff="a a")) == ["self_edge"]
    allowed = with_edits(drawn(handoff="a a"), set_agent("a", handover=Handover(allow_self=True)))
    assert found(allowed) == []


def test_a_share_edge_leads_to_a_board() -> None:
    graph = drawn(share="a b")
    assert found(graph) == ["share_without_board"]
    assert found(with_edits(graph, set_agent("b", kind="board"))) == []
    assert found(with_edits(graph, set_agent("a", kind="board"))) == ["share_without_board"]


def test_work_is_reassigned_to_agents_that_exist() -> None:
    graph = with_edits(
        drawn(supervise="s a"), set_agent("s", oversight={"on_error": [{"do": "reassign", "to": ["a", "ghost"]}]})
    )
    (problem,) = problems(graph)
    assert (problem.code, problem.agents) == ("unknown_agent", ("s",))
    assert "“ghost”" in problem.text


def test_refused_content_of_the_graph_itself_is_a_problem() -> None:
    graph = loads('{"format": "quartet", "version": 1, "limits": 5, "agents": [{"id":"a","kind":"llm"}]}').graph
    (problem,) = problems(graph)
    assert problem.text == "The graph's limits is not understood."


def test_thousands_of_agents_in_a_row_are_no_problem() -> None:
    graph = Graph()
    apply(graph, [Add(section="agents", item=Agent(id=f"a{i}", kind="llm", name="A")) for i in range(3_001)])
    apply(
        graph,
        [
            Add(section="edges", item=Edge(id=f"e{i}", source=f"a{i}", target=f"a{i + 1}", kind=kind))
            for i, kind in zip(range(3_000), ["flow", "supervise", "handoff"] * 1_000, strict=True)
        ],
    )
    assert problems(graph) == []


@pytest.mark.parametrize("policy", ['"retry": {"max_attempts": true}', '"limits": {"heartbeat": false}'])
def test_true_is_no_number_in_a_policy(policy: str) -> None:
    agent = f'{{"id": "a", "kind": "template", "name": "A", {policy}}}'
    graph = loads(f'{{"format": "quartet", "version": 1, "agents": [{agent}], "edges": []}}').graph
    (problem,) = problems(graph)
    assert "a number is needed, not true or false" in problem.text


def test_what_is_a_flag_may_be_true() -> None:
    agent = '{"id": "a", "kind": "template", "name": "A", "handover": {"allow_self": true, "max_hops": 2}}'
    state = '"state": {"k": {"initial": true}}'
    assert (
        problems(loads(f'{{"format": "quartet", "version": 1, {state}, "agents": [{agent}], "edges": []}}').graph) == []
    )


@given(st.integers(0, 10**9))
def test_loops_are_endless_exactly_where_nobody_on_a_way_round_decides(seed: int) -> None:
    random = Random(seed)
    graph = drawn("a b", *(f"{a} {b}" for a in "abcdefg" for b in "abcdefg" if random.random() < 0.2))
    for id, edge in graph.edges.items():
        marks = random.choice([{}, {"loop": True}, {"kind": "handoff"}, {"when": "value"}])
        graph.edges[id] = edge.model_copy(update=marks)
    edges = graph.edges.values()
    forward: nx.DiGraph[str] = nx.DiGraph()
    forward.add_nodes_from(graph.agents)
    forward.add_edges_from((e.source, e.target) for e in edges if not e.loop)
    forward.add_edges_from((e.target, e.source) for e in edges if e.kind == "handoff")
    choose = {edge.source for edge in edges if edge.kind == "flow" and edge.when is not None}
    endless: list[str] = []
    held: dict[str, None] = {}
    for edge in edges:
        if edge.loop:
            body = {edge.source, edge.target}
            if edge.source != edge.target:
                body |= nx.descendants(forward, edge.target) & nx.ancestors(forward, edge.source)
            if body.isdisjoint(choose):
                endless.append(edge.id)
                held |= dict.fromkeys(id for id in graph.agents if id in body)
    told = [each for each in problems(graph) if each.code == "endless_loop"]
    assert [(each.edges, each.agents) for each in told] == ([(tuple(endless), tuple(held))] if endless else [])
