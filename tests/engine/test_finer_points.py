"""The finer points of joins, loops, fallbacks and hand-offs: what is stated holds, what is not has its default."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from engine.drawing import draw, rehearse
from quartet.graph.check import problems
from quartet.graph.model import Join, Retry

FAILS = {"rehearsal": [{"fails": "no"}], "retry": {"max_attempts": 1}}
HANGS = {"rehearsal": [{"hangs": True}]}


def fails(text: str) -> dict[str, Any]:
    return {"rehearsal": [{"fails": text}], "retry": {"max_attempts": 1}}


# --- joins ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("least", "state"), [(1, "succeeded"), (2, "succeeded"), (3, "failed")])
def test_after_the_wait_a_join_goes_on_with_at_least_so_many_values(least: int, state: str) -> None:
    join = {"mode": "all", "timeout": 5, "on_timeout": "proceed", "min_n": least}
    told = rehearse(draw("a -> J,, b -> J,, c -> J", c=HANGS | {"limits": {"schedule_to_close": 50}}, J={"join": join}))
    assert told.finished("J") == [state]


def test_so_many_values_make_sense_only_where_a_wait_ends() -> None:
    for stated in ({"min_n": 2}, {"min_n": 2, "timeout": 3}):
        with pytest.raises(ValidationError, match="for going on after a wait"):
            Join(mode="all", **stated)


def test_a_join_that_fails_for_several_branches_names_all_their_failures() -> None:
    # conformance case 129: both errors are reported together
    graph = draw("a -> J,, b -> J,, c -> J", a=fails("one"), b=fails("two"), J={"join": {"mode": "n_of_m", "n": 2}})
    told = rehearse(graph)
    assert told.data("activation.finished", "J")[0]["error"] == "2 inputs failed: a: one; b: two"
    told = rehearse(draw("a -> b", a=fails("one")))
    assert told.data("activation.finished", "b")[0]["error"] == "a failed: one"


def test_copies_that_fail_together_are_told_together() -> None:
    a = {
        "rehearsal": [{"fails": "one"}, {"fails": "two"}, {"returns": 1}],
        "retry": {"max_attempts": 1},
        "dynamic": True,
    }
    told = rehearse(draw("a", a=a), [1, 2, 3])
    assert told.state.reason == "2 of 3 copies failed: one; two"


def test_an_item_of_a_collector_says_when_another_stood_in() -> None:
    graph = draw(
        "a -> z,, a -> f [on=failure]",
        a={**fails("x"), "dynamic": True},
        z={"join": {"mode": "all_done"}},
        f={"rehearsal": [{"returns": "F"}]},
    )
    told = rehearse(graph, [1])
    [item] = told.of("activation.ready", agent="z")[0].data["inputs"]["a"]
    assert item == {"branch": 0, "status": "succeeded", "value": "F", "degraded": True}


# --- loops ------------------------------------------------------------------------------------------------------------


def test_a_loop_at_its_limit_fails_or_gives_its_last_result() -> None:
    scripted = {"rehearsal": [{"returns": n} for n in range(9)]}
    loop = "a -> b,, b -> a [loop; when=true; max_iterations=2{}],, b -> c [when=false]"
    failed = rehearse(draw(loop.format(""), b=scripted))
    assert failed.status == "failed"
    told = rehearse(draw(loop.format("; on_limit=emit_last"), b=scripted, c={"rehearsal": [{}]}))
    assert told.status == "succeeded"
    assert [d["which"] for d in told.data("limit.exceeded")] == ["max_iterations"]
    assert told.of("activation.ready", agent="c")[0].data["inputs"] == {"b": 2}
    assert len(told.of("attempt.started", agent="b")) == 3


def test_a_loop_whose_way_out_is_elsewhere_ends_there_with_the_last_result() -> None:
    loop = "a -> b,, b -> a [loop; when=true; max_iterations=2; on_limit=emit_last],, a -> c"
    told = rehearse(draw(loop, b={"rehearsal": [{}]}))
    assert told.status == "succeeded"
    assert told.finished("c") == ["succeeded"]


def test_a_detour_within_a_loop_comes_back_before_the_loop_is_over() -> None:
    # Fix leads back to Check only, so it is on no way from Draft to Review; Review decides whether Draft begins anew
    graph = draw(
        "draft -> check,, check -> fix [when=value == 'bad'],, fix -> check [loop],, "
        "check -> review [when=value == 'ok'],, review -> draft [loop; when=value == 'redo'],, "
        "review -> out [when=value == 'fine']",
        check={"rehearsal": [{"returns": "bad"}, {"returns": "ok"}, {"returns": "bad"}, {"returns": "ok"}]},
        review={"rehearsal": [{"returns": "redo"}, {"returns": "fine"}]},
    )
    told = rehearse(graph)
    assert told.status == "succeeded" and told.output == "out: fine"
    assert [len(told.of("attempt.started", agent=id)) for id in ("draft", "check", "fix", "review", "out")] == [
        2, 4, 2, 2, 1,
    ]  # fmt: skip


def test_detours_within_detours_come_back() -> None:
    graph = draw(
        "a -> b,, b -> c [when=value == 'c'],, c -> d [when=value == 'd'],, d -> c [loop],, "
        "c -> b [loop; when=value == 'b'],, b -> e [when=value == 'e'],, "
        "e -> a [loop; when=value == 'a'],, e -> z [when=value == 'z']",
        b={"rehearsal": [{"returns": "c"}, {"returns": "e"}]},
        c={"rehearsal": [{"returns": "d"}, {"returns": "b"}]},
        e={"rehearsal": [{"returns": "a"}, {"returns": "z"}]},
    )
    told = rehearse(graph)
    assert told.status == "succeeded" and told.output == "z: z"


# --- fallbacks --------------------------------------------------------------------------------------------------------


def test_a_fallback_gets_the_original_input_and_every_failure_before_it() -> None:
    graph = draw("w -> a,, a -> f [on=failure],, a -> g [on=failure]", a=fails("one"), f=fails("two"))
    graph.agents["g"] = graph.agents["g"].model_copy(
        update={"rehearsal": None, "config": {"text": "{{ value }}|{{ json(context.failure.chain) }}"}}
    )
    told = rehearse(graph)
    assert told.output == "g: w: in", "it receives what the first one received"


# --- hand-offs --------------------------------------------------------------------------------------------------------


def to(id: str, **more: Any) -> dict[str, Any]:
    return {"rehearsal": [{"hands_off": id, **more}]}


def test_at_the_limit_somebody_can_be_named_who_answers() -> None:
    limits = {"handover": {"max_hops": 2, "on_limit": "finish", "finish_with": "c"}}
    told = rehearse(
        draw("a =handoff> b,, b =handoff> a,, b =handoff> c,, c =handoff> a", a=to("b") | limits, b=to("a"))
    )
    assert told.output == "c: in"
    assert [d["to"] for d in told.data("handoff.accepted")] == ["b", "a", "c"]
    assert told.data("handoff.accepted")[-1]["limit"] is True


def test_who_is_to_finish_can_hand_off_no_more() -> None:
    limits = {"handover": {"max_hops": 1, "on_limit": "finish", "finish_with": "c"}}
    told = rehearse(draw("a =handoff> b,, b =handoff> a,, c =handoff> a", a=to("b") | limits, b=to("a"), c=to("a")))
    assert told.status == "failed"
    assert len(told.data("handoff.rejected", "c")) == 3
    assert "answer yourself" in told.data("handoff.rejected", "c")[0]["reason"]


def test_at_the_limit_the_supervisor_may_help() -> None:
    limits = {"handover": {"max_hops": 1, "on_limit": "escalate"}}
    a = {"rehearsal": [{"hands_off": "b"}, {"returns": "done"}], **limits}
    told = rehearse(draw("S =supervise> a,, S =supervise> b,, a =handoff> b,, b =handoff> a", a=a, b=to("a"), S={}))
    assert told.data("group.child_failed", "S"), "without it the limit is final"
    plain = rehearse(draw("a =handoff> b,, b =handoff> a,, a -> f [on=failure]", a=to("b"), b=to("a")))
    assert plain.status == "failed"


def test_a_refused_hand_off_costs_no_turn() -> None:
    # one round is allowed; the agent asks for a hand-off that is refused, then for one that is drawn
    asks = {"calls": [{"tool": "transfer_to_b"}]}
    a = {"rehearsal": [{"hands_off": "x"}], "handover": {"max_turns": 1}}
    told = rehearse(draw("a =handoff> b", a=a))
    assert told.data("handoff.rejected", "a")[0]["to"] == "x"
    assert told.data("limit.exceeded") == []
    told = rehearse(draw("a =handoff> b", a={"rehearsal": [asks], "handover": {"max_turns": 1}}))
    assert told.output == "b: in"


def test_a_swarm_that_two_edges_enter_runs_one_chain() -> None:
    told = rehearse(draw("w -> a,, x -> b,, a =handoff> b,, b -> z", x={"rehearsal": [{"after": 5}]}))
    assert [e.agent for e in told.of("attempt.started")] == ["w", "x", "a", "z"] or told.starts("b") == []
    assert [d["why"] for d in told.data("join.token_dropped")] == ["the swarm is at work already"]
    assert told.status == "succeeded"


def test_peers_that_got_no_turn_leave_no_join_waiting() -> None:
    told = rehearse(
        draw("w -> a,, a =handoff> b,, b =handoff> c,, a -> J,, b -> J,, c -> J", J={"join": {"mode": "all"}})
    )
    assert told.status == "succeeded"
    assert told.finished("J") == ["succeeded"]


def test_the_check_and_a_run_group_peers_alike() -> None:
    # b is only handed to, but it is what leads back: a condition on it is a way out of the loop
    graph = draw("i -> a,, a =handoff> b,, a -> k,, b -> k [when=true],, k -> i [loop]")
    assert [p.code for p in problems(graph)] == []


# --- limits and tries -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["start_to_close", "schedule_to_start", "schedule_to_close", "heartbeat"])
def test_time_limits_are_positive(name: str) -> None:
    for wrong in (0, -1, float("inf")):
        with pytest.raises(ValidationError):
            draw("a", a={"limits": {name: wrong}})


@pytest.mark.parametrize(
    "wrong",
    [{"max_attempts": -1}, {"initial_interval": -1}, {"backoff": 0.5}, {"max_interval": 0.5}, {"jitter": 2}],
)
def test_faulty_retry_policies_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Retry(**wrong)  # type: ignore[arg-type]


def test_a_longest_pause_may_be_short_where_nothing_is_tried_again() -> None:
    assert Retry(max_attempts=1, max_interval=0.5).max_interval == 0.5


def test_no_free_place_in_time_is_final() -> None:
    graph = draw(
        "a,, b", limits={"max_concurrency": 1}, a={"rehearsal": [{"after": 9}]}, b={"limits": {"schedule_to_start": 2}}
    )
    told = rehearse(graph)
    assert told.finished("b") == ["failed"]
    assert told.data("retry.scheduled", "b") == []


def test_what_an_error_asks_for_is_not_capped_but_must_end_in_time() -> None:
    late = {"rehearsal": [{"fails": "busy", "retry_after": 500}, {"returns": 1}], "retry": {"max_interval": 3}}
    told = rehearse(draw("a", a=late))
    assert told.data("retry.scheduled", "a")[0]["delay"] == 500
    told = rehearse(draw("a", a={**late, "limits": {"schedule_to_close": 100}}))
    assert told.data("retry.exhausted", "a") == [{"reason": "no_time_to_retry"}]
    assert told.state.t == 1


def test_an_answer_during_the_grace_is_told_and_counts_only_where_that_is_stated() -> None:
    stubborn = {"rehearsal": [{"hangs": True, "ignores_cancel": 1, "returns": "caught"}]}
    told = rehearse(draw("a -> b", a=stubborn), cancel_time=2)
    assert told.data("activation.finished", "a") == [{"state": "cancelled", "partial": "caught"}]
    told = rehearse(draw("a -> b", a={**stubborn, "accept_result_on_cancel": True}), cancel_time=2)
    assert told.data("activation.finished", "a") == [{"state": "succeeded", "value": "caught"}]
    assert told.status == "cancelled"
    late = rehearse(draw("a -> b", a={**stubborn, "limits": {"start_to_close": 2}, "retry": {"max_attempts": 1}}))
    assert late.finished("a") == ["failed"], "a time limit is no cancellation"


# --- rehearsals -------------------------------------------------------------------------------------------------------


def test_a_script_may_fill_in_a_text_as_a_run_does() -> None:
    written = {"rehearsal": [{"fills_in": "Dear {{ value }}, {{ from.a }}"}]}
    told = rehearse(draw("a -> b", a={"rehearsal": [{"returns": "Zoe"}]}, b=written))
    assert told.output == "Dear Zoe, Zoe"


def test_a_text_that_cannot_be_filled_in_fails_the_rehearsal_as_it_fails_the_run() -> None:
    told = rehearse(draw("a -> b", b={"rehearsal": [{"fills_in": "Dear {{ from.zoe }}"}]}))
    assert told.finished("b") == ["failed"]
    [failed] = told.of("attempt.failed", agent="b")
    assert failed.data is not None
    assert (failed.data["type"], failed.data["retryable"]) == ("ExpressionError", False)
    assert "zoe" in failed.data["error"]
