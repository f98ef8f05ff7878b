"""What is expected of agents, held against what they are allowed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from quartet.graph.edits import Edit
from quartet.graph.model import Agent, Estimate
from quartet.rules.defaults import ATTEMPT_LIMIT, RUN_DEADLINE, seconds
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import state, state_run
from quartet.rules.registry import Rule, rule

ROOM = 2.0
"""So many times what is expected a fix allows."""


@rule("G025", "warning", "any_graph", "An expectation that the limits do not allow")
def never_in_time(facts: Facts, this: Rule) -> Iterator[Finding]:
    """An agent that is expected to take longer, or to cost more, than its own limits or the run's leave it."""
    for id, agent in facts.agents.items():
        if agent.estimate is None or facts.role(agent) != "worker":
            continue
        told = _too_slow(facts, agent, agent.estimate) or _too_dear(facts, agent, agent.estimate)
        if told is not None:
            what, why, fix = told
            yield Finding(this.code, this.severity, f"{facts.name(id)} {what}", why, (id,), (), (fix,))


def _too_slow(facts: Facts, agent: Agent, expected: Estimate) -> tuple[str, str, Fix] | None:
    limits, run = agent.limits, facts.graph.limits
    own = limits.start_to_close if limits is not None else None
    in_all = limits.schedule_to_close if limits is not None else None
    deadline = run.deadline if run is not None and run.deadline is not None else RUN_DEADLINE
    name = facts.name(agent.id)
    for takes, often in ((expected.seconds, "one time in two"), (expected.slow, "one time in ten")):
        if takes is None:
            continue
        longer = f"It is expected to take longer than {seconds(takes)} {often}, and"
        room = float(math.ceil(takes * ROOM))
        if takes > (ATTEMPT_LIMIT if own is None else own):
            edits: list[Edit] = [state(agent, "limits", start_to_close=room)]
            if in_all is not None and in_all < room:
                edits = [state(agent, "limits", start_to_close=room, schedule_to_close=room)]
            which = f"{seconds(own)}" if own is not None else f"{seconds(ATTEMPT_LIMIT)} (the default)"
            why = f"{longer} each attempt is stopped after {which}."
            return "has too little time", why, Fix(f"Allow {name} {seconds(room)}", tuple(edits))
        if in_all is not None and takes > in_all:
            why = f"{longer} all its attempts together are stopped after {seconds(in_all)}."
            edits = [state(agent, "limits", schedule_to_close=room)]
            return "has too little time", why, Fix(f"Allow {name} {seconds(room)} in all", tuple(edits))
        if takes > deadline:
            why = f"{longer} the whole run ends after {seconds(deadline)}."
            return (
                "takes longer than the run",
                why,
                Fix(f"Allow the run {seconds(room)}", (state_run(facts.graph, deadline=room),)),
            )
    return None


def _too_dear(facts: Facts, agent: Agent, expected: Estimate) -> tuple[str, str, Fix] | None:
    if expected.cost is None:
        return None
    own = agent.budget.max_cost if agent.budget is not None else None
    whole = facts.graph.limits.max_cost if facts.graph.limits is not None else None
    name, room = facts.name(agent.id), round(expected.cost * ROOM, 4)
    costs = f"One attempt is expected to cost US$ {expected.cost:g}, and"
    if own is not None and expected.cost > own:
        why = f"{costs} {name} may spend US$ {own:g} in a run."
        return (
            "has too little money",
            why,
            Fix(f"Let {name} spend US$ {room:g}", (state(agent, "budget", max_cost=room),)),
        )
    if whole is not None and expected.cost > whole:
        why = f"{costs} the whole run may spend US$ {whole:g}."
        return (
            "costs more than the run may",
            why,
            Fix(f"Let a run spend US$ {room:g}", (state_run(facts.graph, max_cost=room),)),
        )
    return None
