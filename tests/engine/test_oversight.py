"""What can be stated about a supervisor and its workers: pauses, silence, pools, the supervisor's own death."""

import pytest
from pydantic import ValidationError

from counting import growth
from engine.drawing import ONCE, draw, rehearse
from quartet.graph.model import Agent
from quartet.graph.policies import Oversight

HANGS = {"rehearsal": [{"hangs": True}]}


def failing(*after: float, then: dict | None = None) -> dict:
    return {"retry": ONCE, "rehearsal": [*({"fails": "x", "after": t} for t in after), then or {}]}


def delays(told) -> list[float]:
    return [d["delay"] for d in told.data("group.restart_scheduled")]


# ---------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "stated",
    [
        {"strategy": "one_by_one"}, {"max_restarts": -1}, {"max_restarts": "without end"}, {"max_seconds": 0},
        {"max_children": 0}, {"stall_after": 0}, {"root_policy": "shrug"}, {"on_supervisor_crash": "weep"},
        {"first_pause": -1}, {"backoff": -1}, {"max_backoff": 0}, {"backoff": 5, "max_backoff": 2},
        {"max_backoff": 0.1}, {"backoff_reset": 0}, {"jitter": 2}, {"on_error": [{"do": "prmanent"}]},
        {"auto_shutdown": "any"},
    ],
)  # fmt: skip
def test_a_statement_that_makes_no_sense_is_refused(stated):
    with pytest.raises(ValidationError):
        Oversight.model_validate(stated)


@pytest.mark.parametrize("restart", ["permanent", "sometimes"])
def test_workers_are_restarted_when_they_fail_or_never(restart):
    with pytest.raises(ValidationError):
        Agent(id="a", kind="template", name="a", restart=restart)


# ---------------------------------------------------------------------- pauses


def test_the_first_restart_is_at_once_and_the_next_ones_wait_longer_up_to_a_limit():
    calm = {"oversight": {"max_restarts": 6, "backoff": 1, "max_backoff": 3, "jitter": 0}}
    assert delays(rehearse(draw("S =supervise> a", S=calm, a=failing(*[1] * 5)))) == [0, 1, 2, 3, 3]


def test_the_first_pause_can_be_stated():
    # akka "restart after exponential backoff": 1 s, then 2 s
    calm = {"oversight": {"first_pause": 1, "backoff": 2, "jitter": 0}}
    told = rehearse(draw("S =supervise> a", S=calm, a=failing(1, 1)))
    assert delays(told) == [1, 2]
    assert told.starts("a") == [0, 2, 5]


def test_pauses_vary_within_their_jitter_and_never_exceed_the_longest():
    told = rehearse(draw("S =supervise> a", S={"oversight": {"max_restarts": 9}}, a=failing(*[1] * 9)))
    wanted = [0, 0.5, 1, 2, 4, 8, 16, 30, 30]
    assert all(abs(d - w) <= 0.2 * w and d <= 30 for d, w in zip(delays(told), wanted, strict=True))
    assert delays(told)[1:7] != wanted[1:7]


def test_after_a_quiet_time_the_pauses_start_over():
    quiet = {"oversight": {"max_restarts": 9, "backoff": 1, "max_backoff": 9, "jitter": 0}}  # calm after 5 s
    told = rehearse(draw("S =supervise> a", S=quiet, a=failing(1, 1, 1, 6, 1)))
    assert delays(told) == [0, 1, 2, 0, 1]
    stated = {"oversight": quiet["oversight"] | {"backoff_reset": 30}}
    assert delays(rehearse(draw("S =supervise> a", S=stated, a=failing(1, 1, 1, 6, 1)))) == [0, 1, 2, 4, 8]


def test_a_window_bounds_all_workers_together_and_the_pauses_are_each_ones_own():
    window = {"oversight": {"max_restarts": 3, "max_seconds": 100, "backoff": 1, "jitter": 0}}
    told = rehearse(draw("S =supervise> a,, S =supervise> b", S=window, a=failing(1, 1), b=failing(1, 1)))
    assert [(d["child"], d["n"], d["delay"]) for d in told.data("group.restart_scheduled")] == [
        ("a", 1, 0), ("b", 2, 0), ("a", 3, 1),
    ]  # fmt: skip
    assert told.data("group.escalated")[0]["child"] == "b"


