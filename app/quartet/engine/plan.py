"""A graph made ready to run: neighbours instead of ids, defaults instead of absent policies.

A plan belongs to one run, so that what a run remembers of an agent stands on its Node and needs no look-up.
"""

from __future__ import annotations

import heapq
import re
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import quartet.agents  # noqa: F401  # registers the kinds
from quartet.agents.calls import Tool
from quartet.agents.kinds import Kind, find
from quartet.graph.model import OTHERWISE, UNKNOWN, Agent, Directive, Edge, Graph

if TYPE_CHECKING:
    from quartet.engine.activation import Activation
    from quartet.engine.joins import Join, Token

JSON = Any

START_TO_CLOSE = 300.0
CANCEL_GRACE = 5.0
MAX_ITERATIONS = 25
ENGINE_ROLES = {"trigger": "trigger", "collector": "collector", "supervisor": "supervisor", "board": "board"}


class RetryPlan(NamedTuple):
    """A retry policy without absent fields (seconds)."""

    max_attempts: int
    initial: float
    backoff: float
    longest: float
    jitter: float
    retry_on: frozenset[str] | None
    never: frozenset[str]


class OversightPlan(NamedTuple):
    """How a supervisor looks after its workers, without absent fields (seconds)."""

    strategy: str
    max_restarts: int
    max_seconds: float | None
    on_error: tuple[Directive, ...]
    restartable: bool
    backoff: float


class RunPlan(NamedTuple):
    """The limits of a run, without absent fields (seconds)."""

    deadline: float
    max_activations: int
    max_concurrency: int
    on_limit: str


class Link:
    """A flow edge of a running graph."""

    __slots__ = ("edge", "id", "leaves", "loop", "on", "passes", "role", "slot", "source", "target", "when")

    def __init__(self, edge: Edge, source: Node, target: Node) -> None:
        self.edge, self.id = edge, edge.id
        self.source, self.target = source, target
        self.when, self.on = edge.when, edge.on
        self.role = "input"
        """input: the target waits for it; loop, fallback, inner (between peers of one chain): a value starts the
        target; report (to the own supervisor), duty (to an own worker): drawn, but nobody waits for it."""
        self.slot = -1
        self.loop: Loop | None = None
        self.leaves: list[Loop] = []
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

    __slots__ = ("allow_self", "entry", "finish_at_limit", "max_hops", "max_turns", "members", "only_last")

    def __init__(self, members: list[Node]) -> None:
        self.members = members
        policies = [node.agent.handover for node in members if node.agent.handover is not None]
        self.max_hops = min((p.max_hops for p in policies if p.max_hops is not None), default=10)
        self.max_turns = min((p.max_turns for p in policies if p.max_turns is not None), default=10)
        self.only_last = any(p.history == "last" for p in policies)
        self.finish_at_limit = any(p.on_limit == "finish" for p in policies)
        self.allow_self = any(p.allow_self for p in policies)
        self.entry = members[0]


