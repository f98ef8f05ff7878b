"""What a run's state knows of one agent and of one edge; `quartet.engine.state` folds events into these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

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
    outcome: Status | None = None
    """Of an attempt that has ended: succeeded, failed, timed_out or cancelled."""


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
    trace: str | None = None
    """Where in somebody's code the last attempt failed, a line for each call."""
    reason: str | None = None
    degraded: bool = False
    streamed: list[str] = field(default_factory=list)
    """What the attempt has written so far, in the pieces it came in: put together only when somebody asks."""
    retry_at: float | None = None
    next_attempt: int | None = None
    inputs: JSON = None
    prompt: str | None = None
    """What a person is asked."""
    choices: tuple[str, ...] = ()
    """Answers that the question itself offers; another one is welcome too."""
    restarts: int = 0
    watching: int = 0
    """Of a supervisor: how many workers it watches."""
    note: str = ""
    """The last intervention in a few words: restarted, reassigned to, took over from, handed off to …"""
    note_about: str | None = None
    """The id of the agent that the note ends with."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    turn: int = 0
    """In a chain of hand-offs: how often this agent had its turn."""
    copies: int = 0
    """Of a dynamic agent: for how many items it stands in this visit, and how many of them are settled."""
    copies_done: int = 0
    inside: int = 0
    """Of an agent that stands for a sub-graph: how many agents are in it. They have states of their own, by path."""
    inside_done: set[str] = field(default_factory=set)
    """Those in it that were settled at least once in this attempt, by their own ids."""
    spans: list[Span] = field(default_factory=list)
    live_copies: dict[int, Status] = field(default_factory=dict)
    """Of a dynamic agent: the status of each copy that is not settled, by its own activation number."""
    open_spans: dict[int, int] = field(default_factory=dict)
    """Which of `spans` still last, by activation number: positions, so that a copied state stays whole."""

    def tell(self, note: str, about: str | None = None) -> None:
        """Note an intervention, and the agent that it ends with."""
        self.note, self.note_about = note, about

    @property
    def text(self) -> str:
        """What the attempt has written so far."""
        return "".join(self.streamed)


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit at which the run paused, and that somebody has to decide about."""

    which: str
    """As events name it: max_cost, max_tokens, …"""
    agent: str | None
    """Whose limit it is; None: the run's."""
    value: float
    limit: float
    grant: float
    """So much more is allowed if the run simply goes on."""
    agents: tuple[str, ...] = ()
    """Those at fault."""
    shares: tuple[tuple[str, float], ...] = ()
    """How much of the value is whose, the most first."""
    message: str = ""
    """Of a repetition: what was said again."""


@dataclass(slots=True)
class WorkItem:
    """One piece of work on a board."""

    value: JSON = None
    status: str = "available"
    """available | claimed | done | dead"""
    by: str | None = None
    """Who has claimed it, or did it."""
    fence: int = 0
    lease_until: float | None = None
    reasons: tuple[str, ...] = ()
    """Why it was given up."""


@dataclass(slots=True)
class BoardState:
    """What is known of a board: its work by number, and the notes on it."""

    items: dict[int, WorkItem] = field(default_factory=dict)
    notes: dict[str, JSON] = field(default_factory=dict)


@dataclass(slots=True)
class EdgeState:
    """The tokens an edge carried; `kind` and `value` are the last one's."""

    count: int = 0
    kind: Literal["", "value", "error", "skipped", "cancelled", "handoff", "work"] = ""
    value: JSON = None
    at: float = 0.0
