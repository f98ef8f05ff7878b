"""The pattern tree as rows to read: an icon, a name, a few words, nested."""

from __future__ import annotations

from typing import NamedTuple

from quartet.agents.kinds import find
from quartet.editor import theme
from quartet.graph.model import AgentId, Graph
from quartet.patterns.tree import FanOut, Inner, Leaf, Part, Pipeline, Supervisor, Swarm, Tree

MOST = 300
"""Rows of a tree that are shown; of a larger one the rest is counted."""
IN_ONE = 40
"""Agents in a row under one part that are listed; the rest is counted."""


class Row(NamedTuple):
    """One row: a part of the tree, an agent of it, or how many more there are."""

    depth: int
    icon: str
    tone: str
    """A token: the pattern's, or “soft”."""
    name: str
    rest: str
    part: Inner | None = None
    """The part this row stands for; its questions can be asked."""
    agents: tuple[AgentId, ...] = ()
    """Whom it is about; None of them for a part (all of its agents, taken when needed)."""


def rows(graph: Graph, tree: Tree | None) -> list[Row]:
    """The rows of a tree, at most `MOST`."""
    found: list[Row] = []
    todo: list[tuple[int, Tree] | Row] = [] if tree is None else [(0, tree)]
    while todo and len(found) < MOST:
        item = todo.pop()
        if isinstance(item, Row):
            found.append(item)
            continue
        depth, part = item
        if isinstance(part, Leaf):
            found.append(_leaf(graph, part.agent, depth, "again and again" if part.loop else ""))
            continue
        found.append(_part(graph, part, depth))
        todo.extend(reversed(_under(graph, part, depth + 1)))
    if todo:
        found.append(Row(0, "ellipsis", "soft", "", "and more: the canvas and the outline show all"))
    return found


def _name(graph: Graph, id: AgentId) -> str:
    agent = graph.agents.get(id)
    return id if agent is None else agent.name or id


def _leaf(graph: Graph, id: AgentId, depth: int, rest: str = "") -> Row:
    agent = graph.agents.get(id)
    kind = find(agent.kind) if agent is not None else None
    if agent is not None and agent.disabled is not None:
        rest = ", ".join(part for part in (rest, agent.disabled) if part)
    return Row(depth, kind.icon if kind is not None else "shapes", "soft", _name(graph, id), rest, None, (id,))


def _under(graph: Graph, part: Inner, depth: int) -> list[tuple[int, Tree] | Row]:
    """What stands under a part: its event, its children, where its results meet, and who steps in."""
    found: list[tuple[int, Tree] | Row] = []
    if part.trigger is not None:
        found.append(_leaf(graph, part.trigger, depth, "starts it"))
    children = part.children
    plain = 0
    for place, child in enumerate(children):
        plain += isinstance(child, Leaf)
        if plain > IN_ONE and all(isinstance(each, Leaf) for each in children[place:]):
            left = tuple(each.agent for each in children[place:] if isinstance(each, Leaf))
            found.append(Row(depth, "ellipsis", "soft", "", f"and {len(left):,} more", None, left))
            break
        found.append((depth, child))
    if part.collector is not None:
        found.append(_leaf(graph, part.collector, depth, "collects"))
    if isinstance(part, Swarm) and part.board is not None:
        found.append(_leaf(graph, part.board, depth, "is shared"))
    for agent, standins in part.fallback:
        rest = f"steps in for {_name(graph, agent)}"
        found.extend(_leaf(graph, standin, depth, rest) for standin in standins)
    return found


def _part(graph: Graph, part: Inner, depth: int) -> Row:
    number = len(part.children)
    match part:
        case Supervisor():
            name = _name(graph, part.supervisor)
            # one part is drawn right below it; of several parts, how many
            rest = (
                ("watches" if number == 1 else f"watches {number}")
                if not part.exclusive
                else f"gives each task to one of {number}"
            )
        case Pipeline():
            name, rest = part.title, f"of {number} stages"
            if part.entangled:
                rest += ", entangled"
        case FanOut():
            name = "Router" if part.exclusive else part.title
            if part.dynamic:
                rest = "of as many copies as there are items"
            else:
                rest = f"to one of {number}" if part.exclusive else f"of {number}"
            rest += ", collected" if part.collector is not None else ""
        case Swarm():
            name, rest = part.title, f"of {number} peers"
    if part.loop:
        rest += ", in a loop"
    if part.inferred:
        rest += ", inferred"
    head = graph.agents.get(part.supervisor) if isinstance(part, Supervisor) else None
    if head is not None and head.disabled is not None:
        rest += f", {head.disabled}"
    return Row(depth, theme.PATTERN_ICONS[part.pattern], part.pattern, name, rest, part, ())


def agents_of(row: Row) -> frozenset[AgentId]:
    """Everybody a row is about."""
    if isinstance(row.part, Part):
        return row.part.agents
    return frozenset(row.agents)
