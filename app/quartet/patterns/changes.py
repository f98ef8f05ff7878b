"""The smallest change that would make a part of a drawing another pattern: what the verdict hangs on.

Candidates are drawn the way a person would redraw the part. Each is applied to a copy and classified, and what can be
left out of it is left out, so that every change told here does what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quartet.graph.edits import Add, Edit, EditError, Remove, Set, apply, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, EdgeKind, Graph
from quartet.graph.names import fresh_edge_id, fresh_id, fresh_name, used_ids
from quartet.patterns.change_words import sentence
from quartet.patterns.few_edits import fewer
from quartet.patterns.interpret import interpret
from quartet.patterns.tree import FanOut, Inner, Leaf, Pattern, Pipeline, Supervisor, Swarm, Tree

PATTERNS: tuple[Pattern, ...] = ("pipeline", "fan_out", "supervisor", "swarm")
MOST_AGENTS = 400
"""In a larger part a change of this size is no longer one that a person would make."""
MOST_EDGES = 4_000
"""With more edges every try takes a second, and no few of them would be what matters."""
MOST_EDITS = 40
ONE = 10_000
"""So many agents and edges are looked at to find one change, half a second: what takes longer is not small."""


@dataclass(frozen=True, slots=True)
class Change:
    """What would make a part another pattern."""

    to: Pattern
    text: str
    """What is drawn differently, as one sentence."""
    edits: tuple[Edit, ...]
    """Applied to the graph they make the part that pattern."""
    edges: tuple[EdgeId, ...]
    """The edges of today's drawing that it concerns: what the verdict hangs on."""


class Effort:
    """How much is tried before it is given up: agents and edges looked at, for one answer and for all together."""

    def __init__(self, whole: int | None = None, told: Callable[[], object] = lambda: None) -> None:
        self.whole = whole
        self.told = told
        """Called before each try; may raise what ends the search."""
        self.undecided: tuple[Pattern, ...] = ()
        """The patterns of which the last search did not find out whether a small change leads to them."""
        self._one = ONE

    @property
    def spent(self) -> bool:
        """Whether there is nothing left for another answer."""
        return self.whole is not None and self.whole <= 0

    def begin(self) -> None:
        """Another answer is looked for."""
        self._one = ONE

    def use(self, size: int) -> None:
        """One try.

        Raises:
            _TooMuch: it is one too many.
        """
        self.told()
        if self._one < size or self.spent:
            raise _TooMuch
        self.pay(size)

    def pay(self, size: int) -> None:
        """What was tried was that much work more: cycles in cycles are looked at more than once."""
        self._one -= size
        if self.whole is not None:
            self.whole -= size


class _TooMuch(Exception):  # noqa: N818  # nothing is wrong
    """What was looked for is not found with little effort."""


def changes(graph: Graph, part: Inner, effort: Effort | None = None) -> tuple[Change, ...]:
    """For each other pattern the smallest change found that makes `part`, of the tree of `graph`, that pattern.

    In a small part none is smaller (see `few_edits`). A pattern that takes more than redrawing some edges is left out,
    and so is what takes more tries than `effort` allows, or a part too large to redraw by hand: those patterns are
    `effort.undecided` then.
    """
    effort = effort or Effort()
    others = tuple(pattern for pattern in PATTERNS if pattern != part.pattern)
    sketch = _sketch(graph, part, effort)
    effort.undecided = others if sketch is None else ()
    if sketch is None:
        return ()
    return tuple(change for pattern in others if (change := sketch.smallest(pattern)) is not None)


def redrawn(graph: Graph, part: Inner, pattern: Pattern) -> Change | None:
    """How a person would redraw `part` as `pattern`: perhaps more edits than the smallest change, but all of it."""
    sketch = _sketch(graph, part, Effort())
    try:
        return sketch.towards(pattern) if sketch is not None else None
    except _TooMuch:
        return None


def _sketch(graph: Graph, part: Inner, effort: Effort) -> _Sketch | None:
    """None: the part is too large to redraw by hand."""
    if len(part.agents) > MOST_AGENTS:
        return None
    sketch = _Sketch(graph, part, effort)
    return sketch if len(sketch.graph.edges) <= MOST_EDGES else None


