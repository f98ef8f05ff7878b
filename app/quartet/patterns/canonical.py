"""From an order of units to the pattern tree: loops marked, triggers and collectors taken, nothing nested in vain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from quartet.graph.model import AgentId
from quartet.patterns.dependencies import Order, Parallel, Series, Tangle, decompose
from quartet.patterns.groups import Level
from quartet.patterns.nesting import Nesting
from quartet.patterns.tree import Doubt, FanOut, Leaf, Pipeline, Supervisor, Swarm, Tree


@dataclass(slots=True)
class Item:
    """A tree on its way into a bigger one."""

    tree: Tree | None
    """None: nothing but events and boards that nobody works at."""
    bare: bool = False
    """A single agent that another part may take as its trigger or collector."""
    events: list[AgentId] = field(default_factory=list)
    """Events that start whatever comes next."""


@dataclass(slots=True)
class Assembly:
    """What is known of the units of one level while its tree is put together."""

    tree: Callable[[int], Tree | None]
    """The tree of a unit; None for boards, which are no stages."""
    event: Callable[[int], bool]
    collects: Callable[[AgentId], bool]
    """Whether an agent is a collector by kind."""
    attach: Callable[[AgentId, AgentId], None]
    """Note that the second agent, an event, belongs to the first."""
    entangled: Callable[[list[list[int]], Level], None]
    reviews: Callable[[int], bool]
    """Whether a unit is a person, who sends work back by looking at it: a step, and no loop of agents."""

    def build(self, level: Level) -> Item:
        """The tree of a level whose wires lead nowhere back."""
        place = {unit: index for index, unit in enumerate(level.units)}
        order = decompose(len(level.units), ((place[a], place[b]) for a, b, _ in level.wires if a != b))
        return _Builder(self, level, order, place).build()


class _Builder:
    def __init__(self, assembly: Assembly, level: Level, order: Order, place: dict[int, int]) -> None:
        self.assembly, self.level = assembly, level
        nodes: list[Order] = [order]
        parents = [-1]
        at = [0]
        home = [0] * len(level.units)
        for index, node in enumerate(nodes):  # grows while it is read: parents before children
            if isinstance(node, Series | Parallel):
                for position, child in enumerate(node.items):
                    nodes.append(child)
                    parents.append(index)
                    at.append(position)
            elif isinstance(node, Tangle):
                for vertices in node.levels:
                    for vertex in vertices:
                        home[vertex] = index
            else:
                home[node] = index
        self.nodes, self.parents, self.at = nodes, parents, at
        self.first = self._first(home)
        self.runs: dict[int, list[tuple[int, int]]] = {}
        self.reviewed: dict[int, list[tuple[tuple[int, int], int]]] = {}
        """The runs that lead back from a person, with the place of that person in the series."""
        self.whole: set[int] = set()
        """Nodes that are one loop as a whole."""
        self.inferred: set[int] = set()
        self.free: set[int] = set()
        """Parallel nodes with a way in that is always taken."""
        self.chosen: set[int] = set()
        """Parallel nodes with a conditional way in."""
        if len(nodes) == 1:
            self.whole.update(0 for _ in level.loops)
            return
        nesting = Nesting(parents)
        for source, target, link in level.wires:
            node, first, second = nesting.meet(home[place[source]], home[place[target]])
            if not link.stated:
                self.inferred.add(node)
            if second >= 0 and isinstance(nodes[second], Parallel):
                (self.chosen if link.conditional else self.free).add(second)
        for source, target, link in level.loops:
            node, first, second = nesting.meet(home[place[source]], home[place[target]])
            if not link.stated:
                self.inferred.add(node)
            if first < 0 or second < 0 or isinstance(nodes[node], Tangle):
                self.whole.add(node)
            else:
                ends = (at[first], at[second])
                run = (min(ends), max(ends))
                self.runs.setdefault(node, []).append(run)
                if nodes[first] == place[source] and self.assembly.reviews(source):
                    self.reviewed.setdefault(node, []).append((run, at[first]))

    def _first(self, home: list[int]) -> list[int]:
        """The first vertex of each node: what does not relate is told in the order of the drawing."""
        first = [len(home)] * len(self.nodes)
        for vertex, node in enumerate(home):
            first[node] = min(first[node], vertex)
        for index in range(len(self.nodes) - 1, 0, -1):
            first[self.parents[index]] = min(first[self.parents[index]], first[index])
        return first

    def build(self) -> Item:
        made: dict[int, Item] = {}
        children: dict[int, list[int]] = {}
        for index in range(1, len(self.nodes)):
            children.setdefault(self.parents[index], []).append(index)
        for index in reversed(range(len(self.nodes))):
            node = self.nodes[index]
            under = children.get(index, [])
            below = [made.pop(child) for child in under]
            if isinstance(node, Series):
                made[index] = self._series(index, below)
            elif isinstance(node, Parallel):
                made[index] = self._parallel(index, under, below)
            elif isinstance(node, Tangle):
                made[index] = self._tangle(index, node)
            else:
                made[index] = self._unit(self.level.units[node], index in self.whole)
        return made[0]

    def _unit(self, unit: int, loop: bool) -> Item:
        tree = self.assembly.tree(unit)
        if tree is None:
            return Item(None)
        if isinstance(tree, Leaf):
            if self.assembly.event(unit):
                return Item(None, events=[tree.agent])
            return Item(replace(tree, loop=True)) if loop or tree.loop else Item(tree, bare=True)
        return Item(replace(tree, loop=True) if loop else tree)

    # parallel ----------------------------------------------------------------------------------------------------

    def _parallel(self, index: int, under: list[int], items: list[Item]) -> Item:
        runs = self.runs.get(index)
        if runs:
            leader = list(range(len(items)))
            for low, high in runs:
                first, second = low, high
                while leader[first] != first:
                    first = leader[first]
                while leader[second] != second:
                    second = leader[second]
                leader[max(first, second)] = min(first, second)
            together: dict[int, list[Item]] = {}
            for position, item in enumerate(items):
                root = position
                while leader[root] != root:
                    root = leader[root]
                together.setdefault(root, []).append(item)
            if len(together) == 1:
                self.whole.add(index)
            else:
                items = [self._fan(-1, group, True) if len(group) > 1 else group[0] for group in together.values()]
            return self._fan(index, items, index in self.whole)
        in_order = sorted(range(len(items)), key=lambda position: self.first[under[position]])
        return self._fan(index, [items[position] for position in in_order], False)

    def _fan(self, index: int, items: list[Item], loop: bool) -> Item:
        events = [event for item in items for event in item.events]
        trees: list[Tree] = []
        for item in items:
            if item.tree is None:
                continue
            if is_open(item.tree) and isinstance(item.tree, FanOut) and not item.tree.dynamic:
                trees.extend(item.tree.branches)
            else:
                trees.append(item.tree)
        if not trees:
            return Item(None, events=events)
        if len(trees) == 1:
            return Item(trees[0], bare=is_bare(trees[0]), events=events)
        exclusive = index in self.chosen and index not in self.free
        fan = FanOut(branches=tuple(trees), exclusive=exclusive, loop=loop, inferred=index in self.inferred)
        return Item(fan, events=events)

    def _tangle(self, index: int, node: Tangle) -> Item:
        units = [[self.level.units[vertex] for vertex in vertices] for vertices in node.levels]
        items = [self._fan(-1, [self._unit(unit, False) for unit in each], False) for each in units]
        stages = tuple(item.tree for item in items if item.tree is not None)
        events = [event for item in items for event in item.events]
        if len(stages) < 2:
            return Item(stages[0] if stages else None, events=events)
        self.assembly.entangled(units, self.level)
        inferred = index in self.inferred
        pipeline = Pipeline(stages=stages, entangled=True, loop=index in self.whole, inferred=inferred)
        doubt = Doubt("medium", (("fan_out", "Its steps are neither independent nor strictly one after the other."),))
        return Item(replace(pipeline, doubt=doubt), events=events)

    # series ------------------------------------------------------------------------------------------------------

    def _series(self, index: int, items: list[Item]) -> Item:
        """The items of a series, with each run that leads back made one item."""
        last = len(items) - 1
        found = list(self.runs.get(index, []))
        for reviewed, person in self.reviewed.get(index, []):
            reviewer = items[person].tree
            if reviewed != (0, last) and isinstance(reviewer, Leaf):
                found.remove(reviewed)
                items[person] = Item(replace(reviewer, loop=True), events=items[person].events)
        runs = laminar(found)
        if (0, last) in runs:
            runs.remove((0, last))
            self.whole.add(index)
        opening: dict[int, list[int]] = {}
        for low, high in runs:
            opening.setdefault(low, []).append(high)
        stack: list[tuple[int, list[Item]]] = [(last, [])]
        for position, item in enumerate(items):
            stack.extend((high, []) for high in sorted(opening.get(position, ()), reverse=True))
            stack[-1][1].append(item)
            while len(stack) > 1 and stack[-1][0] == position:
                _, run = stack.pop()
                stack[-1][1].append(self._sequence(index, run, True))
        return self._sequence(index, stack[0][1], index in self.whole)

    def _sequence(self, index: int, items: list[Item], loop: bool) -> Item:
        """One series: parallel parts take the agents beside them, what is left are the stages of a pipeline."""
        stages, starting, leaving = self._stages(items)
        absorb(stages, self.assembly.collects)
        trees: list[Tree] = []
        for item in stages:
            assert item.tree is not None
            if isinstance(item.tree, Pipeline) and not (item.tree.loop or item.tree.entangled or item.tree.trigger):
                trees.extend(item.tree.stages)
            else:
                trees.append(item.tree)
        if not trees:
            return Item(None, events=[*starting, *leaving])
        if len(trees) == 1:
            tree = trees[0]
            if not isinstance(tree, Leaf) and (loop or index in self.inferred):
                tree = replace(tree, loop=tree.loop or loop, inferred=tree.inferred or index in self.inferred)
            item = Item(tree, bare=is_bare(tree))
        else:
            inferred = index in self.inferred
            item = Item(Pipeline(stages=tuple(trees), loop=loop, inferred=inferred))
        item = self._started(item, starting)
        item.events = leaving
        return item

    def _stages(self, items: list[Item]) -> tuple[list[Item], list[AgentId], list[AgentId]]:
        """The items that are work, the events before the first of them, and events after which nothing comes."""
        stages: list[Item] = []
        starting: list[AgentId] = []
        waiting: list[AgentId] = []
        for item in items:
            if item.tree is None:
                waiting += item.events
                continue
            if waiting and not stages:
                starting = waiting
            elif waiting:
                self._attach(item.tree, waiting)
            waiting = item.events
            stages.append(item)
        return stages, starting, waiting

    def _attach(self, tree: Tree, events: list[AgentId]) -> None:
        agent = next(iter(tree.workforce))
        for event in events:
            self.assembly.attach(agent, event)

    def _started(self, item: Item, events: list[AgentId]) -> Item:
        """The item with its event; one event becomes the trigger of the part, several or one too many stand beside."""
        tree = item.tree
        if not events or tree is None:
            return item
        if len(events) == 1 and isinstance(tree, Pipeline):
            first = tree.stages[0]
            if isinstance(first, FanOut) and first.trigger is None and not first.loop:
                started = replace(first, trigger=events[0])
                return Item(replace(tree, stages=(started, *tree.stages[1:])))
        if len(events) == 1 and not isinstance(tree, Leaf) and tree.trigger is None:
            return Item(replace(tree, trigger=events[0]))
        self._attach(tree, events)
        return item


def absorb(stages: list[Item], collects: Callable[[AgentId], bool]) -> None:
    """Let open parallel parts of a series take the bare agents beside them, read from left to right.

    The agent after a part is its collector first; a part after that agent keeps only what is left as its trigger. A
    collector by kind right after a supervisor or a swarm is theirs.
    """
    position = 0
    while position < len(stages):
        tree = stages[position].tree
        if isinstance(tree, FanOut) and is_open(tree):
            changes: dict[str, AgentId] = {}
            after = stages[position + 1] if position + 1 < len(stages) else None
            before = stages[position - 1] if position else None
            if after is not None and after.bare and isinstance(after.tree, Leaf):
                changes["collector"] = after.tree.agent
                del stages[position + 1]
            if before is not None and before.bare and isinstance(before.tree, Leaf):
                changes["trigger"] = before.tree.agent
                del stages[position - 1]
                position -= 1
            stages[position] = Item(replace(tree, **changes))  # type: ignore[arg-type]
        elif isinstance(tree, Supervisor | Swarm) and not tree.loop and position + 1 < len(stages):
            after = stages[position + 1]
            if after.bare and isinstance(after.tree, Leaf) and collects(after.tree.agent):
                stages[position] = Item(replace(tree, collector=after.tree.agent))
                del stages[position + 1]
        position += 1


def laminar(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The runs with those that cross joined, so that any two are nested or apart."""
    found: list[tuple[int, int]] = []
    around: list[tuple[int, int]] = []
    for low, high in sorted(set(runs), key=lambda run: (run[0], -run[1])):
        while around and around[-1][1] < low:
            found.append(around.pop())
        while around and around[-1][1] < high:
            low, _ = around.pop()
        around.append((low, high))
    return found + around


def is_open(tree: Tree) -> bool:
    """Whether a tree is a parallel part that may still take a trigger or a collector."""
    return isinstance(tree, FanOut) and tree.trigger is None and tree.collector is None and not tree.loop


def is_bare(tree: Tree) -> bool:
    """Whether a tree is a single agent and nothing else."""
    return isinstance(tree, Leaf) and not tree.loop


def is_plain(fan: FanOut) -> bool:
    """Whether a fan-out says nothing but that its branches do not relate."""
    return not (fan.trigger or fan.collector or fan.loop or fan.dynamic or fan.exclusive)
