"""What a person does to single agents: gives a result, stops one, starts one again, decides where nobody else can."""

import asyncio

import pytest

from engine.drawing import CALM, ONCE, draw, rehearse
from engine.persons import act
from quartet.engine import run

HANGS = {"rehearsal": [{"hangs": True}]}
FAILS = {"retry": ONCE, "rehearsal": [{"fails": "x"}]}
PAUSES = {"retry": {"initial_interval": 50} | CALM, "rehearsal": [{"fails": "x"}, {"returns": "late"}]}


# ---------------------------------------------------------------------- giving a result


def test_the_result_of_an_agent_that_pauses_is_given_by_hand():
    told, answers = act(draw("a -> b", a=PAUSES), [(5, "resolve", "a", "mine")])
    assert answers == [True]
    assert (told.status, told.output, told.state.t) == ("succeeded", "b: mine", 6)
    assert told.data("activation.resolved_manually") == [{"by": "user", "value": "mine"}]
    assert told.tokens("a", "b") == ["value"]


def test_the_result_of_one_that_runs_is_given_after_its_attempt_has_ended():
    stubborn = {"rehearsal": [{"hangs": True, "ignores_cancel": 2}]}
    told, _ = act(draw("a -> b", a=stubborn), [(1, "resolve", "a", 7)])
    assert told.starts("b") == [3]
    assert told.finished("a") == ["succeeded"]


def test_the_result_of_one_that_waits_for_a_person_takes_its_question_back():
    told, _ = act(draw("a", a={"rehearsal": [{"waits": "?"}]}), [(1.5, "resolve", "a", "so")])
    assert told.output == "so"


def test_the_result_of_one_that_is_held_ends_the_care_of_its_supervisor():
    # the supervisor died and is restarted by the one above only after a pause, so that the failure waits
    graph = draw(
        "T0 =supervise> S,, S =supervise> a,, S =supervise> b",
        T0={"kind": "supervisor", "oversight": {"first_pause": 10}}, S={"oversight": {"max_restarts": 0}},
        a=FAILS, b={"rehearsal": [{"after": 30}]},
    )  # fmt: skip
    told, answers = act(graph, [(5, "resolve", "a", "mine")])
    assert answers == [True]
    assert told.status == "succeeded"
    assert told.finished("a") == ["succeeded"]
    assert told.state.agents["a"].value == "mine"


def test_whoever_does_its_work_meanwhile_is_stopped():
    on_error = {"oversight": {"on_error": [{"do": "reassign"}], "dispatch": "split"}}
    told, _ = act(
        draw("S =supervise> a,, S =supervise> b", S=on_error, a=FAILS, b=HANGS), [(3, "resolve", "a", 1)], ["one"]
    )
    assert told.finished("b")[0] == "cancelled"
    assert told.output == [1]


def test_who_has_nothing_to_do_is_not_given_a_result():
    told, answers = act(draw("a -> b"), [(1.5, "resolve", "a", 1), (1.5, "stop_agent", "a")])
    assert answers == [False, False]
    assert told.output == "b: a: in"


@pytest.mark.parametrize("command", ["resolve", "stop_agent", "restart_agent"])
def test_an_agent_that_is_not_there_is_named(command):
    async def go() -> None:
        async with run(draw("a"), rehearse=True) as r:
            with pytest.raises(LookupError, match="no agent “nobody”"):
                getattr(r, command)("nobody", *([1] if command == "resolve" else []))

    asyncio.run(go())


def test_a_result_that_is_not_json_is_refused_and_changes_nothing():
    async def go() -> str:
        async with run(draw("a"), rehearse=True) as r:
            with pytest.raises(TypeError):
                r.resolve("a", object())
            return (await r.result()).status

    assert asyncio.run(go()) == "succeeded"


# ---------------------------------------------------------------------- stopping


def test_a_worker_that_is_stopped_by_hand_is_not_restarted_and_counts_as_handled():
    # otp child_adm: a child that was terminated by hand stays down
    told, answers = act(draw("S =supervise> a,, S =supervise> b", a=HANGS), [(2, "stop_agent", "a")])
    assert answers == [True]
    assert told.finished("a") == ["cancelled"]
    assert told.of("group.restart_scheduled") == []
    assert (told.status, told.output) == ("succeeded", ["b: in"])


