"""Replacing agents by ones of another kind in their places: id, edges and what still applies stay, the rest is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QPointF

from quartet.agents.kinds import Kind, all_kinds, find
from quartet.editor import fuzzy
from quartet.editor.canvas import geometry
from quartet.editor.connections import role_of, roles_refuse
from quartet.editor.form_spec import specs
from quartet.editor.search_popup import Choice
from quartet.editor.value_words import plural
from quartet.graph.disabling import cannot_bypass, supervisors
from quartet.graph.edits import Edit, Remove, Set
from quartet.graph.model import Agent, AgentId, Edge, Graph
from quartet.graph.names import fresh_name

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

OF_WORK: dict[str, str] = {
    "limits": "time limits", "retry": "retries", "budget": "budget", "estimate": "estimate", "rehearsal": "rehearsal",
    "dynamic": "copies over a list", "max_concurrency": "copies at once", "skills": "skills", "reads": "what it reads",
    "writes": "what it writes", "accept_result_on_cancel": "results on stop",
}  # fmt: skip
"""What is stated of agents that do work, and of no others, with what people call it."""
NAMED = 4
"""So many things that were left out are named, the rest is counted."""


class Replaced(NamedTuple):
    """The Edits of a replacement, and what does not go on, in people's words."""

    edits: list[Edit]
    left_out: list[str]


def replacement(graph: Graph, agents: Sequence[Agent], kind: Kind) -> Replaced:
    """The Edits that make agents ones of another kind. Those that are of that kind already stay as they are."""
    changed = {agent.id: agent for agent in agents if agent.kind != kind.name}
    if not changed:
        return Replaced([], [])
    lost = [edge for edge in graph.edges.values() if _is_lost(graph, edge, changed, kind)]
    kept = [edge for edge in graph.edges.values() if edge not in lost]
    edits: list[Edit] = [Remove(section="edges", id=edge.id) for edge in lost]
    left_out = [f"the edge {_name(graph, edge.source)} → {_name(graph, edge.target)}" for edge in lost]
    names = {agent.name for agent in graph.agents.values()}
    watching = supervisors(kept)
    for agent in changed.values():
        values: dict[str, Any] = {"kind": kind.name}
        name = _renamed(agent, kind, names)
        if name is not None:
            values["name"] = name
            names.add(name)
        config, gone = _config(agent, kind)
        if config != agent.config:
            values["config"] = config or None
        own = [edge for edge in kept if agent.id in (edge.source, edge.target)]
        for field, word in _unfit(agent, kind, own, watching):
            values[field] = None
            gone.append(word)
        edits.append(Set(section="agents", id=agent.id, values=values))
        left_out += gone if len(changed) == 1 else [f"{word} of {agent.name or agent.id}" for word in gone]
    return Replaced(edits, left_out)


def _is_lost(graph: Graph, edge: Edge, changed: dict[AgentId, Agent], kind: Kind) -> bool:
    """Whether an edge would make no sense any more, and did before."""
    if edge.source not in changed and edge.target not in changed:
        return False
    ends = (edge.source, edge.target)
    old, other = (role_of(graph.agents[end]) for end in ends)
    new, another = (kind.role if end in changed else role_of(graph.agents[end]) for end in ends)
    return roles_refuse(edge.kind, new, another, "", "") is not None and not roles_refuse(edge.kind, old, other, "", "")


def _name(graph: Graph, id: AgentId) -> str:
    return graph.agents[id].name or id


def _renamed(agent: Agent, kind: Kind, names: set[str]) -> str | None:
    """A name that only said the kind says the new one; any other is a person's own."""
    old = find(agent.kind)
    title = agent.kind if old is None else old.title
    if not re.fullmatch(rf"{re.escape(title)}( \d+)?", agent.name):
        return None
    return fresh_name(Graph(), kind.title, names)


