"""A kept run as the window shows it: all its journal tells, read and folded in a thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from quartet.editor.document import Changed
from quartet.editor.live import KEEP, copied
from quartet.engine.events import Event
from quartet.engine.journal import Header, JournalError, Recorded
from quartet.engine.journal.summary import FILE, Summary
from quartet.engine.policies import run_limits
from quartet.engine.state import RunState
from quartet.graph.model import AgentId, EdgeId, Graph, RunLimits
from quartet.patterns.importing import placed

REPORT = 64
"""Rows of a journal between two reports of how far reading it is."""


class Record(NamedTuple):
    """Which kept run is shown or under way."""

    path: Path
    id: str
    started: float
    """Seconds since 1970."""
    parent: str | None = None
    """Of a fork: the id of the run it comes from."""


class KeptRun(NamedTuple):
    """A run, ready to be shown."""

    record: Record
    header: Header
    graph: Graph
    """The drawing that ran."""
    standing: str
    """running | paused | interrupted | succeeded | failed | cancelled"""
    carried: bool
    """Whether a living program carries it."""
    damage: str | None
    events: list[Event]
    """The latest ones: as many as the window keeps."""
    state: RunState
    """The fold of all events."""
    base: RunState
    """The fold of those before `events`."""

    @property
    def resumable(self) -> bool:
        """Whether it has not ended and nobody carries it."""
        return self.standing in ("interrupted", "paused") and not self.carried


def read(path: Path, told: Callable[[float], None] = lambda share: None, keep: int = KEEP) -> KeptRun:
    """Read a run; `told` hears how much of it is read, 0 to 1. For a thread: a long run takes seconds.

    Raises:
        JournalError, FileProblem: it cannot be read, or not by this version.
    """
    with Recorded.open(path) as recorded:
        header = recorded.header
        total = max(1, recorded.count)
        standing, carried = str(recorded.state), recorded.carried
        events: list[Event] = []
        for batch in recorded.batches():
            events += batch.events
            if batch.n % REPORT == 0:
                told(min(1.0, batch.n / total))
        damage = recorded.damage
        graph = placed(recorded.graph())
    told(1.0)
    base = RunState()
    try:
        for event in events[:-keep]:
            base.apply(event)
        del events[:-keep]
        state = copied(base)
        for event in events:
            state.apply(event)
    except (ValueError, LookupError, AssertionError, TypeError, AttributeError) as problem:
        raise JournalError(f"What happened in {path} is not understood by this version: {problem}.") from problem
    if damage and not state.finished and not carried:
        standing = "interrupted"  # its end cannot be read; it can be gone on with before that
    record = Record(path, header.run_id, header.started, (header.parent or {}).get("run"))
    return KeptRun(record, header, graph, standing, carried, damage, events, state, base)


def is_of(run: Summary, path: Path | None, name: str) -> bool:
    """Whether a run is one of the graph in the file `path` (None: in no file yet) that is called `name`."""
    if run.file is not None and path is not None:
        return Path(run.file) == path
    return run.name == name


def file_of(header: Header) -> Path | None:
    """The file of the graph that ran, where it was one."""
    stated = header.settings.get(FILE)
    return Path(stated) if isinstance(stated, str) and stated else None


def moment(started: float, now: datetime | None = None) -> str:
    """When a run began, as short as it is clear: “14:03” today, “yesterday, 14:03”, “20 Nov, 14:03”, with the year
    where it is another one."""
    began = datetime.fromtimestamp(started).astimezone()
    today = (now or datetime.now(UTC)).astimezone()
    days = (today.date() - began.date()).days
    if days == 0:
        return f"{began:%H:%M}"
    if days == 1:
        return f"yesterday, {began:%H:%M}"
    year = "" if began.year == today.year else f" {began.year}"
    return f"{began.day} {began:%b}{year}, {began:%H:%M}"


def drawn_differently(one: Graph, other: Graph) -> bool:
    """Whether two drawings run differently; where the cards stand does not matter."""
    if _limits(one) != _limits(other):
        return True
    return any(getattr(one, part) != getattr(other, part) for part in ("agents", "edges", "state", "graphs"))


def edited(graph: Graph, ran: Graph, changed: Changed) -> bool:
    """Whether a change of the drawing makes it another one than what ran: moving a card is no edit of it."""
    agents, edges = map(AgentId, changed.agents), map(EdgeId, changed.edges)
    return (
        any(graph.agents.get(id) != ran.agents.get(id) for id in agents)
        or any(graph.edges.get(id) != ran.edges.get(id) for id in edges)
        or (changed.graph and _limits(graph) != _limits(ran))
    )


def _limits(graph: Graph) -> RunLimits | None:
    """Limits as a run of the window has them: at one a person is asked, unless it states something else."""
    return run_limits(graph.limits, None, "ask")
