"""Short ways to execute one agent without an engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from quartet.agents import kinds
from quartet.agents.calls import Answer, Call, Result, Tool
from servers.chat_server import ChatServer


class Told(list[tuple[str, dict[str, Any]]]):
    """An Emit that remembers."""

    def __call__(self, kind: str, data: dict[str, Any]) -> None:
        self.append((kind, data))

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [data for what, data in self if what == kind]

    @property
    def text(self) -> str:
        return "".join(data["text"] for data in self.of("output"))


def call(kind: str = "template", value: Any = None, **fields: Any) -> Call:
    """A Call with what matters for a test; the rest is plain."""
    given: dict[str, Any] = {
        "run": "run-1",
        "agent": "me",
        "name": "Me",
        "kind": kind,
        "act": 1,
        "attempt": 1,
        "config": {},
        "input": value,
        "value": value,
        "inputs": {},
        "names": {},
        "context": {},
        "visit": 1,
        "key": "run-1/me/1",
    }
    given.update(fields)
    return Call(**given)


async def execute(kind: str, config: dict[str, Any], told: Told | None = None, /, **fields: Any) -> Answer:
    """One execution of an agent of that kind."""
    found = kinds.find(kind)
    assert found is not None and found.execute is not None
    checked = found.config.model_validate(config)
    return await found.execute(checked, call(kind, config=config, **fields), told if told is not None else Told())


async def until(holds: Callable[[], Any]) -> None:
    """Wait on the running loop until `holds()`; fails after ten seconds."""
    loop, end = asyncio.get_running_loop(), time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        tick = loop.create_future()
        loop.call_later(0.003, tick.set_result, None)
        await tick


def handoff_tool(to: str) -> Tool:
    return Tool(f"transfer_to_{to}", "handoff", to, f"Hand the task off to {to}.")


def result(id: str, tool: str, value: Any = None, error: str | None = None) -> Result:
    return Result(id, tool, value, error)


def chatting(server: ChatServer, **more: Any) -> dict[str, Any]:
    """The config of an `llm` agent that asks this server."""
    return {"model": "m", "base_url": server.url, **more}
