"""Chains: order, time limits, retries, fallbacks."""

import pytest

from engine.drawing import CALM, ONCE, draw, rehearse
from quartet.graph.policies import Retry


def test_each_step_gets_the_result_of_the_one_before():
    told = rehearse(draw("a -> b -> c"), "hello")
    assert told.status == "succeeded"
    assert told.output == "c: b: a: hello"
    assert (told.starts("a"), told.starts("b"), told.starts("c")) == ([0], [1], [2])


def test_after_a_failure_the_rest_never_starts_and_the_run_names_the_culprit():
    told = rehearse(draw("a -> b -> c", b={"retry": ONCE, "rehearsal": [{"fails": "no ink"}]}))
    assert told.status == "failed"
    assert told.state.unhandled == ["b"]
    assert told.state.agents["c"].reason == "upstream"
    assert told.starts("c") == []
    assert told.tokens("b", "c") == ["error"]
    assert "no ink" in told.state.reason


def test_an_attempt_that_takes_too_long_is_tried_again_after_a_growing_pause():
    slow = {"limits": {"start_to_close": 2}, "retry": CALM, "rehearsal": [{"hangs": True}]}
    told = rehearse(draw("a -> b", a=slow))
    assert told.starts("a") == [0, 3, 7]
    assert [d["kind"] for d in told.data("attempt.timed_out")] == ["start_to_close"] * 3
    assert told.state.agents["a"].status == "timed_out"
    assert told.data("retry.exhausted") == [{"reason": "max_attempts"}]


def test_a_result_in_the_same_moment_as_its_time_limit_wins():
    told = rehearse(draw("a", a={"limits": {"start_to_close": 2}, "rehearsal": [{"returns": 1, "after": 2}]}))
    assert told.output == 1


def test_the_fifth_attempt_waits_as_long_as_temporal_says():
    # temporal workflow/retry_test.go: 2 · 3³ = 54
    retry = {"max_attempts": 5, "initial_interval": 2, "backoff": 3, "max_interval": 200, "jitter": 0}
    told = rehearse(draw("a", a={"retry": retry, "rehearsal": [{"fails": "x", "after": 0}]}))
    assert [d["delay"] for d in told.data("retry.scheduled")] == [2, 6, 18, 54]


def test_jitter_varies_a_pause_by_a_tenth_and_is_the_same_in_every_rehearsal():
    graph = draw("a", a={"rehearsal": [{"fails": "x", "after": 0}]})
    first, again = rehearse(graph), rehearse(graph)
    delays = [d["delay"] for d in first.data("retry.scheduled")]
    assert all(abs(d - n) <= n / 10 for d, n in zip(delays, [1, 2], strict=True))
    assert delays != [1, 2]
    assert first.events == again.events


def test_the_wait_an_error_asks_for_replaces_the_pause():
    told = rehearse(draw("a", a={"rehearsal": [{"fails": "busy", "retry_after": 0.005, "after": 0}, {"returns": 1}]}))
    assert told.starts("a") == [0, 0.005]


def test_an_error_that_cannot_be_mended_is_not_retried():
    told = rehearse(draw("a", a={"rehearsal": [{"fails": "no", "retry": False}]}))
    assert len(told.starts("a")) == 1
    assert told.data("retry.exhausted") == [{"reason": "non_retryable"}]


def test_error_types_are_matched_by_exact_name():
    retry = {"max_attempts": 100, "non_retryable": ["Cannot"], "jitter": 0}
    script = [{"fails": "Cannot is only in the text", "type": "Can"}, {"fails": "x", "type": "Cannot"}]
    assert len(rehearse(draw("a", a={"retry": retry, "rehearsal": script})).starts("a")) == 2


def test_without_time_for_another_attempt_it_stops_at_once():
    agent = {
        "limits": {"schedule_to_close": 3},
        "retry": CALM | {"initial_interval": 2},
        "rehearsal": [{"fails": "x"}] * 2,
    }
    told = rehearse(draw("a", a=agent))
    assert told.starts("a") == [0]
    assert told.state.agents["a"].reason == "no_time_to_retry"
    assert told.state.t == 1


