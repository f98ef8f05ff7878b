"""A drawing made ready for simulation: its conditions ask what a simulated agent chose, and an executor chooses."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from quartet.agents.calls import AgentError, Answer, Call, Calls, Emit, Handoff, Request, Value, Wait
from quartet.engine.clock import VirtualClock
from quartet.graph.model import OTHERWISE, Agent, AgentId, Edge, EdgeId, Graph, Oversight, Retry
from quartet.graph.nesting import SLOT, SUB_GRAPH, named
from quartet.whatif.estimates import NOTHING, Expected, plain

JSON = Any
LOOPS = 0.3
"""How often a loop goes round once more, where nobody states it."""
HANDS_OFF = 0.4
"""How often a peer hands the task over rather than answers, where nobody states anything."""
SILENT = ("collector", "trigger", "supervisor", "board", "graph")
"""Kinds that the engine plays itself: they choose nothing."""
CHOOSES = " chooses"
"""Behind the id of such an agent: who chooses for it."""
CHOSEN = "type(value) != list ? {number} in value.ways : value == [] ? {first} : {number} in value[0].ways"
"""The condition of a way out: whether its number was chosen, which each piece of a list knows, too."""


class Way(NamedTuple):
    """One conditional way out, and in what share of the cases it is taken."""

    number: int
    share: float
    target: AgentId
    stated: bool


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
    """The graph as it is simulated: the same agents and edges, but conditions that depend on what was chosen, and
    pauses without jitter, which would differ wherever anything before them does."""
    inside = {id: _playable(each) for id, each in graph.graphs.items()}
    play = _playable(graph)
    table = {id: each.graph for id, each in inside.items()}
    return play._replace(graph=play.graph.model_copy(update={"graphs": table}), inside=inside)


def _playable(graph: Graph) -> Play:
    outs: defaultdict[AgentId, list[Edge]] = defaultdict(list)
    for edge in graph.edges.values():
        if edge.kind == "flow" and edge.when is not None and edge.on is None and edge.source in graph.agents:
            outs[edge.source].append(edge)
    agents = {id: _played(agent) for id, agent in graph.agents.items()}
    edges = dict(graph.edges)
    ways: dict[AgentId, tuple[Way, ...]] = {}
    for source, conditional in outs.items():
        chooser = source
        if graph.agents[source].kind in SILENT:
            chooser = _behind(source, agents, edges)
        ways[chooser] = _chosen_among(conditional)
        for number, edge in enumerate(conditional):
            when = OTHERWISE if edge.when == OTHERWISE else CHOSEN.format(number=number, first=str(number == 0).lower())
            edges[edge.id] = edge.model_copy(update={"when": when, "source": chooser})
    played = graph.model_copy(update={"agents": agents, "edges": edges})
    return Play(played, ways, frozenset(_before_lists(played)), {})


def _behind(agent: AgentId, agents: dict[AgentId, Agent], edges: dict[EdgeId, Edge]) -> AgentId:
    """An agent that takes no time behind one that the engine plays itself, to choose between its ways out."""
    chooser = AgentId(agent + CHOOSES)
    name = agents[agent].name
    agents[chooser] = Agent(id=chooser, kind="template", name=name, route=agents[agent].route, rehearsal=({},))
    edge = EdgeId(f"{agent} to {chooser}")
    edges[edge] = Edge(id=edge, source=agent, target=chooser)
    return chooser


def _played(agent: Agent) -> Agent:
    """An agent that follows no script of its own, so that its conditions are evaluated as in a real run; what stands
    for a sub-graph has that run."""
    changes: dict[str, Any] = {"rehearsal": None if agent.kind == SUB_GRAPH else ({},)}
    retry = agent.retry or Retry()
    by_error = tuple(each.model_copy(update={"jitter": 0.0}) for each in retry.by_error or ()) or None
    changes["retry"] = retry.model_copy(update={"jitter": 0.0, "by_error": by_error})
    changes["oversight"] = (agent.oversight or Oversight()).model_copy(update={"jitter": 0.0})
    return agent.model_copy(update=changes)


def _chosen_among(edges: Sequence[Edge]) -> tuple[Way, ...]:
    """What an agent chooses between; what is not stated is shared out evenly, a loop having less."""
    stated = sum(edge.chance or 0.0 for edge in edges)
    shares: list[float | None] = [edge.chance for edge in edges]
    loops = [at for at, edge in enumerate(edges) if edge.loop and edge.chance is None]
    for at in loops:
        shares[at] = min(LOOPS, max(0.0, 1.0 - stated) / len(loops))
    left = max(0.0, 1.0 - sum(share for share in shares if share is not None))
    open_ = sum(share is None for share in shares)
    return tuple(
        Way(n, left / open_ if share is None else share, edge.target, edge.chance is not None)
        for n, (edge, share) in enumerate(zip(edges, shares, strict=True))
    )


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
        if isinstance(call.state, dict) and "answer" in call.state:  # a person has thought it over
            return _outcome(call.state["answer"])
        luck = random.Random(f"{self._seed}/{call.agent}/{call.act}/{call.attempt}")  # noqa: S311 - luck, not secrecy
        drawing, id = self._play.place(call.agent)
        expected = self._expected.get(plain(call.agent), NOTHING)
        again = call.state is not None
        fails, seconds = expected.drawn(luck)
        said = f"{call.agent} {call.act} {call.attempt}"
        if call.kind == "human" and not again:
            answer = None if fails else _value(drawing, id, expected, luck, said)
            # whoever waits for a person holds no place, and no limit on an attempt runs
            return Wait("?", {"answer": answer}, math.inf if seconds is None else seconds)
        if not again:
            try:
                if seconds != 0.0:
                    await self._clock.sleep(seconds, self._places.get(call.agent, 0))
            finally:  # what was begun is paid for, also where it is stopped or its time is over
                if expected.cost or expected.tokens:
                    cost, tokens = expected.cost, expected.tokens
                    emit("usage", {"input_tokens": 0, "output_tokens": tokens, "requests": 1, "cost": cost})
        if fails and not again:
            return _outcome(None)
        if not again:
            asks = [tool for tool in call.tools if tool.does == "delegate"]
            if asks:
                return Calls(tuple(Request(t.name, t.name, {"task": said}) for t in asks), {"asked": True})
            hands = [tool for tool in call.tools if tool.does == "handoff" and tool.target is not None]
            if hands and luck.random() < HANDS_OFF:
                return Handoff(str(luck.choice(hands).target), said, {call.agent: said})
        return Value(_value(drawing, id, expected, luck, said))


def _outcome(value: JSON) -> Value:
    """What an execution returns; nothing: it fails."""
    if value is None:
        raise AgentError("it failed, as it does now and then", type="Simulated")
    return Value(value)


def _value(drawing: Play, id: AgentId, expected: Expected, luck: random.Random, said: str) -> JSON:
    """What it returns; never the same twice, or the engine would stop a loop that seems to get nowhere."""
    taken = [0]
    ways = drawing.ways.get(id)
    if ways:
        taken = _chosen(ways, luck.random())
    if id in drawing.lists:
        return [{"ways": taken, "piece": n, "said": said} for n in range(expected.items)]
    return {"ways": taken, "said": said}


def _chosen(ways: tuple[Way, ...], at: float) -> list[int]:
    """The ways at this place between 0 and 1, each as often as its share says.

    They lie side by side: never two at once as long as all shares together are not more than one; none, if that
    leaves something over.
    """
    found: list[int] = []
    left = 0.0
    for way in ways:
        if (at - left) % 1.0 < way.share:
            found.append(way.number)
        left += way.share
    return found
