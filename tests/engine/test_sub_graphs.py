"""Sub-graphs as agents: one scheduler, one stream of events; inside the same rules hold as outside."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.drawing import CALM, Told, draw, rehearse
from quartet.engine import Event, Refused, resume, run
from quartet.engine.state import RunState
from quartet.graph.model import Graph

FAILS = {"rehearsal": [{"fails": "no"}], "retry": {"max_attempts": 1}}
HANGS = {"rehearsal": [{"hangs": True}]}


def sub(graph: str = "g", **more: Any) -> dict[str, Any]:
    return {"kind": "graph", "config": {"graph": graph}, **more}


def with_graphs(outer: Graph, **inner: Graph) -> Graph:
    outer.graphs = inner
    return outer


def returns(*values: Any) -> dict[str, Any]:
    return {"rehearsal": [{"returns": value} for value in values]}


def test_what_comes_in_is_the_input_of_the_inner_run_and_its_output_goes_out() -> None:
    inner = draw("a -> b", a=returns("A"))
    told = rehearse(with_graphs(draw("w -> r -> z", r=sub(), w=returns("W")), g=inner))
    ready = told.of("activation.ready")
    assert [e.agent for e in ready] == ["w", "r", "r/a", "r/b", "z"]
    assert told.output == "z: b: A"
    assert told.finished("r") == ["succeeded"]
    assert told.data("scope.opened", "r") == [{"graph": "g", "name": "", "agents": 2, "path": "r"}]


def test_several_results_of_a_sub_graph_are_an_object_by_the_ids_in_there() -> None:
    told = rehearse(with_graphs(draw("r", r=sub()), g=draw("a -> b,, a -> c", b=returns(1), c=returns(2))))
    assert told.output == {"b": 1, "c": 2}


def test_templates_and_conditions_inside_know_the_ids_inside() -> None:
    inner = draw(
        "a -> b [when=value == 'x' && input == 'W'],, a -> c [when=otherwise]",
        a=returns("x"),
        b=returns("b"),
        c=returns("c"),
    )
    told = rehearse(with_graphs(draw("w -> r", r=sub(), w=returns("W")), g=inner))
    assert told.output == "b"
    joined = draw("a -> J,, b -> J,, J -> z", a=returns(1), b=returns(2))
    joined.agents["J"] = joined.agents["J"].model_copy(update={"join": None})
    told = rehearse(with_graphs(draw("r", r=sub()), g=joined))
    assert told.of("activation.ready", agent="r/J")[0].data["inputs"] == {"a": 1, "b": 2}


def test_nested_to_any_depth() -> None:
    graphs = {f"g{n}": draw("r", r=sub(f"g{n + 1}")) for n in range(30)} | {"g30": draw("a", a=returns("deep"))}
    told = rehearse(with_graphs(draw("r", r=sub("g0")), **graphs))
    assert told.output == "deep"
    assert told.finished("/".join(["r"] * 31 + ["a"])) == ["succeeded"]


def test_one_failure_inside_is_one_failure_outside_that_names_who_failed() -> None:
    # conformance case 85: the fallback is asked once, and the error names the agent in there
    outer = draw("r -> z,, r -> f [on=failure]", r=sub())
    told = rehearse(with_graphs(outer, g=draw("a -> b -> c", a=FAILS)))
    failed = told.data("attempt.failed", "r")
    assert [(d["origin"], d["error"]) for d in failed] == [("r/a", "a failed: no")]
    assert len(told.of("attempt.started", agent="f")) == 1
    assert told.status == "succeeded"
    assert told.tokens("r", "z") == ["value"]


def test_without_anybody_to_help_the_run_fails_at_the_agent_that_stands_for_it() -> None:
    told = rehearse(with_graphs(draw("r -> z", r=sub()), g=draw("a -> b,, c", a=FAILS, c=FAILS)))
    assert told.status == "failed"
    assert told.state.unhandled == ["r"]
    assert told.state.reason == "a and 1 more failed: no"
    assert told.finished("z") == ["failed"]


def test_a_failure_that_is_handled_inside_is_none_outside() -> None:
    told = rehearse(with_graphs(draw("r", r=sub()), g=draw("a -> b,, a -> f [on=failure]", a=FAILS, f=returns("F"))))
    assert told.status == "succeeded"
    assert told.output == "b: F"


def test_a_sub_graph_is_tried_again_as_a_whole_only_where_that_is_stated() -> None:
    inner = draw("a -> b", a={"rehearsal": [{"fails": "no"}, {"returns": "ok"}], "retry": {"max_attempts": 1}})
    assert rehearse(with_graphs(draw("r", r=sub()), g=inner)).status == "failed"
    told = rehearse(with_graphs(draw("r", r=sub(retry={**CALM, "max_attempts": 2})), g=inner))
    assert told.output == "b: ok"
    assert [(e.act, e.attempt) for e in told.of("attempt.started", agent="r/a")] == [(1, 1), (2, 1)]
    assert [(e.act, e.attempt) for e in told.of("attempt.started", agent="r")] == [(1, 1), (1, 2)]
    assert told.starts("r") == [0, 2]


def test_what_cannot_be_mended_by_trying_again_ends_the_tries_outside_too() -> None:
    inner = draw("a", a={"rehearsal": [{"fails": "no", "retry": False}]})
    told = rehearse(with_graphs(draw("r", r=sub(retry={"max_attempts": 5})), g=inner))
    assert told.data("retry.exhausted", "r") == [{"reason": "non_retryable"}]


@pytest.mark.parametrize("limit", ["start_to_close", "schedule_to_close"])
def test_a_time_limit_holds_for_all_of_it(limit: str) -> None:
    outer = draw("r -> z,, r -> f [on=timeout]", r=sub(limits={limit: 3}), f=returns("late"))
    told = rehearse(with_graphs(outer, g=draw("a -> b -> c -> d -> e")))
    assert [d["kind"] for d in told.data("attempt.timed_out", "r")] == [limit]
    assert told.finished("r/d") == ["cancelled"]
    assert told.starts("r/e") == []
    assert told.starts("f") == [3]
    assert told.output == "z: late"


def test_without_a_stated_limit_a_sub_graph_may_take_long() -> None:
    step = {"rehearsal": [{"returns": 1, "after": 250}]}
    told = rehearse(with_graphs(draw("r", r=sub()), g=draw("a -> b", a=step, b=step)))
    assert (told.output, told.state.t) == (1, 500)


def test_silence_is_the_silence_of_everything_inside() -> None:
    talks = {"rehearsal": [{"beats": [4, 3], "returns": "said"}]}
    told = rehearse(with_graphs(draw("r", r=sub(limits={"heartbeat": 5})), g=draw("a -> b -> c", a=talks)))
    assert told.status == "succeeded"
    told = rehearse(with_graphs(draw("r", r=sub(limits={"heartbeat": 5})), g=draw("a -> b", b=HANGS)))
    assert [(d["kind"], d["after"]) for d in told.data("attempt.timed_out", "r")] == [("heartbeat", 5)]
    assert told.state.t == 6


def test_cancelling_reaches_inside_in_the_stated_order() -> None:
    # conformance case 130: groups within groups
    leaf = {"rehearsal": [{"hangs": True, "ignores_cancel": 1}]}
    inner = draw("S =supervise> x,, S =supervise> y", x=leaf, y=leaf)
    told = rehearse(with_graphs(draw("v,, w", v=sub(), w=sub()), g=inner), cancel_time=2)
    assert told.status == "cancelled"
    assert told.state.t == 4
    order = [e.agent for e in told.of("activation.finished")]
    for path in ("v", "w"):
        assert [id for id in order if id.startswith(path)] == [f"{path}/y", f"{path}/x", f"{path}/S", path]
        assert [d["child"] for d in told.data("group.child_stopping", f"{path}/S")] == [f"{path}/y", f"{path}/x"]


def test_nothing_begins_in_a_sub_graph_that_is_stopped() -> None:
    # a supervisor hands out work as soon as a worker is free, a loop goes round, a join waits
    loop = draw(
        "i -> k,, k -> i [loop; when=true; max_iterations=50],, h -> j,, i -> j", h=HANGS, k={"rehearsal": [{}]}
    )
    pool = draw("S =supervise> x,, S =supervise> y", S={"oversight": {"dispatch": "pool"}})
    for inner in (loop, pool):
        outer = draw("r -> z,, r -> f [on=timeout]", r=sub(limits={"start_to_close": 3.5}), f=returns("F"))
        told = rehearse(with_graphs(outer, g=inner), list(range(100)))
        assert told.output == "z: F"
        late = [e for e in told.events if e.type == "attempt.started" and e.agent.startswith("r/") and e.t > 3.5]
        assert late == []


def test_places_and_pauses_hold_inside_too() -> None:
    inner = draw("a,, b,, c")
    told = rehearse(with_graphs(draw("r,, s", limits={"max_concurrency": 1}, r=sub(), s=sub()), g=inner))
    assert sorted(e.t for e in told.of("attempt.started") if "/" in e.agent) == [0, 1, 2, 3, 4, 5]
    assert told.status == "succeeded"


def test_copies_have_scopes_of_their_own() -> None:
    inner = draw("a -> J,, b -> J", J={"join": {"mode": "all"}})
    told = rehearse(with_graphs(draw("r -> z", r=sub(dynamic=True)), g=inner), ["p", "q", "s"])
    assert told.of("activation.ready", agent="z")[0].data["inputs"]["r"] == [
        ["a: p", "b: p"], ["a: q", "b: q"], ["a: s", "b: s"],
    ]  # fmt: skip
    assert sorted({e.agent.rpartition("/")[0] for e in told.of("attempt.started") if "/" in e.agent}) == [
        "r",
        "r#2",
        "r#3",
    ]


def test_copies_that_take_turns_share_names() -> None:
    told = rehearse(with_graphs(draw("r", r=sub(dynamic=True, max_concurrency=1)), g=draw("a")), [1, 2, 3])
    assert [(e.agent, e.act) for e in told.of("attempt.started") if "/" in e.agent] == [
        ("r/a", 1),
        ("r/a", 2),
        ("r/a", 3),
    ]
    assert told.output == ["a: 1", "a: 2", "a: 3"]


def test_a_supervisor_restarts_a_sub_graph_as_one_worker() -> None:
    inner = draw("a -> b", a={"rehearsal": [{"fails": "no"}, {"returns": "ok"}], "retry": {"max_attempts": 1}})
    told = rehearse(with_graphs(draw("S =supervise> r", r=sub()), g=inner))
    assert told.status == "succeeded"
    assert [d["error"] for d in told.data("group.child_failed", "S")] == ["a failed: no"]
    assert [e.act for e in told.of("attempt.started", agent="r/a")] == [1, 2]


def test_siblings_that_are_restarted_with_another_begin_their_sub_graph_anew() -> None:
    bad = {"rehearsal": [{"fails": "no", "after": 2.5}, {"returns": "ok"}], "retry": {"max_attempts": 1}}
    outer = draw("S =supervise> r,, S =supervise> x", S={"oversight": {"strategy": "one_for_all"}}, r=sub(), x=bad)
    told = rehearse(with_graphs(outer, g=draw("a -> b -> c -> d")))
    assert told.status == "succeeded"
    assert told.finished("r/c") == ["cancelled", "succeeded"]
    assert told.starts("r/a") == [0, 2.5]


def test_another_strategy_may_be_another_sub_graph() -> None:
    restart = {"do": "restart", "with": {"graph": "other"}}
    outer = draw("S =supervise> r", S={"oversight": {"on_error": [restart]}}, r=sub())
    told = rehearse(with_graphs(outer, g=draw("a", a=FAILS), other=draw("b", b=returns("B"))))
    assert told.status == "succeeded"
    assert told.finished("r/b") == ["succeeded"]


def test_the_losers_of_a_join_are_stopped_with_all_they_do() -> None:
    outer = draw("r -> J,, x -> J", J={"join": {"mode": "any"}}, r=sub())
    told = rehearse(with_graphs(outer, g=draw("a -> b", a={"rehearsal": [{"after": 9}]})))
    assert told.finished("r") == ["cancelled"]
    assert told.state.t == 1


def test_a_loop_goes_through_a_sub_graph_again_and_again() -> None:
    outer = draw("i -> r -> k,, k -> i [loop; when=visit < 3]", r=sub(), k={"rehearsal": [{}]})
    told = rehearse(with_graphs(outer, g=draw("a -> b")))
    assert [e.act for e in told.of("attempt.started", agent="r/a")] == [1, 2, 3]
    assert told.status == "succeeded"


def test_a_peer_may_be_a_sub_graph() -> None:
    p = {"rehearsal": [{"hands_off": "q", "message": "yours"}]}
    told = rehearse(with_graphs(draw("p =handoff> q", p=p, q=sub()), g=draw("a")))
    assert told.output == "a: yours"


def test_swarms_inside_know_their_own_names() -> None:
    p = {"rehearsal": [{"hands_off": "q", "message": "yours"}]}
    told = rehearse(with_graphs(draw("r", r=sub()), g=draw("p =handoff> q", p=p, q=returns("Q"))))
    assert told.output == "Q"
    assert [d["to"] for d in told.data("handoff.accepted", "r/p")] == ["r/q"]


def test_who_waits_in_vain_inside_is_given_up_while_others_go_on_outside() -> None:
    inner = draw("a -> J,, b -> J,, c -> b,, d =handoff> b", a=returns(1))
    told = rehearse(
        with_graphs(draw("r,, x", r=sub(limits={"schedule_to_close": 500}), x={"rehearsal": [{"after": 50}]}), g=inner)
    )
    assert told.state.t == 50


def test_another_program_goes_on_in_the_middle_of_a_sub_graph(tmp_path: Path) -> None:
    graph = with_graphs(draw("w -> r -> z", r=sub(dynamic=True)), g=draw("a -> b -> c"))
    graph.agents["w"] = graph.agents["w"].model_copy(update={"rehearsal": ({"returns": [1, 2]},)})
    path = tmp_path / "a.run"

    async def begun() -> list[Event]:
        events = []
        async with run(graph, "in", rehearse=True, journal=path) as r:
            async for event in r:
                events.append(event)
                if event.type == "attempt.started" and event.agent == "r#2/b":
                    await r.suspend()
                    break
        return events

    async def ended() -> list[Event]:
        async with resume(path) as r:
            return [event async for event in r]

    before, after = asyncio.run(begun()), asyncio.run(ended())
    assert after[-1].data["output"] == rehearse(graph).output
    started = Counter((e.agent, e.act) for e in [*before, *after] if e.type == "attempt.started")
    assert {id for (id, _), n in started.items() if n > 1} == {"r/b", "r#2/b"}, "only what was under way begins again"
    assert [e.agent for e in after if e.type == "scope.opened"] == []


def test_a_script_of_the_agent_itself_stands_in_for_its_sub_graph() -> None:
    told = rehearse(with_graphs(draw("r", r=sub(**returns("short"))), g=draw("a", a=FAILS)))
    assert told.output == "short"
    assert told.of("scope.opened") == []


def test_a_sub_graph_in_which_nothing_is_to_do_gives_nothing() -> None:
    told = rehearse(with_graphs(draw("r", r=sub()), g=draw("", B={})))
    assert told.status == "succeeded"
    assert told.output is None


def test_the_state_counts_what_is_done_inside() -> None:
    told = rehearse(with_graphs(draw("r", r=sub()), g=draw("a -> b -> c")))
    state, seen = RunState(), []
    for event in told.events:
        state.apply(event)
        seen.append((state.agent("r").inside, len(state.agent("r").inside_done)))
    assert list(dict.fromkeys(seen)) == [(0, 0), (3, 0), (3, 1), (3, 2), (3, 3)]


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (with_graphs(draw("r", r={"kind": "graph"})), "“r” does not say which sub-graph"),
        (with_graphs(draw("r", r=sub("h"))), "“r” stands for the sub-graph “h”, which is not in this file."),
        (with_graphs(draw("r", r=sub()), g=Graph()), "In “r”: There is no agent to run."),
        (with_graphs(draw("r", r=sub()), g=draw("s", s=sub("h")), h=draw("t", t=sub("g"))), "“g” in “h” in “g”"),
        (with_graphs(draw("r", r=sub()), g=draw("a -> b,, b -> a")), "In “r”: “b” → “a” closes a cycle"),
        (with_graphs(draw("r", r=sub()), g=draw("s", s=sub("h")), h=draw("a -> b [when=(]")), "In “r › s”: The"),
        (with_graphs(draw("r", r=sub(), **{"r/a": {}}), g=draw("a")), "The id “r/a” of “r/a” is that of an agent"),
        (with_graphs(draw("r", r=sub()), g=draw("a", **{"b/c": {}})), "reads like a path"),
    ],
)  # fmt: skip
def test_what_cannot_run_inside_is_refused_before_anything_starts(graph: Graph, said: str) -> None:
    with pytest.raises(Refused) as refused:
        run(graph, rehearse=True)
    assert any(said in problem for problem in refused.value.problems), refused.value.problems
    assert all(reason.agents and set(reason.agents) <= graph.agents.keys() for reason in refused.value.reasons)


def test_a_sub_graph_that_nobody_stands_for_may_be_wrong() -> None:
    told: Told = rehearse(with_graphs(draw("a"), g=draw("s", s=sub("g"))))
    assert told.status == "succeeded"
