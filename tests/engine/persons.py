"""Rehearsals with a person in them, who does things to the run at stated times."""

import asyncio
from collections.abc import Sequence
from typing import Any

from engine.drawing import Told
from quartet.engine import Event, run
from quartet.engine.clock import VirtualClock
from quartet.graph.model import Graph

LAST = 1_000_000
"""Of what happens in one moment the person comes last."""


def act(graph: Graph, deeds: Sequence[tuple[float, Any]], input: Any = "in") -> tuple[Told, list[Any]]:
    """Rehearse a graph to its end; `deeds`: (when, command, *arguments), in order. What each of them answered, too."""
    return asyncio.run(_act(graph, deeds, input))


async def _act(graph: Graph, deeds: Sequence[tuple[float, Any]], input: Any) -> tuple[Told, list[Any]]:
    clock, events, answers = VirtualClock(), list[Event](), list[Any]()
    async with run(graph, input, rehearse=True, clock=clock) as r:

        async def person() -> None:
            try:
                for when, command, *arguments in deeds:
                    await clock.sleep(max(0.0, when - clock.now()), LAST)
                    answers.append(getattr(r, command)(*arguments))
            finally:
                clock.running -= 1
                clock.settle()

        task = asyncio.create_task(person())
        clock.running += 1  # time waits for the person, too
        async for event in r:
            events.append(event)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        state = r.state
    return Told(graph, events, state), answers
