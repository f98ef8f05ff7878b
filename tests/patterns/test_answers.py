"""What a verdict says to a person: the questions and the edges that prove the answers, doubts and inferences."""

import json

import pytest

from patterns.drawing_of_trees import draw
from quartet.graph.files import loads
from quartet.graph.model import AgentId, Graph
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Supervisor, Swarm, Tree
from quartet.patterns.verdict import classify

A, B, C, S, T = (AgentId(name) for name in "abcst")
THREE = (Leaf(A), Leaf(B), Leaf(C))


def told(links: list[tuple[str, ...]], **kinds: str) -> Graph:
    """A node-link file: (source, target) or (source, target, kind) per edge."""
    names = dict.fromkeys(name for link in links for name in link[:2])
    nodes = [{"id": name, "kind": kinds.get(name, "llm")} for name in names]
    edges = [dict(zip(("source", "target", "kind"), link, strict=False)) for link in links]
    return loads(json.dumps({"directed": True, "nodes": nodes, "edges": edges})).graph


@pytest.mark.parametrize(
    ("tree", "answers", "proof"),
    [
        (Pipeline(stages=THREE), ["Yes: Pipeline"], 2),
        (FanOut(branches=THREE, trigger=T), ["No", "Yes: Fan-out"], 3),
        (Supervisor(supervisor=S, workers=THREE), ["No", "No", "Yes: Supervisor"], 3),
        (Swarm(members=THREE), ["No", "No", "No", "Yes: Swarm"], 6),
    ],
)
def test_the_questions_are_asked_in_order_until_one_settles_it(tree: Tree, answers: list[str], proof: int) -> None:
    verdict = classify(draw(tree))
    assert [question.answer for question in verdict.decision] == answers
    assert verdict.chosen == len(answers) - 1
    assert len(verdict.decision[verdict.chosen].edges) == proof
    assert (verdict.confidence, verdict.alternatives) == ("high", ())


def test_of_a_group_whose_work_follows_the_flow_it_is_said_whom_the_input_reaches() -> None:
    chain = Pipeline(stages=(Leaf(A), Leaf(B)))
    one, two = Supervisor(supervisor=S, workers=(chain,)), Supervisor(supervisor=S, workers=(chain, Leaf(C)))
    event = Supervisor(supervisor=S, workers=(FanOut(branches=(chain, Leaf(C)), trigger=T),))
    given = Supervisor(supervisor=S, workers=THREE)
    notes = [classify(draw(tree)).decision[1] for tree in (one, two, event, given)]
    assert [(question.answer, question.note) for question in notes] == [
        ("No", "The input goes to a; s only watches."),
        ("Only in part", "The input goes to a and c at once; s watches them."),
        ("Only in part", "t starts several at once."),
        ("No", "The input goes to s, who gives out the work."),
    ]
    manager = draw(one)
    manager.agents[S] = manager.agents[S].model_copy(update={"kind": "llm"})
    assert classify(manager).decision[1].note == "The input goes to s, who gives out the work."


def notes(graph: Graph) -> list[str]:
    verdict = classify(graph)
    return [question.note for question in verdict.decision]


def test_of_a_loop_it_is_said_which_stages_lead_back_and_to_which() -> None:
    steps = [(one, other, "flow") for one, other in ("ab", "bc", "cd")]
    assert "d leads back to a until it is done." in notes(told([*steps, ("d", "a", "feedback")]))[0]
    crossing = told([*steps, ("c", "a", "feedback"), ("d", "b", "feedback")])
    assert classify(crossing).tree == Pipeline(stages=(*THREE, Leaf(AgentId("d"))), loop=True)
    assert notes(crossing)[0].endswith("c leads back to a and d leads back to b until it is done.")


def test_of_branches_between_which_an_edge_leads_it_is_not_said_that_none_does() -> None:
    apart = notes(told([("t", "a", "flow"), ("t", "b", "flow")], t="trigger"))
    assert apart[0] == "No edge leads from one of the 2 branches to another: a and b."
    graph = told([("t", "a", "flow"), ("t", "b", "flow"), ("a", "b", "feedback")], t="trigger")
    assert classify(graph).top == "fan_out"
    question = classify(graph).decision[0]
    assert question.note == (
        "None of the 2 branches needs what another made: a and b. "
        "What leads across only stands in or leads back: a → b."
    )
    assert question.edges == ("a-b",)


