"""Where the agents stand, by recursion over the pattern tree.

A pipeline is a row, a fan-out a column between its trigger and its collector, a supervisor stands over its workers, a
swarm is a ring around its board; what steps in or belongs to one agent stands under it. Nested parts keep room for
their regions. The same drawing always gets the same layout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quartet.graph.model import AgentId, Graph, Point
from quartet.patterns import blocks
from quartet.patterns.blocks import Block
from quartet.patterns.tree import FanOut, Leaf, Pipeline, Supervisor, Swarm, Tree
from quartet.patterns.verdict import Verdict, classify


def layout(graph: Graph, verdict: Verdict | None = None) -> dict[AgentId, Point]:
    """A place (top left corner of the card, in scene pixels) for every agent of the graph."""
    verdict = classify(graph) if verdict is None else verdict
    beside: dict[AgentId, list[AgentId]] = {}
    before: dict[AgentId, list[AgentId]] = {}
    for agent, others in verdict.attached.items():
        for other in others:
            event = other in graph.agents and graph.agents[other].kind == "trigger"
            (before if event else beside).setdefault(agent, []).append(other)
    made = _Layout(graph, verdict.fallback, beside, before)
    found = blocks.places(made.whole(verdict.tree)) if verdict.tree is not None else {}
    found = {agent: place for agent, place in found.items() if agent in graph.agents}
    left = [agent for agent in graph.agents if agent not in found]
    if left:
        below = max((y + blocks.CARD_HEIGHT for _, y in found.values()), default=-96.0) + 96.0
        rest = blocks.places(blocks.rows([blocks.card(agent) for agent in left]))
        found.update((agent, (x, y + below)) for agent, (x, y) in rest.items())
    return {agent: found[agent] for agent in graph.agents}


class _Layout:
    def __init__(
        self,
        graph: Graph,
        fallback: Mapping[AgentId, Sequence[AgentId]],
        beside: Mapping[AgentId, Sequence[AgentId]],
        before: Mapping[AgentId, Sequence[AgentId]],
    ) -> None:
        self.graph = graph
        self.fallback, self.beside, self.before = fallback, beside, before
        self.placed: set[AgentId] = set()
        self.feeders: dict[AgentId, list[AgentId]] = {}
        """Who gives each agent its work."""
        for edge in graph.edges.values():
            if edge.kind == "flow" and edge.on is None and not edge.loop:
                self.feeders.setdefault(edge.target, []).append(edge.source)

    def whole(self, tree: Tree) -> Block:
        """The block of a tree, children first."""
        made: dict[int, Block] = {}
        for node in reversed(list(tree.walk())):
            made[id(node)] = self.part(node, [made.pop(id(child)) for child in node.children])
        return made[id(tree)]

    def part(self, tree: Tree, children: list[Block]) -> Block:
        match tree:
            case Leaf():
                return self.agent(tree.agent)
            case Pipeline():
                middle = blocks.row(children)
            case FanOut():
                middle = blocks.columns(children)
            case Supervisor():
                middle = blocks.roof(self.agent(tree.supervisor), blocks.rows(children))
            case Swarm():
                board = None if tree.board is None else self.agent(tree.board)
                first = self.entry(tree)
                middle = blocks.ring(
                    [*children[max(first, 0) :], *children[: max(first, 0)]], board, entered=first >= 0
                )
        line = [middle]
        if tree.trigger is not None:
            line.insert(0, self.agent(tree.trigger))
        if tree.collector is not None:
            line.append(self.agent(tree.collector))
        return blocks.region(blocks.row(line))

    def entry(self, swarm: Swarm) -> int:
        """The member that work from outside comes to first, -1 if none does."""
        inside = swarm.agents - {swarm.trigger, swarm.collector}
        for index, member in enumerate(swarm.members):
            if any(source not in inside for agent in member.own for source in self.feeders.get(agent, ())):
                return index
        return -1

    def agent(self, agent: AgentId) -> Block:
        """A card with its events to the left and what steps in or belongs to it underneath; each agent only once."""
        self.placed.add(agent)
        under = [each for each in (*self.fallback.get(agent, ()), *self.beside.get(agent, ())) if self.fresh(each)]
        block = blocks.card(agent)
        if under:
            block = blocks.hung(block, [blocks.card(each) for each in under])
        events = [each for each in self.before.get(agent, ()) if self.fresh(each)]
        if events:
            block = blocks.row([blocks.column([blocks.card(each) for each in events]), block])
        return block

    def fresh(self, agent: AgentId) -> bool:
        new = agent not in self.placed
        self.placed.add(agent)
        return new
