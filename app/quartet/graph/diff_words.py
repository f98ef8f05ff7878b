"""A difference between two graphs in people's words, without a word about how it is printed or shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from pydantic import BaseModel

from quartet.graph.diff import ABSENT, PLACES, Absent, Diff, Difference, FieldChange, How, Where, diff
from quartet.graph.model import JSON, Agent, AgentId, Edge, EdgeId, Frame, Graph, Note
from quartet.graph.policies import (
    Budget,
    Estimate,
    Handover,
    Join,
    Oversight,
    Retry,
    RunLimits,
    TimeLimits,
    WorkBoard,
)
from quartet.graph.writing import stated

SIGNS: Final[Mapping[How, str]] = {"added": "+", "removed": "−", "changed": "~"}
KINDS = {"flow": "flow", "supervise": "supervision", "handoff": "hand-off", "share": "sharing"}
ARROWS = {"flow": "→", "supervise": "⇢", "handoff": "⇒", "share": "—"}
LONGEST = 60
"""Characters of a value that stands within a line."""
_POLICIES: dict[str, tuple[str, type[BaseModel] | None]] = {
    "limits": ("time limits", TimeLimits),
    "retry": ("retries", Retry),
    "join": ("inputs", Join),
    "oversight": ("oversight", Oversight),
    "handover": ("hand-overs", Handover),
    "board": ("board", WorkBoard),
    "budget": ("budget", Budget),
    "estimate": ("estimate", Estimate),
    "config": ("", None),
}
_WORDS = {
    "when": "condition",
    "on": "falls back on",
    "start_to_close": "per attempt",
    "route": "ways out",
    "dynamic": "copies over a list",
    "disabled": "taken out of runs",
    "color": "colour",
    "name": "name",
    "source": "from",
    "target": "to",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text that was changed, or of what surrounds it."""

    sign: Literal["+", "−", " ", "…"]
    text: str


@dataclass(frozen=True, slots=True)
class FieldWords:
    """One changed field."""

    name: str
    text: str
    """“2 → 3”; empty if it takes `lines` to tell."""
    lines: tuple[Line, ...] = ()
    """A text of several lines, line by line, with one unchanged line round each change."""

    @property
    def sentence(self) -> str:
        """Name and text: “retries: Attempts 2 → 3”."""
        return f"{self.name}: {self.text}" if self.text else f"{self.name}:"


@dataclass(frozen=True, slots=True)
class Words:
    """One item that differs."""

    section: Where
    id: str
    how: How
    inside: tuple[str, ...]
    """The sub-graphs it is in, from the outermost inwards, by id; empty: the drawing itself."""
    title: str
    """What it is: “Writer (llm)”, “Research → Writer”."""
    fields: tuple[FieldWords, ...] = ()

    @property
    def sign(self) -> str:
        """+, − or ~."""
        return SIGNS[self.how]


def words(found: Diff, inside: tuple[str, ...] = ()) -> Iterator[Words]:
    """Everything that means something, in order; then what differs in the sub-graphs."""
    for item in found.items:
        yield _words(found, item, inside)
    for section in found.reordered:
        text = "follow one another in another order"
        yield Words("graph", "", "changed", inside, f"The {section}", (FieldWords("order", text),))
    for id, inner in found.inner.items():
        yield from words(inner, (*inside, id))


def _words(found: Diff, item: Difference, inside: tuple[str, ...]) -> Words:
    graph = found.before if item.how == "removed" else found.after
    fields: tuple[FieldWords, ...] = ()
    if item.how == "changed":
        fields = tuple(_field(found, item.section, change) for change in item.fields)
    elif item.how == "added" and item.section in ("agents", "edges"):
        fields = tuple(_stated(found, item))
    return Words(item.section, item.id, item.how, inside, title(graph, item.section, item.id), fields)


def title(graph: Graph, section: Where, id: str) -> str:
    """What an item of `graph` is called."""
    match section:
        case "agents":
            agent = graph.agents[AgentId(id)]
            return f"{agent.name.strip() or id} ({agent.kind})"
        case "edges":
            return edge_title(graph, graph.edges[EdgeId(id)])
        case "frames":
            return f"The frame “{graph.frames[id].name.strip() or id}”"
        case "notes":
            return f"The note “{_short(' '.join(graph.notes[id].text.split()) or id, 40)}”"
        case "graphs":
            return f"The sub-graph “{graph.graphs[id].name.strip() or id}”"
        case "broken":
            return "1 item that is not understood" if id == "1" else f"{id} items that are not understood"
        case "graph":
            return "The graph"


def edge_title(graph: Graph, edge: Edge) -> str:
    """An edge by its ends and kind: “Research → Writer”, “Boss ⇢ Writer (supervision)”."""
    kind = "" if edge.kind == "flow" else f" ({KINDS[edge.kind]})"
    kind = f" (on {edge.on})" if edge.on else kind
    return f"{_name(graph, edge.source)} {ARROWS[edge.kind]} {_name(graph, edge.target)}{kind}"


def _name(graph: Graph, id: str) -> str:
    agent = graph.agents.get(AgentId(id))
    return id if agent is None else agent.name.strip() or id


