"""Recovery copies: what is not saved yet survives a crash, in the user's data folder, never in the user's file.

Each running editor has a folder of its own there, held by a lock that dies with the process. A start looks for folders
whose lock nobody holds: their owner crashed, and their documents are offered.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from quartet.editor.disk import Print
from quartet.editor.document import Changed, Document
from quartet.editor.judge import snapshot
from quartet.editor.settings import data_folder
from quartet.graph import files
from quartet.graph.model import Graph

SOON = 1_500
"""Milliseconds from a change to its copy."""
THROTTLE = 10_000
"""Milliseconds between two copies of a document that keeps changing."""
DISCARDED_DAYS = 30
"""For how long a discarded copy can still be restored."""
KEEP_DISCARDED = DISCARDED_DAYS * 24 * 3600
"""The same in seconds."""

log = logging.getLogger(__name__)


def folder() -> Path:
    """Where all editors of this person keep their recovery copies."""
    return data_folder() / "recovery"


@dataclass(frozen=True, slots=True)
class Copy:
    """A recovery copy that a crashed editor left."""

    file: Path
    title: str
    path: Path | None
    """The file the document was kept in, or None."""
    saved: float
    """When the copy was made, in seconds since the epoch."""
    print: Print | None = None
    """What that file looked like when the document was read from it or written to it."""
    until: float | None = None
    """It was discarded, and is deleted then (seconds since the epoch). None: it was not."""


class Orphan:
    """What a crashed editor left: its copies. While this object holds the lock, no other editor offers them."""

    def __init__(self, place: Path, lock: QLockFile, copies: list[Copy]) -> None:
        self.place = place
        self.copies = copies
        self._lock = lock

    def later(self) -> None:
        """Leave the copies for the next start."""
        self._lock.unlock()

    def done(self, copies: Collection[Copy] | None = None) -> None:
        """These copies (None: all) were restored, and are kept anew by this editor."""
        if self._keep_others(copies):
            for copy in copies or ():
                _delete(copy.file.with_suffix(""))
            return
        self._lock.unlock()
        shutil.rmtree(self.place, ignore_errors=True)

    def discard(self, copies: Collection[Copy] | None = None) -> None:
        """Put these copies (None: all) aside; they are deleted after 30 days."""
        aside = folder() / "discarded"
        try:
            aside.mkdir(exist_ok=True)
            if self._keep_others(copies):
                for copy in copies or ():
                    own = aside / f"{self.place.name}-{copy.file.stem}"
                    own.mkdir()
                    for suffix in (".info", ".json"):
                        copy.file.with_suffix(suffix).rename(own / copy.file.with_suffix(suffix).name)
                return
            self._lock.unlock()
            os.utime(self.place)
            self.place.rename(aside / self.place.name)
        except OSError as error:
            log.info("a discarded recovery copy stays where it is: %s", error)

    def _keep_others(self, copies: Collection[Copy] | None) -> bool:
        """Let go of these copies; whether any are left."""
        self.copies = [] if copies is None else [copy for copy in self.copies if copy not in copies]
        return bool(self.copies)


def orphans() -> list[Orphan]:
    """What crashed editors left, locked for this one. Empty folders and old discarded copies are cleared away."""
    root = folder()
    _clear_discarded(root / "discarded")
    found = []
    for place in sorted(root.iterdir()) if root.is_dir() else []:
        if not place.is_dir() or place.name == "discarded":
            continue
        lock = _lock(place)
        if not lock.tryLock(0):
            continue
        copies = [copy for file in sorted(place.glob("*.info")) if (copy := _read_info(file)) is not None]
        orphan = Orphan(place, lock, copies)
        if copies:
            found.append(orphan)
        else:
            orphan.done()
    return found


def discarded() -> list[Orphan]:
    """What was discarded and is not deleted yet, the latest first; nothing locks it, and looking keeps it no longer."""
    aside = folder() / "discarded"
    _clear_discarded(aside)
    found = []
    for place in aside.iterdir() if aside.is_dir() else []:
        try:
            until = place.stat().st_mtime + KEEP_DISCARDED
        except OSError:
            continue
        copies = [copy for file in sorted(place.glob("*.info")) if (copy := _read_info(file)) is not None]
        if copies:
            found.append(Orphan(place, _lock(place), [replace(copy, until=until) for copy in copies]))
    return sorted(found, key=lambda orphan: (-(orphan.copies[0].until or 0), orphan.place.name))


def _lock(place: Path) -> QLockFile:
    lock = QLockFile(str(place / "owner.lock"))
    lock.setStaleLockTime(0)  # stale only when its process is dead, however long that one has been running
    return lock


def _read_info(file: Path) -> Copy | None:
    try:
        info = json.loads(file.read_text("utf-8"))
        path = info.get("path")
        print = Print.from_json(info["print"]) if "print" in info else None
        copy = Copy(
            file.with_suffix(".json"), str(info["title"]), Path(path) if path else None, float(info["time"]), print
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return copy if copy.file.is_file() else None


def _clear_discarded(aside: Path) -> None:
    if not aside.is_dir():
        return
    for place in aside.iterdir():
        try:
            if time.time() - place.stat().st_mtime > KEEP_DISCARDED:
                shutil.rmtree(place, ignore_errors=True)
        except OSError:
            continue


class Keeper(QObject):
    """Keeps recovery copies of this editor's modified documents."""

    failed = Signal(str)
    """Why a copy could not be written."""

    def __init__(self, parent: QObject | None = None, *, soon: int = SOON, throttle: int = THROTTLE) -> None:
        super().__init__(parent)
        self._soon, self._throttle = soon, throttle
        self._place: Path | None = None
        self._lock: QLockFile | None = None
        self._kept: dict[Document, _Kept] = {}
        self._writer = ThreadPoolExecutor(1, "recovery")

    def watch(self, document: Document) -> None:
        """Keep copies of this document while it differs from its file."""
        kept = _Kept(self, document)
        self._kept[document] = kept
        if document.modified:
            kept.soon()

    def unwatch(self, document: Document) -> None:
        """The document is closed, by a person's decision: its copy goes."""
        kept = self._kept.pop(document, None)
        if kept is not None:
            kept.stop()

    def write_now(self) -> None:
        """Copy every modified document at once, and wait for it: something went wrong, or the system shuts down."""
        for kept in self._kept.values():
            if kept.document.modified:
                kept.write()
        self._writer.submit(int).result()

    def close(self) -> None:
        """The editor ends in good order: nothing is left behind."""
        for document in list(self._kept):
            self.unwatch(document)
        self._writer.shutdown(wait=True)
        if self._lock is not None and self._place is not None:
            self._lock.unlock()
            shutil.rmtree(self._place, ignore_errors=True)

    def place(self) -> Path:
        """This editor's folder, made and locked when it is first needed.

        Raises:
            OSError: it cannot be made.
        """
        if self._place is None:
            place = folder() / uuid.uuid4().hex
            place.mkdir(parents=True, mode=0o700)
            lock = _lock(place)
            if not lock.tryLock(1000):
                raise OSError(f"{place} cannot be locked")
            self._place, self._lock = place, lock
        return self._place

    def submit(self, work: Callable[[], None]) -> None:
        """Do file work behind the window's back, in order."""
        self._writer.submit(work).add_done_callback(self._done)

    def _done(self, future: Future[None]) -> None:
        error = future.exception()
        if error is not None:
            log.info("a recovery copy could not be written: %s", error)
            self.failed.emit(str(error))


