"""The moment that a demonstration is about: how to recognise it among the events of a run, and what is to be seen.

Rules do not import the engine: an event is whatever has the fields of `Happening`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from quartet.graph.model import AgentId, EdgeId


class Happening(Protocol):
    """An event of a run (see `quartet.engine.events`)."""

    @property
    def t(self) -> float: ...
    @property
    def type(self) -> str: ...
    @property
    def agent(self) -> str | None: ...
    @property
    def act(self) -> int | None: ...
    @property
    def attempt(self) -> int | None: ...
    @property
    def data(self) -> dict[str, Any] | None: ...


Watch = Callable[[Happening], bool]
"""Is told every event of one run in order, and says at which of them it happens."""
Watcher = Callable[[], Watch]
"""Begins to watch a run."""

ENDS = frozenset({
    "attempt.succeeded", "attempt.failed", "attempt.timed_out", "attempt.cancelled", "attempt.lost",
    "attempt.abandoned",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """What a demonstration shows, when it happens."""

    says: str
    """What has just happened, in one sentence."""
    watch: Watcher
    agents: tuple[AgentId, ...] = ()
    """Whom to look at."""
    edges: tuple[EdgeId, ...] = ()


def once(type: str, agent: AgentId | None = None, *, since: float = 0.0, **data: Any) -> Watcher:
    """The first event of that type, of that agent, not before `since` seconds, whose data hold all of `data`."""

    def watch(event: Happening) -> bool:
        if event.type != type or event.t < since or (agent is not None and event.agent != agent):
            return False
        told = event.data or {}
        return all(told.get(name) == value for name, value in data.items())

    return lambda: watch


def nth(count: int, type: str, agents: Collection[AgentId]) -> Watcher:
    """The `count`-th event of that type of any of these agents."""

    def begin() -> Watch:
        left = count

        def watch(event: Happening) -> bool:
            nonlocal left
            left -= event.type == type and event.agent in agents
            return left <= 0

        return watch

    return begin


def then(*parts: Watcher) -> Watcher:
    """The last of these, each of them after the one before."""

    def begin() -> Watch:
        pending = [part() for part in parts]

        def watch(event: Happening) -> bool:
            if pending and pending[0](event):
                pending.pop(0)
            return not pending

        return watch

    return begin


def both(first: Watcher, second: Watcher) -> Watcher:
    """The later of the two, in either order."""

    def begin() -> Watch:
        pending = [first(), second()]

        def watch(event: Happening) -> bool:
            pending[:] = [part for part in pending if not part(event)]
            return not pending

        return watch

    return begin


def either(first: Watcher, second: Watcher) -> Watcher:
    """The earlier of the two."""

    def begin() -> Watch:
        one, other = first(), second()
        return lambda event: one(event) or other(event)

    return begin


def before(first: Watcher, second: Watcher) -> Watcher:
    """The first of the two, if the second has not happened yet."""

    def begin() -> Watch:
        one, other, over = first(), second(), False

        def watch(event: Happening) -> bool:
            nonlocal over
            over = over or other(event)
            return not over and one(event)

        return watch

    return begin


def crowd(agents: Collection[AgentId], most: int) -> Watcher:
    """More than `most` attempts of these agents under way at the same time."""

    def begin() -> Watch:
        working: set[tuple[str | None, int | None, int | None]] = set()

        def watch(event: Happening) -> bool:
            if event.agent in agents:
                at = (event.agent, event.act, event.attempt)
                if event.type == "attempt.started":
                    working.add(at)
                elif event.type in ENDS:
                    working.discard(at)
            return len(working) > most

        return watch

    return begin


def spends(more: float) -> Watcher:
    """A run that has cost more than so many US$ goes on, or ends well, as if nothing were the matter."""

    def begin() -> Watch:
        spent = 0.0

        def watch(event: Happening) -> bool:
            nonlocal spent
            if event.type == "attempt.usage":
                spent += (event.data or {}).get("cost") or 0.0
            well = event.type == "run.finished" and (event.data or {}).get("state") == "succeeded"
            return spent > more and (well or event.type == "attempt.started")

        return watch

    return begin


FAILS = once("run.finished", state="failed")
"""The run fails."""
