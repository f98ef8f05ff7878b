"""A run as plain lines on standard error, for logs and terminals that cannot do more."""

from __future__ import annotations

from collections.abc import Callable

from quartet.cli.console import say
from quartet.editor.panels.log_words import words
from quartet.engine.events import Event
from quartet.engine.state import RunState
from quartet.graph.model import Graph
from quartet.graph.nesting import ends, title

QUIET = frozenset(
    {
        "activation.ready",
        "attempt.output",
        "attempt.heartbeat",
        "attempt.usage",
        "attempt.succeeded",
        "join.opened",
        "join.arrived",
        "join.fired",
        "join.token_dropped",
        "join.reset",
        "edge.token",
        "run.started",
        "run.finished",
        "handoff.requested",
        "turn.started",
        "turn.finished",
        "call.finished",
        "group.child_stopping",
        "group.child_stopped",
        "group.stopping",
        "context.updated",
        "state.read",
        "state.write",
    }
)
"""What `--events` has and a person who reads along does not miss."""


class Lines:
    """Writes a line for each event that a person wants to know of."""

    def __init__(self, graph: Graph, rehearse: bool) -> None:
        self._graph, self._rehearse = graph, rehearse

    def begin(self, now: Callable[[], float]) -> None:
        """Nothing to say before something happens."""

    def show(self, event: Event, state: RunState) -> None:
        """Write the event's line, if it is worth one."""
        line = self.line(event)
        if line is not None:
            say(line)

    def line(self, event: Event) -> str | None:
        """The event in words, with its time and its agent; None if it is not worth a line."""
        if event.type in QUIET:
            return None
        text, _ = words(event, self._name, self._edge)
        who = f"{self._name(event.agent)}: " if event.agent is not None else ""
        return f"{event.t:9.2f} s  {who}{text}"

    def pause(self) -> None:
        """Lines leave room for questions as they are."""

    def resume(self) -> None:
        """Nothing to take up again."""

    def close(self, state: RunState) -> None:
        """Say how it ended."""
        from quartet.cli.session import summary

        if state.seq:
            say(summary(self._graph, state, self._rehearse))

    def _name(self, id: str) -> str:
        return title(self._graph, id)

    def _edge(self, id: str) -> str:
        both = ends(self._graph, id)
        return id if both is None else f"{both[0]} → {both[1]}"
