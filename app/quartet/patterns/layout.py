"""Where the agents stand, by recursion over the pattern tree.

A pipeline is a row, a fan-out a column between its trigger and its collector, a supervisor stands over its workers, a
swarm is a ring around its board, the levels of an entangled part are columns in which few edges cross; what steps in
or belongs to one agent stands under it. Nested parts keep room for their regions. The same drawing always gets the same
layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence

from quartet.graph.model import AgentId, Edge, Graph, Point
from quartet.patterns import blocks, rings
from quartet.patterns.blocks import Block
from quartet.patterns.canonical import is_plain
from quartet.patterns.nesting import Nesting
from quartet.patterns.standing import Standing, kept_in_place
from quartet.patterns.tangles import Spot, side_by_side, tangle
from quartet.patterns.tree import FanOut, Inner, Leaf, Pipeline, Supervisor, Swarm, Tree
from quartet.patterns.verdict import Verdict, classify

NEAR = 4
"""Out of so many parts an edge is seen to lead; in deeper nests nobody could follow it anyway."""
STEP = 64
"""After so many parts it is told how far the layout is."""
COLUMNS = 0.9
"""The share of the work that the parts are; the rest is putting them together."""
_EQUALS = re.compile(r"""value == (['"])([^'"\\\\]+)\1""")


def layout(
    graph: Graph,
    verdict: Verdict | None = None,
    standing: Mapping[AgentId, Point] | None = None,
    told: Callable[[float], None] = lambda share: None,
) -> dict[AgentId, Point]:
    """A place (top left corner of the card, in scene pixels) for every agent of the graph.

    Args:
        graph: what to lay out. Its own positions do not count.
        verdict: what it was found to be, if that is known already.
        standing: where its agents stand, if little of that is to change: branches, workers and peers keep the order
            and the lines in which they stand, parts that nothing was done to keep their shape, and the whole comes to
            lie where half of the agents need not move, or of those that are locked if any are. What is laid out so
            once more stays where it is.
        told: is told now and then which share of the work is done. What it raises ends the layout.
    """
    verdict = classify(graph) if verdict is None else verdict
    standing = {agent: place for agent, place in (standing or {}).items() if agent in graph.agents}
    beside: dict[AgentId, list[AgentId]] = {}
    before: dict[AgentId, list[AgentId]] = {}
    for agent, others in verdict.attached.items():
        for other in others:
            event = other in graph.agents and graph.agents[other].kind == "trigger"
            (before if event else beside).setdefault(agent, []).append(other)
    made = _Layout(graph, verdict.fallback, beside, before, standing, told)
    found = blocks.places(made.whole(verdict.tree)) if verdict.tree is not None else {}
    found = {agent: place for agent, place in found.items() if agent in graph.agents}
    left = [agent for agent in graph.agents if agent not in found]
    if left:
        below = max((y + blocks.CARD_HEIGHT for _, y in found.values()), default=-96.0) + 96.0
        rest = blocks.places(blocks.rows([blocks.card(agent) for agent in left]))
        found.update((agent, (x, y + below)) for agent, (x, y) in rest.items())
    found = {agent: found[agent] for agent in graph.agents}
    fast = {agent: place for agent, place in standing.items() if graph.agents[agent].locked}
    return kept_in_place(found, fast or standing)


class _Layout:
    def __init__(
        self,
        graph: Graph,
        fallback: Mapping[AgentId, Sequence[AgentId]],
        beside: Mapping[AgentId, Sequence[AgentId]],
        before: Mapping[AgentId, Sequence[AgentId]],
        places: Mapping[AgentId, Point],
        told: Callable[[float], None],
    ) -> None:
        self.graph = graph
        self.places, self.told = places, told
        self.standing = Standing((), {}, {})
        self.fallback, self.beside, self.before = fallback, beside, before
        self.placed: set[AgentId] = set()
        self.feeders: dict[AgentId, list[AgentId]] = {}
        """Who gives each agent its work."""
        self.readers: dict[AgentId, list[AgentId]] = {}
        """To whom each agent gives its own."""
        self.overseers = {edge.source for edge in graph.edges.values() if edge.kind == "supervise"}
        self.words: dict[AgentId, float] = {}
        """Of each agent, how much room beyond an arrow's the words on the edges to it take."""
        self.between: dict[int, list[tuple[Spot, Spot]]] = {}
        """The edges between the children of each part, by `id` of the part."""
        self.back: dict[int, list[tuple[Spot, Spot]]] = {}
        """Those of them that begin another pass."""
        self.leaving: dict[int, set[int]] = {}
        """The stages of each part from which edges lead out of it, by `id` of the part."""
        self.above: dict[int, AgentId] = {}
        """Who stands over each part, by `id` of the part."""
        for edge in graph.edges.values():
            if edge.kind == "flow" and edge.on is None and not edge.loop:
                self.feeders.setdefault(edge.target, []).append(edge.source)
                self.readers.setdefault(edge.source, []).append(edge.target)
                if edge.name or edge.when is not None:
                    self.words[edge.target] = max(self.words.get(edge.target, 0.0), blocks.wider(_said(edge)))

    def whole(self, tree: Tree) -> Block:
        """The block of a tree, children first."""
        nodes = list(tree.walk())
        levels = {id(stage) for node in nodes for stage in _levels(node)}
        self.between, self.back, self.leaving = _ways(nodes, levels, self.graph)
        together = {agent: [*self.fallback.get(agent, ())] for node in nodes for agent in node.own}
        for agents in (self.beside, self.before):
            for agent, others in agents.items():
                together.setdefault(agent, []).extend(others)
        self.standing = Standing(nodes, self.places, together)
        self.above = {
            id(part): node.supervisor for node in nodes if isinstance(node, Supervisor) for part in node.workers
        }
        made: dict[int, list[Block]] = {}
        share = COLUMNS / len(nodes)
        for number, node in enumerate(reversed(nodes)):
            if number % STEP == 0:
                self.told(share * number)
            below = [made.pop(id(child)) for child in node.children]
            if id(node) in levels:
                made[id(node)] = [block for some in below for block in some]
            elif isinstance(node, Pipeline) and node.entangled:
                made[id(node)] = [self.entangled(node, levels, below, share * number)]
            else:
                made[id(node)] = [self.part(node, [block for some in below for block in some])]
        return made[id(tree)][0]

    def entangled(self, tree: Pipeline, levels: Container[int], below: list[list[Block]], done: float) -> Block:
        """Levels as columns, in the order in which they stand if that does not make more edges cross."""
        wires = [(source, target) for source, target in self.between.get(id(tree), ()) if source[0] < target[0]]
        parts = [stage.children if id(stage) in levels else (stage,) for stage in tree.stages]
        heights = [[self.standing.height(part) for part in level] for level in parts]

        def tell(share: float) -> None:
            self.told(done + (COLUMNS - done) * share)

        return self.finished(tree, side_by_side(tangle(below, wires, heights, tell)))

    def part(self, tree: Tree, children: list[Block]) -> Block:
        match tree:
            case Leaf():
                return self.agent(tree.agent)
            case Pipeline():
                middle = blocks.folded(children, self.skipped(tree), self.standing.breaks(tree.stages))
            case FanOut():
                middle = self.branches(tree, children)
            case Supervisor():
                middle = self.staff(tree, children)
            case Swarm():
                middle = self.peers(tree, children)
        return self.finished(tree, middle)

    def finished(self, tree: Inner, middle: Block) -> Block:
        """A part with its trigger on the left, its collector on the right, and room for its region."""
        line = [middle]
        if tree.trigger is not None:
            line.insert(0, self.agent(tree.trigger))
        if tree.collector is not None:
            line.append(self.agent(tree.collector))
        return blocks.region(blocks.row(line), loop=tree.loop)

    def branches(self, tree: Inner, children: list[Block]) -> Block:
        """A column in the order in which the branches stand."""
        return blocks.columns(children, self.standing.lines(tree.children, "x"))

    def skipped(self, tree: Pipeline) -> set[int]:
        """The stages that an edge passes by, from one stage to another or out of the middle of a loop."""
        ways = {(source[0], target[0]) for source, target in self.between.get(id(tree), ())}
        if tree.loop:
            after = len(tree.stages)
            ways |= {(stage, after) for stage in self.leaving.get(id(tree), ())}
        return {stage for source, target in ways for stage in range(source + 1, target)}

    def staff(self, tree: Supervisor, children: list[Block]) -> Block:
        """A supervisor over its workers; one that only passes tasks on, as a router does, to the left of them."""
        boss = self.agent(tree.supervisor)
        if tree.exclusive and tree.supervisor not in self.overseers:
            return blocks.row([boss, self.branches(tree, children)])
        return blocks.roof(boss, blocks.rows(children, stand=self.standing.lines(tree.workers, "y")))

    def peers(self, tree: Swarm, children: list[Block]) -> Block:
        """A ring that begins with the member that work comes to."""
        board = None if tree.board is None else self.agent(tree.board)
        order = self.standing.around(tree.members)
        ways = {(source[0], target[0]) for source, target in self.between.get(id(tree), ())}
        if not self.standing.knows(tree.members):
            back = {(source[0], target[0]) for source, target in self.back.get(id(tree), ())}
            order = rings.untangled(order, ways | back)
        first = self.entry(tree)
        turn = order.index(first) if first >= 0 else 0
        order = [*order[turn:], *order[:turn]]
        at = {index: place for place, index in enumerate(order)}
        chords = {(at[source], at[target]) for source, target in ways}
        ordered = [children[index] for index in order]
        if (
            len(ordered) == 2
            and not (board and chords)
            and 2 in (self.doors(tree, self.feeders), self.doors(tree, self.readers))
        ):
            # else an arrow would pass behind one of them
            if board is not None:
                return blocks.column([ordered[0], board, ordered[1]], centred=True)
            return blocks.column(ordered, rings.BETWEEN_PEERS / 2, centred=True)
        return rings.ring(ordered, board, chords, entered=first >= 0)

    def doors(self, swarm: Swarm, ends: Mapping[AgentId, Sequence[AgentId]]) -> int:
        """With how many of the members the other `ends` of edges from or to its left or right are connected."""
        near = {*swarm.agents, self.above.get(id(swarm))} - {swarm.trigger, swarm.collector}
        return sum(any(end not in near for agent in member.agents for end in ends.get(agent, ()))
                   for member in swarm.members)  # fmt: skip

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
        block.words = self.words.get(agent, 0.0)
        events = [each for each in self.before.get(agent, ()) if self.fresh(each)]
        if events:
            block = blocks.row([blocks.column([blocks.card(each) for each in events]), block])
        return block

    def fresh(self, agent: AgentId) -> bool:
        new = agent not in self.placed
        self.placed.add(agent)
        return new


def _said(edge: Edge) -> str:
    """What is written on an edge, nearly: of a comparison only the value that something is held against."""
    if edge.name or edge.when is None:
        return edge.name or ""
    compared = _EQUALS.fullmatch(edge.when)
    return edge.when if compared is None else compared[2]


def _levels(tree: Tree) -> list[FanOut]:
    """The levels of an entangled part that are several steps side by side."""
    if not (isinstance(tree, Pipeline) and tree.entangled):
        return []
    return [stage for stage in tree.stages if isinstance(stage, FanOut) and is_plain(stage) and not stage.fallback]


def _ways(
    nodes: Sequence[Tree], levels: Container[int], graph: Graph
) -> tuple[dict[int, list[tuple[Spot, Spot]]], dict[int, list[tuple[Spot, Spot]]], dict[int, set[int]]]:
    """The ordinary flow, and the hand-offs, between the children of each part, by stage and place in that stage; those
    that begin another pass; and the stages from which the former lead out of each part.

    Only stages of an entangled part that are `levels` have more than one place.
    """
    number = {id(node): index for index, node in enumerate(nodes)}
    parents = [-1] * len(nodes)
    spots: list[Spot] = [(0, 0)] * len(nodes)
    home: dict[AgentId, int] = {}
    for index, node in enumerate(nodes):
        for agent in node.own:
            home.setdefault(agent, index)
        if id(node) in levels:
            continue
        for stage, child in enumerate(node.children):
            for place, each in enumerate(child.children if id(child) in levels else (child,)):
                parents[number[id(each)]] = index
                spots[number[id(each)]] = (stage, place)
    nesting = Nesting(parents)
    found: dict[int, list[tuple[Spot, Spot]]] = {}
    back: dict[int, list[tuple[Spot, Spot]]] = {}
    leaving: dict[int, set[int]] = {}
    for edge in graph.edges.values():
        if edge.kind in ("supervise", "share") or edge.on is not None:
            continue
        if edge.source in home and edge.target in home:
            place, first, second = nesting.meet(home[edge.source], home[edge.target])
            if place >= 0 and first >= 0 and second >= 0:
                kept = back if edge.loop else found
                kept.setdefault(id(nodes[place]), []).append((spots[first], spots[second]))
            if edge.loop:
                continue
            at = home[edge.source]
            for _ in range(NEAR):
                if at in (first, place) or parents[at] in (-1, place):
                    break
                leaving.setdefault(id(nodes[parents[at]]), set()).add(spots[at][0])
                at = parents[at]
    return found, back, leaving
