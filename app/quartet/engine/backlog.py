"""Events that were told and not yet taken: so many in memory, the rest in a temporary file, all in order."""

from __future__ import annotations

import pickle
import tempfile
from collections import deque
from typing import IO

from quartet.engine.events import Event

LIMIT = 20_000
"""So many wait in memory before the first go to the file."""
PART = 5_000
"""So many go there together: what they have in common stands there once."""


class Backlog:
    """A queue that takes more than memory should hold, for whoever reads more slowly than a run tells."""

    def __init__(self) -> None:
        self.first: deque[Event] = deque()
        """The next ones; empty only if none waits (`refill` sees to that)."""
        self._last: list[Event] = []
        self._parts: deque[tuple[int, int]] = deque()
        """Where the parts between these two stand in the file: offset and length."""
        self._file: IO[bytes] | None = None
        self._end = 0
        self._write_at = PART

    def extend(self, events: list[Event]) -> None:
        """Add events at the end."""
        if self._last or self._parts or len(self.first) > LIMIT:
            self._last += events
            if len(self._last) >= self._write_at:
                self._write()
        else:
            self.first.extend(events)

    def _write(self) -> None:
        data = pickle.dumps(self._last, pickle.HIGHEST_PROTOCOL)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="quartet-")  # noqa: SIM115 - closed by `close`
            self._file.seek(self._end)
            self._file.write(data)
            self._file.flush()
        except OSError:
            # no room there: they wait in memory, which is worse than the file and better than losing them
            self._write_at = 2 * len(self._last)
            return
        self._parts.append((self._end, len(data)))
        self._end += len(data)
        self._last, self._write_at = [], PART

    def refill(self) -> None:
        """Bring the next ones to `first`."""
        if self.first:
            return
        if self._parts and self._file is not None:
            offset, length = self._parts.popleft()
            self._file.seek(offset)
            self.first.extend(pickle.loads(self._file.read(length)))  # noqa: S301 - nobody else can write to it
            if not self._parts:
                self._close()
        elif self._last:
            self.first.extend(self._last)
            self._last = []

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file, self._end = None, 0

    def __del__(self) -> None:
        self._close()
