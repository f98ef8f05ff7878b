"""Writing a run's journal: one SQLite file, one row for each turn of the loop that told something."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
import zlib
from pathlib import Path
from typing import Any

from quartet.engine.journal.lock import Lock
from quartet.engine.journal.packing import Packer, encoded

JSON = Any
APPLICATION = 0x51525431
"""“QRT1”: tells our files from other SQLite files."""
LAYOUT = 1
SEMANTICS = 1
"""What the engine does with the same inputs: one more whenever a run would go differently."""
CHECKPOINT_AFTER = 32_000_000
_PAGE = 4_096
_SCHEMA = f"""
    PRAGMA page_size = {_PAGE};
    PRAGMA synchronous = OFF;
    PRAGMA journal_mode = MEMORY;
    BEGIN;
    PRAGMA application_id = {APPLICATION};
    PRAGMA user_version = {LAYOUT};
    CREATE TABLE header (body BLOB NOT NULL, crc INTEGER NOT NULL);
    CREATE TABLE batches (
        n INTEGER PRIMARY KEY, seq INTEGER NOT NULL, status TEXT NOT NULL, wall REAL NOT NULL,
        body BLOB NOT NULL, holes BLOB, crc INTEGER NOT NULL
    );
    CREATE TABLE blobs (hash TEXT PRIMARY KEY, body BLOB NOT NULL, holes BLOB);
    COMMIT;
