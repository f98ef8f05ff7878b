"""Runs of drawings on the real engine with real parts, and the example graphs pointed at servers of the tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quartet.engine import Event, Run, RunState, run
from quartet.graph import files
from quartet.graph.edits import Set, apply
from quartet.graph.model import Graph
from quartet.paths import EXAMPLES


def example(name: str) -> Graph:
    """An example graph as it is shipped."""
    return files.read(EXAMPLES / f"{name}.quartet.json").graph


def drawing(*agents: dict[str, Any], edges: Iterable[dict[str, Any]] = (), **more: Any) -> Graph:
    """A graph from plain data, read as a file is."""
    numbered = [{"id": f"e{number}", **edge} for number, edge in enumerate(edges)]
    opened = files.Reader(
        {"agents": [{"name": agent["id"].title(), **agent} for agent in agents], "edges": numbered, **more},
        "",
        holds_lines=False,
    )
    graph = opened.read()
    assert not opened.problems, opened.problems
    return graph


def reconfigure(graph: Graph, agent: str, **values: Any) -> None:
    """Lay `values` over an agent's config; None takes one away."""
    config = {**graph.agents[agent].config, **values}  # type: ignore[index]
    kept = {name: value for name, value in config.items() if value is not None}
    apply(graph, [Set(section="agents", id=agent, values={"config": kept})])


def restate(graph: Graph, agent: str, **values: Any) -> None:
    """Replace fields of an agent."""
    apply(graph, [Set(section="agents", id=agent, values=values)])


class Told:
    """What a run told, and its final state."""

    def __init__(self, state: RunState, events: list[Event]) -> None:
        self.state, self.events = state, events

    def of(self, type: str, agent: str | None = None) -> list[dict[str, Any]]:
        """The data of the events of a type, in order."""
        return [e.data or {} for e in self.events if e.type == type and (agent is None or e.agent == agent)]

    def at(self, type: str, agent: str | None = None) -> int:
        """The number of the first event of a type."""
        return next(e.seq for e in self.events if e.type == type and (agent is None or e.agent == agent))


async def finish(graph: Graph, input: Any = None, **options: Any) -> Told:
    """Run to the end."""
    events = []
    async with run(graph, input, **options) as running:
        assert isinstance(running, Run)
        async for event in running:
            events.append(event)
        return Told(running.state, events)
