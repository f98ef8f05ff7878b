"""Where a run of the command line is kept, and what is said about that."""

from __future__ import annotations

import shlex
import uuid
from pathlib import Path

from quartet.cli.console import say
from quartet.cli.runs import tidy_up
from quartet.engine.journal.shelf import Shelf


class NotKept(Exception):  # noqa: N818  # what a person is told
    """The run cannot be kept where it was asked to be."""


class Keeping:
    """The journal of one run: none, one among those that `quartet runs` lists, or one in a file of its own."""

    def __init__(self, path: Path | None, id: str | None, shelf: Shelf | None, *, fresh: bool = True) -> None:
        """`fresh`: it is to be begun, rather than gone on with."""
        self.path, self.id, self._shelf, self.fresh = path, id, shelf, fresh

    @classmethod
    def of(cls, stated: str | None, *, unkept: bool, name: str) -> Keeping:
        """Find the place for a new run of a graph called `name`; `stated`: the path given on the command line.

        Raises:
            NotKept: there is such a file already.
        """
        if stated is not None:
            path = Path(stated)
            if path.exists():
                raise NotKept(f"{stated} exists already. A run needs a journal of its own: name another file.")
            return cls(path, uuid.uuid4().hex[:12], None)
        if unkept:
            return cls(None, None, None)
        shelf, id = Shelf(), uuid.uuid4().hex[:12]
        try:
            return cls(shelf.place(id, name), id, shelf)
        except OSError as problem:
            say(
                f"quartet: the run is not kept, as {problem.filename or shelf.folder} cannot be written: "
                f"{problem.strerror or problem}. It cannot be resumed. --journal PATH keeps it elsewhere."
            )
            return cls(None, None, None)

    @classmethod
    def resumed(cls, path: Path, id: str) -> Keeping:
        """That of a run which goes on."""
        shelf = Shelf()
        return cls(path, id, shelf if path.parent == shelf.folder else None, fresh=False)

    @property
    def name(self) -> str:
        """What a person types to mean this run."""
        return self.id or "" if self._shelf is not None else shlex.quote(str(self.path))

    def begin(self) -> None:
        """Say which run this is."""
        if self.path is not None:
            say(f"Run {self.id}" if self._shelf is not None else f"Run {self.id}, kept in {self.path}")

    def left(self, *, unwritten: bool = False) -> None:
        """Say how an interrupted run is gone on with; `unwritten`: its journal could not be written in the end."""
        if self.path is not None:
            what = (
                "What could not be written is done again; all before it stands."
                if unwritten
                else "Nothing that was answered is lost."
            )
            say(f"{what} To go on with it:\n  quartet resume {self.name}")

    def end(self) -> None:
        """The run has ended: make room among those that are kept."""
        if self._shelf is not None and self.path is not None:
            tidy_up(self._shelf, self.path)


UNKEPT = Keeping(None, None, None)
"""A run that ends with the program."""
