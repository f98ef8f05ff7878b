"""How a run proceeds, in anybody's asyncio program.

>>> import asyncio
>>> from quartet.engine import run
>>> from quartet.graph.model import Agent, Edge, Graph
>>> graph = Graph()
>>> graph.agents = {id: Agent(id=id, kind="template", name=id.title()) for id in ("writer", "editor")}
>>> graph.edges = {"e": Edge(id="e", source="writer", target="editor")}
>>> async def main() -> object:
...     async with run(graph, "a poem", rehearse=True, journal="poem.run") as r:
...         async for event in r:
...             if event.type == "attempt.started":
...                 print(event.agent, "starts at", event.t)
...     return r.state.output
>>> asyncio.run(main())
writer starts at 0.0
editor starts at 1.0
'Editor: Writer: a poem'

With `journal` every event stands in that file before what follows from it begins. When the program ends before the run
does, `resume("poem.run")` in place of `run(…)` goes on with it; no agent that succeeded is called again
(`quartet.engine.journal`).
"""

from quartet.engine.carrying_on import resume
from quartet.engine.events import Event
from quartet.engine.fork import ForkError, fork
from quartet.engine.journal import JournalError
from quartet.engine.refusal import Refused
from quartet.engine.run import Run, run
from quartet.engine.state import AgentState, EdgeState, RunState

__all__ = [
    "AgentState", "EdgeState", "Event", "ForkError", "JournalError", "Refused", "Run", "RunState", "fork", "resume",
    "run",
]  # fmt: skip
