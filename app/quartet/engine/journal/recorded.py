"""Reading a run's journal, also while the run goes on, and as far as it can be read when the file is damaged."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, cast

from quartet.engine.events import Event
from quartet.engine.journal.changes import unread
from quartet.engine.journal.lock import is_held
from quartet.engine.journal.packing import decoded, unpack
from quartet.engine.journal.store import APPLICATION, LAYOUT, JournalError, checksum, readable
from quartet.graph.files import from_document
from quartet.graph.model import Graph

JSON = Any
State = Literal["running", "interrupted", "paused", "succeeded", "failed", "cancelled"]
ENDED: frozenset[str] = frozenset({"succeeded", "failed", "cancelled"})


class Header(NamedTuple):
    """What stands at the beginning of a journal; a run begins from this and nothing else."""

    run_id: str
    graph: JSON
    """The snapshot that ran, as a graph file holds it with its texts whole (`Recorded.graph()` makes a Graph)."""
    input: JSON
    seed: int
    rehearse: bool
    virtual: bool
    """Whether the run was on a virtual clock."""
    settings: dict[str, JSON]
    """What was passed to `run(settings=…)`."""
    started: float
    """When, in seconds since 1970 (UTC)."""
    version: str
    """Of Quartet."""
    semantics: int
    """Of the engine: a run is resumed by an engine that does the same things."""
    parent: dict[str, JSON] | None = None
    """Of a fork: where it comes from."""


class Input(NamedTuple):
    """Something that came into the scheduler from outside; what followed from it are the events after `seq`."""

    seq: int
    """The last event before it."""
    t: float
    """When, on the run's clock."""
    what: str
    """start | told | done | due | do | interrupted"""
    data: list[JSON]
    """told: [number of the execution, kind, data]; done: [number, class of the outcome, its fields or None];
    do: [command, its arguments]; interrupted: [whether agents that are not repeatable run again, or None: ask]. Then
    come the numbers of executions that had ended at this moment without having been heard of."""


class Batch(NamedTuple):
    """One row: what came in and happened in one turn of the loop."""

    n: int
    wall: float
    """When it was written, in seconds since 1970 (UTC)."""
    inputs: list[Input]
    events: list[Event]


