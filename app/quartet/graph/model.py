"""What a person draws: agents, the edges between them, frames and notes, and the policies stated for them.

A graph holds only what a person stated. An absent policy stays absent here and in the file; the engine adds its
defaults when a run starts, and a rule may say that one is missing. Agents and edges are frozen: they change only by
being replaced through an Edit (`quartet.graph.edits`). Fields that this version does not know are kept verbatim.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NewType

from pydantic import BaseModel, ConfigDict, Field, model_validator

AgentId = NewType("AgentId", str)
"""Stable for the life of a graph; a rename changes the name, never the id. Also what expressions call an agent."""
EdgeId = NewType("EdgeId", str)
"""Stable for the life of a graph, unique among its edges."""

JSON = Any
"""A JSON value: None, bool, int, float, str, list or dict with str keys."""

OTHERWISE = "otherwise"
"""The condition of an edge that is taken if no other conditional edge of its source is."""
UNKNOWN = "?"
"""The condition of an imported edge whose source says that there is one but not which: runs only in rehearsal."""

EdgeKind = Literal["flow", "supervise", "handoff", "share"]
JoinMode = Literal[
    "all", "all_strict", "any", "n_of_m", "quorum", "all_done", "all_done_min_one", "first_done", "one_failed"
]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Money = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
NoneOrMore = Annotated[int, Field(ge=0)]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Item(BaseModel):
    """Base of everything in a graph: frozen, absent fields stay absent, unknown fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Policy(BaseModel):
    """Base of the policies: frozen, and a field that nobody knows is an error rather than silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeLimits(Policy):
    """Seconds on a monotonic clock; absent means no limit (`start_to_close`: the engine's default of 300 s)."""

    start_to_close: Seconds | None = Field(None, title="Per attempt", description="Longest time for one attempt.")
    schedule_to_start: Seconds | None = Field(None, title="Until start", description="Longest wait for a free place.")
    schedule_to_close: Seconds | None = Field(
        None, title="In all", description="Longest time for all attempts and the pauses between them."
    )
    heartbeat: Seconds | None = Field(
        None, title="Longest silence", description="Fails if nothing is heard for so long."
    )
    cancel_grace: NotNegative | None = Field(
        None, title="Grace on stop", description="Time to tidy up after a stop before the attempt is abandoned (5 s)."
    )


class Retry(Policy):
    """How often and how patiently an agent is tried again; absent fields take the engine's defaults."""

    max_attempts: Annotated[int, Field(ge=0)] | None = Field(
        None, title="Attempts", description="Including the first; 1 = no retry, 0 = without end (default 3)."
    )
    initial_interval: NotNegative | None = Field(None, title="First pause", description="Seconds (default 1).")
    backoff: Annotated[float, Field(ge=1, allow_inf_nan=False)] | None = Field(
        None, title="Growth", description="Each pause is so many times the one before (default 2)."
    )
    max_interval: Seconds | None = Field(None, title="Longest pause", description="Seconds (default 100 × the first).")
    jitter: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, title="Jitter", description="Share by which a pause may vary (default 0.1)."
    )
    retry_on: tuple[str, ...] | None = Field(None, title="Retry on", description="Names of error types; others fail.")
    non_retryable: tuple[str, ...] | None = Field(
        None, title="Never retry", description="Names of error types; wins over the list above."
    )

    @model_validator(mode="after")
    def _pauses_fit(self) -> Retry:
        first = 1.0 if self.initial_interval is None else self.initial_interval
        if self.max_attempts != 1 and self.max_interval is not None and self.max_interval < first:
            raise ValueError("the longest pause is shorter than the first one")
        return self


class Join(Policy):
    """When an agent with several incoming flow edges starts. Without one the engine joins with `all`."""

    mode: JoinMode = Field("all", title="Wait for")
    n: Annotated[int, Field(ge=1)] | None = Field(None, title="How many", description="For “n of m”.")
    timeout: Seconds | None = Field(None, title="Wait at most", description="Seconds.")
    on_timeout: Literal["fail", "proceed"] = Field("fail", title="Then")
    on_win: Literal["cancel", "let_run"] = Field("cancel", title="The others", description="What becomes of the rest.")
    order: Literal["declared", "completion"] = Field("declared", title="Order")

    @model_validator(mode="after")
    def _n_fits(self) -> Join:
        if (self.mode == "n_of_m") != (self.n is not None):
            raise ValueError("“n of m” needs a number, the other ways of waiting take none")
        return self