def _config(agent: Agent, kind: Kind) -> tuple[dict[str, Any], list[str]]:
    """The settings that both kinds have, and what the others are called."""
    known = {spec.name for spec in specs(kind.config)}
    old = find(agent.kind)
    titles = {} if old is None else {spec.name: spec.title.lower() for spec in specs(old.config)}
    config = {name: value for name, value in agent.config.items() if name in known}
    return config, [titles.get(name, name) for name in agent.config if name not in known]


def _unfit(agent: Agent, kind: Kind, edges: list[Edge], watching: frozenset[AgentId]) -> Iterator[tuple[str, str]]:
    """What is stated of an agent and would mean nothing, or something else, with the new kind: field and name."""
    works = kind.role == "worker"
    for field, word in OF_WORK.items():
        if not works and getattr(agent, field) not in (None, False):
            yield field, word
    if agent.repeatable is not None:
        yield "repeatable", "safe to run twice"  # that was said of other work
    if agent.oversight is not None and kind.role != "supervisor" and agent.id not in watching:
        yield "oversight", "oversight"
    if agent.handover is not None and not any(edge.kind == "handoff" for edge in edges):
        yield "handover", "hand-overs"
    if agent.board is not None and kind.role != "board":
        yield "board", "board"
    comes = any(edge.kind == "flow" and edge.target == agent.id for edge in edges)
    if agent.join is not None and not comes:
        yield "join", "inputs"
    fresh = agent.model_copy(update={"kind": kind.name})
    if agent.disabled == "bypassed" and cannot_bypass(fresh, watching) is not None:
        yield "disabled", "bypassed"


# what a person does


def ask(canvas: Canvas) -> None:
    """Ask by name what the selected agents are to be replaced with."""
    document = canvas.document
    chosen = document.selected_agents
    reason = document.read_only or (None if chosen else "No agent is selected.")
    if reason is not None:
        canvas.say(reason)
        return
    canvas.cancel_gesture()
    ids = [agent.id for agent in chosen]
    own = {agent.kind for agent in chosen}
    kinds = [kind for kind in all_kinds() if kind.palette and own != {kind.name}]

    def source(typed: str) -> list[Choice]:
        found = [
            Choice(kind.title, kind.summary, kind.icon, partial(replace, canvas, ids, kind), "accent", kind.name)
            for kind in kinds
        ]
        return fuzzy.ranked(typed, found, lambda choice: f"{choice.title} {choice.also}")

    what = chosen[0].name or chosen[0].id if len(chosen) == 1 else plural(len(chosen), "agent")
    x, y = canvas.canvas_scene.positions[ids[0]]
    canvas.adding.close()
    canvas.adding.search.ask(f"Replace {what} with…", source, canvas.mapFromScene(QPointF(x, y + geometry.HEIGHT + 8)))


def replace(canvas: Canvas, ids: Sequence[AgentId], kind: Kind) -> bool:
    """Replace these agents, as one step, and say what was left out. False: nothing came of it."""
    graph = canvas.document.graph
    chosen = [graph.agents[id] for id in ids if id in graph.agents]
    found = replacement(graph, chosen, kind)
    if not found.edits:
        canvas.say("It is of that kind already." if len(chosen) == 1 else "They are of that kind already.")
        return False
    what = chosen[0].name or chosen[0].id if len(chosen) == 1 else plural(len(chosen), "agent")
    if not canvas.do(f"Replace {what} with {kind.title}", found.edits):
        return False
    canvas.document.select(ids)
    if found.left_out:
        canvas.remark.tell(f"Left out: {_listed(found.left_out)}. Undo brings it back.", _below(canvas, ids[0]))
    return True


def _below(canvas: Canvas, id: AgentId) -> Any:
    x, y = canvas.canvas_scene.positions[id]
    return canvas.mapFromScene(QPointF(x, y + geometry.HEIGHT))


def _listed(words: list[str]) -> str:
    if len(words) <= NAMED:
        return ", ".join(words)
    return f"{', '.join(words[:NAMED])} and {len(words) - NAMED:,} more"
