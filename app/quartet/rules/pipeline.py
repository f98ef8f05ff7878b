"""Where a step can stall or break everything after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from quartet.graph.edits import Edit, Set
from quartet.graph.model import Agent, AgentId, Edge
from quartet.rules.collecting import limit_for, limited
from quartet.rules.defaults import ATTEMPT_LIMIT, seconds, times
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.mending import ALONE, id_of, state
from quartet.rules.registry import Rule, rule
from quartet.rules.silence import together

PASSES = 5
"""Passes that a fix allows a loop."""
NAMED = 3
"""So many of several loops are named."""


@rule("P001", "warning", "pipeline", "A step without a time limit")
def no_time_limit(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Steps that depend on something outside, that others wait for, and that may take as long as they like."""
    without = (
        id for id, agent in facts.agents.items() if facts.after(id) and facts.reaches_out(agent) and not limited(agent)
    )
    for ids in together(facts.graph, this.code, without):
        agents = [facts.agents[id] for id in ids]
        several = len(ids) > 1
        yield Finding(
            this.code,
            this.severity,
            f"{facts.names(ids)} {'have' if several else 'has'} no time limit",
            (
                "If one of them hangs, all that follows waits"
                if several
                else f"If {facts.name(ids[0])} hangs, {facts.names(facts.after(ids[0]))} and all that follows wait"
            )
            + f" {seconds(ATTEMPT_LIMIT)} (the default){_in_all(facts, agents)}.",
            ids,
            tuple(edge.id for id in ids for edge in facts.flow_out[id]),
            tuple(_limits(facts, agents)),
            each=True,
        )


def _in_all(facts: Facts, agents: Sequence[Agent]) -> str:
    """How much longer it is that somebody hangs, where they are tried again."""
    attempts = {facts.attempts(agent) for agent in agents}
    if 0 in attempts:
        whose = "its" if len(agents) == 1 else "their" if len(attempts) == 1 else "some of their"
        return f" again and again, for {whose} attempts have no end either"
    if len(attempts) > 1:
        return " for each attempt"
    [most] = attempts
    return f" for each of {most} attempts, {seconds(ATTEMPT_LIMIT * most)} in all" if most > 1 else ""


def _limits(facts: Facts, agents: Sequence[Agent]) -> Iterator[Fix]:
    """A time limit for all of them, and for the first of them each alone; of one agent also with what stands in."""
    if len(agents) > 1:
        most = sorted({limit_for(agent) for agent in agents})
        how = f" to {seconds(most[0])}" if len(most) == 1 else f": {seconds(most[0])} to {seconds(most[-1])}, by kind"
        yield Fix(f"Limit {facts.names(agent.id for agent in agents)}{how}", partial(_all_limits, agents))
    for agent in agents[:ALONE]:
        name, limit = facts.name(agent.id), limit_for(agent)
        stating = partial(_limit, agent, limit)
        yield Fix(f"Limit {name} to {seconds(limit)}", partial(_edits, stating), partly=len(agents) > 1)
        if len(agents) == 1 and agent.id in facts.stages and _on_its_own(facts, agent.id):
            if not _has_input(facts, agent.id):
                continue
            yield Fix(
                f"Limit {name} to {seconds(limit)} and fall back to a ready answer",
                partial(_edits, stating, partial(_stand_in, facts, agent)),
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
        loops = [_way_back(facts, edge) for edge in edges[: NAMED if len(edges) > NAMED + 1 else None]]
        others = len(edges) - len(loops)
        rest = f"{others:,} more" if others else loops[-1]
        done = (
            f"the loops {', '.join(loops if others else loops[:-1])} and {rest} are"
            if several
            else f"{facts.name(first.source)} is"
        )
        yield Finding(
            this.code,
            this.severity,
            f"{len(edges):,} loops never end" if several else f"The loop {loops[0]} never ends",
            f"Nothing decides when {done} done: no way out has a condition and no "
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


def _way_back(facts: Facts, edge: Edge) -> str:
    source, target = facts.name(edge.source), facts.name(edge.target)
    return f"from {source} back to {target}" if edge.source != edge.target else f"of {source} on itself"


def _edits(*makers: Callable[[], Iterable[Edit]]) -> list[Edit]:
    return [edit for make in makers for edit in make()]


def _all_limits(agents: Sequence[Agent]) -> list[Edit]:
    return [edit for agent in agents for edit in _limit(agent, limit_for(agent))]


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