class Node:
    """An agent of a running graph: what is drawn around it, its policies, and what the run remembers of it."""

    __slots__ = (
        "active_board",
        "acts",
        "agent",
        "boards",
        "collects",
        "conditional",
        "config",
        "dispatch",
        "dispatched",
        "engine_role",
        "entry_of",
        "fallback_inputs",
        "fallbacks",
        "generation",
        "grace",
        "group_state",
        "handoffs",
        "heartbeat",
        "id",
        "index",
        "inputs",
        "jobs",
        "join",
        "kind",
        "last_tokens",
        "live",
        "names",
        "outs",
        "oversight",
        "peers",
        "peers_of_board",
        "repeatable",
        "retry",
        "routes",
        "schedule_to_close",
        "schedule_to_start",
        "settled_as",
        "siblings",
        "stand_in",
        "start_to_close",
        "started_by_run",
        "supervise_links",
        "supervisor",
        "tools",
        "worker_of",
        "workers",
    )  # fmt: skip

    def __init__(self, index: int, agent: Agent) -> None:
        self.index, self.agent, self.id, self.kind = index, agent, str(agent.id), agent.kind
        self.config: dict[str, JSON] = agent.config
        kind = find(agent.kind)
        role = kind.role if kind is not None else ENGINE_ROLES.get(agent.kind, "worker")
        self.engine_role = role if kind is None or kind.execute is None else "worker"
        """worker: an executor does the work; otherwise the engine does this kind's part itself."""
        self.repeatable = agent.repeatable
        self.inputs: list[Link] = []
        self.outs: list[Link] = []
        self.fallbacks: list[Link] = []
        self.handoffs: dict[str, tuple[Node, str]] = {}
        self.conditional = False
        """Something is to be decided when it succeeds: a condition, or whether a loop goes on."""
        self.routes = False
        """It has conditional ways out."""
        self.entry_of: Loop | None = None
        self.stand_in = False
        self.fallback_inputs = 0
        self.peers: Peers | None = None
        self.workers: list[Node] = []
        self.supervise_links: dict[str, str] = {}
        self.supervisor: Node | None = None
        self.dispatch = ""
        self.dispatched = False
        """A supervisor, a board or a fallback starts it, not its inputs."""
        self.boards: list[Node] = []
        self.peers_of_board: list[Node] = []
        self.active_board = False
        self.started_by_run = False
        self.siblings: list[list[Node]] = []
        self.names: dict[str, str] = {}
        self.tools: tuple[Tool, ...] = ()
        limits = agent.limits
        self.start_to_close: float = (limits and limits.start_to_close) or START_TO_CLOSE
        self.schedule_to_start = limits.schedule_to_start if limits else None
        self.schedule_to_close = limits.schedule_to_close if limits else None
        self.heartbeat = limits.heartbeat if limits else None
        self.grace = CANCEL_GRACE if limits is None or limits.cancel_grace is None else limits.cancel_grace
        self.retry = retry_plan(agent, kind)
        self.oversight: OversightPlan | None = None
        self.collects = role == "collector"
        # what the run remembers
        self.acts = 0
        self.generation = 0
        self.live: list[Activation] = []
        self.join: Join | None = None
        self.last_tokens: dict[int, Token] | None = None
        """In a loop: the newest token on each input, for inputs from outside that hold for every pass."""
        self.settled_as: Activation | None = None
        """The last visit that ended before it began."""
        self.jobs: list[Activation] = []
        self.group_state: Any = None

    def __repr__(self) -> str:
        return f"Node({self.id})"


_ALWAYS = Kind.__dataclass_fields__["repeatable"].default
DEFAULT_RETRY = RetryPlan(3, 1.0, 2.0, 100.0, 0.1, None, frozenset())
ONCE = DEFAULT_RETRY._replace(max_attempts=1)


def retry_plan(agent: Agent, kind: Any) -> RetryPlan:
    """The retry policy of an agent with the defaults filled in. What is not safe to run twice gets one attempt."""
    stated = agent.retry
    repeatable = agent.repeatable
    if repeatable is None and kind is not None and kind.repeatable is not _ALWAYS:
        try:
            repeatable = kind.repeatable(kind.config.model_validate(agent.config))
        except ValueError:
            repeatable = True  # a config that its kind refuses never runs; rehearsals need no config
    default = 1 if repeatable is False else 3
    if stated is None:
        return DEFAULT_RETRY if default == 3 else ONCE
    initial = 1.0 if stated.initial_interval is None else stated.initial_interval
    return RetryPlan(
        default if stated.max_attempts is None else stated.max_attempts,
        initial,
        2.0 if stated.backoff is None else stated.backoff,
        100 * initial if stated.max_interval is None else stated.max_interval,
        0.1 if stated.jitter is None else stated.jitter,
        None if stated.retry_on is None else frozenset(stated.retry_on),
        frozenset(stated.non_retryable or ()),
    )