# ---------------------------------------------------------------------- directives by type of error


def test_errors_of_each_type_go_through_the_directives_that_fit_them():
    on_error = [
        {"do": "restart", "on": ["Busy"]}, {"do": "reassign", "on": ["Busy"]},
        {"do": "restart", "on": ["Broken"], "with": {"text": "mended"}}, {"do": "ignore", "on": ["Broken"]},
    ]  # fmt: skip
    script = [{"fails": "x", "type": type} for type in ("Broken", "Busy", "Broken")]
    told = rehearse(
        draw(
            "S =supervise> a,, S =supervise> b", S={"oversight": {"on_error": on_error, "backoff": 0}},
            a={"retry": ONCE, "rehearsal": script},
        )
    )  # fmt: skip
    assert [d.get("with") for d in told.data("group.restart_scheduled")] == [{"text": "mended"}, None]
    assert told.of("worker.reassigned") == [], "the first Busy is restarted, whatever failed before"
    assert told.finished("a") == ["skipped"]


# ---------------------------------------------------------------------- whether a worker is restarted at all


def test_a_temporary_worker_is_given_up_when_it_fails_and_that_is_handled():
    # otp temporary_abnormal
    told = rehearse(draw("S =supervise> a,, S =supervise> b", a=failing(1) | {"restart": "temporary"}))
    assert told.starts("a") == [0]
    assert told.finished("a") == ["cancelled"]
    assert told.data("group.child_stopped") == [{"child": "a", "how": "given up"}]
    assert (told.status, told.output) == ("succeeded", ["b: in"])


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_a_temporary_bystander_is_stopped_and_not_started_again(strategy):
    # otp temporary_bystander
    told = rehearse(
        draw(
            "S =supervise> a,, S =supervise> t,, S =supervise> c", S={"oversight": {"strategy": strategy}},
            a=failing(1), t=HANGS | {"restart": "temporary"}, c={"rehearsal": [{"after": 3}]},
        )
    )  # fmt: skip
    assert (told.starts("a"), told.starts("t"), told.starts("c")) == ([0, 1], [0], [0, 1])
    assert told.of("group.escalated") == []
    assert told.status == "succeeded"


# ---------------------------------------------------------------------- silence


def test_a_worker_that_says_nothing_for_too_long_has_stalled():
    script = [{"beats": [2, 3], "hangs": True}, {"after": 2}]
    told = rehearse(
        draw(
            "S =supervise> a",
            S={"oversight": {"stall_after": 3}},
            a={"rehearsal": script, "retry": {"max_attempts": 5}},
        )
    )
    assert told.data("worker.stalled", "S") == [{"child": "a", "silent": 3}]
    assert told.data("attempt.timed_out", "a") == [{"kind": "stalled", "after": 3}]
    assert told.data("retry.exhausted", "a") == [{"reason": "non_retryable"}], "its supervisor decides"
    assert told.starts("a") == [0, 9]
    assert told.status == "succeeded"


def test_a_stall_has_a_type_of_its_own_that_directives_may_name():
    on_error = [{"do": "reassign", "on": ["Stalled"]}, {"do": "escalate"}]
    stated = {"oversight": {"stall_after": 3, "on_error": on_error, "dispatch": "split"}}
    told = rehearse(draw("S =supervise> a,, S =supervise> b", S=stated, a=HANGS), ["one"])
    assert told.output == ["b: one"]


def test_of_its_own_heartbeat_and_its_supervisors_patience_the_shorter_counts():
    beats = {"limits": {"heartbeat": 2}, "rehearsal": [{"hangs": True}, {}]}
    told = rehearse(draw("S =supervise> a", S={"oversight": {"stall_after": 3}}, a=beats))
    assert told.data("attempt.timed_out", "a") == [{"kind": "heartbeat", "after": 2}]


