"""What crashed editors left behind: found by locks that died with them, and offered to whoever starts the next one."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QLockFile

from quartet.editor import journal, preferences
from quartet.editor.settings import state_folder
from quartet.graph.strict_json import FileProblem

TABS = "tabs.json"
"""In an editor's folder: the names of its journals in the order of the tabs, and of the one in front."""
log = logging.getLogger(__name__)


def discarded_days() -> int:
    """For how long what was discarded can still be restored."""
    return preferences.current().discarded_days


def _keep_discarded() -> int:
    """The same in seconds."""
    return discarded_days() * 24 * 3600


def folder() -> Path:
    """Where all editors of this person keep the journals of what is open."""
    return state_folder() / "recovery"


def lock_of(place: Path) -> QLockFile:
    """The lock that an editor holds as long as it lives; `place` is the folder of its journals."""
    lock = QLockFile(str(place / "owner.lock"))
    lock.setStaleLockTime(0)  # stale only when its process is dead, however long that one has been running
    return lock


@dataclass(frozen=True, slots=True)
class Copy:
    """A document that a crashed editor left."""

    file: Path
    """The steps of its journal."""
    title: str
    path: Path | None
    """The file the document was kept in, or None."""
    saved: float
    """When it was changed last, in seconds since the epoch."""
    steps: int = 0
    """How many changes the journal holds."""
    damaged: bool = False
    """What came after some change cannot be read."""
    until: float | None = None
    """It was discarded, and is deleted then (seconds since the epoch). None: it was not."""
    front: bool = False
    """Its tab was the one in front."""


class Orphan:
    """What a crashed editor left. While this object holds the lock, no other editor offers it."""

    def __init__(self, place: Path, lock: QLockFile, copies: list[Copy]) -> None:
        self.place = place
        self.copies = copies
        self._lock = lock

    def later(self) -> None:
        """Leave them for the next start."""
        self._lock.unlock()

    def done(self, copies: Collection[Copy] | None = None) -> None:
        """These (None: all) were restored, and are kept anew by this editor."""
        for copy in copies or ():
            delete(copy.file)
        if self._keep_others(copies):
            return
        self._lock.unlock()
        if copies is None or _spent(self.place):
            shutil.rmtree(self.place, ignore_errors=True)

    def discard(self, copies: Collection[Copy] | None = None) -> None:
        """Put these (None: all) aside; they are deleted after a month, or what is preferred."""
        aside = folder() / "discarded"
        try:
            aside.mkdir(exist_ok=True)
            if self._keep_others(copies):
                for copy in copies or ():
                    own = aside / f"{self.place.name}-{copy.file.stem}"
                    own.mkdir()
                    for file in (journal.base_of(copy.file), copy.file):
                        if file.exists():
                            file.rename(own / file.name)
                return
            self._lock.unlock()
            os.utime(self.place)
            self.place.rename(aside / self.place.name)
        except OSError as error:
            log.info("what was discarded stays where it is: %s", error)

    def _keep_others(self, copies: Collection[Copy] | None) -> bool:
        """Let go of these; whether any are left."""
        self.copies = [] if copies is None else [copy for copy in self.copies if copy not in copies]
        return bool(self.copies)


def delete(file: Path) -> None:
    """Take a journal away; `file` is that of its steps."""
    for each in (file, journal.base_of(file)):
        with contextlib.suppress(OSError):
            each.unlink(missing_ok=True)


def orphans() -> list[Orphan]:
    """What crashed editors left, locked for this one; what holds nothing unsaved is cleared away."""
    root = folder()
    _clear_discarded(root / "discarded")
    found = []
    for place in sorted(root.iterdir()) if root.is_dir() else []:
        if not place.is_dir() or place.name == "discarded":
            continue
        lock = lock_of(place)
        if not lock.tryLock(0):
            continue
        orphan = Orphan(place, lock, _copies(place))
        if orphan.copies:
            found.append(orphan)
        elif _spent(place):
            orphan.done()
        else:
            orphan.later()
    return found


def _spent(place: Path) -> bool:
    """Whether there is nothing in the journals of a folder that anybody could still want.

    What cannot be read, or only by a newer version, is left where it is, and what is damaged from end to end as well:
    somebody may know a way.
    """
    return all(_copy(file) is _SAVED or not _written(file) for file in place.glob("*" + journal.STEPS))


def _written(file: Path) -> bool:
    """Whether a step was ever taken down whole: the first writing, killed, leaves at most a torn line."""
    try:
        return b"\n" in file.read_bytes()
    except OSError:
        return True


def discarded() -> list[Orphan]:
    """What was discarded and is not deleted yet, the latest first; nothing locks it, and looking keeps it no longer."""
    aside = folder() / "discarded"
    _clear_discarded(aside)
    found = []
    for place in aside.iterdir() if aside.is_dir() else []:
        try:
            until = place.stat().st_mtime + _keep_discarded()
        except OSError:
            continue
        copies = _copies(place)
        if copies:
            found.append(Orphan(place, lock_of(place), [replace(copy, until=until) for copy in copies]))
    return sorted(found, key=lambda orphan: (-(orphan.copies[0].until or 0), orphan.place.name))


def _copies(place: Path) -> list[Copy]:
    """What is unsaved in the journals of a folder, one entry a document, in the order of their tabs."""
    found: dict[str, Copy] = {}
    # a document's journal may have been begun anew: NAME-1, NAME-2; the last one that is whole is the one
    for file in sorted(place.glob("*" + journal.STEPS), key=_turn):
        copy = _copy(file)
        name = file.stem.rpartition("-")[0]
        if copy is not None:
            found[name] = copy
    order, front = _tabs(place)
    if front in found and found[front] is not _SAVED:
        found[front] = replace(found[front], front=True)
    names = sorted(found, key=lambda name: order.index(name) if name in order else len(order))
    return [found[name] for name in names if found[name] is not _SAVED]


def tabs(names: Sequence[str], front: str) -> str:
    """What `TABS` holds."""
    return json.dumps({"order": list(names), "front": front})


def _tabs(place: Path) -> tuple[list[str], str]:
    """The names in the order of the tabs and the one in front; nothing where that is not known."""
    try:
        found = json.loads((place / TABS).read_bytes())
        return [str(name) for name in found["order"]], str(found["front"])
    except (OSError, ValueError, LookupError, TypeError):
        return [], ""


def _turn(file: Path) -> tuple[str, int]:
    name, _, turn = file.stem.rpartition("-")
    return name, int(turn) if turn.isdecimal() else 0


_SAVED = Copy(Path(), "", None, 0.0)
"""What stands for a document whose last state is in its file."""


def _copy(file: Path) -> Copy | None:
    try:
        read = journal.read(file)
    except (OSError, FileProblem):
        return None
    if read is None:
        return None
    about = read.about
    if not about.modified and not read.drafts:
        return _SAVED
    path = None if about.path is None else Path(about.path)
    return Copy(file, about.title or "Untitled", path, read.changed, read.steps, read.damaged > 0)


def _clear_discarded(aside: Path) -> None:
    if not aside.is_dir():
        return
    for place in aside.iterdir():
        try:
            if time.time() - place.stat().st_mtime > _keep_discarded():
                shutil.rmtree(place, ignore_errors=True)
        except OSError:
            continue
