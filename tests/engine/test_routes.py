"""Conditions and loops: which ways out are taken, and how often round."""

import pytest

from engine.drawing import ONCE, draw, rehearse
from quartet.engine import Refused


def gives(*values) -> dict:
    return {"rehearsal": [{"returns": value, "after": 1} for value in values]}


def test_all_edges_whose_conditions_hold_are_taken():
    graph = draw("a -> b [when=value > 1],, a -> c [when=value > 2],, a -> d [when=value > 9]", a=gives(5))
    told = rehearse(graph)
    assert (told.tokens("a", "b"), told.tokens("a", "c"), told.tokens("a", "d")) == (["value"], ["value"], ["skipped"])
    assert told.state.agents["d"].status == "skipped"
    assert told.data("route.chosen") == [{"edges": ["e0_0", "e1_0"]}]


def test_the_first_way_only_where_the_agent_says_so():
    graph = draw("a -> b [when=value > 1],, a -> c [when=value > 2]", a=gives(5) | {"route": "first"})
    assert rehearse(graph).tokens("a", "c") == ["skipped"]


def test_otherwise_is_taken_if_no_condition_holds():
    graph = draw("a -> b [when=value > 9],, a -> c [when=otherwise]", a=gives(5))
    assert rehearse(graph).output == "c: 5"
    graph = draw("a -> b [when=value > 3],, a -> c [when=otherwise]", a=gives(5))
    assert rehearse(graph).output == "b: 5"


def test_a_branch_not_taken_never_keeps_a_join_waiting():
    graph = draw("a -> b [when=value.x == 2],, a -> c [when=value.x == 1],, b -> b2 -> J,, c -> J", a=gives({"x": 1}))
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.state.agents["b2"].status == "skipped"
    assert len(told.output) == 1


def test_conditions_see_input_inputs_and_visit():
    graph = draw("a -> b -> c [when=input.go && from.a == 7 && visit == 1]", a=gives(7), b=gives(1))
    graph.edges["e0_0"] = graph.edges["e0_0"].model_copy(update={"when": None})
    assert rehearse(graph, {"go": True}).tokens("b", "c") == ["value"]


def test_a_condition_that_cannot_be_evaluated_fails_the_agent_and_names_the_edge():
    told = rehearse(draw("a -> b [when=value.missing > 1]", a=gives({})))
    assert told.status == "failed"
    assert "to b" in told.state.agents["a"].error
    assert told.state.unhandled == ["a"]


def test_an_unknown_condition_runs_only_in_rehearsal():
    graph = draw("a -> b [when=?],, a -> c [when=?]")
    assert rehearse(graph).output == "b: a: in"
    from quartet.engine import run

    with pytest.raises(Refused, match="not known"):
        run(graph)


def test_an_unreadable_condition_is_refused_before_anything_starts():
    with pytest.raises(Refused, match="from a to b"):
        rehearse(draw("a -> b [when=value >]"))


# ------------------------------------------------------------------ loops

LOOP = "w -> e,, e -> w [loop; when=!value.good],, e -> out [when=value.good]"


def test_a_loop_goes_round_until_its_condition_no_longer_holds():
    told = rehearse(draw(LOOP, e=gives({"good": False}, {"good": False}, {"good": True})))
    assert told.status == "succeeded"
    assert len(told.starts("w")) == 3
    assert told.tokens("e", "w") == ["value", "value", "skipped"]
    assert told.tokens("e", "out") == ["value"], "what leads out gets one token, when the loop ends"
    assert [d["n"] for d in told.data("loop.pass")] == [2, 3]
    assert told.data("loop.ended") == [{"edge": "e1_0", "n": 3}]


def test_what_leads_out_of_the_middle_of_a_loop_waits_for_its_end_too():
    graph = draw(LOOP + ",, w -> log", e=gives({"good": False}, {"good": True}), w=gives("draft 1", "draft 2"))
    told = rehearse(graph)
    assert told.tokens("w", "log") == ["value"]
    assert told.state.agents["log"].inputs == {"w": "draft 2"}


