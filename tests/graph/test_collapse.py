"""Making a selection a sub-graph and putting it back: a run gives the same, and what cannot be kept is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from engine.drawing import draw, rehearse
from quartet.engine import Refused
from quartet.graph.borders import BorderError
from quartet.graph.check import problems
from quartet.graph.collapse import collapse
from quartet.graph.dissolve import dissolve
from quartet.graph.edits import apply
from quartet.graph.files import dumps
from quartet.graph.model import Agent, AgentId, Edge, Graph

CONDITIONS = ["true", "false", "otherwise", "size(string(value)) > 14"]

FAILS = {"fails": "no", "retry": False}


def copy(graph: Graph) -> Graph:
    return graph.model_copy(deep=True)


def collapsed(graph: Graph, *ids: str, name: str = "Part") -> tuple[Graph, AgentId]:
    after = copy(graph)
    found = collapse(after, ids, name)
    apply(after, found.edits)
    return after, found.agent


def dissolved(graph: Graph, id: str) -> Graph:
    after = copy(graph)
    apply(after, dissolve(after, AgentId(id)).edits)
    return after


def refusal(graph: Graph, *ids: str) -> str:
    with pytest.raises(BorderError) as caught:
        collapse(graph, ids, "Part")
    return str(caught.value)


def result(graph: Graph) -> tuple[str, Any]:
    told = rehearse(graph, ["in", "put"])
    return told.status, told.output


@st.composite
def drawings(draw_: st.DrawFn) -> Graph:
    """Agents in a row with edges onwards, some with conditions, some a fallback, a loop, a supervisor or a chain."""
    count = draw_(st.integers(3, 7))
    graph = Graph()
    for n in range(count):
        kind = draw_(st.sampled_from(["template", "template", "template", "collector"]))
        agent = Agent(id=f"n{n}", kind=kind, name=f"N{n}")
        script = draw_(st.sampled_from([None, None, None, None, {"returns": f"from {n}"}, {"returns": [n]}, FAILS]))
        if script is not None:
            agent = agent.model_copy(update={"rehearsal": (script,)})
        if draw_(st.integers(0, 11)) == 0:
            agent = agent.model_copy(update={"route": "first"})
        graph.agents[agent.id] = agent
        graph.positions[agent.id] = (300.0 * n, float(draw_(st.integers(-3, 3)) * 40))
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    for i, j in draw_(st.lists(st.sampled_from(pairs), unique=True, min_size=2, max_size=10)):
        fields: dict[str, Any] = {}
        luck = draw_(st.integers(0, 19))
        if luck < 4:
            fields["when"] = CONDITIONS[luck]
        elif luck == 4:
            fields["on"] = "failure"
        elif luck == 5:
            fields["kind"] = "supervise"
        elif luck == 6:
            fields["kind"] = "handoff"
        edge = Edge(id=f"n{i}-n{j}", source=f"n{i}", target=f"n{j}", **fields)
        graph.edges[edge.id] = edge
        if luck == 7:
            back = Edge(id=f"n{j}-n{i}", source=f"n{j}", target=f"n{i}", loop=True, when="visit < 3")
            graph.edges[back.id] = back
    return graph


@given(st.data())
@settings(max_examples=60)
def test_a_run_gives_the_same_before_and_after_and_when_it_is_put_back(data: st.DataObject) -> None:
    graph = data.draw(drawings())
    assume(not problems(graph, rehearsal=True))
    ids = list(graph.agents)
    first = data.draw(st.integers(0, len(ids) - 1))
    stretch = set(ids[first : data.draw(st.integers(first + 1, len(ids)))])
    chosen = data.draw(st.one_of(st.just(stretch), st.just(stretch), st.sets(st.sampled_from(ids), min_size=1)))
    try:
        after, id = collapsed(graph, *chosen)
    except BorderError as refused:
        event("refused")
        assert str(refused).endswith(".")
        return
    try:
        before = result(graph)
    except Refused:
        event("could not run before")
        return
    # in a rehearsal only who has a script looks at conditions, and nobody writes one for a sub-graph
    assume(not any(edge.when for edge in after.edges.values() if edge.source == id))
    event(f"kept, {len(chosen)} agents")
    assert named_alike(result(after), id, chosen) == named_alike(before, id, chosen)
    again = dissolved(after, id)
    assert again.agents == graph.agents
    assert again.positions == graph.positions
    assert without_ids(again) == without_ids(graph)
    assert again.graphs == graph.graphs
    assert named_alike(result(again), id, chosen) == named_alike(before, id, chosen)


def named_alike(found: tuple[str, Any], id: str, chosen: set[str]) -> tuple[str, Any]:
    """A result of several agents names them; that of the sub-graph is called by its own name."""
    status, output = found
    if isinstance(output, dict):
        mine = [key for key in output if key in chosen]
        if len(mine) == 1 and len(output) > 1:
            output = {id if key == mine[0] else key: value for key, value in output.items()}
    return status, output


def without_ids(graph: Graph) -> list[str]:
    return sorted(str(edge.model_dump(exclude={"id"}, exclude_unset=True)) for edge in graph.edges.values())


def test_edges_in_and_out_keep_their_ids_and_undo_brings_everything_back() -> None:
    graph = draw("a -> b -> c -> d")
    before = dumps(graph)
    found = collapse(graph, ["b", "c"], "Middle")
    undo = apply(graph, found.edits).inverse
    assert [(e.id, e.source, e.target) for e in graph.edges.values()] == [
        ("e0_0", "a", "middle"),
        ("e0_2", "middle", "d"),
    ]
    assert list(graph.graphs["middle"].agents) == ["b", "c"]
    apply(graph, undo)
    assert dumps(graph) == before


def test_what_skips_a_step_inside_gets_an_agent_that_stands_for_what_leads_in() -> None:
    graph = draw("a -> b -> c,, a -> c", c={"config": {"text": "{{ from.a }} and {{ from.b }}"}})
    after, id = collapsed(graph, "b", "c")
    inner = after.graphs[id]
    assert (inner.agents[AgentId("a")].kind, inner.agents[AgentId("a")].name) == ("trigger", "a")
    assert result(after) == result(graph)
    again = dissolved(after, id)
    assert (again.agents, again.edges) == (graph.agents, graph.edges)


def test_who_follows_names_the_new_agent() -> None:
    graph = draw("a -> b -> c,, x -> c", c={"config": {"text": "{{ from.b }}{{ from.x }}"}})
    after, id = collapsed(graph, "a", "b")
    assert after.agents[AgentId("c")].config == {"text": "{{ from.part }}{{ from.x }}"}
    assert dissolved(after, id).agents[AgentId("c")].config == {"text": "{{ from.b }}{{ from.x }}"}


def test_a_selection_in_a_sub_graph_becomes_one_beside_it() -> None:
    graph, outer = collapsed(draw("a -> b -> c -> d"), "b", "c")
    inner = graph.graphs[outer]
    found = collapse(inner, ["b"], "Part", graph)
    assert found.graph == "part_2"


def test_frames_notes_and_silenced_findings_come_along() -> None:
    graph = draw("a -> b -> c")
    graph.extra["silenced"] = [{"code": "P002", "agent": "b", "reason": "x"}, {"code": "P001", "reason": "y"}]
    after, id = collapsed(graph, "b")
    assert after.graphs[id].extra["silenced"] == [{"code": "P002", "agent": "b", "reason": "x"}]
    assert after.extra["silenced"] == [{"code": "P001", "reason": "y"}]
    assert len(dissolved(after, id).extra["silenced"]) == 2


@pytest.mark.parametrize(
    ("edges", "chosen", "said"),
    [
        ("S =supervise> a -> b", "a", "“S” watches “a”"),
        ("p =handoff> q -> r", "p", "“p” hands off to “q”"),
        ("p =share> B -> r", "B r", "“p” shares “B”"),
        ("i -> k -> z,, k -> i [loop; when=false]", "k z", "The loop “k” → “i” would be cut in two"),
        ("a -> b,, a -> f [on=failure]", "a b", "“a” → “f” is taken when “a” fails"),
        ("a -> b -> c", "a c", "“a” → “b” leads out and comes back in from “b”"),
        ("a -> c,, b -> c", "c", "“a” → “c” and “b” → “c” come from different agents"),
        ("a -> b [when=true],, a -> c [when=otherwise],, b -> d,, c -> d", "b c d", "under different conditions"),
        ("a -> c,, b -> c", "b c", "“b” begins with the input of the run"),
        ("a -> b -> x,, a -> c -> y", "a b c", "“b” → “x” and “c” → “y” leave from different agents"),
        ("a -> b -> c,, b -> d", "a b c", "“b” → “d” leads out and “b” → “c” on inside"),
        ("a -> b -> c,, a -> d", "a b d", "“d” may end without leading to “b”"),
        ("a -> b [when=false],, b -> c", "a b", "“a” may end without leading to “b”"),
        ("a -> b,, a -> c,, a -> d", "b c", "“b” and “c” would be one result of the run instead of several"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(edges: str, chosen: str, said: str) -> None:
    assert said in refusal(draw(edges), *chosen.split())


def test_the_input_of_the_run_is_not_that_of_a_sub_graph() -> None:
    graph = draw("a -> b", b={"config": {"text": "{{ 'input' }}{{ input }}"}})
    assert "“b” uses “input”" in refusal(graph, "b")
    graph = draw("a -> b", b={"config": {"text": "{{ 'input' }} input {{ value.input }}"}})
    collapse(graph, ["b"], "Part")


def sub(inner: Graph, edges: str, **fields: Any) -> Graph:
    graph = draw(edges, r={"kind": "graph", "config": {"graph": "g"}, **fields})
    graph.graphs["g"] = inner
    return graph


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("a -> b", "w -> r -> z"),
        ("a -> b,, a -> c,, b -> J,, c -> J", "w -> r -> z"),
        ("a,, b", "w -> r"),
        ("p =handoff> q", "w -> r -> z"),
        ("S =supervise> x,, S =supervise> y,, S -> z", "w -> r"),
        ("a -> b", "v -> r,, w -> r,, r -> z"),
        ("a,, b", "r"),
        ("a -> b", "w -> r [when=true],, w -> r2 [when=otherwise],, r -> z"),
    ],
)
def test_any_sub_graph_is_put_in_its_place(inner: str, outer: str) -> None:
    graph = sub(draw(inner), outer)
    after = dissolved(graph, "r")
    assert after.graphs == {}
    assert result(after) == result(graph)


def test_ids_and_names_in_use_are_given_anew() -> None:
    inner = draw("w -> z", z={"config": {"text": "{{ from.w }}"}})
    after = dissolved(sub(inner, "w -> r -> z"), "r")
    assert list(after.agents) == ["w", "w_2", "z_2", "z"]
    assert after.agents[AgentId("z_2")].config == {"text": "{{ from.w_2 }}"}


def test_a_sub_graph_that_others_stand_for_stays() -> None:
    graph = draw("r -> s", r={"kind": "graph", "config": {"graph": "g"}}, s={"kind": "graph", "config": {"graph": "g"}})
    graph.graphs["g"] = draw("a -> b")
    assert dissolved(graph, "r").graphs.keys() == {"g"}
    assert dissolved(dissolved(graph, "r"), "s").graphs == {}


@pytest.mark.parametrize(
    ("fields", "inner", "edges", "said"),
    [
        ({"retry": {"max_attempts": 3}}, "a", "w -> r", "“r” has settings that hold for all of it: tries."),
        ({"config": {"graph": "h"}}, "a", "w -> r", "stands for no sub-graph"),
        ({}, "a,, b", "w -> r -> z", "“r” has several results"),
        ({}, "a", "S =supervise> r", "“S” watches “r”"),
        ({}, "", "w -> r", "There is nothing inside “r”"),
    ],
)
def test_a_sub_graph_that_would_mean_something_else_stays(
    fields: dict[str, Any], inner: str, edges: str, said: str
) -> None:
    graph = sub(draw(inner), edges, **fields) if "config" not in fields else draw(edges, r={"kind": "graph", **fields})
    with pytest.raises(BorderError) as caught:
        dissolve(graph, AgentId("r"))
    assert said in str(caught.value)
