"""What fixes change about supervision: who is put above whom, who gives up whom, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from quartet.graph.cycles import closing_targets
from quartet.graph.edits import Edit, Remove, Set
from quartet.graph.model import JSON, Agent, AgentId, Edge
from quartet.rules.collecting import limit_for, limited
from quartet.rules.defaults import MAX_RESTARTS
from quartet.rules.facts import Facts
from quartet.rules.finding import Fix
from quartet.rules.mending import id_of, state, stated
from quartet.rules.registry import Rule
from quartet.rules.trying import no_worse


def above(facts: Facts, watched: list[AgentId], name: str) -> list[Edit]:
    """A restartable supervisor above these agents."""
    above = facts.pencil.agent(
        name,
        "supervisor",
        facts.pencil.beside(watched[0], 0, -1),
        oversight={"restartable": True, "max_restarts": MAX_RESTARTS},
    )
    edges = [{"source": id_of(above), "target": id, "kind": "supervise"} for id in watched]
    return [above, *facts.pencil.edges(edges)]


def leave_to(facts: Facts, this: Rule, id: AgentId, kept: AgentId, supervisors: list[AgentId]) -> Fix | None:
    """Leave a worker to one of its supervisors. One that has no other worker watches that one instead; what a worker
    reports to one that is to watch it no longer would be work for that one."""
    if any(facts.handoffs_in[each] or facts.handoffs_out[each] for each in (id, *supervisors)):
        return None  # one of them may be the only one that brings work to the peers
    others = [other for other in supervisors if other != kept]
    if any({edge.source, edge.target} & set(others) for edge in (*facts.reports[id], *facts.duties[id])):
        return None
    idle = [other for other in others if all(edge.target == id for edge in facts.workers[other])]
    edits: list[Edit] = [Remove(section="edges", id=edge.id) for edge in facts.watchers[id] if edge.source != kept]
    label = f"Leave {facts.name(id)} to {facts.name(kept)}"
    if idle:
        if len(idle) > 1 or facts.watchers[kept] or facts.watchers[idle[0]] or facts.related(kept, idle[0]):
            return None
        label += f", and let {facts.name(idle[0])} watch {facts.name(kept)}"
        edits += facts.pencil.edges([{"source": idle[0], "target": kept, "kind": "supervise"}])
    return Fix(label, tuple(edits)) if no_worse(facts, this, partial(tuple, edits)) else None


def stating(agent: Agent, above: Sequence[Edge], **values: JSON) -> Set:
    """The Edit that states something of a supervisor; escalating to nobody is not what anybody wants then."""
    own = stated(agent.oversight)
    return Set(section="agents", id=agent.id, values={"oversight": {**(own if above else _kept(own)), **values}})


def _kept(oversight: dict[str, Any]) -> dict[str, Any]:
    """What an oversight policy states, without escalating."""
    left = [each for each in oversight.get("on_error") or () if each["do"] != "escalate"]
    return {key: value for key, value in oversight.items() if key != "on_error"} | ({"on_error": left} if left else {})


def relieve(facts: Facts, id: AgentId) -> list[Edit]:
    """A supervisor that takes over the workers of an agent, and watches that agent too, which keeps its work: what it
    asked of a worker as its manager becomes a plain edge. Whoever watched the agent watches the supervisor. An event is
    not watched: it starts those whom nothing else starts."""
    agent = facts.agents[id]
    workers = [edge.target for edge in facts.workers[id]]
    given = _asked(facts, id, dict.fromkeys(workers))
    own_place = [] if facts.role(agent) == "trigger" else [id]
    watched = [*own_place, *between(facts, {id, *workers}, None)]
    watching = facts.watchers[id]
    own = stated(agent.oversight) if watching else _kept(stated(agent.oversight))
    above = facts.pencil.agent(
        f"Supervisor of {facts.name(id)}",
        "supervisor",
        facts.pencil.beside(id, 0, -1),
        oversight={**own, "restartable": True, "max_restarts": MAX_RESTARTS, "dispatch": "graph"},
    )
    edits: list[Edit] = [above]
    edits += [Set(section="edges", id=edge.id, values={"target": id_of(above)}) for edge in watching]
    edits += [Set(section="edges", id=edge.id, values={"source": id_of(above)}) for edge in facts.workers[id]]
    edits += [Set(section="agents", id=id, values={"oversight": None})] if agent.oversight else []
    leads = given or any(edge.source == id for worker in workers for edge in facts.duties[worker])
    if leads and facts.reaches_out(agent) and not limited(agent):
        edits.append(state(agent, "limits", start_to_close=limit_for(agent)))
    # beside ways with a condition it is one that is always taken
    always = {"when": "true"} if any(edge.when is not None for edge in facts.flow_out[id]) else {}
    drawn: list[dict[str, object]] = [{"source": id_of(above), "target": each, "kind": "supervise"} for each in watched]
    drawn += [{"source": id, "target": worker, **always} for worker in given]
    return [*edits, *facts.pencil.edges(drawn)]


def can_be_relieved(facts: Facts, id: AgentId) -> bool:
    """Whether an agent and its workers are no boards and no peers, and what it leads to itself is no choice of its own
    among them: an edge to a worker carries nothing as long as the agent is its supervisor."""
    workers = [edge.target for edge in facts.workers[id]]
    if facts.role(facts.agents[id]) not in ("worker", "trigger") or facts.handoffs_in[id] or facts.handoffs_out[id]:
        return False
    if any(facts.role(facts.agents[each]) == "board" or each == id for each in workers):
        return False
    if len({edge.source for edge in facts.watchers[id]}) > 1:
        return False
    if any(facts.flow_out[worker] for worker in workers for edge in facts.reports[worker] if edge.target == id):
        return False  # what it reports would be one more of its ways out
    duties = [edge for worker in workers for edge in facts.duties[worker] if edge.source == id]
    choices = any(edge.when is not None for edge in (*duties, *facts.flow_out[id]))
    return not (duties and choices)


def _asked(facts: Facts, id: AgentId, workers: Iterable[AgentId]) -> list[AgentId]:
    """Those that nothing but their manager starts, so that the manager's result has to."""
    loose = [
        worker
        for worker in workers
        if facts.role(facts.agents[worker]) != "board"
        and not (facts.rescues[worker] or facts.flow_in[worker] or facts.duties[worker] or facts.reports[worker])
    ]
    ways = (facts.flow_out, facts.fallbacks, facts.workers, facts.handoffs_out, facts.handoffs_in)
    if not any(worker == id or any(edges[worker] for edges in ways) for worker in loose):
        return loose  # they lead nowhere, so not back: the whole drawing need not be looked at
    back = closing_targets(facts.graph, id, loose)
    return [worker for worker in loose if worker not in back]


def between(facts: Facts, watched: set[AgentId], supervisor: AgentId | None) -> list[AgentId]:
    """The agents on a flow path between two of `watched` that no supervisor covers, in the order of the file.

    Both searches go only through uncovered agents, so each agent is met once for each supervisor beside it.
    """

    def beyond(start: set[AgentId], edges: dict[AgentId, Sequence[Edge]], forward: bool) -> set[AgentId]:
        met: set[AgentId] = set()
        pending = list(start)
        while pending:
            for edge in edges[pending.pop()]:
                other = edge.target if forward else edge.source
                if other not in met and other not in watched and other != supervisor and not facts.watchers[other]:
                    met.add(other)
                    pending.append(other)
        return met

    downstream = beyond(watched, facts.flow_out, True)
    if not downstream:
        return []
    between = downstream & beyond(watched, facts.flow_in, False)
    covered = {"trigger", "collector", "board", "supervisor"}
    return (
        [
            id
            for id in facts.agents
            if id in between and facts.role(facts.agents[id]) not in covered and not facts.rescues[id]
        ]
        if between
        else []
    )
