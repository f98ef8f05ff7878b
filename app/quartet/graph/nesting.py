"""Which sub-graphs a graph uses: agents of the kind `graph` stand for them, at any depth."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from quartet.graph.model import Agent, AgentId, EdgeId, Graph

SUB_GRAPH = "graph"
"""The kind of an agent that stands for a sub-graph; its config names the sub-graph as `graph`."""

FILE = "file"
"""The entry of a sub-graph's `extra` that names the file it is kept in (`quartet.graph.links`)."""
TROUBLE = "file_trouble"
"""The entry that says, in a graph whose links were followed, why one could not be; no file ever holds it."""

SLOT = re.compile(r"#\d+$")
"""How a path tells several runs of the same sub-graph at once: `outer#2/inner`."""


class Inside(NamedTuple):
    """A sub-graph that is used."""

    id: str
    graph: Graph
    path: str
    """How one gets there, by names: “Research › Search”."""
    agents: tuple[AgentId, ...]
    """The agents of the drawing itself that it is part of."""


def named(agent: Agent) -> str | None:
    """The id of the sub-graph that an agent is to stand for; None if it is to stand for none, or says not which."""
    id = agent.config.get("graph") if agent.kind == SUB_GRAPH else None
    return id if isinstance(id, str) else None


def link_of(graph: Graph) -> str | None:
    """The file that a sub-graph is kept in; None if it is drawn where it stands."""
    file = graph.extra.get(FILE)
    return file if isinstance(file, str) and not (graph.agents or graph.edges) else None


def uses(agent: Agent) -> Iterator[str]:
    """The sub-graphs that an agent may have run: its own, and those its directives lay over a worker's."""
    id = named(agent)
    if id is not None:
        yield id
    for directive in (agent.oversight.on_error or ()) if agent.oversight is not None else ():
        other = (directive.with_ or {}).get("graph")
        if isinstance(other, str):
            yield other


def inside(graph: Graph) -> list[Inside]:
    """The sub-graphs that the agents of `graph` have run, directly and deeper, each once, outer ones first."""
    if not graph.graphs:
        return []
    paths: dict[str, str] = {}
    users: dict[str, dict[AgentId, None]] = {}
    front = deque((id, agent.name, agent.id) for agent in graph.agents.values() for id in uses(agent))
    seen: set[tuple[str, AgentId]] = set()
    while front:
        id, path, top = front.popleft()
        if id not in graph.graphs or (id, top) in seen:
            continue
        seen.add((id, top))
        paths.setdefault(id, path)
        users.setdefault(id, {})[top] = None
        for agent in graph.graphs[id].agents.values():
            front.extend((deeper, f"{path} › {agent.name}", top) for deeper in uses(agent))
    return [Inside(id, graph.graphs[id], path, tuple(users[id])) for id, path in paths.items()]


def circle(graph: Graph) -> list[str]:
    """The ids of sub-graphs that contain each other in a circle, in that order; empty if none do."""
    done: set[str] = set()
    for start in graph.graphs:
        way: dict[str, None] = {}
        stack: list[tuple[str, bool]] = [(start, True)]
        while stack:
            id, entered = stack.pop()
            if not entered:
                del way[id]
                done.add(id)
                continue
            if id in way:
                ids = list(way)
                return ids[ids.index(id) :]
            if id in done or id not in graph.graphs:
                continue
            way[id] = None
            stack.append((id, False))
            inner = [one for agent in graph.graphs[id].agents.values() for one in uses(agent)]
            stack.extend((one, True) for one in dict.fromkeys(inner))
    return []


def found(graph: Graph, path: str) -> list[Agent]:
    """The agents on the way to that of a path (`outer/inner`), the last of them itself; empty if there is none."""
    if path in graph.agents:
        return [graph.agents[AgentId(path)]]
    way: list[Agent] = []
    here: Graph | None = graph
    for step in path.split("/"):
        agent = _step(here, step)
        if agent is None:
            return []
        way.append(agent)
        here = graph.graphs.get(named(agent) or "")
    return way


def without_slots(path: str) -> str:
    """The path of an agent whichever of several runs of its sub-graph it is in."""
    return re.sub(r"#\d+(?=/)", "", path) if "#" in path else path


def _step(graph: Graph | None, step: str) -> Agent | None:
    if graph is None:
        return None
    agent = graph.agents.get(AgentId(step))
    if agent is None and (several := SLOT.search(step)):
        agent = graph.agents.get(AgentId(step[: several.start()]))
    return agent


def agent_at(graph: Graph, path: str) -> Agent | None:
    """The agent of a path, or None."""
    way = found(graph, path)
    return way[-1] if way else None


def title(graph: Graph, path: str) -> str:
    """What people call the agent of a path: “Outer › Inner”; the path itself if there is no such agent."""
    names = [agent.name or agent.id for agent in found(graph, path)]
    for n, step in enumerate(path.split("/")[:-1] if len(names) > 1 else ()):
        names[n] += f" {several.group()}" if (several := SLOT.search(step)) and step not in graph.agents else ""
    return " › ".join(names) or path


def ends(graph: Graph, path: str) -> tuple[str, str] | None:
    """What people call the two ends of the edge of a path (`outer/edge`); None if there is no such edge."""
    edge = graph.edges.get(EdgeId(path))
    if edge is not None:
        return title(graph, edge.source), title(graph, edge.target)
    outer, _, own = path.rpartition("/")
    agent = agent_at(graph, outer) if outer else None
    drawing = graph.graphs.get(named(agent) or "") if agent is not None else None
    edge = drawing.edges.get(EdgeId(own)) if drawing is not None else None
    return None if edge is None else (title(graph, f"{outer}/{edge.source}"), title(graph, f"{outer}/{edge.target}"))
