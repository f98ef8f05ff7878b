"""Graph files for the tests of the command line."""

import json
from pathlib import Path
from typing import Any


def agent(id: str, kind: str = "template", **fields: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "name": id.title(), **fields}


def edge(source: str, target: str, **fields: Any) -> dict[str, Any]:
    return {"id": f"{source}-{target}", "source": source, "target": target, **fields}


def save(path: Path, *, agents: list[Any], edges: list[Any] = [], **fields: Any) -> str:  # noqa: B006
    path.write_text(json.dumps({"format": "quartet", "version": 1, "agents": agents, "edges": edges, **fields}))
    return str(path)


def two_templates(path: Path, **fields: Any) -> str:
    """Greets, then shouts: `a → b`, both templates, so that it really runs without anything."""
    return save(
        path,
        agents=[
            agent("greeter", config={"text": "Hello, {{ input }}"}),
            agent("shouter", config={"text": "{{ value }}!"}),
        ],
        edges=[edge("greeter", "shouter")],
        input="world",
        **fields,
    )
