"""Graph files: read, written atomically, and their JSON Schema.

A file holds what a person stated and nothing else: `{"format": "quartet", "version": 1, …}` with the lists `agents`,
`edges`, `frames`, `notes`, one item a line, and apart from them the `layout`, so that moving an agent changes one line.
networkx node-link JSON is read as well (`quartet.graph.node_link`).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

from quartet.graph import node_link, pictures
from quartet.graph.migration import migrate
from quartet.graph.model import JSON, Graph
from quartet.graph.reading import Reader
from quartet.graph.schema import schema
from quartet.graph.strict_json import MAX_BYTES, READS, FileProblem, decode, parse
from quartet.graph.texts import may_hold_lines
from quartet.graph.writing import FORMAT, VERSION, sub_graph_data, write_text

__all__ = [
    "FileProblem", "Opened", "document", "dumps", "from_bytes", "from_document", "loads", "read", "schema", "write",
    "write_atomically",
]  # fmt: skip

SUFFIX = ".quartet.json"
"""How the names of our own files end."""

_STALE_AFTER = 3600.0
"""Seconds after which a temporary file is what a killed writer left behind."""


class Opened(NamedTuple):
    """A graph and how it was found."""

    graph: Graph
    format: Literal["quartet", "node-link", "picture"]
    """`picture`: one of our own files that a PNG or an SVG carries."""
    read_only: str | None
    """Why the file must not be written, a sentence; None if it may be."""
    problems: tuple[str, ...]
    """What was found broken and kept, a sentence each. `quartet.graph.check` says what keeps the graph from running."""


def read(path: str | os.PathLike[str]) -> Opened:
    """Read a graph file, ours or node-link.

    Raises:
        FileProblem: there is no such file, it cannot be read, or it holds no graph.
    """
    path = Path(path)
    source = str(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
            raise FileProblem(f"This is {what}.", source=source, advice="Name a graph file.")
        if status.st_size > MAX_BYTES:
            decode(b"", source)
            raise FileProblem(
                f"The file is larger than {MAX_BYTES // 1_000_000} MB.",
                source=source,
                advice="Split the graph into several files.",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileProblem("There is no such file.", source=source, advice="Check the name and the folder.") from None
    except PermissionError:
        raise FileProblem("You may not read this file.", source=source, advice="Ask for permission.") from None
    except OSError as error:
        raise FileProblem(f"The file cannot be read: {error.strerror or error}.", source=source) from error
    return from_bytes(data, source)


def from_bytes(data: bytes, source: str = "") -> Opened:
    """Read a graph from the content of a file, also of a picture that carries one.

    Raises:
        FileProblem: it holds no graph.
    """
    if pictures.is_picture(data):
        opened = loads(pictures.text_in(data, source), source)
        return opened._replace(format="picture") if opened.format == "quartet" else opened
    other = pictures.other(data)
    if other is not None:
        raise FileProblem(f"This is {other}, which carries no graph.", source=source, advice=pictures.WHICH_DO)
    return loads(decode(data, source), source)


def loads(text: str, source: str = "") -> Opened:
    """Read a graph from the text of a file; `source` is what problems call it.

    Raises:
        FileProblem: it holds no graph.
    """
    document = parse(text.removeprefix("\ufeff"), source)
    if not isinstance(document, dict):
        raise _no_graph("the outermost value is no object", source)
    if document.get("format") == FORMAT:
        return _ours(document, text, source)
    if "format" not in document and node_link.looks_like(document):
        imported = node_link.read(document, source)
        return Opened(imported.graph, "node-link", None, imported.problems)
    if "format" in document:
        raise _no_graph(f"its “format” is not “{FORMAT}”", source)
    raise _no_graph(f"it has neither “format”: “{FORMAT}” nor the “nodes” and “edges” of node-link JSON", source)


def _ours(document: dict[str, JSON], text: str, source: str) -> Opened:
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _no_graph("its “version” is no whole number from 1", source)
    read_only = None
    if version > VERSION:
        read_only = (
            f"This file was written by a newer Quartet (file version {version}, this one writes {VERSION}). It is open "
            "for reading only, so that nothing in it is lost."
        )
    else:
        document = migrate(document, version, VERSION)
    reader = Reader(document, source, holds_lines=may_hold_lines(text))
    graph = reader.read()
    return Opened(graph, "quartet", read_only, tuple(reader.problems))


def _no_graph(reason: str, source: str) -> FileProblem:
    return FileProblem(f"This JSON is no graph: {reason}.", source=source, advice=READS)


def document(graph: Graph) -> dict[str, JSON]:
    """A graph as JSON data, with what its file would hold and its texts whole: for programs to keep, not for people."""
    return {"format": FORMAT, "version": VERSION, **sub_graph_data(graph)}


def from_document(data: dict[str, JSON], source: str = "") -> Graph:
    """The graph that `document` made data of, in this or an earlier version; `source` is what problems call it.

    Raises:
        FileProblem: it is no such data, or from a newer version.
    """
    version = data.get("version")
    if data.get("format") != FORMAT or not isinstance(version, int) or not 1 <= version <= VERSION:
        raise FileProblem(
            "This graph was kept by a newer Quartet, or is none.", source=source, advice="Use the newer version."
        )
    return Reader(migrate(data, version, VERSION), source, holds_lines=False).read()


def dumps(graph: Graph) -> str:
    """The text of the file that holds `graph`; the same graph gives the same text.

    Raises:
        FileProblem: JSON cannot hold some content, such as a number that is not finite.
    """
    try:
        return write_text(graph)
    except (ValueError, TypeError, RecursionError) as error:
        raise FileProblem(f"The graph holds something that JSON cannot: {error}.") from error


def write(graph: Graph, path: str | os.PathLike[str], check: Callable[[], None] = lambda: None) -> None:
    """Write `graph` to `path` so that at every moment, also if this process is killed, the file is whole: old or new.

    The permissions of a file that exists are kept, and a symbolic link goes on pointing where it points. `check` is
    called at the last moment before the file is replaced; what it raises leaves everything as it was.

    Raises:
        FileProblem: it cannot be written; what was there before is untouched.
    """
    write_atomically(dumps(graph).encode(), path, check=check)


def write_atomically(
    data: bytes, path: str | os.PathLike[str], *, durable: bool = True, check: Callable[[], None] = lambda: None
) -> None:
    """Write a file in the way of `write`. One that is not `durable` outlasts this process, not a power failure.

    Raises:
        FileProblem: it cannot be written; what was there before is untouched.
    """
    target = Path(os.path.realpath(path))
    why = _why_spared(target)
    if why is not None:
        raise FileProblem(why, source=str(path), advice="Save under another name or in another folder.")
    try:
        _replace(target, data, durable, check)
    except OSError as error:
        advice = "What it held before is untouched. " if os.path.isfile(target) else ""  # noqa: PTH113  # that of pathlib raises
        advice += "Save under another name or in another folder."
        raise FileProblem(_why_unwritten(error, target), source=str(path), advice=advice) from error


def _why_spared(target: Path) -> str | None:
    """Why what stands there must not give way to a file of ours, though the system would let it, in a sentence."""
    try:
        mode = target.stat().st_mode
    except OSError:
        return None
    if stat.S_ISDIR(mode):
        return "There is a folder of that name."
    if not stat.S_ISREG(mode):
        return "It is no ordinary file."
    return None if mode & 0o222 else "The file is protected against changes."


def _why_unwritten(error: OSError, path: Path) -> str:
    """Why a file cannot be written, in a sentence."""
    match error.errno:
        case errno.ENOSPC:
            return "The disk is full."
        case errno.EDQUOT:
            return "You have used up the space you may use on this disk."
        case errno.EROFS:
            return "The disk can only be read."
        case errno.EACCES | errno.EPERM:
            return f"You may not write into the folder “{path.parent}”."
        case errno.ENAMETOOLONG:
            return "The name is too long for this disk."
        case errno.ENOENT | errno.ENOTDIR if not path.parent.is_dir():
            return f"There is no folder “{path.parent}”."
        case errno.ELOOP:
            return "The file is a link that leads to itself."
    return f"The file cannot be written: {error.strerror or error}."


def _replace(target: Path, data: bytes, durable: bool, check: Callable[[], None]) -> None:
    prefix, suffix = f".{target.name[:100]}.", ".saving"
    _sweep(target.parent, prefix, suffix)
    handle, name = tempfile.mkstemp(suffix, prefix, target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            _copy_permissions(target, temporary)
            if durable:
                os.fsync(file.fileno())
        check()
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if durable and os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _copy_permissions(target: Path, temporary: Path) -> None:
    try:
        status = target.stat()
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        return
    if os.name == "posix":
        # only root may give a file away; a group one belongs to is kept
        with contextlib.suppress(PermissionError):
            os.chown(temporary, -1, status.st_gid)
        with contextlib.suppress(PermissionError):
            os.chown(temporary, status.st_uid, -1)
    temporary.chmod(stat.S_IMODE(status.st_mode))


def _sweep(folder: Path, prefix: str, suffix: str) -> None:
    """Take away what killed writers of this file left behind."""
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            if entry.name.startswith(prefix) and entry.name.endswith(suffix):
                with contextlib.suppress(OSError):
                    if time.time() - entry.stat(follow_symlinks=False).st_mtime > _STALE_AFTER:
                        Path(entry.path).unlink()
