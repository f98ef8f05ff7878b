"""What a running graph is made of: agents that know their neighbours, edges, loops and peers.

They belong to one run, so that what the run remembers of an agent stands on its Node and needs no look-up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.agents.calls import Tool
from quartet.agents.kinds import find
from quartet.engine.policies import CANCEL_GRACE, START_TO_CLOSE, OversightPlan, RetryPlan, retry_plan
from quartet.graph.model import OTHERWISE, UNKNOWN, Agent, Edge
from quartet.graph.nesting import SUB_GRAPH

if TYPE_CHECKING:
    from quartet.engine.activation import Activation, Failure
    from quartet.engine.groups import Group
    from quartet.engine.joins import Join, Token
    from quartet.engine.meters import AgentMeters
    from quartet.engine.scopes import Scope

JSON = Any
ENGINE_ROLES = {"trigger": "trigger", "collector": "collector", "supervisor": "supervisor", "board": "board"}
"""The kinds whose part the engine does itself, known also where no kind is registered."""


class Link:
    """A flow edge of a running graph."""

    __slots__ = ("edge", "id", "leaves", "loop", "on", "passes", "role", "slot", "source", "target", "when")

    def __init__(self, edge: Edge, source: Node, target: Node, prefix: str = "") -> None:
        self.edge, self.id = edge, prefix + edge.id
        self.source, self.target = source, target
        self.when, self.on = edge.when, edge.on
        self.role = "input"
        """input: the target waits for it; loop, fallback, inner (between peers of one chain): a value starts the
        target; report (to the own supervisor), duty (to an own worker): drawn, but nobody waits for it."""
        self.slot = -1
        self.loop: Loop | None = None
        self.leaves: Sequence[Loop] = ()
        """The loops this edge leads out of, the innermost first."""
        self.passes = 0


class Loop:
    """What lies between the target of loop edges and their sources."""

    __slots__ = ("body", "done", "edges", "entry", "held", "passes", "settled")

    def __init__(self, entry: Node) -> None:
        self.entry = entry
        self.edges: list[Link] = []
        self.body: set[Node] = set()
        self.done = False
        self.passes = 1
        self.settled: set[Link] = set()
        self.held: dict[Link, Token] = {}


class Peers:
    """Agents connected by hand-off edges: one group activation at a time goes from one to the next."""

    __slots__ = (
        "allow_self", "began", "decided", "entry", "finisher", "max_hops", "max_turns", "members", "on_limit",
        "only_last", "ran",
    )  # fmt: skip

    def __init__(self, members: list[Node]) -> None:
        self.members = members
        policies = [node.agent.handover for node in members if node.agent.handover is not None]
        self.max_hops = min((p.max_hops for p in policies if p.max_hops is not None), default=10)
        self.max_turns = min((p.max_turns for p in policies if p.max_turns is not None), default=10)
        self.only_last = any(p.history == "last" for p in policies)
        stated = {p.on_limit for p in policies}
        self.on_limit = next((way for way in ("finish", "escalate") if way in stated), "fail")
        names = [p.finish_with for p in policies if p.finish_with is not None]
        self.finisher = next((one for one in members if one.local in names and one.off != "muted"), None)
        """Who answers at the limit."""
        self.allow_self = any(p.allow_self for p in policies)
        self.entry = members[0]
        self.decided: dict[int, dict[Node, tuple[Failure | None, list[Token]]]] = {}
        """By generation: the entries whose inputs were decided without a value, and why."""
        self.ran = -1
        """The generation in which a chain began last."""
        self.began: Node | None = None
        """Whose inputs began it."""


class Node:
    """An agent of a running graph: what is drawn around it, its policies, and what the run remembers of it.

    What most agents do not have stands in the class: a run makes one of these for every agent.
    """

    inputs: Sequence[Link] = ()
    outs: Sequence[Link] = ()
    peers: Peers | None = None
    entry_of: Loop | None = None
    fallbacks: Sequence[Link] = ()
    fallback_inputs = 0
    stand_in = False
    """A fallback without ways out of its own: its value leaves where the primary's would have."""
    off: Literal["", "muted", "bypassed"] = ""
    """A person took it out of runs for the time being (`Agent.disabled`)."""
    alone = False
    """It works by itself and belongs to nobody: no supervisor, workers, board or chain, not dynamic."""
    conditional = False
    """Something is to be decided when it succeeds: a condition, or whether a loop goes on."""
    routes = False
    """It has conditional ways out."""
    workers: Sequence[Node] = ()
    supervisor: Node | None = None
    oversight: OversightPlan | None = None
    place = 0
    """Among the workers of its supervisor, in start order."""
    silence: float | None = None
    """The longest silence of an attempt: its heartbeat, or what its supervisor puts up with, if that is shorter."""
    beats_only = False
    """Text that it streams is no sign of life."""
    stopped_by_hand = False
    """A person stopped it: its supervisor gives it nothing more to do."""
    keeps = False
    """A supervisor above it runs finished workers again: its last result is remembered."""
    kept: Activation | None = None
    inherits: Activation | None = None
    """A visit that began anew: its restarts count on."""
    in_loop = False
    dispatch = ""
    dispatched = False
    """A supervisor, a board or a fallback starts it, not its inputs."""
    started_by_run = False
    boards: Sequence[Node] = ()
    peers_of_board: Sequence[Node] = ()
    active_board = False
    fed = False
    """A board in the flow, or one that a supervisor gives work, gives it work: nobody else starts it."""
    siblings: Sequence[Sequence[Node]] = ()
    """Of a fan-out that stops the others when one branch fails: its branches."""
    handoffs: Mapping[str, tuple[Node, str]] = MappingProxyType({})
    """To whom it may hand off, and over which edge, by agent id."""
    gives: Mapping[str, str] = MappingProxyType({})
    """Over which edge a supervisor or a board gives work to whom, by agent id."""
    tools: tuple[Tool, ...] = ()
    state_seen: tuple[str, ...] | None = None
    """The keys of the run's state that its visits look at; None: it has nothing to do with the state."""
    state_named: tuple[str, ...] | None = None
    """Those of them that its templates name, once that was worked out."""
    schedule_to_start: float | None = None
    schedule_to_close: float | None = None
    heartbeat: float | None = None
    start_to_close = START_TO_CLOSE
    grace = CANCEL_GRACE
    scope: Scope
    """Where it runs."""
    numbers: Iterator[int] | None = None
    """In a sub-graph: of its visits, over all scopes of the same path."""
    # what the run remembers
    meters: AgentMeters | None = None
    """Only agents with a budget have them."""
    tokens = 0
    cost = 0.0
    hops = 0
    generation = 0
    join: Join | None = None
    last_tokens: dict[int, Token] | None = None
    """In a loop: the newest token on each input, for inputs from outside that hold for every pass."""
    settled_as: Activation | None = None
    """The last visit that ended before it began."""
    group: Group
    """Only supervisors have one."""
    jobs: Sequence[Activation] = ()
    """Of a manager's worker: what it was asked to do in this visit of the manager."""

    def __init__(self, index: int, agent: Agent, prefix: str = "") -> None:
        self.index, self.agent, self.kind = index, agent, agent.kind
        self.local = str(agent.id)
        """Its id in its own drawing: what agents and expressions there call it."""
        self.id = prefix + self.local
        """Its path: what events call it."""
        self.opens = agent.kind == SUB_GRAPH
        self.config: dict[str, JSON] = agent.config
        kind = find(agent.kind)
        role = kind.role if kind is not None else ENGINE_ROLES.get(agent.kind, "worker")
        self.engine_role = role if kind is None or kind.execute is None else "worker"
        """worker: an executor does the work; otherwise the engine does this kind's part itself."""
        self.collects = role == "collector"
        if agent.disabled is not None:
            self.off = agent.disabled
        self.names: dict[str, str] = {}
        limits = agent.limits
        if limits is not None:
            self.start_to_close = limits.start_to_close or START_TO_CLOSE
            self.schedule_to_start, self.schedule_to_close = limits.schedule_to_start, limits.schedule_to_close
            self.heartbeat = self.silence = limits.heartbeat
            self.beats_only = limits.refresh_on == "heartbeat"
            if limits.cancel_grace is not None:
                self.grace = limits.cancel_grace
        self.acts = 0
        self.live: dict[Activation, None] = {}

    @property
    def attempts(self) -> bool:
        """Whether its visits make attempts: those of the engine's own kinds, and of bypassed agents, go on at once."""
        return self.engine_role == "worker" and not self.off

    @cached_property
    def retry(self) -> RetryPlan:
        """When to try again; worked out when first something fails, for it may have to read the kind's config."""
        return retry_plan(self.agent, find(self.kind))

    def __repr__(self) -> str:
        return f"Node({self.id})"


def is_condition(text: str | None) -> bool:
    """Whether an edge's `when` is an expression, rather than absent, `otherwise` or unknown."""
    return text is not None and text not in (OTHERWISE, UNKNOWN)
