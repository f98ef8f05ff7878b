"""The run as the editor sees it: folds the engine's events and says, at most once a frame, which ids changed.

Everything that shows a run (cards, edges, timeline, messages, log) reads `Live.state` when `changed` names its ids.
Nothing of a run is kept in an item of the canvas, in the graph or in the undo stack.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from quartet.engine.events import Event
from quartet.engine.state import AgentState, RunState
from quartet.graph.model import AgentId, Graph

T = TypeVar("T")
FRAME = 16
"""Milliseconds between two `changed` signals, at least: one frame at 60 Hz."""
KEEP = 200_000
"""Events kept in memory. Beyond that the oldest are folded into the state the rest starts from, and counted."""
CHECKPOINT = 4_000
"""Events between two copies of the state, at least, so that scrubbing refolds a few milliseconds' worth only. In big
runs it is twice the number of agents and edges: a copy costs as much as folding so many events."""


class Live(QObject):
    """One document's run, the current one or the last.

    `state` is None until the first run. While a past moment is shown (`show_at`), `state` is the state at that
    moment and the run goes on behind it.
    """

    changed = Signal(object, object)
    """(frozenset of agent ids, frozenset of edge ids) whose state differs; both may be empty (the run itself moved)."""
    started = Signal()
    finished = Signal()
    moment_changed = Signal()
    """Another moment of the run is shown, or the present again."""
    again_requested = Signal(int, object)
    """A person wants to run again from an event (its number), perhaps with another answer of an agent (its id or None).
    """
    edited = Signal()
    """The document was changed since the run's snapshot was taken; see `edited_since`."""

    def __init__(self, parent: QObject | None = None, *, keep: int = KEEP) -> None:
        super().__init__(parent)
        self.snapshot: Graph | None = None
        """The graph as it was when the run started."""
        self.rehearsal = False
        self.running = False
        self.kept = False
        """Whether the run stands in a journal, so that one can go back to any moment of it and run again from there."""
        self.edited_since = False
        self.events: list[Event] = []
        """The kept events, in order; `dropped` older ones went before them."""
        self.dropped = 0
        """How many of the oldest events are no longer kept."""
        self._keep = keep
        self._present: RunState | None = None
        self._past: RunState | None = None
        self._past_seq: int | None = None
        self._base = RunState()
        self._checkpoints: list[RunState] = []
        self._clock: Callable[[], float] | None = None
        self._agents: set[str] = set()
        self._edges: set[str] = set()
        self._since_flush = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)

    # ------------------------------------------------------------------ the run

    def begin(self, snapshot: Graph, *, clock: Callable[[], float] | None = None, rehearsal: bool = False) -> None:
        """Start showing a new run of `snapshot`.

        `clock` tells the seconds since the run started, on the run's own clock (simulated in a rehearsal); without
        one the time of the last event stands for it.
        """
        before = self._ids()
        self.snapshot = snapshot
        self.rehearsal = rehearsal
        self.running = True
        self.edited_since = False
        self.events = []
        self.dropped = 0
        self._present = RunState()
        self._past = None
        self._past_seq = None
        self._base = RunState()
        self._checkpoints = []
        self._clock = clock
        self._agents, self._edges = set(before[0]), set(before[1])
        self.started.emit()
        self.flush()

    def take_over(
        self,
        snapshot: Graph,
        events: list[Event],
        state: RunState,
        base: RunState,
        *,
        rehearsal: bool = False,
        running: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Show a run that was folded already: one that has ended, or (`running`) one that goes on from there.

        `state` is the fold of all its events; `events` are the kept ones, and `base` is the fold of those before them.
        """
        before, past = self._ids(), self._past is not None
        self.snapshot, self.rehearsal, self.running = snapshot, rehearsal, running
        self.edited_since = False
        self.events, self.dropped = events, base.seq
        self._present, self._base = state, base
        self._past = self._past_seq = None
        self._checkpoints = []
        self._clock = clock
        after = self._ids()
        self._agents, self._edges = before[0] | after[0], before[1] | after[1]
        self.started.emit()
        self.flush()
        if past:
            self.moment_changed.emit()

    def feed(self, event: Event) -> None:
        """Take the next event of the run in. The signal follows within a frame.

        Raises:
            ValueError: no run was begun, or the event is not the next one.
        """
        if self._present is None:
            raise ValueError("an event without a run: call begin first")
        agents, edges = self._present.apply(event)
        self.events.append(event)
        if len(self.events) > self._keep:
            self._drop(max(1, self._keep // 10))
        if self._past is None:
            self._agents.update(agents)
            self._edges.update(edges)
        if not self._timer.isActive():
            waited = self._since_flush.elapsed() if self._since_flush.isValid() else FRAME
            self._timer.start(max(0, FRAME - waited))

    def end(self) -> None:
        """The run is over; what was not told yet is told now."""
        if not self.running:
            return
        self.running = False
        self._clock = None
        self.flush()
        self.finished.emit()

    def clear(self) -> None:
        """Forget the run: the drawing is shown without states again. Nothing happens while one runs."""
        if self.running or self._present is None:
            return
        self._agents, self._edges = self._ids()
        self._present = self._past = self._past_seq = self.snapshot = None
        self._base = RunState()
        self.events = []
        self.dropped = 0
        self._checkpoints = []
        self.edited_since = self.kept = False
        self.flush()
        self.moment_changed.emit()

    def mark_edited(self) -> None:
        """The document was changed: states still follow ids, and a badge may say so."""
        if self._present is not None and not self.edited_since:
            self.edited_since = True
            self.edited.emit()

    # ------------------------------------------------------------------ what is shown

    @property
    def state(self) -> RunState | None:
        """The fold up to the moment that is shown; None without a run. Read only."""
        return self._present if self._past is None else self._past

    @property
    def present(self) -> RunState | None:
        """The fold of all events, whatever moment is shown."""
        return self._present

    @property
    def shown_seq(self) -> int | None:
        """The sequence number of the moment that is shown, or None: the present."""
        return self._past_seq

    def path(self, id: str) -> str:
        """What the run calls an agent of this drawing."""
        return id

    def note(self, state: AgentState) -> str:
        """The last intervention in words, with the name of the agent that it is about."""
        about = state.note_about
        agent = None if about is None or self.snapshot is None else self.snapshot.agents.get(AgentId(about))
        return f"{state.note} {about if agent is None else agent.name}" if about is not None else state.note

    def now(self) -> float:
        """Seconds since the run started, on the run's own clock, at the moment that is shown."""
        return self.clock_now() if self._past is None else self._past.t

    def clock_now(self) -> float:
        """Seconds since the run started, on the run's own clock, whatever moment is shown."""
        if self._present is None:
            return 0.0
        if self.running and self._clock is not None:
            return max(self._clock(), self._present.t)
        return self._present.t

    def show_at(self, seq: int | None) -> None:
        """Show the state right after event number `seq` (as near as events are kept), or the present again."""
        if self._present is None or seq == self._past_seq:
            return
        before = self._ids()
        if seq is None:
            self._past = self._past_seq = None
        else:
            seq = min(max(seq, self.dropped), self.dropped + len(self.events))
            self._past, self._past_seq = self._fold_to(seq), seq
        after = self._ids()
        self._agents = before[0] | after[0]
        self._edges = before[1] | after[1]
        self.flush()
        self.moment_changed.emit()

    def seq_at(self, t: float) -> int:
        """The number of the last kept event that happened at or before `t` (seconds since the start)."""
        return self.dropped + bisect_right(self.events, t, key=lambda event: event.t)

    def flush(self) -> None:
        """Tell now what changed since the last signal."""
        self._timer.stop()
        self._since_flush.start()
        agents, edges = frozenset(self._agents), frozenset(self._edges)
        self._agents, self._edges = set(), set()
        self.changed.emit(agents, edges)

    # ------------------------------------------------------------------ the past

    def _ids(self) -> tuple[set[str], set[str]]:
        state = self.state
        return (set(), set()) if state is None else (set(state.agents), set(state.edges))

    def _drop(self, count: int) -> None:
        for event in self.events[:count]:
            self._base.apply(event)
        del self.events[:count]
        self.dropped += count
        self._checkpoints = [state for state in self._checkpoints if state.seq > self.dropped]

    def _fold_to(self, seq: int) -> RunState:
        """The state after event `seq`, from the nearest checkpoint; checkpoints are made on the way.

        They are made only when somebody scrubs: a run that nobody scrubs pays nothing for it.
        """
        at = bisect_right(self._checkpoints, seq, key=lambda state: state.seq)
        state = copied(self._checkpoints[at - 1] if at else self._base)
        for event in self.events[state.seq - self.dropped : seq - self.dropped]:
            state.apply(event)
            newest = self._checkpoints[-1].seq if self._checkpoints else self.dropped
            if state.seq >= newest + max(CHECKPOINT, 2 * (len(state.agents) + len(state.edges))):
                self._checkpoints.append(copied(state))
        return state


_parts: dict[Any, tuple[tuple[str, ...], tuple[str, ...]]] = {}
"""Of a dataclass: the names of its fields that are one value, and of those that hold others."""


def _parts_of(kind: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = _parts.get(kind)
    if found is None:
        holding = tuple(field.name for field in fields(kind) if field.default_factory is not MISSING)
        single = tuple(field.name for field in fields(kind) if field.name not in holding)
        found = _parts[kind] = single, holding
    return found


def copied(state: T, _seen: dict[int, Any] | None = None) -> T:
    """A copy of a run's state (or of a part of it) that later events may be applied to.

    JSON values inside are shared: the fold replaces them and never changes them in place. What is held in two places
    of the state is one thing in the copy, too.
    """
    seen = {} if _seen is None else _seen
    twin: T | None = seen.get(id(state))
    if twin is not None:
        return twin
    kind: type[Any] = type(state)
    copy: T = object.__new__(kind)
    seen[id(state)] = copy
    single, holding = _parts_of(kind)
    for name in single:
        setattr(copy, name, getattr(state, name))
    for name in holding:
        value = getattr(state, name)
        if not value:
            setattr(copy, name, type(value)())
        elif isinstance(value, dict):
            setattr(copy, name, {key: _twin(item, seen) for key, item in value.items()})
        else:
            setattr(copy, name, type(value)(_twin(item, seen) for item in value))
    return copy


def _twin(value: Any, seen: dict[int, Any]) -> Any:
    return copied(value, seen) if hasattr(value, "__dataclass_fields__") else value
