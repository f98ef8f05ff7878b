"""Graphs written in a line, and rehearsals of them: what the tests of the engine have in common."""

import asyncio
from typing import Any

from quartet.engine import Event, RunState, run
from quartet.engine.clock import VirtualClock
from quartet.engine.invariants import violations
from quartet.graph.model import Agent, Edge, Graph, RunLimits

_KINDS = {"S": "supervisor", "J": "collector", "B": "board", "T": "trigger"}
ONCE = {"max_attempts": 1}
CALM = {"jitter": 0}


def draw(edges: str, *, limits: dict | None = None, input: Any = None, **agents: dict) -> Graph:
    """A graph from `a -> b, b =handoff> c, s =supervise> w, p =share> b` and what is stated for single agents.

    Agents whose ids begin with S, J, B or T are a supervisor, a collector, a board or a trigger; others are templates.
    An edge may carry fields in brackets: `a -> b [loop, when=value > 3, on=failure]`.
    """
    names: list[str] = []
    drawn: list[Edge] = []
    for number, text in enumerate(part.strip() for part in edges.split(",, ") if part.strip()):
        path, _, brackets = text.partition(" [")
        words = path.split()
        fields: dict[str, Any] = {}
        for field in brackets.rstrip("]").split("; ") if brackets else []:
            key, _, value = field.partition("=")
            fields[key] = True if not value else int(value) if value.isdigit() else value
        for name in words[0::2]:
            if name not in names:
                names.append(name)
        for at, (source, arrow, target) in enumerate(zip(words[0::2], words[1::2], words[2::2], strict=False)):
            kind = "flow" if arrow == "->" else arrow.strip("=>")
            drawn.append(Edge(id=f"e{number}_{at}", source=source, target=target, kind=kind, **fields))
    for name in agents:
        if name not in names:
            names.append(name)
    graph = Graph(limits=RunLimits(**limits) if limits else None)
    for name in names:
        stated = dict(agents.get(name, {}))
        kind = stated.pop("kind", _KINDS.get(name[0], "template"))
        graph.agents[name] = Agent(id=name, kind=kind, name=name, **stated)
    graph.edges = {edge.id: edge for edge in drawn}
    return graph


class Told:
    """The events of a finished run, and what one asks of them. Every stream is checked against the invariants."""

    def __init__(self, graph: Graph, events: list[Event], state: RunState) -> None:
        self.graph, self.events, self.state = graph, events, state
        found = violations(events, graph)
        assert not found, "\n".join([*found, *(str(event.as_json()) for event in events)])

    def of(self, *types: str, agent: str | None = None) -> list[Event]:
        return [e for e in self.events if e.type in types and (agent is None or e.agent == agent)]

    def data(self, type: str, agent: str | None = None) -> list[dict]:
        return [e.data or {} for e in self.of(type, agent=agent)]

    def starts(self, agent: str) -> list[float]:
        """When the attempts of an agent began."""
        return [e.t for e in self.of("attempt.started", agent=agent)]

    def finished(self, agent: str) -> list[str]:
        return [e.data["state"] for e in self.of("activation.finished", agent=agent)]

    def tokens(self, source: str, target: str) -> list[str]:
        ids = {e.id for e in self.graph.edges.values() if (e.source, e.target) == (source, target)}
        return [e.data["kind"] for e in self.of("edge.token") if e.data["edge"] in ids]

    @property
    def output(self) -> Any:
        return self.state.output

    @property
    def status(self) -> str:
        return self.state.status


def rehearse(
    graph: Graph, input: Any = "in", *, cancel_at: int | None = None, cancel_time: float | None = None
) -> Told:
    """Rehearse a graph to its end. `cancel_at`: cancelled when the event of that number is seen."""

    async def go() -> Told:
        events: list[Event] = []
        async with run(graph, input, rehearse=True, clock=VirtualClock()) as r:
            if cancel_time is not None:
                r._s.timers.at(cancel_time, lambda: r._s.cancelling.start("cancelled", "cancelled", "test"))
            async for event in r:
                events.append(event)
                if event.seq == cancel_at:
                    r.cancel("test")
            state = r.state
        return Told(graph, events, state)

    return asyncio.run(go())
