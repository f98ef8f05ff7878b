"""The drawing as a tree to read: the parts of the verdict, in each the agents that form it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from quartet.graph.model import AgentId, Graph, Point
from quartet.patterns.tree import Pattern, Pipeline, Supervisor, Swarm, Tree
from quartet.patterns.verdict import Verdict

MEMBERS: Mapping[str, str] = {"pipeline": "stage", "fan_out": "branch", "supervisor": "worker", "swarm": "peer"}
"""What a member of each pattern is called."""


@dataclass(slots=True)
class Node:
    """A row: an agent, or a part of the drawing that no agent stands for (`id` is None)."""

    id: AgentId | None
    pattern: Pattern | None
    """The pattern that the row stands for, or that the agent oversees."""
    parent: int
    """The index of the row above, -1 at the top."""
    row: int
    """Its place among the rows under that one."""
    children: list[int] = field(default_factory=list)
    member: str = ""
    """“stage 2 of 4”; empty for what only belongs to a part."""
    ordered: bool = False
    """Its place means something: it is a stage."""
    inside: str = ""
    """The id of the sub-graph that it is in; “”: it is in the drawing itself."""
    way: tuple[AgentId, ...] = ()
    """The agents that stand for the sub-graphs it is in, the outermost first."""
    around: tuple[str, ...] = ()
    """The ids of the drawings round that sub-graph, as `inside` has them."""


def build(graph: Graph, verdict: Verdict | None) -> list[Node]:
    """Every agent once, in the order in which the verdict's tree reads; what is not in it follows as the file has it.

    Branches, workers and peers stand as they do on the canvas, from top to bottom and left to right.
    """
    nodes: list[Node] = []
    roots = 0
    seen: set[AgentId] = set()

    def add(id: AgentId | None, pattern: Pattern | None, parent: int, member: str = "", ordered: bool = False) -> int:
        nonlocal roots
        siblings = roots if parent < 0 else len(nodes[parent].children)
        nodes.append(Node(id, pattern, parent, siblings, member=member, ordered=ordered))
        if parent < 0:
            roots += 1
        else:
            nodes[parent].children.append(len(nodes) - 1)
        if id is not None:
            seen.add(id)
        return len(nodes) - 1

    todo: list[tuple[Tree | AgentId, int, str, bool]] = []
    if verdict is not None and verdict.tree is not None:
        todo.append((verdict.tree, -1, "", False))
    while todo:
        part, parent, member, ordered = todo.pop()
        if isinstance(part, str):
            if part in graph.agents and part not in seen:
                add(part, None, parent, member, ordered)
            continue
        if part.pattern == "agent":
            todo.append((part.own[0], parent, member, ordered))
            continue
        if isinstance(part, Supervisor) and part.supervisor in graph.agents and part.supervisor not in seen:
            here = add(part.supervisor, "supervisor", parent, member, ordered)
        else:
            here = add(None, part.pattern, parent, member, ordered)  # type: ignore[arg-type]  # neither one nor empty
        children = part.children if isinstance(part, Pipeline) else _placed(part.children, graph.positions)
        word, count = MEMBERS[part.pattern], len(children)
        own = [id for id in part.own if id not in seen]
        first = part.trigger  # type: ignore[union-attr]  # a leaf was dealt with above
        if isinstance(part, Swarm) and part.board is not None:
            own = [part.board, *(id for id in own if id != part.board)]
        rows: list[tuple[Tree | AgentId, int, str, bool]] = [(first, here, "", False)] if first is not None else []
        rows += [
            (child, here, f"{word} {number} of {count}", isinstance(part, Pipeline))
            for number, child in enumerate(children, 1)
        ]
        rows += [(id, here, "", False) for id in own if id != first]
        todo.extend(reversed(rows))
    for id in graph.agents:
        if id not in seen:
            add(id, None, -1)
    return nodes


def _placed(children: Sequence[Tree], positions: Mapping[AgentId, Point]) -> list[Tree]:
    def place(tree: Tree) -> tuple[float, float]:
        for part in tree.walk():
            for id in part.own:
                if id in positions:
                    x, y = positions[id]
                    return y, x
        return float("inf"), 0.0

    return sorted(children, key=place)
