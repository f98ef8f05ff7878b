"""What the rules ask about a graph, found once: edges sorted by what they mean, groups, parts of the pattern tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from pydantic import ValidationError

from quartet.agents.kinds import Config, Kind, find
from quartet.graph import strong
from quartet.graph.check import Problem, problems
from quartet.graph.model import OTHERWISE, UNKNOWN, Agent, AgentId, Edge, Graph
from quartet.graph.waiting import dispatch_of
from quartet.patterns.tree import Leaf, Pipeline, Tree
from quartet.patterns.verdict import Verdict
from quartet.rules.defaults import MAX_ATTEMPTS
from quartet.rules.finding import Finding
from quartet.rules.mending import Pencil
from quartet.rules.texts import templates, used_in

NAMED = 4
"""So many agents are named in a sentence; of more the first three, and the others are counted."""


SEARCH = 2_000_000
"""Edges that a search for an order among agents may look at; beyond it a rule is silent rather than slow."""


TRIALS = 6_000
"""Agents that may be looked at, while a drawing is judged, to find out what fixes would do to the whole of it."""
PART_TRIALS = 24_000
"""Agents that may be looked at in parts of a drawing which is too large to be looked at whole."""
JOINS_OVER_FAILURES = frozenset({"all_done", "all_done_min_one", "one_failed", "first_done"})
"""Joins that go on when something before them fails."""
CONTENT_WITH_SOME = frozenset({"any", "n_of_m"})
"""Joins that go on with some of the results."""


def _put(edges: dict[AgentId, Sequence[Edge]], id: AgentId, edge: Edge) -> None:
    there = edges[id]
    if isinstance(there, list):
        there.append(edge)
    else:
        edges[id] = [edge]


def _grouped(pairs: Iterable[tuple[AgentId, AgentId]]) -> dict[AgentId, set[AgentId]]:
    """The second ones of all pairs by their first."""
    found: dict[AgentId, set[AgentId]] = {}
    for first, second in pairs:
        found.setdefault(first, set()).add(second)
    return found


def _circles(pairs: Iterable[tuple[AgentId, AgentId]]) -> dict[AgentId, int]:
    """The number of its strongly connected group, for each node of one that has several."""
    return {id: number for number, group in enumerate(strong.groups(pairs)) for id in group}


class Facts:
    """A graph and its verdict as rules see them. Every dict has an entry for every agent; edges are in file order."""

    def __init__(self, graph: Graph, verdict: Verdict, *, trials: int = TRIALS) -> None:
        self.graph = graph
        self.verdict = verdict
        self.agents = graph.agents
        self.pencil = Pencil(graph)
        self.trials = trials
        """Agents that may still be looked at to find out what fixes would do to the whole drawing."""
        self.part_trials = PART_TRIALS if trials else 0
        """The same for parts of the drawing, where it is too large to be looked at whole."""
        self.judged: list[Finding] | None = None
        """What is found without trying fixes, once somebody has asked."""
        self.gates: dict[AgentId, tuple[tuple[Edge, ...], ...]] | None = None
        """What `at_once.gates` found, once somebody has asked."""
        self._roles: dict[str, str] = {}
        self._used: dict[AgentId, frozenset[str]] = {}
        self._templates: dict[AgentId, list[tuple[str, str]]] = {}
        self._dispatch: dict[AgentId, str] = {}
        self._last: dict[AgentId, AgentId | None] = {}
        self.flow_out, self.flow_in = self._lists(), self._lists()
        """Flow edges that carry a result onwards: no fallback, no loop, no report to the agent's own supervisor."""
        self.reports = self._lists()
        """Flow edges from a worker to its own supervisor, by worker."""
        self.duties = self._lists()
        """Flow edges from a supervisor to its own worker, by worker: drawn, but it does not wait for them."""
        self.loops: list[Edge] = []
        """Flow edges that lead back."""
        self.fallbacks, self.rescues = self._lists(), self._lists()
        """Flow edges that are taken on failure or time-out, by the agent that fails and by the one that helps."""
        self.workers, self.watchers = self._lists(), self._lists()
        """Supervise edges, by supervisor and by worker."""
        self.handoffs_out, self.handoffs_in = self._lists(), self._lists()
        self.shares = self._lists()
        """Share edges, by either end."""
        for edge in graph.edges.values():
            if edge.kind == "supervise":
                _put(self.workers, edge.source, edge)
                _put(self.watchers, edge.target, edge)
            elif edge.kind == "handoff":
                _put(self.handoffs_out, edge.source, edge)
                _put(self.handoffs_in, edge.target, edge)
            elif edge.kind == "share":
                _put(self.shares, edge.source, edge)
                _put(self.shares, edge.target, edge)
        for edge in graph.edges.values():
            if edge.kind == "flow":
                self._sort_flow(edge)

    def _lists(self) -> dict[AgentId, Sequence[Edge]]:
        # most agents have no edge of most sorts: they share one empty tuple, and a list comes with the first edge
        return dict.fromkeys(self.agents, ())

    def _sort_flow(self, edge: Edge) -> None:
        if edge.on is not None:
            _put(self.fallbacks, edge.source, edge)
            _put(self.rescues, edge.target, edge)
        elif edge.loop or edge.source == edge.target:
            self.loops.append(edge)
        elif self.watchers[edge.source] and any(watch.source == edge.target for watch in self.watchers[edge.source]):
            _put(self.reports, edge.source, edge)
        elif self.watchers[edge.target] and any(watch.source == edge.source for watch in self.watchers[edge.target]):
            _put(self.duties, edge.target, edge)
        else:
            _put(self.flow_out, edge.source, edge)
            _put(self.flow_in, edge.target, edge)

    # names -------------------------------------------------------------------------------------------------------

    def name(self, id: AgentId) -> str:
        """What a person calls the agent."""
        agent = self.agents.get(id)
        return (agent.name.strip() if agent is not None else "") or id

    def names(self, ids: Iterable[AgentId]) -> str:
        """“A”, “A and B”, “A, B, C and D”, “A, B, C and 2 more”; “nobody” if there is none."""
        every = list(ids)
        said = [self.name(id) for id in every[:NAMED]]
        if len(every) > NAMED:
            return f"{', '.join(said[:-1])} and {len(every) - NAMED + 1} more"
        return " and ".join(part for part in (", ".join(said[:-1]), said[-1]) if part) if said else "nobody"

    # kinds and configs -------------------------------------------------------------------------------------------

    def kind(self, agent: Agent) -> Kind | None:
        """What Quartet knows of the agent's kind; None for a kind it does not know."""
        return find(agent.kind)

    def role(self, agent: Agent) -> str:
        """`worker`, `trigger`, `collector`, `supervisor` or `board`; an unknown kind is a worker."""
        role = self._roles.get(agent.kind)
        if role is None:
            kind = find(agent.kind)
            role = self._roles[agent.kind] = "worker" if kind is None else kind.role
        return role

    @cached_property
    def problems(self) -> list[Problem]:
        """What keeps the graph from running, as the engine sees it; its sub-graphs are looked at by themselves."""
        return [problem for problem in problems(self.graph) if not problem.inside]

    @cached_property
    def configs(self) -> dict[AgentId, Config | ValidationError]:
        """The agents' configs as their kinds read them, or why they are refused; without those of unknown kinds."""
        found: dict[AgentId, Config | ValidationError] = {}
        for id, agent in self.agents.items():
            kind = find(agent.kind)
            if kind is not None:
                try:
                    found[id] = kind.read(agent.config)
                except ValidationError as error:
                    found[id] = error
        return found

    def attempts(self, agent: Agent) -> int:
        """How often it is tried at most, the first time included, 0 = without end: as stated, else once for what is
        not safe to run twice."""
        special = [each.max_attempts for each in (agent.retry and agent.retry.by_error) or ()]
        counts = [self._attempts(agent), *(count for count in special if count is not None)]
        return 0 if 0 in counts else max(counts)

    def _attempts(self, agent: Agent) -> int:
        if agent.retry is not None and agent.retry.max_attempts is not None:
            return agent.retry.max_attempts
        repeatable = agent.repeatable
        if repeatable is None:
            kind, config = find(agent.kind), self.configs.get(agent.id)
            repeatable = kind is None or not isinstance(config, Config) or kind.repeatable(config)
        return MAX_ATTEMPTS if repeatable else 1

    def reaches_out(self, agent: Agent) -> bool:
        """Whether the agent depends on something that may be slow or down: a model, a server, foreign code. Of a kind
        that nobody knows nothing can be said."""
        kind = find(agent.kind)
        return kind is not None and kind.role == "worker" and kind.name not in ("template", "file", "human")

    def templates(self, id: AgentId) -> list[tuple[str, str]]:
        """The agent's texts with `{{ expressions }}`, each with the title of its field."""
        found = self._templates.get(id)
        if found is None:
            found = self._templates[id] = templates(self.agents[id])
        return found

    def used(self, id: AgentId) -> frozenset[str]:
        """What the agent's templates use: `value`, `from.<id>`, `input` … ; of conditions on its ways out only what
        is not `value`, which there is its own result."""
        found = self._used.get(id)
        if found is None:
            names = {name for _, text in self.templates(id) for name in used_in(text, template=True)}
            for edge in self.flow_out[id]:
                if edge.when not in (None, OTHERWISE, UNKNOWN):
                    names |= used_in(edge.when or "", template=False) - {"value"}
            found = self._used[id] = frozenset(names)
        return found

    # who comes before and after ----------------------------------------------------------------------------------

    def after(self, id: AgentId) -> list[AgentId]:
        """The agents that wait for this one's result, each once."""
        return list(dict.fromkeys(edge.target for edge in self.flow_out[id]))

    def before(self, id: AgentId) -> list[AgentId]:
        """The agents whose results this one waits for, each once."""
        return list(dict.fromkeys(edge.source for edge in self.flow_in[id]))

    @cached_property
    def _back(self) -> dict[AgentId, set[AgentId]]:
        return _grouped((edge.target, edge.source) for edge in self.loops)

    @cached_property
    def ways_back(self) -> dict[AgentId, set[AgentId]]:
        """Whom loops lead to, by the agent that they leave."""
        return _grouped((edge.source, edge.target) for edge in self.loops)

    def senders(self, id: AgentId) -> set[AgentId]:
        """The agents whose results may be there when this one starts, on whatever way they come."""
        ways = (self.flow_in, self.rescues, self.watchers, self.handoffs_in)
        return {edge.source for edges in ways for edge in edges[id]} | self._back.get(id, set())

    def last_after(self, id: AgentId) -> AgentId | None:
        """Whom the flow comes to as long as only one edge leads on; None if it goes round and round."""
        way: list[AgentId] = []
        on_way: set[AgentId] = set()
        at: AgentId | None = id
        while at is not None and at not in self._last and len(self.flow_out[at]) == 1:
            if at in on_way:
                at = None
                break
            way.append(at)
            on_way.add(at)
            at = self.flow_out[at][0].target
        last = self._last.get(at, at) if at is not None else None
        self._last.update(dict.fromkeys(way, last))
        return last

    @cached_property
    def order(self) -> dict[AgentId, int]:
        """Each agent's level: the longest way of flow edges to it; of agents in a cycle nobody marked, one too high."""
        waiting = {id: len(self.flow_in[id]) for id in self.agents}
        level = dict.fromkeys(self.agents, 0)
        ready = [id for id, count in waiting.items() if not count]
        while ready:
            id = ready.pop()
            for edge in self.flow_out[id]:
                level[edge.target] = max(level[edge.target], level[id] + 1)
                waiting[edge.target] -= 1
                if not waiting[edge.target]:
                    ready.append(edge.target)
        stuck = [id for id, count in waiting.items() if count > 0]
        beyond = len(self.agents)
        level.update(dict.fromkeys(stuck, beyond))
        return level

    def needs(self, id: AgentId) -> list[AgentId]:
        """The agents that cannot go on when this one fails, each once."""
        return [after for after in self.after(id) if not self._goes_on(after)]

    def _goes_on(self, id: AgentId) -> bool:
        join = self.agents[id].join
        if join is None:
            return False
        return join.mode in JOINS_OVER_FAILURES or (join.mode in CONTENT_WITH_SOME and len(self.before(id)) > 1)

    def precedes(self, first: AgentId, second: AgentId, steps: list[int]) -> bool | None:
        """Whether `second` starts only after `first` ended. `steps[0]` is what the search may still cost; None when
        it is used up."""
        limit = self.order[second]
        seen = {first}
        pending = [first]
        while pending:
            id = pending.pop()
            if id == second:
                return True
            for edge in self.flow_out[id]:
                steps[0] -= 1
                if edge.target not in seen and self.order[edge.target] <= limit:
                    seen.add(edge.target)
                    pending.append(edge.target)
            if steps[0] <= 0:
                return None
        return False

    # groups ------------------------------------------------------------------------------------------------------

    @cached_property
    def place(self) -> dict[AgentId, int]:
        """Where each agent stands in the file."""
        return {id: index for index, id in enumerate(self.agents)}

    @cached_property
    def peers(self) -> list[list[AgentId]]:
        """The groups that hand-off edges connect, in the order of the file."""
        import networkx as nx  # takes 0.2 s, which no window should wait for

        graph: nx.Graph = nx.Graph()
        for id in self.agents:
            graph.add_edges_from((id, edge.target) for edge in self.handoffs_out[id])
        place = self.place
        groups = [sorted(group, key=place.__getitem__) for group in nx.connected_components(graph)]
        return sorted((group for group in groups if len(group) > 1), key=lambda group: place[group[0]])

    @cached_property
    def circles(self) -> dict[AgentId, int]:
        """Of agents that lead to each other by flow edges that are no loops, the number of their group."""
        return _circles((e.source, e.target) for e in self.graph.edges.values() if e.kind == "flow" and not e.loop)

    @cached_property
    def rings(self) -> dict[AgentId, int]:
        """Of agents that lead to each other by flow edges, loops among them, the number of their group."""
        return _circles((edge.source, edge.target) for edge in self.graph.edges.values() if edge.kind == "flow")

    @cached_property
    def rivals(self) -> dict[AgentId, int]:
        """Of agents that supervise each other in a circle, the number of their group: G001 says what matters."""
        return _circles((edge.source, edge.target) for edges in self.workers.values() for edge in edges)

    def chain(self, id: AgentId) -> Iterator[AgentId]:
        """The agent's supervisor, that one's supervisor, and so on; of several the first drawn."""
        seen = {id}
        while self.watchers[id] and self.watchers[id][0].source not in seen:
            id = self.watchers[id][0].source
            seen.add(id)
            yield id

    @cached_property
    def beside(self) -> dict[AgentId, list[Edge]]:
        """All edges of any kind that touch an agent."""
        found: dict[AgentId, list[Edge]] = {}
        for edge in self.graph.edges.values():
            found.setdefault(edge.source, []).append(edge)
            if edge.target != edge.source:
                found.setdefault(edge.target, []).append(edge)
        return found

    def related(self, first: AgentId, second: AgentId) -> bool:
        """Whether one of the two watches the other, so that a flow edge between them is a duty or a report."""
        return any(edge.source == second for edge in self.watchers[first]) or any(
            edge.source == first for edge in self.watchers[second]
        )

    def dispatched(self, id: AgentId) -> bool:
        """Whether a supervisor gives this agent its work, rather than the flow or the run."""
        return any(self.dispatch(edge.source) != "graph" for edge in self.watchers[id])

    def fed_by_a_board(self, id: AgentId) -> bool:
        """Whether a board in the flow gives this agent its work."""
        boards = (edge.source if edge.target == id else edge.target for edge in self.shares[id])
        return self.role(self.agents[id]) != "board" and any(
            self.flow_in[b] or self.flow_out[b] or self.watchers[b] for b in boards
        )

    def dispatch(self, supervisor: AgentId) -> str:
        """How a supervisor hands out work."""
        found = self._dispatch.get(supervisor)
        if found is None:  # each of its workers asks
            found = self._dispatch[supervisor] = self._dispatch_of(supervisor)
        return found

    def _dispatch_of(self, supervisor: AgentId) -> str:
        agent = self.agents[supervisor]
        if self.role(agent) == "worker":
            return dispatch_of(agent, works=True, fed=False)
        fed = any(
            inward.source != supervisor for edge in self.workers[supervisor] for inward in self.flow_in[edge.target]
        ) or any(self.fed_by_a_board(edge.target) for edge in self.workers[supervisor])
        return dispatch_of(agent, works=False, fed=fed)

    # the pattern tree --------------------------------------------------------------------------------------------

    @cached_property
    def stages(self) -> frozenset[AgentId]:
        """The agents that are stages of a pipeline, as themselves and not as a part of one."""
        pipelines = (part for part in self.parts if isinstance(part, Pipeline))
        return frozenset(stage.agent for part in pipelines for stage in part.stages if isinstance(stage, Leaf))

    @cached_property
    def parts(self) -> Sequence[Tree]:
        """Every part of the pattern tree, the outermost first."""
        return () if self.verdict.tree is None else tuple(self.verdict.tree.walk())