def test_what_starts_branches_without_an_event_of_their_own_is_named_and_proved() -> None:
    graph = draw(Pipeline(stages=(Leaf(A), Leaf(B), FanOut(branches=(Leaf(C), Leaf(S))))))
    for edge in list(graph.edges.values()):  # both begin with what b made
        assert edge.source != C
    tree = classify(graph).tree
    assert tree is not None
    fan = next(part for part in tree.walk() if isinstance(part, FanOut))
    question = fan.questions[1]
    assert question.note == "b starts 2 branches."
    assert {graph.edges[edge].source for edge in question.edges} == {B}
    assert notes(draw(FanOut(branches=(Leaf(A), Leaf(B)))))[1] == "The run itself starts 2 branches."


def test_who_takes_a_task_over_does_not_need_what_another_made() -> None:
    assert notes(told([("a", "b", "handoff"), ("b", "c", "handoff")]))[0].endswith(
        "takes the task over from the one before it."
    )
    assert notes(told([("a", "b", "handoff"), ("b", "c", "flow")]))[0].endswith(
        "goes on with what it gets from the one before it."
    )


def test_it_is_said_whom_of_several_peers_or_workers_the_work_reaches() -> None:
    ring = [(one, other, "handoff") for one, other in ("ab", "bc", "ca")]
    one = told([("t", "b", "flow"), *ring], t="trigger")
    two = told([("t", "b", "flow"), ("t", "c", "flow"), *ring], t="trigger")
    assert [classify(graph).decision[1].answer for graph in (one, two)] == ["No", "Only in part"]
    assert notes(one)[1] == "t reaches b, who keeps the task or passes it on."
    assert notes(two)[1] == "t reaches b and c, who keep the task or pass it on."
    assert notes(told(ring))[1] == "The input reaches one of them, who keeps the task or passes it on."
    past = told([("x", "s", "flow"), ("x", "a", "flow"), ("s", "a", "supervise"), ("s", "b", "supervise")])
    tree = classify(past).tree
    assert tree is not None
    group = next(part for part in tree.walk() if isinstance(part, Supervisor))
    assert group.questions[1].answer == "Only in part"
    assert group.questions[1].note == "The input goes to s, who gives out the work. Some comes straight to a."


def test_each_inference_says_how_sure_it_is() -> None:
    chain = classify(told([("s", "a"), ("a", "b")]))
    assert {each.confidence for each in chain.inferred} == {"medium"}  # any of these edges may mean something else
    cycle = classify(told([("a", "b"), ("b", "a")]))
    assert {each.confidence for each in cycle.inferred} == {"low"} == {cycle.confidence}
    hub = classify(told([("x", "s"), ("s", "a"), ("s", "b")]))
    assert hub.as_json()["inferred"][0]["confidence"] == hub.inferred[0].confidence
    store = classify(told([pair for peer in "abc" for pair in ((peer, "m", "flow"), ("m", peer, "flow"))], m="store"))
    assert [(each.kind, each.confidence) for each in store.inferred] == [("share", "high")] * 3


def test_what_stands_in_a_part_that_is_a_guess_is_guessed() -> None:
    graph = told([("x", "a"), ("a", "b"), ("b", "a"), ("b", "y"), ("y", "z")])
    verdict = classify(graph)
    tree = verdict.tree
    assert tree is not None
    low = [part for part in tree.walk() if not isinstance(part, Leaf) and part.doubt and part.doubt.confidence == "low"]
    for each in verdict.inferred:
        edge = graph.edges[each.edge]
        inside = any({edge.source, edge.target} <= part.agents for part in low)
        assert (each.confidence == "low") == (inside or verdict.confidence == "low"), each


def test_no_name_is_changed_at_the_start_of_a_sentence() -> None:
    graph = draw(Pipeline(stages=(Leaf(A), Leaf(B)), loop=True))
    graph.agents[B] = graph.agents[B].model_copy(update={"name": "fact_checker"})
    assert "fact_checker leads back to a" in notes(graph)[0]


