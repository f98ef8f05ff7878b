"""Work boards: who takes what, leases and fences, what becomes of work that cannot be done; notes shared by peers."""

import asyncio

import pytest

from counting import growth
from engine.board_scripts import SLEEPS, asks, claims, posted
from engine.drawing import ONCE, draw, rehearse
from quartet.engine import Refused, run
from quartet.engine.clock import VirtualClock


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
    script = [asks(("post_work", {"work": "more"}), returns="first"), {}]
    told = rehearse(draw("p =share> B", p={"rehearsal": script}), ["start"])
    assert told.output == ["first", "p: more"]


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


def test_work_is_posted_claimed_and_finished_by_hand():
    script = [asks(
        ("post_work", {"work": "one"}), "claim_work", ("finish_work", {"item": "1", "value": "ok"}), "claim_work",
    )]  # fmt: skip
    told = rehearse(draw("x -> p,, p =share> B", p={"rehearsal": script}))
    claimed = {"item": 1, "value": "one", "fence": 1, "lease": 30.0}
    assert told.output == [1, claimed, True, None]
    assert "B" not in told.state.agents or told.state.agents["B"].status == "idle"


def test_nobody_holds_more_than_its_share():
    script = [asks(("post_work", {"work": 1}), ("post_work", {"work": 2}), "claim_work", "claim_work")]
    told = rehearse(draw("x -> p,, p =share> B", p={"rehearsal": script}))
    assert told.output[3] == {"error": "you hold 1 of it already; finish it or give it back first"}
    two = {"board": {"max_claims_per_agent": 2}}
    told = rehearse(draw("x -> p,, p =share> B", p={"rehearsal": script}, B=two))
    assert [one["item"] for one in told.output[2:]] == [1, 2]
    told = rehearse(draw("p =share> B", B=two), [1, 2, 3])
    assert [(t, item) for t, item, _, _ in claims(told)] == [(0, 1), (0, 2), (1, 3)]


# ------------------------------------------------------------------ who takes what


def test_urgent_work_goes_first():
    items = [{"n": 1}, {"n": 2, "priority": 5}, {"n": 3, "priority": 5}, {"n": 4, "priority": -1}]
    told = rehearse(draw("p =share> B"), items)
    assert [c[1] for c in claims(told)] == [2, 3, 1, 4]


def test_work_that_is_given_back_goes_to_who_has_the_preferred_skill_with_the_note():
    gives = {"rehearsal": [asks(("release_work", {"item": 1, "prefer": "db", "note": "needs a join"}), returns=0), {}]}
    reads = {"config": {"text": "{{ context.work.notes[0] }}"}, "skills": ["db", "z"], "rehearsal": [{"after": 5}, {}]}
    graph = draw("p =share> B,, q =share> B,, r =share> B", p=gives, q={"skills": ["x"]}, r=reads)
    told = rehearse(graph, ["one", {"needs": ["db"]}])
    assert [(e.data["item"], e.data["by"]) for e in told.of("work.claimed")] == [(1, "p"), (2, "r"), (1, "r")]
    assert told.data("work.released") == [
        {"item": 1, "by": "p", "fence": 1, "note": "needs a join", "prefer": "db"}
    ]  # fmt: skip


def test_who_gave_work_back_gets_it_again_only_if_nobody_else_can_do_it():
    gives = {"rehearsal": [asks(("release_work", {"item": 1}), returns=0), {}]}
    told = rehearse(draw("p =share> B,, q =share> B", p=gives, q=SLEEPS), ["job"])
    assert [c[2] for c in claims(told)] == ["p", "q"]
    told = rehearse(draw("p =share> B", p=gives), ["job"])
    assert [c[2] for c in claims(told)] == ["p", "p"]


def test_the_same_peers_share_evenly():
    told = rehearse(draw("p =share> B,, q =share> B,, r =share> B"), list(range(9)))
    assert [c[2] for c in claims(told)] == ["p", "q", "r"] * 3


# ------------------------------------------------------------------ what cannot be done

FAILS = {"retry": ONCE, "rehearsal": [{"fails": "no"}]}
COBOL = [{"needs": ["cobol"]}, {"n": 2}]


