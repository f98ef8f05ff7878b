"""The journal of an open document: every step it took, one line each, so that a crash costs nothing.

A journal is two files. `NAME.base` holds the graph as it was before the oldest step that Undo reaches; it is written
once, whole or not at all. `NAME-TURN.steps` is only ever appended to. A line of either is `CHECKSUM JSON`, the checksum
a CRC-32 of the JSON in eight hexadecimal digits, and every JSON of the steps is a list that begins with its number,
counted from 0, so that neither a torn line, nor a flipped bit, nor a lost line is taken for a step:

    [0, "head", {"title": "…", …}]      what the journal is about; see `About`
    [1, "do", TIME, LABEL, EDITS, MERGE, APART]
    [2, "undo", TIME]                    and "redo"; [2, "at", N] goes to the place behind the first N changes
    [3, "clean"]                         what is there now is what the file holds; "dirty": no file holds it any more
    [4, "about", {…}]                    a new `About`
    [5, "drafts", {…}]                   what stands in fields and is no value yet

Doing the steps again on the base gives the document with its whole undo history. Nothing here needs Qt.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from quartet.editor.disk import Print, fingerprint
from quartet.graph import files
from quartet.graph.edits import Add, Edit, Move, Remove
from quartet.graph.model import JSON, Graph
from quartet.graph.strict_json import FileProblem
from quartet.graph.writing import stated

VERSION = 1
STEPS = ".steps"
BASE = ".base"

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode


@dataclass(slots=True)
class About:
    """What is said of a document besides its graph."""

    title: str = ""
    path: str | None = None
    """The file it is kept in."""
    print: dict[str, int | str] | None = None
    """What that file looked like when it was last read or written (`Print.as_json`)."""
    modified: bool = False
    history: str = ""
    """Under which name its checkpoints are kept (`quartet.editor.checkpoints`)."""
    opened: dict[str, int | str] | None = None
    """What the file looked like whose content the base is, if it is that of a file: it can stand in for the base."""

    @property
    def known(self) -> Print | None:
        """`print` as what it was made of."""
        return None if self.print is None else Print.from_json(self.print)


class Record(NamedTuple):
    """One line of the steps: what it is, and what stands behind that."""

    kind: str
    rest: list[Any]


@dataclass(slots=True)
class Journal:
    """What was read of a journal."""

    file: Path
    """Its `.steps`."""
    about: About
    first: About
    """As it was when the journal was begun."""
    records: list[Record] = field(default_factory=list)
    drafts: dict[str, Any] = field(default_factory=dict)
    changed: float = 0.0
    """When the last step was taken, in seconds since the epoch."""
    damaged: int = 0
    """Lines behind the first one that is no record; one that the crash tore off at the end is not counted."""

    @property
    def steps(self) -> int:
        """How many times something was changed, undone or redone."""
        return sum(record.kind in ("do", "undo", "redo") for record in self.records)


# writing


def line(content: JSON) -> bytes:
    """A record as it stands in a file.

    Raises:
        ValueError, TypeError: JSON cannot hold it.
    """
    text = _encode(content).encode()
    return b"%08x %b\n" % (zlib.crc32(text), text)


def data(edit: Edit) -> JSON:
    """An Edit as JSON data, like `Edit.as_json`; what comes by the thousand takes a shorter way."""
    if isinstance(edit, Remove):
        return {"do": "remove", "section": edit.section, "id": edit.id}
    if isinstance(edit, Move):
        return {"do": "move", "to": edit.to}
    if isinstance(edit, Add) and getattr(edit.item, "invalid", None) is None:
        found: dict[str, JSON] = {"do": "add", "section": edit.section, "item": stated(edit.item)}
        if edit.index is not None:
            found["index"] = edit.index
        if edit.at is not None:
            found["at"] = edit.at
        return found
    return edit.as_json()


def did(time: float, label: str, edits: Sequence[Edit], merge: str | None, apart: bool = False) -> list[JSON]:
    """The record of a change; `apart`: it never became part of the one before it."""
    return ["do", round(time, 3), label, [data(edit) for edit in edits], merge, apart]


class Appender:
    """Appends to a file so that it ends with a whole line at every moment at which nothing is being written."""

    def __init__(self, path: Path) -> None:
        """Open it, made if need be.

        Raises:
            OSError: it cannot be made.
        """
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        self.size = os.fstat(self._file).st_size
        self.number = 0

    def append(self, content: Sequence[list[JSON]]) -> None:
        """Give these records to the system; a process that is killed right after it has lost none of them.

        Raises:
            OSError: there is no room, or no way to it; nothing of them stands there.
            ValueError, TypeError: JSON cannot hold some content.
        """
        text = b"".join(line([self.number + place, *record]) for place, record in enumerate(content))
        try:
            rest = memoryview(text)
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            with contextlib.suppress(OSError):  # else what is written next would stand behind half a line
                os.ftruncate(self._file, self.size)
            raise
        self.size += len(text)
        self.number += len(content)

    def syncing(self) -> Callable[[], None]:
        """What has the system write it to the disk, so that it outlasts a power failure too: for a thread, it waits.

        It raises OSError where that fails, or the file is not there any more.
        """
        file, path = os.dup(self._file), self.path  # it may be closed before the thread comes to it

        def sync() -> None:
            try:
                os.fsync(file)
            finally:
                os.close(file)
            if not path.exists():
                raise FileNotFoundError(errno.ENOENT, "the folder was taken away", str(path))

        return sync

    def rename(self, path: Path) -> None:
        """Call it something else.

        Raises:
            OSError: it keeps its name.
        """
        self.path = self.path.rename(path)

    def close(self) -> None:
        """Close it; it stays where it is."""
        os.close(self._file)


def base_of(file: Path) -> Path:
    """Where the graph is that these steps begin with: the same for each turn in which they were written anew."""
    return file.with_name(file.stem.rpartition("-")[0] + BASE)


def write_base(graph: Graph, path: Path) -> None:
    """Write the graph that the steps begin with.

    Raises:
        FileProblem: it cannot be written.
    """
    files.write_atomically(line(files.document(graph)), path, durable=False)


# reading


def _records(text: bytes) -> Iterator[tuple[Any, bool]]:
    """The content of each line, None for one that is not whole; and whether it is the last."""
    lines = text.split(b"\n")
    end = lines.pop()  # b"" behind a whole last line
    lines += [end] if end else []
    for place, each in enumerate(lines):
        last = place == len(lines) - 1
        checksum, _, content = each.partition(b" ")
        try:
            whole = not (last and end) and int(checksum, 16) == zlib.crc32(content)
            yield (json.loads(content) if whole else None), last
        except ValueError:
            yield None, last


def read(file: Path) -> Journal | None:
    """Read the steps of a journal up to the first line that is not whole; None if there is no such line.

    Where only the head is damaged, the steps behind it are as good as ever: it is the journal of an unsaved graph then.

    Raises:
        OSError: it cannot be read.
        FileProblem: a newer Quartet wrote it.
    """
    found: Journal | None = None
    for number, (content, last) in enumerate(_records(file.read_bytes())):
        if found is not None and found.damaged:
            found.damaged += 1
            continue
        if not isinstance(content, list) or len(content) < 2 or content[0] != number:
            if found is None:
                found = Journal(file, About(modified=True), About())
            elif not last or content is not None:
                found.damaged = 1
            continue
        kind, rest = content[1], content[2:]
        if found is None:
            if kind == "head" and rest and isinstance(rest[0], dict) and rest[0].get("version") != VERSION:
                raise FileProblem("The journal was written by a newer Quartet.", source=str(file))
            about = _about(rest[0]) if kind == "head" and rest else None
            if about is None:
                return None
            found = Journal(file, about, about, changed=float(rest[0].get("time", 0)))
            continue
        _take(found, Record(kind, rest))
    return None if found is None or (found.first == About() and not found.records) else found


def _take(journal: Journal, record: Record) -> None:
    if record.kind == "about":
        journal.about = _about(record.rest[0]) or journal.about
    elif record.kind == "drafts":
        journal.drafts = record.rest[0]
    else:
        journal.records.append(record)
        if record.kind in ("do", "undo", "redo"):
            journal.changed = max(journal.changed, float(record.rest[0]))


def head(about: About, time: float) -> list[JSON]:
    """The first record of a journal."""
    return ["head", {"version": VERSION, "time": round(time, 3), **asdict(about)}]


def _about(content: Any) -> About | None:
    try:
        found = About(**{name: content.get(name) for name in About.__dataclass_fields__})
        found.known  # noqa: B018  # it can be read
        len(found.title)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return found


def read_base(journal: Journal) -> Graph:
    """The graph that the steps begin with.

    Raises:
        FileProblem: it is not there or damaged, and the file it was read from has other content now.
    """
    file = base_of(journal.file)
    try:
        content = next((content for content, _ in _records(file.read_bytes())), None)
        if isinstance(content, dict):
            return files.from_document(content, str(file))
    except OSError:
        pass
    known, path = journal.first.opened, journal.first.path
    if known is not None and path is not None:
        now = fingerprint(Path(path))
        if now is not None and now.digest == Print.from_json(known).digest:
            from quartet.editor.files import drawn  # as it was opened

            return drawn(files.read(path).graph)
    raise FileProblem("What the changes began with is missing or damaged.", source=str(file))
