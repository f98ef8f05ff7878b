"""The way back: a graph that draws a given tree, as a person would draw it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from quartet.graph.model import UNKNOWN, Agent, AgentId, Edge, EdgeId, EdgeKind, Graph
from quartet.patterns.tree import FanOut, Leaf, Part, Pipeline, Supervisor, Swarm, Tree


@dataclass(slots=True)
class _Ends:
    """Where work enters and leaves a part that is drawn."""

    entries: list[AgentId]
    exits: list[AgentId]


def draw(tree: Tree, worker: str = "llm", *, routers: bool = False) -> Graph:
    """A graph whose verdict is `tree`, for every tree in canonical form without entangled parts.

    Ids are the tree's, names the ids; agents that do the work are of the kind `worker`. Exclusive ways out get a
    condition that nobody knows, which runs in a rehearsal only; with `routers`, the agent that they leave is a router.
    """
    return _Drawing(worker, routers).draw(tree)


class _Drawing:
    def __init__(self, worker: str, routers: bool) -> None:
        self.worker, self.routers = worker, routers
        self.kinds: dict[AgentId, str] = {}
        self.dynamic: set[AgentId] = set()
        self.edges: list[Edge] = []
        self.fed: set[AgentId] = set()
        """Agents that a flow edge leads to."""

    def draw(self, tree: Tree) -> Graph:
        made: dict[int, _Ends] = {}
        for node in reversed(list(tree.walk())):
            ends = [made.pop(id(child)) for child in node.children]
            made[id(node)] = self.part(node, ends)
        self._events(tree)
        if self.routers:
            self._choices()
        self._oversight(tree)
        self._fallbacks(tree)
        order = [agent for node in tree.walk() for agent in node.own]
        graph = Graph()
        for id_ in dict.fromkeys(order):
            kind = self.kinds.get(id_, self.worker)
            mark = {"dynamic": True} if id_ in self.dynamic else {}
            graph.agents[id_] = Agent.model_validate({"id": id_, "kind": kind, "name": id_, **mark})
        graph.edges = {edge.id: edge for edge in self.edges}
        return graph

    def part(self, tree: Tree, below: list[_Ends]) -> _Ends:
        """Draw the edges between the children of a node and to its own agents."""
        match tree:
            case Leaf():
                ends = _Ends([tree.agent], [tree.agent])
                if tree.loop:
                    self.join(ends.exits, ends.entries, loop=True)
                return ends
            case Pipeline():
                for (before, after), stage in zip(pairwise(below), tree.stages[1:], strict=True):
                    self.join(before.exits, after.entries, when=_exclusive(stage))
                ends = _Ends(below[0].entries, below[-1].exits)
            case FanOut():
                ends = self.fan_out(tree, below)
            case Supervisor():
                self.kinds[tree.supervisor] = "supervisor"
                if tree.exclusive:
                    for end in below:
                        self.join([tree.supervisor], end.entries, when=True)
                ends = self.collected(tree, _Ends([tree.supervisor], [tree.supervisor]))
            case Swarm():
                self.peers(tree, [end.entries[0] for end in below])
                ends = self.collected(tree, _Ends(below[0].entries, [exit for end in below for exit in end.exits]))
        if tree.loop:
            if isinstance(tree, FanOut) and tree.trigger is None and tree.collector is None:
                for before, after in pairwise(below):
                    self.join(before.exits, after.entries, loop=True)
            else:
                self.join(ends.exits, ends.entries, loop=True)
        if tree.trigger is not None and not isinstance(tree, FanOut):
            self.kinds[tree.trigger] = "trigger"
            self.join([tree.trigger], ends.entries)
        return ends

    def fan_out(self, tree: FanOut, below: list[_Ends]) -> _Ends:
        entries = [entry for end in below for entry in end.entries]
        exits = [exit for end in below for exit in end.exits]
        if tree.dynamic:
            self.dynamic |= tree.branches[0].agents
        if tree.trigger is not None:
            self.join([tree.trigger], entries, when=tree.exclusive)
            entries = [tree.trigger]
        return self.collected(tree, _Ends(entries, exits))

    def collected(self, tree: Part, ends: _Ends) -> _Ends:
        if tree.collector is None:
            return ends
        self.kinds[tree.collector] = "collector"
        self.join(ends.exits, [tree.collector])
        return _Ends(ends.entries, [tree.collector])

    def peers(self, tree: Swarm, members: list[AgentId]) -> None:
        """Hand-offs around the ring, both ways, and the shares of the board."""
        for first, second in dict.fromkeys(pairwise([*members, members[0]])):
            if len(members) > 2 or first == members[0]:
                self.edge("handoff", first, second)
                self.edge("handoff", second, first)
        if tree.board is not None:
            self.kinds[tree.board] = "board"
            for member in members:
                self.edge("share", tree.board, member)

    def _events(self, tree: Tree) -> None:
        """An agent that starts a fan-out and that nothing leads to is an event."""
        for node in tree.walk():
            if isinstance(node, FanOut) and node.trigger is not None and node.trigger not in self.fed:
                self.kinds[node.trigger] = "trigger"

    def _choices(self) -> None:
        """Agents that choose where to go on, but for events and collectors, are routers: no condition is needed."""
        for number, edge in enumerate(self.edges):
            if edge.when is not None and self.kinds.get(edge.source) not in ("trigger", "collector"):
                self.kinds[edge.source] = "router"
                self.edges[number] = edge.model_copy(update={"when": None})

    def _oversight(self, tree: Tree) -> None:
        """A supervisor points at every agent of its workers' parts; a supervisor among them stands for its group."""
        stack: list[tuple[Tree, AgentId | None]] = [(tree, None)]
        while stack:
            node, boss = stack.pop()
            watched: Iterable[AgentId] = node.own
            if isinstance(node, Part):
                watched = [agent for agent in node.own if agent not in node.standins]
            for agent in watched:
                if boss is not None and self.kinds.get(agent) not in ("trigger", "board"):
                    self.edge("supervise", boss, agent)
            if isinstance(node, Supervisor):
                boss = None if node.exclusive else node.supervisor
            stack.extend((child, boss) for child in reversed(node.children))

    def _fallbacks(self, tree: Tree) -> None:
        for node in tree.walk():
            if isinstance(node, Part):
                for agent, others in node.fallback:
                    for other in others:
                        self.edge("flow", agent, other, on="failure")

    def join(self, sources: list[AgentId], targets: list[AgentId], *, loop: bool = False, when: bool = False) -> None:
        for source in sources:
            for target in targets:
                self.fed.add(target)
                self.edge("flow", source, target, **({"loop": True} if loop else {"when": UNKNOWN} if when else {}))

    def edge(self, kind: EdgeKind, source: AgentId, target: AgentId, **more: object) -> None:
        id_ = EdgeId(f"e{len(self.edges) + 1}")
        self.edges.append(Edge.model_validate({"id": id_, "source": source, "target": target, "kind": kind, **more}))


def _exclusive(tree: Tree) -> bool:
    return isinstance(tree, FanOut) and tree.exclusive and tree.trigger is None
