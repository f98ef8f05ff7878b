"""Supervisors: oversight (restart, reassign, escalate, stop, ignore), dispatch, nesting, and their own death."""

import pytest

from engine.drawing import ONCE, draw, rehearse
from quartet.engine import Refused

STEADY = {"backoff": 0}


def fails(times: int, then=None, after: float = 1, type: str = "AgentError") -> dict:
    script = [{"fails": "x", "type": type, "after": after}] * times + [
        {"after": after} if then is None else {"returns": then}
    ]
    return {"retry": ONCE, "rehearsal": script}


ALWAYS = {"retry": ONCE, "rehearsal": [{"fails": "x"}]}


def order(told, *types: str) -> list[tuple]:
    """What happened in the group, in order: (child or agent, what)."""
    return [((e.data or {}).get("child") or e.agent, e.type.partition(".")[2]) for e in told.of(*types)]


def test_one_for_one_restarts_only_the_failed_worker():
    told = rehearse(draw("S =supervise> a,, S =supervise> b,, S =supervise> c", b=fails(1)))
    assert told.status == "succeeded"
    assert (told.starts("a"), told.starts("b"), told.starts("c")) == ([0], [0, 1], [0])
    restart = told.data("group.restart_scheduled")[0]
    assert (restart["child"], restart["affected"], restart["n"], restart["limit"]) == ("b", ["b"], 1, 3)
    assert told.finished("b") == ["succeeded"], "a restart is the same activation"
    assert told.output == ["a: in", "b: in", "c: in"]


def test_one_for_all_stops_the_others_in_reverse_order_and_starts_all_in_order():
    slow = {"rehearsal": [{"after": 5}]}
    graph = draw(
        "S =supervise> a,, S =supervise> b,, S =supervise> c",
        S={"oversight": {"strategy": "one_for_all"}},
        a=slow,
        b=fails(1),
        c=slow,
    )
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert order(told, "group.child_stopping") == [("c", "child_stopping"), ("a", "child_stopping")]
    again = [e.agent for e in told.of("attempt.started") if e.t == 1]
    assert again == ["a", "b", "c"]


def test_rest_for_one_moves_only_the_later_ones():
    slow = {"rehearsal": [{"after": 5}]}
    graph = draw(
        "S =supervise> a,, S =supervise> b,, S =supervise> c",
        S={"oversight": {"strategy": "rest_for_one"}},
        a=slow,
        b=fails(1),
        c=slow,
    )
    told = rehearse(graph)
    assert (told.starts("a"), told.starts("b"), told.starts("c")) == ([0], [0, 1], [0, 1])


def test_what_a_sibling_has_finished_stands():
    graph = draw(
        "S =supervise> a,, S =supervise> b",
        S={"oversight": {"strategy": "one_for_all"}},
        a={"rehearsal": [{"after": 0.5}]},
        b=fails(1),
    )
    assert rehearse(graph).starts("a") == [0]


def test_more_restarts_than_allowed_escalate_and_the_others_are_stopped():
    # otp supervisor_SUITE one_for_one: intensity 2, the third crash stops b and ends the supervisor
    hangs = {"rehearsal": [{"hangs": True}]}
    told = rehearse(
        draw("S =supervise> a,, S =supervise> b", S={"oversight": {"max_restarts": 2} | STEADY}, a=ALWAYS, b=hangs)
    )
    assert told.starts("a") == [0, 1, 2]
    assert told.finished("b") == ["cancelled"]
    assert told.state.t == 3
    assert (told.status, told.state.unhandled) == ("failed", ["a"])
    assert told.state.agents["S"].reason == "escalated"


def test_no_restarts_at_all_escalate_at_once():
    told = rehearse(draw("S =supervise> a", S={"oversight": {"max_restarts": 0}}, a=ALWAYS))
    assert told.starts("a") == [0]
    assert told.of("group.restart_scheduled") == []


def test_a_window_of_time_counts_the_restarts_of_the_whole_group():
    # akka "reset retry limit after withinTimeRange": 2 in 2 s
    window = {"max_restarts": 2, "max_seconds": 2} | STEADY
    script = [{"fails": "x", "after": n} for n in (0.1, 0.1, 2.5, 0.1, 0.1)]
    told = rehearse(draw("S =supervise> a", S={"oversight": window}, a={"retry": ONCE, "rehearsal": script}))
    assert len(told.of("group.restart_scheduled")) == 4
    assert len(told.of("group.escalated")) == 1


