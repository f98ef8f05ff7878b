"""Limits of runs that are interrupted and resumed, and of sub-graphs: what was used up stays used up."""

import asyncio
from pathlib import Path
from typing import Any

from engine.drawing import draw, rehearse
from engine.test_envelope import spends
from quartet.engine import resume, run
from quartet.engine.prices import Price, PriceTable
from quartet.graph.model import Budget


def test_a_run_that_is_interrupted_at_its_limit_goes_on_with_what_it_had_used(tmp_path: Path) -> None:
    graph = draw("a -> b -> c", limits={"max_cost": 0.1}, a=spends(0.15), b=spends(0.05), c=spends(0.4))

    async def begin() -> None:
        async with run(graph, "in", rehearse=True, on_limit="ask", journal=tmp_path / "run") as r:
            async for event in r:
                if event.type == "run.paused":
                    r.grant("max_cost", 0.04)
                    await r.suspend()
                    return

    async def go_on() -> tuple[list[Any], Any]:
        async with resume(tmp_path / "run") as r:
            assert r.state.status == "paused" and r.state.cost == 0.15
            r.resume()
            events = []
            async for event in r:
                events.append(event)
                if event.type == "run.paused":
                    r.resume()
            return events, r.state

    asyncio.run(begin())
    events, state = asyncio.run(go_on())
    reached = [event.data for event in events if event.type == "limit.exceeded"]
    # the first answer was still under way: it is asked for again, and paid again
    assert [(data["value"], data["limit"]) for data in reached] == [(0.3, 0.19), (0.75, 0.4)]
    assert (state.status, round(state.cost, 9)) == ("succeeded", 0.75)


def test_the_prices_of_the_moment_stay_with_what_was_used(tmp_path: Path) -> None:
    uses = {"rehearsal": [{"usage": {"input_tokens": 1_000_000, "model": "m"}, "returns": 1}]}
    graph = draw("a -> b", limits={"max_cost": 50}, a=uses, b=uses)

    async def go() -> Any:
        async with run(graph, "in", rehearse=True, prices=dear(1), journal=tmp_path / "run") as r:
            async for event in r:
                if event.type == "attempt.started" and event.agent == "b":
                    await r.suspend()
                    break
        async with resume(tmp_path / "run", prices=dear(10)) as r:
            return await r.result()

    def dear(price: float) -> PriceTable:
        return PriceTable(own={"m": Price(price, price)})

    state = asyncio.run(go())
    assert (state.agents["a"].cost, state.agents["b"].cost) == (1, 10)


def test_a_sub_graph_pays_for_its_agents_and_its_agents_budget_holds_for_all_its_visits() -> None:
    inner = draw("x -> y", x=spends(tokens=6), y=spends(tokens=5) | {"budget": {"max_tokens": 8}})
    graph = draw(
        "a -> b", a={"kind": "graph", "config": {"graph": "inner"}}, b={"kind": "graph", "config": {"graph": "inner"}}
    )
    graph.graphs["inner"] = inner
    told = rehearse(graph)
    (over,) = told.of("limit.exceeded")
    assert (over.data["value"], told.status) == (10, "failed")

    graph.agents["a"] = graph.agents["a"].model_copy(update={"budget": Budget(max_tokens=10)})
    told = rehearse(graph)
    assert [(event.agent, event.data["value"]) for event in told.of("limit.exceeded")] == [("a", 11)]
    assert told.status == "failed" and not told.of("attempt.started", agent="b")
