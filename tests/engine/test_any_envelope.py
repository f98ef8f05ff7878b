"""Random graphs with random limits: every run ends in order, and no limit is passed without a word."""

import asyncio
import random
from typing import Any

import pytest

from enduring import Trials
from engine.drawing import Told
from engine.test_any_graph import random_graph
from quartet.engine import Refused, run
from quartet.engine.clock import VirtualClock
from quartet.graph.model import Budget, Graph, RunLimits


def limited(rng: random.Random) -> Graph:
    """A random graph in which agents report what they use, with limits of the run and of some agents."""
    graph = random_graph(rng, rng.randint(2, 9))
    assert graph.limits is not None
    run_limits = {"max_cost": rng.uniform(0.1, 3), "max_tokens": rng.randint(1, 60), "max_hops": rng.randint(1, 6),
                  "max_repeats": rng.randint(0, 3), "deadline": rng.uniform(1, 60)}  # fmt: skip
    chosen = {name: value for name, value in run_limits.items() if rng.random() < 0.4}
    graph.limits = RunLimits(**{**graph.limits.model_dump(exclude_none=True), **chosen})
    for id, agent in graph.agents.items():
        changes: dict[str, Any] = {}
        if agent.rehearsal:
            used = {"input_tokens": rng.randint(0, 9), "output_tokens": rng.randint(0, 9), "cost": rng.random()}
            changes["rehearsal"] = tuple(
                {**entry, "usage": used} if rng.random() < 0.7 else entry for entry in agent.rehearsal
            )
        if rng.random() < 0.4:
            own = {"max_cost": rng.uniform(0.1, 2), "max_tokens": rng.randint(1, 30), "max_hops": rng.randint(1, 3),
                   "max_seconds": rng.uniform(0.5, 9), "max_visits": rng.randint(1, 4), "max_repeats": 1,
                   "on_limit": rng.choice(["ask", "fail"])}  # fmt: skip
            changes["budget"] = Budget(**{name: value for name, value in own.items() if rng.random() < 0.5})
        graph.agents[id] = agent.model_copy(update=changes)
    return graph


def play(graph: Graph, value: Any, seed: int) -> Told:
    """Rehearse it; who is asked grants, grants another amount or stops, as `seed` says."""
    rng = random.Random(seed)

    async def go() -> Told:
        events = []
        async with run(graph, value, rehearse=True, clock=VirtualClock(), on_limit=rng.choice(["ask", "fail"])) as r:
            async for event in r:
                events.append(event)
                if event.type == "run.paused":
                    for one in r.state.reached:
                        if rng.random() < 0.3:
                            r.grant(one.which, rng.randint(1, 5), one.agent)
                    if rng.random() < 0.1:
                        r.cancel()
                    else:
                        r.resume()
            return Told(graph, events, r.state)

    return asyncio.run(go())


def try_limits(seed: int) -> str:
    """One run; how it ended."""
    rng = random.Random(seed)
    graph, value = limited(rng), rng.choice(["in", [1, 2, 3], None])
    try:
        told = play(graph, value, seed)
    except Refused:
        return "refused"
    assert told.events == play(graph, value, seed).events, "a rehearsal is the same every time"
    _no_limit_is_passed_unsaid(told)
    return told.status


def _no_limit_is_passed_unsaid(told: Told) -> None:
    """What was used never stands above what was allowed without somebody having been told."""
    limits = told.graph.limits
    assert limits is not None
    for which, used in (("max_tokens", told.state.tokens), ("max_cost", told.state.cost)):
        stated = getattr(limits, which)
        own = [e for e in told.of("limit.exceeded") if e.agent is None and e.data["which"] == which]
        granted = [e.data["limit"] for e in told.of("limit.granted") if e.agent is None and e.data["which"] == which]
        if stated is not None and used > (granted[-1] if granted else stated) + 1e-6 and not told.of("run.failing"):
            assert own or told.status == "cancelled"
        for id, agent in told.graph.agents.items():
            limit = getattr(agent.budget, which) if agent.budget is not None else None
            state = told.state.agents.get(id)
            if limit is None or state is None or told.status in ("failed", "cancelled"):
                continue
            spent = state.cost if which == "max_cost" else state.input_tokens + state.output_tokens
            if spent > limit + 1e-6:
                assert [e for e in told.of("limit.exceeded", agent=id) if e.data["which"] == which]


@pytest.mark.parametrize("block", range(4))
def test_every_run_with_limits_ends_in_order(block: int) -> None:
    ends = {try_limits(seed) for seed in range(block * 60, block * 60 + 60)}
    assert ends == {"refused", "succeeded", "failed", "cancelled"}


@pytest.mark.endure
def test_very_many_runs_with_limits_end_in_order(trials: Trials) -> None:
    for seed in trials:
        trials.count(try_limits(seed))
