"""What a run refuses has an error finding that says so, and what has one is refused."""

from __future__ import annotations

from random import Random

import pytest

from enduring import Trials
from engine.test_any_graph import random_graph
from engine.test_any_nesting import nested
from quartet.engine.refusal import reasons
from quartet.graph.model import Agent, Graph
from rules.drawings import found


def fitting(agent: Agent) -> dict[str, object]:
    """Settings that fit the kind, other ones for each agent."""
    if agent.kind == "llm":
        return {"model": "m", "instructions": f"You are {agent.id}."}
    return {"text": f"{agent.id} has: {{{{ value }}}}"} if agent.kind == "template" else dict(agent.config)


def scribble(seed: int) -> Graph:
    """A random drawing, every third one with sub-graphs, whose settings fit: whether it can run is up to its edges."""
    chance = Random(seed)
    graph = nested(chance, 2 + seed % 4) if seed % 3 == 0 else random_graph(chance, 3 + seed % 6)
    unmarked = chance.random() < 0.3
    for one in (graph, *graph.graphs.values()):
        for id, agent in one.agents.items():
            fields: dict[str, object] = {"config": fitting(agent)}
            if chance.random() < 0.1:
                fields["disabled"] = chance.choice(["muted", "bypassed"])
            if chance.random() < 0.1:
                fields["start"] = True
            one.agents[id] = agent.model_copy(update=fields)
        for edge in list(one.edges.values()):
            if edge.loop and unmarked:
                one.edges[edge.id] = edge.model_copy(update={"loop": False})
    return graph


def held_against_a_run(seed: int) -> str:
    graph = scribble(seed)
    refused = {reason.code for reason in reasons(graph, rehearse=False)}
    told = {each.code for each in found(graph) if each.severity == "error"}
    assert bool(refused) == bool(told), (seed, refused, told)
    return ("circle" if "circle" in refused else "refused") if refused else "runs"


def test_a_run_refuses_what_has_an_error_and_nothing_else() -> None:
    assert {held_against_a_run(seed) for seed in range(120)} == {"runs", "refused", "circle"}


@pytest.mark.endure
def test_runs_refuse_what_has_an_error_in_very_many_drawings(trials: Trials) -> None:
    for seed in trials:
        trials.count(held_against_a_run(seed))
