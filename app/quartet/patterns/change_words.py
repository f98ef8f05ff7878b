"""Changes of a drawing in words, as a person would say them."""

from __future__ import annotations

from collections.abc import Sequence

from quartet.graph.edits import Add, Edit, Remove, Set
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph
from quartet.patterns.tree import TITLES, Pattern

_AS = {"flow": "a step", "supervise": "supervision", "handoff": "a hand-off", "share": "sharing"}
MOST_TOLD = 3


def sentence(graph: Graph, edits: Sequence[Edit]) -> str:
    """The edits as one sentence: “Draw A → B as supervision and remove B → C.”"""
    said: dict[tuple[str, str], list[str]] = {}
    added = {edit.item.id: edit.item.name for edit in edits if isinstance(edit, Add) and isinstance(edit.item, Agent)}

    def ends(source: AgentId, target: AgentId) -> str:
        names = [added.get(id) or graph.agents[id].name.strip() or id for id in (source, target)]
        return " → ".join(str(name) for name in names)

    for edit in edits:
        if isinstance(edit, Add) and isinstance(edit.item, Agent):
            said.setdefault(("add", ""), []).append(edit.item.name)
        elif isinstance(edit, Add) and isinstance(edit.item, Edge):
            kind = edit.item.kind
            words = "" if kind == "flow" else f" as {_AS[kind]}"
            said.setdefault(("draw", words), []).append(ends(edit.item.source, edit.item.target))
        elif isinstance(edit, Set):
            edge = graph.edges[EdgeId(edit.id)]
            if "source" in edit.values:
                start = graph.agents[AgentId(str(edit.values["source"]))].name
                said.setdefault(("start", f" at {start}"), []).append(ends(edge.source, edge.target))
            else:
                said.setdefault(("make", f" {_AS[str(edit.values['kind'])]}"), []).append(
                    ends(edge.source, edge.target)
                )
        elif isinstance(edit, Remove) and edit.section == "edges":
            edge = graph.edges[EdgeId(edit.id)]
            said.setdefault(("remove", ""), []).append(ends(edge.source, edge.target))
        elif isinstance(edit, Remove):
            said.setdefault(("remove", ""), []).append(graph.agents[AgentId(edit.id)].name)
    parts = [f"{verb} {_list(things)}{words}" for (verb, words), things in said.items()]
    text = " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
    return f"{text[:1].upper()}{text[1:]}."


def undecided(patterns: Sequence[Pattern]) -> str:
    """That it was not found out whether a small change leads to these patterns, as one sentence."""
    names = [TITLES[pattern] for pattern in patterns]
    told = " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    return f"{told} instead: whether a small change does it was not found out; that takes too many tries."


def _list(things: list[str]) -> str:
    if len(things) > MOST_TOLD:
        return f"{', '.join(things[:MOST_TOLD])} and {len(things) - MOST_TOLD} more"
    return " and ".join(part for part in (", ".join(things[:-1]), things[-1]) if part)
