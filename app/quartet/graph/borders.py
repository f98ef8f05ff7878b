"""What crosses the border of a part of a drawing, and whether the part would mean the same as one step.

A sub-graph has one input, which all agents that begin in it receive, and one result: the value of the agent at which
everything in it ends. Whatever a selection does beyond that cannot be kept, and is refused by name, with a way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from quartet.graph.model import OTHERWISE, Agent, AgentId, Edge, EdgeId, Graph
from quartet.graph.nesting import SLOT, SUB_GRAPH

_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
WAITS_PLAINLY = frozenset({"all", "any", "all_strict"})
"""Ways of waiting that mean the same for one input."""


class BorderError(ValueError):
    """This cannot become, or be replaced by, a sub-graph without meaning something else."""

    def __init__(self, text: str, agents: Iterable[AgentId] = (), edges: Iterable[EdgeId] = ()) -> None:
        super().__init__(text)
        self.agents, self.edges = tuple(agents), tuple(edges)
        """What it is about."""


class Part:
    """Some agents of a drawing, and the edges among them, into them and out of them."""

    def __init__(self, drawing: Graph, ids: Iterable[AgentId]) -> None:
        self.drawing = drawing
        chosen = set(ids)
        self.ids = [id for id in drawing.agents if id in chosen]
        """In the order of the drawing."""
        self.chosen = frozenset(self.ids)
        bosses = {(e.source, e.target) for e in drawing.edges.values() if e.kind == "supervise"}
        self.within: list[Edge] = []
        self.ins: list[Edge] = []
        self.outs: list[Edge] = []
        self.groups = _chains(drawing)
        self.watched = {worker: boss for boss, worker in bosses}
        for edge in drawing.edges.values():
            starts, ends = edge.source in chosen, edge.target in chosen
            if starts and ends:
                self.within.append(edge)
            elif ends:
                self.ins.append(edge)
            elif starts:
                self.outs.append(edge)
        self.reports = {e.id for e in drawing.edges.values() if e.kind == "flow" and (e.target, e.source) in bosses}
        self._sure: dict[AgentId, bool] = {}

    # ------------------------------------------------------------------ words

    def name(self, id: AgentId) -> str:
        return f"“{self.drawing.agents[id].name or id}”"

    def path(self, edge: Edge) -> str:
        arrow = "–" if edge.kind == "share" else "→"
        return f"{self.name(edge.source)} {arrow} {self.name(edge.target)}"

    # ------------------------------------------------------------------ who begins, who ends

    def feeds(self, edge: Edge) -> bool:
        """Whether an edge brings what its target waits for: no loop, and no report to a supervisor."""
        return edge.kind == "flow" and not edge.loop and edge.id not in self.reports

    @property
    def fed(self) -> set[AgentId]:
        """The agents of the part that something flows into, from anywhere."""
        return {e.target for e in (*self.within, *self.ins) if self.feeds(e)}

    def roots(self) -> list[AgentId]:
        """The agents of the part that a run begins with."""
        fed = self.fed
        shares = [e for e in self.within if e.kind == "share"]
        found = []
        for id in self.ids:
            chain = self.groups.get(id, (id,))
            if fed & set(chain) or any(member in self.watched for member in chain) or chain[0] != id:
                continue
            partners = {e.source if e.target == id else e.target for e in shares if id in (e.source, e.target)}
            if not partners & fed:
                found.append(id)
        return found

    def ends_at(self, goal: frozenset[AgentId]) -> list[AgentId]:
        """The agents of the part that might end without anything of theirs reaching `goal`: none, if all is well."""
        self._sure = dict.fromkeys(goal, True)
        return [id for id in self.ids if not self._surely(id)]

    def _surely(self, id: AgentId) -> bool:
        """Whether each success of an agent leads to a value at the goal."""
        known = self._sure.get(id)
        if known is not None:
            return known
        self._sure[id] = False  # what leads back here shows nothing
        outs = [e for e in self.within if e.source == id and self.feeds(e) and e.on is None]
        found = False
        if self.drawing.agents[id].disabled != "muted":
            plain = [e for e in outs if e.when is None]
            found = any(self._takes(e) for e in plain)
            if not found and any(e.when == OTHERWISE for e in outs):
                found = all(self._takes(e) for e in outs if e.when is not None)
            if not found and not outs:
                found = self._counts_elsewhere(id)
        self._sure[id] = found
        return found

    def _takes(self, edge: Edge) -> bool:
        """Whether a value on an edge surely has its target go on, to the goal."""
        target = self.drawing.agents[edge.target]
        # an edge that waits for others as well may fail or be skipped only together with the whole part
        return (target.join is None or target.join.mode in WAITS_PLAINLY) and self._surely(edge.target)

    def _counts_elsewhere(self, id: AgentId) -> bool:
        """Whether the result of an agent that leads nowhere counts through its supervisor, board or primary."""
        boss = self.watched.get(id)
        if boss is not None and boss in self.chosen:
            return self._surely(boss)
        workers = [e.target for e in self.within if e.kind == "supervise" and e.source == id]
        if workers:
            return all(self._surely(worker) for worker in workers)
        boards = [e for e in self.within if e.kind == "share" and id in (e.source, e.target)]
        if boards and self.drawing.agents[id].kind != "board":
            return all(self._surely(e.source if e.target == id else e.target) for e in boards)
        primaries = [e.source for e in self.within if e.kind == "flow" and e.on is not None and e.target == id]
        return bool(primaries) and all(self._surely(primary) for primary in primaries)

    def may_end(self, id: AgentId) -> bool:
        """Whether an agent outside may be one whose value leaves on no edge, so that it is a result of the run."""
        return not any(
            e.source == id and e.kind == "flow" and e.when is None and e.on is None and not e.loop
            for e in self.drawing.edges.values()
        )

    # ------------------------------------------------------------------ refusals

    def check_kinds(self) -> None:
        """Only what carries a value may cross."""
        for edge in (*self.ins, *self.outs):
            if edge.kind != "flow":
                verb = {"supervise": "watches", "handoff": "hands off to", "share": "shares"}[edge.kind]
                raise BorderError(
                    f"{self.name(edge.source)} {verb} {self.name(edge.target)}, and one of them would be inside. Select"
                    " both of them or neither.",
                    (edge.source, edge.target), (edge.id,),
                )  # fmt: skip
            if edge.loop:
                raise BorderError(
                    f"The loop {self.path(edge)} would be cut in two. Select everything on the loop, or nothing of it.",
                    (edge.source, edge.target), (edge.id,),
                )  # fmt: skip
            if edge.on is not None:
                raise BorderError(
                    f"{self.path(edge)} is taken when {self.name(edge.source)} fails, and one of them would be inside."
                    " Select both of them or neither.",
                    (edge.source, edge.target), (edge.id,),
                )  # fmt: skip

    def check_names(self) -> None:
        """Inside a sub-graph ids are parts of paths."""
        for id in self.ids:
            sub = self.drawing.agents[id].kind == SUB_GRAPH
            if "/" in id or (sub and SLOT.search(id)):
                raise BorderError(
                    f"The id “{id}” of {self.name(id)} reads like a path, as no id in a sub-graph may.", (id,)
                )

    def check_whole(self) -> None:
        """What leads out may not lead back in: the step would wait for itself."""
        if not (self.ins and self.outs):
            return
        ahead: dict[AgentId, list[AgentId]] = {}
        for edge in self.drawing.edges.values():
            if edge.loop or edge.id in self.reports:
                continue
            ahead.setdefault(edge.source, []).append(edge.target)
            if edge.kind in ("handoff", "share"):
                ahead.setdefault(edge.target, []).append(edge.source)
        for out in self.outs:
            seen, front = {out.target}, [out.target]
            while front:
                here = front.pop()
                for following in ahead.get(here, ()):
                    if following in self.chosen and here not in self.chosen:
                        raise BorderError(
                            f"{self.path(out)} leads out and comes back in from {self.name(here)}. Select what lies"
                            " between as well.",
                            (out.source, here), (out.id,),
                        )  # fmt: skip
                    if following not in seen and following not in self.chosen:
                        seen.add(following)
                        front.append(following)

    def check_ins(self) -> None:
        """One input for all who begin inside."""
        sources = list(dict.fromkeys(e.source for e in self.ins))
        if len(sources) > 1:
            first, second = (next(e for e in self.ins if e.source == source) for source in sources[:2])
            raise BorderError(
                f"{self.path(first)} and {self.path(second)} come from different agents, and a sub-graph has one input."
                f" Let a collector bring them together first, or select {self.name(sources[1])} as well.",
                (first.source, second.source), (first.id, second.id),
            )  # fmt: skip
        if not self.ins:
            return
        first = self.ins[0]
        odd = next((e for e in self.ins if e.when != first.when), None)
        source = self.drawing.agents[first.source]
        if odd is not None or (len(self.ins) > 1 and first.when is not None and source.route == "first"):
            odd = odd or self.ins[1]
            raise BorderError(
                f"{self.path(first)} and {self.path(odd)} are taken under different conditions, and only one edge would"
                f" lead in. Select {self.name(first.source)} as well.",
                (first.source,), (first.id, odd.id),
            )  # fmt: skip
        for id in self.roots():
            raise BorderError(
                f"{self.name(id)} begins with the input of the run, but {self.path(first)} would be what the sub-graph"
                f" is given. Leave {self.name(id)} out, or select what leads to {self.name(first.target)} as well.",
                (id,), (first.id,),
            )  # fmt: skip
        for edge in self.ins:
            join = self.drawing.agents[edge.target].join
            if join is not None and (join.mode not in WAITS_PLAINLY or join.timeout is not None):
                raise BorderError(
                    f"{self.name(edge.target)} waits for {self.name(edge.source)} in a way of its own. Leave it out, or"
                    " let it wait for all.",
                    (edge.target,), (edge.id,),
                )  # fmt: skip
        for id in self.ids:
            if uses_input(self.drawing.agents[id], [e for e in (*self.within, *self.outs) if e.source == id]):
                raise BorderError(
                    f"{self.name(id)} uses “input”, the input of the run, which is not what the sub-graph would be"
                    f" given. Let it use “value” or leave {self.name(id)} out.",
                    (id,),
                )  # fmt: skip

    def exits(self) -> frozenset[AgentId]:
        """The agent at which the part ends (or the peers of one chain); empty: its results are those of the run."""
        sources = list(dict.fromkeys(e.source for e in self.outs))
        chain = frozenset(self.groups.get(sources[0], (sources[0],))) if sources else frozenset[AgentId]()
        if len(sources) > 1 and not chain.issuperset(sources):
            first, second = (next(e for e in self.outs if e.source == source) for source in sources[:2])
            raise BorderError(
                f"{self.path(first)} and {self.path(second)} leave from different agents, and a sub-graph has one"
                " result. Bring them together in a collector and select it as well, or collapse one branch.",
                sources[:2], (first.id, second.id),
            )  # fmt: skip
        if not self.outs:
            return self._last()
        for edge in self.within:
            if edge.source in chain and self.feeds(edge) and edge.on is None:
                out = self.outs[0]
                raise BorderError(
                    f"{self.path(out)} leads out and {self.path(edge)} on inside, and only what ends inside is a"
                    f" result. Leave {self.name(edge.target)} out, or select {self.name(out.target)} as well.",
                    (edge.source,), (out.id, edge.id),
                )  # fmt: skip
        self._check_chain(chain)
        lost = self.ends_at(chain)
        if lost:
            out = self.outs[0]
            raise BorderError(
                f"{self.name(lost[0])} may end without leading to {self.name(out.source)}, so that {self.path(out)}"
                f" would carry something else. Leave {self.name(lost[0])} out, or let it always lead there.",
                (lost[0], out.source), (out.id,),
            )  # fmt: skip
        return chain

    def _check_chain(self, chain: frozenset[AgentId]) -> None:
        """Whichever peer of a chain answers, the same follows."""
        if len(chain) < 2:
            return
        fields = {
            id: [(e.target, e.when, e.chance) for e in self.outs if e.source == id] for id in self.ids if id in chain
        }
        known = next(iter(fields.values()))
        for id, found in fields.items():
            if found != known:
                raise BorderError(
                    f"{self.name(id)} leads elsewhere than the peers it hands off to, and a sub-graph has one result."
                    " Let all of them lead to the same agents.",
                    (id,), [e.id for e in self.outs],
                )  # fmt: skip

    def _last(self) -> frozenset[AgentId]:
        others = [id for id in self.drawing.agents if id not in self.chosen and self.may_end(id)]
        if not others:
            return frozenset()
        ends = [id for id in self.ids if not any(e.source == id and self.feeds(e) for e in self.within)]
        for id in ends:
            chain = frozenset(self.groups.get(id, (id,)))
            if not self.ends_at(chain):
                return chain
        names = [self.name(id) for id in ends[:2]]
        raise BorderError(
            f"{' and '.join(names) or 'What is selected'} would be one result of the run instead of several. Select"
            " everything that leads nowhere else, or bring them together in a collector inside.",
            ends,
        )


def _chains(drawing: Graph) -> dict[AgentId, tuple[AgentId, ...]]:
    """Of agents connected by hand-offs: all of their chain, in the order of the drawing."""
    leader: dict[AgentId, AgentId] = {}

    def lead(id: AgentId) -> AgentId:
        while leader.setdefault(id, id) != id:
            id = leader[id]
        return id

    for edge in drawing.edges.values():
        if edge.kind == "handoff":
            leader[lead(edge.source)] = lead(edge.target)
    members: dict[AgentId, list[AgentId]] = {}
    for id in drawing.agents:
        if id in leader:
            members.setdefault(lead(id), []).append(id)
    return {id: tuple(chain) for chain in members.values() for id in chain}


def uses_input(agent: Agent, edges: Iterable[Edge]) -> bool:
    """Whether a template of an agent, or a condition on its ways out, names the input of the run."""
    return names_in(agent, edges, "input")


def names_in(agent: Agent, edges: Iterable[Edge], variable: str) -> bool:
    """Whether a template of an agent or a condition of `edges` names a variable of expressions."""
    word = re.compile(rf"(?<![\w.]){variable}\b")
    found = [text for part in (agent.config, _directives(agent)) for text in _strings(part)]
    expressions = [match.group() for text in found if "{{" in text for match in _EXPRESSION.finditer(_whole(text))]
    expressions += [edge.when for edge in edges if edge.when]
    return any(word.search(_TEXTS.sub('""', expression)) for expression in expressions)


def _whole(text: str) -> str:
    """A text up to its last “}}”: behind it each “{{” would be looked after to the end."""
    head, end, _ = text.rpartition("}}")
    return head + end


def _directives(agent: Agent) -> list[object]:
    oversight = agent.oversight
    return [one.with_ for one in (oversight.on_error or ())] if oversight is not None else []


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from _strings(child)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _strings(child)
