"""From a graph to its pattern tree: what is set aside, who belongs to whom, and the tree of what remains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from quartet.graph.model import AgentId, EdgeId, Graph
from quartet.patterns.aside import reports, standins, tools
from quartet.patterns.canonical import Item, is_plain
from quartet.patterns.drawing import Drawing, Link
from quartet.patterns.groups import Group, Level
from quartet.patterns.managers import managed
from quartet.patterns.nesting import Nesting
from quartet.patterns.outside import keepsakes, outsiders, switches
from quartet.patterns.private import private_steps
from quartet.patterns.solve import Solver
from quartet.patterns.steps import run
from quartet.patterns.supervision import Oversight, oversight
from quartet.patterns.tree import Doubt, FanOut, Leaf, Tree, with_children


@dataclass(slots=True)
class Interpretation:
    """A drawing's tree and what was found on the way to it."""

    drawing: Drawing
    tree: Tree | None
    attached: dict[AgentId, list[AgentId]]
    fallback: Mapping[AgentId, tuple[AgentId, ...]]
    settled: Oversight
    drawn_in: list[tuple[AgentId, list[AgentId]]] = field(default_factory=list)
    """Supervisors, and the agents on a way between their workers that they do not oversee."""
    entangled: list[tuple[EdgeId, ...]] = field(default_factory=list)
    guessed_start: bool = False
    loops: frozenset[EdgeId] = frozenset()
    """Edges that were found to lead back."""
    own_fan_out: bool = False
    looked_at: int = 0
    """Edges looked at for cycles, each as often as it was: what cycles in cycles cost beside the size."""


def interpret(graph: Graph) -> Interpretation:
    """Find the tree of a graph."""
    drawing = Drawing(graph)
    ids, roles = drawing.ids, drawing.roles
    helpers = standins(drawing)
    absent = {agent for agents in helpers.values() for agent in agents}
    links = [link for link in drawing.links if link.source not in absent and link.target not in absent]
    watch = [link for link in drawing.oversight if link.source not in absent and link.target not in absent]
    outside = outsiders(drawing, links, watch) | keepsakes(drawing, links, watch)
    absent |= outside.keys()
    links = [link for link in links if link.source not in outside and link.target not in outside]
    passed_on = switches(drawing, links, watch)
    links, watch = _through(links, passed_on), _through(watch, passed_on)
    links, watch, own_fan_out = reports(links, watch)
    belongs = tools(drawing, links, watch, absent | passed_on.keys()) | passed_on
    belongs = {relay: belongs.get(agent, agent) for relay, agent in belongs.items()}
    absent |= belongs.keys()
    links = _through(links, belongs)
    watch = [link for link in watch if link.source not in belongs and link.target not in belongs]
    settled = oversight(watch)
    links += [replace(link, kind="handoff", conditional=True) for link in settled.peers]
    links += settled.steps
    incoming = {link.target for link in links}
    outgoing = {link.source for link in links}
    bosses = set(settled.boss.values())
    events = {
        agent
        for agent, role in enumerate(roles)
        if role == "trigger"
        and agent not in incoming
        and agent in outgoing
        and agent not in absent
        and agent not in bosses
    }
    solver = Solver(drawing, absent, events)
    solver.calls, solver.drawn = settled.calls, not settled.steps
    for relay, agent in (*belongs.items(), *outside.items()):
        solver.attached[ids[belongs.get(agent, agent)]].append(ids[relay])
    loops = [link for link in drawing.loops if link.source not in absent and link.target not in absent]
    top = _levels(drawing, solver, settled, links, loops)
    items: list[Item] = run(solver.level(top, -1))
    tree = _whole(drawing, solver, items)
    fallback = {ids[agent]: tuple(ids[each] for each in each_) for agent, each_ in helpers.items()}
    if tree is not None and fallback:
        tree = with_fallbacks(tree, fallback)
    drawn_in = [
        (ids[solver.groups[host].head], [ids[unit] for unit in units if unit < solver.count])
        for host, units in solver.drawn_in
        if solver.groups[host].kind == "supervised"
    ]
    return Interpretation(
        drawing,
        tree,
        dict(solver.attached),
        fallback,
        settled,
        drawn_in,
        [_crossing(levels, wires) for levels, wires in solver.entangled],
        solver.guessed_start,
        frozenset(solver.loops),
        bool(own_fan_out),
        solver.looked_at,
    )


def _through(links: list[Link], belongs: Mapping[int, int]) -> list[Link]:
    """The links with those of relays taken for their agent's own."""
    if not belongs:
        return links
    found = []
    for link in links:
        source, target = belongs.get(link.source, link.source), belongs.get(link.target, link.target)
        if source != target:
            found.append(
                link if (source, target) == (link.source, link.target) else replace(link, source=source, target=target)
            )
    return found


