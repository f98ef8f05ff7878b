"""A lock on a run's file, so that one program at a time carries the run; the system takes it back when one dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class Lock:
    """Held from `take` until `release`, or until the program ends in whatever way.

    The lock is on a file of its own beside the journal: SQLite locks the journal itself in ways that taking and
    closing the same file would undo.
    """

    def __init__(self, journal: Path) -> None:
        self.path = journal.with_name(journal.name + ".lock")
        self._file: int | None = None

    def take(self) -> bool:
        """Take it. False: another program, or another run in this one, holds it.

        Raises:
            OSError: the file of the lock cannot be made.
        """
        while True:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
            if not _take(file):
                os.close(file)
                return False
            try:
                same = self.path.stat().st_ino == os.fstat(file).st_ino
            except FileNotFoundError:
                same = False
            if same:
                self._file = file
                return True
            os.close(file)  # whoever held it has taken the file away meanwhile

    def release(self) -> None:
        """Give it back. Doing so twice does nothing."""
        if self._file is None:
            return
        file, self._file = self._file, None
        if sys.platform != "win32":  # there an open file cannot be taken away
            self.path.unlink(missing_ok=True)
        os.close(file)


def is_held(journal: Path) -> bool:
    """Whether a living program carries the run of this file."""
    lock = Lock(journal)
    if not lock.path.exists():
        return False
    try:
        if not lock.take():
            return True
    except OSError:
        return False  # a folder where nothing can be made: nobody carries a run there
    lock.release()
    return False
