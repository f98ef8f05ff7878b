"""What a rule says: a Finding, with the Edits that mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from quartet.graph.edits import Edit
from quartet.graph.model import AgentId, EdgeId

Severity = Literal["error", "warning", "advice"]
"""`error`: it cannot run. `warning`: it will fail some day. `advice`: it works, but not as well as it could."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")
"""From the gravest to the lightest."""

Confidence = Literal["high", "medium", "low"]
"""How sure a finding is: `high`: it follows from what is drawn. `medium`: it rests on a reading of texts, or on a
pattern or edge kinds that are inferred. `low`: a hint, where the drawing alone cannot tell."""
CONFIDENCES: tuple[Confidence, ...] = ("high", "medium", "low")
"""From the surest to the least sure."""
IN_WORDS: dict[Confidence, str] = {
    "high": "This follows from what is drawn.",
    "medium": "This is likely, not certain.",
    "low": "This is a guess: the drawing alone cannot tell.",
}


class Fix:
    """One way to mend a finding. Applied to the graph it was found in, it makes the finding disappear; one that mends a
    part of it makes it disappear for that part.

    Its Edits are worked out when they are first asked for: of thousands of findings a person mends a few.
    """

    __slots__ = ("_edits", "label", "partly")

    def __init__(
        self, label: str, edits: tuple[Edit, ...] | Callable[[], Iterable[Edit]], *, partly: bool = False
    ) -> None:
        self.label = label
        """What the Edits do, beginning with a verb: “Limit Writer to 60 s”."""
        self.partly = partly
        """Whether it mends one of several things that the finding is about."""
        self._edits = edits

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What changes, in order."""
        if not isinstance(self._edits, tuple):
            self._edits = tuple(self._edits())
        return self._edits

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fix) and (self.label, self.edits) == (other.label, other.edits)

    def __hash__(self) -> int:
        return hash(self.label)

    def __repr__(self) -> str:
        return f"Fix({self.label!r})"


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
    confidence: Confidence = "high"
    silenced: str | None = None
    """Why a person does not want to hear of it any more; None while it is heard."""
    inside: str = ""
    """The sub-graph that it is found in, by its id; empty: the drawing itself."""
    places: tuple[str, ...] = ()
    """The agents and edges in there that it is about."""
    each: bool = False
    """Whether it says the same of each of its agents, so that it can be silenced for some of them."""

    @property
    def doubt(self) -> str:
        """How sure it is, in a sentence; "" if there is no doubt."""
        return "" if self.confidence == "high" else IN_WORDS[self.confidence]

    @property
    def agent(self) -> AgentId | None:
        """The agent by which it is silenced; None for a finding about the whole graph."""
        return self.agents[0] if self.agents else None

    @property
    def subjects(self) -> tuple[AgentId | None, ...]:
        """The agents by which it is silenced: all of whom the same is said, else the one that is most concerned."""
        return self.agents if self.each else (self.agent,)

    @property
    def boldest(self) -> Fix | None:
        """Of the fixes that mend all of it the one that does most; None without any."""
        return next((fix for fix in reversed(self.fixes) if not fix.partly), None)
