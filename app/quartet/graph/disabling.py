"""Agents that are taken out of runs for the time being: what may be muted, what may be bypassed, and why not.

A muted agent never starts: its visits are skipped, as on a branch that was not taken. One that works for a supervisor,
a board or a swarm is passed over, and so are the workers that only a muted supervisor would have started; those that
the flow starts run unwatched. A bypassed agent answers at once with what it received. Who stands for the work of
others has nothing to pass on by itself, so it can be muted only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from quartet.graph.model import Agent, AgentId, Edge, Graph

PASSES_ON = frozenset({"trigger", "collector"})
"""Kinds that pass on what they receive as it is."""


def supervisors(edges: Iterable[Edge]) -> frozenset[AgentId]:
    """The agents that others work for."""
    return frozenset(edge.source for edge in edges if edge.kind == "supervise" and edge.source != edge.target)


def cannot_bypass(agent: Agent, watching: Set[AgentId]) -> str | None:
    """Why an agent cannot run bypassed, in a sentence; None: it can. `watching`: `supervisors` of its graph."""
    name = agent.name.strip() or agent.id
    if agent.kind == "board":
        return f"“{name}” cannot be bypassed: a board passes nothing on by itself. Mute it instead."
    if agent.kind == "supervisor" or agent.id in watching:
        return f"“{name}” cannot be bypassed: it leads others. Mute it, or bypass its workers."
    return None


def nothing_to_bypass(agent: Agent, watching: Set[AgentId]) -> str | None:
    """Why it makes no sense to bypass an agent, in a sentence; None: it does."""
    if agent.kind in PASSES_ON:
        return f"“{agent.name.strip() or agent.id}” passes on what it receives already."
    return cannot_bypass(agent, watching)


def wrongly_bypassed(graph: Graph) -> Iterator[tuple[Agent, str]]:
    """The agents of a graph that are bypassed and cannot be, each with the reason."""
    bypassed = [agent for agent in graph.agents.values() if agent.disabled == "bypassed"]
    if not bypassed:
        return
    watching = supervisors(graph.edges.values())
    for agent in bypassed:
        reason = cannot_bypass(agent, watching)
        if reason is not None:
            yield agent, reason
