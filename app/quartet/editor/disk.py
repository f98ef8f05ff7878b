"""The file behind a document: noticing that somebody else changed it, so that saving never wipes their work out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Print:
    """What a file looked like when it was last read or written."""

    time: int
    """Of the last modification, in nanoseconds."""
    size: int
    """In bytes."""
    digest: bytes
    """Of the content: a file that was only touched, or written again the same, has not changed."""

    def as_json(self) -> dict[str, int | str]:
        """For a recovery copy's sidecar."""
        return {"time": self.time, "size": self.size, "digest": self.digest.hex()}

    @classmethod
    def from_json(cls, data: dict[str, int | str]) -> Print:
        """What `as_json` made.

        Raises:
            KeyError, ValueError, TypeError: it is something else.
        """
        return cls(int(data["time"]), int(data["size"]), bytes.fromhex(str(data["digest"])))


def fingerprint(path: Path) -> Print | None:
    """How the file looks now; None if it is not there or cannot be read."""
    try:
        stat = path.stat()
        return Print(stat.st_mtime_ns, stat.st_size, _digest(path))
    except OSError:
        return None


def changed_since(path: Path, known: Print | None) -> bool:
    """Whether a file with other content stands at `path` than the one known; a missing file is no other content."""
    if known is None:
        return path.exists()
    try:
        stat = path.stat()
        if (stat.st_mtime_ns, stat.st_size) == (known.time, known.size):
            return False
        return _digest(path) != known.digest
    except OSError:
        return False


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
