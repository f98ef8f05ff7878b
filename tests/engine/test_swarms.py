"""Swarms: chains of hand-offs with context and limits; the work board; notes shared by peers."""

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


# ------------------------------------------------------------------ boards


def test_peers_take_work_from_the_board_and_its_results_come_in_posting_order():
    graph = draw(
        "t -> B,, p =share> B,, q =share> B,, B -> out",
        t={"rehearsal": [{"returns": [1, 2, 3, 4]}]},
        p={"rehearsal": [{"after": 5}]},
    )
    told = rehearse(graph)
    assert told.state.agents["out"].inputs == {"B": ["p: 1", "q: 2", "q: 3", "q: 4"]}
    assert [d["by"] for d in told.data("work.claimed")] == ["p", "q", "q", "q"]
    assert told.data("work.posted")[0] == {"item": 1, "value": 1}


def test_a_board_nothing_leads_to_gets_the_input_of_the_run():
    assert rehearse(draw("p =share> B"), ["x", "y"]).output == ["p: x", "p: y"]


def test_only_who_has_the_skills_is_asked_the_most_specialised_first():
    items = [{"needs": ["db"], "n": 1}, {"n": 2}]
    graph = draw(
        "p =share> B,, q =share> B,, r =share> B", q={"skills": ["db", "sql"]}, r={"skills": ["db"]},
    )  # fmt: skip
    told = rehearse(graph, items)
    assert [(d["item"], d["by"]) for d in told.data("work.claimed")] == [(1, "r"), (2, "p")]


def test_work_nobody_can_do_fails_after_a_minute():
    told = rehearse(draw("p =share> B"), [{"needs": ["cobol"]}])
    assert (told.status, told.state.t) == ("failed", 60)
    assert "cobol" in told.state.reason


def test_work_that_fails_goes_to_somebody_else_and_is_dead_after_the_third_time():
    bad = {"retry": ONCE, "rehearsal": [{"fails": "x"}]}
    told = rehearse(draw("p =share> B,, q =share> B", p=bad), ["job"])
    assert told.output == ["q: job"]
    assert [d["by"] for d in told.data("work.released")] == ["p"]
    fences = [d["fence"] for d in told.data("work.claimed")]
    assert fences == [1, 2]
    dead = rehearse(draw("p =share> B", p=bad), ["job"])
    assert dead.status == "failed"
    assert len(dead.of("work.claimed")) == 3
    assert len(dead.of("work.dead")) == 1


def test_a_peer_can_post_more_work():
    script = [{"calls": [{"tool": "post_work", "arguments": {"work": "more"}}], "returns": "first"}, {}]
    told = rehearse(draw("p =share> B", p={"rehearsal": script}), ["start"])
    assert told.output == ["first", "p: more"]


def test_work_is_claimed_finished_and_given_back_by_hand():
    script = [
        {
            "calls": [{"tool": "claim_work"}, {"tool": "finish_work", "arguments": {"item": "2", "value": "ok"}}],
            "returns": "mine",
        }
    ]
    told = rehearse(draw("p =share> B", p={"rehearsal": script}), ["one", "two"])
    assert told.output == ["mine", "ok"]
    assert [d["value"] for d in told.data("call.finished")] == [{"item": 2, "value": "two", "fence": 1}, True]


def test_notes_are_shared_within_the_stated_boundaries():
    writes = [{"calls": [
        {"tool": "write_state", "arguments": {"key": "price", "value": 3}},
        {"tool": "write_state", "arguments": {"key": "secret", "value": 3}},
    ]}]  # fmt: skip
    reads = [{"calls": [{"tool": "read_state", "arguments": {"keys": ["price"]}}]}]
    graph = draw(
        "a -> b,, a =share> B,, b =share> B", a={"rehearsal": writes, "writes": ["price"]}, b={"rehearsal": reads}
    )
    told = rehearse(graph)
    assert told.output == {"price": 3}
    assert [d["key"] for d in told.data("boundary.violation")] == ["secret"]
    assert "B" not in told.state.agents, "a board that nobody posts to is no agent of the run"


def test_a_board_whose_inputs_are_skipped_lets_its_peers_be_skipped():
    told = rehearse(draw("t -> B [when=false],, t -> z [when=true],, p =share> B,, p -> out", t={"rehearsal": [{}]}))
    assert told.status == "succeeded"
    assert told.finished("p") == ["skipped"]
    assert told.tokens("p", "out") == ["skipped"]


def test_a_peers_own_way_out_carries_what_it_did():
    told = rehearse(draw("p =share> B,, q =share> B,, p -> out"), ["x"])
    assert told.state.agents["out"].inputs == {"p": "p: x"}
    assert told.finished("q") == ["skipped"]


def test_a_fallback_of_a_board_stands_in_when_items_cannot_be_done():
    fails = {"rehearsal": [{"fails": "no", "retry": False}]}
    told = rehearse(
        draw("p =share> B,, B -> z,, B -> f [on=failure]", p=fails, f={"rehearsal": [{"returns": "f"}]}), [1]
    )
    assert (told.status, told.output) == ("succeeded", "z: f")


def test_work_on_a_board_without_peers_fails_after_a_minute_too():
    told = rehearse(draw("q -> B,, B -> z", q={"rehearsal": [{"returns": [1]}]}))
    assert told.state.unhandled == ["B"]
    assert told.events[-1].t < 65
