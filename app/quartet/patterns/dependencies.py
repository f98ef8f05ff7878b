"""Strict order and independence: a partial order split in series and in parallel, as far as it goes.

A set of vertices is a *series* of two parts if everything in the first precedes everything in the second, and
*parallel* if nothing in one part relates to anything in the other. No transitive closure is needed: a prefix of any
topological order is a series cut exactly if every sink of the prefix has a direct edge to every source of the rest.

Each part is searched from its front, from its back and for components in turn, and whichever search ends first
wins. So only the smaller side of a split is paid for, and deep nests cost no more than flat ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(slots=True, eq=False)
class Series:
    """Parts in strict order; no part is a series itself."""

    items: list[Order] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Parallel:
    """Parts that do not relate; no part is parallel itself."""

    items: list[Order] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Tangle:
    """Neither: vertices by the length of the longest way to them."""

    levels: list[list[int]]


Order: TypeAlias = int | Series | Parallel | Tangle


class _Part:
    """A connected or unconnected set of vertices still to be split, known by its ends and its number of vertices."""

    __slots__ = ("among", "home", "mark", "sinks", "size", "sources")

    def __init__(
        self, mark: int, size: int, sources: set[int], sinks: set[int], home: list[Order], among: bool = False
    ) -> None:
        self.mark = mark
        self.size = size
        self.sources = sources
        self.sinks = sinks
        self.home = home
        self.among = among
        """Its home is that of other parts that do not relate to it, so it may turn out to be several more of them."""


@dataclass(slots=True)
class _Cut:
    """A prefix (or suffix) found by a search, and the ends of what remains at the cut."""

    taken: list[int]
    inner_ends: set[int]
    """Of the taken vertices those at the cut."""
    ends: set[int]
    """Of the others those at the cut."""
    forward: bool


class _Decomposition:
    def __init__(self, count: int, after: list[list[int]], before: list[list[int]]) -> None:
        self.after, self.before = after, before
        self.mark = [0] * count
        """Which part a vertex is in."""
        self.marks = 0
        self.incoming = [len(each) for each in before]
        """Edges from vertices of the same part."""
        self.outgoing = [len(each) for each in after]
        self.todo: list[_Part] = []
        self.pending: list[tuple[Series, list[list[Order]]]] = []
        """Each series with the lists its items arrive in."""

    def run(self) -> Order:
        result: list[Order] = []
        everything = range(len(self.mark))
        sources = {v for v in everything if not self.incoming[v]}
        sinks = {v for v in everything if not self.outgoing[v]}
        self.todo.append(_Part(0, len(self.mark), sources, sinks, result))
        while self.todo:
            self._split(self.todo.pop())
        for series, homes in self.pending:
            series.items = [item for home in homes for item in home]
        return result[0]

    def _split(self, part: _Part) -> None:
        """Split off what precedes, follows or does not relate, until nothing is left of the part."""
        front: list[list[Order]] = []
        back: list[list[Order]] = []
        while True:
            if part.size == 1:
                last: Order = next(iter(part.sources))
                break
            if len(part.sources) == 1:
                front.append([self._peel(part, part.sources, part.sinks, self.after, self.incoming)])
                continue
            if len(part.sinks) == 1:
                back.append([self._peel(part, part.sinks, part.sources, self.before, self.outgoing)])
                continue
            found = self._search(part)
            if isinstance(found, _Cut):
                home: list[Order] = []
                (front if found.forward else back).append(home)
                self._cut(part, found, home)
                continue
            if found and part.among and not front and not back:
                self._separate(part, found, part.home)
                return
            if found:
                parallel = Parallel()
                self._separate(part, found, parallel.items)
                last = parallel
            else:
                last = Tangle(self._levels(part))
            break
        if not front and not back:
            part.home.append(last)
            return
        series = Series()
        part.home.append(series)
        # parts that are still to be split arrive in their homes later, so the series is put together at the end
        self.pending.append((series, [*front, [last], *reversed(back)]))

    def _peel(self, part: _Part, ends: set[int], other: set[int], onward: list[list[int]], degree: list[int]) -> int:
        """Take the only source (or sink) off a part; everything else follows (or precedes) it."""
        vertex = ends.pop()
        mark = part.mark
        self.marks += 1
        self.mark[vertex] = self.marks
        for next_ in onward[vertex]:
            if self.mark[next_] == mark:
                degree[next_] -= 1
                if not degree[next_]:
                    ends.add(next_)
        other.discard(vertex)
        part.size -= 1
        return vertex

    def _cut(self, part: _Part, cut: _Cut, home: list[Order]) -> None:
        """Take a prefix (or suffix) off a part; it is split later, into `home`."""
        self.marks += 1
        mark, new = part.mark, self.marks
        onward, degree, own = (
            (self.after, self.incoming, self.outgoing) if cut.forward else (self.before, self.outgoing, self.incoming)
        )
        for vertex in cut.taken:
            self.mark[vertex] = new
        for vertex in cut.taken:
            for next_ in onward[vertex]:
                if self.mark[next_] == mark:
                    degree[next_] -= 1
                    own[vertex] -= 1
        near = part.sources if cut.forward else part.sinks
        far = part.sinks if cut.forward else part.sources
        far.difference_update(cut.taken)
        if cut.forward:
            self.todo.append(_Part(new, len(cut.taken), near, cut.inner_ends, home))
            part.sources = cut.ends
        else:
            self.todo.append(_Part(new, len(cut.taken), cut.inner_ends, near, home))
            part.sinks = cut.ends
        part.size -= len(cut.taken)

    def _separate(self, part: _Part, components: list[list[int]], home: list[Order]) -> None:
        """Take the components found off a part; what is left may fall apart once more."""
        for component in components:
            self.marks += 1
            for vertex in component:
                self.mark[vertex] = self.marks
            sources = {v for v in component if not self.incoming[v]}
            sinks = {v for v in component if not self.outgoing[v]}
            part.sources -= sources
            part.sinks -= sinks
            part.size -= len(component)
            if len(component) == 1:
                home.append(component[0])
            else:
                self.todo.append(_Part(self.marks, len(component), sources, sinks, home))
        if part.size == 1:
            home.append(next(iter(part.sources)))
        elif part.size:
            self.todo.append(_Part(part.mark, part.size, part.sources, part.sinks, home, True))

    def _search(self, part: _Part) -> _Cut | list[list[int]] | None:
        """The first series cut from either end, or the components but the biggest, or None if there is neither.

        The three searches take turns by the edges they have looked at."""
        alone = part.sources & part.sinks
        if alone:
            return [[vertex] for vertex in sorted(alone)]
        searches: list[tuple[Iterator[_Cut | list[list[int]] | None], int]] = [
            (self._cuts(part, True), 0),
            (self._cuts(part, False), 1),
            (self._components(part), 2),
        ]
        cuts_running = 2
        turn = 0
        while searches:
            turn %= len(searches)
            search, which = searches[turn]
            try:
                found = next(search)
            except StopIteration:
                searches.pop(turn)
                cuts_running -= which < 2
                if not cuts_running:
                    break
                continue
            if found is not None:
                return found
            turn += 1
        for search, which in searches:
            if which == 2:
                return next((found for found in search if found is not None), None)
        return None

    def _cuts(self, part: _Part, forward: bool) -> Iterator[_Cut | None]:
        """The first proper series cut; yields None now and then to let others take a turn."""
        onward, backward = (self.after, self.before) if forward else (self.before, self.after)
        degree = self.incoming if forward else self.outgoing
        mark, marks, size = part.mark, self.mark, part.size
        waiting: dict[int, int] = {}
        rest_ends = set(part.sources if forward else part.sinks)
        queue = deque(rest_ends)
        taken: list[int] = []
        inside: set[int] = set()
        prefix_ends: set[int] = set()
        direct = 0  # edges from prefix_ends to rest_ends
        work = 0
        while queue:
            vertex = queue.popleft()
            rest_ends.discard(vertex)
            for previous in backward[vertex]:
                if previous in prefix_ends:
                    direct -= 1
            for previous in backward[vertex]:
                if previous in prefix_ends:
                    prefix_ends.discard(previous)
                    direct -= sum(next_ in rest_ends for next_ in onward[previous])
                    work += len(onward[previous])
            taken.append(vertex)
            inside.add(vertex)
            prefix_ends.add(vertex)
            for next_ in onward[vertex]:
                if marks[next_] != mark:
                    continue
                left = waiting.get(next_, degree[next_]) - 1
                waiting[next_] = left
                if not left:
                    rest_ends.add(next_)
                    queue.append(next_)
                    direct += sum(previous in prefix_ends for previous in backward[next_])
                    work += len(backward[next_])
            work += len(backward[vertex]) + len(onward[vertex]) + 1
            if direct == len(prefix_ends) * len(rest_ends) and len(taken) < size:
                yield _Cut(taken, prefix_ends, rest_ends, forward)
                return
            while work > 0:
                work -= 16
                yield None

    def _components(self, part: _Part) -> Iterator[list[list[int]] | None]:
        """The weak components but the biggest, if there are two or more. A search starts from every end; two that
        meet become one; those that end before the last are whole components."""
        mark, marks = part.mark, self.mark
        # every component has both; start from the fewer, or deep nests would start many searches each time
        ends = part.sources if len(part.sources) <= len(part.sinks) else part.sinks
        owner = {end: group for group, end in enumerate(ends)}
        seen: list[list[int]] = [[] for _ in owner]
        ahead = [deque([end]) for end in owner]
        leader = list(range(len(owner)))

        def find(group: int) -> int:
            while leader[group] != group:
                leader[group] = leader[leader[group]]
                group = leader[group]
            return group

        active = deque(leader)
        done: list[list[int]] = []
        work = 0
        while len(active) > 1:
            turn = group = active.popleft()
            if leader[group] != group:
                continue
            if not ahead[group]:
                done.append(seen[group])
                continue
            vertex = ahead[group].popleft()
            seen[group].append(vertex)
            for near in (self.after[vertex], self.before[vertex]):
                for other in near:
                    if marks[other] != mark:
                        continue
                    if other not in owner:
                        owner[other] = group
                        ahead[group].append(other)
                    elif (met := find(owner[other])) != group:
                        if len(seen[met]) > len(seen[group]):
                            group, met = met, group
                        leader[met] = group
                        seen[group] += seen[met]
                        ahead[group] += ahead[met]
                work += len(near)
            if leader[turn] == turn:  # else the group it became part of has a turn of its own
                active.append(turn)
            while work > 0:
                work -= 16
                yield None
        if done:
            yield done

    def _levels(self, part: _Part) -> list[list[int]]:
        mark = part.mark
        waiting: dict[int, int] = {}
        level = sorted(part.sources)
        levels: list[list[int]] = []
        while level:
            levels.append(level)
            ready = []
            for vertex in level:
                for next_ in self.after[vertex]:
                    if self.mark[next_] == mark:
                        left = waiting.get(next_, self.incoming[next_]) - 1
                        waiting[next_] = left
                        if not left:
                            ready.append(next_)
            level = ready
        return levels


def decompose(count: int, edges: Iterable[tuple[int, int]]) -> Order:
    """Split the vertices 0…count-1 (at least one) of an acyclic graph in series and in parallel.

    Near-linear in vertices and edges; edges may occur twice and may be implied by others.
    """
    after: list[list[int]] = [[] for _ in range(count)]
    before: list[list[int]] = [[] for _ in range(count)]
    for source, target in dict.fromkeys(edges):
        after[source].append(target)
        before[target].append(source)
    return _Decomposition(count, after, before).run()
