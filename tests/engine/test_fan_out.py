"""Fan-out and fan-in: joins, orders, losers, siblings, copies, places."""

import pytest

from engine.drawing import ONCE, draw, rehearse

BAD = {"retry": ONCE, "rehearsal": [{"fails": "x"}]}
HANGS = {"rehearsal": [{"hangs": True}]}


def after(seconds: float, **more) -> dict:
    return {"rehearsal": [{"after": seconds, **more}]}


def test_branches_run_at_the_same_time_and_are_collected_in_edge_order():
    told = rehearse(draw("a -> b -> J,, a -> c -> J", b=after(2, returns="slow"), c=after(1, returns="fast")))
    assert told.starts("b") == told.starts("c") == [1]
    assert told.output == ["slow", "fast"]
    assert told.data("join.fired") == [{"winners": ["b", "c"]}]


def test_completion_order_is_as_they_came():
    graph = draw(
        "a -> J,, b -> J", J={"join": {"order": "completion"}}, a=after(2, returns="a"), b=after(1, returns="b")
    )
    assert rehearse(graph).output == ["b", "a"]


@pytest.mark.parametrize(
    ("mode", "scripts", "expected"),
    [
        ("all", "vv", "succeeded"),
        ("all", "vs", "succeeded"),
        ("all", "ss", "skipped"),
        ("all", "ve", "failed"),
        ("all", "vse", "failed"),
        ("all_strict", "ve", "failed"),
        ("all_strict", "vs", "skipped"),
        ("all_strict", "vv", "succeeded"),
        ("any", "veeess", "succeeded"),
        ("any", "ee", "failed"),
        ("any", "es", "failed"),
        ("any", "ss", "skipped"),
        ("n_of_m", "vve", "succeeded"),
        ("n_of_m", "vee", "failed"),
        ("n_of_m", "vss", "skipped"),
        ("quorum", "vve", "succeeded"),
        ("quorum", "vee", "failed"),
        ("quorum", "vss", "succeeded"),
        ("quorum", "sss", "skipped"),
        ("all_done", "ve", "succeeded"),
        ("all_done", "ee", "succeeded"),
        ("all_done_min_one", "ve", "succeeded"),
        ("all_done_min_one", "ee", "failed"),
        ("all_done_min_one", "ss", "skipped"),
        ("first_done", "es", "succeeded"),
        ("first_done", "ss", "skipped"),
        ("one_failed", "ve", "succeeded"),
        ("one_failed", "vv", "skipped"),
    ],
)
def test_every_way_to_wait(mode, scripts, expected):
    agents, edges = {}, []
    for n, script in enumerate(scripts):
        name = f"{script}{n}"
        edges.append(f"a -> {name} [when={'false' if script == 's' else 'true'}],, {name} -> J")
        agents[name] = after(n + 1, fails="x") | {"retry": ONCE} if script == "e" else after(n + 1)
    join = {"mode": mode, "n": 2} if mode == "n_of_m" else {"mode": mode}
    told = rehearse(draw(",, ".join(edges), a=after(1, returns=1), J={"join": join}, **agents))
    assert told.state.agents["J"].status == expected
    assert len(told.of("join.fired")) == (expected == "succeeded")


def test_the_modes_that_wait_for_failures_tell_who_failed():
    told = rehearse(draw("a -> J,, b -> J", a=after(1, returns=1), b=BAD, J={"join": {"mode": "all_done"}}))
    assert told.status == "succeeded"
    assert told.output[0] == {"branch": "a", "status": "succeeded", "value": 1}
    assert (told.output[1]["branch"], told.output[1]["status"]) == ("b", "failed")
    assert (told.output[1]["error"], told.output[1]["type"]) == ("x", "AgentError")


def test_all_fails_at_the_first_failure_but_the_other_branches_go_on():
    told = rehearse(draw("a -> J,, b -> J", a=after(5), b=BAD))
    assert told.of("activation.finished", agent="J")[0].t == 1
    assert told.state.agents["a"].status == "succeeded"
    assert told.state.t == 5
    assert told.state.unhandled == ["b"]


def test_the_first_of_three_wins_and_the_losers_are_stopped():
    graph = draw(
        "t -> a -> R,, t -> b -> R,, t -> c -> R", t={"kind": "trigger"}, a=after(1), b=HANGS, c=HANGS,
        R={"kind": "template", "join": {"mode": "any"}},
    )  # fmt: skip
    told = rehearse(graph)
    assert told.status == "succeeded"
    assert told.finished("b") == told.finished("c") == ["cancelled"]
    assert told.of("attempt.cancelled")[0].t == 1
    assert told.finished("R") == ["succeeded"]
    assert told.output == "R: a: in"


def test_a_loser_is_stopped_with_what_works_only_for_it():
    graph = draw(
        "a -> J,, b -> b2 -> J,, c -> J,, c -> other", a=after(1), b=HANGS, c=after(4), J={"join": {"mode": "any"}}
    )
    told = rehearse(graph)
    assert told.finished("b") == ["cancelled"]
    assert told.finished("b2") == ["cancelled"]
    assert told.finished("c") == ["succeeded"], "somebody else needs its result"
    assert told.finished("other") == ["succeeded"]