def test_the_limit_on_the_whole_visit_ends_a_running_attempt():
    # temporal: initial 1, start_to_close 3, schedule_to_close 7, each attempt fails after 2
    agent = {
        "limits": {"start_to_close": 3, "schedule_to_close": 7},
        "retry": {"max_attempts": 0, "initial_interval": 1, "backoff": 1, "jitter": 0},
        "rehearsal": [{"fails": "x", "after": 2}],
    }
    told = rehearse(draw("a", a=agent))
    assert told.starts("a") == [0, 3, 6]
    assert told.data("attempt.timed_out") == [{"kind": "schedule_to_close", "after": 7}]
    assert told.state.t == 7


def test_silence_longer_than_the_heartbeat_is_a_failure_and_the_last_details_travel_on():
    agent = {"limits": {"heartbeat": 1}, "retry": ONCE, "rehearsal": [{"beats": [0.2, 3], "hangs": True}]}
    told = rehearse(draw("a", a=agent))
    assert told.data("attempt.timed_out") == [{"kind": "heartbeat", "after": 1}]
    assert told.of("attempt.timed_out")[0].t == 1.6
    assert [d["details"] for d in told.data("attempt.heartbeat")] == [0, 1, 2]


def test_heartbeats_do_not_prolong_the_limit_of_an_attempt():
    agent = {"limits": {"start_to_close": 1}, "retry": ONCE, "rehearsal": [{"beats": [0.2, 100]}]}
    assert rehearse(draw("a", a=agent)).data("attempt.timed_out") == [{"kind": "start_to_close", "after": 1}]


def test_who_waits_too_long_for_a_place_fails_without_an_attempt():
    late = {"limits": {"schedule_to_start": 2}}
    told = rehearse(draw("a,, b", limits={"max_concurrency": 1}, a={"rehearsal": [{"after": 5}]}, b=late))
    assert told.starts("b") == []
    assert told.state.agents["b"].status == "timed_out"
    assert told.data("activation.queued") == [{"limit": 1}]


def test_an_agent_that_ignores_its_cancellation_is_abandoned_and_its_late_result_dropped():
    agent = {
        "limits": {"start_to_close": 1, "cancel_grace": 2},
        "retry": {"max_attempts": 2, "jitter": 0},
        "rehearsal": [{"hangs": True, "ignores_cancel": 10, "returns": "stale"}, {"returns": "fresh", "after": 0.5}],
    }
    told = rehearse(draw("a -> b", a=agent, b={"rehearsal": [{"after": 20}]}))
    assert told.starts("a") == [0, 4]  # 1 limit + 2 grace + 1 pause
    assert len(told.of("attempt.abandoned")) == len(told.of("attempt.late_result")) == 1
    assert told.state.agents["a"].value == "fresh"


def test_the_next_attempt_waits_for_the_old_one_to_end_not_for_the_whole_grace():
    agent = {
        "limits": {"start_to_close": 1},
        "retry": {"max_attempts": 2, "jitter": 0},
        "rehearsal": [{"hangs": True, "ignores_cancel": 0.5}, {}],
    }
    assert rehearse(draw("a", a=agent)).starts("a") == [0, 2.5]


def test_a_stand_in_takes_the_place_on_the_primarys_edges():
    graph = draw(
        "a -> b -> c,, b -> quick [on=failure]",
        b={"retry": ONCE, "rehearsal": [{"fails": "stuck"}]},
        quick={"rehearsal": [{"returns": "quick"}]},
    )
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.state.agents["b"].degraded
    assert told.tokens("b", "c") == ["value"]
    assert told.output == "c: quick"
    assert told.data("fallback.started") == [{"to": "quick", "on": "failure", "index": 1}]
    assert told.state.agents["quick"].inputs == {"a": "a: in"}


def test_a_fallback_that_is_not_needed_is_skipped():
    told = rehearse(draw("a -> b,, a -> quick [on=failure]"))
    assert told.tokens("a", "quick") == ["skipped"]
    assert told.state.agents["quick"].status == "skipped"
    assert told.output == "b: a: in"


def test_a_detour_leaves_on_its_own_edges_and_the_primarys_are_skipped():
    graph = draw(
        "a -> b -> d,, a -> plan_b [on=failure],, plan_b -> d", a={"retry": ONCE, "rehearsal": [{"fails": "x"}]}
    )
    told = rehearse(graph)
    assert told.tokens("a", "b") == ["skipped"]
    assert told.output == "d: plan_b: in"
    assert told.status == "succeeded"