class Plan:
    """The whole of a running graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: dict[str, Node] = {}
        self.links: list[Link] = []
        self.loops: list[Loop] = []
        limits = graph.limits
        self.limits = RunPlan(
            (limits and limits.deadline) or 3600.0,
            (limits and limits.max_activations) or 1000,
            (limits and limits.max_concurrency) or 64,
            (limits and limits.on_limit) or "fail",
        )
        for index, agent in enumerate(graph.agents.values()):
            self.nodes[agent.id] = Node(index, agent)
        self._draw_relations()
        self._supervise()
        self._connect_flow()
        self._gather_peers()
        self._sort_workers()
        self._find_loops()
        self._choose_starts()
        self.cancelling_fan_outs = [n for n in self.nodes.values() if n.agent.on_branch_failure == "cancel_siblings"]
        for node in self.cancelling_fan_outs:
            node.siblings = branches(node)
        for node in self.nodes.values():
            if node.handoffs or node.boards or node.dispatch == "manager":
                node.tools = tools_of(node)

    def _draw_relations(self) -> None:
        for edge in self.graph.edges.values():
            source, target = self.nodes[edge.source], self.nodes[edge.target]
            if edge.kind == "handoff":
                source.handoffs.setdefault(target.id, (target, edge.id))
            elif edge.kind == "supervise" and source is not target:
                if target not in source.workers:
                    source.workers.append(target)
                source.supervise_links[target.id] = edge.id
            elif edge.kind == "share":
                for peer, board in ((source, target), (target, source)):
                    known = peer in board.peers_of_board
                    if board.engine_role == "board" and peer.engine_role != "board" and not known:
                        peer.boards.append(board)
                        board.peers_of_board.append(peer)
                        board.supervise_links[peer.id] = edge.id

    def _supervise(self) -> None:
        """Who watches whom: of two supervisors the one that the other supervises, else the one with more workers."""
        for boss in self.nodes.values():
            for worker in boss.workers:
                other = worker.supervisor
                if (
                    other is None
                    or boss in other.workers
                    or (other not in boss.workers and len(boss.workers) > len(other.workers))
                ):
                    worker.supervisor = boss
        for boss in self.nodes.values():
            boss.workers = [worker for worker in boss.workers if worker.supervisor is boss]
            if boss.workers:
                boss.oversight = oversight_plan(boss.agent)

    def _connect_flow(self) -> None:
        for edge in self.graph.edges.values():
            if edge.kind != "flow":
                continue
            source, target = self.nodes[edge.source], self.nodes[edge.target]
            link = Link(edge, source, target)
            self.links.append(link)
            target.names[source.id] = source.agent.name
            if edge.on is not None:
                link.role = "fallback"
                source.fallbacks.append(link)
                continue
            source.outs.append(link)
            if edge.when is not None:
                source.conditional = source.routes = True
            if edge.loop or source is target:
                link.role = "loop"
                source.conditional = True
            elif source.supervisor is target or (target.engine_role == "board" and target in source.boards):
                link.role = "report"
            elif target.supervisor is source:
                link.role = "duty"

    def _gather_peers(self) -> None:
        """Chains of hand-offs; an edge between two peers of one chain starts the target anew and is no input."""
        around: dict[Node, list[Node]] = {}
        for node in self.nodes.values():
            for target, _ in node.handoffs.values():
                around.setdefault(node, []).append(target)
                around.setdefault(target, []).append(node)
        for node in self.nodes.values():
            if node.peers is not None or node not in around:
                continue
            members, front = {node}, deque([node])
            while front:
                for other in around[front.popleft()]:
                    if other not in members:
                        members.add(other)
                        front.append(other)
            peers = Peers(sorted(members, key=lambda member: member.index))
            for member in peers.members:
                member.peers = peers
        for link in self.links:
            if link.role == "input" and link.source.peers is not None and link.source.peers is link.target.peers:
                link.role = "inner"
        stand_ins = {link.target for link in self.links if link.role == "fallback" and not link.target.outs}
        for link in self.links:
            if link.role == "fallback":
                link.target.stand_in = link.target in stand_ins
                link.target.fallback_inputs += 1
                link.target.dispatched = True
            elif link.role == "input":
                link.slot = len(link.target.inputs)
                link.target.inputs.append(link)
        for peers in {id(n.peers): n.peers for n in self.nodes.values() if n.peers is not None}.values():
            called = {target.id for member in peers.members for target, _ in member.handoffs.values()}
            stated = [member for member in peers.members if member.agent.start]
            first = [member for member in peers.members if member.id not in called]
            peers.entry = (stated or first or peers.members)[0]

    def _sort_workers(self) -> None:
        """Workers in the topological order of the flow among them, ties in the order of the supervise edges."""
        for boss in self.nodes.values():
            if not boss.workers:
                continue
            boss.dispatch = self._dispatch_of(boss)
            place = {worker: index for index, worker in enumerate(boss.workers)}
            waits = {worker: sum(link.source in place for link in worker.inputs) for worker in boss.workers}
            free = [place[worker] for worker in boss.workers if not waits[worker]]
            order: list[Node] = []
            while free:
                worker = boss.workers[heapq.heappop(free)]
                order.append(worker)
                for link in worker.outs:
                    if link.role == "input" and link.target in waits:
                        waits[link.target] -= 1
                        if not waits[link.target]:
                            heapq.heappush(free, place[link.target])
            boss.workers = order

    def _dispatch_of(self, boss: Node) -> str:
        stated = boss.agent.oversight.dispatch if boss.agent.oversight else None
        if stated is not None:
            return stated
        if boss.engine_role == "worker":
            return "manager"
        # a hand-off or a board gives work too, but only a flow edge says that somebody else starts the workers
        return "graph" if any(worker.inputs for worker in boss.workers) else "broadcast"

    def _find_loops(self) -> None:
        by_entry: dict[Node, Loop] = {}
        back: dict[Node, list[Node]] = {}
        ahead: dict[Node, list[Node]] = {}
        for node in self.nodes.values():
            if node.peers is not None:
                # whoever of a chain answers, the others are on the way to it
                ahead[node] = [member for member in node.peers.members if member is not node]
                back[node] = list(ahead[node])
        for link in self.links:
            if link.role in ("input", "fallback"):
                ahead.setdefault(link.source, []).append(link.target)
                back.setdefault(link.target, []).append(link.source)
        for link in self.links:
            if link.role == "loop":
                loop = by_entry.setdefault(link.target, Loop(link.target))
                link.target.entry_of = loop
                loop.edges.append(link)
                link.loop = loop
                loop.body |= (reach(link.target, ahead) & reach(link.source, back)) | {link.target, link.source}
        self.loops = sorted(by_entry.values(), key=lambda loop: len(loop.body))
        for loop in self.loops:
            for node in loop.body:
                node.last_tokens = {}
                for link in node.outs:
                    if link.target not in loop.body:
                        link.leaves.append(loop)

    def cycle(self) -> list[Node]:
        """Agents that would wait for each other for ever, in a circle; empty if there are none.

        The peers of a chain are one here, whether or not the hand-offs lead back.
        """
        key = {node: node.peers.members[0] if node.peers else node for node in self.nodes.values()}
        ahead: dict[Node, set[Node]] = {one: set() for one in key.values()}
        for link in self.links:
            if link.role in ("input", "fallback") and key[link.source] is not key[link.target]:
                ahead[key[link.source]].add(key[link.target])
        waits = dict.fromkeys(ahead, 0)
        for targets in ahead.values():
            for target in targets:
                waits[target] += 1
        free = [node for node, count in waits.items() if not count]
        while free:
            node = free.pop()
            del waits[node]
            for target in ahead[node]:
                waits[target] -= 1
                if not waits[target]:
                    free.append(target)
        # what is left lies on a circle or behind one: what leads nowhere within it is only behind
        left = set(waits)
        while behind := {node for node in left if not ahead[node] & left}:
            left -= behind
        return sorted(left, key=lambda node: node.index)

    def _choose_starts(self) -> None:
        for boss in self.nodes.values():
            if boss.workers:
                for worker in boss.workers:
                    heads = worker.peers is None or worker.peers.entry is worker
                    free = not any(m.inputs for m in (worker.peers.members if worker.peers else [worker]))
                    if boss.dispatch in ("split", "pool", "manager") or (free and heads):
                        worker.dispatched = True
                if boss.dispatch not in ("graph", "manager") and not any(w.dispatched for w in boss.workers):
                    for worker in boss.workers:
                        worker.dispatched = True
        for board in self.nodes.values():
            if board.engine_role != "board":
                continue
            others = any(peer.inputs or peer.peers or peer.dispatched for peer in board.peers_of_board)
            board.active_board = bool(board.inputs or board.outs) or (bool(board.peers_of_board) and not others)
            if board.active_board:
                for peer in board.peers_of_board:
                    if not peer.inputs:
                        peer.dispatched = True
        for node in self.nodes.values():
            if node.inputs or node.dispatched or (node.engine_role == "board" and not node.active_board):
                continue
            if node.peers is not None and (
                node.peers.entry is not node or any(member.inputs or member.dispatched for member in node.peers.members)
            ):
                continue
            node.started_by_run = True


def oversight_plan(agent: Agent) -> OversightPlan:
    """How an agent with supervise edges looks after its workers, defaults filled in."""
    stated = agent.oversight
    if stated is None:
        return OversightPlan("one_for_one", 3, None, (Directive(do="restart"),), False, 0.5)
    return OversightPlan(
        stated.strategy or "one_for_one",
        3 if stated.max_restarts is None else stated.max_restarts,
        stated.max_seconds,
        stated.on_error or (Directive(do="restart"),),
        bool(stated.restartable),
        0.5 if stated.backoff is None else stated.backoff,
    )


def reach(start: Node, ahead: dict[Node, list[Node]]) -> set[Node]:
    """`start` and everything that can be reached from it."""
    found, front = {start}, [start]
    while front:
        for node in ahead.get(front.pop(), ()):
            if node not in found:
                found.add(node)
                front.append(node)
    return found


def branches(node: Node) -> list[list[Node]]:
    """The branches of a fan-out, each without what more than one of them leads to (where they meet again)."""
    ahead: dict[Node, list[Node]] = {}
    front, seen = [node], {node}
    while front:
        here = front.pop()
        ahead[here] = [link.target for link in here.outs if link.role == "input"]
        for target in ahead[here]:
            if target not in seen:
                seen.add(target)
                front.append(target)
    reached = [reach(target, ahead) for target in ahead[node]]
    return [
        sorted((n for n in mine if sum(n in other for other in reached) == 1), key=lambda n: n.index)
        for mine in reached
    ]


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower(), flags=re.ASCII).strip("_") or "agent"


def tools_of(node: Node) -> tuple[Tool, ...]:
    """What the drawn edges let an agent ask the engine for; names are unique."""
    tools: list[Tool] = []
    taken: set[str] = set()

    def add(prefix: str, target: Node, does: Any, description: str, *, named: bool = True) -> None:
        name = f"{prefix}_{_slug(target.agent.name)}" if named else prefix
        if name in taken:
            name = f"{prefix}_{target.id}"
        taken.add(name)
        tools.append(Tool(name, does, target.id, description))

    for target, _ in node.handoffs.values():
        add(
            "transfer_to",
            target,
            "handoff",
            target.agent.description or f"Hand the whole task over to {target.agent.name}.",
        )
    if node.dispatch == "manager":
        for worker in node.workers:
            about = worker.agent.description or f"Let {worker.agent.name} do a task and report back."
            add("delegate_to", worker, "delegate", about)
    for board in node.boards:
        several, name = len(node.boards) > 1, board.agent.name
        add("post_work", board, "post", f"Put a new piece of work on {name}.", named=several)
        add("claim_work", board, "claim", f"Take a piece of work from {name}.", named=several)
        add("finish_work", board, "finish", f"Report a piece of work from {name} as done.", named=several)
        add("release_work", board, "release", f"Give a piece of work back to {name}.", named=several)
        add("read_state", board, "read", f"Read what is noted on {name}.", named=several)
        add("write_state", board, "write", f"Note something on {name}.", named=several)
    return tuple(tools)


def is_condition(text: str | None) -> bool:
    """Whether an edge's `when` is an expression, rather than absent, `otherwise` or unknown."""
    return text is not None and text not in (OTHERWISE, UNKNOWN)