def test_who_waits_for_a_person_or_for_its_next_attempt_has_not_stalled():
    waits = {"retry": {"initial_interval": 9, "jitter": 0}, "rehearsal": [{"fails": "x"}, {"waits": "?"}]}
    told = rehearse(draw("S =supervise> a", S={"oversight": {"stall_after": 2}}, a=waits))
    assert told.of("worker.stalled") == []
    assert told.status == "succeeded"


# ---------------------------------------------------------------------- pools


@pytest.mark.parametrize("stated", [{"strategy": "pool"}, {"dispatch": "pool"}])
def test_a_pool_stops_side_by_side_with_one_deadline(stated):
    # otp simple_one_for_one_shutdown: two need 1 s, one needs 5 s, all have 2 s
    slow = {f"w{n}": {"limits": {"cancel_grace": 2}, "rehearsal": [{"hangs": True, "ignores_cancel": t}]}
            for n, t in enumerate((1, 1, 5))}  # fmt: skip
    told = rehearse(
        draw("S =supervise> w0,, S =supervise> w1,, S =supervise> w2", S={"oversight": stated}, **slow), [1, 2, 3],
        cancel_time=3,
    )  # fmt: skip
    assert told.state.t == 5
    hows = {d["child"]: d["how"] for d in told.data("group.child_stopped")}
    assert hows == {"w0": "shutdown", "w1": "shutdown", "w2": "killed"}


def test_a_pool_restarts_only_the_failed_one():
    told = rehearse(
        draw("S =supervise> a,, S =supervise> b", S={"oversight": {"strategy": "pool"}}, a=failing(1),
             b={"rehearsal": [{"after": 5}]})
    )  # fmt: skip
    assert (told.starts("a"), told.starts("b")) == ([0, 1], [0])


@pytest.mark.parametrize("dispatch", ["broadcast", "split", "pool"])
def test_no_more_workers_than_allowed_have_something_to_do(dispatch):
    names = [f"w{n}" for n in range(5)]
    stated = {"oversight": {"dispatch": dispatch, "max_children": 2}}
    told = rehearse(draw(",, ".join(f"S =supervise> {name}" for name in names), S=stated), [1, 2, 3, 4, 5])
    busy = most = 0
    for event in told.of("attempt.started", "attempt.succeeded"):
        busy += 1 if event.type == "attempt.started" else -1
        most = max(most, busy)
    assert most == 2
    assert len(told.output) == 5


def test_who_is_being_restarted_counts_among_those_that_have_something_to_do():
    # elixir "restarting on init children counted in max_children"
    stated = {"oversight": {"dispatch": "pool", "max_children": 1, "first_pause": 9, "jitter": 0}}
    told = rehearse(draw("S =supervise> a,, S =supervise> b", S=stated, a=failing(1)), [1, 2])
    assert told.starts("a") == [0, 10, 11]
    assert told.starts("b") == []


def test_an_agent_without_a_grace_is_killed_at_once():
    # otp sup_stop_brutal_kill
    told = rehearse(draw("S =supervise> a,, S =supervise> b", a=HANGS, b=HANGS | {"limits": {"cancel_grace": 0}}),
                    cancel_time=1)  # fmt: skip
    assert told.data("group.child_stopped") == [{"child": "b", "how": "killed"}, {"child": "a", "how": "shutdown"}]
    assert told.state.t == 1


# ---------------------------------------------------------------------- the supervisor's own death

MORTAL = {"rehearsal": [{"fails": "killed", "after": 1}, {}]}
WORKS = {"rehearsal": [{"after": 5}]}


@pytest.mark.parametrize("above", [False, True])
def test_a_supervisor_that_is_back_restarts_its_workers_where_that_is_stated(above):
    stated = {"oversight": {"restartable": True, "on_supervisor_crash": "restart_tree"}}
    drawn = "S =supervise> a,, S =supervise> b" + (",, T0 =supervise> S" if above else "")
    told = rehearse(draw(drawn, T0={"kind": "supervisor"}, S=MORTAL | stated, a=WORKS, b=WORKS)) if above else rehearse(
        draw(drawn, S=MORTAL | stated, a=WORKS, b=WORKS))  # fmt: skip
    assert told.data("group.supervisor_restarted") == [{"adopted": []}]
    assert [d["child"] for d in told.data("group.child_stopping")] == ["b", "a"]
    assert (told.starts("a"), told.starts("b")) == ([0, 1], [0, 1])
    assert told.status == "succeeded"


