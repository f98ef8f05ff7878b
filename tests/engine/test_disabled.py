"""Agents taken out of runs: a muted one is passed over, a bypassed one passes on what it received."""

import random
from pathlib import Path

import pytest

from engine.drawing import ONCE, draw, rehearse
from engine.journals import cut, go_on, read, record
from engine.test_any_graph import random_graph
from quartet.engine import Refused
from quartet.engine.clock import VirtualClock
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded
from quartet.graph.disabling import cannot_bypass, supervisors
from quartet.graph.model import Graph

MUTED, BYPASSED = {"disabled": "muted"}, {"disabled": "bypassed"}


def test_a_muted_agent_never_runs_and_its_edges_are_skipped():
    told = rehearse(draw("a -> b -> c,, a -> d -> c", b=MUTED))
    assert told.starts("b") == []
    assert told.data("activation.finished", "b") == [{"state": "skipped", "reason": "muted"}]
    assert told.tokens("b", "c") == ["skipped"]
    assert told.output == "c: d: a: in"


def test_all_that_only_a_muted_agent_leads_to_is_skipped_too():
    told = rehearse(draw("a -> b -> c", a=MUTED))
    assert [told.finished(name) for name in "abc"] == [["skipped"]] * 3
    assert (told.status, told.output) == ("succeeded", None)


def test_muting_hides_no_failure_that_comes_to_it():
    told = rehearse(draw("a -> b -> c", a={"retry": ONCE, "rehearsal": [{"fails": "no"}]}, b=MUTED))
    assert told.status == "failed"
    assert told.finished("b") == ["failed"]


def test_a_bypassed_agent_passes_its_input_on_without_an_attempt():
    told = rehearse(draw("a -> b -> c", b={**BYPASSED, "rehearsal": [{"fails": "never asked"}]}))
    assert told.starts("b") == []
    assert told.data("activation.finished", "b") == [{"state": "succeeded", "value": "a: in", "reason": "bypassed"}]
    assert told.output == "c: a: in"


def test_several_inputs_are_passed_on_as_a_list_in_edge_order():
    late = {"rehearsal": [{"returns": "first", "after": 9}]}
    told = rehearse(draw("a -> c,, b -> c -> d", a=late, c=BYPASSED))
    assert told.data("activation.finished", "c")[0]["value"] == ["first", "b: in"]


def test_a_bypassed_agent_over_a_list_makes_no_copies():
    told = rehearse(draw("a -> b -> c", a={"rehearsal": [{"returns": [1, 2]}]}, b={**BYPASSED, "dynamic": True}))
    assert told.data("activation.finished", "b")[0]["value"] == [1, 2]


