"""In which order the timeline lists the agents: as the pattern tree reads, overseers above those they watch."""

from __future__ import annotations

from quartet.graph.model import AgentId, Graph
from quartet.patterns.tree import Part, Supervisor, Tree
from quartet.patterns.verdict import Verdict


def rows(graph: Graph, verdict: Verdict | None) -> list[AgentId]:
    """Every agent of the graph once: in the tree's order first, then what is not in the tree, as the file has it."""
    found: dict[AgentId, None] = {}
    todo: list[Tree | AgentId] = [] if verdict is None or verdict.tree is None else [verdict.tree]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            found.setdefault(part)
            continue
        if isinstance(part, Part):
            if isinstance(part, Supervisor):
                found.setdefault(part.supervisor)
            if part.trigger is not None:
                found.setdefault(part.trigger)
            todo.extend(reversed(part.standins))
            if part.collector is not None:
                todo.append(part.collector)
        else:
            found.setdefault(part.agent)
        todo.extend(reversed(part.children))
    found.update(dict.fromkeys(graph.agents))
    return [id for id in found if id in graph.agents]
