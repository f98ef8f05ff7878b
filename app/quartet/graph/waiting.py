"""Who waits for whom in a run, beyond the flow: workers for their supervisor, peers for their chain, and for a board.

A run could not go on where agents wait for each other in a circle. Circles of flow edges alone, and those of agents
that hand off to each other, are `quartet.graph.cycles`; here are those that lead through what a supervisor or a board
gives somebody to do. `engine.plan` draws the same picture of a graph it is to run, by the same rules.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

N = TypeVar("N", bound=Hashable)

BOARD = "board"
NO_WORK = frozenset({"supervisor", "trigger", "collector", BOARD})
"""Kinds whose part the engine plays: they decide nothing by themselves."""


class Circle(NamedTuple):
    """Agents that would wait for each other for ever."""

    agents: tuple[AgentId, ...]
    """In the order of the file."""
    edges: tuple[EdgeId, ...]
    """Flow edges among them along which they wait, in the order of the file."""
    givers: tuple[AgentId, ...]
    """The supervisors and boards among them that give others of them their work."""


def own_supervisors(workers: Mapping[N, Sequence[N]]) -> dict[N, N]:
    """The one supervisor that decides, for each worker: of two the one that the other supervises, else the one with
    more workers, else the first. `workers`: whom each supervises, supervisors in the order of the file."""
    given = {boss: set(those) for boss, those in workers.items()}
    found: dict[N, N] = {}
    for boss, those in workers.items():
        for worker in those:
            other = found.get(worker)
            if other is None or boss in given[other] or (other not in given[boss] and len(those) > len(workers[other])):
                found[worker] = boss
    return found


def dispatch_of(agent: Agent, *, works: bool, fed: bool) -> str:
    """How an agent with workers hands out work. `works`: it works itself, too; `fed`: the flow feeds one of them."""
    stated = agent.oversight.dispatch if agent.oversight else None
    if works:
        return stated if stated == "graph" else "manager"  # it works itself, so it asks for what it needs
    # a hand-off gives work too, but only the flow, or a board in it, says that somebody else starts the workers
    return stated if stated is not None else "graph" if fed else "broadcast"


def starts_all(dispatch: str) -> bool:
    """Whether a supervisor that hands out work this way starts every worker, whatever else leads to it."""
    return dispatch in ("split", "pool", "manager")


def circles(graph: Graph, skip: Collection[EdgeId] = ()) -> list[Circle]:
    """Where agents would wait for each other through what one gives another to do, in the order of the file.

    `skip`: flow edges that are as good as loops, as they have to be marked anyway. Nobody supervises in a circle.
    """
    reached: set[AgentId] = set()
    givers: set[AgentId] = set()
    for edge in graph.edges.values():
        if edge.kind == "supervise":
            givers.add(edge.source)
        elif edge.kind == "share":
            givers.update((edge.source, edge.target))
        elif edge.kind == "handoff":
            reached.update((edge.source, edge.target))
        elif not edge.loop:
            reached.add(edge.target)
    # nobody supervises in a circle, so on one of these something comes in to somebody who gives work
    if givers.isdisjoint(reached):
        return []
    return _Waiting(graph, skip).circles()


class _Waiting:
    """Chains of peers are one; flow edges into somebody, and work that is given, lead from one to the next."""

    def __init__(self, graph: Graph, skip: Collection[EdgeId]) -> None:
        self.graph = graph
        self.workers: dict[AgentId, list[AgentId]] = {}
        self.boards: dict[AgentId, set[AgentId]] = {}
        """Of each peer."""
        self.peers: dict[AgentId, list[AgentId]] = {}
        """Of each board."""
        self.inputs: dict[AgentId, list[Edge]] = {}
        self.in_flow: set[AgentId] = set()
        """Whoever has a flow edge out that is no fallback."""
        self._draw_relations()
        self.supervisor = own_supervisors(self.workers)
        self.workers = {
            boss: own
            for boss, every in self.workers.items()
            if (own := [w for w in every if self.supervisor[w] == boss])
        }
        self.chain, self.entry = self._chains()
        self.fallbacks: list[Edge] = []
        self._connect(skip)
        self.started: set[AgentId] = {edge.target for edge in self.fallbacks}
        """Whom a fallback edge, a supervisor or a board starts, and not the results that come in."""
        self.fed = self._fed()
        self._choose_starts()

    def _draw_relations(self) -> None:
        agents = self.graph.agents
        known: set[tuple[AgentId, AgentId]] = set()
        drawn: dict[AgentId, list[AgentId]] = {}
        for edge in self.graph.edges.values():
            if edge.kind not in ("supervise", "share"):
                continue
            giver, given = edge.source, edge.target
            if edge.kind == "share" and agents[given].kind == BOARD:
                giver, given = given, giver
            if (giver, given) in known or giver == given:
                continue
            known.add((giver, given))
            drawn.setdefault(giver, []).append(given)
            if edge.kind == "share":
                self.boards.setdefault(given, set()).add(giver)
        for giver in (id for id in agents if id in drawn):
            those = drawn[giver]
            if agents[giver].kind == BOARD:
                self.peers[giver] = [peer for peer in those if giver in self.boards.get(peer, ())]
            else:
                self.workers[giver] = those

    def _chains(self) -> tuple[dict[AgentId, AgentId], dict[AgentId, AgentId]]:
        """The first of its chain of hand-offs, for each agent in one, and with whom the chain begins, by that first."""
        around: dict[AgentId, list[AgentId]] = {}
        called: set[AgentId] = set()
        for edge in self.graph.edges.values():
            if edge.kind == "handoff":
                around.setdefault(edge.source, []).append(edge.target)
                around.setdefault(edge.target, []).append(edge.source)
                called.add(edge.target)
        first: dict[AgentId, AgentId] = {}
        members: dict[AgentId, list[AgentId]] = {}
        for id in self.graph.agents if around else ():
            if id in first or id not in around:
                continue
            first[id], front = id, deque([id])
            while front:
                for other in around[front.popleft()]:
                    if other not in first:
                        first[other] = id
                        front.append(other)
        for id in self.graph.agents if around else ():
            if id in first:
                members.setdefault(first[id], []).append(id)
        entry = {}
        for one, those in members.items():
            stated = [id for id in those if self.graph.agents[id].start]
            entry[one] = (stated or [id for id in those if id not in called] or those)[0]
        self.members = members
        return first, entry

    def _connect(self, skip: Collection[EdgeId]) -> None:
        agents, chain = self.graph.agents, self.chain
        for edge in self.graph.edges.values():
            if edge.kind != "flow":
                continue
            source, target = edge.source, edge.target
            if edge.on is not None:
                self.fallbacks.append(edge)
                continue
            self.in_flow.add(source)
            if (
                edge.loop or edge.id in skip or source == target
                or self.supervisor.get(source) == target or self.supervisor.get(target) == source
                or (agents[target].kind == BOARD and target in self.boards.get(source, ()))
                or (source in chain and chain[source] == chain.get(target))
            ):  # fmt: skip
                continue
            self.inputs.setdefault(target, []).append(edge)

    def _fed(self) -> set[AgentId]:
        """Whom a board in the flow, or one that a supervisor gives work, gives its work."""
        return {
            peer
            for board, peers in self.peers.items()
            if board in self.inputs or board in self.in_flow or board in self.supervisor
            for peer in peers if peer not in self.inputs
        }  # fmt: skip

    def _choose_starts(self) -> None:
        agents = self.graph.agents
        for boss, workers in self.workers.items():
            works = agents[boss].kind not in NO_WORK
            fed = any(worker in self.inputs or worker in self.fed for worker in workers)
            dispatch = dispatch_of(agents[boss], works=works, fed=fed)
            chosen = workers if starts_all(dispatch) else [w for w in workers if self._heads(w, dispatch)]
            self.started.update(chosen)
            if dispatch not in ("graph", "manager") and self.started.isdisjoint(workers):
                self.started.update(workers)
        for board in (agent.id for agent in agents.values() if agent.kind == BOARD):
            peers = self.peers.get(board, ())
            busy = any(peer in self.inputs or peer in self.chain or peer in self.started for peer in peers)
            if board in self.inputs or board in self.in_flow or (peers and not busy):
                self.started.update(peer for peer in peers if peer not in self.inputs)

    def _heads(self, worker: AgentId, dispatch: str) -> bool:
        """Whether nothing but its supervisor can start a worker, nor the chain of peers that begins with it."""
        first = self.chain.get(worker)
        if first is not None and self.entry[first] != worker:
            return False
        waits = any(peer in self.inputs for peer in (self.members[first] if first is not None else (worker,)))
        return not waits and (dispatch != "graph" or worker not in self.fed)

    def circles(self) -> list[Circle]:
        import networkx as nx  # takes 0.2 s, which no window should wait for

        chain = self.chain
        flow = [edge for edges in self.inputs.values() for edge in edges] + self.fallbacks
        gifts = [
            (giver, worker)
            for given in (self.workers, self.peers)
            for giver, workers in given.items()
            for worker in workers if worker in self.started and worker not in self.inputs
        ]  # fmt: skip
        ahead: nx.DiGraph[AgentId] = nx.DiGraph()
        pairs = [(edge.source, edge.target) for edge in flow] + gifts
        ahead.add_edges_from((chain.get(a, a), chain.get(b, b)) for a, b in pairs)
        found = []
        for group in nx.strongly_connected_components(ahead):
            if len(group) > 1:
                inside = _within(group, chain)
                found.append(
                    Circle(
                        tuple(id for id in self.graph.agents if inside(id)),
                        tuple(e.id for e in self._in_file_order(flow) if inside(e.source) and inside(e.target)),
                        tuple(dict.fromkeys(giver for giver, worker in gifts if inside(giver) and inside(worker))),
                    )
                )
        place = {id: index for index, id in enumerate(self.graph.agents)}
        return sorted(found, key=lambda circle: place[circle.agents[0]])

    def _in_file_order(self, edges: Iterable[Edge]) -> list[Edge]:
        chosen = {edge.id for edge in edges}
        return [edge for id, edge in self.graph.edges.items() if id in chosen]


def _within(group: Collection[AgentId], chain: Mapping[AgentId, AgentId]) -> Callable[[AgentId], bool]:
    return lambda id: chain.get(id, id) in group