def test_what_was_done_before_the_supervisor_died_stays_done():
    stated = {"oversight": {"restartable": True, "on_supervisor_crash": "restart_tree", "dispatch": "pool"}}
    told = rehearse(
        draw("S =supervise> a,, S =supervise> b", S={"rehearsal": [{"fails": "killed", "after": 1.5}, {}]} | stated),
        [1, 2, 3, 4],
    )  # fmt: skip
    assert told.output == ["a: 1", "b: 2", "a: 3", "b: 4"]
    assert told.starts("a") == [0, 1, 1.5]


def test_a_supervisor_that_dies_too_often_is_lost_and_the_run_fails():
    dies = {"rehearsal": [{"fails": "killed", "after": 1}], "oversight": {"restartable": True}}
    dies["rehearsal"] *= 5
    told = rehearse(draw("S =supervise> a", S=dies, a=HANGS))
    assert told.data("supervisor.lost") == [{"deaths": 4, "seconds": 60}]
    assert (told.status, told.state.t) == ("failed", 4)
    assert told.state.agents["S"].reason == "lost"
    assert told.state.reason.startswith("S was lost: killed")
    assert told.finished("a") == ["cancelled"]


def test_deaths_far_apart_are_survived():
    dies = {"rehearsal": [{"fails": "killed", "after": 25}] * 5 + [{}], "oversight": {"restartable": True}}
    told = rehearse(draw("S =supervise> a", S=dies, a={"rehearsal": [{"after": 200}]}))
    assert len(told.of("group.supervisor_restarted")) == 5
    assert told.status == "succeeded"


# ---------------------------------------------------------------------- two interventions at once


