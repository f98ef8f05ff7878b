"""What a drawn connection means, and where it makes no sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.editor import connections
from quartet.editor.canvas.fitting import kind_of_gesture
from quartet.editor.canvas.geometry import SIDES
from quartet.editor.connections import (
    change_kind,
    connect,
    possible_kinds,
    reconnect,
    refusal,
)
from quartet.graph.edits import apply
from quartet.graph.model import Agent, Edge, Graph


def graph_of(*edges: tuple[str, str, str], **kinds: str) -> Graph:
    graph = Graph()
    ids = dict.fromkeys(id for edge in edges for id in edge[:2]) | dict.fromkeys(kinds) | dict.fromkeys("ab")
    for id in ids:
        graph.agents[id] = Agent(id=id, kind=kinds.get(id, "template"), name=id.upper())
    for source, target, kind in edges:
        graph.edges[f"{source}-{target}-{kind}"] = Edge(
            id=f"{source}-{target}-{kind}", source=source, target=target, kind=kind
        )
    return graph


@pytest.mark.parametrize(
    ("side", "alt", "kind"),
    [
        ("right", False, "flow"), ("left", False, "flow"), ("bottom", False, "supervise"), ("top", False, "supervise"),
        ("right", True, "handoff"), ("bottom", True, "handoff"),
    ],
)  # fmt: skip
def test_the_side_says_the_kind(side, alt, kind) -> None:
    assert kind_of_gesture(graph_of(), "a", "b", side, alt=alt) == kind


def test_between_peers_of_one_swarm_it_is_a_hand_off() -> None:
    graph = graph_of(("a", "c", "handoff"), ("b", "c", "handoff"))
    assert kind_of_gesture(graph, "a", "b", "right", alt=False) == "handoff"


def test_from_below_to_a_board_it_is_shared() -> None:
    assert kind_of_gesture(graph_of(b="board"), "a", "b", "bottom", alt=False) == "share"
    assert kind_of_gesture(graph_of(b="board"), "a", "b", "right", alt=False) == "flow"


@pytest.mark.parametrize(
    ("graph", "kind", "words"),
    [
        (graph_of(("a", "b", "flow")), "flow", "already"),
        (graph_of(("a", "b", "handoff")), "handoff", "already"),
        (graph_of(b="trigger"), "flow", "trigger"),
        (graph_of(b="trigger"), "handoff", "trigger"),
        (graph_of(b="trigger"), "supervise", "no work"),
        (graph_of(b="board"), "supervise", "no work"),
        (graph_of(a="board"), "supervise", "cannot watch"),
        (graph_of(a="collector"), "handoff", "handed to agents only"),
        (graph_of(), "share", "needs a board"),
        (graph_of(a="board", b="board"), "share", "nothing to share"),
        (graph_of(("b", "a", "supervise")), "supervise", "cannot watch each other"),
        (graph_of(("b", "c", "supervise"), ("c", "a", "supervise")), "supervise", "cannot watch each other"),
        (graph_of(("b", "a", "share"), b="board"), "share", "already"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(graph, kind, words) -> None:
    reason = refusal(graph, "a", "b", kind)
    assert reason is not None and words in reason


def test_an_agent_never_leads_to_itself() -> None:
    assert refusal(graph_of(), "a", "a", "flow") is not None


@pytest.mark.parametrize("kind", ["flow", "supervise", "handoff"])
def test_what_makes_sense_is_not_refused(kind) -> None:
    assert refusal(graph_of(), "a", "b", kind) is None
    assert refusal(graph_of(b="board"), "a", "b", "share") is None


def test_both_directions_of_a_hand_off_make_sense() -> None:
    assert refusal(graph_of(("a", "b", "handoff")), "b", "a", "handoff") is None


def test_a_fallback_beside_an_ordinary_edge_does_not_count_as_the_same() -> None:
    graph = graph_of(("a", "b", "flow"))
    apply(graph, [*change_on(graph, "a-b-flow")])
    assert refusal(graph, "a", "b", "flow") is None


def change_on(graph: Graph, id: str):
    from quartet.graph.edits import Set

    return [Set(section="edges", id=id, values={"on": "failure"})]


def test_a_new_edge_that_closes_a_cycle_is_a_loop() -> None:
    graph = graph_of(("a", "b", "flow"))
    id, edits = connect(graph, "b", "a", "flow")
    apply(graph, edits)
    assert graph.edges[id].loop
    id, edits = connect(graph, "a", "c", "flow") if "c" in graph.agents else connect(graph, "a", "b", "handoff")
    apply(graph, edits)
    assert not graph.edges[id].loop


def test_another_kind_loses_what_only_flow_has_and_undoes_exactly() -> None:
    graph = graph_of(("a", "b", "flow"))
    from quartet.graph.edits import Set

    apply(graph, [Set(section="edges", id="a-b-flow", values={"when": "value > 1", "loop": True})])
    before = graph.edges["a-b-flow"]
    done = apply(graph, change_kind(graph, before, "handoff"))
    after = graph.edges["a-b-flow"]
    assert (after.kind, after.when, after.loop) == ("handoff", None, False)
    apply(graph, done.inverse)
    assert graph.edges["a-b-flow"] == before


def test_a_hand_off_made_flow_that_closes_a_cycle_is_marked() -> None:
    graph = graph_of(("a", "b", "flow"), ("b", "a", "handoff"))
    apply(graph, change_kind(graph, graph.edges["b-a-handoff"], "flow"))
    assert graph.edges["b-a-handoff"].loop


def test_an_end_taken_elsewhere_marks_or_unmarks_the_loop() -> None:
    graph = graph_of(("a", "b", "flow"), ("b", "c", "flow"))
    apply(graph, reconnect(graph, graph.edges["b-c-flow"], "b", "a"))
    assert graph.edges["b-c-flow"].loop
    apply(graph, reconnect(graph, graph.edges["b-c-flow"], "b", "c"))
    assert not graph.edges["b-c-flow"].loop


def test_only_sensible_kinds_are_offered() -> None:
    graph = graph_of(("a", "b", "flow"))
    assert possible_kinds(graph, graph.edges["a-b-flow"]) == ["flow", "handoff", "supervise"]
    graph = graph_of(("a", "b", "flow"), b="board")
    assert possible_kinds(graph, graph.edges["a-b-flow"]) == ["flow", "share"]


@given(
    edges=st.lists(st.tuples(*[st.sampled_from("abcd")] * 2, st.sampled_from(connections.KINDS)), max_size=12),
    one=st.sampled_from("abcd"),
    other=st.sampled_from("abcd"),
    kind=st.sampled_from(connections.KINDS),
)
def test_what_is_near_decides_as_the_whole_graph_does(edges, one, other, kind) -> None:
    graph = Graph()
    for id, sort in (("a", "template"), ("b", "board"), ("c", "template"), ("d", "supervisor")):
        graph.agents[id] = Agent(id=id, kind=sort, name=id)
    for i, (source, target, drawn) in enumerate(edges):
        graph.edges[f"e{i}"] = Edge(id=f"e{i}", source=source, target=target, kind=drawn)
    near = connections.round_about(graph, {one})
    for source, target in ((one, other), (other, one)):
        assert connections.refusal(near, source, target, kind) == connections.refusal(graph, source, target, kind)
        for side in SIDES:
            meant = [kind_of_gesture(each, source, target, side, alt=False) for each in (near, graph)]
            assert meant[0] == meant[1]
