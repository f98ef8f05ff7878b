"""A drawing made ready for simulation: its conditions ask what a simulated agent chose, and an executor chooses."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from quartet.agents.calls import AgentError, Answer, Call, Calls, Emit, Handoff, Request, Value
from quartet.engine.clock import VirtualClock
from quartet.graph.model import OTHERWISE, Agent, AgentId, Edge, Graph
from quartet.graph.nesting import SLOT, SUB_GRAPH, named
from quartet.whatif.estimates import NOTHING, Expected, plain

JSON = Any
LOOPS = 0.3
"""How often a loop goes round once more, where nobody states it."""
HANDS_OFF = 0.4
"""How often a peer hands the task over rather than answers, where nobody states anything."""
SILENT = ("collector", "trigger", "supervisor", "board", "graph")
"""Kinds that the engine plays itself: they choose nothing."""


class Way(NamedTuple):
    """One conditional way out, and in what share of the cases it is taken."""

    number: int
    share: float


class Play(NamedTuple):
    """A graph to simulate, and what its agents choose between."""

    graph: Graph
    ways: Mapping[AgentId, tuple[Way, ...]]
    lists: frozenset[AgentId]
    """Agents whose result must be a list: a dynamic agent or a supervisor takes it apart."""
    inside: Mapping[str, Play]
    """The sub-graphs, by their ids."""

    def place(self, path: str) -> tuple[Play, AgentId]:
        """The drawing that an agent stands in and its id there, by its path in a run: `research#2/news`."""
        drawing, steps = self, path.split("/")
        for step in steps[:-1]:
            agent = drawing.graph.agents.get(AgentId(SLOT.sub("", step)))
            drawing = self.inside.get((named(agent) if agent is not None else None) or "", drawing)
        return drawing, AgentId(steps[-1])


def playable(graph: Graph) -> Play:
    """The graph as it is simulated: the same agents and edges, but conditions that depend on what was chosen."""
    inside = {id: _playable(each) for id, each in graph.graphs.items()}
    play = _playable(graph)
    table = {id: each.graph for id, each in inside.items()}
    return play._replace(graph=play.graph.model_copy(update={"graphs": table}), inside=inside)


def _playable(graph: Graph) -> Play:
    outs: defaultdict[AgentId, list[Edge]] = defaultdict(list)
    for edge in graph.edges.values():
        if edge.kind == "flow" and edge.when is not None and edge.on is None:
            outs[edge.source].append(edge)
    edges = dict(graph.edges)
    ways: dict[AgentId, tuple[Way, ...]] = {}
    for source, conditional in outs.items():
        ways[source] = _ways(conditional)
        silent = graph.agents[source].kind in SILENT
        for number, edge in enumerate(conditional):
            if silent:
                when = "true" if number == 0 else "false"
            else:
                when = OTHERWISE if edge.when == OTHERWISE else f"value.way == {number}"
            edges[edge.id] = edge.model_copy(update={"when": when})
    lists = frozenset(_before_lists(graph)) - ways.keys()
    agents = {id: _played(agent) for id, agent in graph.agents.items()}
    return Play(graph.model_copy(update={"agents": agents, "edges": edges}), ways, lists, {})


def _played(agent: Agent) -> Agent:
    """An agent that follows no script of its own, so that its conditions are evaluated as in a real run; what stands
    for a sub-graph has that run."""
    if agent.kind == SUB_GRAPH:
        return agent if agent.rehearsal is None else agent.model_copy(update={"rehearsal": None})
    return agent.model_copy(update={"rehearsal": ({},)})


def _ways(edges: list[Edge]) -> tuple[Way, ...]:
    """What an agent chooses between; what is not stated is shared out evenly, a loop having less."""
    shares: list[float | None] = [edge.chance for edge in edges]
    for at, edge in enumerate(edges):
        if edge.loop and shares[at] is None:
            shares[at] = LOOPS
    left = max(0.0, 1.0 - sum(share for share in shares if share is not None))
    open_ = sum(share is None for share in shares)
    return tuple(Way(n, left / open_ if share is None else share) for n, share in enumerate(shares))


def _before_lists(graph: Graph) -> set[AgentId]:
    takers = {
        id for id, agent in graph.agents.items()
        if agent.dynamic or agent.kind == "board"
        or (agent.oversight is not None and agent.oversight.dispatch in ("split", "pool"))
    }  # fmt: skip
    return {edge.source for edge in graph.edges.values() if edge.kind == "flow" and edge.target in takers}


class SimulatedExecutor:
    """Draws what each execution takes and does (see `engine.Executor`).

    What is drawn depends on the seed, the agent, its visit and its attempt only: two drawings that differ in one thing
    are simulated with the same luck everywhere else.
    """

    def __init__(self, play: Play, expected: Mapping[AgentId, Expected], clock: VirtualClock, seed: str) -> None:
        self._play, self._expected, self._clock, self._seed = play, expected, clock, seed
        self._places = {str(id): place for place, id in enumerate(play.graph.agents)}

    async def start(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Nothing to let go of."""

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Take as long as was drawn; then fail, choose a way, ask for workers, hand off or answer."""
        luck = random.Random(f"{self._seed}/{call.agent}/{call.act}/{call.attempt}")  # noqa: S311 - luck, not secrecy
        drawing, id = self._play.place(call.agent)
        expected = self._expected.get(plain(call.agent), NOTHING)
        again = call.state is not None
        seconds = 0.0 if again else expected.seconds * math.exp(expected.spread * luck.gauss(0.0, 1.0))
        fails = luck.random() < expected.fails
        if seconds:
            await self._clock.sleep(seconds, self._places.get(call.agent, 0))
        if expected.cost and not again:
            emit("usage", {"input_tokens": 0, "output_tokens": 0, "requests": 1, "cost": expected.cost})
        if fails and not again:
            raise AgentError("it failed, as it does now and then", type="Simulated")
        said = f"{call.agent} {call.act} {call.attempt}"
        if not again:
            asks = [tool for tool in call.tools if tool.does == "delegate"]
            if asks:
                return Calls(tuple(Request(t.name, t.name, {"task": said}) for t in asks), {"asked": True})
            hands = [tool for tool in call.tools if tool.does == "handoff" and tool.target is not None]
            if hands and luck.random() < HANDS_OFF:
                return Handoff(str(luck.choice(hands).target), said, {call.agent: said})
        return Value(_value(drawing, id, expected, luck, said))


def _value(drawing: Play, id: AgentId, expected: Expected, luck: random.Random, said: str) -> JSON:
    """What it returns; never the same twice, or the engine would stop a loop that seems to get nowhere."""
    ways = drawing.ways.get(id)
    if ways:
        return {"way": _chosen(ways, luck.random()), "said": said}
    if id in drawing.lists:
        return [{"piece": n, "said": said} for n in range(expected.items)]
    return {"way": 0, "said": said}


def _chosen(ways: tuple[Way, ...], at: float) -> int:
    """The way at this place between 0 and 1; one that nobody has if the shares leave something over."""
    for way in ways:
        at -= way.share
        if at < 0:
            return way.number
    return -1