class _Kept:
    """One document's copy and the timer that makes it."""

    def __init__(self, keeper: Keeper, document: Document) -> None:
        self._keeper = keeper
        self.document = document
        self._name = uuid.uuid4().hex
        self._written = 0.0
        self._there = False
        self._timer = QTimer(singleShot=True)
        self._timer.timeout.connect(self.write)
        document.changed.connect(self._changed)
        document.modified_changed.connect(self._modified)

    def _changed(self, _: Changed) -> None:
        self.soon()

    def _modified(self, modified: bool) -> None:
        if modified:
            self.soon()
        else:
            self._timer.stop()
            self._remove()

    def soon(self) -> None:
        """A copy within `SOON` of the first change, later ones not before `THROTTLE` has passed."""
        if not self._timer.isActive():
            waited = (time.monotonic() - self._written) * 1000 if self._written else self._keeper._throttle
            self._timer.start(max(self._keeper._soon, round(self._keeper._throttle - waited)))

    def write(self) -> None:
        """Copy the document as it is now."""
        self._timer.stop()
        if not self.document.modified:
            return
        self._written = time.monotonic()
        try:
            place = self._keeper.place()
        except OSError as error:
            log.info("there is no place for recovery copies: %s", error)
            self._keeper.failed.emit(str(error))
            return
        graph = snapshot(self.document.graph)
        path = self.document.path
        info: dict[str, object] = {
            "title": self.document.title,
            "path": None if path is None else str(path),
            "time": time.time(),
        }
        if self.document.print is not None:
            info["print"] = self.document.print.as_json()
        self._there = True
        self._keeper.submit(lambda: _write(place / self._name, graph, info))

    def stop(self) -> None:
        self._timer.stop()
        self.document.changed.disconnect(self._changed)
        self.document.modified_changed.disconnect(self._modified)
        self._remove()

    def _remove(self) -> None:
        if self._there:
            self._there = False
            self._written = 0.0
            stem = self._keeper.place() / self._name
            self._keeper.submit(lambda: _delete(stem))


def _write(stem: Path, graph: Graph, info: dict[str, object]) -> None:
    files.write(graph, stem.with_suffix(".json"))
    aside = stem.with_suffix(".part")
    aside.write_text(json.dumps(info), "utf-8")
    aside.replace(stem.with_suffix(".info"))


def _delete(stem: Path) -> None:
    for suffix in (".info", ".json", ".part"):
        stem.with_suffix(suffix).unlink(missing_ok=True)