class Directive(Policy):
    """What a supervisor does about one failure; the k-th failure takes the k-th directive, the last one repeats."""

    do: Literal["restart", "reassign", "escalate", "stop", "ignore"]
    with_: dict[str, JSON] | None = Field(
        None, alias="with", description="Overrides of the worker's configuration: another strategy."
    )
    to: tuple[str, ...] | None = Field(None, description="Candidates for a reassignment, by agent id.")
    on: tuple[str, ...] | None = Field(None, description="Only for errors of these types.")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Oversight(Policy):
    """How an agent with supervise edges looks after its workers."""

    strategy: Literal["one_for_one", "one_for_all", "rest_for_one", "pool"] | None = Field(
        None,
        title="Restart",
        description="Only the failed one (default), all, or it and those after it; a pool also stops side by side.",
    )
    max_restarts: Annotated[int, Field(ge=0)] | None = Field(
        None, title="Restarts", description="Of one worker's activation before it escalates (default 3)."
    )
    max_seconds: Seconds | None = Field(
        None,
        title="Within",
        description="Seconds: counts the restarts of all workers in such a stretch, instead of one worker's in all.",
    )
    on_error: tuple[Directive, ...] | None = Field(None, title="On failure", description="Default: restart.")
    dispatch: Literal["graph", "broadcast", "split", "pool", "manager"] | None = Field(
        None, title="Hands out work", description="Default: graph if workers are connected, else broadcast."
    )
    max_children: Annotated[int, Field(ge=1)] | None = Field(
        None, title="At once", description="Workers that have something to do at the same time (no limit)."
    )
    stall_after: Seconds | None = Field(
        None, title="Stalled after", description="Seconds without a word from a worker: it has failed as “Stalled”."
    )
    root_policy: Literal["fail", "ask_human"] | None = Field(
        None, title="With nobody above", description="What an escalation leads to that nobody is above to take."
    )
    restartable: bool | None = Field(
        None, title="Can be restarted", description="If the supervisor dies, the run restarts it from its own record."
    )
    on_supervisor_crash: Literal["adopt", "restart_tree"] | None = Field(
        None, title="When it is back", description="Takes its workers as they are (default), or restarts them."
    )
    first_pause: NotNegative | None = Field(
        None, title="First pause", description="Seconds before the first restart in a row (default 0)."
    )
    backoff: NotNegative | None = Field(
        None, title="Pause", description="Seconds before the second restart in a row, doubling (default 0.5)."
    )
    max_backoff: Seconds | None = Field(None, title="Longest pause", description="Seconds (default 30).")
    backoff_reset: Seconds | None = Field(
        None,
        title="Calm after",
        description="Seconds without a failure until the pauses start over (default: half of the two above together).",
    )
    jitter: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, title="Jitter", description="Share by which a pause may vary (default 0.2)."
    )

    @model_validator(mode="after")
    def _pauses_fit(self) -> Oversight:
        shortest = 0.5 if self.backoff is None else self.backoff
        if self.max_backoff is not None and self.max_backoff < shortest:
            raise ValueError("the longest pause is shorter than the pause before the second restart")
        return self


class Handover(Policy):
    """Limits of a chain of hand-offs; the smallest stated in a swarm holds for the whole chain."""

    max_hops: Annotated[int, Field(ge=0)] | None = Field(None, title="Hops", description="Per task (default 10).")
    max_turns: Annotated[int, Field(ge=1)] | None = Field(None, title="Turns", description="Per visit (default 10).")
    history: Literal["full", "last"] | None = Field(None, title="Passes on", description="Default: the full history.")
    on_limit: Literal["fail", "finish"] | None = Field(None, title="At the limit", description="Default: fail.")
    allow_self: bool | None = Field(None, title="May hand off to itself")


class RunLimits(Policy):
    """Limits of a whole run; absent fields take the engine's defaults."""

    deadline: Seconds | None = Field(None, title="Time", description="Seconds for the whole run (default 3,600).")
    max_activations: Annotated[int, Field(ge=1)] | None = Field(
        None, title="Repeated visits", description="Of agents in loops, all together (default 1,000)."
    )
    max_concurrency: Annotated[int, Field(ge=1)] | None = Field(
        None, title="At once", description="Agents that run at the same time (default 64)."
    )
    max_cost: Money | None = Field(
        None, title="Money", description="US$ for the whole run, by the price table (no limit)."
    )
    max_tokens: Count | None = Field(None, title="Tokens", description="Of all models together (no limit).")
    max_hops: Count | None = Field(None, title="Hand-offs", description="Of all swarms together (no limit).")
    max_repeats: NoneOrMore | None = Field(
        None,
        title="Repetitions",
        description="How often the same agents may say the same again; 0 = without end (default 3).",
    )
    on_limit: Literal["fail", "ask"] | None = Field(None, title="At a limit")


class Budget(Policy):
    """What one agent may use up in a run, all its visits and copies together; absent means no limit of its own."""

    max_cost: Money | None = Field(None, title="Money", description="US$, by the price table.")
    max_tokens: Count | None = Field(None, title="Tokens", description="It sends and receives.")
    max_seconds: Seconds | None = Field(None, title="Time at work", description="Seconds, all its attempts together.")
    max_visits: Count | None = Field(None, title="Visits", description="How often it may be set to work.")
    max_hops: Count | None = Field(None, title="Hand-offs", description="How often it may hand a task over.")
    max_repeats: NoneOrMore | None = Field(
        None,
        title="Repetitions",
        description="How often it and another may say the same again; 0 = without end (default: the run's).",
    )
    on_limit: Literal["fail", "ask"] | None = Field(None, title="At a limit")


