"""`quartet merge-driver`: git's three versions of a graph file made one, which is always a graph again."""

from __future__ import annotations

from pathlib import Path

from quartet.cli.console import UNREADABLE, complain, say
from quartet.editor.value_words import plural
from quartet.graph.files import FileProblem, Opened, read, write
from quartet.graph.merge import Merged, merge
from quartet.graph.merge_conflicts import sentence
from quartet.graph.model import Graph

CONFLICTING = 1
"""The exit code when conflicts are left; git then marks the file as not merged."""


def merge_files(base: str, ours: str, theirs: str, path: str | None = None) -> int:
    """Merge what `ours` and `theirs` made of `base`, and write it to `ours`, as git wants it.

    `path` is what the file is called in messages. The exit code is 1 if conflicts are left for a person, and 2, with
    `ours` untouched, if one of the three is no graph file of ours.
    """
    shown = path or ours
    try:
        three = [_open(name, what) for name, what in ((base, "the base"), (ours, "ours"), (theirs, "theirs"))]
        found = merge(*(opened.graph for opened in three))
        write(found.graph, ours)
    except FileProblem as problem:
        complain(problem)
        say(f"quartet: {shown} is left as it is on this side. `git checkout --theirs` takes the other.")
        return UNREADABLE
    _tell(shown, found)
    return CONFLICTING if found.conflicts else 0


def _open(name: str, what: str) -> Opened:
    """One of the three versions; git gives an empty file where there was none.

    Raises:
        FileProblem: it is no graph file that may be written again.
    """
    path = Path(name)
    if path.is_file() and not path.read_bytes().strip():
        return Opened(Graph(), "quartet", None, ())
    opened = read(path)
    if opened.format != "quartet":
        raise FileProblem(f"Of the three versions {what} is no file of ours.", source=name)
    if opened.read_only:
        raise FileProblem(f"Of the three versions {what} cannot be merged. {opened.read_only}", source=name)
    return opened


def _tell(shown: str, found: Merged) -> None:
    for old, new in found.renamed:
        say(f"{shown}: both sides have added a “{old}”; the other one's has the id “{new}” now.")
    if not found.conflicts:
        return
    say(f"{shown}: {plural(len(found.conflicts), 'conflict')}; what this side says stands in the file.")
    for conflict in found.conflicts:
        say(f"  ! {sentence(found.graph, conflict)}")
    say("Open it in Quartet, where each is a problem with two ways out, or settle them under “conflicts” in the file.")