def test_conditions_behind_a_bypassed_agent_are_asked_of_what_it_passes_on():
    graph = draw(
        "a -> b,, b -> c [when=value > 3],, b -> d [when=otherwise]",
        a={"rehearsal": [{"returns": 5}]}, b={**BYPASSED, "rehearsal": [{"returns": 1}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert (told.finished("c"), told.finished("d")) == (["succeeded"], ["skipped"])


@pytest.mark.parametrize("how", [MUTED, BYPASSED])
def test_a_loop_goes_round_a_disabled_agent_and_ends(how: dict[str, str]):
    told = rehearse(draw("a -> b -> c -> d,, c -> a [loop; max_iterations=3]", b=how))
    assert told.status == "succeeded"
    assert len(told.finished("b")) == (1 if how is MUTED else 4)


def test_a_muted_fallback_is_not_tried():
    failing = {"retry": ONCE, "rehearsal": [{"fails": "no"}]}
    graph = draw("a -> b [on=failure],, a -> c [on=failure],, a -> d", a=failing, b=MUTED)
    told = rehearse(graph)
    assert told.tokens("a", "b") == ["skipped"]
    assert (told.status, told.output) == ("succeeded", "d: c: in")


def test_a_bypassed_fallback_stands_in_with_the_input_that_came():
    told = rehearse(draw("a -> b [on=failure],, a -> c", a={"retry": ONCE, "rehearsal": [{"fails": "x"}]}, b=BYPASSED))
    assert told.output == "c: in"


@pytest.mark.parametrize(("mode", "items"), [("broadcast", "in"), ("split", [1, 2, 3]), ("pool", [1, 2, 3])])
def test_a_supervisor_gives_a_muted_worker_nothing(mode: str, items: object):
    graph = draw("S =supervise> a,, S =supervise> b,, a -> c", S={"oversight": {"dispatch": mode}}, a=MUTED)
    told = rehearse(graph, items)
    assert told.starts("a") == []
    assert told.tokens("a", "c") == ["skipped"]
    assert len(told.starts("b")) == (1 if mode == "broadcast" else 3)
    assert told.status == "succeeded"


def test_a_bypassed_worker_answers_with_its_work():
    told = rehearse(
        draw("S =supervise> a,, S =supervise> b", S={"oversight": {"dispatch": "split"}}, a=BYPASSED), [1, 2]
    )
    assert told.output == [1, "b: 2"]


def test_without_its_muted_supervisor_nobody_mends_and_only_the_flow_starts_workers():
    failing = {"retry": ONCE, "rehearsal": [{"fails": "x"}, {"returns": 1}]}
    graph = draw("i -> a,, S =supervise> a,, S =supervise> b", a=failing, S=MUTED)
    told = rehearse(graph)
    assert told.finished("b") == ["skipped"]
    assert (told.status, len(told.starts("a"))) == ("failed", 1)


def test_a_manager_is_not_offered_a_muted_worker():
    calls = [{"calls": [{"tool": "delegate_to_a", "arguments": {"task": "t"}}], "then": {"returns": "done"}}]
    told = rehearse(draw("m =supervise> a,, m =supervise> b", m={"kind": "llm", "rehearsal": calls}, a=MUTED))
    assert told.starts("a") == []
    assert told.data("call.finished")[0]["error"] == "there is no tool “delegate_to_a” here"


def test_a_hand_off_to_a_muted_peer_is_refused_with_the_reason():
    offers = [{"hands_off": "b"}, {"returns": "mine"}]
    told = rehearse(draw("a =handoff> b,, b =handoff> a", a={"rehearsal": offers}, b=MUTED))
    assert told.data("handoff.rejected") == [{"to": "b", "reason": "b is muted"}]
    assert (told.finished("b"), told.output) == (["skipped"], "mine")


def test_a_swarm_whose_entry_is_muted_does_not_start():
    told = rehearse(draw("i -> a,, a =handoff> b,, b =handoff> a,, b -> o", a=MUTED))
    assert [told.finished(name) for name in "abo"] == [["skipped"]] * 3


def test_a_bypassed_peer_answers_with_what_it_was_handed():
    told = rehearse(
        draw("a =handoff> b,, b =handoff> a", a={"rehearsal": [{"hands_off": "b", "message": "you"}]}, b=BYPASSED)
    )
    assert told.output == "you"


def test_a_muted_peer_takes_nothing_from_a_board_and_a_muted_board_gives_nothing():
    graph = draw("i -> B,, a =share> B,, b =share> B,, B -> o", i={"rehearsal": [{"returns": [1, 2]}]}, a=MUTED)
    told = rehearse(graph)
    assert (told.finished("a"), len(told.starts("b"))) == (["skipped"], 2)
    graph.agents["B"] = graph.agents["B"].model_copy(update={"disabled": "muted"})
    told = rehearse(graph)
    assert told.starts("b") == []
    assert told.finished("o") == ["skipped"]


def test_work_is_not_reassigned_to_a_muted_worker():
    policy = {"dispatch": "broadcast", "on_error": [{"do": "reassign"}]}
    failing = {"retry": ONCE, "rehearsal": [{"fails": "x"}]}
    graph = draw("S =supervise> a,, S =supervise> b,, S =supervise> c", S={"oversight": policy}, a=failing, b=MUTED)
    assert {d["to"] for d in rehearse(graph).data("worker.reassigned")} == {"c"}


def test_whoever_leads_others_cannot_be_bypassed():
    for graph in (
        draw("S =supervise> a", S=BYPASSED),
        draw("m =supervise> a", m=BYPASSED),
        draw("a =share> B", B=BYPASSED),
    ):
        with pytest.raises(Refused, match="cannot be bypassed"):
            rehearse(graph)


def disabled_somewhere(seed: int) -> Graph:
    """A random graph in which some agents are muted or, where that can be, bypassed."""
    rng = random.Random(seed)
    graph = random_graph(rng, 2 + seed % 8)
    watching = supervisors(graph.edges.values())
    for id, agent in graph.agents.items():
        how = rng.choice([None, "muted", "bypassed"])
        if how == "muted" or (how and cannot_bypass(agent, watching) is None):
            graph.agents[id] = agent.model_copy(update={"disabled": how})
    return graph


@pytest.mark.parametrize("block", range(4))
def test_whatever_is_disabled_the_run_keeps_the_laws_and_none_of_it_attempts_anything(block: int):
    ends = set()
    for seed in range(block * 30, block * 30 + 30):
        graph = disabled_somewhere(seed)
        try:
            told = rehearse(graph, [1, 2, 3])
        except Refused:
            continue
        ends.add(told.status)
        off = {agent.id for agent in graph.agents.values() if agent.disabled}
        assert not [e for e in told.of("attempt.started") if e.agent in off], f"seed {seed}"
        if told.status == "succeeded" and all(edge.kind != "handoff" for edge in graph.edges.values()):
            assert all(told.finished(id) for id in off if graph.agents[id].kind != "board"), f"seed {seed}"
        assert rehearse(graph, [1, 2, 3]).events == told.events
    assert "succeeded" in ends


def test_a_run_that_is_cut_off_ends_as_it_would_have(tmp_path: Path):
    tried = 0
    for seed in range(16):
        graph, whole = disabled_somewhere(seed), tmp_path / f"{seed}.run"
        try:
            undisturbed = record(graph, whole)
        except Refused:
            continue
        with Recorded.open(whole) as found:
            count = found.count
        for batches in {max(1, count // 3), max(1, 2 * count // 3)}:
            path = cut(whole, batches, tmp_path / f"{seed}-{batches}.run")
            before = read(path)
            if not before or before[-1].type == "run.finished":
                continue
            events, state = go_on(path, clock=VirtualClock())
            told = [*before, *events]
            assert violations(told, graph) == [], f"seed {seed}"
            assert told[-1].data["state"] == undisturbed[-1].data["state"] == state.status, f"seed {seed}"
            tried += 1
    assert tried > 5