"""


class JournalError(ValueError):
    """A journal cannot be made, written or read. The text says why, and the way out."""


def checksum(n: int, body: bytes, holes: bytes | None) -> int:
    """The checksum of a row of `batches`: what it holds, and where it stands."""
    crc = zlib.crc32(body, n)
    return crc if holes is None else zlib.crc32(holes, crc)


class Journal:
    """The journal of the run that this program carries. Held by one at a time."""

    def __init__(self, path: Path, lock: Lock, database: sqlite3.Connection, n: int) -> None:
        self.path = path
        self._lock, self._database, self._n = lock, database, n
        self._packer = Packer(self._keep)
        self._blobs: list[tuple[str, bytes, bytes | None]] = []
        self._inode, self._look_at = path.stat().st_ino, 0.0
        self._unchecked = 0
        self._checking: threading.Thread | None = None
        self._closing: threading.Thread | None = None

    @classmethod
    def create(cls, path: Path, header: JSON) -> Journal:
        """Begin a new file. The folder is made if there is none; nobody else may read either.

        Raises:
            JournalError: there is such a file already, or it cannot be made.
        """
        path = Path(os.path.abspath(path))  # noqa: PTH100 - the folder may change while the run goes on
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise JournalError(f"The folder of {path} cannot be made: {error.strerror or error}.") from error
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise JournalError(f"{path} exists already. A run needs a journal of its own: name another file.") from None
        except OSError as error:
            raise JournalError(f"The journal {path} cannot be made: {error.strerror or error}.") from error
        journal = database = None
        try:
            lock = Lock(path)
            lock.take()
            database = _connect(path)
            database.executescript(_SCHEMA)
            journal = cls(path, lock, database, 0)
            journal._begin(header)
        except (sqlite3.Error, OSError) as error:
            if journal is not None:
                journal.close()
                journal.wait()
            elif database is not None:
                database.close()
            path.unlink(missing_ok=True)
            raise JournalError(f"The journal {path} cannot be made: {error}.") from error
        return journal

    def _begin(self, header: JSON) -> None:
        body = encoded(header)
        self._database.execute("INSERT INTO header VALUES (?, ?)", (body, zlib.crc32(body)))
        _to_wal(self._database)

    @classmethod
    def reopen(cls, path: Path, lock: Lock, n: int) -> Journal:
        """Go on with a file after its first `n` batches; the lock is held already.

        Raises:
            JournalError: it cannot be written.
        """
        database = None
        try:
            database = _connect(path)
            _to_wal(database)
            # whether it can be written shows before anything runs
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        except sqlite3.Error as error:
            if database is not None:
                database.close()
            raise JournalError(f"The journal {path} cannot be written: {error}.") from error
        return cls(path, lock, database, n)

    def write(self, inputs: list[JSON], events: list[JSON], seq: int, status: str) -> None:
        """Add one batch. After an error nothing of it is in the file, and it can be tried again.

        Raises:
            JournalError: it cannot be written.
        """
        body, holes = self._packer.pack([len(inputs), *inputs, *events])
        n, wall = self._n + 1, time.time()
        if wall >= self._look_at:
            self._look(wall)
        row = (n, seq, status, wall, body, holes, checksum(n, body, holes))
        database = self._database
        try:
            if self._blobs:
                with database:
                    database.execute("BEGIN")
                    self._flush_blobs()
                    database.execute(_INSERT, row)
                self._blobs.clear()
            else:
                database.execute(_INSERT, row)
        except sqlite3.Error as error:
            raise JournalError(f"the journal cannot be written: {error}") from error
        self._n = n
        self._unchecked += len(body) + 2 * _PAGE
        if self._unchecked > CHECKPOINT_AFTER:
            self._check()

    def _look(self, wall: float) -> None:
        """Once in a second: a file that was moved or thrown away takes what is written, but nobody finds it.

        Raises:
            JournalError: it is not there any more.
        """
        try:
            there = self.path.stat().st_ino == self._inode
        except OSError:
            there = False
        if not there:
            raise JournalError(f"the journal cannot be written: {self.path} was moved or deleted")
        self._look_at = wall + 1.0

    def _keep(self, hash: str, body: bytes, holes: bytes | None) -> None:
        self._blobs.append((hash, body, holes))
        self._unchecked += len(body)

    def _flush_blobs(self) -> None:
        self._database.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?, ?)", self._blobs)

    def _check(self) -> None:
        """Move what was written from the log of changes to the file, in a thread: it waits for the disk."""
        self._unchecked = 0
        if self._checking is None or not self._checking.is_alive():
            self._checking = threading.Thread(
                target=_checkpoint, args=(self.path,), name="quartet journal", daemon=True
            )
            self._checking.start()

    def close(self) -> None:
        """Let others have it. That it becomes one file, which waits for the disk, is done in a thread."""
        if self._closing is None:
            self._closing = threading.Thread(target=self._close, name="quartet journal")
            self._closing.start()

    def wait(self) -> None:
        """Wait until it is closed."""
        if self._closing is not None:
            self._closing.join()

    def _close(self) -> None:
        if self._checking is not None:
            self._checking.join()
        with contextlib.suppress(sqlite3.Error):  # what was committed is safe in the log of changes beside the file
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            # one file, which can be read where nothing can be made beside it, and copied
            self._database.execute("PRAGMA journal_mode = DELETE")
        self._database.close()
        self._lock.release()


_INSERT = "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)"


def readable(path: Path) -> sqlite3.Connection:
    """A connection that only reads, and what can be read of a file that was cut off as well.

    Raises:
        sqlite3.Error: not even that.
    """
    database = _reading(path, "ro")
    try:
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if "readonly" not in str(error):
            return database
        # killed at such a moment that its log of changes has to be put in order first, which is a write
        database.close()
        database = _reading(path, "rw")
    except sqlite3.DatabaseError:
        pass  # whoever reads on hears of it
    return database


def _reading(path: Path, mode: str) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)
    try:
        database.execute("PRAGMA writable_schema = ON")  # lets SQLite open a file that is shorter than it should be
        database.execute("PRAGMA query_only = ON")
    except sqlite3.Error:
        database.close()
        raise
    return database


def _connect(path: Path) -> sqlite3.Connection:
    # no waiting for others: nobody else writes, and a wait would hold the loop
    return sqlite3.connect(path, isolation_level=None, timeout=0.0, cached_statements=16, check_same_thread=False)


def _to_wal(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("PRAGMA wal_autocheckpoint = 0")


def _checkpoint(path: Path) -> None:
    try:
        database = _connect(path)
        try:
            database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            database.close()
    except sqlite3.Error:
        pass  # tried again later; what was committed is safe in the log of changes


def rescue(path: Path, batches: int) -> Path:
    """Go on with the first `batches` rows of a damaged file in a new one; the damaged one stays beside it.

    Returns:
        Where the damaged one is now.
    Raises:
        JournalError: the new one cannot be written; then nothing has changed.
    """
    fresh, damaged = path.with_name(path.name + ".new"), _free(path)
    try:
        fresh.unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        source = readable(path)
        target = _connect(fresh)
        try:
            target.executescript(_SCHEMA)
            _copy(source, target, "header", "SELECT * FROM header")
            _copy(source, target, "blobs", "SELECT hash, body, holes FROM blobs")
            _copy(source, target, "batches", f"SELECT * FROM batches WHERE n <= {int(batches)} ORDER BY n")  # noqa: S608
        finally:
            source.close()
            target.close()
        for side in ("", "-wal", "-shm"):
            old = path.with_name(path.name + side)
            if old.exists():
                old.rename(damaged.with_name(damaged.name + side))
        fresh.rename(path)
    except (sqlite3.Error, OSError) as error:
        fresh.unlink(missing_ok=True)
        raise JournalError(f"What can be read of {path} cannot be written to a new file: {error}.") from error
    return damaged


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str, query: str) -> None:
    """Copy rows as far as they can be read; what is needed of them has been read before."""
    target.execute("BEGIN")
    try:
        for row in source.execute(query):
            target.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
    finally:
        target.execute("COMMIT")


def _free(path: Path) -> Path:
    for number in range(1, 1_000):
        name = path.with_name(f"{path.name}.damaged" + (f"-{number}" if number > 1 else ""))
        if not name.exists():
            return name
    raise JournalError(f"There are too many damaged files beside {path}; take some away.")
