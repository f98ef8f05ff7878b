"""Runs that are recorded and forked: what the tests of forks have in common."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

from engine.drawing import draw
from quartet.engine import Event, RunState, run
from quartet.engine.fork import Fork
from quartet.engine.invariants import violations
from quartet.engine.run import Run
from quartet.graph.model import Graph


def carry(r: Run, graph: Graph, answers: dict[str, Any] | None = None) -> tuple[list[Event], RunState]:
    """Carry a run to its end, with a person who answers; its events keep the invariants."""

    async def go() -> tuple[list[Event], RunState]:
        events = []
        async with r:
            async for event in r:
                events.append(event)
                if event.type == "wait.started" and answers and event.agent in answers:
                    r.answer(event.agent, answers[event.agent])
        return events, r.state

    events, state = asyncio.run(go())
    assert not violations(events, graph)
    return events, state


def recorded(
    graph: Graph, path: Path, input: Any = "in", *, rehearse: bool = True, answers: dict[str, Any] | None = None
) -> tuple[list[Event], RunState]:
    """Run a graph with a journal."""
    return carry(run(graph, input, rehearse=rehearse, journal=path), graph, answers)


def forked(fork: Fork, answers: dict[str, Any] | None = None, **arguments: Any) -> tuple[list[Event], RunState]:
    """Start a fork and carry it to its end."""
    return carry(fork.run(**arguments), fork.graph, answers)


def executed(fork: Fork) -> Counter[str]:
    assert fork.reuse is not None
    return fork.reuse.executed


def reused(fork: Fork) -> Counter[str]:
    assert fork.reuse is not None
    return fork.reuse.reused


def writing(text: str) -> dict[str, Any]:
    """A template that is really executed."""
    return {"config": {"text": text}}


def letters(edges: str, **more: Any) -> Graph:
    """A graph of templates, each of which writes its id behind all it got."""
    graph = draw(edges, **more)
    for id, agent in graph.agents.items():
        if agent.kind == "template" and not agent.config:
            graph.agents[id] = agent.model_copy(update={"config": {"text": "{{ value }}" + id}})
    return graph
