"""What a person draws: agents, the edges between them, frames and notes, and the policies stated for them.

A graph holds only what a person stated. An absent policy stays absent here and in the file; the engine adds its
defaults when a run starts, and a rule may say that one is missing. Agents and edges are frozen: they change only by
being replaced through an Edit (`quartet.graph.edits`). Fields that this version does not know are kept verbatim.
"""

from __future__ import annotations

from typing import Annotated, Literal, NewType

from pydantic import BaseModel, ConfigDict, Field

from quartet.graph.policies import (
    JSON,
    Budget,
    Count,
    Directive,
    Estimate,
    Handover,
    Join,
    JoinMode,
    Money,
    NoneOrMore,
    NotNegative,
    Oversight,
    Policy,
    Retry,
    RunLimits,
    Seconds,
    StateKey,
    TimeLimits,
    WorkBoard,
)

AgentId = NewType("AgentId", str)
"""Stable for the life of a graph; a rename changes the name, never the id. Also what expressions call an agent."""
EdgeId = NewType("EdgeId", str)
"""Stable for the life of a graph, unique among its edges."""

__all__ = [
    "AGENT_COLORS",
    "JSON",
    "OTHERWISE",
    "UNKNOWN",
    "Agent",
    "AgentId",
    "BrokenItem",
    "Budget",
    "Coordinate",
    "Count",
    "Directive",
    "Edge",
    "EdgeId",
    "EdgeKind",
    "Estimate",
    "Frame",
    "Graph",
    "Handover",
    "InvalidField",
    "Item",
    "Join",
    "JoinMode",
    "Length",
    "Money",
    "NoneOrMore",
    "NotNegative",
    "Note",
    "Oversight",
    "Point",
    "Policy",
    "Retry",
    "RunLimits",
    "Seconds",
    "Section",
    "StateKey",
    "TimeLimits",
    "WorkBoard",
]

OTHERWISE = "otherwise"
"""The condition of an edge that is taken if no other conditional edge of its source is."""
UNKNOWN = "?"
"""The condition of an imported edge whose source says that there is one but not which: runs only in rehearsal."""

EdgeKind = Literal["flow", "supervise", "handoff", "share"]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Point = tuple[Coordinate, Coordinate]
"""In scene units (pixels at 100 %): the top left corner of an agent's card, or a point that an edge goes through."""

AGENT_COLORS = ("grey", "red", "amber", "green", "blue", "violet")
"""The colours an agent may be drawn in, by name: each theme has its own values for them."""


class Item(BaseModel):
    """Base of everything in a graph: frozen, absent fields stay absent, unknown fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


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
    board: WorkBoard | None = None
    budget: Budget | None = None
    estimate: Estimate | None = None
    """What one attempt is expected to take; for simulations only."""
    route: Literal["all", "first"] | None = None
    """Of several conditional ways out, take all that hold (default) or the first in edge order."""
    dynamic: bool = False
    """Stands for as many copies as its input list has items."""
    max_concurrency: Annotated[int, Field(ge=1)] | None = None
    repeatable: bool | None = None
    """Safe to run twice; absent: what the kind says."""
    on_branch_failure: Literal["isolate", "cancel_siblings"] | None = None
    ignore_failures: bool | None = None
    accept_result_on_cancel: bool | None = None
    """What it answers during its grace, although it was stopped, counts; otherwise it is only told (`partial`)."""
    restart: Literal["transient", "temporary"] | None = None
    """What its supervisor does when it fails: `transient` (default) restarts it, `temporary` gives it up as handled."""
    start: bool | None = None
    """A run starts here although edges (of a cycle) lead to it."""
    skills: tuple[str, ...] | None = None
    reads: tuple[str, ...] | None = None
    writes: tuple[str, ...] | None = None
    rehearsal: tuple[dict[str, JSON], ...] | None = None
    """What each attempt does in a rehearsal, in order; the last entry repeats. See `quartet.engine.rehearsal`."""
    disabled: Literal["muted", "bypassed"] | None = None
    """Taken out of the run for the time being, and still drawn (see `quartet.graph.disabling`).

    muted: it never starts. Each visit that is due is skipped at once and its edges get `skipped`, as on a branch that
    was not taken; whoever hands out work (a supervisor, a board, a peer, a fallback's primary) passes it over.
    bypassed: each visit succeeds at once, without an attempt, with what it received: the only value, or the list of
    several in edge order, as a collector has them. Conditions on its ways out are asked of that value.
    """
    color: str | None = None
    """The name of the colour in which it is drawn (`AGENT_COLORS`); others are kept and drawn as none."""
    locked: bool = False
    """No gesture moves it, deletes it or connects it to others; menus and the inspector still may."""
    collapsed: bool = False
    """Drawn as a small card: its icon and its name."""
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
    on_limit: Literal["fail", "emit_last"] | None = None
    """Of a loop edge, when a pass too many is due: fail (default), or let what the last pass made leave the loop."""
    chance: Annotated[float, Field(ge=0, le=1)] | None = None
    """Of an edge with a condition: in what share of the cases it is taken. For simulations only."""
    name: str | None = None
    points: tuple[Point, ...] | None = None
    """Where the drawn line goes through on its way from source to target, in scene units."""
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
    state: dict[str, StateKey] | None = None
    """The keys that agents share in a run. Agents say what they use of them in `reads` and `writes`."""
    agents: dict[AgentId, Agent] = Field(default_factory=dict)
    edges: dict[EdgeId, Edge] = Field(default_factory=dict)
    frames: dict[str, Frame] = Field(default_factory=dict)
    notes: dict[str, Note] = Field(default_factory=dict)
    positions: dict[AgentId, Point] = Field(default_factory=dict)
    graphs: dict[str, Graph] = Field(default_factory=dict)
    """Sub-graphs, which agents of the kind `graph` stand for, here or in another of them: all stand side by side in
    the graph of the file, so those in here have none of their own."""
    extra: dict[str, JSON] = Field(default_factory=dict)
    """Top-level fields this version does not use itself (`intent`, `silenced`, unknown ones)."""
    broken: tuple[BrokenItem, ...] = ()


Agent.model_rebuild()
Edge.model_rebuild()
Graph.model_rebuild()
