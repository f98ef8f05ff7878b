"""The tools that the drawn edges give an agent: to hand off, to delegate, to use a board."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Literal

from quartet.agents.calls import Tool
from quartet.engine.nodes import Node
from quartet.graph.model import StateKey

_WRITES = {"last": "replaces it", "append": "adds to the list", "sum": "adds to the number", "merge": "adds entries"}
_FITS = re.compile(r"[A-Za-z0-9_-]+")
"""What models take as the name of a tool."""


def _slug(name: str) -> str:
    """What of a name fits into the name of a tool; "" of one without Latin letters and digits."""
    return re.sub(r"\W+", "_", name.strip().lower(), flags=re.ASCII).strip("_")


def _explained(names: Sequence[str], keys: Mapping[str, StateKey]) -> str:
    """The keys of the state, for a model."""
    texts = (f": {keys[name].description}" if keys[name].description else "" for name in names)
    return "Keys: " + "; ".join(
        f"{name} (a write {_WRITES[keys[name].reducer]}){text}" for name, text in zip(names, texts, strict=True)
    )


def tools_of(node: Node, keys: Mapping[str, StateKey]) -> tuple[Tool, ...]:
    """What the drawn edges, and the keys of the state that it declares, let an agent ask for; names are unique."""
    tools: list[Tool] = []
    taken: set[str] = set()

    def add(prefix: str, target: Node, does: Any, description: str, *, named: bool = True) -> None:
        called = _slug(target.agent.name) if named else ""
        if named and not called:
            # the name of the tool cannot say who it is, so the description does
            called = _slug(target.local) or "agent"
            if target.agent.name not in description:
                description = f"{target.agent.name}: {description}"
        name = f"{prefix}_{called}" if named else prefix
        if name in taken:
            own = f"{prefix}_{target.local if _FITS.fullmatch(target.local) else called}"
            name = own if own not in taken else next(n for n in (f"{own}_{at}" for at in count(2)) if n not in taken)
        taken.add(name)
        tools.append(Tool(name, does, target.local, description))

    uses: tuple[tuple[Literal["read", "write"], tuple[str, ...] | None, str], ...] = (
        ("read", node.agent.reads, "Read what the agents of this run share"),
        ("write", node.agent.writes, "Write to what the agents of this run share; it counts once you are done"),
    )
    for does, declared, about in uses:
        known = [key for key in declared or () if key in keys]
        if known:
            taken.add(f"{does}_state")
            tools.append(Tool(f"{does}_state", does, None, f"{about}. {_explained(known, keys)}"))
    for target in [target for target, _ in node.handoffs.values() if target.off != "muted"]:
        add(
            "transfer_to",
            target,
            "handoff",
            target.agent.description or f"Hand the whole task over to {target.agent.name}.",
        )
    if node.dispatch == "manager":
        for worker in [worker for worker in node.workers if worker.off != "muted"]:
            about = worker.agent.description or f"Let {worker.agent.name} do a task and report back."
            add("delegate_to", worker, "delegate", about)
    for board in [board for board in node.boards if board.off != "muted"]:
        several, name = len(node.boards) > 1, board.agent.name
        add("post_work", board, "post", f"Put a new piece of work on {name}.", named=several)
        add("claim_work", board, "claim", f"Take a piece of work from {name}.", named=several)
        add("finish_work", board, "finish", f"Report a piece of work from {name} as done.", named=several)
        add("release_work", board, "release", f"Give a piece of work back to {name}.", named=several)
        add("read_state", board, "read", f"Read what is noted on {name}.", named=several)
        add("write_state", board, "write", f"Note something on {name}.", named=several)
    return tuple(tools)
