"""What a fix would change, in words: one line for each Edit that a person can check before it is applied."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, assert_never

from pydantic import BaseModel

from quartet.agents.kinds import find
from quartet.graph.edits import Add, Edit, Move, Remove, Set, SetGraph, Within
from quartet.graph.model import (
    Agent,
    AgentId,
    Budget,
    Edge,
    EdgeId,
    Estimate,
    Graph,
    Handover,
    Join,
    Oversight,
    Retry,
    RunLimits,
    StateKey,
    TimeLimits,
    WorkBoard,
)
from quartet.patterns.guide import FIELD as INTENT
from quartet.rules import Finding

Sign = Literal["add", "remove", "change"]
POLICIES: dict[str, tuple[str, type[BaseModel]]] = {
    "limits": ("time limit", TimeLimits),
    "retry": ("retry", Retry),
    "join": ("join", Join),
    "oversight": ("supervision", Oversight),
    "handover": ("hand-offs", Handover),
    "budget": ("budget", Budget),
    "estimate": ("estimate", Estimate),
    "board": ("work", WorkBoard),
}
FIELDS = {
    "on_error": "on failure",
    "on_branch_failure": "when a branch fails",
    "max_concurrency": "at once",
    "rehearsal": "rehearsal script",
    "when": "condition",
    "on": "fallback",
    "reads": "may read",
    "writes": "may write",
    "max_iterations": "passes at most",
}
MEANING = {"kind", "loop", "on", "when", "source", "target", "inferred"}
"""Fields of an edge that say what it means: told in one sentence, not one by one."""
SECONDS = frozenset({
    "start_to_close", "schedule_to_start", "schedule_to_close", "heartbeat", "cancel_grace", "initial_interval",
    "max_interval", "timeout", "max_seconds", "backoff_max", "deadline",
})  # fmt: skip


class Line(NamedTuple):
    """One change: whether something is added, removed or altered, and what."""

    sign: Sign
    text: str


def lines(graph: Graph, edits: Sequence[Edit]) -> list[Line]:
    """What `edits` would do to `graph`, a line for each change worth reading; places on the canvas are left out."""
    names = {id: agent.name or id for id, agent in graph.agents.items()}
    names.update(
        {
            AgentId(edit.item.id): edit.item.name or edit.item.id
            for edit in edits
            if isinstance(edit, Add) and isinstance(edit.item, Agent)
        }
    )
    found: list[Line] = []
    for edit in edits:
        match edit:
            case Add():
                found.append(Line("add", _added(edit, names)))
            case Remove():
                found.append(Line("remove", _removed(edit, graph, names)))
            case Set():
                found.extend(Line("change", text) for text in _set(edit, graph, names))
            case SetGraph():
                gone = len(graph.broken) - len(edit.values.get("broken") or ()) if "broken" in edit.values else 0
                if gone:
                    what = "What could not be read" if gone == 1 else f"{gone:,} items that could not be read"
                    found.append(Line("remove", f"{what} in the file"))
                found.extend(Line("change", text) for text in _set_graph(edit, graph))
            case Within():
                found.extend(lines(graph.graphs[edit.graph], edit.edits) if edit.graph in graph.graphs else ())
            case Move():
                pass
            case _:
                assert_never(edit)
    return found


def touched(edits: Iterable[Edit]) -> tuple[set[str], set[str]]:
    """The agents and edges that the edits are about: what to light up while a person reads."""
    agents: set[str] = set()
    edges: set[str] = set()
    for edit in edits:
        if isinstance(edit, Add):
            if isinstance(edit.item, Edge):
                agents.update((edit.item.source, edit.item.target))
        elif isinstance(edit, Remove | Set):
            if edit.section == "agents":
                agents.add(edit.id)
            elif edit.section == "edges":
                edges.add(edit.id)
    return agents, edges


def where(finding: Finding) -> tuple[set[str], set[str]]:
    """The agents and edges a finding is about; where what it misses is not drawn yet, those its fix would touch."""
    found: tuple[set[str], set[str]] = {*finding.agents}, {*finding.edges}
    for fix in finding.fixes:
        if any(found):
            break
        found = touched(fix.edits)
    return found


def edge_in_words(edge: Edge, names: Mapping[AgentId, str]) -> str:
    """An edge as a person says it: “A → B”, “A watches B”, “A may hand off to B”."""
    source, target = names.get(edge.source, edge.source), names.get(edge.target, edge.target)
    if edge.kind == "supervise":
        return f"{source} watches {target}"
    if edge.kind == "handoff":
        return f"{source} may hand off to {target}"
    if edge.kind == "share":
        return f"{source} shares {target}"
    text = f"{source} → {target}"
    if edge.on is not None:
        text += " on failure" if edge.on == "failure" else " on time-out"
    if edge.loop:
        text += " as a loop"
    if edge.when is not None:
        text += f" when {edge.when}"
    return text


def _added(edit: Add, names: Mapping[AgentId, str]) -> str:
    item = edit.item
    if isinstance(item, Agent):
        return f"{item.name or item.id} ({_kind(item.kind)})"
    if isinstance(item, Edge):
        return edge_in_words(item, names)
    return "a frame" if edit.section == "frames" else "a note"


def _kind(name: str) -> str:
    """What the palette calls a kind."""
    kind = find(name)
    return name if kind is None else kind.title.lower()


def _removed(edit: Remove, graph: Graph, names: Mapping[AgentId, str]) -> str:
    if edit.section == "edges":
        edge = graph.edges.get(EdgeId(edit.id))
        return edit.id if edge is None else edge_in_words(edge, names)
    if edit.section == "agents":
        return names.get(AgentId(edit.id), edit.id)
    return "a frame" if edit.section == "frames" else "a note"


def _set(edit: Set, graph: Graph, names: Mapping[AgentId, str]) -> Iterable[str]:
    item: Agent | Edge | None = None
    if edit.section == "agents":
        item = graph.agents.get(AgentId(edit.id))
        owner = names.get(AgentId(edit.id), edit.id)
    elif edit.section == "edges":
        item = graph.edges.get(EdgeId(edit.id))
        owner = edge_in_words(item, names) if isinstance(item, Edge) else edit.id
    else:
        owner = edit.id
    said = edit.values.keys() & MEANING if isinstance(item, Edge) else set()
    if isinstance(item, Edge) and said:
        after = edge_in_words(item.model_copy(update={name: edit.values[name] for name in said}), names)
        yield f"{owner} becomes: {after}" if after != owner else f"{owner}: this is what it means"
    for name, value in edit.values.items():
        if name in said:
            continue
        before = getattr(item, name, None)
        if name in POLICIES:
            title, model = POLICIES[name]
            yield from (f"{owner}: {title}{text}" for text in _policy(model, _plain(before), _plain(value)))
        elif name == "config":
            yield from (f"{owner}: {text}" for text in _config(_plain(before), _plain(value)))
        elif name == "kind":
            yield f"{owner}: {_field('kind', _kind(str(before)), _kind(str(value)))}"
        else:
            yield f"{owner}: {_field(FIELDS.get(name, name.replace('_', ' ')), before, value)}"


def _set_graph(edit: SetGraph, graph: Graph) -> Iterable[str]:
    for name, value in edit.values.items():
        if name == "limits":
            yield from (f"The run{text}" for text in _policy(RunLimits, _plain(graph.limits), _plain(value)))
        elif name == "state":
            before = graph.state or {}
            for key, about in (value or {}).items():
                if key not in before:
                    yield f"The shared state gets the key “{key}”"
                else:
                    yield from (f"“{key}”{text}" for text in _policy(StateKey, _plain(before[key]), _plain(about)))
        elif name == "broken":
            continue  # told as what it is: taken away
        elif name == f"extra.{INTENT}" and value is None:
            yield "What was asked for in the guided questions is forgotten"
        else:
            yield _field(name.removeprefix("extra.").replace("_", " ").capitalize(), None, value)


def _policy(model: type[BaseModel], before: Any, after: Any) -> Iterable[str]:
    """The fields of a policy that differ, by their titles."""
    if not isinstance(after, dict):
        yield " is taken away" if after is None else f" becomes {_value(after)}"
        return
    old = before if isinstance(before, dict) else {}
    for name, value in after.items():
        if old.get(name) == value and name in old:
            continue
        field = model.model_fields.get(name)
        title = (field.title if field is not None and field.title else name.replace("_", " ")).lower()
        if value is None:
            yield f", {title} is taken away"
            continue
        unit = " s" if name in SECONDS and isinstance(value, int | float) else ""
        was = f" (was {_value(old[name])}{unit})" if name in old else ""
        yield f", {title}: {_value(value)}{unit}{was}"
    yield from (f", {name.replace('_', ' ')} is taken away" for name in old if name not in after)


def _config(before: Any, after: Any) -> Iterable[str]:
    old = before if isinstance(before, dict) else {}
    for name, value in (after if isinstance(after, dict) else {}).items():
        if name not in old or old[name] != value:
            yield _field(name.replace("_", " "), old.get(name), value)


def _field(title: str, before: Any, after: Any) -> str:
    if after is None:
        return f"{title} is taken away"
    was = "" if before is None or before is False else f" (was {_value(_plain(before))})"
    return f"{title}: {_value(_plain(after))}{was}"


def _plain(value: Any) -> Any:
    # as in a file, where a tuple and a list are the same
    return value.model_dump(mode="json", by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, str):
        return value if len(value) <= 60 else value[:59] + "…"
    if isinstance(value, list | tuple):
        told = ", ".join(_value(each.get("do", each) if isinstance(each, dict) else each) for each in value)
        return told if len(told) <= 80 else told[:79] + "…"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"
