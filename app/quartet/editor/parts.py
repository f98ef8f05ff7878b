"""The parts of a pattern tree, as views show them: each with the agents that belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from quartet.graph.model import AgentId
from quartet.patterns.tree import Leaf, Tree

MARKS = {"loop": "repeats", "exclusive": "picks one", "dynamic": "as many as needed"}
"""What is said of a part besides its pattern, by the field of the tree that holds it."""


@dataclass(slots=True)
class Part:
    """One inner node of the tree."""

    pattern: str
    title: str
    parent: int
    """Index of the part around it; -1 of the outermost."""
    agents: list[AgentId] = field(default_factory=list)
    """The agents that belong to this part and to none inside it."""
    loop: bool = False
    """Whether an arrow leads back under its agents."""


def parts_of(tree: Tree | None, attached: Mapping[AgentId, Iterable[AgentId]] | None = None) -> list[Part]:
    """The parts of a tree, each after the one around it. One agent alone is no part.

    What is `attached` to an agent (a verdict's tools, boards and events beside the tree) lies in the agent's part.
    """
    if tree is None or isinstance(tree, Leaf):
        return []
    found: list[Part] = []
    stack: list[tuple[Tree, int]] = [(tree, -1)]
    while stack:
        node, parent = stack.pop()
        if isinstance(node, Leaf):
            found[parent].agents.extend(node.own)
            continue
        words = ", ".join(word for mark, word in MARKS.items() if getattr(node, mark, False))
        found.append(Part(node.pattern, f"{node.title} · {words}" if words else node.title, parent, list(node.own)))
        found[-1].loop = bool(getattr(node, "loop", False))
        number = len(found) - 1
        stack.extend((child, number) for child in reversed(node.children))
    for part in found if attached else ():
        part.agents.extend(other for agent in tuple(part.agents) for other in (attached or {}).get(agent, ()))
    return found


def innermost(parts: list[Part]) -> dict[AgentId, str]:
    """The pattern of the innermost part each agent belongs to."""
    return {agent: part.pattern for part in parts for agent in part.agents}