class Recorded:
    """A journal, open for reading (see `quartet.engine.journal`). A context manager."""

    def __init__(self, path: Path, database: sqlite3.Connection, header: Header) -> None:
        self.path = path
        self.header = header
        self._database = database
        self._damage: str | None = None
        self._read_to_the_end = False

    @classmethod
    def open(cls, path: str | Path) -> Recorded:
        """Open a journal.

        Raises:
            JournalError: there is no such file, or it is no journal, or not even its beginning can be read.
        """
        path = Path(path)
        if not path.is_file():
            raise JournalError(f"There is no file {path}.")
        database = None
        try:
            database = readable(path)
            application = database.execute("PRAGMA application_id").fetchone()[0]
            layout = database.execute("PRAGMA user_version").fetchone()[0]
            if application != APPLICATION:
                raise JournalError(f"{path} is no journal of a run.")
            if layout > LAYOUT:
                raise JournalError(f"{path} was written by a newer Quartet: read it with that one.")
            recorded = cls(path, database, Header("", None, None, 0, False, False, {}, 0.0, "", 0))
            recorded.header = recorded._header()
        except (sqlite3.Error, JournalError) as error:
            if database is not None:
                database.close()
            if isinstance(error, JournalError):
                raise
            raise JournalError(
                f"{path} is no journal of a run, or not even its beginning can be read: {error}."
            ) from None
        return recorded

    def _header(self) -> Header:
        row = self._database.execute("SELECT body, crc FROM header").fetchone()
        if row is None:
            raise JournalError(f"{self.path} is the beginning of a journal whose run never started.")
        body, crc = row
        if not isinstance(body, bytes) or zlib.crc32(body) != crc:
            raise JournalError(f"{self.path} is damaged at its very beginning; nothing of the run can be told.")
        try:
            return Header(**decoded(body))
        except (ValueError, TypeError, KeyError) as error:
            raise JournalError(f"The beginning of {self.path} cannot be read: {error}.") from error

    def close(self) -> None:
        """Close the file. Doing so twice does nothing."""
        self._database.close()

    def __enter__(self) -> Recorded:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------------ content

    def graph(self) -> Graph:
        """The drawing that ran."""
        return from_document(self.header.graph)

    def batches(self, after: int = 0) -> Iterator[Batch]:
        """All batches after number `after` that can be read, in order; afterwards `damage` is known."""
        n = after
        self._damage = None
        try:
            rows = self._database.execute(
                "SELECT n, wall, body, holes, crc FROM batches WHERE n > ? ORDER BY n", (after,)
            )
            for row in rows:
                n += 1
                if row[0] != n:
                    raise _DamageError(f"batch {n} is missing")
                yield self._batch(row)
        except (sqlite3.Error, _DamageError) as problem:
            self._damage = f"Batch {max(n, 1)} of {self.path.name} and all after it cannot be read: {problem}."
        self._read_to_the_end = True

    def _batch(self, row: Sequence[Any]) -> Batch:
        n, wall, body, holes, crc = row
        if not isinstance(body, bytes) or checksum(n, body, holes) != crc:
            raise _DamageError("its checksum is wrong")
        try:
            count, *records = unpack(body, holes, self.value_of)
            inputs = [Input(before, t, what, data) for before, t, what, *data in records[:count]]
            return Batch(n, wall, inputs, [Event(*record) for record in records[count:]])
        except (ValueError, TypeError, LookupError) as problem:
            raise _DamageError(str(problem)) from problem

    def events(self, after: int = 0) -> Iterator[Event]:
        """The events that can be read, in order, from event number `after` + 1 on."""
        row = None
        if after:
            row = self._database.execute("SELECT max(n) FROM batches WHERE seq <= ?", (after,)).fetchone()
        for batch in self.batches((row and row[0]) or 0):
            for event in batch.events:
                if event.seq > after:
                    yield event

    def inputs(self) -> Iterator[Input]:
        """What came into the scheduler from outside, in order, as far as it can be read."""
        for batch in self.batches():
            yield from batch.inputs

    def value_of(self, hash: str) -> JSON:
        """A large value by its content's SHA-256.

        Raises:
            LookupError: it is not there, or damaged.
        """
        row = self._database.execute("SELECT body, holes FROM blobs WHERE hash = ?", (hash,)).fetchone()
        if row is None:
            raise LookupError(f"the large value {hash[:12]}… is missing")
        body, holes = row
        if hashlib.sha256(body).hexdigest() != hash:
            raise LookupError(f"the large value {hash[:12]}… is damaged")
        return unpack(body, holes, self.value_of) if holes else decoded(body)

    # ------------------------------------------------------------------ condition

    @property
    def count(self) -> int:
        """How many batches there are, readable or not."""
        try:
            return int(self._database.execute("SELECT coalesce(max(n), 0) FROM batches").fetchone()[0])
        except sqlite3.Error:
            return 0

    @property
    def damage(self) -> str | None:
        """What cannot be read, in a sentence; None: nothing. The first look at it reads the whole file."""
        if not self._read_to_the_end:
            for _ in self.batches():
                pass
        if self._damage is None and not self.carried and (count := unread(self.path)):
            self._damage = (
                f"The last {count:,} batches of {self.path.name} cannot be read: the log of changes beside it "
                f"({self.path.name}-wal) is damaged."
            )
        return self._damage

    @property
    def state(self) -> State:
        """How the run stands, by its last batch: quick also for long runs."""
        try:
            row = self._database.execute("SELECT status FROM batches ORDER BY n DESC LIMIT 1").fetchone()
        except sqlite3.Error:
            row = None  # damaged; what can be read ends somewhere before
        status = row[0] if row is not None else "running"
        if status in ENDED:
            return cast(State, status)
        if status == "paused":
            return "paused"
        return "running" if self.carried else "interrupted"

    @property
    def carried(self) -> bool:
        """Whether a living program carries the run."""
        return is_held(self.path)


class _DamageError(Exception):
    """A row that cannot be read."""
