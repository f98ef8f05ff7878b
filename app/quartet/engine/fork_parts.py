"""What becomes of each agent in a fork, as far as it can be said before it starts."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from quartet.agents.calls import Handoff, Value
from quartet.agents.kinds import find
from quartet.engine.events import Event
from quartet.engine.nodes import Node
from quartet.engine.plan import Plan
from quartet.engine.policies import is_repeatable
from quartet.engine.reuse import Kept, place_of, sees_input
from quartet.graph.model import Graph

JSON = Any
DEEPEST = 16
"""Sub-graphs within sub-graphs that are looked at."""


_FAILURES = frozenset({"attempt.failed", "attempt.timed_out", "attempt.lost"})


class Part(NamedTuple):
    """What becomes of one agent in a fork."""

    agent: str
    what: Literal["reused", "maybe", "rerun", "stated"]
    """reused: its answers are given again. maybe: if it is called as it was then. rerun: it is really executed.
    stated: it answers what was stated for the fork."""
    answers: int
    """How many of its answers are known."""
    why: Literal["", "changed", "new", "behind", "input", "failed", "later"]
    """changed: its settings or what leads to it are; behind: it comes after one that is done again or stated; input:
    it depends on the run's input, which is another one; failed, later: it had no answer by that event."""
    after: str = ""
    """Of one that is behind: the agent that it comes after."""


def plans_of(graph: Graph) -> Iterator[Plan]:
    """The plan of a graph, and those of its sub-graphs wherever an agent stands for one."""
    front = deque([(Plan(graph), 0)])
    while front:
        plan, depth = front.popleft()
        yield plan
        for node in plan.nodes.values() if depth < DEEPEST else ():
            inner = plan.table.get(str(node.config.get("graph"))) if stands_for_graph(node) else None
            if inner is not None:
                front.append((Plan(inner, table=plan.table, prefix=f"{node.id}/", keys=plan.keys), depth + 1))


def stands_for_graph(node: Node) -> bool:
    """Whether an agent runs a sub-graph."""
    return node.kind == "graph"


def executes(node: Node) -> bool:
    """Whether an executor does an agent's work, rather than the engine or the agents of a sub-graph."""
    return node.attempts and not stands_for_graph(node)


def nodes_of(graph: Graph) -> dict[str, Node]:
    """All agents by their id; those of sub-graphs by their path (`review/editor`)."""
    return {node.id: node for plan in plans_of(graph) for node in plan.nodes.values()}


def parts_of(
    old_graph: Graph,
    graph: Graph,
    events: Sequence[Event],
    at: int,
    kept: Iterable[Kept],
    *,
    stated: set[str],
    other_input: bool,
) -> list[Part]:
    """What becomes of each agent that executes something, in the order of the graph.

    `events` are all of the earlier run's, `kept` its answers up to event `at`; `stated`: the agents that a value was
    stated for; `other_input`: the fork has another input.
    """
    old, new = nodes_of(old_graph), nodes_of(graph)
    answers: dict[str, list[Kept]] = {}
    for one in kept:
        answers.setdefault(place_of(one.call.agent), []).append(one)
    failed = {place_of(e.agent) for e in events[:at] if e.type in _FAILURES and e.agent is not None}
    whole = at == len(events) and events[-1].type == "run.finished"
    found: dict[str, Part] = {}
    for id, node in new.items():
        if not executes(node):
            continue
        mine = answers.get(id, [])
        if id in stated:
            found[id] = Part(id, "stated", len(mine), "")
        elif id not in old:
            found[id] = Part(id, "rerun", 0, "new")
        elif _differs(old[id], node):
            found[id] = Part(id, "rerun", len(mine), "changed")
        elif mine and other_input and any(_saw_input(one) for one in mine):
            found[id] = Part(id, "rerun", len(mine), "input")
        elif mine:
            found[id] = Part(id, "reused", len(mine), "")
        elif id in failed or not whole:
            # whoever was passed over or stopped in a run that has ended is so again, unless something changes
            found[id] = Part(id, "rerun", 0, "failed" if id in failed else "later")
    for id, after in _behind(graph, [part.agent for part in found.values() if _spreads(part)]).items():
        part = found.get(id)
        if part is not None and part.what == "reused":
            found[id] = part._replace(what="maybe", why="behind", after=after)
    return list(found.values())


def repeats_of(graph: Graph, events: Iterable[Event], kept: Iterable[Kept], parts: Iterable[Part]) -> list[str]:
    """The agents that are not safe to run twice, succeeded in the earlier run, and are or may be executed again."""
    nodes = nodes_of(graph)
    succeeded = Counter(place_of(e.agent) for e in events if e.type == "attempt.succeeded" and e.agent is not None)
    known = Counter(place_of(one.call.agent) for one in kept if isinstance(one.answer, Value | Handoff))
    found = []
    for part in parts:
        agent = nodes[part.agent].agent
        again = part.what in ("maybe", "rerun") or known[part.agent] < succeeded[part.agent]
        if again and succeeded[part.agent] and not is_repeatable(agent, find(agent.kind)):
            found.append(part.agent)
    return found


def _spreads(part: Part) -> bool:
    return part.what == "stated" or part.why in ("changed", "new", "input", "failed")


def _saw_input(one: Kept) -> bool:
    return not one.call.inputs or sees_input(one.call.kind, one.call.config)


def _differs(old: Node, new: Node) -> bool:
    """Whether an agent is another one, or gets its work from others."""
    return (
        (old.kind, old.config, old.tools, old.agent.dynamic) != (new.kind, new.config, new.tools, new.agent.dynamic)
        or [link.source.id for link in old.inputs] != [link.source.id for link in new.inputs]
        or (old.supervisor.id if old.supervisor else None) != (new.supervisor.id if new.supervisor else None)
    )


def _behind(graph: Graph, seeds: list[str]) -> dict[str, str]:
    """The agents that something else may reach because of the seeds, each with one of these it comes after."""
    ahead = _ways(graph)
    found: dict[str, str] = {}
    front = deque((seed, seed) for seed in seeds)
    while front:
        id, seed = front.popleft()
        for other in ahead.get(id, ()):
            if other not in found and other not in seeds:
                found[other] = seed
                front.append((other, seed))
    return found


def _ways(graph: Graph) -> dict[str, list[str]]:
    """Where something may go on from each agent. An agent that stands for a sub-graph has two ends: what comes to it
    goes to the agents inside, and what these give leaves from its path with a slash."""
    ahead: dict[str, list[str]] = {}
    for plan in plans_of(graph):
        prefix = plan.prefix
        ends = {id: f"{node.id}/" if stands_for_graph(node) else node.id for id, node in plan.nodes.items()}
        for edge in plan.graph.edges.values():
            ahead.setdefault(ends[edge.source], []).append(prefix + edge.target)
            if edge.kind != "flow":
                ahead.setdefault(ends[edge.target], []).append(prefix + edge.source)
        if prefix:
            for node in plan.nodes.values():
                if not node.inputs:
                    ahead.setdefault(prefix[:-1], []).append(node.id)
                ahead.setdefault(ends[node.id.removeprefix(prefix)], []).append(prefix)
    return ahead