def _levels(drawing: Drawing, solver: Solver, settled: Oversight, links: list[Link], loops: list[Link]) -> Level:
    """Sort units, links and shares by the supervisor's group in which their ends meet; returns the outermost level."""
    count = len(drawing.ids)
    group_of: dict[int, int] = {}
    for boss in dict.fromkeys(settled.boss[worker] for worker in sorted(settled.boss)):
        group_of[boss] = solver.new_group(Group("supervised", [], head=boss, open=True))[0]
    parents = [-1] * (count + len(group_of))
    for worker, boss in settled.boss.items():
        parents[group_of.get(worker, worker)] = group_of[boss]
    for boss, number in group_of.items():
        parents[boss] = number
    if group_of:
        ways = [(link.source, link.target) for link in (*links, *loops)]
        for worker, steps in private_steps(ways, settled.boss, group_of):
            place = group_of[settled.boss[worker]]
            for step in steps:
                parents[step] = place
            solver.drawn_in.append((place, steps))
        _place_events_and_boards(drawing, solver, settled, links, parents)
    nesting = Nesting(parents)
    levels: dict[int, Level] = {group: Level([]) for group in (-1, *group_of.values())}
    for unit, parent in enumerate(parents):
        if unit not in solver.absent:
            levels[parent].units.append(unit)
    if not group_of:
        levels[-1].wires = [(link.source, link.target, link) for link in links]
    for link in links if group_of else ():
        place, first, second = nesting.meet(link.source, link.target)
        levels[place].wires.append((first, second, link))
    for link in loops:
        place, first, second = nesting.meet(link.source, link.target)
        if first >= 0:
            levels[place].loops.append((first, second, link))
        else:
            levels[parents[link.source]].loops.append((link.source, link.source, link))
    for board, peer in drawing.shares:
        if board not in solver.absent and peer not in solver.absent:
            place, first, second = nesting.meet(board, peer)
            if first == board:
                levels[place].shares.append((board, second))
    solver.parents = parents
    for number in group_of.values():
        group, level = solver.groups[number], levels[number]
        group.units, group.wires, group.loops, group.shares = level.units, level.wires, level.loops, level.shares
    return levels[-1]


def _place_events_and_boards(
    drawing: Drawing, solver: Solver, settled: Oversight, links: list[Link], parents: list[int]
) -> None:
    """Put an event into the group whose workers it starts, and a board into the group whose workers share it."""
    nesting = Nesting(parents)
    ends: defaultdict[int, list[int]] = defaultdict(list)
    for link in links:
        if link.source in solver.events:
            ends[link.source].append(link.target)
    for board, peer in drawing.shares:
        if board not in settled.boss and peer not in solver.absent:
            ends[board].append(peer)
    for beside, others in ends.items():
        place = parents[others[0]]
        heads = {others[0]}
        for other in others[1:]:
            place = nesting.meet(place, other)[0] if place >= 0 else -1
            heads.add(other)
        if place >= 0 and beside in solver.events and solver.groups[place].head in heads:
            place = parents[place]
        parents[beside] = place


def _whole(drawing: Drawing, solver: Solver, items: list[Item]) -> Tree | None:
    """The tree of the whole drawing from the trees of its unconnected parts."""
    trees: list[Tree] = []
    for item in items:
        if item.tree is not None:
            tree = managed(item.tree, drawing, solver.attached)
            if isinstance(tree, FanOut) and is_plain(tree):
                trees.extend(tree.branches)
            else:
                trees.append(tree)
    if not trees:
        idle = [agent for agent, role in enumerate(drawing.roles) if role == "trigger" and agent not in solver.absent]
        return Leaf(drawing.ids[idle[0]]) if len(idle) == 1 else None
    if len(trees) == 1:
        return trees[0]
    return FanOut(branches=tuple(trees), doubt=Doubt("medium", ()))


def with_fallbacks(tree: Tree, fallback: Mapping[AgentId, tuple[AgentId, ...]]) -> Tree:
    """The tree with each part's fallbacks noted at the part that holds the agent they stand in for."""
    made: dict[int, Tree] = {}
    for node in list(tree.walk())[::-1]:
        if isinstance(node, Leaf):
            made[id(node)] = node
            continue
        held = [child.agent for child in node.children if isinstance(child, Leaf)] + list(node.own)
        marks = tuple((agent, fallback[agent]) for agent in held if agent in fallback)
        changed = with_children(node, tuple(made[id(child)] for child in node.children))
        made[id(node)] = replace(changed, fallback=marks) if marks else changed
    return made[id(tree)]


def _crossing(levels: list[list[int]], wires: list[tuple[int, int, Link]]) -> tuple[EdgeId, ...]:
    """The edges of an entangled part that keep it from being one thing after the other."""
    at = {unit: number for number, units in enumerate(levels) for unit in units}
    inside = [wire for wire in wires if wire[0] in at and wire[1] in at]
    skipping = [link.id for source, target, link in inside if at[target] - at[source] > 1]
    return tuple(skipping or [link.id for _, _, link in inside])
