"""What a fix would change, in words: one line for each Edit that a person can check before it is applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, assert_never

from pydantic import BaseModel

from quartet.agents.kinds import find
from quartet.editor.panels.problems_values import differences, field, plain, settings
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
GONE = {
    INTENT: "What was asked for in the guided questions is forgotten",
    "conflicts": "A conflict that a merge left is settled",
    "watch": "What the file offers to watch is taken away",
}
"""What it means that a field of the file is taken away."""
MEANING = {"kind", "loop", "on", "when", "source", "target", "inferred"}
"""Fields of an edge that say what it means: told in one sentence, not one by one."""


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
        if item is not None and plain(before) == plain(value) and before is not None:
            continue  # a merge's fix states this version's value anew
        if name in POLICIES:
            title, model = POLICIES[name]
            told = differences(name, model, plain(before), plain(value), names)
            yield from (f"{owner}: {title}{text}" for text in told)
        elif name == "config":
            kind = item.kind if isinstance(item, Agent) else ""
            yield from (f"{owner}: {text}" for text in settings(kind, plain(before), plain(value)))
        elif name == "kind":
            yield f"{owner}: {field('kind', _kind(str(before)), _kind(str(value)))}"
        elif name == "disabled":
            yield f"{owner}: no longer {before}" if value is None else f"{owner}: {value}"
        else:
            yield f"{owner}: {field(FIELDS.get(name, name.replace('_', ' ')), before, value, name)}"


def _set_graph(edit: SetGraph, graph: Graph) -> Iterable[str]:
    for name, value in edit.values.items():
        if name == "limits":
            told = differences("limits", RunLimits, plain(graph.limits), plain(value), {})
            yield from (f"The run{text}" for text in told)
        elif name == "state":
            before = graph.state or {}
            for key, about in (value or {}).items():
                if key not in before:
                    yield f"The shared state gets the key “{key}”"
                else:
                    told = differences("state", StateKey, plain(before[key]), plain(about), {})
                    yield from (f"“{key}”{text}" for text in told)
            yield from (f"The shared state loses the key “{key}”" for key in before if key not in (value or {}))
        elif name == "broken":
            continue  # told as what it is: taken away
        elif name.startswith("graphs.") and value is None:
            inner = graph.graphs.get(name.removeprefix("graphs."))
            yield f"The sub-graph “{(inner.name if inner is not None else '') or name[7:]}” is taken away"
        else:
            told_as = name.removeprefix("extra.")
            if told_as in GONE and (value is None or told_as == "conflicts"):
                yield GONE[told_as]
            else:
                yield field(told_as.replace("_", " ").capitalize(), None, value)
