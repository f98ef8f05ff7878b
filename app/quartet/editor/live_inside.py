"""A run as it is seen inside a sub-graph: the states of the agents in there, by the ids they have in there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from quartet.editor.live import Live
from quartet.engine.state import AgentState, RunState
from quartet.graph.model import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from quartet.graph.model import AgentId


class InnerLive(Live):
    """The run of `outer`, seen from the sub-graph that the agents of `way` lead to. It follows, and starts nothing."""

    def __init__(self, outer: Live, way: Iterable[AgentId], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._outer = outer
        # of several copies of the sub-graph at once any may be the one that moved last
        steps = [re.escape(str(id)) + r"(?:#\d+)?" for id in way]
        self._path = re.compile("/".join(steps) + r"/([^/]+)")
        self._mine: RunState | None = None
        self._paths: dict[str, str] = {}
        """Of the agents, as the run knows them; of several copies that which moved last."""
        self._past_of: RunState | None = None
        outer.changed.connect(self._follow)
        outer.started.connect(self._began)
        outer.finished.connect(self._ended)
        outer.moment_changed.connect(self._moved)
        outer.edited.connect(self.edited)
        outer.again_requested.connect(self.again_requested)
        self._began()

    @property
    def state(self) -> RunState | None:
        return self._mine

    @property
    def present(self) -> RunState | None:
        return self._mine

    @property
    def shown_seq(self) -> int | None:
        return self._outer.shown_seq

    def path(self, id: str) -> str:
        return self._paths.get(id, id)

    def note(self, state: AgentState) -> str:
        return self._outer.note(state)

    def now(self) -> float:
        return self._outer.now()

    def clock_now(self) -> float:
        return self._outer.clock_now()

    def flush(self) -> None:
        self._outer.flush()

    # ------------------------------------------------------------------ following

    def _began(self) -> None:
        self._sync()
        self.started.emit()
        self._tell_all()

    def _ended(self) -> None:
        self.running = False
        self.finished.emit()

    def _moved(self) -> None:
        self._sync()
        self._tell_all()
        self.moment_changed.emit()

    def _sync(self) -> None:
        """Take everything anew."""
        outer = self._outer.state
        self.running, self.rehearsal = self._outer.running, self._outer.rehearsal
        self.snapshot, self.edited_since = self._snapshot(), self._outer.edited_since
        before = self._mine
        self._mine = None if outer is None else RunState()
        self._gone = (set(before.agents), set(before.edges)) if before is not None else (set[str](), set[str]())
        if outer is not None:
            self._take(outer.agents, outer.agents)
            self._take(outer.edges, outer.edges)

    def _snapshot(self) -> Graph | None:
        return self._outer.snapshot

    def _tell_all(self) -> None:
        agents, edges = self._gone
        if self._mine is not None:
            agents, edges = agents | self._mine.agents.keys(), edges | self._mine.edges.keys()
        self._gone = set(), set()
        self.changed.emit(frozenset(agents), frozenset(edges))

    def _take(self, paths: Iterable[str], found: Mapping[str, object]) -> set[str]:
        """The own ids of the paths that lead to something in here, whose states are taken over."""
        mine = self._mine
        touched: set[str] = set()
        if mine is None:
            return touched
        outer = self._outer.state
        agents = outer is not None and found is outer.agents
        into: dict[str, object] = mine.agents if agents else mine.edges  # type: ignore[assignment]  # both are tables of states
        for path in paths:
            match = self._path.fullmatch(path)
            if match is not None and (state := found.get(path)) is not None:
                into[match[1]] = state
                if agents:
                    self._paths[match[1]] = path
                touched.add(match[1])
        return touched

    def _follow(self, agents: frozenset[str], edges: frozenset[str]) -> None:
        outer = self._outer.state
        self.running = self._outer.running
        if outer is None or self._mine is None:
            self._sync()
            self._tell_all()
            return
        self._mine.t, self._mine.status = outer.t, outer.status
        own = frozenset(self._take(agents, outer.agents)), frozenset(self._take(edges, outer.edges))
        if own[0] or own[1]:
            self.changed.emit(*own)
