"""How the runs of the window are kept: each real one in a journal of its own, among those of the command line."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from quartet.editor.kept_run import KeptRun, Record
from quartet.editor.settings import Settings
from quartet.engine.journal.shelf import Policy, Shelf, began_at
from quartet.engine.run import Run
from quartet.graph.model import Graph

KEEP = "runs/keep"
"""The setting: whether real runs are kept."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Start:
    """A run that is about to begin."""

    graph: Graph
    """What is shown: the drawing as it is now, for edits do not reach the run."""
    make: Callable[[Path | None, str | None], Run]
    """Gets it ready, with its journal and its id; None: none, and any."""
    rehearsal: bool = False
    resumed: KeptRun | None = None
    """What it goes on with."""
    parent: str | None = None
    """Of a fork: the id of the run it comes from."""
    report: Callable[[], str] = lambda: ""
    """What is to be said of it when it has ended, beside how."""


class Trouble(NamedTuple):
    """A run that cannot be kept: why, and whether it waits for a decision already or was not begun."""

    text: str
    start: Start | None
    """What was not begun; None: the run has begun, and has paused."""


def keeps(settings: Settings | None) -> bool:
    """Whether real runs are kept: yes, unless a person has switched it off."""
    return settings is None or str(settings.value(KEEP, "yes")) != "no"


def set_keeps(settings: Settings | None, keep: bool) -> None:
    """Keep real runs from now on, or do not."""
    if settings is not None:
        settings.set_value(KEEP, "yes" if keep else "no")


def place(start: Start, name: str) -> Record:
    """Where the journal of a new run of a graph called `name` goes.

    Raises:
        OSError: the folder cannot be made.
    """
    id = uuid.uuid4().hex[:12]
    path = Shelf().place(id, name)
    return Record(path, id, began_at(path), start.parent)


def in_words(problem: Exception) -> str:
    """What went wrong with a journal or its folder."""
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.filename or 'The folder of the runs'} cannot be written: {problem.strerror}"
    return str(problem)


def tidy_up(ended: Path) -> str:
    """Remove what is too old or too much now that a run has ended; what was removed, in a sentence. For a thread."""
    shelf = Shelf()
    if ended.parent != shelf.folder:
        return ""
    try:
        removed = shelf.prune(Policy.of(os.environ), besides=ended).removed
    except (OSError, ValueError) as problem:
        return f"Old runs were not looked at: {problem}"
    if not removed:
        return ""
    return f"{len(removed):,} old run{'' if len(removed) == 1 else 's'} made room for newer ones."
