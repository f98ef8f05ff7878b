"""What was taken out of runs and may have been forgotten there."""

from __future__ import annotations

from collections.abc import Iterator

from quartet.graph.edits import Set
from quartet.graph.model import Agent
from quartet.rules.facts import Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule


@rule("G027", "advice", "any_graph", "An agent that is muted or bypassed")
def taken_out(facts: Facts, this: Rule) -> Iterator[Finding]:
    """Agents that runs leave out for the time being; those of each way are one finding."""
    for how in ("muted", "bypassed"):
        found = [agent for agent in facts.agents.values() if agent.disabled == how]
        if found:
            yield _finding(facts, this, how, found)


def _finding(facts: Facts, this: Rule, how: str, found: list[Agent]) -> Finding:
    ids, one = tuple(agent.id for agent in found), len(found) == 1
    who, it = facts.names(ids), "it" if one else "they"
    if how == "muted":
        edges = "its edges are skipped" if one else "their edges are skipped"
        detail = f"No run starts {who}: {edges}, and so is all that only {it} would lead to."
    else:
        detail = f"No run asks {who}: {it} {'passes' if one else 'pass'} on what {it} {'gets' if one else 'get'}."
    return Finding(
        this.code,
        this.severity,
        f"{who} {'is' if one else 'are'} {how}",
        detail,
        ids,
        (),
        (
            Fix(
                f"Let {who} run again",
                tuple(Set(section="agents", id=id, values={"disabled": None}) for id in ids),
            ),
        ),
    )
