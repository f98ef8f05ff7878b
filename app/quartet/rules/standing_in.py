"""Agents that are asked to help when another one fails, and have a place of their own in the flow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from quartet.graph.edits import Edit, Set
from quartet.graph.model import Agent, AgentId, Edge
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import id_of
from quartet.rules.registry import Rule, rule

KEPT = frozenset({
    "description", "config", "limits", "retry", "budget", "estimate", "max_concurrency", "repeatable", "skills",
    "reads", "writes", "rehearsal", "color",
})  # fmt: skip
"""What an agent that stands in has in common with the one it is a copy of."""
CONTENT = frozenset({"any", "first_done", "one_failed"})
"""Joins for which one result of several is enough."""


@rule("P006", "warning", "pipeline", "A step that is also a fallback")
def step_and_fallback(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A fallback that waits for results of its own and leads on by ways of its own.

    What it makes instead of another goes where its own results go, so who waits for the other one gets nothing.
    """
    for id in facts.agents:
        if not facts.rescues[id] or not facts.flow_in[id] or not facts.flow_out[id]:
            continue
        for edge in facts.rescues[id]:
            lost = [other for other in facts.after(edge.source) if other != id and not _content(facts, other, id)]
            if lost and edge.source != id:
                yield _finding(facts, this, edge, lost)


def _content(facts: Facts, waiting: AgentId, helper: AgentId) -> bool:
    """Whether an agent goes on with what the helper sends it, without the result of the one that failed."""
    join = facts.agents[waiting].join
    return helper in facts.before(waiting) and join is not None and join.mode in CONTENT


def _finding(facts: Facts, this: Rule, edge: Edge, lost: list[AgentId]) -> Finding:
    name, failing, waiting = facts.name(edge.target), facts.name(edge.source), facts.names(lost)
    get, fail = ("get", "fail or are") if len(lost) > 1 else ("gets", "fails or is")
    own, works = facts.flow_in[edge.target], facts.role(facts.agents[edge.target]) == "worker"
    return Finding(
        this.code,
        this.severity,
        f"{name} is a step of its own and the fallback of {failing}",
        f"If {failing} fails, {name} works in its place, but what it makes goes on along its own ways: {waiting} never "
        f"{get} anything instead of the result of {failing}, and {fail} skipped.",
        (edge.target, edge.source, *lost),
        (edge.id, *(each.id for each in own)),
        (Fix(f"Let a copy of {name} stand in for {failing}", partial(_copied, facts, edge)),) if works else (),
    )


def _copied(facts: Facts, edge: Edge) -> list[Edit]:
    """An agent with the same settings, below the one that fails, without ways of its own."""
    helper = facts.agents[edge.target]
    copy = facts.pencil.agent(
        f"{facts.name(helper.id)} instead of {facts.name(edge.source)}",
        helper.kind,
        facts.pencil.beside(edge.source, 0, 1),
        **_settings(helper),
    )
    return [copy, Set(section="edges", id=edge.id, values={"target": id_of(copy)})]


def _settings(agent: Agent) -> dict[str, object]:
    return {name: getattr(agent, name) for name in agent.model_fields_set if name in KEPT}