def test_fallbacks_are_tried_in_order_and_the_cause_is_kept():
    fails = {"retry": ONCE, "rehearsal": [{"fails": "primary"}]}
    first = {"retry": ONCE, "rehearsal": [{"fails": "handler"}]}
    told = rehearse(draw("a -> z,, a -> f [on=failure],, a -> g [on=failure]", a=fails, f=first))
    assert told.status == "succeeded"
    assert told.output == "z: g: in"
    told = rehearse(draw("a -> f [on=failure]", a=fails, f=first))
    assert told.status == "failed"
    assert told.state.unhandled == ["a"]
    assert told.state.agents["a"].error == "handler (after: primary)"


def test_a_fallback_for_time_outs_is_not_for_other_failures():
    graph = draw("a -> z,, a -> f [on=timeout]", a={"retry": ONCE, "rehearsal": [{"fails": "x"}]})
    told = rehearse(graph)
    assert told.status == "failed"
    assert told.state.agents["f"].status == "skipped"
    slow = draw(
        "a -> z,, a -> f [on=timeout]",
        a={"retry": ONCE, "limits": {"start_to_close": 1}, "rehearsal": [{"hangs": True}]},
    )
    assert rehearse(slow).output == "z: f: in"


def test_one_stand_in_can_serve_two_primaries():
    bad = {"retry": ONCE, "rehearsal": [{"fails": "x"}]}
    told = rehearse(draw("a -> J,, b -> J,, a -> f [on=failure],, b -> f [on=failure]", a=bad, b=bad))
    assert told.output == ["f: in", "f: in"]


def test_the_run_ends_at_its_deadline_whatever_hangs():
    told = rehearse(draw("a -> b", limits={"deadline": 10}, a={"rehearsal": [{"hangs": True}]}))
    assert told.status == "failed"
    assert told.state.t == 10
    assert "10 s" in told.state.reason


def test_what_is_not_safe_to_repeat_is_tried_once():
    shaky = {"repeatable": False, "rehearsal": [{"fails": "x"}]}
    assert len(rehearse(draw("a", a=shaky)).starts("a")) == 1


def test_a_fallback_can_have_a_fallback_of_its_own():
    fails = {"rehearsal": [{"fails": "down", "retry": False}]}
    told = rehearse(draw("a -> z,, a -> f [on=failure],, f -> g [on=failure]", a=fails, f=fails))
    assert told.output == "z: g: in"
    assert told.tokens("a", "f") == told.tokens("f", "g") == told.tokens("a", "z") == ["value"]


@pytest.mark.parametrize(
    ("type", "starts"), [("Busy", [0, 3, 8, 17]), ("Broken", [0, 2]), ("Fatal", [0]), ("Other", [0, 2, 4])]
)
def test_of_several_retry_policies_the_first_that_fits_the_error_decides(type, starts):
    retry = {
        "initial_interval": 1, "backoff": 1, "jitter": 0, "non_retryable": ["Fatal"],
        "by_error": [
            {"on": ["Busy", "Fatal"], "max_attempts": 4, "initial_interval": 2, "backoff": 2},
            {"on": ["Broken", "Busy"], "max_attempts": 2},
        ],
    }  # fmt: skip
    told = rehearse(draw("a", a={"retry": retry, "rehearsal": [{"fails": "x", "type": type}]}))
    assert told.starts("a") == starts


def test_an_error_that_has_a_retry_policy_of_its_own_is_retried_though_it_would_not_be_otherwise():
    retry = {"max_attempts": 1, "by_error": [{"on": ["ValueError"], "max_attempts": 2}]} | CALM
    told = rehearse(draw("a", a={"retry": retry, "rehearsal": [{"fails": "x", "type": "ValueError", "retry": False}]}))
    assert told.starts("a") == [0, 2]


@pytest.mark.parametrize(
    "retry",
    [
        {"by_error": [{"on": []}]},
        {"by_error": [{"on": ["A"], "max_attempts": -1}]},
        {"initial_interval": 5, "by_error": [{"on": ["A"], "max_interval": 4}]},
    ],
)
def test_a_policy_for_some_errors_is_checked_as_the_others_are(retry):
    with pytest.raises(ValueError, match=r"by_error|longest pause"):
        Retry.model_validate(retry)
