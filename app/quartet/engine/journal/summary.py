"""What a listing says of a run: read once from its journal, then remembered beside the journals until that changes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from quartet.engine.journal.lock import is_held
from quartet.engine.journal.recorded import ENDED, Recorded
from quartet.engine.journal.store import JournalError
from quartet.engine.state import RunState
from quartet.graph.files import FileProblem, write_atomically

JSON = Any
REMEMBERED = ".summaries.json"
_VERSION = 2
SIDES = ("", "-wal", "-shm", "-journal", ".lock", ".keep")
"""What may stand beside a journal and belongs to it."""
PINNED = ".keep"
FILE = "file"
"""The key among a run's settings under which the path of the graph's file stands."""


class Summary(NamedTuple):
    """A run in a line."""

    path: Path
    id: str
    name: str
    """Of the graph."""
    state: str
    """running | paused | interrupted | succeeded | failed | cancelled, or unreadable."""
    started: float
    """Seconds since 1970."""
    seconds: float
    """How long it has gone on, on its own clock."""
    agents: int
    events: int
    cost: float
    """US$ as the models reported it, so far as prices were known."""
    tokens: int
    size: int
    """Bytes, with what belongs to the file."""
    rehearse: bool
    parent: str | None
    """Of a fork: the id of the run it comes from."""
    pinned: bool
    carried: bool
    """Whether a living program carries it."""
    problem: str | None
    """What of the file cannot be read, in a sentence."""
    file: str | None = None
    """The file of the graph, where it was one."""

    @property
    def resumable(self) -> bool:
        """Whether it has not ended and nobody carries it."""
        return self.state in ("interrupted", "paused") and not self.carried

    def as_json(self) -> dict[str, JSON]:
        """The summary as one JSON object; absent fields stay absent."""
        found = {**self._asdict(), "path": str(self.path), "resumable": self.resumable}
        return {key: value for key, value in found.items() if value is not None}


def summary_of(path: Path) -> Summary:
    """What a listing says of a journal, read from it. A file that cannot be read is `unreadable`, with the problem."""
    size, pinned = size_of(path), path.with_name(path.name + PINNED).exists()
    try:
        with Recorded.open(path) as recorded:
            header, state = recorded.header, RunState()
            # damaged, or of a newer version
            with contextlib.suppress(ValueError, LookupError, AssertionError, TypeError, AttributeError):
                for event in recorded.events():
                    state.apply(event)
            damage, carried, standing = recorded.damage, recorded.carried, recorded.state
            if damage and not state.finished and not carried:
                standing = "interrupted"  # its end cannot be read; it can be gone on with before that
            drawn = header.graph if isinstance(header.graph, dict) else {}
            return Summary(
                path,
                header.run_id,
                str(drawn.get("name") or ""),
                standing,
                header.started,
                state.t,
                len(drawn.get("agents") or ()),
                state.seq,
                sum(agent.cost for agent in state.agents.values()),
                sum(agent.input_tokens + agent.output_tokens for agent in state.agents.values()),
                size,
                header.rehearse,
                (header.parent or {}).get("run"),
                pinned,
                carried,
                damage,
                _file_of(header.settings),
            )
    except (JournalError, OSError) as problem:
        began = path.stat().st_mtime if path.exists() else 0.0
        return Summary(
            path, "", "", "unreadable", began, 0.0, 0, 0, 0.0, 0, size, False, None, pinned, False, str(problem)
        )


def folder_of(settings: JSON) -> str:
    """Where the file of a run's graph lies, by the run's settings; “” if it has none."""
    file = _file_of(settings)
    return "" if file is None else str(Path(file).parent)


def name_of(settings: JSON) -> str:
    """What a graph without a name is called, by its run's settings: as its file; “” if it has none."""
    return Path(_file_of(settings) or "").name.removesuffix(".json").removesuffix(".quartet")


def _file_of(settings: JSON) -> str | None:
    file = settings.get(FILE) if isinstance(settings, dict) else None
    return file if isinstance(file, str) and file else None


def size_of(path: Path) -> int:
    """Bytes of a journal with what belongs to it."""
    total = 0
    for side in SIDES:
        with contextlib.suppress(OSError):
            total += path.with_name(path.name + side).stat().st_size
    return total


class Summaries:
    """Summaries of the journals in a folder. Those of runs that nobody carries are remembered in a file there: a
    listing of hundreds of runs then opens none of them."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / REMEMBERED

    def of(self, paths: Iterable[Path]) -> list[Summary]:
        """The summaries of these journals, in the same order."""
        known = self._read()
        fresh: dict[str, JSON] = {}
        found: list[Summary] = []
        for path in paths:
            mark = _mark(path)
            if mark is None:
                continue  # removed meanwhile
            entry = known.get(path.name)
            summary = _remembered(path, entry, mark)
            if summary is None:
                summary, entry = summary_of(path), None
            if (summary.state in ENDED or summary.resumable) and summary.problem is None:
                fresh[path.name] = entry or {**summary.as_json(), "mark": mark}
            found.append(summary)
        if fresh != known and found:
            self._write(fresh)
        return found

    def _read(self) -> dict[str, JSON]:
        try:
            content = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(content, dict) or content.get("version") != _VERSION:
            return {}
        runs = content.get("runs")
        return runs if isinstance(runs, dict) else {}

    def _write(self, runs: dict[str, JSON]) -> None:
        # a folder that cannot be written makes the next listing slower, nothing else
        with contextlib.suppress(FileProblem):
            write_atomically(json.dumps({"version": _VERSION, "runs": runs}).encode(), self._file)


def _mark(path: Path) -> list[int] | None:
    """What changes when a journal does."""
    try:
        status = path.stat()
    except OSError:
        return None
    waiting = 0
    with contextlib.suppress(OSError):
        waiting = path.with_name(path.name + "-wal").stat().st_size
    return [status.st_size, status.st_mtime_ns, waiting]


def _remembered(path: Path, entry: JSON, mark: list[int]) -> Summary | None:
    if not isinstance(entry, dict) or entry.get("mark") != mark:
        return None
    if entry.get("state") not in ENDED and is_held(path):
        return None  # somebody goes on with it
    fields = {name: entry.get(name) for name in Summary._fields}
    pinned = path.with_name(path.name + PINNED).exists()
    try:
        return Summary(**{**fields, "path": path, "pinned": pinned, "size": size_of(path), "carried": False})  # type: ignore[arg-type]
    except TypeError:
        return None
