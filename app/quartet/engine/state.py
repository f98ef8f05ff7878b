"""The state of a run as a fold of its events: what canvas, timeline, terminal and resume all look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from quartet.engine.events import Event

JSON = Any

Status = Literal[
    "idle", "ready", "queued", "running", "backoff", "waiting", "held", "succeeded", "failed", "timed_out", "skipped",
    "cancelled",
]  # fmt: skip
FINAL: frozenset[str] = frozenset({"succeeded", "failed", "timed_out", "skipped", "cancelled"})


@dataclass(slots=True)
class Span:
    """One stretch of the timeline: an attempt, a pause between two, a wait."""

    status: Status
    start: float
    end: float | None = None
    """None while it lasts."""


@dataclass(slots=True)
class AgentState:
    """What is known of one agent in this run; the latest visit where there were several."""

    status: Status = "idle"
    act: int = 0
    attempt: int = 0
    since: float = 0.0
    """When the status began, seconds since the run started."""
    limit: float | None = None
    """Of the running attempt: its time limit, in seconds."""
    value: JSON = None
    error: str | None = None
    reason: str | None = None
    degraded: bool = False
    text: str = ""
    """What the running (or last) attempt streamed."""
    retry_at: float | None = None
    next_attempt: int | None = None
    inputs: JSON = None
    prompt: str | None = None
    """What a person is asked."""
    restarts: int = 0
    watching: int = 0
    """Of a supervisor: how many workers it watches."""
    note: str = ""
    """The last intervention in a few words: restarted, reassigned to …, handed off to …, stood in for by …."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    spans: list[Span] = field(default_factory=list)


@dataclass(slots=True)
class EdgeState:
    """The tokens an edge carried; `kind` and `value` are the last one's."""

    count: int = 0
    kind: Literal["", "value", "error", "skipped", "cancelled", "handoff", "work"] = ""
    value: JSON = None
    at: float = 0.0


@dataclass(slots=True)
class RunState:
    """The fold. `apply` takes the next event and returns the ids it changed: (agents, edges)."""

    seq: int = 0
    t: float = 0.0
    status: Literal["created", "running", "paused", "cancelling", "succeeded", "failed", "cancelled"] = "created"
    input: JSON = None
    output: JSON = None
    reason: str | None = None
    unhandled: list[str] = field(default_factory=list)
    agents: dict[str, AgentState] = field(default_factory=dict)
    edges: dict[str, EdgeState] = field(default_factory=dict)

    def agent(self, id: str) -> AgentState:
        """The state of an agent; of one that nothing was told of yet: idle."""
        state = self.agents.get(id)
        if state is None:
            state = self.agents[id] = AgentState()
        return state

    def apply(self, event: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Take the next event in.

        Returns:
            The ids of the agents and of the edges whose state changed.
        Raises:
            ValueError: the event is not the next one.
        """
        raise NotImplementedError
