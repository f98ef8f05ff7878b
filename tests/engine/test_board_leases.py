"""Leases of work on a board: who holds what until when, and what becomes of it when nothing is heard."""

from engine.board_scripts import SLEEPS, asks, claims
from engine.drawing import ONCE, draw, rehearse


def holder(*entries, **stated) -> dict:
    return {"rehearsal": list(entries), "retry": ONCE, **stated}


LATE = asks("claim_work", then={"after": 34, **asks(("finish_work", {"item": 1, "fence": 1, "value": "late"}))})


def by_hand(p: dict, q: dict | None = None, **B):
    """`w` posts work that p claims by its own tool; then q may."""
    post = {"rehearsal": [asks(("post_work", {"work": "job"}), returns=0)]}
    return draw("w -> p,, w -> q,, w =share> B,, p =share> B,, q =share> B", w=post, p=p, q=q or {}, B={"board": B})


def test_silence_for_a_lease_loses_the_work_and_a_late_result_changes_nothing():
    # conformance 160 and 162: a message of a queue is visible again; Temporal refuses an old token
    second = holder({"after": 32, **asks("claim_work", then={"after": 9, **asks(("finish_work", {"item": 1}))})})
    told = rehearse(by_hand(holder(LATE), second))
    assert claims(told) == [(2, 1, "p", 1), (33, 1, "q", 2)]
    assert [(e.t, e.data) for e in told.of("work.expired")] == [(32, {"item": 1, "by": "p", "fence": 1})]
    assert told.data("fence.rejected") == [{"item": 1, "by": "p", "fence": 1, "current": 2}]
    assert told.state.agents["p"].value == {"error": "item 1 is not yours any more: q has it now"}
    assert [(e.t, e.data["by"]) for e in told.of("work.done")] == [(42, "q")]


def test_signs_of_life_keep_the_work():
    # conformance 161
    beats = holder(asks("claim_work", then={"beats": [10, 10], **asks(("finish_work", {"item": 1, "value": "ok"}))}))
    other = holder({"after": 60, **asks("claim_work")})
    told = rehearse(by_hand(beats, other))
    assert told.of("work.expired") == []
    assert told.state.agents["q"].value is None
    assert [e.t for e in told.of("work.renewed")] == [float(t) for t in range(12, 103, 10)]
    assert told.data("work.renewed")[0]["lease_until"] == 42


def test_beats_that_are_close_together_count_but_are_not_all_told():
    beats = holder(asks("claim_work", then={"beats": [1, 40], **asks(("finish_work", {"item": 1}))}))
    told = rehearse(by_hand(beats, lease=3))
    assert told.of("work.expired") == []
    beats = holder(asks("claim_work", then={"beats": [2, 10], "after": 29, **asks(("finish_work", {"item": 1}))}))
    told = rehearse(by_hand(beats))
    assert told.of("work.expired", "fence.rejected") == []


def test_the_engine_renews_what_it_handed_out_while_the_agent_is_at_work():
    told = rehearse(draw("p =share> B,, q =share> B", p={"rehearsal": [{"after": 100}]}, q=SLEEPS), ["job"])
    assert [e.t for e in told.of("work.renewed")] == [float(t) for t in range(10, 100, 10)]
    assert len(told.of("work.claimed")) == 1


def test_a_peer_that_only_rests_before_another_try_loses_the_work_to_others():
    slow = {"retry": {"initial_interval": 50, "jitter": 0}, "rehearsal": [{"fails": "busy"}, {}]}
    told = rehearse(draw("p =share> B,, q =share> B", p=slow, q=SLEEPS), ["job"])
    assert claims(told) == [(0, 1, "p", 1), (30, 1, "q", 2)]
    assert told.output == ["q: job"]
    assert told.finished("p") == ["cancelled"]


def test_a_peer_that_its_supervisor_restarts_keeps_its_work():
    graph = draw(
        "s =supervise> p,, p =share> B,, q =share> B,, t -> B",
        t={"rehearsal": [{"returns": ["job"], "after": 0}]}, s={"kind": "supervisor"},
        p={"retry": ONCE, "rehearsal": [{"fails": "x", "after": 25}] * 2 + [{"after": 25}]},
        q=SLEEPS,
    )  # fmt: skip
    told = rehearse(graph)
    assert told.output == ["p: job"]
    assert len(told.of("work.claimed")) == 1
    assert len(told.of("group.restart_scheduled")) == 2
    assert told.of("work.expired", "work.released") == []


def test_what_an_agent_still_holds_when_it_ends_is_for_others_at_once():
    other = holder({"after": 5, **asks("claim_work")})
    told = rehearse(by_hand(holder(asks("claim_work", returns="forgot")), other))
    assert next((e.t, e.data["note"]) for e in told.of("work.released")) == (2, "ended without finishing it")
    assert [c[2:] for c in claims(told)] == [("p", 1), ("q", 2)]


def test_an_attempt_that_is_over_holds_nothing():
    first = asks("claim_work", then={"fails": "x", "after": 1})
    script = [asks(("post_work", {"work": 1}), returns=0)]
    graph = draw(
        "w -> p,, w =share> B,, p =share> B", w={"rehearsal": script, "skills": []},
        p={"rehearsal": [first, asks("claim_work", ("finish_work", {"item": 1}))]},
    )  # fmt: skip
    told = rehearse(graph)
    assert told.state.agents["p"].value == [None, {"error": "item 1 is not yours any more: it waits for somebody else"}]
    assert [c[2:] for c in claims(told)] == [("p", 1)], "w could do it too, so p is not asked again"
    assert told.data("work.released")[0]["note"] == "its attempt failed"


def test_cancellation_releases_claims_first():
    graph = draw("p =share> B,, q =share> B", p={"rehearsal": [{"hangs": True}]}, q={"rehearsal": [{"hangs": True}]})
    told = rehearse(graph, [1, 2], cancel_time=5)
    after = [e.type for e in told.events if e.t >= 5]
    assert after[:3] == ["run.cancel_requested", "work.released", "work.released"]
    assert told.status == "cancelled"