def test_one_that_is_stopped_stays_down_when_its_siblings_are_restarted():
    graph = draw(
        "S =supervise> a,, S =supervise> b", S={"oversight": {"strategy": "one_for_all"}}, a=HANGS,
        b={"retry": ONCE, "rehearsal": [{"fails": "x", "after": 3}, {}]},
    )  # fmt: skip
    told, _ = act(graph, [(1, "stop_agent", "a")])
    assert told.starts("a") == [0]
    assert told.starts("b") == [0, 3]


def test_a_supervisor_is_stopped_after_its_workers_the_last_first():
    graph = draw("S =supervise> a,, S =supervise> b,, x", a=HANGS, b=HANGS, x={"rehearsal": [{"after": 4}]})
    told, _ = act(graph, [(1, "stop_agent", "S")])
    assert [e.agent for e in told.of("activation.finished")] == ["b", "a", "S", "x"]
    assert told.status == "succeeded"


def test_a_worker_of_a_pool_that_is_stopped_gets_nothing_more_until_it_is_started_again():
    graph = draw("S =supervise> a,, S =supervise> b", S={"oversight": {"dispatch": "pool"}})
    told, answers = act(graph, [(0.5, "stop_agent", "a"), (2.5, "restart_agent", "a")], [1, 2, 3, 4, 5])
    assert answers == [True, True]
    assert (told.starts("a"), told.starts("b")) == ([0, 2.5], [0, 1, 2, 3])
    assert told.output == ["a: 1", "b: 2", "b: 3", "b: 4", "b: 5"], "first what it was stopped in"


@pytest.mark.parametrize("dispatch", ["graph", "broadcast", "split"])
def test_a_stopped_worker_begins_anew_when_a_person_wants_it_while_its_supervisor_is_at_work(dispatch):
    # otp child_adm: restart_child
    stated = {"oversight": {"dispatch": dispatch}}
    graph = draw("S =supervise> a,, S =supervise> b", S=stated, b={"rehearsal": [{"after": 9}]})
    deeds = [(0.5, "stop_agent", "a"), (0.6, "stop_agent", "a"), (3, "restart_agent", "a")]
    told, answers = act(graph, deeds, [1, 2])
    assert answers == [True, False, True]
    assert told.starts("a") == [0, 3]
    assert told.finished("a")[:2] == ["cancelled", "succeeded"]
    assert told.status == "succeeded"


def test_a_stopped_worker_does_not_begin_anew_where_others_wait_for_it():
    graph = draw("S =supervise> a,, S =supervise> b,, a -> z", b={"rehearsal": [{"after": 9}]})
    told, answers = act(graph, [(0.5, "stop_agent", "a"), (3, "restart_agent", "a")])
    assert answers == [True, False]
    assert told.starts("a") == [0]
    assert told.tokens("a", "z") == ["cancelled"]


def test_a_pool_whose_workers_are_all_stopped_ends_with_what_is_done():
    graph = draw("S =supervise> a", S={"oversight": {"dispatch": "pool"}})
    told, _ = act(graph, [(1.5, "stop_agent", "a")], [1, 2, 3])
    assert (told.status, told.output) == ("succeeded", ["a: 1"])


# ---------------------------------------------------------------------- starting again


def test_a_worker_is_started_again_by_hand_as_often_as_wanted():
    hangs_thrice = {"rehearsal": [{"hangs": True}] * 3 + [{}]}
    graph = draw("S =supervise> a", S={"oversight": {"max_restarts": 0}}, a=hangs_thrice)
    told, answers = act(graph, [(1, "restart_agent", "a"), (2, "restart_agent", "a"), (3, "restart_agent", "a")])
    assert answers == [True] * 3
    assert told.starts("a") == [0, 1, 2, 3]
    assert told.of("group.restart_scheduled") == []
    assert told.finished("a") == ["succeeded"], "it is the same visit"


def test_an_agent_that_nobody_supervises_is_started_again_too():
    told, _ = act(draw("a -> b", a=PAUSES), [(3, "restart_agent", "a")])
    assert told.starts("a") == [0, 3]
    assert told.output == "b: late"


def test_a_supervisor_is_started_again_with_its_workers_in_order():
    graph = draw("S =supervise> a,, S =supervise> b", a={"rehearsal": [{"after": 5}]}, b={"rehearsal": [{"after": 5}]})
    told, _ = act(graph, [(1, "restart_agent", "S")])
    assert [d["child"] for d in told.data("group.child_stopping")] == ["b", "a"]
    assert [e.agent for e in told.of("attempt.started") if e.t == 1] == ["a", "b"]


def test_what_has_finished_is_not_started_again():
    told, answers = act(draw("a -> b"), [(1.5, "restart_agent", "a")])
    assert answers == [False]
    assert told.starts("a") == [0]