def test_a_group_does_one_thing_after_the_other():
    # b fails while c is being stopped because of a: it is restarted with the others, not a second time
    graph = draw(
        "S =supervise> a,, S =supervise> b,, S =supervise> c", S={"oversight": {"strategy": "one_for_all"}},
        a=failing(1), b=failing(1.5, then={"after": 1}),
        c={"rehearsal": [{"hangs": True, "ignores_cancel": 2}, {"after": 1}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert len(told.of("group.restart_scheduled")) == 1
    assert (told.starts("a"), told.starts("b"), told.starts("c")) == ([0, 3], [0, 3], [0, 3])


def test_an_intervention_from_above_takes_over_what_the_one_below_was_doing():
    graph = draw(
        "T0 =supervise> x,, T0 =supervise> S,, S =supervise> a,, S =supervise> b",
        T0={"kind": "supervisor", "oversight": {"strategy": "one_for_all"}}, x=failing(2),
        S={"oversight": {"strategy": "one_for_all"}}, a=failing(1),
        b={"rehearsal": [{"hangs": True, "ignores_cancel": 3}, {"after": 1}, {"after": 1}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert told.starts("b") == [0, 4], "once, though two supervisors wanted it restarted"
    assert told.starts("a") == [0, 4]
    assert told.status == "succeeded"


def test_the_work_that_goes_from_one_to_the_next_keeps_counting_its_attempts():
    on_error = {"oversight": {"on_error": [{"do": "reassign", "to": ["b", "c"]}], "dispatch": "split"}}
    told = rehearse(
        draw("S =supervise> a,, S =supervise> b,, S =supervise> c", S=on_error, a=failing(1), b=failing(1)), ["job"]
    )
    attempts = [(e.agent, e.attempt, e.data["fence"]) for e in told.of("attempt.started")]
    assert attempts == [("a", 1, 1), ("b", 2, 2), ("c", 3, 3)]


# ---------------------------------------------------------------------- very many workers


@pytest.mark.parametrize(
    ("dispatch", "script", "input"),
    [
        ("broadcast", [{}], "in"),
        ("broadcast", [{"fails": "x"}, {}], "in"),
        ("graph", [{"fails": "x"}, {}], "in"),
        ("pool", [{}], [1] * 9),
        ("broadcast", [{"hangs": True}], "cancel"),
    ],
)
def test_what_a_worker_costs_does_not_grow_with_their_number(dispatch, script, input):
    def prepared(n: int):
        names = [f"w{i}" for i in range(n)]
        stated = {"oversight": {"dispatch": dispatch}}
        worker = {"retry": ONCE, "rehearsal": script}
        drawn = ",, ".join(f"S =supervise> {name}" for name in names)
        graph = draw(drawn, S=stated, **dict.fromkeys(names, worker))
        return lambda: rehearse(graph, input, cancel_time=5 if input == "cancel" else None)

    assert growth(prepared, 100, 400) < 4.4


# ---------------------------------------------------------------------- running again what had finished

AGAIN = {"strategy": "one_for_all", "restart_completed": True, "backoff": 0}


def test_what_has_finished_runs_again_where_that_is_stated():
    # otp revives a finished transient child when a sibling triggers one_for_all
    told = rehearse(draw("S =supervise> t,, S =supervise> a", S={"oversight": AGAIN}, a=failing(2)))
    assert (told.starts("t"), told.starts("a")) == ([0, 2], [0, 2])
    assert told.finished("t") == ["succeeded", "succeeded"], "a new visit"
    assert told.output == ["t: in", "a: in"]


def test_rest_for_one_runs_only_those_after_the_failed_one_again():
    stated = {"oversight": AGAIN | {"strategy": "rest_for_one"}}
    told = rehearse(
        draw("S =supervise> t,, S =supervise> a,, S =supervise> u", S=stated, a=failing(2)),
    )
    assert (told.starts("t"), told.starts("a"), told.starts("u")) == ([0], [0, 2], [0, 2])


def test_a_stage_that_begins_anew_takes_back_what_waits_in_its_join():
    # a stage of a supervised pipeline is restarted as a whole: its generation rises, old tokens are dropped
    graph = draw(
        "T0 =supervise> s1,, T0 =supervise> S,, T0 =supervise> s3,, S =supervise> w1,, S =supervise> w2,, "
        "s1 -> w1 -> J,, s1 -> w2 -> J,, J -> s3",
        T0={"kind": "supervisor", "oversight": AGAIN | {"strategy": "rest_for_one"}},
        S={"oversight": {"max_restarts": 0}},
        w2=failing(3),
    )
    told = rehearse(graph)
    assert (told.starts("s1"), told.starts("w1"), told.starts("w2")) == ([0], [1, 4], [1, 4])
    assert told.data("join.token_dropped", "J")[0]["why"] == "superseded"
    assert len(told.of("join.fired")) == 1
    assert told.status == "succeeded"


def test_a_pipeline_that_begins_anew_gives_new_inputs_and_its_restarts_count_on():
    graph = draw("S =supervise> a,, S =supervise> b,, a -> b,, b -> z", S={"oversight": AGAIN | {"max_restarts": 2}},
                 b={"retry": ONCE, "rehearsal": [{"fails": "x"}]})  # fmt: skip
    told = rehearse(graph)
    assert (told.starts("a"), told.starts("b")) == ([0, 2, 4], [1, 3, 5])
    assert [d["n"] for d in told.data("group.restart_scheduled")] == [1, 2]
    assert told.status == "failed"
    mended = graph.agents["b"].model_copy(update={"rehearsal": ({"fails": "x"}, {})})
    graph.agents["b"] = mended
    told = rehearse(graph)
    assert told.output == "z: b: a: in"
    assert told.starts("z") == [4]


def test_what_others_have_used_stands():
    told = rehearse(
        draw("S =supervise> t,, S =supervise> a,, t -> z", S={"oversight": AGAIN}, a=failing(4), z={"rehearsal": [{}]})
    )
    assert (told.starts("t"), told.starts("z")) == ([0], [1])


@pytest.mark.parametrize("dispatch", ["split", "pool"])
def test_work_that_was_done_is_done_again(dispatch):
    told = rehearse(
        draw("S =supervise> a,, S =supervise> b", S={"oversight": AGAIN | {"dispatch": dispatch}}, b=failing(2)), [1, 2]
    )
    assert (told.starts("a"), told.starts("b")) == ([0, 2], [0, 2])
    assert told.output == ["a: 1", "b: 2"]