def test_losers_may_run_on_and_what_they_bring_is_dropped():
    told = rehearse(draw("a -> J,, b -> J", a=after(1), b=after(3), J={"join": {"mode": "any", "on_win": "let_run"}}))
    assert told.finished("b") == ["succeeded"]
    assert told.data("join.token_dropped") == [{"edge": "e1_0", "why": "the join had fired"}]
    assert told.output == ["a: in"]


def test_a_join_that_waits_too_long_fails_or_goes_on_with_what_it_has():
    waits = {"timeout": 3, "mode": "all"}
    told = rehearse(draw("a -> J,, b -> J", a=after(1), b=after(9), J={"join": waits}))
    assert told.state.agents["J"].status == "timed_out"
    assert told.status == "failed"
    goes_on = rehearse(draw("a -> J,, b -> J", a=after(1), b=after(9), J={"join": waits | {"on_timeout": "proceed"}}))
    assert goes_on.output == ["a: in"]


def test_siblings_are_stopped_where_the_fan_out_says_so():
    graph = draw("t -> a -> J,, t -> b -> b2 -> J", t={"on_branch_failure": "cancel_siblings"}, a=BAD, b=HANGS)
    told = rehearse(graph)
    assert told.finished("b") == ["cancelled"]
    assert told.state.t == 2
    assert told.state.unhandled == ["a"]


def test_a_branch_whose_failures_are_ignored_does_no_harm():
    told = rehearse(draw("t -> a -> J,, t -> b -> J", b=BAD | {"ignore_failures": True}))
    assert told.status == "succeeded"
    assert told.output == ["a: t: in"]
    assert told.tokens("b", "J") == ["skipped"]


def test_without_a_collector_a_failed_branch_fails_the_run_after_the_others():
    told = rehearse(draw("t -> a,, t -> b", a=BAD, b=after(5)))
    assert (told.status, told.state.unhandled, told.state.t) == ("failed", ["a"], 6)


def test_no_more_run_at_once_than_there_are_places():
    told = rehearse(draw("a,, b,, c", limits={"max_concurrency": 2}))
    assert (told.starts("a"), told.starts("b"), told.starts("c")) == ([0], [0], [1])


def test_several_results_are_an_object_by_agent():
    assert rehearse(draw("t -> a,, t -> b")).output == {"a": "a: t: in", "b": "b: t: in"}


# ------------------------------------------------------------------ copies


def test_a_dynamic_agent_works_on_every_item_of_its_list():
    told = rehearse(draw("t -> a -> J", t=after(0, returns=["x", "y", "z"]), a={"dynamic": True}))
    assert told.output == ["a: x", "a: y", "a: z"]
    assert told.state.agents["a"].copies == told.state.agents["a"].copies_done == 3
    assert told.starts("a") == [0, 0, 0]
    assert told.tokens("a", "J") == ["value"]


def test_an_empty_list_gives_an_empty_list_at_once():
    told = rehearse(draw("t -> a -> J", t=after(0, returns=[]), a={"dynamic": True}))
    assert told.output == []
    assert told.starts("a") == []


def test_copies_are_bounded():
    graph = draw("t -> a", t=after(0, returns=[1, 2, 3]), a={"dynamic": True, "max_concurrency": 1})
    assert rehearse(graph).starts("a") == [0, 1, 2]


def test_slowest_first_comes_in_the_order_declared_or_completed():
    # elixir task_test "streams an enumerable with slowest first": 4, 3, 2, 1
    def graph(**join) -> dict:
        script = [{"after": n, "returns": n} for n in (4, 3, 2, 1)]
        return draw(
            "t -> a -> J", t=after(0, returns=[4, 3, 2, 1]), a={"dynamic": True, "rehearsal": script}, J={"join": join}
        )

    assert rehearse(graph(mode="all")).output == [4, 3, 2, 1]
    assert rehearse(graph(mode="all", order="completion")).output == [1, 2, 3, 4]


def test_the_first_copy_can_win():
    script = [{"after": 1, "returns": "fast"}, {"hangs": True}]
    graph = draw(
        "t -> a -> J",
        t=after(0, returns=[1, 2, 3]),
        a={"dynamic": True, "rehearsal": script},
        J={"join": {"mode": "any"}},
    )
    told = rehearse(graph)
    assert told.output == ["fast"]
    assert told.finished("a") == ["succeeded", "cancelled", "cancelled", "succeeded"]


def test_one_failed_copy_fails_the_agent_after_the_others_are_done():
    script = [{"fails": "x", "after": 1}, {"after": 3}]
    graph = draw("t -> a", t=after(0, returns=[1, 2]), a={"dynamic": True, "retry": ONCE, "rehearsal": script})
    told = rehearse(graph)
    assert told.state.t == 3
    assert told.state.agents["a"].error == "1 of 2 copies failed: x"
    told = rehearse(
        draw(
            "t -> a",
            t=after(0, returns=[1, 2]),
            a={"dynamic": True, "retry": ONCE, "rehearsal": script, "ignore_failures": True},
        )
    )
    assert told.output == ["a: 2"]
