"""What a rule says: a Finding, with the Edits that mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quartet.graph.edits import Edit
from quartet.graph.model import AgentId, EdgeId

Severity = Literal["error", "warning", "advice"]
"""`error`: it cannot run. `warning`: it will fail some day. `advice`: it works, but not as well as it could."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")
"""From the gravest to the lightest."""


@dataclass(frozen=True, slots=True)
class Fix:
    """One way to mend a finding. Applied to the graph it was found in, it makes the finding disappear."""

    label: str
    """What the Edits do, beginning with a verb: “Limit Writer to 60 s”."""
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that will go wrong in a run, or could go better."""

    code: str
    """Stable: a letter for the family and a number; what files and scripts may refer to."""
    severity: Severity
    title: str
    """What is the matter with which agents, in a few words."""
    detail: str
    """What will happen in a run, and which default will apply."""
    agents: tuple[AgentId, ...] = ()
    """Whom it is about, the most concerned first; empty: the whole graph."""
    edges: tuple[EdgeId, ...] = ()
    fixes: tuple[Fix, ...] = ()
    silenced: str | None = None
    """Why a person does not want to hear of it any more; None while it is heard."""

    @property
    def agent(self) -> AgentId | None:
        """The agent by which it is silenced; None for a finding about the whole graph."""
        return self.agents[0] if self.agents else None