class _Sketch:
    """One part, and what would have to be drawn differently."""

    def __init__(self, graph: Graph, part: Inner, effort: Effort) -> None:
        self.whole, self.part, self.effort = graph, part, effort
        inside = part.agents
        self.graph = Graph(
            agents={id: agent for id, agent in graph.agents.items() if id in inside},
            edges={id: edge for id, edge in graph.edges.items() if edge.source in inside and edge.target in inside},
        )
        self.used = used_ids(graph)
        events = {agent for node in part.walk() for agent in node.own if graph.agents[agent].kind == "trigger"}
        self.workers = frozenset(part.workforce) - events
        self.children = list(part.children)
        self.at = {agent: index for index, child in enumerate(self.children) for agent in child.agents}
        self.between = [
            edge
            for edge in self.graph.edges.values()
            if edge.on is None and self.at.get(edge.source, -1) != self.at.get(edge.target, -2)
        ]
        """The edges between its children, and between them and its own agents."""

    def smallest(self, pattern: Pattern) -> Change | None:
        """The smallest change to that pattern; None if none was found, `effort.undecided` says whether for too much
        to try."""
        known = None
        try:
            self.effort.begin()
            known = self.towards(pattern)
            most = len(known.edits) if known is not None else MOST_EDITS
            beside = {agent for node in self.part.walk() for agent in node.standins}
            steps = [agent for agent in self.graph.agents if agent not in beside]
            self.effort.begin()
            found = fewer(self.graph, pattern, steps, self.between, most, self._draw, self._as, self.leads_to)
        except _TooMuch:
            found = None
            if known is None:
                self.effort.undecided += (pattern,)
        return self._change(pattern, found) if found is not None else known

    def towards(self, pattern: Pattern) -> Change | None:
        """What a person would redraw to make it that pattern, without what that does not take."""
        best: list[Edit] | None = None
        for edits in self.candidates(pattern):
            if not edits or len(edits) > MOST_EDITS or (best is not None and len(edits) >= len(best)):
                continue
            if self.leads_to(pattern, edits):
                best = self.least(pattern, edits)
        return self._change(pattern, best) if best is not None else None

    def _change(self, pattern: Pattern, best: list[Edit]) -> Change:
        edges = tuple(EdgeId(edit.id) for edit in best if isinstance(edit, Set | Remove) and edit.section == "edges")
        return Change(pattern, sentence(self.whole, best), tuple(best), edges)

    def leads_to(self, pattern: Pattern, edits: Sequence[Edit]) -> bool:
        """Whether the part, drawn that way, is that pattern, nothing of it entangled and nobody left out."""
        self.effort.use(len(self.graph.agents) + len(self.graph.edges))
        copy = self.graph.model_copy(update={"agents": dict(self.graph.agents), "edges": dict(self.graph.edges)})
        try:
            apply(copy, edits)
        except EditError:
            return False
        read = interpret(copy)
        self.effort.pay(max(0, read.looked_at - len(copy.agents) - len(copy.edges)))
        tree = read.tree
        if tree is None or tree.pattern != pattern or not tree.agents >= self.workers:
            return False
        return not (isinstance(tree, Pipeline) and tree.entangled)

    def least(self, pattern: Pattern, edits: list[Edit]) -> list[Edit]:
        """The edits without those that it does not take."""
        left, before = list(edits), 0
        while len(left) != before:  # without one, another may be needed no more
            before = len(left)
            for edit in reversed(list(left)):
                fewer = [each for each in left if each is not edit]
                if fewer and self.leads_to(pattern, fewer):
                    left = fewer
        return left

    # candidates --------------------------------------------------------------------------------------------------

    def candidates(self, pattern: Pattern) -> Iterator[list[Edit]]:
        """Ways to redraw the part, those that a person would think of first before others."""
        heads = [_way_in(child) for child in self.children]
        tails = [_way_out(child) for child in self.children]
        match pattern:
            case "pipeline":
                yield from self._one_after_another(heads, tails)
            case "fan_out":
                yield from self._side_by_side(heads)
            case "supervisor":
                yield from self._overseen(heads)
            case "swarm":
                yield from self._handed_round(heads)

    def _one_after_another(self, heads: list[AgentId], tails: list[AgentId]) -> Iterator[list[Edit]]:
        part = self.part
        first = self._own_first()
        steps = list(zip(([first] if first else []) + tails, heads if first else heads[1:], strict=False))
        kept: dict[EdgeId, Edit | None] = {}
        drawn: list[Edit] = []
        for source, target in steps:
            edge = self._edge(source, target)
            if edge is None:
                drawn += self._draw(source, target)
            else:
                kept[edge.id] = self._as(edge, "flow")
        others = [edge for edge in self.between if edge.id not in kept and not self._is_end(edge)]
        changed = [edit for edit in kept.values() if edit is not None]
        if isinstance(part, FanOut):
            yield drawn
        yield [*changed, *drawn, *self._boards(), *(Remove(section="edges", id=edge.id) for edge in others)]
        yield [*changed, *drawn]

    def _side_by_side(self, heads: list[AgentId]) -> Iterator[list[Edit]]:
        part = self.part
        among = [edge for edge in self.between if edge.source in self.at and edge.target in self.at]
        if isinstance(part, Pipeline) and len(self.children) > 2 and isinstance(self.children[0], Leaf):
            first = self.children[0].agent
            edits: list[Edit] = []
            for head in heads[2:]:
                into = [edge for edge in among if edge.target == head and edge.source != first]
                edits += [Set(section="edges", id=edge.id, values={"source": first}) for edge in into[:1]]
                edits += [Remove(section="edges", id=edge.id) for edge in into[1:]]
            yield edits
        if isinstance(part, Supervisor):
            over = [edge for edge in self.between if edge.source == part.supervisor]
            back = [edge for edge in self.between if edge.target == part.supervisor]
            yield [
                *(edit for edge in over if (edit := self._as(edge, "flow")) is not None),
                *(Remove(section="edges", id=edge.id) for edge in back),
            ]
        if isinstance(part, Swarm):
            given = [edge for edge in among if edge.source == heads[0] and edge.target in heads]
            others = [edge for edge in among if edge not in given]
            yield [
                *(edit for edge in given if (edit := self._as(edge, "flow")) is not None),
                *self._boards(),
                *(Remove(section="edges", id=edge.id) for edge in others),
            ]
        yield [*self._boards(), *(Remove(section="edges", id=edge.id) for edge in among)]

    def _overseen(self, heads: list[AgentId]) -> Iterator[list[Edit]]:
        part = self.part
        bosses: list[AgentId] = []
        if isinstance(part, FanOut) and part.trigger is not None and self.graph.agents[part.trigger].kind != "trigger":
            bosses = [part.trigger]  # an event happens and is over: it watches nobody
        elif isinstance(part, Pipeline | Swarm):
            bosses = [child.agent for child in self.children if isinstance(child, Leaf)][:1]
        for boss in bosses:
            edits: list[Edit] = []
            for head in heads:
                if head == boss:
                    continue
                edge = self._edge(boss, head)
                edits += [] if edge is None else [edit for edit in [self._as(edge, "supervise")] if edit is not None]
                edits += self._draw(boss, head, "supervise") if edge is None else []
            if isinstance(part, Pipeline):
                yield [edit for edit in edits if isinstance(edit, Set)]
            if isinstance(part, Swarm):
                kept = {edit.id for edit in edits if isinstance(edit, Set)}
                among = [edge for edge in self.between if edge.id not in kept]
                yield [*edits, *self._boards(), *(Remove(section="edges", id=edge.id) for edge in among)]
            yield edits
        name = fresh_name(self.whole, "Supervisor")
        boss_id = fresh_id(self.whole, name, self.used)
        new = Add(section="agents", item=Agent(id=boss_id, kind="supervisor", name=name))
        yield [new, *(edit for head in heads for edit in self._draw(boss_id, head, "supervise"))]

    def _handed_round(self, heads: list[AgentId]) -> Iterator[list[Edit]]:
        part = self.part
        members = [part.supervisor, *heads] if isinstance(part, Supervisor) else heads
        edits: list[Edit] = []
        kept = set()
        ring = list(pairwise(members)) + ([(members[-1], members[0])] if len(members) > 1 else [])
        for source, target in ring:
            edge = self._edge(source, target)
            if edge is None:
                edits += self._draw(source, target, "handoff")
            else:
                kept.add(edge.id)
                edits += [edit for edit in [self._as(edge, "handoff")] if edit is not None]
        over = [edge for edge in self.between if edge.kind == "supervise" and edge.id not in kept]
        yield [*edits, *(Remove(section="edges", id=edge.id) for edge in over)]
        yield [*edits, *(edit for edge in over if (edit := self._as(edge, "handoff")) is not None)]

    # drawing -----------------------------------------------------------------------------------------------------

    def _own_first(self) -> AgentId | None:
        part = self.part
        return part.supervisor if isinstance(part, Supervisor) else None

    def _is_end(self, edge: Edge) -> bool:
        ends = {self.part.trigger, self.part.collector}
        return edge.source in ends or edge.target in ends

    def _boards(self) -> list[Edit]:
        board = getattr(self.part, "board", None)
        return removal(self.graph, [board]) if board is not None else []

    def _edge(self, source: AgentId, target: AgentId) -> Edge | None:
        return next((edge for edge in self.between if (edge.source, edge.target) == (source, target)), None)

    def _draw(self, source: AgentId, target: AgentId, kind: EdgeKind = "flow") -> list[Edit]:
        id = fresh_edge_id(self.whole, source, target, self.used)
        return [Add(section="edges", item=Edge(id=id, source=source, target=target, kind=kind))]

    def _as(self, edge: Edge, kind: EdgeKind) -> Edit | None:
        if edge.kind == kind and not edge.loop:
            return None
        flow_only = ("when", "on", "loop", "max_iterations", "on_limit")
        values = {"kind": kind, **{name: None for name in flow_only if getattr(edge, name)}}
        if edge.inferred is not None:
            values["inferred"] = None
        return Set(section="edges", id=edge.id, values=values)


def _way_in(tree: Tree) -> AgentId:
    """The agent at which work enters a part."""
    while not isinstance(tree, Leaf):
        if isinstance(tree, Supervisor):
            return tree.supervisor
        if tree.trigger is not None:
            return tree.trigger
        tree = tree.children[0]
    return tree.agent


def _way_out(tree: Tree) -> AgentId:
    """The agent at which work leaves a part."""
    while not isinstance(tree, Leaf):
        if isinstance(tree, Supervisor):
            return tree.supervisor
        if tree.collector is not None:
            return tree.collector
        tree = tree.children[-1]
    return tree.agent
