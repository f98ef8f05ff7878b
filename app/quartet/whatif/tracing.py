"""What one simulated run tells: its time and cost, who was at work, and whom it waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from quartet.engine.events import Event
from quartet.graph.model import AgentId, Graph
from quartet.whatif.estimates import plain

Key = tuple[str, int | None, int | None]
"""An attempt: its agent, the visit, its number."""


class One(NamedTuple):
    """One simulated run."""

    seconds: float
    cost: float
    succeeded: bool
    path: tuple[AgentId, ...]
    """The agents that it waited for, first to last: had one of them been faster, so had the run."""
    blamed: tuple[AgentId, ...]
    """Whose failures nobody took care of."""
    busy: Mapping[AgentId, float]
    """Seconds at work, by agent."""


def read(graph: Graph, events: Sequence[Event]) -> One:
    """What one run tells, in one pass over its events."""
    causes = _Causes(graph)
    cost = 0.0
    began: dict[Key, float] = {}
    busy: dict[AgentId, float] = {}
    for event in events:
        kind, agent = event.type, event.agent
        if agent is not None:
            key = agent, event.act, event.attempt
            if kind == "attempt.started":
                began[key] = event.t
            elif kind in _ENDINGS:
                took = event.t - began.pop(key, event.t)
                who = plain(agent)
                busy[who] = busy.get(who, 0.0) + took
                causes.lasted[key] = took
            elif kind == "attempt.usage":
                cost += (event.data or {}).get("cost") or 0.0
            if "/" in agent:
                continue  # in a sub-graph: whoever waits, waits for the agent that stands for it
            causes.hear(event, key)
        elif kind == "edge.token":
            causes.token(event)
    end = events[-1].data or {}
    return One(
        events[-1].t, cost, end.get("state") == "succeeded", causes.path(events[-1].t),
        tuple(dict.fromkeys(plain(id.split("/")[0]) for id in end.get("unhandled", ()))), busy,
    )  # fmt: skip


class _Causes:
    """What made each attempt begin.

    The engine does all that follows from one thing before it hears of the next. So what begins in the same moment as
    the last attempt ended began because of that: what it was given, or the place that became free. What begins later
    waited for a timer, and that is told.
    """

    def __init__(self, graph: Graph) -> None:
        self.targets = {edge.id: edge.target for edge in graph.edges.values()}
        self.lasted: dict[Key, float] = {}
        self.ended: Key | None = None
        """The attempt that ended last by itself."""
        self.at = -1.0
        """When that was."""
        self.stopped: tuple[Key, float] | None = None
        """The attempt that was cancelled last, and when."""
        self.because: dict[Key, Key | None] = {}
        self.resumed: dict[Key, Key] = {}
        """By attempt that asked others for something, whose answer came last."""
        self.stopped_by: dict[Key, Key | None] = {}
        self.before: dict[tuple[str, int | None], Key] = {}
        """By visit its attempt so far."""
        self.pausing: set[tuple[str, int | None]] = set()
        """Visits that wait for their next attempt."""
        self.given: dict[str, tuple[Key, float]] = {}
        """By agent who gave it its work, and when."""
        self.arrived: dict[str, Key | None] = {}
        """By agent what ended when a value came to it last."""

    def token(self, event: Event) -> None:
        """Something was put on an edge."""
        data = event.data or {}
        target = self.targets.get(data["edge"])
        if target is not None and data["kind"] == "value":
            self.arrived[target] = self.ended

    def hear(self, event: Event, key: Key) -> None:
        """Something happened to an agent."""
        kind = event.type
        if kind == "attempt.started":
            self.because[key] = self._why(key, event.t)
            self.before[key[:2]] = key
        elif kind == "attempt.cancelled":
            self.stopped = key, event.t
            self.stopped_by[key] = self.ended if self.at == event.t else None
        elif kind in _ENDINGS:
            self.ended, self.at = key, event.t
        elif kind == "retry.scheduled":
            self.pausing.add(key[:2])
        elif kind == "call.finished":
            if self.ended is not None and self.at == event.t and self.ended[0] != key[0]:
                self.resumed[key] = self.ended
        elif kind == "work.handed_over" and event.attempt is not None:
            self.given[(event.data or {})["to"]] = key, event.t

    def _why(self, key: Key, now: float) -> Key | None:
        visit = key[:2]
        before = self.before.get(visit)
        if visit in self.pausing:
            self.pausing.discard(visit)
            return before
        giver, when = self.given.get(key[0], (None, -1.0))
        if when == now:
            return giver
        if self.at == now:
            return self.ended
        if before is not None:  # its supervisor let it rest
            return self.stopped_by.get(before) or before
        return self.arrived.get(key[0])

    def path(self, end: float) -> tuple[AgentId, ...]:
        """Whom the run waited for, first to last; who takes no time is waited for by nobody."""
        key = self.ended
        if self.stopped is not None and self.stopped[1] == end > self.at:
            key = self.stopped[0]  # its time was over before that one was done
        found: list[AgentId] = []
        seen: set[Key] = set()
        asked: set[Key] = set()
        while key is not None:
            again = key in seen
            if again and key in asked:
                break
            if again:  # back at who asked: why did that begin?
                asked.add(key)
                key = self.because.get(key)
                continue
            seen.add(key)
            if self.lasted.get(key, 0.0) > 0 and (not found or found[-1] != key[0]):
                found.append(AgentId(key[0]))
            if key in self.resumed:
                key = self.resumed[key]
            else:
                asked.add(key)
                key = self.because.get(key)
        return tuple(reversed(found))


_ENDINGS = frozenset({
    "attempt.succeeded", "attempt.failed", "attempt.timed_out", "attempt.cancelled", "attempt.lost",
})  # fmt: skip
