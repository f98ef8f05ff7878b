"""From a drawing to its tree, from the inside out: groups are contracted, what remains is an order.

Steps that need the tree of a part first ask for it by `yield`, and `steps.run` answers them from a list of its own:
so groups may be nested as deep as there are agents.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from quartet.graph.cycles import closing_edges
from quartet.graph.model import AgentId, EdgeId
from quartet.patterns.canonical import Assembly, Item, is_plain
from quartet.patterns.drawing import Drawing
from quartet.patterns.groups import Group, Level, Wire, connected, cyclic
from quartet.patterns.hanging import led_with_their_own
from quartet.patterns.jobs import alike
from quartet.patterns.managers import managed
from quartet.patterns.private import private_steps
from quartet.patterns.rounds import entered_at, first_entries, left_early, steps_before, turning_back, with_all_parts
from quartet.patterns.steps import Steps
from quartet.patterns.swarms import ONLY_SHAPE, Known, led_by, mutual_parts, read, sharing, strong_parts
from quartet.patterns.tree import FanOut, Leaf, Supervisor, Swarm, Tree

PATIENCE = 20_000
"""Cycles in cycles are looked at level by level, inwards, until so many wires were; what is left are loops."""
DEEPEST = 20
"""So often each wire may be looked at for that, at all levels together."""


class Solver:
    """Finds the tree of each level. Agents are numbered from 0, groups from the number of agents on."""

    def __init__(self, drawing: Drawing, absent: set[int], events: set[int]) -> None:
        self.drawing = drawing
        self.count = len(drawing.ids)
        self.absent = absent
        self.events = events
        self.groups: dict[int, Group] = {}
        self.trees: dict[int, Tree] = {}
        self.next_group = self.count
        self.parents: list[int] = []
        """The group that a unit is in by supervision; -1 for none."""
        self.attached: defaultdict[AgentId, list[AgentId]] = defaultdict(list)
        self.entangled: list[tuple[list[list[int]], list[Wire]]] = []
        self.drawn_in: list[tuple[int, list[int]]] = []
        """Groups, and the units that stand on a way between their members."""
        self.guessed_start = False
        self.loops: set[EdgeId] = set()
        """Edges that were found to lead back."""
        self._users: dict[int, int] | None = None
        """By board the first agent that shares it, found when a group shares a board."""
        self.under: set[int] = set()
        """Units that go to and fro with a supervisor."""
        self.looked_at = self.turned = 0
        """Wires looked at for cycles, and for loops in loops."""
        self._agent_groups: dict[int, int] | None = None
        self._split: set[int] = set()
        """Dynamic units that are already inside the group that stands for their copies."""
        self.calls: set[EdgeId] = set()
        """Edges between workers of one supervisor that say who asks whom, not what comes first."""
        self.drawn = False
        """All wires are links of the drawing itself; none was made of an edge of supervision."""
        self.assembly = Assembly(
            tree=self.tree_of,
            event=lambda unit: unit in events,
            collects=lambda agent: drawing.roles[drawing.number[agent]] == "collector",
            attach=lambda agent, event: self.attached[agent].append(event),
            entangled=lambda levels, level: self.entangled.append((levels, level.wires)),
            reviews=lambda unit: unit < self.count and drawing.graph.agents[drawing.ids[unit]].kind == "human",
        )

    def tree_of(self, unit: int) -> Tree | None:
        """The tree of a unit whose group, if it is one, has been solved."""
        if unit < self.count:
            return None if self.drawing.roles[unit] == "board" else Leaf(self.drawing.ids[unit])
        return self.trees.get(unit)

    def new_group(self, group: Group) -> tuple[int, Group]:
        number = self.next_group
        self.next_group += 1
        self.groups[number] = group
        return number, group

    # levels ------------------------------------------------------------------------------------------------------

    def level(self, level: Level, place: int) -> Steps:
        """The items of a level, one for each of its weakly connected parts. `place`: the group it is in, or -1."""
        self.gather(level, place)
        items: list[Item] = []
        for part in level.components():
            item = yield self.connected(part)
            items.append(item)
        return items

    def connected(self, level: Level) -> Steps:
        """The item of a connected level."""
        if len(level.units) > 1:
            self.settle(level)
            self.go_round(level)
        for unit in level.units:
            if unit in self.groups and unit not in self.trees:
                tree = yield self.group(unit)
                if tree is not None:
                    self.trees[unit] = tree
        return self.assembly.build(level)

    def group(self, number: int) -> Steps:
        """The tree of a group."""
        group = self.groups[number]
        if group.kind == "dynamic":
            items = yield self.level(Level(group.units, group.wires, group.loops, group.shares), number)
            trees = [item.tree for item in items if item.tree is not None]
            inferred = any(not link.stated for _, _, link in group.wires)
            if not trees:
                return None
            branch = trees[0] if len(trees) == 1 else FanOut(branches=tuple(trees))
            return FanOut(branches=(branch,), dynamic=True, inferred=inferred)
        if group.kind == "swarm":
            return (yield self.swarm(group))
        if group.kind == "loop":
            item = yield self.connected(Level(group.units, group.wires, group.loops, group.shares))
            return item.tree
        return (yield self.supervised(number, group))

    def supervised(self, number: int, group: Group) -> Steps:
        head = group.head
        boss = self.drawing.ids[head]
        aside = {head, *group.relays}
        for relay in group.relays:
            self.attached[boss].append(self.drawing.ids[relay])
        units = [unit for unit in group.units if unit not in aside]
        wires = [
            wire for wire in group.wires
            if wire[0] not in aside and wire[1] not in aside and wire[2].id not in self.calls
        ]  # fmt: skip
        loops = [wire for wire in group.loops if wire[0] not in aside and wire[1] not in aside]
        answering = {source for source, target, _ in group.wires if target in aside}
        self.under.update(target for source, target, _ in group.wires if source in aside and target in answering)
        again = any(source == target == head for source, target, _ in group.loops)
        # a board that its supervisor uses as well is the workers’; one that only the supervisor uses stands beside it
        shares = [share for share in group.shares if share[1] not in aside]
        theirs = {board for board, _ in shares}
        own = dict.fromkeys(board for board, user in group.shares if user in aside and board not in theirs)
        self.attached[boss] += [self.drawing.ids[board] for board in own]
        items = yield self.level(Level(units, wires, loops, shares), number)
        workers: list[Tree] = []
        for item in items:
            for event in item.events:
                self.attached[boss].append(event)
            tree = managed(item.tree, self.drawing, self.attached) if item.tree and group.hanging else item.tree
            if isinstance(tree, FanOut) and is_plain(tree):
                workers.extend(tree.branches)
            elif tree is not None:
                workers.append(tree)
        if not workers:
            return Leaf(boss, again)
        inferred = any(not link.stated for _, _, link in group.wires)
        return Supervisor(supervisor=boss, workers=tuple(workers), loop=again, inferred=inferred, doubt=group.doubt)

    def swarm(self, group: Group) -> Steps:
        members: list[Tree] = []
        boards = [] if group.board < 0 else [self.drawing.ids[group.board]]
        for unit in group.units:
            if unit in self.groups and unit not in self.trees:
                tree = yield self.group(unit)
                if tree is not None:
                    self.trees[unit] = tree
            found = self.tree_of(unit)
            if isinstance(found, Leaf) and any(source == target == unit for source, target, _ in group.loops):
                found = Leaf(found.agent, True)
            if isinstance(found, Swarm):
                members.extend(found.members)
                boards += [found.board] if found.board is not None else []
            elif found is not None:
                members.append(found)
            elif unit < self.count and unit != group.board:
                boards.append(self.drawing.ids[unit])
        inferred = any(not link.stated for _, _, link in group.wires)
        if len(members) < 2:
            return members[0] if members else None
        if boards[1:]:
            self.attached[members[0].workforce[0]] += boards[1:]
        return Swarm(members=tuple(members), board=boards[0] if boards else None, inferred=inferred, doubt=group.doubt)

    # groups of a level -------------------------------------------------------------------------------------------

    def gather(self, level: Level, place: int) -> None:
        """Contract what is a group whatever it is connected to: dynamic agents, and the peers of a board."""
        if place in self._split:  # the copies of the whole group count once
            self._split.update(level.units)
        copies = [unit for unit in level.units if self.is_dynamic(unit) and unit not in self._split]
        if copies:
            self._split.update(copies)
            some = set(copies)
            pairs = [(wire[0], wire[1]) for wire in level.wires if wire[0] in some and wire[1] in some]
            pairs += [share for share in level.shares if share[0] in some and share[1] in some]
            level.contract([self.new_group(Group("dynamic", units, open=True)) for units in connected(copies, pairs)])
        shares = [share for share in level.shares if share[0] < self.count]
        if not shares:
            return
        users = Counter(board for board, _ in shares)
        blocks = []
        known = self.known(level)
        parts = connected(dict.fromkeys(end for pair in shares for end in pair), shares)
        for units, (_, wires, around) in zip(parts, level.sorted(parts, level.wires), strict=True):
            boards = dict.fromkeys(unit for unit in units if unit < self.count and self.drawing.roles[unit] == "board")
            peers = [unit for unit in units if unit not in boards]
            if len(peers) > 1:
                main = max(boards, key=users.__getitem__)
                inside = [wire for wire in wires if boards.keys().isdisjoint(wire[:2])]
                head = led_by(peers, inside, around, known) if inside else -1
                group = Group("swarm", units, board=main, doubt=sharing(peers, inside), open=True)
                led = Group("supervised", units, head=head, doubt=ONLY_SHAPE)
                blocks.append(self.new_group(led if head >= 0 else group))
            elif peers:  # boards that share with each other have nobody who works
                for board in boards:
                    self.attached[self.drawing.ids[self.user(board, peers[0])]].append(self.drawing.ids[board])
        level.contract(blocks)

    def is_dynamic(self, unit: int) -> bool:
        if unit < self.count:
            return self.drawing.dynamic[unit]
        group = self.groups[unit]
        return group.kind == "supervised" and group.head < self.count and self.drawing.dynamic[group.head]

    def user(self, board: int, unit: int) -> int:
        """The agent in a unit that reads and writes a board: a board beside that only this unit shares."""
        if unit < self.count:
            return unit
        if self._users is None:
            self._users = {}
            for shared, peer in self.drawing.shares:
                if peer not in self.absent:
                    self._users.setdefault(shared, peer)
        return self._users[board]

    # cycles ------------------------------------------------------------------------------------------------------

    def settle(self, level: Level) -> None:
        """Contract and cut until nothing leads back: supervisors by shape, swarms, members drawn in, loops."""
        looked_at = 0
        while looked_at < PATIENCE and self.looked_at < PATIENCE + DEEPEST * len(self.drawing.links):
            left = cyclic(level.wires)
            looked_at += len(left)
            self.looked_at += len(left)
            if not left:
                return
            if self.draw_in(level, left) or self.contract_cycles(level, left):
                continue
            self.cut_loops(level, left)
        starts = [unit for unit in level.units if unit in self.drawing.starts]
        ways = [(index, wire[0], wire[1]) for index, wire in enumerate(level.wires)]
        back = closing_edges(level.units, ways, starts)
        self.set_aside(level, {id(level.wires[index]) for index in back})

    def go_round(self, level: Level) -> None:
        """Contract each loop that has steps from which the only way is back, and that is left elsewhere.

        Such steps are no alternative to what comes after the loop: that runs when the loop has ended.
        """
        loops = turning_back(level) if self.turned <= 5 * PATIENCE else None
        if loops is not None:
            self.turned += len(level.wires)
            level.contract([self.new_group(Group("loop", units)) for units in loops])

    def draw_in(self, level: Level, left: list[Wire]) -> bool:
        """Draw units on a way between two members of a group into the group; whether there were any."""
        taken: list[tuple[int, list[int]]] = []
        for units, inside, _ in level.sorted(strong_parts(left), left):
            hosts = [unit for unit in units if unit in self.groups and self.groups[unit].open]
            # a cycle through a group, and none of its own members, goes in and out at different agents
            if len(hosts) == 1 and len(self.true(inside)) < len(inside):
                taken.append((hosts[0], [unit for unit in units if unit != hosts[0]]))
        if taken:
            home = {unit: units for _, units in taken for unit in units}
            ways = [(wire[0], wire[1]) for wire in (*level.wires, *level.loops)]
            for worker, steps in private_steps(ways, home.copy(), dict(taken)):
                home[worker].extend(steps)
            self.take_in(level, taken)
        return bool(taken)

    def take_in(self, level: Level, taken: list[tuple[int, list[int]]]) -> None:
        """Take units of a level into groups of it: all in one go, however many groups there are."""
        extras = [(host, Group("supervised", [host, *units])) for host, units in taken]
        level.contract(extras)
        self.drawn_in += taken
        for (host, extra), (_, units) in zip(extras, taken, strict=True):
            group = self.groups[host]
            group.units.extend(units)
            members = {unit: unit for unit in group.units}
            for wires, kept in ((extra.wires, group.wires), (extra.loops, group.loops)):
                for source, target, link in wires:
                    first = self.member(link.source, members) if source == host else source
                    second = self.member(link.target, members) if target == host else target
                    kept.append((first, second, link))

    def member(self, agent: int, members: dict[int, int]) -> int:
        """The member of a group that an agent is in; `members`: these, and what was found to be in them, by unit."""
        place, passed = agent, list[int]()
        while place not in members:
            passed.append(place)
            place = self.holder(place)
            if place >= len(self.parents) and place not in members:
                # past the group: one of its units stands for several, what was come by among them
                held = (unit for unit in members.keys() & self.groups.keys() if {*self.groups[unit].units} & {*passed})
                place = next(held, next(iter(members)))
        members.update(dict.fromkeys(passed, members[place]))
        return members[place]

    def holder(self, unit: int) -> int:
        if self.parents[unit] >= 0:
            return self.parents[unit]
        return next(number for number, group in self.groups.items() if unit in group.units)

    def true(self, wires: list[Wire]) -> list[Wire]:
        """The wires whose links lie on a cycle of the drawing itself, not only of its groups."""
        if self.drawn and not self.groups:
            return wires  # nothing is contracted yet: what leads back here leads back in the drawing
        if self._agent_groups is None:
            ways = [(link.source, link.target, link) for link in self.drawing.links]
            parts = strong_parts(cyclic(ways))
            self._agent_groups = {agent: number for number, part in enumerate(parts) for agent in part}
        group = self._agent_groups.get
        # what is in no group has other numbers at its two ends
        return [
            wire
            for wire in wires
            if wire[2].kind == "handoff" or group(wire[2].source, -1) == group(wire[2].target, -2)
        ]

    def contract_cycles(self, level: Level, left: list[Wire]) -> bool:
        """Contract what is a supervisor's group or a swarm; whether there was any."""
        true = self.true(left)
        known = self.known(level)
        peers: list[Group] = []
        for find in (mutual_parts, strong_parts):
            parts = level.sorted(find(true), true)
            groups = [group for part in parts if (group := read(*part, known)) is not None]
            led = [group for group in groups if group.kind == "supervised" and self.may_be_in_charge(group.head)]
            if led and find is mutual_parts:
                led = with_all_parts(led, level, true, known)
            peers = peers or [group for group in groups if group.kind == "swarm"]
            if not led and not peers:
                led = led_with_their_own(level, parts, left, known, self.may_be_in_charge)
            if led:  # before the peers: one may be in charge of some of them
                level.contract([self.new_group(group) for group in led])
                return True
        if peers:
            level.contract([self.new_group(group) for group in peers])
            return True
        return False

    def known(self, level: Level) -> Known:
        copies = {unit for unit in level.units if unit in self.groups and self.groups[unit].kind == "dynamic"}
        return Known(
            copies | {unit for unit in level.units if self.is_dynamic(unit) and unit not in self._split},
            {unit for unit in level.units if unit < self.count and self.drawing.roles[unit] in ("tool", "router")},
            self.drawing.starts,
            alike(self.drawing),
            self.count,
            self.under,
        )

    def may_be_in_charge(self, unit: int) -> bool:
        """Whether a unit is an agent that could give out work: a collector only gathers what others have done."""
        return unit < self.count and self.drawing.roles[unit] != "collector"

    def cut_loops(self, level: Level, left: list[Wire]) -> None:
        """Take the wires that close cycles for loops: those into the entries of each cyclic group.

        A group that leads to something not only from its last steps counts as one unit from then on.
        """
        back: set[int] = set()
        early: list[tuple[int, Group]] = []
        before: dict[int, int] | None = None
        for units, inside, around in level.sorted(strong_parts(left), left):
            entries = entered_at(units, around, self.drawing.starts)
            if not entries:
                self.guessed_start = True
                entries = {units[0]}
            elif len(entries) > 1:
                before = steps_before(level.wires, self.drawing.starts) if before is None else before
                entries = first_entries(entries, before)
            closing = {id(wire) for wire in inside if wire[1] in entries}
            back |= closing
            if self.turned <= 5 * PATIENCE and left_early(units, inside, around, closing):
                self.turned += len(inside)
                early.append(self.new_group(Group("loop", units)))
        self.set_aside(level, back)
        if early:
            level.contract(early)

    def set_aside(self, level: Level, back: set[int]) -> None:
        """Take the wires with these `id`s for loops."""
        loops = [wire for wire in level.wires if id(wire) in back]
        level.loops += loops
        level.wires = [wire for wire in level.wires if id(wire) not in back]
        self.loops.update(link.id for _, _, link in loops)