def test_dead_letters_say_what_and_why():
    told = rehearse(draw("p =share> B,, q =share> B", p=FAILS, q=FAILS), ["job"])
    letter = {"item": 1, "value": "job", "deliveries": 3, "reasons": ["p: no", "q: no", "p: no"]}
    assert told.data("work.dead") == [letter]
    assert told.state.reason == "1 of 1 items could not be done: item 1 (p: no; q: no; p: no)"
    assert len(rehearse(draw("p =share> B", p=FAILS, B={"board": {"max_deliveries": 1}}), [1]).of("work.claimed")) == 1


def test_a_fallback_of_a_board_is_told_the_dead_letters():
    text = "{{ context.failure.dead[0].value }}: {{ context.failure.dead[0].reasons[0] }}"
    graph = draw(
        "p =share> B,, B -> f [on=failure]", p=FAILS, B={"board": {"max_deliveries": 1}}, f={"config": {"text": text}}
    )
    told = rehearse(graph, ["job"])
    assert told.status == "succeeded"
    assert told.of("fallback.started")
    assert [token["value"]["dead"][0]["item"] for token in told.data("edge.token") if token["kind"] == "error"] == []


def test_where_failures_are_ignored_the_letter_stands_in_the_place_of_the_result():
    script = {"retry": ONCE, "rehearsal": [{"fails": "no", "retry": False}, {}, {}]}
    graph = draw("p =share> B", p=script, B={"board": {"max_deliveries": 1}, "ignore_failures": True})
    letter = {"item": 1, "value": "a", "deliveries": 1, "reasons": ["p: no"]}
    assert rehearse(graph, ["a", "b"]).output == [{"dead": letter}, "p: b"]


def test_work_nobody_can_do_waits_or_escalates_if_so_stated():
    waits = draw(
        "p =share> B", B={"board": {"on_unclaimable": "wait", "unclaimable_after": 5}}, limits={"deadline": 90}
    )
    told = rehearse(waits, COBOL)
    assert [(e.t, e.data["then"]) for e in told.of("work.unclaimable")] == [(5, "wait")]
    assert (told.state.t, told.status, told.of("work.dead")) == (90, "failed", [])
    at_once = draw("p =share> B", B={"board": {"on_unclaimable": "escalate"}}, p={"rehearsal": [{"after": 200}]})
    told = rehearse(at_once, COBOL)
    assert (told.state.t, told.state.agents["B"].reason) == (60, "escalated")
    assert told.finished("p") == ["cancelled"]


def test_a_supervisor_hears_of_it_and_its_restart_keeps_what_is_done():
    bad = {"retry": ONCE, "rehearsal": [{}, {"fails": "no"}, {"fails": "no"}, {}]}
    graph = draw(
        "s =supervise> B,, p =share> B", p=bad, s={"kind": "supervisor"},
        B={"board": {"on_unclaimable": "escalate", "unclaimable_after": 5}},
    )  # fmt: skip
    told = rehearse(graph, ["a", {"needs": ["cobol"]}])
    assert told.status == "failed"
    assert len(told.of("group.restart_scheduled")) == 3
    assert [d["item"] for d in told.data("work.done")] == [1]


# ------------------------------------------------------------------ the end


def test_a_goal_ends_the_work_early():
    graph = draw("p =share> B,, q =share> B", B={"board": {"done_when": "value.exists(v, v == 'p: 3')"}},
                 q={"rehearsal": [{"hangs": True}]})  # fmt: skip
    told = rehearse(graph, [1, 2, 3, 4, 5])
    assert told.output == ["p: 1", "p: 3"]
    assert told.data("swarm.quiescent") == [{"by": "done_when", "done": 2, "dead": 0, "left": 3}]
    assert told.finished("q") == ["cancelled"]


def test_a_goal_may_be_a_note_or_a_number():
    notes = {"rehearsal": [asks(("write_state", {"key": "found", "value": True}), returns=1), {"hangs": True}]}
    for goal, results in (("has(context.notes.found)", []), ("context.done == 1", [1])):
        told = rehearse(draw("p =share> B", p=notes, B={"board": {"done_when": goal}}), [1, 2])
        assert (told.status, told.output) == ("succeeded", results)


