"""Sub-graphs that are kept in files of their own: `"graphs": {"research": {"file": "research.quartet.json"}}`.

The path is relative to the file that names it. A linked file is read as data, when somebody looks at the graph, judges
or runs it; the graph itself holds only the link, and so does its file.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from quartet.graph import files
from quartet.graph.carrying import naming
from quartet.graph.edits import SetGraph, apply
from quartet.graph.files import FileProblem
from quartet.graph.model import JSON, Agent, AgentId, Graph
from quartet.graph.nesting import FILE, SUB_GRAPH, TROUBLE, inside, link_of
from quartet.graph.reading import GRAPHS, MAX_AGENTS
from quartet.graph.writing import sub_graph_data

DEEPEST = 16
"""Files that may be linked one from another."""
MOST_FILES = 200


class File(NamedTuple):
    """A linked file, as it was found."""

    path: Path
    trouble: str
    """Why it cannot be used, a sentence; empty if it can."""


class Followed(NamedTuple):
    """A graph with what its links lead to."""

    graph: Graph
    """It holds the linked sub-graphs as if they stood in it; one that cannot be read stays a link with the reason."""
    files: dict[str, File]
    """By the id of the sub-graph: the files that this graph links to itself."""
    read: tuple[Path, ...]
    """Every file that was read on the way, or would have been: if one of them changes, so does this."""


def linked(graph: Graph) -> dict[str, str]:
    """The links of a graph: the files by the ids of the sub-graphs."""
    return {id: file for id, inner in graph.graphs.items() if (file := link_of(inner)) is not None}


def link_data(path: str) -> dict[str, JSON]:
    """What stands in `graphs` for a sub-graph that is kept in a file."""
    return {FILE: path}


def link_to(target: Path, folder: Path) -> str:
    """How a file in `folder` names another one: relative, with slashes on every system.

    Raises:
        FileProblem: no relative path leads there (it is on another drive).
    """
    try:
        return PurePosixPath(*Path(os.path.relpath(target, folder)).parts).as_posix()
    except ValueError as error:
        raise FileProblem("A linked file lies on the same drive as the graph.", source=str(target)) from error


def follow(graph: Graph, folder: Path | None, *, own: Path | None = None) -> Followed:
    """The graph with what its links lead to; links are relative to `folder` (None: nowhere yet, none can be read).

    `own`: the file of the graph itself, which no link may lead back to. Nothing in a linked file is run.
    """
    if not linked(graph):
        return Followed(graph, {}, ())
    chain = () if own is None else (Path(os.path.realpath(own)),)
    return _Following().follow(graph, folder, chain)


_read: dict[Path, tuple[tuple[int, int], files.Opened | str]] = {}
"""What was read of each file last, with its time and size."""


def stamp(path: Path) -> tuple[int, int] | None:
    """By what one sees that a file has changed; None: it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _open(path: Path) -> files.Opened | str:
    """What a file holds, or why it cannot be read; one that has not changed is not read twice."""
    seen = stamp(path)
    known = _read.get(path)
    if known is not None and known[0] == seen:
        return known[1]
    found: files.Opened | str
    try:
        found = files.read(path)
    except FileProblem as problem:
        found = f"{problem.text} {problem.advice}".strip()
    if seen is not None:
        _read[path] = seen, found
        while len(_read) > MOST_FILES:
            del _read[next(iter(_read))]
    return found