def test_inputs_from_outside_hold_for_every_pass():
    graph = draw(
        "t -> w -> m -> e,, s -> m,, e -> w [loop; when=value < 3],, e -> out [when=otherwise]",
        e=gives(1, 2, 3), w=gives("w1", "w2", "w3"), s=gives("style"),
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert len(told.starts("m")) == 3
    assert told.state.agents["m"].inputs == {"w": "w3", "s": "style"}
    assert len(told.starts("s")) == 1


def test_the_next_pass_sees_what_came_in_from_outside_and_what_came_back():
    told = rehearse(draw("t -> " + LOOP, e=gives({"good": False}, {"good": True})))
    assert told.state.agents["w"].inputs == {"t": "t: in", "e": {"good": False}}


def test_a_loop_without_end_is_an_error_never_a_silent_end():
    told = rehearse(draw(LOOP, e=gives({"good": False}), limits={"max_repeats": 0}))
    assert told.status == "failed"
    assert told.data("limit.exceeded")[0] | {"edge": ""} == {
        "which": "max_iterations",
        "value": 26,
        "limit": 25,
        "edge": "",
    }
    assert told.state.agents["e"].reason == "limit"
    assert len(told.starts("w")) == 26


def test_an_unconditional_loop_goes_round_as_often_as_stated_and_then_on():
    told = rehearse(draw("a -> b -> c,, b -> a [loop; max_iterations=2]"))
    assert told.status == "succeeded"
    assert (len(told.starts("a")), len(told.starts("c"))) == (3, 1)


def test_an_agent_can_be_its_own_loop():
    told = rehearse(draw("a -> a [loop; when=value < 3],, a -> b [when=otherwise]", a=gives(1, 2, 3)))
    assert told.output == "b: 3"


def test_a_loop_in_a_loop_begins_anew_in_every_pass():
    graph = draw(
        "a -> b -> c,, b -> b [loop; when=value < 2],, c -> a [loop; when=value < 2],, c -> d [when=otherwise]",
        b=gives(1, 2, 1, 2), c=gives(1, 2),
    )  # fmt: skip
    graph.edges["e0_1"] = graph.edges["e0_1"].model_copy(update={"when": "value >= 2"})
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert (len(told.starts("b")), len(told.starts("c"))) == (4, 2)


def test_a_router_in_a_loop_leaves_it():
    graph = draw(
        "a -> r,, r -> a [loop; when=value < 2],, r -> x [when=value == 2],, r -> y [when=value > 2]", r=gives(1, 2)
    )
    told = rehearse(graph)
    assert (told.tokens("r", "x"), told.tokens("r", "y")) == (["value"], ["skipped"])


def test_repeated_visits_are_limited_for_the_whole_run():
    graph = draw(LOOP, limits={"max_activations": 5, "max_repeats": 0}, e=gives({"good": False}))
    told = rehearse(graph)
    assert told.status == "failed"
    (found,) = told.data("limit.exceeded")
    assert (found["which"], found["value"], found["limit"]) == ("max_activations", 6, 5)


def test_a_failure_in_a_loop_ends_it():
    told = rehearse(draw(LOOP, e={"retry": ONCE, "rehearsal": [{"returns": {"good": False}}, {"fails": "x"}]}))
    assert told.status == "failed"
    assert told.state.unhandled == ["e"]
    assert told.tokens("e", "out") == ["error"]


def test_an_unmarked_cycle_is_refused():
    with pytest.raises(Refused, match="cycle"):
        rehearse(draw("a -> b -> a"))


@pytest.mark.parametrize("dispatch", ["split", "pool", "broadcast"])
def test_the_ways_out_of_whom_a_supervisor_gives_work_are_taken_as_their_conditions_say(dispatch):
    graph = draw(
        "S =supervise> a,, S =supervise> b,, a -> x [when=size(value) == 9],, a -> y [when=otherwise]",
        S={"oversight": {"dispatch": dispatch}}, a={"rehearsal": [{"returns": "one"}]},
    )  # fmt: skip
    told = rehearse(graph, ["p", "q"])
    assert (told.tokens("a", "x"), told.tokens("a", "y")) == (["skipped"], ["value"])
    assert told.data("route.chosen", "a") == [{"edges": ["e3_0"]}]


def test_a_condition_of_theirs_that_cannot_be_decided_is_a_failure_of_theirs():
    graph = draw("S =supervise> a,, a -> x [when=value.n > 1]", S={"oversight": {"dispatch": "split"}},
                 a={"rehearsal": [{"returns": "one"}]})  # fmt: skip
    told = rehearse(graph, ["p"])
    assert (told.tokens("a", "x"), told.state.unhandled) == (["error"], ["a"])
    assert "to x" in told.state.reason


def test_a_loop_over_whom_a_supervisor_gives_work_goes_round_as_often_as_is_stated():
    graph = draw("t -> S,, S =supervise> a,, a -> S [loop; max_iterations=2],, S -> out",
                 S={"oversight": {"dispatch": "split"}})  # fmt: skip
    told = rehearse(graph, ["p"])
    assert told.status == "succeeded"
    assert len(told.of("loop.pass")) == 2
