"""The store behind the local history: versions of documents, kept in the user's state folder, apart from their files.

One SQLite database for all documents of this person; several editors may use it at once. The text of a version is kept
once, compressed, under its digest, however many checkpoints show it. A document is known by a name of its own, which is
found again by its path, and where the file was moved by what it is and by what it holds. Nothing here needs Qt.

How long: what was taken by itself for 30 days (or as many as is preferred) and at most 100 times a document; what a
person took, until they delete it. All texts together take at most 256 MB: above that the oldest go, what was taken
by itself first. What is older than what is told by the order in which it came: a clock may be set back.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from quartet.graph import files
from quartet.graph.model import Graph
from quartet.graph.strict_json import FileProblem

Kind = Literal["hand", "before", "save", "import", "close"]

DAYS = 30
"""For how long what was taken by itself is kept, where nothing else is preferred."""
MOST = 100
"""How many of those a document has."""
BYTES = 256_000_000
"""What all texts together may take."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, path TEXT, device INTEGER, inode INTEGER, digest TEXT, parent TEXT, forked REAL);
CREATE INDEX IF NOT EXISTS documents_by_path ON documents (path);
CREATE TABLE IF NOT EXISTS texts (digest TEXT PRIMARY KEY, size INTEGER NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS checkpoints (
    id INTEGER PRIMARY KEY, document TEXT NOT NULL, time REAL NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL,
    digest TEXT NOT NULL, agents INTEGER NOT NULL, edges INTEGER NOT NULL,
    added INTEGER NOT NULL, removed INTEGER NOT NULL, changed INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS checkpoints_by_document ON checkpoints (document, time);
CREATE INDEX IF NOT EXISTS checkpoints_by_digest ON checkpoints (digest);
PRAGMA user_version = 1;
"""


class Counts(NamedTuple):
    """How many agents, edges, frames and notes differ from the version before."""

    added: int = 0
    removed: int = 0
    changed: int = 0


class Checkpoint(NamedTuple):
    """One version of a document."""

    id: int
    time: float
    """When it was taken, in seconds since the epoch."""
    label: str
    kind: Kind
    digest: str
    agents: int
    edges: int
    counts: Counts


class Where(NamedTuple):
    """A file by which a document is found again."""

    path: str
    device: int = 0
    inode: int = 0
    digest: str = ""
    """SHA-256 of its content, in hexadecimal digits."""


class StoreProblem(Exception):  # noqa: N818  # a problem that a person is told
    """The store cannot be used: a sentence that says why."""


class Store:
    """The checkpoints of all documents. Each call opens the database for itself, so any thread may make it."""

    def __init__(self, path: Path, days: Callable[[], int] = lambda: DAYS) -> None:
        """`days`: for how long what was taken by itself is kept, asked each time."""
        self.path = path
        self._days = days

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.closing(sqlite3.connect(self.path, timeout=10.0, isolation_level=None)) as database:
                (version,) = database.execute("PRAGMA user_version").fetchone()
                if version > 1:
                    raise StoreProblem("The local history was written by a newer Quartet; this one leaves it alone.")
                if version == 0:
                    database.execute("PRAGMA auto_vacuum = FULL")
                    database.execute("PRAGMA journal_mode = WAL")
                    database.executescript(_SCHEMA)
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise StoreProblem(f"The local history cannot be used: {error}.") from error
        except sqlite3.DatabaseError as error:
            aside = self._put_aside()
            raise StoreProblem(
                f"The local history was damaged ({error}). It was put aside as {aside.name}, and a new one is begun."
            ) from error
        except OSError as error:
            raise StoreProblem(f"The local history cannot be used: {error.strerror or error}.") from error

    def _put_aside(self) -> Path:
        aside = self.path.with_name(f"{self.path.stem}-damaged-{time.time_ns() // 1_000_000}{self.path.suffix}")
        with contextlib.suppress(OSError):
            self.path.rename(aside)
        for ending in ("-wal", "-shm"):
            with contextlib.suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        return aside

    # which document it is

    def identify(self, where: Where) -> str:
        """The name of the document that is kept in this file, also if the file was moved here; a new one if it is new.

        Raises:
            StoreProblem: the store cannot be used.
        """
        with self._open() as database:
            row = database.execute("SELECT id FROM documents WHERE path = ?", (where.path,)).fetchone()
            if row is None:
                # the very file under another name; else one that holds what the last version held
                moved = database.execute(
                    "SELECT id, path FROM documents WHERE (inode = ? AND device = ? AND inode != 0)"
                    " OR (digest = ? AND digest != '') ORDER BY inode = ? DESC, rowid DESC",
                    (where.inode, where.device, where.digest, where.inode),
                )
                row = next((found for found in moved if found[1] and not Path(found[1]).exists()), None)
            id = uuid.uuid4().hex if row is None else str(row[0])
            _note(database, id, where)
            return id

    def note(self, document: str, where: Where) -> str:
        """The document was saved there; its name from now on: saved beside its old file it is a document of its own,
        with the history up to now.

        Raises:
            StoreProblem: the store cannot be used.
        """
        with self._open() as database:
            row = database.execute("SELECT path FROM documents WHERE id = ?", (document,)).fetchone()
            other = database.execute("SELECT id FROM documents WHERE path = ?", (where.path,)).fetchone()
            if other is not None and other[0] != document:
                document = other[0]
            elif row is not None and row[0] and row[0] != where.path and Path(row[0]).exists():
                parent, document = document, uuid.uuid4().hex
                database.execute(
                    "INSERT INTO documents (id, parent, forked) VALUES (?, ?, ?)", (document, parent, time.time())
                )
            _note(database, document, where)
            return document

    # its versions

    def keep(
        self, document: str, graph: Graph, label: str, kind: Kind, counts: Counts, now: float | None = None
    ) -> Checkpoint | None:
        """Keep a version; None if it is the one that was kept last, and nobody asked for it by hand.

        Raises:
            StoreProblem: the store cannot be used.
            FileProblem: JSON cannot hold the graph.
        """
        text = files.dumps(graph).encode()
        digest = hashlib.sha256(text).hexdigest()
        now = time.time() if now is None else now
        with self._open() as database:
            last = database.execute(
                "SELECT digest, id, kind FROM checkpoints WHERE document = ? ORDER BY id DESC LIMIT 1",
                (document,),
            ).fetchone()
            if kind != "hand" and last is not None and last[0] == digest:
                if kind == "save" and last[2] != "hand":  # that it was saved says more than before what it was
                    database.execute("UPDATE checkpoints SET label = ?, kind = ? WHERE id = ?", (label, kind, last[1]))
                return None
            if database.execute("SELECT 1 FROM texts WHERE digest = ?", (digest,)).fetchone() is None:
                content = zlib.compress(text, 6)
                database.execute("INSERT INTO texts VALUES (?, ?, ?)", (digest, len(content), content))
            row = (document, now, label, kind, digest, len(graph.agents), len(graph.edges), *counts)
            made = database.execute(
                "INSERT INTO checkpoints (document, time, label, kind, digest, agents, edges, added, removed, changed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            _prune(database, document, now, self._days())
            id = made.lastrowid or 0
            return Checkpoint(id, now, label, kind, digest, len(graph.agents), len(graph.edges), counts)

    def entries(self, document: str) -> list[Checkpoint]:
        """The versions of a document, the latest first; also those of the one it was saved as a copy of, until then.

        Raises:
            StoreProblem: the store cannot be used.
        """
        found: list[Checkpoint] = []
        until, seen = float("inf"), set[str]()
        with self._open() as database:
            while document and document not in seen:
                seen.add(document)
                rows = database.execute(
                    "SELECT id, time, label, kind, digest, agents, edges, added, removed, changed FROM checkpoints"
                    " WHERE document = ? AND time <= ? ORDER BY id DESC",
                    (document, until),
                )
                found += [Checkpoint._make((*row[:7], Counts(*row[7:]))) for row in rows]
                row = database.execute("SELECT parent, forked FROM documents WHERE id = ?", (document,)).fetchone()
                document, until = (row[0], row[1]) if row is not None and row[0] else ("", 0.0)
        return found

    def read(self, checkpoint: Checkpoint) -> Graph:
        """The graph of a version.

        Raises:
            StoreProblem: the store cannot be used.
            FileProblem: this version is damaged, or was deleted meanwhile.
        """
        with self._open() as database:
            row = database.execute("SELECT content FROM texts WHERE digest = ?", (checkpoint.digest,)).fetchone()
        if row is None:
            raise FileProblem("This checkpoint is not there any more.", advice="The others can still be restored.")
        try:
            text = zlib.decompress(row[0])
        except (zlib.error, TypeError):
            text = b""
        if hashlib.sha256(text).hexdigest() != checkpoint.digest:
            raise FileProblem("This checkpoint is damaged.", advice="The others can still be restored.")
        return files.loads(text.decode()).graph

    def rename(self, checkpoint: Checkpoint, label: str) -> None:
        """Call a version something else; one with a name of its own is kept until somebody deletes it.

        Raises:
            StoreProblem: the store cannot be used.
        """
        with self._open() as database:
            database.execute("UPDATE checkpoints SET label = ?, kind = 'hand' WHERE id = ?", (label, checkpoint.id))

    def delete(self, checkpoint: Checkpoint) -> None:
        """Forget a version.

        Raises:
            StoreProblem: the store cannot be used.
        """
        with self._open() as database:
            database.execute("DELETE FROM checkpoints WHERE id = ?", (checkpoint.id,))
            _drop_texts(database)


def _note(database: sqlite3.Connection, document: str, where: Where) -> None:
    database.execute(
        "INSERT INTO documents (id, path, device, inode, digest) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
        " SET path = excluded.path, device = excluded.device, inode = excluded.inode, digest = excluded.digest",
        (document, where.path, where.device, where.inode, where.digest),
    )


def _prune(database: sqlite3.Connection, document: str, now: float, days: int) -> None:
    database.execute("DELETE FROM checkpoints WHERE kind != 'hand' AND time < ?", (now - days * 24 * 3600,))
    database.execute(
        "DELETE FROM checkpoints WHERE id IN (SELECT id FROM checkpoints WHERE document = ? AND kind != 'hand'"
        " ORDER BY id DESC LIMIT -1 OFFSET ?)",
        (document, MOST),
    )
    _drop_texts(database)
    (size,) = database.execute("SELECT coalesce(sum(size), 0) FROM texts").fetchone()
    while size > BYTES:
        oldest = database.execute(
            "SELECT id FROM checkpoints WHERE id != (SELECT max(id) FROM checkpoints)"
            " ORDER BY kind = 'hand', id LIMIT 10"
        ).fetchall()
        if not oldest:
            return
        database.executemany("DELETE FROM checkpoints WHERE id = ?", oldest)
        _drop_texts(database)
        (size,) = database.execute("SELECT coalesce(sum(size), 0) FROM texts").fetchone()


def _drop_texts(database: sqlite3.Connection) -> None:
    database.execute("DELETE FROM texts WHERE digest NOT IN (SELECT digest FROM checkpoints)")
