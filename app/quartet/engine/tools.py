"""The tools that the drawn edges give an agent: to hand off, to delegate, to use a board."""

from __future__ import annotations

import re
from typing import Any

from quartet.agents.calls import Tool
from quartet.engine.nodes import Node


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower(), flags=re.ASCII).strip("_") or "agent"


def tools_of(node: Node) -> tuple[Tool, ...]:
    """What the drawn edges let an agent ask the engine for; names are unique."""
    tools: list[Tool] = []
    taken: set[str] = set()

    def add(prefix: str, target: Node, does: Any, description: str, *, named: bool = True) -> None:
        name = f"{prefix}_{_slug(target.agent.name)}" if named else prefix
        if name in taken:
            name = f"{prefix}_{target.id}"
        taken.add(name)
        tools.append(Tool(name, does, target.id, description))

    for target, _ in node.handoffs.values():
        add(
            "transfer_to",
            target,
            "handoff",
            target.agent.description or f"Hand the whole task over to {target.agent.name}.",
        )
    if node.dispatch == "manager":
        for worker in node.workers:
            about = worker.agent.description or f"Let {worker.agent.name} do a task and report back."
            add("delegate_to", worker, "delegate", about)
    for board in node.boards:
        several, name = len(node.boards) > 1, board.agent.name
        add("post_work", board, "post", f"Put a new piece of work on {name}.", named=several)
        add("claim_work", board, "claim", f"Take a piece of work from {name}.", named=several)
        add("finish_work", board, "finish", f"Report a piece of work from {name} as done.", named=several)
        add("release_work", board, "release", f"Give a piece of work back to {name}.", named=several)
        add("read_state", board, "read", f"Read what is noted on {name}.", named=several)
        add("write_state", board, "write", f"Note something on {name}.", named=several)
    return tuple(tools)
