"""Where a step can stall or break everything after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from quartet.graph.edits import Edit, Set
from quartet.graph.model import Agent, AgentId
from quartet.rules.collecting import limit_for, limited
from quartet.rules.defaults import ATTEMPT_LIMIT, seconds, times
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import id_of, state
from quartet.rules.registry import Rule, rule

PASSES = 5
"""Passes that a fix allows a loop."""


@rule("P001", "warning", "pipeline", "A step without a time limit")
def no_time_limit(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A step that depends on something outside, that others wait for, and that may take as long as it likes."""
    for id, agent in facts.agents.items():
        waiting = facts.after(id)
        if not waiting or not facts.reaches_out(agent) or limited(agent):
            continue
        name = facts.name(id)
        attempts = facts.attempts(agent)
        in_all = f" for each of {attempts} attempts, {seconds(ATTEMPT_LIMIT * attempts)} in all" if attempts > 1 else ""
        if attempts == 0:
            in_all = " again and again, for its attempts have no end either"
        limit = limit_for(agent)
        stating = partial(_limit, agent, limit)
        fixes = [Fix(f"Limit {name} to {seconds(limit)}", partial(_edits, stating))]
        if id in facts.stages and _on_its_own(facts, id) and _has_input(facts, id):
            stand_in = Fix(
                f"Limit {name} to {seconds(limit)} and fall back to a ready answer",
                partial(_edits, stating, partial(_stand_in, facts, agent)),
            )
            fixes.append(stand_in)
        yield Finding(
            this.code,
            this.severity,
            f"{name} has no time limit",
            f"If {name} hangs, {facts.names(waiting)} and all that follows wait {seconds(ATTEMPT_LIMIT)} (the "
            f"default){in_all}.",
            (id,),
            tuple(edge.id for edge in facts.flow_out[id]),
            tuple(fixes),
        )


@rule("P002", "advice", "pipeline", "A step that can fail and has no fallback")
def no_fallback(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A step of a pipeline that depends on something outside and whose failure nobody takes care of.

    Not the first one: before it there is nothing that could go on in its place, so its failure is the run's.
    """
    for id, agent in facts.agents.items():
        if id not in facts.stages:
            continue
        waiting = facts.needs(id)
        if not waiting or not facts.reaches_out(agent) or not _on_its_own(facts, id):
            continue
        if not _has_input(facts, id):
            continue
        name = facts.name(id)
        attempts = facts.attempts(agent)
        tried = "for ever" if attempts == 0 else times(attempts)
        stated = " (the default)" if agent.retry is None or agent.retry.max_attempts is None else ""
        yield Finding(
            this.code,
            this.severity,
            f"{name} has no fallback",
            f"If {name} fails after being tried {tried}{stated}, {facts.names(waiting)} never "
            f"{'starts' if len(waiting) == 1 else 'start'} and the run fails.",
            (id,),
            tuple(edge.id for edge in facts.flow_out[id]),
            (Fix(f"Fall back to a ready answer when {name} fails", partial(_stand_in, facts, agent)),),
        )


@rule("P004", "error", "pipeline", "A loop with no way out")
def endless_loop(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A loop edge that is always taken again: no condition on it or beside it, and no stated number of passes."""
    for problem in facts.problems:
        if problem.code != "endless_loop":
            continue
        edges = [facts.graph.edges[id] for id in problem.edges]
        first, several = edges[0], len(edges) > 1
        source, target = facts.name(first.source), facts.name(first.target)
        where = f"from {source} back to {target}" if first.source != first.target else f"of {source} on itself"
        yield Finding(
            this.code,
            this.severity,
            f"{len(edges):,} loops never end" if several else f"The loop {where} never ends",
            f"Nothing decides when {'each of them' if several else source} is done: no way out has a condition and no "
            "number of passes is stated, so the run is refused.",
            tuple(dict.fromkeys(end for edge in edges for end in (edge.source, edge.target))),
            problem.edges,
            (
                Fix(
                    f"End {'each' if several else 'the loop'} after {PASSES} passes",
                    tuple(Set(section="edges", id=edge.id, values={"max_iterations": PASSES}) for edge in edges),
                ),
            ),
        )


def _edits(*makers: Callable[[], Iterable[Edit]]) -> list[Edit]:
    return [edit for make in makers for edit in make()]


def _limit(agent: Agent, most: float) -> list[Edit]:
    return [state(agent, "limits", start_to_close=most)]


def _on_its_own(facts: Facts, id: AgentId) -> bool:
    """Whether nothing but its retries helps this agent: no fallback, no supervisor, and its failure matters."""
    return (
        not facts.fallbacks[id]
        and not facts.rescues[id]
        and not facts.watchers[id]
        and facts.agents[id].ignore_failures is not True
        and not (facts.handoffs_in[id] or facts.handoffs_out[id])
    )


def _has_input(facts: Facts, id: AgentId) -> bool:
    """Whether another agent's result comes in, which could go on in place of this one's."""
    return any(facts.role(facts.agents[source]) != "trigger" for source in facts.before(id))


def _stand_in(facts: Facts, agent: Agent) -> list[Edit]:
    """A template that stands in for the agent, drawn below it: it passes on what the agent was given."""
    name = facts.name(agent.id)
    stand_in = facts.pencil.agent(
        f"Instead of {name}",
        "template",
        facts.pencil.beside(agent.id, 0, 1),
        config={"text": "{{ value }}"},
    )
    drawn: list[Edit] = [stand_in]
    drawn += facts.pencil.edges([{"source": agent.id, "target": id_of(stand_in), "on": "failure"}])
    return drawn
