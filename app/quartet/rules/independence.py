"""Branches that read what another branch makes, although neither waits for the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from quartet.graph.model import AgentId
from quartet.graph.names import result_of
from quartet.rules.at_once import siblings
from quartet.rules.facts import SEARCH, Facts
from quartet.rules.finding import Finding, Fix
from quartet.rules.registry import Rule, rule


@rule("F006", "warning", "fan_out", "A branch that uses a sibling’s result")
def uses_a_sibling(facts: Facts, this: Rule) -> Iterator[Finding]:
    """A text or condition names the result of an agent that runs at the same time, or reads a key that it writes."""
    steps = [SEARCH]
    for id in facts.agents:
        named = {AgentId(name[5:]) for name in facts.used(id) if name.startswith("from.")}
        for other in sorted(named):
            if siblings(facts, id, other, steps):
                yield _finding(
                    facts, this, id, other, f"names its result (“{result_of(other)}”)", "there is nothing yet"
                )
    writers: dict[str, list[AgentId]] = defaultdict(list)
    for id, agent in facts.agents.items():
        for key in agent.writes or ():
            if key in (facts.graph.state or {}):
                writers[key].append(id)
    for id, agent in facts.agents.items() if writers else ():
        reads = {name[6:] for name in facts.used(id) if name.startswith("state.")} | set(agent.reads or ())
        for key in sorted(reads & writers.keys()):
            late = next((each for each in writers[key] if _races(facts, id, each, steps)), None)
            if late is not None:
                yield _finding(facts, this, id, late, f"reads {key}, which it writes", "it is as it was at first")


def _races(facts: Facts, reader: AgentId, writer: AgentId, steps: list[int]) -> bool:
    """Whether the two are at work at once, so that it is chance what the reader finds."""
    if facts.dispatched(reader) or facts.dispatched(writer) or facts.handoffs_in[reader] or facts.shares[reader]:
        return False  # a controller, a chain of hand-offs or a board decides who is next
    return siblings(facts, reader, writer, steps)


def _finding(facts: Facts, this: Rule, id: AgentId, other: AgentId, does: str, then: str) -> Finding:
    reader, maker = facts.name(id), facts.name(other)
    drawn = facts.pencil.edges([{"source": other, "target": id}])
    return Finding(
        this.code,
        this.severity,
        f"{reader} uses what {maker} makes, but does not wait for it",
        f"{reader} {does}, and both start at the same time: if {reader} is quicker, {then}. They are no independent "
        "branches.",
        (id, other),
        (),
        (Fix(f"Let {reader} wait for {maker}", tuple(drawn)),),
    )
