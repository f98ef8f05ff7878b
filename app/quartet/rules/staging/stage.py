"""What stages are made of: scripts of agents, and what can be scripted in a drawing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from quartet.agents.kinds import find
from quartet.graph.edits import Edit, Set
from quartet.graph.model import Agent, AgentId, Edge, Graph
from quartet.rules.finding import Finding
from quartet.rules.moments import Moment

PATIENT = 20.0
"""Seconds that an agent takes which others wait for, if its limits allow that."""
BROKEN = {"retry": False, "after": 1.0}
"""How a script says that trying again does not help."""


class Scene(NamedTuple):
    """One failure made to happen."""

    what: str
    """What to look at while it runs."""
    edits: list[Edit]
    moment: Moment | None = None
    refused: Literal["rehearsal", "run"] | None = None
    """Nothing runs: what is shown is that it is refused, already in a rehearsal or in a real run."""


Stage = Callable[[Graph, Finding], Scene | None]
_stages: dict[str, Stage] = {}


def stage(*codes: str) -> Callable[[Stage], Stage]:
    """Register how the failure that findings of these codes warn of is made to happen."""

    def add(function: Stage) -> Stage:
        _stages.update(dict.fromkeys(codes, function))
        return function

    return add


def stage_for(code: str) -> Stage | None:
    """How the failure is made to happen that findings of this code warn of; None if it cannot be shown."""
    return _stages.get(code)


def staged_codes() -> frozenset[str]:
    """The codes of the findings whose failure can be shown."""
    return frozenset(_stages)


# agents ----------------------------------------------------------------------------------------------------------


def name(graph: Graph, id: AgentId) -> str:
    """What a person calls the agent."""
    return graph.agents[id].name.strip() or id


def scripted(graph: Graph, *ids: AgentId) -> bool:
    """Whether all of these follow scripts: the engine itself plays events, collectors, boards and supervisors, and
    what happens in a sub-graph is scripted there."""
    return all(_follows(graph.agents[id]) for id in ids)


def _follows(agent: Agent) -> bool:
    kind = find(agent.kind)
    return agent.kind != "graph" and (kind is None or kind.role == "worker")


def script(id: AgentId, *entries: dict[str, Any]) -> Set:
    """The Edit that scripts an agent."""
    return Set(section="agents", id=id, values={"rehearsal": list(entries)})


def fails_once(id: AgentId, text: str) -> Set:
    """It fails so that no retry helps, and is well if somebody starts it anew."""
    return script(id, {"fails": text, **BROKEN}, {"returns": "done at last"})


def lasts(graph: Graph, id: AgentId, seconds: float) -> Set:
    """Let an agent take so long, and give what its own script gives."""
    own = graph.agents[id].rehearsal
    last = dict(own[-1]) if own else {"returns": f"what {name(graph, id)} made"}
    return script(id, {**last, "after": seconds})


def patience(graph: Graph, ids: Iterable[AgentId]) -> float:
    """Seconds that all of these agents may take without running into a limit."""
    limits = (graph.agents[id].limits for id in ids)
    stated = [
        most
        for each in limits if each is not None
        for most in (each.start_to_close, each.schedule_to_close, each.heartbeat) if most is not None
    ]  # fmt: skip
    return min([PATIENT, *(most * 0.8 for most in stated)])


# edges -----------------------------------------------------------------------------------------------------------


def flows(graph: Graph, *, source: AgentId | None = None, target: AgentId | None = None) -> list[Edge]:
    """The flow edges of an agent that carry a result onwards."""
    return [
        edge
        for edge in graph.edges.values()
        if edge.kind == "flow" and edge.on is None and not edge.loop
        and (source is None or edge.source == source) and (target is None or edge.target == target)
    ]  # fmt: skip


def way_to(graph: Graph, id: AgentId) -> list[Edit]:
    """What brings a run to this agent: conditions that hold on the way there, hand-offs that are made, and failures
    that it is to help with.

    Of several ways the one on which the least has to be decided; empty where nothing has to.
    """
    coming: dict[AgentId, list[Edge]] = {}
    for edge in graph.edges.values():
        carries = edge.kind == "flow" and not edge.loop
        if edge.source != edge.target and (carries or edge.kind in ("supervise", "handoff")):
            coming.setdefault(edge.target, []).append(edge)
    onward: dict[AgentId, Edge] = {}
    seen, pending = {id}, deque([id])
    while pending:
        place = pending.popleft()
        if place != id and (not coming.get(place) or graph.agents[place].start):
            break
        for edge in coming.get(place, ()):
            if edge.source not in seen:
                seen.add(edge.source)
                onward[edge.source] = edge
                decided = edge.kind == "handoff" or edge.when is not None or edge.on is not None
                (pending.append if decided else pending.appendleft)(edge.source)
    else:
        # all of them lead to each other: a run begins with the first of the file
        place = next((each for each in graph.agents if each in seen), id)
    edits: list[Edit] = []
    while place != id:
        edge = onward[place]
        edits += _decided(graph, edge)
        place = edge.target
    return edits


def _decided(graph: Graph, edge: Edge) -> list[Edit]:
    """Let a run go along this edge."""
    source = graph.agents[edge.source]
    if edge.kind == "handoff":
        return [script(source.id, {"hands_off": edge.target, "after": 1.0})]
    if edge.kind == "supervise":
        return []
    if edge.on is not None:
        trouble = {"hangs": True} if edge.on == "timeout" else {"fails": "out of order", **BROKEN}
        return [script(source.id, trouble)] if _follows(source) else []
    out = [each for each in graph.edges.values() if each.source == source.id and each.kind == "flow" and not each.on]
    ways = [each for each in out if each.loop or (edge.when is not None and each.when is not None)]
    edits: list[Edit] = []
    if _follows(source) and graph.agents[edge.target].dynamic:
        edits.append(script(source.id, {"returns": ["one", "another"], "after": 1.0}))  # it has a copy for each of them
    elif ways and not source.rehearsal and _follows(source):  # without a script it would take the first way
        edits.append(script(source.id, {"returns": f"what {name(graph, source.id)} made", "after": 1.0}))
    return edits + [
        Set(section="edges", id=each.id, values={"when": "true" if each.id == edge.id else "false"}) for each in ways
    ]


def moment_of(finding: Finding, says: str, watch: Any) -> Moment:
    """A moment at the place that the finding is about."""
    return Moment(says, watch, finding.agents, finding.edges)
