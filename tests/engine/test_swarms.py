"""Swarms: chains of hand-offs with context and limits."""

import pytest

from engine.drawing import ONCE, draw, rehearse


def hands(*to, **more) -> dict:
    """Hands off to each of these in turn; to None: answers."""
    return {"rehearsal": [{"hands_off": name, **more} if name else {"returns": "done"} for name in to], "retry": ONCE}


def test_the_task_moves_on_and_whoever_has_it_last_answers():
    graph = draw("a =handoff> b =handoff> c", a=hands("b", message="please bill"), b=hands("c", message="please pay"))
    told = rehearse(graph)
    assert told.output == "c: please pay"
    assert [d["hop"] for d in told.data("handoff.accepted")] == [1, 2]
    assert told.state.edges["e0_0"].kind == "handoff"
    assert told.data("activation.finished", "a")[0]["by"] == "c"
    assert told.state.agents["c"].inputs == {"b": "please pay"}


def test_without_a_message_the_task_itself_moves_on():
    assert rehearse(draw("a =handoff> b", a=hands("b")), "my bill").output == "b: my bill"


def test_of_the_ways_out_of_a_swarm_only_those_of_who_answered_get_a_value():
    graph = draw("x -> a,, a =handoff> b,, a =handoff> c,, a -> out1,, b -> out2,, c -> out3", a=hands("b"))
    told = rehearse(graph)
    assert [told.tokens(*pair) for pair in (("a", "out1"), ("b", "out2"), ("c", "out3"))] == [
        ["skipped"],
        ["value"],
        ["skipped"],
    ]
    assert told.finished("c") == ["skipped"]
    assert told.status == "succeeded"


def test_a_hand_off_replaces_the_static_way_out():
    # conformance 154: LangGraph runs both
    told = rehearse(draw("a -> b,, a =handoff> c", a=hands("c")))
    assert told.finished("b") == ["skipped"]
    assert told.output == "c: in"


def test_a_second_turn_is_the_same_visit():
    graph = draw("a =handoff> b =handoff> a", a=hands("b", None), b=hands("a", context={"seen": 1}))
    told = rehearse(graph)
    assert told.output == "done"
    assert told.finished("a") == ["succeeded"]
    assert told.data("attempt.started", "a")[1]["turn"] == 2


def test_context_is_merged_and_the_history_goes_along():
    graph = draw(
        "a =handoff> b =handoff> c", a=hands("b", context={"customer": 7}), b=hands("c", context={"plan": "gold"})
    )
    told = rehearse(graph)
    assert [d["values"] for d in told.data("context.updated")] == [{"customer": 7}, {"plan": "gold"}]


def test_a_hand_off_to_nobody_is_refused_told_to_the_agent_and_the_third_time_fails():
    told = rehearse(draw("a =handoff> b", a=hands("ghost", "ghost", "b")))
    assert told.status == "succeeded"
    assert len(told.of("handoff.rejected")) == 2
    told = rehearse(draw("a =handoff> b", a=hands("ghost")))
    assert told.status == "failed"
    assert told.state.agents["a"].reason == "rejected"
    assert "there are b" in told.data("handoff.rejected")[0]["reason"]


def test_a_hand_off_to_oneself_is_refused_unless_allowed():
    assert len(rehearse(draw("a =handoff> b", a=hands("a", None))).of("handoff.rejected")) == 1
    told = rehearse(draw("a =handoff> a", a=hands("a", None) | {"handover": {"allow_self": True}}))
    assert told.output == "done"
    assert told.of("handoff.rejected") == []


def test_endless_hand_offs_with_nothing_new_are_a_loop():
    told = rehearse(draw("a =handoff> b =handoff> a", a=hands("b"), b=hands("a")))
    assert told.status == "failed"
    assert told.data("handoff.loop_detected") == [{"pair": ["a", "b"], "count": 3}]
    assert told.state.agents["a"].reason == "limit"