def test_the_headline_goes_inwards_along_the_biggest_parts() -> None:
    inner = Pipeline(stages=(FanOut(branches=THREE), Swarm(members=(Leaf(AgentId("d")), Leaf(AgentId("e"))))))
    verdict = classify(draw(Supervisor(supervisor=S, workers=(inner,))))
    assert verdict.headline == "Supervisor › Pipeline › Fan-out"


def test_two_agents_to_and_fro_are_peers_if_the_file_says_what_flows_and_a_loop_if_not() -> None:
    said = classify(told([("a", "b", "flow"), ("b", "a", "flow")]))
    unsaid = classify(told([("a", "b"), ("b", "a")]))
    assert (said.top, unsaid.top, unsaid.confidence) == ("swarm", "pipeline", "low")
    assert [each.top for each in unsaid.alternatives] == ["swarm", "supervisor"]


def test_a_hub_that_only_the_shape_puts_in_charge_is_likely_whatever_flows() -> None:
    star = [("u", "k", "flow"), ("k", "a", "flow"), ("a", "k", "flow"), ("k", "u", "flow")]
    verdict = classify(told(star))
    assert (verdict.top, verdict.confidence, [each.top for each in verdict.alternatives]) == (
        "supervisor", "medium", ["swarm"],
    )  # fmt: skip
    stated = classify(told([("k", "u", "supervise"), ("k", "a", "supervise")]))
    assert (stated.top, stated.confidence) == ("supervisor", "high")


def test_a_root_that_only_gives_manages_where_the_file_does_not_say_and_starts_a_fan_out_where_it_does() -> None:
    unsaid = classify(told([("s", "a"), ("s", "b")]))
    said = classify(told([("s", "a", "flow"), ("s", "b", "flow")]))
    event = classify(told([("s", "a"), ("s", "b")], s="trigger"))
    assert (unsaid.top, unsaid.confidence, [each.top for each in unsaid.alternatives]) == (
        "supervisor",
        "low",
        ["fan_out"],
    )
    assert {(each.kind, each.loop) for each in unsaid.inferred} == {("supervise", False)}
    assert (said.top, event.top) == ("fan_out", "fan_out")


def test_a_router_at_the_root_gives_each_task_to_one() -> None:
    verdict = classify(told([("r", "a", "conditional"), ("r", "b", "conditional")], r="router"))
    assert verdict.tree == Supervisor(supervisor=AgentId("r"), workers=(Leaf(A), Leaf(B)), exclusive=True)
    assert verdict.confidence == "low"


def test_calls_that_are_reported_on_are_supervision_unless_they_are_triggers() -> None:
    calls = [("s", "a"), ("s", "b")]
    reports = [("a", "s", "report"), ("b", "s", "report")]
    watched = classify(told([*((*pair, "handoff") for pair in calls), *reports]))
    collected = classify(told([*((*pair, "trigger") for pair in calls), *reports]))
    assert watched.tree == Supervisor(supervisor=S, workers=(Leaf(A), Leaf(B)))
    assert collected.tree == FanOut(branches=(Leaf(A), Leaf(B)), collector=S)
    assert collected.confidence == "low"


def test_a_star_around_a_store_is_a_swarm_and_the_store_its_board() -> None:
    links = [(agent, "m", "flow") for agent in "abc"] + [("m", agent, "flow") for agent in "abc"]
    assert classify(told(links, m="store")).tree == Swarm(members=THREE, board=AgentId("m"))


def test_a_tool_that_only_its_agent_uses_is_listed_beside_the_tree() -> None:
    verdict = classify(told([("a", "b", "flow"), ("a", "t", "flow"), ("t", "a", "flow")], t="tool"))
    assert verdict.tree == Pipeline(stages=(Leaf(A), Leaf(B)))
    assert verdict.attached == {"a": ("t",)}


def test_an_edge_that_leads_back_is_inferred_as_a_loop_with_the_reason() -> None:
    verdict = classify(told([("s", "a"), ("a", "b"), ("b", "c"), ("c", "a")]))
    loops = [each for each in verdict.inferred if each.loop]
    assert [(each.edge, each.reason) for each in loops] == [("c-a", "It leads back to a.")]
    assert verdict.tree == Pipeline(stages=(Leaf(S), Pipeline(stages=THREE, loop=True, inferred=True)), inferred=True)
