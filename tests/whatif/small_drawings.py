"""Drawings of a few letters, of whose agents it is known what they take."""

from typing import Any

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.graph.model import Agent, Edge, Graph


def agent(seconds: float = 1.0, slow: float | None = None, fails: float = 0.0, cost: float = 0.0, **more: Any) -> dict:  # type: ignore[type-arg]
    """Takes so long, fails that often, is tried once."""
    items = {"items": more.pop("items")} if "items" in more else {}
    estimate = {"seconds": seconds, "slow": slow or seconds, "fails": fails, "cost": cost, **items}
    return {"kind": "http", "estimate": estimate, "retry": {"max_attempts": 1}, **more}


def drawing(agents: dict[str, dict[str, Any]], *edges: str | dict[str, Any], **more: Any) -> Graph:
    """Edges as "a>b", "a-b" for a share, "a^b" for supervision, "a~b" for a hand-off, or with fields."""
    found: dict[str, Edge] = {}
    kinds = {">": "flow", "-": "share", "^": "supervise", "~": "handoff"}
    for number, edge in enumerate(edges):
        id = f"e{number}"
        if isinstance(edge, str):
            edge = {"source": edge[0], "target": edge[2], "kind": kinds[edge[1]]}
        found[id] = Edge.model_validate({"id": id, **edge})
    made = [Agent.model_validate({"id": id, "name": id, **fields}) for id, fields in agents.items()]
    return Graph(agents={one.id: one for one in made}, edges=found, **more)  # type: ignore[arg-type]


def way(there: str, chance: float | None = None, when: str = "value == 'x'", **more: Any) -> dict[str, Any]:
    """A conditional way out "a>b", taken that often."""
    return {"source": there[0], "target": there[2], "when": when, "chance": chance, **more}


def retried(attempts: int, first: float = 0.0, backoff: float = 1.0) -> dict[str, Any]:
    return {"max_attempts": attempts, "initial_interval": first, "backoff": backoff, "jitter": 0.1}
