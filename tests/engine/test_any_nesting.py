"""Whatever is drawn within whatever: with sub-graphs the invariants hold as without, and every run ends."""

import random

import pytest

from enduring import Trials
from engine.drawing import rehearse
from engine.test_any_graph import random_graph
from quartet.engine import Refused
from quartet.graph.model import Graph, RunLimits


def nested(rng: random.Random, size: int) -> Graph:
    """A random graph some of whose agents stand for random sub-graphs, two levels deep."""
    outer, middle, inner = (random_graph(rng, size) for _ in range(3))
    for graph, id in ((middle, "inner"), (outer, rng.choice(["middle", "inner"]))):
        for name in rng.sample(list(graph.agents), rng.randint(1, 2)):
            agent = graph.agents[name]
            fresh = {"kind": "graph", "config": {"graph": id}, "rehearsal": None, "limits": None}
            if rng.random() < 0.3:
                fresh["limits"] = agent.limits
            graph.agents[name] = agent.model_copy(update=fresh)
    outer.graphs = {"middle": middle, "inner": inner}
    # what goes round in loops within loops may double with every pass
    outer.limits = RunLimits(deadline=400, max_concurrency=rng.choice([1, 2, 64]), max_activations=12)
    return outer


def try_one(seed: int) -> str:
    """Rehearse a random nest of graphs, as it is or cancelled somewhere; how the run ended."""
    rng = random.Random(seed)
    graph = nested(rng, 2 + seed % 4)
    value = rng.choice(["in", [1, 2, 3], None])
    cancel_at = rng.choice([None, None, rng.randint(1, 90)])
    try:
        told = rehearse(graph, value, cancel_at=cancel_at)
    except Refused:
        return "refused"
    if told.status == "succeeded":
        assert told.state.unhandled == []
    assert rehearse(graph, value, cancel_at=cancel_at).events == told.events, "a rehearsal is the same every time"
    return told.status


@pytest.mark.parametrize("block", range(6))
def test_every_run_with_sub_graphs_ends_in_order(block: int) -> None:
    ends = {try_one(seed) for seed in range(block * 60, block * 60 + 60)}
    assert ends == {"refused", "succeeded", "failed", "cancelled"}


@pytest.mark.endure
def test_very_many_runs_with_sub_graphs_end_in_order(trials: Trials) -> None:
    for seed in trials:
        trials.count(try_one(seed))