def test_no_work_left_and_the_goal_not_reached_is_a_stall():
    told = rehearse(draw("p =share> B", B={"board": {"done_when": "size(value) == 3"}}), [1, 2])
    assert told.status == "failed"
    assert told.data("swarm.stalled") == [{"by": "empty", "done": 2, "dead": 0, "left": 0}]
    assert "its goal is not reached: size(value) == 3" in told.state.reason


def test_a_goal_that_cannot_be_evaluated_fails_the_board():
    told = rehearse(draw("p =share> B", B={"board": {"done_when": "value[7] == 1"}}), [1])
    assert told.status == "failed"
    assert told.state.agents["B"].error.startswith("it cannot be told whether B is done: ")


def test_a_goal_that_cannot_be_read_is_refused_before_anything_starts():
    with pytest.raises(Refused, match="It cannot be told when B is done"):
        rehearse(draw("p =share> B", B={"board": {"done_when": "size(value) >"}}))


def test_work_for_a_closed_board_is_refused():
    late = {"rehearsal": [{"after": 9, **asks(("post_work", {"work": 2}))}]}
    graph = draw("x -> late,, late =share> B,, p =share> B,, B -> z", late=late, p={"skills": ["a"]})
    told = rehearse(graph, [{"needs": ["a"]}])
    assert told.state.agents["late"].value == {
        "error": "B is closed: its work is done, and nobody would take more"
    }  # fmt: skip


def test_peers_are_no_results_of_the_run():
    told = rehearse(draw("B -> z,, p =share> B,, q =share> B"), [1, 2])
    assert told.output == "z: ["
    own = draw("t -> p,, p =share> B,, q =share> B,, B -> z", p={"rehearsal": [{"returns": "my own visit"}]})
    assert rehearse(own, [1]).output == "z: ["


def test_a_supervisor_of_a_board_and_its_peers_gives_the_board_the_work_and_watches_the_peers():
    told = rehearse(draw("s =supervise> p,, s =supervise> q,, s =supervise> B,, p =share> B,, q =share> B",
                         s={"kind": "supervisor"}), [1, 2])  # fmt: skip
    assert told.output == ["p: 1", "q: 2"]
    assert [d["to"] for d in told.data("work.handed_over")] == ["B"]


def test_a_board_in_a_loop_has_its_work_each_time():
    graph = draw(
        "t -> B,, B -> c,, c -> B [loop; when=visit < 3],, c -> z [when=otherwise],, p =share> B",
        t={"rehearsal": [{"returns": ["a", "b"]}]}, c={"rehearsal": [{"returns": ["c"]}]},
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert posted(told) == ["a", "b", "c", "c"]
    assert len(told.of("work.done")) == len(told.of("work.posted"))


def test_a_board_of_many_copies_works_them_off_one_after_another():
    told = rehearse(draw("B -> z,, p =share> B", B={"dynamic": True}), [1, 2])
    assert told.status == "succeeded"
    assert told.state.agents["z"].inputs == {"B": [["p: 1"], ["p: 2"]]}


# ------------------------------------------------------------------ how it grows


def played(items: int, peers: int, **stated):
    """A run of that many items on a board with that many peers, not yet begun."""
    names = [f"p{n}" for n in range(peers)]
    agents = {name: {"skills": [f"s{n % 4}"], "rehearsal": [{"returns": 0}]} for n, name in enumerate(names)}
    source = {"rehearsal": [{"returns": [{"n": n, "priority": n % 7, **stated} for n in range(items)]}]}
    graph = draw("t -> B,, " + ",, ".join(f"{name} =share> B" for name in names), t=source, **agents)

    def play() -> None:
        async def go() -> None:
            async with run(graph, rehearse=True, clock=VirtualClock()) as r:
                async for _ in r:
                    pass
                assert r.state.status == "succeeded"

        asyncio.run(go())

    return play


def test_an_item_costs_the_same_however_many_wait_and_however_many_peers_there_are():
    assert growth(lambda size: played(size, 10), 200, 800) < 4.4
    assert growth(lambda size: played(size, 10, needs=["s1"]), 100, 400) < 4.4
    assert growth(lambda size: played(400, size), 10, 40) < 1.4