def test_pauses_between_restarts_grow():
    told = rehearse(draw("S =supervise> a", S={"oversight": {"max_restarts": 4}}, a=fails(4)))
    delays = [d["delay"] for d in told.data("group.restart_scheduled")]
    assert delays[0] == 0
    assert all(abs(d - n) <= n * 0.2 for d, n in zip(delays[1:], [0.5, 1, 2], strict=True))


def test_retries_come_before_the_supervisor_and_fallbacks_too():
    calm = {"retry": {"max_attempts": 2, "jitter": 0}, "rehearsal": [{"fails": "x"}] * 2 + [{}]}
    told = rehearse(draw("S =supervise> a", a=calm))
    assert told.starts("a") == [0, 2, 3]
    saved = rehearse(draw("S =supervise> a,, a -> f [on=failure]", a=ALWAYS))
    assert saved.of("group.child_failed") == []
    assert saved.output == ["f: in"]


def test_a_restart_can_try_another_strategy():
    on_error = [{"do": "restart", "with": {"text": "gently"}}]
    told = rehearse(
        draw("S =supervise> a", S={"oversight": {"on_error": on_error}}, a=fails(1) | {"config": {"text": "hard"}})
    )
    assert told.data("attempt.started", "a")[1]["with"] == {"text": "gently"}
    assert told.data("group.restart_scheduled")[0]["with"] == {"text": "gently"}


def test_the_sequence_restart_then_reassign_then_escalate():
    on_error = [{"do": "restart"}, {"do": "reassign"}, {"do": "escalate"}]
    told = rehearse(
        draw(
            "S =supervise> a,, S =supervise> b",
            S={"oversight": {"on_error": on_error}},
            a=ALWAYS,
            b={"rehearsal": [{"after": 0.5}]},
        )
    )
    assert told.status == "succeeded"
    assert told.data("worker.reassigned") == [{"from": "a", "to": "b", "tried": ["b"]}]
    assert told.data("activation.finished", "a")[0]["by"] == "b"
    assert told.output == ["b: in", "b: in"]
    assert told.finished("a") == ["succeeded"]


def test_nobody_left_to_take_over_escalates():
    on_error = [{"do": "reassign"}]
    told = rehearse(
        draw("S =supervise> a,, S =supervise> b", S={"oversight": {"on_error": on_error}}, a=ALWAYS, b=ALWAYS)
    )
    assert told.status == "failed"
    assert {d["child"] for d in told.data("group.escalated")} == {"a", "b"}


