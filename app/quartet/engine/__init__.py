"""How a run proceeds. `from quartet.engine import run` works in anybody's asyncio program."""

from quartet.engine.events import Event
from quartet.engine.refusal import Refused
from quartet.engine.run import Run, run
from quartet.engine.state import AgentState, EdgeState, RunState

__all__ = ["AgentState", "EdgeState", "Event", "Refused", "Run", "RunState", "run"]
