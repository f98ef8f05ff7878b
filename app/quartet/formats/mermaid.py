"""A graph as a Mermaid flowchart, for READMEs, wikis and chats that draw it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quartet.graph.model import OTHERWISE, UNKNOWN, Agent, AgentId, Edge, Graph

_SHAPES = {
    "trigger": ('(["', '"])'),
    "collector": ('{{"', '"}}'),
    "supervisor": ('[/"', '"\\]'),
    "board": ('[("', '")]'),
    "human": ('>"', '"]'),
}
_STYLES = {
    "supervisor": "stroke-width:2px",
    "board": "stroke-dasharray:4 3",
}
_WORDS = frozenset(
    {
        "call",
        "class",
        "classdef",
        "click",
        "default",
        "direction",
        "end",
        "flowchart",
        "graph",
        "href",
        "interpolate",
        "linkstyle",
        "style",
        "subgraph",
    }
)
"""What Mermaid takes for its own words."""


def mermaid(graph: Graph) -> str:
    """The graph as Mermaid text: agents by kind, edges by what they mean. What is broken in the file is left out."""
    return "\n".join(_lines(graph)) + "\n"


def _lines(graph: Graph) -> Iterator[str]:
    if graph.name:
        yield "---"
        yield f"title: {_quoted(graph.name)}"
        yield "---"
    yield "flowchart LR"
    ids = _ids(graph)
    for agent in graph.agents.values():
        yield f"    {ids[agent.id]}{_shape(agent)}"
    back = {(edge.source, edge.target) for edge in graph.edges.values() if edge.kind == "handoff"}
    drawn: set[tuple[AgentId, AgentId]] = set()
    for edge in graph.edges.values():
        ends = edge.source, edge.target
        both = edge.kind == "handoff" and ends[::-1] in back and edge.source != edge.target
        if both and ends[::-1] in drawn:
            continue
        if both:
            drawn.add(ends)
        yield f"    {ids[edge.source]} {_arrow(edge, both=both)} {ids[edge.target]}"
    kinds = {agent.kind for agent in graph.agents.values()}
    for kind, style in _STYLES.items():
        if kind in kinds:
            members = ",".join(ids[agent.id] for agent in graph.agents.values() if agent.kind == kind)
            yield f"    classDef {kind} {style}"
            yield f"    class {members} {kind}"
    disabled = [ids[agent.id] for agent in graph.agents.values() if agent.disabled is not None]
    if disabled:
        yield "    classDef disabled opacity:0.5,stroke-dasharray:2 3"
        yield f"    class {','.join(disabled)} disabled"


def _ids(graph: Graph) -> dict[AgentId, str]:
    """Ids that Mermaid takes; those of the graph as far as it does."""
    plain = {id for id in graph.agents if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", id) and id.lower() not in _WORDS}
    found: dict[AgentId, str] = {id: str(id) for id in plain}
    number = 0
    for id in graph.agents:
        if id not in found:
            number += 1
            while f"agent{number}" in plain:
                number += 1
            found[id] = f"agent{number}"
    return found


def _shape(agent: Agent) -> str:
    before, after = _SHAPES.get(agent.kind, ('["', '"]'))
    marks = f"{' × n' if agent.dynamic else ''}{_disabled(agent)}"
    return f"{before}{_escaped(agent.name) or _escaped(agent.id)}{marks}{after}"


def _disabled(agent: Agent) -> str:
    return "" if agent.disabled is None else f" ({agent.disabled})"


def _arrow(edge: Edge, *, both: bool) -> str:
    label = _escaped(_label(edge, both=both))
    text = f'|"{label}"|' if label else ""
    if edge.kind == "supervise":
        return f"-.->{text}"
    if edge.kind == "handoff":
        return f"{'<==>' if both else '==>'}{text}"
    if edge.kind == "share":
        return f"---{text}"
    return f"{'-.->' if edge.on else '-->'}{text}"


def _label(edge: Edge, *, both: bool) -> str:
    parts = []
    if edge.name:
        parts.append(edge.name)
    if edge.kind == "supervise":
        parts.append("supervises")
    elif edge.kind == "handoff" and not both:
        parts.append("hands off")
    if edge.when == OTHERWISE:
        parts.append("otherwise")
    elif edge.when and edge.when != UNKNOWN:
        parts.append(f"if {edge.when}")
    elif edge.when == UNKNOWN:
        parts.append("if …")
    if edge.on:
        parts.append(f"on {edge.on}")
    if edge.loop:
        parts.append("again" if edge.max_iterations is None else f"again, at most {edge.max_iterations} times")
    return ", ".join(parts)


def _escaped(text: str) -> str:
    """Text that stands between quotes: entity codes for what Mermaid or a browser would take for something else."""
    text = text.replace("#", "#35;").replace("&", "#amp;").replace('"', "#quot;")
    text = text.replace("<", "#lt;").replace(">", "#gt;").replace("`", "#96;").replace("\\", "#92;")
    return "<br/>".join(stripped for line in text.splitlines() if (stripped := line.strip()))


def _quoted(text: str) -> str:
    """A text in the front matter, which is YAML: JSON's quotes are YAML's too."""
    import json

    return json.dumps(" ".join(text.split()), ensure_ascii=False)
