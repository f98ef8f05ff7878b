"""The file behind a document: noticing that somebody else changed it, so that saving never wipes their work out."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quartet.graph.model import Graph


class ChangedMeanwhile(Exception):  # noqa: N818  # not a mistake: somebody else was quicker
    """The file got other content since it was looked at."""


@dataclass(frozen=True, slots=True)
class Print:
    """What a file looked like when it was last read or written."""

    time: int
    """Of the last modification, in nanoseconds."""
    size: int
    """In bytes."""
    digest: bytes
    """Of the content: a file that was only touched, or written again the same, has not changed."""
    place: tuple[int, int] = field(default=(0, 0), compare=False)
    """Its device and its number there, which stay when it gets another name."""

    def as_json(self) -> dict[str, int | str]:
        """For a journal."""
        found: dict[str, int | str] = {"time": self.time, "size": self.size, "digest": self.digest.hex()}
        return found | {"device": self.place[0], "inode": self.place[1]}

    @classmethod
    def from_json(cls, data: dict[str, int | str]) -> Print:
        """What `as_json` made.

        Raises:
            KeyError, ValueError, TypeError: it is something else.
        """
        place = int(data.get("device", 0)), int(data.get("inode", 0))
        return cls(int(data["time"]), int(data["size"]), bytes.fromhex(str(data["digest"])), place)


def fingerprint(path: Path) -> Print | None:
    """How the file looks now; None if it is not there or cannot be read."""
    try:
        stat = path.stat()
        return Print(stat.st_mtime_ns, stat.st_size, _digest(path), (stat.st_dev, stat.st_ino))
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


def renamed(path: Path, known: Print | None) -> Path | None:
    """Where a file that is not at `path` any more lies in the same folder under another name; None if it does not."""
    if known is None or not known.place[1]:
        return None
    try:
        with os.scandir(path.parent) as found:
            for entry in found:
                if entry.inode() == known.place[1] and entry.stat(follow_symlinks=False).st_dev == known.place[0]:
                    return Path(entry.path)
    except OSError:
        pass
    return None


def foreign(path: Path) -> str | None:
    """What a file holds that is no graph of ours, in a sentence; None for ours, an empty one, and none at all."""
    from quartet.graph import files

    try:
        if not path.is_file() or not path.stat().st_size:
            return None
        opened = files.read(path)
    except files.FileProblem as problem:
        return problem.text
    except OSError:
        return None
    if opened.read_only is not None:
        return "It was written by a newer Quartet."
    kinds = {"node-link": "It is a graph in networkx node-link JSON.", "picture": "It is a picture of a graph."}
    return kinds.get(opened.format)


def read_ours(path: Path) -> Graph:
    """The graph that a document's own file holds now.

    Raises:
        FileProblem: it cannot be read, or not as a whole: then Save would write over what is in it.
    """
    from quartet.graph import files

    what = foreign(path)
    if what is not None:
        raise files.FileProblem(what, source=str(path))
    return files.read(path).graph


def _digest(path: Path) -> bytes:
    if not path.is_file():  # opening a pipe that took the place of a file would wait for ever
        raise FileNotFoundError(errno.ENOENT, "There is no file of that name", str(path))
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
