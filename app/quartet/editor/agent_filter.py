"""Which agents have problems of a kind, or stand in some state of the run: what a person may want to see alone."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from quartet.graph.model import AgentId, EdgeId

if TYPE_CHECKING:
    from quartet.editor.document import Document
    from quartet.editor.live import Live


class Trait(NamedTuple):
    """Something agents can have in common."""

    key: str
    text: str
    icon: str
    tone: str
    statuses: frozenset[str] = frozenset()
    """The states of the run that count as it; empty: it is a severity of findings."""


PROBLEMS = (
    Trait("error", "With Errors", "circle-alert", "failed"),
    Trait("warning", "With Warnings", "triangle-alert", "warning"),
    Trait("advice", "With Advice", "lightbulb", "idle"),
)
STATES = (
    Trait("running", "Running", "loader", "running", frozenset({"running"})),
    Trait("retrying", "Retrying", "rotate-cw", "warning", frozenset({"backoff"})),
    Trait("waiting", "Waiting", "hand", "warning", frozenset({"waiting", "held", "queued"})),
    Trait("failed", "Failed", "circle-x", "failed", frozenset({"failed", "timed_out"})),
    Trait("done", "Done", "circle-check", "succeeded", frozenset({"succeeded"})),
    Trait("passed", "Skipped or Stopped", "skip-forward", "idle", frozenset({"skipped", "cancelled"})),
    Trait("idle", "Not Yet Reached", "circle-dashed", "idle", frozenset({"idle", "ready"})),
)
TRAITS = {trait.key: trait for trait in (*PROBLEMS, *STATES)}


def having(document: Document, live: Live, keys: Collection[str]) -> frozenset[AgentId]:
    """The agents with any of these problems (if problems are asked for) and in any of these states (if states are).

    Without a run no agent is in a state.
    """
    chosen = [TRAITS[key] for key in keys]
    severities = {trait.key for trait in chosen if not trait.statuses}
    statuses = frozenset[str]().union(*(trait.statuses for trait in chosen))
    agents = document.graph.agents
    found = frozenset(agents)
    if severities:
        found &= _with_problems(document, severities)
    if statuses:
        state = live.state
        if state is None:
            return frozenset()
        told = state.agents
        found = frozenset(id for id in found if (told[id].status if id in told else "idle") in statuses)
    return found


def _with_problems(document: Document, severities: set[str]) -> frozenset[AgentId]:
    edges = document.graph.edges
    found = set[AgentId]()
    for finding in document.findings:
        if finding.severity in severities and finding.silenced is None:
            found.update(AgentId(id) for id in finding.agents)
            for id in finding.edges:
                edge = edges.get(EdgeId(id))
                if edge is not None:
                    found |= {edge.source, edge.target}
    return frozenset(found)
