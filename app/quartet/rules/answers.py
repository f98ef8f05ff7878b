"""People who are asked to choose, and whose choice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quartet.graph.edits import Edit, Set
from quartet.graph.model import OTHERWISE, Agent, AgentId, Edge
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule
from quartet.rules.texts import message_field

OFFERED = 4
"""Of so many choices each is offered as the only one to go on with."""


@rule("G029", "warning", "any_graph", "A choice that changes nothing", confidence="medium")
def choice_without_effect(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A person chooses between stated answers; every way out is taken whatever they choose, and nothing that follows
    uses the answer."""
    for id, agent in facts.agents.items():
        choices, out = choices_of(agent), facts.flow_out[id]
        if len(choices) < 2 or not out or _is_looked_at(facts, agent, out):
            continue
        name, targets = facts.name(id), facts.names(dict.fromkeys(edge.target for edge in out))
        yield Finding(
            this.code,
            this.severity,
            f"What {name} chooses changes nothing",
            f"{targets} {'follows' if len({edge.target for edge in out}) == 1 else 'follow'} whether {name} answers "
            f"“{choices[0]}” or “{choices[1]}”: no way out has a condition, and nothing that follows uses the answer.",
            (id,),
            tuple(edge.id for edge in out),
            tuple(_fixes(facts, out, choices)),
        )


def choices_of(agent: Agent) -> list[str]:
    """The answers that a person may choose from; none of any other kind, or where any text is an answer."""
    choices = agent.config.get("choices")
    if agent.kind != "human" or not isinstance(choices, list | tuple):
        return []
    return list(dict.fromkeys(choice for choice in choices if isinstance(choice, str) and choice.strip()))


def _is_looked_at(facts: Facts, agent: Agent, out: Sequence[Edge]) -> bool:
    """Whether anything may depend on what the person answers; where that is not plain, it may."""
    id = agent.id
    beside = (facts.handoffs_out, facts.handoffs_in, facts.shares, facts.workers, facts.watchers, facts.reports)
    if agent.writes or any(edges[id] for edges in beside) or id in facts.ways_back:
        return True
    return any(edge.when is not None or _uses(facts, edge.target, id) for edge in out)


def _uses(facts: Facts, target: AgentId, source: AgentId) -> bool:
    """Whether an agent makes something of what comes from another one: by its text or a condition of its own, or it
    has no text and is given whatever comes in."""
    used = facts.used(target)
    return message_field(facts.agents[target]) is None or not used.isdisjoint(
        {"value", "from", "context", f"from.{source}"}
    )


def _fixes(facts: Facts, out: Sequence[Edge], choices: list[str]) -> Iterator[Fix]:
    """Each way for one of the answers, in the order drawn, the last for all others; of one way the answers that lead
    on."""
    if any('"' in choice or "\\" in choice for choice in choices):
        return
    if len(out) > 1:
        if len(out) <= len(choices):
            told = [f"“{choice}”" for choice in choices[: len(out)]]
            conditions = [f'value == "{choice}"' for choice in choices[: len(out)]]
            if len(out) < len(choices):
                told[-1], conditions[-1] = "anything else", OTHERWISE
            ways = ", ".join(f"{facts.name(edge.target)} after {each}" for edge, each in zip(out, told, strict=True))
            yield Fix(f"Go on to {ways}", tuple(map(_only, out, conditions)))
        return
    for choice in choices[:OFFERED]:
        yield Fix(
            f"Go on to {facts.name(out[0].target)} only after “{choice}”", (_only(out[0], f'value == "{choice}"'),)
        )


def _only(edge: Edge, condition: str) -> Edit:
    return Set(section="edges", id=edge.id, values={"when": condition})