class Agent(Item):
    """One agent. `config` belongs to its kind and is checked by the kind's own model (`quartet.agents`)."""

    id: AgentId
    kind: str
    name: str
    description: str | None = None
    config: dict[str, JSON] = Field(default_factory=dict)
    limits: TimeLimits | None = None
    retry: Retry | None = None
    join: Join | None = None
    oversight: Oversight | None = None
    handover: Handover | None = None
    budget: Budget | None = None
    route: Literal["all", "first"] | None = None
    """Of several conditional ways out, take all that hold (default) or the first in edge order."""
    dynamic: bool = False
    """Stands for as many copies as its input list has items."""
    max_concurrency: Annotated[int, Field(ge=1)] | None = None
    repeatable: bool | None = None
    """Safe to run twice; absent: what the kind says."""
    on_branch_failure: Literal["isolate", "cancel_siblings"] | None = None
    ignore_failures: bool | None = None
    restart: Literal["transient", "temporary"] | None = None
    """What its supervisor does when it fails: `transient` (default) restarts it, `temporary` gives it up as handled."""
    start: bool | None = None
    """A run starts here although edges (of a cycle) lead to it."""
    skills: tuple[str, ...] | None = None
    reads: tuple[str, ...] | None = None
    writes: tuple[str, ...] | None = None
    rehearsal: tuple[dict[str, JSON], ...] | None = None
    """What each attempt does in a rehearsal, in order; the last entry repeats. See `quartet.engine.rehearsal`."""
    invalid: dict[str, InvalidField] | None = Field(None, exclude=True)
    """Fields whose content was refused on reading: kept so that saving loses nothing; the agent cannot run."""


class InvalidField(BaseModel):
    """A field's content as it was found, and why it was refused."""

    model_config = ConfigDict(frozen=True)
    value: JSON
    reason: str


class Edge(Item):
    """One edge. `share` edges have no direction; `when`, `on` and `loop` are for flow edges only."""

    id: EdgeId
    source: AgentId
    target: AgentId
    kind: EdgeKind = "flow"
    when: str | None = None
    """A CEL condition, `OTHERWISE`, or `UNKNOWN`."""
    on: Literal["failure", "timeout"] | None = None
    """A fallback path: taken when the source fails (a time-out is also a failure) or times out."""
    loop: bool = False
    max_iterations: Annotated[int, Field(ge=1)] | None = None
    """Of a loop edge: the most passes it may start for one visit of the loop (default 25)."""
    name: str | None = None
    inferred: str | None = None
    """Why the kind (or the loop mark) was inferred; absent when a person stated it."""
    invalid: dict[str, InvalidField] | None = Field(None, exclude=True)


class Frame(Item):
    """A titled rectangle behind agents, in scene units (pixels at 100 %)."""

    id: str
    name: str = ""
    x: Coordinate
    y: Coordinate
    width: Length
    height: Length
    color: str | None = None


class Note(Item):
    """A text on the canvas, in scene units (pixels at 100 %)."""

    id: str
    text: str = ""
    x: Coordinate
    y: Coordinate
    width: Length = 240.0
    height: Length = 120.0


class BrokenItem(BaseModel):
    """An item of a file that could not be understood: kept verbatim, drawn where possible, never run."""

    model_config = ConfigDict(frozen=True)
    section: Literal["agents", "edges", "frames", "notes"]
    raw: JSON
    reason: str
    index: int
    """Where it stood in its section."""


Point = tuple[Coordinate, Coordinate]
"""The top left corner of an agent's card, in scene units (pixels at 100 %)."""
Section = Literal["agents", "edges", "frames", "notes"]


class Graph(BaseModel):
    """A drawing: items by id, in the order a person made them, and where the agents stand.

    Only `quartet.graph.edits.apply` changes an open graph.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = ""
    description: str | None = None
    input: JSON = None
    """The sample input that Run offers."""
    limits: RunLimits | None = None
    agents: dict[AgentId, Agent] = Field(default_factory=dict)
    edges: dict[EdgeId, Edge] = Field(default_factory=dict)
    frames: dict[str, Frame] = Field(default_factory=dict)
    notes: dict[str, Note] = Field(default_factory=dict)
    positions: dict[AgentId, Point] = Field(default_factory=dict)
    graphs: dict[str, Graph] = Field(default_factory=dict)
    """Sub-graphs, which agents of the kind `graph` stand for, here or in another of them: all stand side by side in
    the graph of the file, so those in here have none of their own."""
    extra: dict[str, JSON] = Field(default_factory=dict)
    """Top-level fields this version does not use itself (`state`, `intent`, `silenced`, unknown ones)."""
    broken: tuple[BrokenItem, ...] = ()


Agent.model_rebuild()
Edge.model_rebuild()
Graph.model_rebuild()
