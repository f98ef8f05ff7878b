"""What a drawing may hold beside its pattern: tools, relays, stores, and stand-ins that lead on like their primary."""

from collections.abc import Callable, Mapping
from itertools import count, pairwise
from random import Random

from quartet.graph.model import Agent, AgentId, Edge, EdgeId, EdgeKind, Graph
from quartet.patterns.tree import Tree


def dressed(graph: Graph, tree: Tree, random: Random) -> tuple[Graph, Mapping[AgentId, set[AgentId]]]:
    """The drawing of a tree with things beside it, and those that are to be listed at an agent.

    Every tenth agent that does work asks a tool, has a router for its way to nobody else, or keeps notes on a board of
    its own; those who stand in after a failure do so one for the other, and lead where the agent leads.
    """
    made = graph.model_copy(deep=True)
    standins = {agent for part in tree.walk() for agent in part.standins}
    supervisors = {edge.source for edge in graph.edges.values() if edge.kind == "supervise"}
    sharing = {edge.target for edge in graph.edges.values() if edge.kind == "share"}
    beside: dict[AgentId, set[AgentId]] = {}
    numbers = count()

    def edge(kind: EdgeKind, source: AgentId, target: AgentId, on: str | None = None) -> None:
        id = EdgeId(f"y{next(numbers)}")
        more = {} if on is None else {"on": on}
        made.edges[id] = Edge.model_validate({"id": id, "source": source, "target": target, "kind": kind, **more})

    for id, agent in graph.agents.items():
        if agent.kind in ("board", "trigger", "router") or id in standins or random.random() > 0.1:
            continue
        what = random.choice(["tool", "watched tool", "router", "board"])
        if (what == "watched tool" and id in supervisors) or (what == "board" and id in sharing):
            continue
        kind = what.removeprefix("watched ")
        extra = AgentId(f"x{len(made.agents)}")
        made.agents[extra] = Agent(id=extra, kind=kind, name=extra)
        beside.setdefault(id, set()).add(extra)
        if what == "board":
            edge("share", extra, id)
        elif what == "watched tool":
            edge("supervise", id, extra)
        else:
            edge("flow", id, extra)
            edge("flow", extra, id)
    _lead_on(made, tree, edge)
    return made, beside


def _lead_on(graph: Graph, tree: Tree, edge: Callable[..., None]) -> None:
    for part in tree.walk():
        for agent, others in getattr(part, "fallback", ()):
            onward = [each.target for each in graph.edges.values() if each.source == agent and _is_plain(each)]
            for id in [each.id for each in graph.edges.values() if each.source == agent and each.on]:
                del graph.edges[id]
            for first, second in pairwise([agent, *others]):
                edge("flow", first, second, "failure")
            for other in others:
                for target in onward:
                    edge("flow", other, target)


def _is_plain(edge: Edge) -> bool:
    return edge.kind == "flow" and edge.on is None and not edge.loop and edge.when is None
