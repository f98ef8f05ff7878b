"""Small drawings written as their edges, as another program's file would have them."""

import json
from typing import Any

from quartet.graph.files import loads
from quartet.graph.model import Graph
from quartet.patterns.verdict import Verdict


def wired(text: str, **kinds: str) -> Graph:
    """The graph of “s>a:supervise a>b b>a:feedback”; `kinds` of agents that are no models, “+” for dynamic ones.

    An edge without a kind is one that the file says nothing about.
    """
    edges = []
    for each in text.split():
        way, _, kind = each.partition(":")
        source, target = way.split(">")
        edges.append({"source": source, "target": target} | ({"kind": kind} if kind else {}))
    nodes: dict[str, dict[str, Any]] = {}
    for end in (edge[side] for edge in edges for side in ("source", "target")):
        kind = kinds.get(end, "llm")
        nodes[end] = {"id": end, "kind": kind.strip("+") or "llm"}
        if kind.endswith("+"):
            nodes[end]["multiplicity"] = "dynamic"
    return loads(json.dumps({"directed": True, "graph": {}, "nodes": [*nodes.values()], "edges": edges})).graph


def shape(verdict: Verdict) -> Any:
    """The tree as JSON, without the marks that say it was inferred."""
    return json.loads(
        json.dumps(verdict.as_json()["tree"]), object_hook=lambda o: {k: o[k] for k in o if k != "inferred"}
    )


def offered(verdict: Verdict) -> list[str]:
    """The alternatives that a verdict names."""
    return [alternative.top for alternative in verdict.alternatives]