def test_candidates_are_asked_in_the_stated_order_and_the_token_leaves_on_the_first_ones_edges():
    on_error = [{"do": "reassign", "to": ["c", "b"]}]
    graph = draw(
        "S =supervise> a,, S =supervise> b,, S =supervise> c,, a -> out",
        S={"oversight": {"on_error": on_error, "dispatch": "broadcast"}}, a=ALWAYS,
        c={"retry": ONCE, "rehearsal": [{}, {"fails": "c cannot"}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert [d["to"] for d in told.data("worker.reassigned")] == ["c", "b"]
    assert told.tokens("a", "out") == ["value"]
    assert told.state.agents["out"].inputs == {"a": "b: in"}
    fences = [e.data["fence"] for e in told.of("attempt.started") if e.agent == "a" or e.act > 1]
    assert fences == sorted(set(fences)), "the fence of the same work grows"


def test_stop_and_ignore_give_a_worker_up_as_handled():
    for directive, kind in (("stop", "cancelled"), ("ignore", "skipped")):
        graph = draw(
            "S =supervise> a,, S =supervise> b,, a -> out",
            S={"oversight": {"on_error": [{"do": directive}], "dispatch": "broadcast"}},
            a=ALWAYS,
        )
        told = rehearse(graph)
        assert told.tokens("a", "out") == [kind]
        assert told.status == "succeeded"
        assert told.state.agents["S"].value == ["b: in"]


def test_directives_can_be_for_some_errors_only():
    on_error = [{"do": "restart", "on": ["Flaky"]}]
    told = rehearse(draw("S =supervise> a", S={"oversight": {"on_error": on_error}}, a=fails(1, type="Flaky")))
    assert told.status == "succeeded"
    told = rehearse(draw("S =supervise> a", S={"oversight": {"on_error": on_error}}, a=fails(1, type="Other")))
    assert told.status == "failed"
    assert len(told.starts("a")) == 1


def test_a_worker_puts_no_token_while_its_supervisor_decides():
    told = rehearse(draw("S =supervise> a,, a -> out,, x -> a", a=fails(2)))
    assert told.tokens("a", "out") == ["value"]
    assert told.status == "succeeded"


# ------------------------------------------------------------------ dispatch


def test_in_graph_mode_the_supervisor_only_watches():
    told = rehearse(draw("S =supervise> a,, S =supervise> b,, a -> b", b=fails(1)))
    assert told.data("group.up")[0]["dispatch"] == "graph"
    assert told.output == "b: a: in"
    assert told.finished("S") == ["succeeded"]
    assert told.of("activation.finished", agent="S")[0].t == told.state.t


def test_broadcast_gives_everybody_the_same_and_collects_in_worker_order():
    told = rehearse(draw("x -> S,, S =supervise> a,, S =supervise> b,, S -> out", a={"rehearsal": [{"after": 3}]}))
    assert [d["to"] for d in told.data("work.handed_over")] == ["a", "b"]
    assert told.state.agents["out"].inputs == {"S": ["a: x: in", "b: x: in"]}


def test_split_gives_each_worker_its_own_item():
    graph = draw("S =supervise> a,, S =supervise> b", S={"oversight": {"dispatch": "split"}})
    assert rehearse(graph, ["one", "two"]).output == ["a: one", "b: two"]
    assert rehearse(graph, ["one", "two", "three"]).output == ["a: one", "b: two", "a: three"]
    told = rehearse(graph, ["one"])
    assert told.output == ["a: one"]
    assert told.finished("b") == ["skipped"]


def test_a_pool_gives_items_to_whoever_is_free():
    graph = draw(
        "S =supervise> a,, S =supervise> b,, a -> out",
        S={"oversight": {"dispatch": "pool"}},
        a={"rehearsal": [{"after": 5}]},
    )
    told = rehearse(graph, ["1", "2", "3", "4"])
    assert told.state.agents["S"].value == ["a: 1", "b: 2", "b: 3", "b: 4"]
    assert told.tokens("a", "out") == ["value"]


def test_a_pool_item_is_reassigned_when_its_worker_cannot_do_it():
    graph = draw(
        "S =supervise> a,, S =supervise> b", a=ALWAYS,
        S={"oversight": {"dispatch": "pool", "on_error": [{"do": "restart"}, {"do": "reassign"}]}},
    )  # fmt: skip
    told = rehearse(graph, ["1", "2"])
    assert told.output == ["b: 1", "b: 2"]


def test_a_manager_delegates_hears_the_reports_and_answers():
    calls = [
        {"tool": "delegate_to_a", "arguments": {"task": "dig"}},
        {"tool": "delegate_to_b", "arguments": {"task": "count"}},
    ]
    graph = draw("m =supervise> a,, m =supervise> b", m={"kind": "llm", "rehearsal": [{"calls": calls}]})
    told = rehearse(graph)
    assert told.output == ["a: dig", "b: count"]
    assert [d["tool"] for d in told.data("call.finished")] == ["delegate_to_a", "delegate_to_b"]
    assert told.starts("a") == told.starts("b") == [1]


def test_a_manager_hears_of_a_failure_only_when_the_policy_is_exhausted():
    calls = [{"tool": "delegate_to_a", "arguments": {"task": "dig"}}, {"tool": "nonsense"}]
    graph = draw(
        "m =supervise> a",
        m={"kind": "llm", "rehearsal": [{"calls": calls}], "oversight": {"max_restarts": 1}},
        a=ALWAYS,
    )
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.output == [{"error": "a failed: x"}, {"error": "there is no tool “nonsense” here"}]
    assert len(told.starts("a")) == 2


def test_an_unscripted_manager_asks_every_worker():
    told = rehearse(draw("m =supervise> a,, m =supervise> b", m={"kind": "llm"}))
    assert told.status == "succeeded"
    assert told.finished("a") == told.finished("b") == ["succeeded"]


def test_a_report_to_the_own_supervisor_is_no_input_of_it():
    told = rehearse(draw("S =supervise> a,, S =supervise> b,, a -> b -> S"))
    assert told.status == "succeeded"
    assert told.output == ["b: a: in"]


# ------------------------------------------------------------------ nesting and death


def test_what_one_supervisor_cannot_mend_the_next_one_does():
    graph = draw(
        "T0 =supervise> S1,, S1 =supervise> a,, S1 =supervise> b",
        T0={"kind": "supervisor"}, S1={"oversight": {"max_restarts": 1} | STEADY}, a=fails(3),
        b={"rehearsal": [{"after": 0.5}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.data("group.escalated")[0]["to"] == "T0"
    assert told.data("group.restart_scheduled", "T0")[0]["child"] == "S1"
    assert len(told.starts("a")) == 4
    assert told.starts("b") == [0], "what is finished stands"


def test_a_failure_nobody_above_can_mend_fails_the_run_once():
    graph = draw(
        "T0 =supervise> S1,, S1 =supervise> a,, S1 =supervise> b,, T0 =supervise> c",
        T0={"kind": "supervisor", "oversight": {"max_restarts": 1} | STEADY},
        S1={"oversight": {"max_restarts": 1} | STEADY},
        a=ALWAYS, b={"rehearsal": [{"hangs": True}]}, c={"rehearsal": [{"hangs": True}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "failed"
    assert told.state.unhandled == ["a"]
    assert told.finished("b") == told.finished("c") == ["cancelled"]
    assert len(told.starts("a")) == 4


def test_a_supervisor_over_a_pipeline_of_fan_out_workers():
    graph = draw(
        "S =supervise> s1,, S =supervise> S2,, S =supervise> s3,, "
        "S2 =supervise> w1,, S2 =supervise> w2,, S2 =supervise> w3,, "
        "s1 -> w1 -> J,, s1 -> w2 -> J,, s1 -> w3 -> J,, J -> s3",
        S={"oversight": {"strategy": "rest_for_one"}}, w2=fails(1),
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert (len(told.starts("s1")), len(told.starts("w1")), len(told.starts("w2"))) == (1, 1, 2)
    assert len(told.of("join.fired")) == 1


def test_a_supervised_swarm_is_restarted_as_one_worker():
    graph = draw(
        "S =supervise> a,, a =handoff> b,, b -> out",
        a={"retry": ONCE, "rehearsal": [{"fails": "x"}, {"hands_off": "b"}]},
    )
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.tokens("b", "out") == ["value"]


DIES = {"rehearsal": [{"fails": "power cut", "after": 0.5}]}


def test_a_supervisor_that_dies_leaves_its_workers_unwatched():
    told = rehearse(draw("S =supervise> a,, S =supervise> b", S=DIES, a=fails(1), b={}))
    assert told.status == "failed"
    assert told.data("group.supervisor_crashed") == [{"error": "power cut"}]
    assert told.of("group.restart_scheduled") == []
    assert told.state.unhandled == ["S", "a"]
    assert told.finished("b") == ["succeeded"]


def test_a_restartable_supervisor_comes_back_and_keeps_its_workers():
    told = rehearse(
        draw("S =supervise> a,, S =supervise> b", S=DIES | {"oversight": {"restartable": True}}, a=fails(1))
    )
    assert told.status == "succeeded"
    assert told.data("group.supervisor_restarted") == [{"adopted": ["a", "b"]}]
    assert told.starts("b") == [0]


def test_a_dead_supervisor_is_restarted_by_the_one_above():
    told = rehearse(draw("T0 =supervise> S,, S =supervise> a", T0={"kind": "supervisor"}, S=DIES, a=fails(1)))
    assert told.status == "succeeded"
    assert len(told.of("group.supervisor_restarted")) == 1
    assert len(told.starts("a")) == 2


def test_a_failure_from_below_is_counted_also_when_nothing_else_runs():
    graph = draw(
        "T0 =supervise> S1,, T0 =supervise> c,, S1 =supervise> a,, S1 =supervise> b,, a -> b,, S1 -> z",
        T0={"kind": "supervisor", "oversight": {"max_restarts": 1} | STEADY},
        S1={"oversight": {"max_restarts": 0} | STEADY}, a=ALWAYS,
    )  # fmt: skip
    told = rehearse(graph)
    assert (told.status, told.state.unhandled) == ("failed", ["a"])
    assert told.tokens("a", "b") == told.tokens("S1", "z") == ["error"]


def test_what_a_team_could_not_do_goes_to_another_team_and_keeps_nobody_waiting():
    graph = draw(
        "T0 =supervise> S1,, T0 =supervise> S2,, S1 =supervise> a,, S2 =supervise> b,, S1 -> z",
        T0={"kind": "supervisor", "oversight": {"on_error": [{"do": "reassign"}]}},
        S1={"oversight": {"max_restarts": 0}}, a=ALWAYS,
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.finished("a") == ["cancelled"]
    assert told.tokens("S1", "z") == ["value"]
    assert told.events[-1].t < 10


def test_two_teams_that_both_fail_do_not_pass_the_work_to_and_fro():
    graph = draw(
        "T0 =supervise> S1,, T0 =supervise> S2,, S1 =supervise> a,, S2 =supervise> b",
        T0={"kind": "supervisor", "oversight": {"on_error": [{"do": "reassign"}]}}, a=ALWAYS, b=ALWAYS,
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "failed"
    assert len(told.of("worker.reassigned")) == 2


@pytest.mark.parametrize("dispatch", ["broadcast", "pool", "graph"])
def test_a_fallback_of_a_supervisor_stands_in_for_its_team(dispatch):
    graph = draw(
        "S =supervise> a,, S =supervise> b,, S -> z,, S -> f [on=failure]",
        S={"oversight": {"max_restarts": 0, "dispatch": dispatch}}, a=ALWAYS, f={"rehearsal": [{"returns": "mended"}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.output == "z: mended"
    assert told.tokens("S", "f") == told.tokens("S", "z") == ["value"]


def test_a_fallback_of_a_nested_team_comes_before_the_supervisor_above():
    graph = draw(
        "T0 =supervise> S1,, S1 =supervise> a,, S1 =supervise> b,, S1 -> f [on=failure]",
        T0={"kind": "supervisor"}, S1={"oversight": {"max_restarts": 0}},
        a=ALWAYS, b={"rehearsal": [{"hangs": True}]}, f={"rehearsal": [{"returns": "mended"}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert (told.status, told.output) == ("succeeded", ["mended"])
    assert told.finished("a") == told.finished("b") == ["cancelled"]
    assert not told.of("group.child_failed", agent="T0")


def test_a_worker_whose_failure_a_detour_took_over_does_not_fail_its_team():
    graph = draw("S =supervise> a,, S =supervise> b,, S -> z,, a -> f [on=failure],, f -> y", a=ALWAYS)
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.finished("S") == told.finished("z") == told.finished("y") == ["succeeded"]


def test_a_swarm_that_a_supervisor_dispatches_to_counts_through_it():
    graph = draw("S =supervise> a,, S =supervise> b,, a =handoff> b", a={"rehearsal": [{"hands_off": "b"}]})
    assert rehearse(graph).output == ["b: in"]


def test_workers_are_unwatched_after_the_death_of_an_agent_that_works_and_supervises():
    graph = draw(
        "m =supervise> a,, m =supervise> b,, a -> b", m={"oversight": {"dispatch": "graph"}} | ALWAYS,
        a={"rehearsal": [{"fails": "later", "retry": False, "after": 5}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert told.state.unhandled == ["m", "a"]
    assert not told.of("group.restart_scheduled")


def test_an_agent_that_works_and_supervises_comes_back_where_it_may():
    script = [{"fails": "down", "retry": False}, {"calls": [{"tool": "delegate_to_a"}], "returns": "up"}]
    graph = draw("m =supervise> a", m={"rehearsal": script, "oversight": {"restartable": True}})
    told = rehearse(graph)
    assert (told.status, told.output) == ("succeeded", "up")
    assert told.data("group.supervisor_restarted") == [{"adopted": ["a"]}]
    graph = draw("m =supervise> a", m={"oversight": {"restartable": True}} | ALWAYS)
    assert len(rehearse(graph).starts("m")) == 4, "three times in a minute, then it stays dead"


def test_a_supervisor_that_only_watches_puts_no_value_where_its_workers_report_nothing():
    told = rehearse(draw("S =supervise> a,, S =supervise> b,, a -> b,, S -> z"))
    assert told.tokens("S", "z") == ["skipped"]
    assert (told.status, told.output) == ("succeeded", "b: a: in")


@pytest.mark.parametrize("dispatch", ["split", "pool"])
def test_a_worker_that_is_done_at_once_gets_the_next_item(dispatch):
    told = rehearse(draw("S =supervise> J", S={"oversight": {"dispatch": dispatch}}), [1, 2, 3])
    assert (told.status, told.output) == ("succeeded", [1, 2, 3])


def test_a_supervisor_does_not_watch_for_ever_for_a_worker_that_can_never_begin():
    graph = draw("S =supervise> b,, S -> m [on=failure],, m =handoff> b", S={"oversight": {"dispatch": "graph"}})
    assert rehearse(graph).events[-1].t < 10


def test_slow_failures_do_not_make_a_restartable_agent_restart_for_ever():
    hangs = {"limits": {"start_to_close": 100}, "retry": ONCE, "rehearsal": [{"hangs": True}]}
    told = rehearse(draw("m =supervise> a", m={"oversight": {"restartable": True}} | hangs))
    assert len(told.starts("m")) == 4


def test_a_team_that_fails_its_manager_leaves_nobody_held():
    told = rehearse(
        draw("m =supervise> S,, S =supervise> a", m={"oversight": {"max_restarts": 0}}, a=ALWAYS,
             S={"oversight": {"dispatch": "graph", "max_restarts": 0}})
    )  # fmt: skip
    assert told.finished("a") == ["cancelled"]
    assert told.events[-1].t < 10


@pytest.mark.parametrize("takes", [1, 20])
def test_workers_of_a_dead_supervisor_whose_work_another_took_over_are_unwatched(takes):
    graph = draw(
        "T0 =supervise> S,, T0 =supervise> c,, S =supervise> a,, b -> a",
        T0={"kind": "supervisor", "oversight": {"on_error": [{"do": "reassign"}]}}, S=DIES,
        a=ALWAYS, b={"rehearsal": [{"after": 2}]}, c={"rehearsal": [{"after": takes}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert (told.status, told.state.unhandled) == ("failed", ["a"])
    assert told.finished("S") == told.finished("T0") == ["succeeded"]
    assert not told.of("activation.held", agent="a")
    assert told.events[-1].t < 30


@pytest.mark.parametrize("do", ["stop", "ignore", "escalate"])
def test_workers_of_a_dead_supervisor_that_was_given_up_are_unwatched(do):
    graph = draw(
        "T0 =supervise> S,, S =supervise> a,, b -> a",
        T0={"kind": "supervisor", "oversight": {"on_error": [{"do": do}]}}, S=DIES,
        a=ALWAYS, b={"rehearsal": [{"after": 2}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert "a" in told.state.unhandled
    assert told.events[-1].t < 30


def test_a_worker_is_not_held_when_its_supervisor_died_while_another_did_its_work():
    graph = draw(
        "T0 =supervise> S,, T0 =supervise> c,, S =supervise> a",
        T0={"kind": "supervisor", "oversight": {"on_error": [{"do": "reassign"}]}} | DIES,
        S={"oversight": {"max_restarts": 0}} | DIES, a=fails(9, after=0.4), c=fails(9, after=3),
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "failed"
    assert told.events[-1].t < 30


FAILS_LATE = {"retry": ONCE, "rehearsal": [{"fails": "x", "after": 3}]}


def test_two_restarts_at_once_start_a_worker_once():
    graph = draw(
        "T0 =supervise> S,, T0 =supervise> c,, S =supervise> a,, b -> a",
        T0={"kind": "supervisor", "rehearsal": [{"fails": "d", "after": 0.5}] * 2, "oversight": {
            "on_error": [{"do": "reassign"}, {"do": "restart"}], "dispatch": "broadcast", "strategy": "one_for_all",
            "max_restarts": 1, "restartable": True}},
        S={"oversight": {"on_error": [{"do": "reassign"}], "dispatch": "broadcast", "strategy": "one_for_all",
                         "max_restarts": 2}} | DIES,
        a=FAILS_LATE, b={"rehearsal": [{"after": 3}, {"after": 0.4}]}, c=FAILS_LATE,
    )  # fmt: skip
    assert rehearse(graph).events[-1].t < 100


def test_a_supervisor_without_a_model_is_refused_as_a_manager():
    with pytest.raises(Refused, match="S cannot manage: it has no model"):
        rehearse(draw("S =supervise> a,, S =supervise> b", S={"oversight": {"dispatch": "manager"}}))