# ---------------------------------------------------------------------- where nobody else can decide

ASKS = {"oversight": {"root_policy": "ask_human", "max_restarts": 1, "backoff": 0}}


def answered(*answers):
    failing = {"retry": ONCE, "rehearsal": [{"fails": "x"}] * 3 + [{"returns": "done"}]}
    deeds = [(when, "answer", "a", answer) for when, answer in answers]
    return act(draw("S =supervise> a,, S =supervise> b", S=ASKS, a=failing, b={"rehearsal": [{"after": 30}]}), deeds)[0]


def test_a_person_is_asked_what_no_supervisor_can_decide():
    told = answered((2.5, "give up"))
    asked = told.data("wait.started")[0]
    assert asked["choices"] == ["restart", "give up"]
    assert asked["prompt"].startswith("a failed: x (1 restart was not enough)")
    assert told.status == "failed"
    assert told.finished("b") == ["cancelled"]


def test_a_person_starts_it_again():
    told = answered((2.5, "Restart"))
    assert told.starts("a") == [0, 1, 2.5, 3.5]
    assert [d["n"] for d in told.data("group.restart_scheduled")] == [1, 0, 1]
    assert (told.status, told.output) == ("succeeded", ["done", "b: in"])


@pytest.mark.parametrize("deed", ["restart_agent", "stop_agent", "resolve"])
def test_nothing_is_begun_in_a_sub_graph_that_is_being_stopped(deed):
    stubborn = {"rehearsal": [{"hangs": True, "ignores_cancel": 2}]}
    graph = draw("g", g={"kind": "graph", "config": {"graph": "inner"}})
    graph.graphs = {"inner": draw("S =supervise> a,, S =supervise> b", a=HANGS, b=stubborn)}
    value = ["x"] if deed == "resolve" else []
    told, answers = act(graph, [(1, "resolve", "g", "mine"), (2, deed, "g/S", *value), (2, deed, "g/a", *value)])
    assert answers == [True, False, False]
    assert (told.status, told.output, told.state.t) == ("succeeded", "mine", 3)


def test_a_worker_that_fails_while_its_sub_graph_is_being_stopped_is_not_restarted():
    stubborn = {"rehearsal": [{"hangs": True, "ignores_cancel": 2}]}
    failing = {"retry": ONCE, "rehearsal": [{"fails": "x", "after": 1.5}]}
    graph = draw("g", g={"kind": "graph", "config": {"graph": "inner"}})
    graph.graphs = {"inner": draw("S =supervise> a,, S =supervise> b", a=failing, b=stubborn)}
    told, _ = act(graph, [(1, "resolve", "g", "mine")])
    assert (told.status, told.output, told.state.t) == ("succeeded", "mine", 3)
    assert told.finished("g/a") == ["cancelled"]


def test_a_person_gives_the_result_for_it():
    told = answered((2.5, {"answer": 42}))
    assert told.output == [{"answer": 42}, "b: in"]
    assert told.data("activation.resolved_manually", "a")[0]["value"] == {"answer": 42}


def test_only_the_topmost_supervisor_asks():
    graph = draw(
        "T0 =supervise> S,, S =supervise> a", T0=ASKS | {"kind": "supervisor"}, S={"oversight": {"max_restarts": 0}},
        a={"retry": ONCE, "rehearsal": [{"fails": "x"}, {"fails": "x"}, {"returns": "done"}]},
    )  # fmt: skip
    told, answers = act(graph, [(2.5, "answer", "S", "restart")])
    assert answers == [True]
    assert [d.get("to") for d in told.data("group.escalated")] == ["T0", "T0", None]
    assert told.starts("a") == [0, 1, 2.5]
    assert told.status == "succeeded"


@pytest.mark.parametrize(("script", "status"), [(None, "failed"), ([{"answers": "restart"}], "succeeded")])
def test_in_a_rehearsal_the_supervisors_script_says_what_the_person_answers(script, status):
    failing = {"retry": ONCE, "rehearsal": [{"fails": "x"}] * 2 + [{}]}
    assert rehearse(draw("S =supervise> a", S=ASKS | {"rehearsal": script}, a=failing)).status == status


def test_the_question_is_taken_back_when_the_run_is_cancelled():
    told = rehearse(draw("S =supervise> a", S=ASKS, a=FAILS), cancel_time=2.5)
    assert told.status == "cancelled"
    assert told.of("wait.resolved") == []
