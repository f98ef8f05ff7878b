"""A person's own fragments: graph files in a folder of theirs, listed in the palette and found by name.

A fragment is a file like any other: whoever is given it puts it into that folder, or opens it.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from quartet.editor.pieces import Entry
from quartet.editor.settings import data_folder
from quartet.graph import files
from quartet.graph.files import SUFFIX, FileProblem
from quartet.graph.model import Graph

MOST = 2_000_000
"""Bytes of a file that is listed as a fragment: a larger one is a graph to be opened."""


class Shelf(QObject):
    """Tells whoever lists fragments that there are others now."""

    changed = Signal()


shelf = Shelf()


class _Read(NamedTuple):
    stamp: tuple[int, int]
    entry: Entry


_known: dict[Path, _Read] = {}
"""What was read of each file, with its time and size: looking again costs nothing."""


def folder() -> Path:
    """Where they are kept."""
    return data_folder() / "fragments"


def entries() -> list[Entry]:
    """The fragments by name, as the palette lists them; a file that cannot be read is listed with the reason."""
    found: list[Entry] = []
    place = folder()
    with contextlib.suppress(OSError):
        for path in sorted(place.glob(f"*{SUFFIX}")):
            with contextlib.suppress(OSError):
                found.append(_entry(path))
    return sorted(found, key=lambda entry: (entry.title.casefold(), entry.title))


def _entry(path: Path) -> Entry:
    status = path.stat()
    stamp = (status.st_mtime_ns, status.st_size)
    known = _known.get(path)
    if known is None or known.stamp != stamp:
        known = _known[path] = _Read(stamp, _read(path, status.st_size))
    return known.entry


def _read(path: Path, size: int) -> Entry:
    stem = path.name.removesuffix(SUFFIX)
    try:
        if size > MOST:
            raise FileProblem(f"It is larger than {MOST // 1_000_000} MB.", advice="Open it as a graph instead.")
        graph = files.read(path).graph
        if not (graph.agents or graph.frames or graph.notes):
            raise FileProblem("There is nothing in it.")
    except FileProblem as problem:
        return Entry(stem, "Cannot be read", "circle-alert", "failed", fragment=path, own=True, trouble=problem.text)
    words = (graph.description or "").strip().split("\n")[0]
    count = len(graph.agents)
    summary = words or (f"{count:,} agents" if count != 1 else "1 agent")
    return Entry(graph.name.strip() or stem, summary, "shapes", "accent", fragment=path, own=True, drawing=graph)


def name_trouble(name: str, but: Path | None = None) -> str | None:
    """Why a fragment cannot be called `name`; None if it can. `but`: the fragment that is to be called so."""
    plain = " ".join(name.split())
    if not plain:
        return "A fragment needs a name."
    if len(plain) > 80:
        return "A name has at most 80 characters."
    if any(entry.title.casefold() == plain.casefold() and entry.fragment != but for entry in entries()):
        return f"There is a fragment called “{plain}” already."
    return None


def save(piece: Graph, name: str, description: str = "") -> Path:
    """Keep a piece of a drawing as a fragment.

    Raises:
        FileProblem: it cannot be written, or the name is no name or taken.
    """
    _check(name)
    kept = piece.model_copy(update={"name": " ".join(name.split()), "description": description.strip() or None})
    path = _free(name)
    _write(kept, path)
    shelf.changed.emit()
    return path


def describe(path: Path, name: str, description: str = "") -> None:
    """Give a fragment another name and description; its file keeps its own.

    Raises:
        FileProblem: it cannot be read or written, or the name is taken.
    """
    _check(name, path)
    graph = files.read(path).graph
    fields = {"name": " ".join(name.split()), "description": description.strip() or None}
    _write(graph.model_copy(update=fields), path)
    shelf.changed.emit()


def remove(path: Path) -> bytes:
    """Delete a fragment; what its file held, for `put_back`.

    Raises:
        FileProblem: it cannot be deleted.
    """
    try:
        data = path.read_bytes()
        path.unlink()
    except OSError as error:
        raise FileProblem(f"The fragment cannot be deleted: {error.strerror or error}.", source=str(path)) from error
    shelf.changed.emit()
    return data


def put_back(path: Path, data: bytes) -> None:
    """Bring a deleted fragment back.

    Raises:
        FileProblem: it cannot be written.
    """
    files.write_atomically(data, path)
    shelf.changed.emit()


def _check(name: str, but: Path | None = None) -> None:
    if trouble := name_trouble(name, but):
        raise FileProblem(trouble)


def _free(name: str) -> Path:
    word = re.sub(r"[^\w-]+", "-", name.casefold()).strip("-_")[:60] or "fragment"
    place = folder()
    path, number = place / f"{word}{SUFFIX}", 2
    while path.exists():
        path, number = place / f"{word}-{number}{SUFFIX}", number + 1
    return path


def _write(graph: Graph, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileProblem(
            f"The folder for your fragments cannot be made: {error.strerror or error}.", source=str(path.parent)
        ) from error
    files.write(graph, path)