class _Following:
    """One walk along all links: each file is read once, and the whole has limits."""

    def __init__(self) -> None:
        self._read: dict[Path, Graph | str] = {}
        self._agents = 0

    def follow(self, graph: Graph, folder: Path | None, chain: tuple[Path, ...]) -> Followed:
        found: dict[str, Graph] = {}
        known: dict[str, File] = {}
        self._agents += len(graph.agents)
        taken = set(graph.graphs)
        for id, inner in graph.graphs.items():
            file = link_of(inner)
            if file is None:
                found[id] = inner
                continue
            path, content = self._content(file, folder, chain)
            if isinstance(content, str):
                known[id] = File(path, content)
                found[id] = inner.model_copy(update={"extra": {**inner.extra, TROUBLE: content}})
                continue
            known[id] = File(path, "")
            deeper = self.follow(content, path.parent, (*chain, Path(os.path.realpath(path))))
            ids = {key: _free(f"{id}:{key}", taken) for key in deeper.graph.graphs}
            found[id] = naming(deeper.graph, ids).model_copy(update={"graphs": {}})
            found.update((ids[key], naming(one, ids)) for key, one in deeper.graph.graphs.items())
        return Followed(graph.model_copy(update={"graphs": found}), known, tuple(self._read))

    def _content(self, file: str, folder: Path | None, chain: tuple[Path, ...]) -> tuple[Path, Graph | str]:
        """What a link leads to: its graph, or why there is none."""
        if Path(file).is_absolute() or PurePosixPath(file).is_absolute() or ":" in file.partition("/")[0]:
            return Path(file), "A linked file is named by a path relative to the graph's own file."
        if folder is None:
            return Path(file), "The graph has no file yet, so it is not known where to look. Save it first."
        path = Path(os.path.normpath(folder / PurePosixPath(file)))
        real = Path(os.path.realpath(path))
        if real in chain:
            return path, "It leads back to a file that it is linked from, so that it would contain itself."
        if len(chain) > DEEPEST:
            return path, f"More than {DEEPEST} files are linked one from another."
        if path not in self._read:
            self._read[path] = self._read_file(path) if len(self._read) < MOST_FILES else (
                f"More than {MOST_FILES} files are linked."
            )  # fmt: skip
        return path, self._read[path]

    def _read_file(self, path: Path) -> Graph | str:
        opened = _open(path)
        if isinstance(opened, str):
            return opened
        if opened.format == "node-link":
            return "It is a graph in another program's format. Import it and save it as a Quartet graph."
        if opened.read_only is not None:
            return opened.read_only.partition(". ")[0] + "."
        count = len(opened.graph.agents) + sum(len(one.agents) for one in opened.graph.graphs.values())
        self._agents += count
        if self._agents > MAX_AGENTS:
            return f"With it the graph would have more than {MAX_AGENTS:,} agents."
        return opened.graph


def _free(id: str, taken: set[str]) -> str:
    fresh, number = id, 2
    while fresh in taken:
        fresh, number = f"{id}_{number}", number + 1
    taken.add(fresh)
    return fresh


def made_local(graph: Graph, id: str, folder: Path | None, own: Path | None = None) -> dict[str, JSON]:
    """The entries of `graphs` that hold what a link leads to, in its place: by id, as JSON data.

    Raises:
        FileProblem: the linked file cannot be used.
    """
    one = graph.model_copy(update={"graphs": {key: inner for key, inner in graph.graphs.items() if key == id}})
    found = follow(one, folder, own=own)
    file = found.files[id]
    if file.trouble:
        raise FileProblem(file.trouble, source=str(file.path))
    used = {id: ""}
    user = AgentId("-")
    stand_in = Graph(agents={user: Agent(id=user, kind=SUB_GRAPH, name="-", config={"graph": id})})
    stand_in.graphs = found.graph.graphs
    used |= dict.fromkeys((each.id for each in inside(stand_in)), "")
    ids = {key: key if key == id else _free(key.replace(":", "_"), {*graph.graphs} - {id}) for key in used}
    return {ids[key]: sub_graph_data(naming(found.graph.graphs[key], ids)) for key in used}


def self_contained(graph: Graph, folder: Path | None, own: Path | None = None) -> Graph:
    """The graph with what its links lead to in their place; what cannot be read stays a link."""
    found = graph.model_copy(update={"graphs": dict(graph.graphs)})
    for id in linked(graph):
        with suppress(FileProblem):
            values = made_local(found, id, folder, own)
            apply(found, [SetGraph(values={f"{GRAPHS}.{key}": data for key, data in values.items()})])
    return found


def relinked(graph: Graph, before: Path, after: Path) -> Graph:
    """The graph, which was in the folder `before`, with links that lead to the same files from the folder `after`.

    Raises:
        FileProblem: one leads to another drive.
    """
    values = moved(graph, before, after)
    found = graph.model_copy(update={"graphs": dict(graph.graphs)})
    apply(found, [SetGraph(values={f"{GRAPHS}.{id}": data for id, data in values.items()})] if values else [])
    return found


def moved(graph: Graph, before: Path, after: Path) -> dict[str, JSON]:
    """The links of a graph as its file in the folder `after` names them, by id; those that stay the same are left out.

    Raises:
        FileProblem: one leads to another drive.
    """
    found: dict[str, JSON] = {}
    for id, file in linked(graph).items():
        fresh = link_to(Path(os.path.normpath(before / PurePosixPath(file))), after)
        if fresh != file:
            found[id] = {**sub_graph_data(graph.graphs[id]), **link_data(fresh)}
    return found
