"""Limits on money, tokens, time, hand-offs and visits, of a run and of its agents: asked, granted, failed."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.drawing import ONCE, Told, draw, rehearse
from quartet.engine import run
from quartet.engine.clock import VirtualClock
from quartet.engine.prices import Price, PriceTable
from quartet.engine.run import Run
from quartet.engine.seen import Reached
from quartet.graph.model import Budget, Graph, RunLimits


def spends(cost: float = 0.0, tokens: int = 0, *, after: float = 1.0, **more: Any) -> dict:
    """An agent that reports this with each attempt."""
    usage = {"input_tokens": tokens, "output_tokens": 0, "cost": cost}
    return {"rehearsal": [{"usage": usage, "after": after, "returns": "done", **more}]}


ANSWERS = {"rehearsal": [{"returns": "not yet"}]}


def asked(graph: Graph, at_pause: Callable[[Run, list[Reached]], Any] | None = None, **how: Any) -> Told:
    """Rehearse with limits that ask; `at_pause` is told what was reached each time, and the run goes on."""

    async def go() -> Told:
        events = []
        async with run(graph, "in", rehearse=True, clock=VirtualClock(), on_limit="ask", **how) as r:
            async for event in r:
                events.append(event)
                if event.type == "run.paused":
                    if at_pause is not None:
                        at_pause(r, list(r.state.reached))
                    r.resume()
            return Told(graph, events, r.state)

    return asyncio.run(go())


# ---------------------------------------------------------------------- money and tokens


def test_a_run_that_costs_more_than_allowed_fails_and_names_who_spent_most() -> None:
    graph = draw("a -> b -> c -> d", limits={"max_cost": 0.5}, a=spends(0.1), b=spends(0.3), c=spends(0.2))
    told = rehearse(graph)
    assert told.status == "failed"
    (found,) = told.data("limit.exceeded")
    assert found == {
        "which": "max_cost", "value": 0.6, "limit": 0.5,
        "agents": ["b", "c", "a"], "shares": {"b": 0.3, "c": 0.2, "a": 0.1},
    }  # fmt: skip
    assert told.state.reason == "limit reached: US$ 0.50 for the whole run, most by b, c, a"
    assert not told.of("attempt.started", agent="d")


def test_exactly_what_is_allowed_may_be_used_but_nothing_starts_after_it() -> None:
    assert rehearse(draw("a -> b", limits={"max_tokens": 20}, a=spends(tokens=5), b=spends(tokens=15))).status == (
        "succeeded"
    )
    told = rehearse(draw("a -> b", limits={"max_tokens": 20}, a=spends(tokens=20)))
    assert told.status == "failed" and not told.of("attempt.started", agent="b")


def test_sums_of_prices_that_are_not_exact_reach_no_limit_too_early() -> None:
    graph = draw("a -> b -> c", limits={"max_cost": 0.3}, a=spends(0.1), b=spends(0.1), c=spends(0.1))
    assert rehearse(graph).status == "succeeded"


def test_what_is_under_way_when_the_run_fails_is_cancelled() -> None:
    graph = draw("t -> a,, t -> b", limits={"max_tokens": 10}, a=spends(tokens=11), b=spends(after=100))
    told = rehearse(graph)
    assert told.finished("b") == ["cancelled"] and told.state.t < 10


def test_a_run_that_asks_pauses_at_the_limit_and_grants_as_much_again_when_it_goes_on() -> None:
    seen: list[Reached] = []
    graph = draw(
        "a -> b -> c -> d", limits={"max_cost": 0.1}, a=spends(0.15), b=spends(0.05), c=spends(0.2), d=spends(0.1)
    )
    told = asked(graph, lambda r, reached: seen.extend(reached))
    assert told.status == "succeeded"
    # 0.15 of 0.10, then 0.25 allowed; 0.40, then 0.50 allowed, which d uses up exactly
    assert [(one.which, one.agent, one.value, one.limit, one.grant) for one in seen] == [
        ("max_cost", None, 0.15, 0.1, 0.1), ("max_cost", None, 0.4, 0.25, 0.1),
    ]  # fmt: skip
    assert [data["limit"] for data in told.data("limit.granted")] == [0.25, 0.5]
    assert [e.type for e in told.of("run.paused", "run.resumed")] == ["run.paused", "run.resumed"] * 2
    assert not told.state.reached


def test_an_amount_that_is_granted_counts_instead_of_what_was_stated() -> None:
    graph = draw("a -> b -> c", limits={"max_cost": 0.1}, a=spends(0.15), b=spends(0.5), c=spends(0.5))
    told = asked(graph, lambda r, reached: r.grant("max_cost", 2))
    assert told.status == "succeeded"
    assert [data["limit"] for data in told.data("limit.granted")] == [2.15]


def test_what_was_under_way_at_the_pause_goes_on_and_nothing_else_starts() -> None:
    graph = draw("t -> a -> x,, t -> b -> y", limits={"max_tokens": 10}, a=spends(tokens=11), b=spends(after=3))

    async def go() -> None:
        async with run(graph, "in", rehearse=True, clock=VirtualClock(), on_limit="ask") as r:
            events = []
            async for event in r:
                events.append(event)
                if event.type == "activation.finished" and event.agent == "b":
                    break
            async for event in r:
                events.append(event)
                if event.type == "activation.queued" and event.agent == "y":
                    break
            started = {event.agent for event in events if event.type == "attempt.started"}
            assert started == {"t", "a", "b"} or started == {"a", "b"}
            r.resume()
            assert (await r.result()).status == "succeeded"

    asyncio.run(go())


def test_an_agent_over_its_own_budget_fails_and_the_others_go_on() -> None:
    graph = draw("t -> a -> x,, t -> b -> y", a=spends(0.3) | {"budget": {"max_cost": 0.2}}, b=spends(5.0))
    told = rehearse(graph)
    assert told.finished("a") == ["failed"] and told.finished("b") == ["succeeded"]
    (over,) = told.of("limit.exceeded")
    assert over.agent == "a" and over.data == {"which": "max_cost", "value": 0.3, "limit": 0.2, "agents": ["a"]}
    assert told.data("activation.finished", agent="a")[0]["reason"] == "limit"
    assert "US$ 0.20 for a" in told.state.agents["a"].error


def test_a_budget_holds_for_all_visits_and_copies_together() -> None:
    graph = draw("a", a=spends(tokens=4) | {"dynamic": True, "max_concurrency": 1, "budget": {"max_tokens": 10}})

    async def go() -> Told:
        events = []
        async with run(graph, [1, 2, 3, 4, 5], rehearse=True, clock=VirtualClock()) as r:
            async for event in r:
                events.append(event)
            return Told(graph, events, r.state)

    told = asyncio.run(go())
    assert told.status == "failed"
    assert told.state.agents["a"].input_tokens == 12


def test_retries_use_up_the_budget_too() -> None:
    fails = {"rehearsal": [{"usage": {"input_tokens": 6}, "fails": "again"}], "budget": {"max_tokens": 10}}
    told = rehearse(draw("a", a=fails | {"retry": {"max_attempts": 0, "jitter": 0}}))
    assert told.status == "failed" and len(told.starts("a")) == 2


def test_a_budget_that_asks_pauses_a_run_that_otherwise_fails() -> None:
    graph = draw(
        "a -> b", limits={"on_limit": "fail"}, a=spends(0.3) | {"budget": {"max_cost": 0.2, "on_limit": "ask"}}
    )
    told = asked(graph)
    assert told.status == "succeeded" and told.data("limit.granted") == [{"which": "max_cost", "limit": 0.5}]


def test_what_an_agent_states_about_asking_wins_over_the_default() -> None:
    graph = draw("a -> b", a=spends(0.3) | {"budget": {"max_cost": 0.2, "on_limit": "fail"}})
    assert asked(graph).status == "failed"


def test_the_stricter_of_the_drawn_limit_and_the_wanted_one_holds() -> None:
    graph = draw("a -> b -> c", limits={"max_cost": 0.5}, a=spends(0.2), b=spends(0.2))
    for wanted, status in ((0.3, "failed"), (0.9, "succeeded")):

        async def go(wanted: float = wanted) -> str:
            async with run(graph, "in", rehearse=True, limits=RunLimits(max_cost=wanted)) as r:
                return (await r.result()).status

        assert asyncio.run(go()) == status
    assert graph.limits == RunLimits(max_cost=0.5)


def test_money_is_counted_by_the_price_table_and_an_unknown_model_is_named_once() -> None:
    def uses(model: str) -> dict:
        return {"rehearsal": [{"usage": {"input_tokens": 1_000_000, "output_tokens": 0, "model": model}, "returns": 1}]}

    graph = draw("a -> b -> c", a=uses("house:mine-2026"), b=uses("nobody-knows"), c=uses("nobody-knows"))

    async def go() -> Any:
        prices = PriceTable(own={"mine": Price(2, 4)})
        async with run(graph, "in", rehearse=True, prices=prices) as r:
            return await r.result()

    state = asyncio.run(go())
    assert (state.cost, state.tokens) == (2.0, 3_000_000)
    assert state.unpriced == ["nobody-knows"]


def test_a_report_that_is_none_fails_the_agent_that_gave_it() -> None:
    told = rehearse(draw("a", a={"rehearsal": [{"usage": {"input_tokens": "many"}}], "retry": ONCE}))
    assert told.status == "failed" and "input_tokens" in told.state.agents["a"].error


# ---------------------------------------------------------------------- time


def test_an_agent_that_is_at_work_for_too_long_in_all_fails() -> None:
    graph = draw("a -> b,, b -> a [loop; when=true; max_iterations=9]", b=ANSWERS | {"budget": {"max_seconds": 2.5}})
    told = rehearse(graph)
    assert told.status == "failed"
    (over,) = told.of("limit.exceeded")
    # at work from 1 to 2, from 3 to 4 and from 5 on
    assert (over.agent, over.t, over.data["which"], over.data["value"]) == ("b", 5.5, "max_seconds", 2.5)


def test_copies_at_work_at_once_use_up_the_time_together() -> None:
    graph = draw("a", a=spends(after=10) | {"dynamic": True, "budget": {"max_seconds": 20}})

    async def go() -> Told:
        events = []
        async with run(graph, [1, 2, 3, 4], rehearse=True, clock=VirtualClock()) as r:
            async for event in r:
                events.append(event)
            return Told(graph, events, r.state)

    told = asyncio.run(go())
    assert [event.t for event in told.of("limit.exceeded")] == [5.0]


def test_time_at_work_that_is_granted_is_watched_again() -> None:
    graph = draw("a", a=spends(after=10) | {"budget": {"max_seconds": 3}})
    told = asked(graph)
    assert told.status == "succeeded"
    assert [event.t for event in told.of("limit.exceeded")] == [3.0, 6.0, 9.0]


def test_a_run_past_its_deadline_fails_or_asks_for_as_much_again() -> None:
    graph = draw("a -> b", limits={"deadline": 3}, a=spends(after=2), b=spends(after=5))
    told = rehearse(graph)
    assert told.status == "failed" and told.state.t == 3.0
    assert told.state.reason == "limit reached: the run took longer than 3 s; at work: b"
    told = asked(graph)
    assert told.status == "succeeded" and [event.t for event in told.of("limit.exceeded")] == [3.0, 6.0]


# ---------------------------------------------------------------------- visits and hand-offs


def test_repeated_visits_of_a_run_are_limited_and_those_who_repeat_most_are_named() -> None:
    loop = draw("a -> b,, b -> a [loop; when=true]", limits={"max_activations": 4, "max_repeats": 0}, b=ANSWERS)
    told = rehearse(loop)
    (found,) = told.data("limit.exceeded")
    assert (found["which"], found["value"], found["agents"]) == ("max_activations", 5, ["a", "b"])
    assert told.status == "failed"


def test_visits_of_one_agent_are_limited() -> None:
    loop = draw("a -> b,, b -> a [loop; when=true]", b=ANSWERS | {"budget": {"max_visits": 3, "max_repeats": 0}})
    told = rehearse(loop)
    assert told.finished("b") == ["succeeded"] * 3 + ["failed"]
    assert told.data("limit.exceeded")[0] == {"which": "max_visits", "value": 4, "limit": 3, "agents": ["b"]}


PING = {"rehearsal": [{"hands_off": "b", "context": {"n": n}} for n in range(8)]}
PONG = {"rehearsal": [{"hands_off": "a", "context": {"m": n}} for n in range(3)] + [{"returns": "enough"}]}


def test_hand_offs_of_a_run_are_limited_whatever_the_chains_allow() -> None:
    told = rehearse(draw("a =handoff> b,, b =handoff> a", limits={"max_hops": 3}, a=PING, b=PONG))
    assert told.status == "failed"
    (found,) = told.data("limit.exceeded")
    assert found == {"which": "max_hops", "value": 4, "limit": 3, "agents": ["a", "b"], "shares": {"a": 2, "b": 2}}
    assert asked(draw("a =handoff> b,, b =handoff> a", limits={"max_hops": 3}, a=PING, b=PONG)).output == "enough"


def test_hand_offs_and_turns_of_one_agent_are_limited() -> None:
    told = rehearse(draw("a =handoff> b,, b =handoff> a", a=PING | {"budget": {"max_hops": 2}}, b=PONG))
    assert told.data("limit.exceeded", agent="a")[0]["value"] == 3 and told.status == "failed"
    told = rehearse(draw("a =handoff> b,, b =handoff> a", a=PING, b=PONG | {"budget": {"max_visits": 2}}))
    assert told.data("limit.exceeded", agent="b")[0]["which"] == "max_visits" and told.status == "failed"


# ---------------------------------------------------------------------- granting


def test_while_a_rehearsal_waits_for_somebody_its_time_stands_still() -> None:
    async def go() -> None:
        async with run(draw("a -> b", limits={"max_cost": 0.1}, a=spends(0.2)), rehearse=True, on_limit="ask") as r:
            async for event in r:
                if event.type == "activation.queued" and event.agent == "b":
                    break
            for _ in range(20):
                await asyncio.sleep(0)
            assert r.now() == 1.0
            r.resume()
            assert ((await r.result()).status, r.now()) == ("succeeded", 2.0)

    asyncio.run(go())


def test_what_cannot_be_granted_is_refused() -> None:
    async def go() -> None:
        graph = draw("a -> b", limits={"max_cost": 1}, a=spends(0.1) | {"budget": {"max_tokens": 5}})
        async with run(graph, "in", rehearse=True) as r:
            for which, more, agent in (
                ("max_cost", 0, None), ("max_cost", -1, None), ("max_cost", float("inf"), None),
                ("max_cost", float("nan"), None), ("max_cost", True, None), ("max_cost", "1", None),
                ("max_tokens", 5, None), ("max_cost", 5, "a"), ("max_tokens", 5, "b"), ("max_tokens", 5, "nobody"),
                ("max_repeats", 5, None), ("nonsense", 5, None),
            ):  # fmt: skip
                with pytest.raises(ValueError):
                    r.grant(which, more, agent)
            r.grant("max_cost", 1)
            r.grant("deadline", 10)
            r.grant("max_tokens", 5, "a")
            state = await r.result()
            assert state.status == "succeeded"

    asyncio.run(go())


def test_a_limit_can_be_raised_before_it_is_reached() -> None:
    async def go() -> None:
        graph = draw("a -> b", limits={"max_cost": 0.1, "deadline": 1.5}, a=spends(0.2), b=spends(after=3))
        async with run(graph, "in", rehearse=True) as r:
            r.grant("max_cost", 0.2)
            r.grant("deadline", 10)
            assert (await r.result()).status == "succeeded"

    asyncio.run(go())


def test_a_run_that_was_paused_by_hand_and_then_reached_a_limit_tells_both() -> None:
    async def go() -> None:
        graph = draw("t -> a -> b", limits={"max_cost": 0.1}, a=spends(0.2))
        async with run(graph, "in", rehearse=True, on_limit="ask") as r:
            async for event in r:
                if event.type == "attempt.started" and event.agent == "a":
                    r.pause()
                elif event.type == "limit.exceeded":
                    assert [one.which for one in r.state.reached] == ["max_cost"]
                    r.resume()
            assert r.state.status == "succeeded"

    asyncio.run(go())


@pytest.mark.parametrize(
    "bad", [{"max_cost": 0}, {"max_tokens": 0}, {"max_seconds": -1}, {"max_repeats": -1}, {"x": 1}]
)
def test_limits_that_mean_nothing_are_refused(bad: dict) -> None:
    with pytest.raises(ValidationError):
        Budget(**bad)


# ---------------------------------------------------------------------- laws


@settings(max_examples=60, deadline=None)
@given(
    costs=st.lists(st.integers(0, 5), min_size=1, max_size=12),
    places=st.integers(1, 4),
    limit=st.integers(1, 12),
    ask=st.booleans(),
)
def test_never_is_more_spent_than_allowed_and_one_attempt_for_each_place(
    costs: list[int], places: int, limit: int, ask: bool
) -> None:
    names = [f"a{n}" for n in range(len(costs))]
    drawn = {
        name: spends(tokens=cost, after=1 + n % 3) for n, (name, cost) in enumerate(zip(names, costs, strict=True))
    }
    limits = {"max_tokens": limit, "max_concurrency": places, "on_limit": "ask" if ask else "fail"}
    graph = draw(",, ".join(f"t -> {name}" for name in names), limits=limits, **drawn)
    spent, allowed = 0, [limit]

    async def go() -> None:
        nonlocal spent
        async with run(graph, "in", rehearse=True, clock=VirtualClock()) as r:
            async for event in r:
                if event.type == "attempt.usage":
                    spent += event.data["input_tokens"]
                    assert spent <= allowed[-1] + 5 * places
                elif event.type == "limit.granted":
                    allowed.append(event.data["limit"])
                elif event.type == "run.paused":
                    r.resume()
            assert r.state.tokens == spent
            assert r.state.status == ("failed" if spent > allowed[-1] else r.state.status)
            if ask or sum(costs) < limit:
                assert r.state.status == "succeeded" and spent == sum(costs)

    asyncio.run(go())