def _stated(found: Diff, item: Difference) -> Iterator[FieldWords]:
    """What an added agent or edge states, beside what its title says."""
    graph = found.after
    new: Agent | Edge = graph.agents[AgentId(item.id)] if item.section == "agents" else graph.edges[EdgeId(item.id)]
    told = {"id", "kind", "name", "source", "target", "on"} if item.section == "edges" else {"id", "kind", "name"}
    told |= PLACES[item.section]
    for name, value in stated(new).items():
        if name not in told or (name == "name" and item.section == "edges"):
            for path, leaf in _leaves(value, (name,)):
                yield _field(found, item.section, FieldChange(path, ABSENT, leaf), alone=True)


def _leaves(value: JSON, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], JSON]]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    else:
        yield path, value


def _field(found: Diff, section: Where, change: FieldChange, *, alone: bool = False) -> FieldWords:
    name = field_name(section, change.path)
    before, after = change.before, change.after
    if section == "edges" and change.path[0] in ("source", "target"):
        before, after = _name(found.before, str(before)), _name(found.after, str(after))
        return FieldWords(name, f"{before} → {after}")
    if section == "edges" and change.path == ("kind",):
        before, after = KINDS.get(str(before), before), KINDS.get(str(after), after)
    texts = [text for text in (before, after) if isinstance(text, str)]
    if any("\n" in text or len(text) > LONGEST for text in texts) and len(texts) + (ABSENT in (before, after)) == 2:
        if before is ABSENT:
            return FieldWords(name, "", tuple(Line(" " if alone else "+", line) for line in str(after).split("\n")))
        if after is ABSENT:
            return FieldWords(name, "no longer stated", tuple(Line("−", line) for line in str(before).split("\n")))
        return FieldWords(name, "", tuple(text_lines(str(before), str(after))))
    if alone:
        return FieldWords(name, value_words(after))
    return FieldWords(name, f"{value_words(before)} → {value_words(after)}")


def value_words(value: JSON | Absent) -> str:
    """A value within a line."""
    if value is ABSENT:
        return "not stated"
    if isinstance(value, str):
        return f"“{_short(value, LONGEST)}”"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "nothing"
    return _short(json.dumps(value, ensure_ascii=False), LONGEST)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def field_name(section: Where, path: tuple[str, ...]) -> str:
    """What a field is called: “retries › attempts”."""
    head, *rest = path
    if section == "agents" and head in _POLICIES:
        group, model = _POLICIES[head]
        named = [group] if group or not rest else []
        if rest:
            named.append(_title(model, rest[0]))
            named += rest[1:]
        elif head == "config":
            named = ["configuration"]
        return " › ".join(named)
    if section == "graph" and head == "limits":
        return " › ".join(["limits of a run", *([_title(RunLimits, rest[0]), *rest[1:]] if rest else [])])
    if section == "graph" and head == "state":
        return " › ".join(["shared state", *rest])
    return " › ".join([_plain(head), *rest])


def _title(model: type[BaseModel] | None, name: str) -> str:
    field = None if model is None else model.model_fields.get(name)
    if field is not None and field.title:
        return field.title[:1].lower() + field.title[1:]
    return _plain(name)


def _plain(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " "))


def text_lines(before: str, after: str) -> Iterator[Line]:
    """Two texts line by line: what went, what came, and one line round each change; “…” stands for the rest."""
    old, new = before.split("\n"), after.split("\n")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for index, group in enumerate(matcher.get_grouped_opcodes(1)):
        if index or group[0][1] > 0:
            yield Line("…", "")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (Line(" ", line) for line in old[i1:i2])
            else:
                yield from (Line("−", line) for line in old[i1:i2])
                yield from (Line("+", line) for line in new[j1:j2])
        last = group[-1]
    if old != new and last[2] < len(old):
        yield Line("…", "")


def moves(found: Diff) -> Iterator[str]:
    """What stands elsewhere, by name; what is in a sub-graph after the name of that."""
    for section, id in found.moved:
        yield title(found.after, section, id)
    for id, inner in found.inner.items():
        yield from (f"{id} › {name}" for name in moves(inner))


def outline(graph: Graph, indent: str = "") -> Iterator[str]:
    """What a graph says, line by line, in full, without where things stand: for `git diff` to compare as text."""
    found = diff(Graph(), graph)
    for item in found.items:
        if item.section == "graphs":
            yield f"{indent}sub-graph {item.id}"
            yield from outline(graph.graphs[item.id], indent + "    ")
            continue
        yield f"{indent}{title(graph, item.section, item.id)}"
        if item.section == "graph":
            stated_fields = [(change.path, change.after) for change in item.fields]
        elif item.section == "broken":
            stated_fields = [((one.section,), one.raw) for one in graph.broken]
        else:
            yield f"{indent}    id: {item.id}"
            drawn: Agent | Edge | Frame | Note = getattr(graph, item.section)[item.id]
            values = {name: value for name, value in stated(drawn).items() if name not in {"id", *PLACES[item.section]}}
            stated_fields = [leaf for name, value in values.items() for leaf in _leaves(value, (name,))]
        for path, value in stated_fields:
            yield from (f"{indent}    {line}" for line in _in_full(field_name(item.section, path), value))


def _in_full(name: str, value: JSON) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value:
        yield f"{name}:"
        yield from (f"    {line}".rstrip() for line in value.split("\n"))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield f"{name}:"
        yield from (f"    {json.dumps(entry, ensure_ascii=False)}" for entry in value)
    else:
        yield f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