def test_hops_are_limited_for_the_whole_chain():
    def graph(**handover):
        script = [{"hands_off": "b", "context": {"n": n}} for n in range(20)]
        back = [{"hands_off": "a", "context": {"m": n}} for n in range(20)]
        return draw(
            "a =handoff> b =handoff> a",
            a={"rehearsal": script, "handover": handover, "retry": ONCE},
            b={"rehearsal": back, "retry": ONCE},
        )

    told = rehearse(graph())
    assert told.data("limit.exceeded") == [{"which": "max_hops", "value": 11, "limit": 10}]
    assert told.status == "failed"
    assert len(rehearse(graph(max_hops=2)).of("handoff.accepted")) == 2
    finished = rehearse(graph(max_hops=2, on_limit="finish"))
    assert finished.status == "succeeded"


def test_a_chain_whose_agent_fails_fails():
    graph = draw("a =handoff> b,, b -> out,, a -> out", a=hands("b"), b={"retry": ONCE, "rehearsal": [{"fails": "x"}]})
    told = rehearse(graph)
    assert (told.tokens("a", "out"), told.tokens("b", "out")) == (["skipped"], ["error"])
    assert told.state.unhandled == ["b"]


def test_a_peer_can_fall_back():
    graph = draw(
        "a =handoff> b,, b -> out,, b -> f [on=failure]", a=hands("b"), b={"retry": ONCE, "rehearsal": [{"fails": "x"}]}
    )
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.tokens("b", "out") == ["value"]


def test_a_swarm_is_entered_where_the_edges_lead():
    graph = draw(
        "r -> a [when=value == 1],, r -> b [when=value == 2],, a =handoff> b =handoff> a",
        r={"rehearsal": [{"returns": 2}]},
    )
    told = rehearse(graph)
    assert told.output == "b: 2"
    assert told.finished("a") == ["skipped"]


def test_a_swarm_nothing_leads_to_begins_where_stated():
    assert rehearse(draw("a =handoff> b =handoff> a", b={"start": True})).output == "b: in"


def test_a_swarm_whose_inputs_fail_fails():
    told = rehearse(draw("x -> a,, a =handoff> b,, b -> out", x={"retry": ONCE, "rehearsal": [{"fails": "no"}]}))
    assert told.status == "failed"
    assert told.state.unhandled == ["x"]
    assert told.finished("a") == ["failed"]


def test_a_swarm_after_a_swarm():
    told = rehearse(draw("a =handoff> b,, b -> c,, c =handoff> d", a=hands("b"), c=hands("d")))
    assert told.output == "d: b: in"


def test_turns_and_hops_are_told_and_counted_apart():
    graph = draw(
        "a =handoff> b =handoff> a,, a -> out",
        a={"rehearsal": [{"hands_off": "b"}, {"returns": "done"}]},
        b={"rehearsal": [{"hands_off": "a", "context": {"n": 1}}]},
    )
    told = rehearse(graph)
    turns = [(e.type, e.agent, *(e.data or {}).values()) for e in told.of("turn.started", "turn.finished")]
    assert turns == [
        ("turn.started", "a", 1, 0), ("turn.finished", "a", 1), ("turn.started", "b", 1, 1),
        ("turn.finished", "b", 1), ("turn.started", "a", 2, 2), ("turn.finished", "a", 2),
    ]  # fmt: skip
    ends = {e.agent: (e.data["hops"], e.data["turns"]) for e in told.of("activation.finished") if e.agent != "out"}
    assert ends == {"a": (2, 2), "b": (2, 1)}


@pytest.mark.parametrize("cancel_at", range(3, 14))
def test_every_turn_that_began_ends_before_its_visit_does(cancel_at):
    told = rehearse(draw("a =handoff> b,, S =supervise> b", a=hands("b"), b={"rehearsal": [{"fails": "x"}, {}]}),
                    cancel_at=cancel_at)  # fmt: skip
    assert len(told.of("turn.started")) == len(told.of("turn.finished"))
