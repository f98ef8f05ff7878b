"""Cancellation reaches everything, in the stated order, within the stated time."""

import pytest

from engine.drawing import draw, rehearse

HANGS = {"rehearsal": [{"hangs": True}]}


def stubborn(seconds: float, grace: float | None = None) -> dict:
    limits = {} if grace is None else {"limits": {"cancel_grace": grace}}
    return {"rehearsal": [{"hangs": True, "ignores_cancel": seconds, "returns": "late"}], **limits}


def test_everything_that_runs_or_waits_is_cancelled_and_nothing_new_starts():
    told = rehearse(draw("a -> b -> J,, c -> J", a=HANGS, c=HANGS), cancel_time=3)
    assert told.status == "cancelled"
    assert told.state.t == 3
    assert told.finished("a") == told.finished("c") == ["cancelled"]
    assert told.starts("b") == []
    assert told.events[-1].type == "run.finished"


def test_who_ignores_it_is_abandoned_after_its_grace():
    told = rehearse(draw("a,, b", a=stubborn(60), b=HANGS), cancel_time=1)
    assert told.state.t == 6
    assert len(told.of("attempt.abandoned")) == 1
    told = rehearse(draw("a", a=stubborn(60, grace=0.5)), cancel_time=1)
    assert told.state.t == 1.5


def test_a_result_during_the_grace_does_not_undo_the_cancellation():
    told = rehearse(draw("a -> b", a=stubborn(2)), cancel_time=1)
    assert told.finished("a") == ["cancelled"]
    assert told.state.t == 3
    assert told.of("attempt.abandoned") == []


def test_pauses_queues_and_questions_end_at_once():
    graph = draw(
        "a,, b,, c", limits={"max_concurrency": 1}, a={"rehearsal": [{"fails": "x"}]}, b={"rehearsal": [{"waits": "?"}]}
    )
    told = rehearse(graph, cancel_time=1.5)
    assert told.state.t == 1.5
    assert told.status == "cancelled"


def test_supervised_agents_are_stopped_in_reverse_order_one_after_another():
    # otp sup_stop_timeout: b has one second and needs more, then a
    graph = draw("S =supervise> a,, S =supervise> b,, x", a=stubborn(0.2, grace=1), b=stubborn(200, grace=1), x=HANGS)
    told = rehearse(graph, cancel_time=1)
    assert [d["child"] for d in told.data("group.child_stopping")] == ["b", "a"]
    assert [(e.data["child"], e.data["how"], e.t) for e in told.of("group.child_stopped")] == [
        ("b", "killed", 2), ("a", "shutdown", 2.2),
    ]  # fmt: skip
    assert [e.agent for e in told.of("activation.finished")] == ["x", "b", "a", "S"]


def test_a_nested_group_is_stopped_from_the_inside():
    graph = draw(
        "T0 =supervise> S,, S =supervise> a,, S =supervise> b,, T0 =supervise> c",
        T0={"kind": "supervisor"},
        a=HANGS,
        b=HANGS,
        c=HANGS,
    )
    told = rehearse(graph, cancel_time=1)
    assert [e.agent for e in told.of("activation.finished")] == ["c", "b", "a", "S", "T0"]


def test_one_stubborn_worker_does_not_make_the_others_wait_for_ever():
    workers = {f"w{n}": stubborn(60) for n in range(10)}
    graph = draw(",, ".join(f"S =supervise> {name}" for name in workers), **workers)
    told = rehearse(graph, cancel_time=1)
    assert told.state.t == 11, "the grace twice, not ten times"


def test_a_manager_and_its_workers_stop_together():
    graph = draw("m =supervise> a", m={"kind": "llm"}, a=HANGS)
    told = rehearse(graph, cancel_time=5)
    assert told.status == "cancelled"
    assert told.finished("m") == told.finished("a") == ["cancelled"]


def test_a_swarm_a_board_and_copies_stop():
    graph = draw(
        "a =handoff> b,, p =share> B,, t -> d",
        a={"rehearsal": [{"hands_off": "b"}]},
        b=HANGS,
        p=HANGS,
        t={"rehearsal": [{"returns": [1, 2, 3], "after": 0}]},
        d=HANGS | {"dynamic": True},
    )
    told = rehearse(graph, ["x", "y"], cancel_time=5)
    assert told.status == "cancelled"
    assert told.state.t == 5


@pytest.mark.parametrize("seq", range(1, 60, 3))
def test_whenever_it_comes(seq):
    graph = draw(
        "t -> a -> J,, t -> b -> J,, J -> S,, S =supervise> w1,, S =supervise> w2,, "
        "S -> c,, c =handoff> d =handoff> c,, d -> z",
        a={"rehearsal": [{"fails": "x"}, {}]}, w1={"retry": {"max_attempts": 1}, "rehearsal": [{"fails": "x"}, {}]},
        S={"oversight": {"strategy": "one_for_all"}}, w2={"rehearsal": [{"after": 3}]},
        c={"rehearsal": [{"hands_off": "d"}]},
    )  # fmt: skip
    told = rehearse(graph, cancel_at=seq)
    assert told.status in ("cancelled", "succeeded")


def test_many_workers_that_each_need_most_of_their_grace_end_in_a_few_graces():
    slow = {"limits": {"cancel_grace": 1}, "rehearsal": [{"hangs": True, "ignores_cancel": 0.9}]}
    workers = {f"w{n}": slow for n in range(20)}
    told = rehearse(draw(",, ".join(f"S =supervise> {id}" for id in workers), **workers), cancel_time=5)
    assert told.status == "cancelled"
    assert told.events[-1].t <= 5 + 3 * 1
