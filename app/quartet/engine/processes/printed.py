"""What agents print becomes notes: a line each, and not without end."""

from __future__ import annotations

from quartet.agents.calls import Emit

MOST_LINES = 100
"""Of one execution."""
LONGEST = 2_000
"""Characters of a line."""


class Printed:
    """The standard output and error of a process, cut into lines for the execution under way."""

    def __init__(self) -> None:
        self._emit: Emit | None = None
        self._rest = b""
        self._lines = 0
        self._cut = False

    def begin(self, emit: Emit) -> None:
        """What comes from now on belongs to a new execution."""
        self._emit, self._rest, self._lines, self._cut = emit, b"", 0, False

    def feed(self, piece: bytes) -> None:
        """Note the lines that this piece completes. Outside executions and beyond MOST_LINES they are dropped."""
        if self._emit is None or self._lines > MOST_LINES:
            return
        *lines, rest = (self._rest + piece).split(b"\n")
        for line in lines:
            if self._cut:
                self._cut = False  # the end of a line that was too long
            else:
                self._note(line)
        if len(rest) > 4 * LONGEST:
            if not self._cut:
                self._note(rest)
            rest, self._cut = b"", True
        self._rest = rest

    def close(self) -> None:
        """The execution is over; a last line without an end is one too."""
        if self._rest and not self._cut:
            self._note(self._rest)
        self._emit, self._rest = None, b""

    def hush(self) -> None:
        """Nothing is noted any more."""
        self._emit = None

    def _note(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        if self._emit is None or not text or self._lines > MOST_LINES:
            return
        self._lines += 1
        if self._lines > MOST_LINES:
            text = f"It prints more than {MOST_LINES} lines; the rest is not kept."
        self._emit("note", {"text": text if len(text) <= LONGEST else text[:LONGEST] + "…"})
