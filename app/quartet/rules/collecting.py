"""What several fixes put into a drawing: a collector, and limits for those whom it then waits for."""

from __future__ import annotations

from collections.abc import Iterable

from quartet.graph.edits import Edit
from quartet.graph.model import Agent, AgentId
from quartet.rules.defaults import ATTEMPT_LIMIT
from quartet.rules.facts import Facts
from quartet.rules.mending import id_of, state

LIMIT: dict[str, float] = {"http": 20.0, "python": 30.0, "graph": ATTEMPT_LIMIT}
"""Seconds that a fix states for one attempt, by kind: of a sub-graph, whose steps have limits of their own, what holds
where nothing is stated."""
LIMIT_ELSE = 60.0


def collect(facts: Facts, ends: list[AgentId]) -> list[Edit]:
    """A collector after these agents, which end in time now that it waits for them."""
    placed = [facts.graph.positions[id] for id in ends if id in facts.graph.positions]
    at = None
    if placed:
        rightmost = max(ends, key=lambda id: facts.graph.positions.get(id, (float("-inf"), 0.0)))
        beside = facts.pencil.beside(rightmost, 1, 0)
        if beside is not None:
            at = beside[0], sum(y for _, y in placed) / len(placed)
    collector = facts.pencil.agent("Collect results", "collector", at, join={"mode": "all_done"})
    edges = facts.pencil.edges([{"source": id, "target": id_of(collector)} for id in ends])
    return [collector, *edges, *limits_for(facts, ends)]


def limit_for(agent: Agent) -> float:
    """Seconds that a fix states for one attempt of an agent."""
    return LIMIT.get(agent.kind, LIMIT_ELSE)


def limits_for(facts: Facts, ids: Iterable[AgentId]) -> list[Edit]:
    """State how long these agents may take, where others are to wait for them now and nobody has stated it."""
    agents = [facts.agents[id] for id in ids]
    return [state(agent, "limits", start_to_close=limit_for(agent)) for agent in agents if _boundless(facts, agent)]


def _boundless(facts: Facts, agent: Agent) -> bool:
    return facts.reaches_out(agent) and not limited(agent) and not facts.after(agent.id)


def limited(agent: Agent) -> bool:
    """Whether somebody has stated how long an agent may take."""
    limits = agent.limits
    return limits is not None and (limits.start_to_close or limits.schedule_to_close or limits.heartbeat) is not None
