"""Small graphs in a line or two, for the tests of the rules."""

from __future__ import annotations

from itertools import count
from typing import Any

from quartet.graph.edits import Edit, apply
from quartet.graph.model import Agent, Edge, Graph
from quartet.patterns.verdict import classify
from quartet.rules import Finding, findings

LLM = {"model": "gpt-5-mini", "instructions": "Do your work well and say what you did."}


def agent(name: str, kind: str = "llm", **fields: Any) -> dict[str, Any]:
    """An agent of that name with settings that fit its kind and, where it reaches out, a time limit."""
    config = {
        "llm": {**LLM, "instructions": f"You are {name}. Do your work well."},
        "http": {"url": f"https://{name.lower().replace(' ', '-')}.example.com/items"},
        "python": {"function": "textwrap:dedent"},
        "template": {"text": "{{ value }}"},
    }.get(kind, {})
    limits = {"limits": {"start_to_close": 30}} if kind in ("llm", "http", "python", "file") else {}
    return {"name": name, "kind": kind, "config": config, **limits, **fields}


def draw(*agents: dict[str, Any], edges: str = "", **fields: Any) -> Graph:
    """A graph of these agents, ids their names in lower case, and the edges of a text like `a > b, s ~ a, a ^ b`:
    `>` flow, `~` supervise, `^` hand-off, `&` share, `!` on failure, `@` loop, `x > y ? value > 3` a condition."""
    kinds = {">": "flow", "~": "supervise", "^": "handoff", "&": "share", "!": "flow", "@": "flow"}
    graph = Graph(**fields)
    for index, each in enumerate(agents):
        id = each.pop("id", None) or each["name"].lower().replace(" ", "_")
        graph.agents[id] = Agent(id=id, **each)
        graph.positions[id] = (280.0 * (index % 5), 120.0 * (index // 5))
    for number, part in enumerate(filter(None, (part.strip() for part in edges.split(",")))):
        ends, _, when = part.partition("?")
        source, sign, target = ends.split()[:3]
        extra: dict[str, Any] = {"when": when.strip()} if when.strip() else {}
        if sign == "!":
            extra["on"] = "failure"
        if sign == "@":
            extra["loop"] = True
        id = f"e{number}"
        graph.edges[id] = Edge(id=id, source=source, target=target, kind=kinds[sign], **extra)
    return graph


def found(graph: Graph, code: str = "") -> list[Finding]:
    """The findings of a graph, all or those of one rule."""
    return [each for each in findings(graph, classify(graph)) if not code or each.code == code]


def after(graph: Graph, edits: list[Edit] | tuple[Edit, ...]) -> Graph:
    """A copy of the graph with the Edits applied."""
    copy = graph.model_copy(deep=True)
    apply(copy, list(edits))
    return copy


def big(size: int) -> Graph:
    """Chains, fans, supervised groups and swarms side by side, nothing stated: every agent has something to find."""
    graph = Graph()
    numbers = count()

    def add(kind: str = "llm", **fields: object) -> str:
        id = f"n{next(numbers)}"
        config = {**LLM, "prompt": f"Do {id} with {{{{ value }}}}"} if kind == "llm" else {}
        graph.agents[id] = Agent(id=id, kind=kind, name=f"Agent {id}", config=config, **fields)
        graph.positions[id] = (float(len(graph.agents) % 100) * 280, float(len(graph.agents) // 100) * 120)
        return id

    def link(source: str, target: str, kind: str = "flow") -> None:
        graph.edges[f"e{len(graph.edges)}"] = Edge(id=f"e{len(graph.edges)}", source=source, target=target, kind=kind)

    while len(graph.agents) < size:
        start = add("trigger")
        first, last = add(), add()
        link(start, first)
        branches = [add() for _ in range(4)]
        for branch in branches:
            link(first, branch)
            link(branch, last)
        boss = add("supervisor")
        for worker in (add(writes=("notes",)), add(writes=("notes",)), add()):
            link(boss, worker, "supervise")
        peers = [add() for _ in range(3)]
        for one in peers:
            for other in peers:
                if one != other:
                    link(one, other, "handoff")
    return graph
