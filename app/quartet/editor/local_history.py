"""The local history: versions of the open graph, taken before whatever changes much of it at once, and on demand.

Taken in a thread, from a copy that costs a few dicts. Not to be mixed up with the kept runs (`quartet.editor.history`).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from quartet.editor import preferences
from quartet.editor.checkpoints import Checkpoint, Counts, Kind, Store, StoreProblem, Where
from quartet.editor.document import Document
from quartet.editor.document_steps import SECTIONS
from quartet.editor.judge import HUGE, snapshot
from quartet.editor.manners import Tidier, considerate
from quartet.editor.settings import state_folder
from quartet.graph.model import Graph
from quartet.graph.strict_json import FileProblem

if TYPE_CHECKING:
    from quartet.editor.disk import Print

OWN = ("name", "description", "input", "limits", "state", "graphs")
"""What of a graph is no item of a section."""

log = logging.getLogger(__name__)


def store() -> Store:
    """Where the checkpoints of this person's documents are."""
    return Store(state_folder() / "checkpoints.sqlite", lambda: preferences.current().history_days)


def counts(before: Graph, after: Graph) -> Counts:
    """What differs, told by which items are others: unchanged ones are shared between versions of an open graph."""
    added = removed = changed = 0
    for section in SECTIONS:
        old, new = getattr(before, section), getattr(after, section)
        if old != new:
            added += sum(id not in old for id in new)
            removed += sum(id not in new for id in old)
            changed += sum(id in old and old[id] is not new[id] and old[id] != new[id] for id in new)
    changed += sum(id in before.positions and at != before.positions[id] for id, at in after.positions.items())
    changed += sum(getattr(before, name) != getattr(after, name) for name in OWN)
    return Counts(added, removed, changed)


class _Followed:
    """A document and what was kept of it last."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.last = snapshot(document.graph)
        self.revision, self.kept = 0, -1
        self.id = document.history
        """Its name in the store; the thread alone looks at it."""


class LocalHistory(QObject):
    """Keeps versions of the documents of this program."""

    failed = Signal(str)
    """Why none can be kept; told once."""
    kept = Signal(object, object)
    """A Document, and the `Checkpoint` of it that was kept just now."""
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store()
        self._followed: dict[Document, _Followed] = {}
        self._worker = ThreadPoolExecutor(1, "checkpoints")
        self._tidier = Tidier(self)
        self._failing = self._closed = False
        self._told.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _call(self, then: Callable[[], None]) -> None:
        then()

    def follow(self, document: Document) -> None:
        """Keep versions of this document from now on."""
        followed = _Followed(document)
        self._followed[document] = followed
        if not document.history and document.path is None:
            document.history = followed.id = uuid.uuid4().hex
        document.stepped.connect(self._stepped)
        document.about_to.connect(self._about_to)

    def leave(self, document: Document) -> None:
        """The document is closed; what was not saved is kept as a version, in case that was a mistake."""
        followed = self._followed.get(document)
        if followed is None:
            return
        if document.modified:
            self._keep(followed, "Closed without saving", "close")
        del self._followed[document]
        document.stepped.disconnect(self._stepped)
        document.about_to.disconnect(self._about_to)

    def take(self, document: Document, label: str, kind: Kind = "hand") -> None:
        """Keep the graph as it is now under this label."""
        followed = self._followed.get(document)
        if followed is not None:
            self._keep(followed, label, kind)

    def saved(self, document: Document) -> None:
        """The document was saved: its file is where it is found again, and what was saved is a version."""
        followed = self._followed.get(document)
        if followed is None or document.path is None:
            return
        where = _where(document.path, document.print)
        self._do(lambda: self._note(followed, where))
        self._keep(followed, "Saved", "save")

    def entries(self, document: Document, then: Callable[[list[Checkpoint]], None]) -> None:
        """Give `then` the versions of a document, the latest first."""
        followed = self._followed.get(document)
        if followed is None:
            then([])
            return
        where = None if document.path is None else _where(document.path, document.print)

        def look() -> None:
            self._identify(followed, where)
            found = self.store.entries(followed.id)
            self._tell(lambda: then(found))

        self._do(look, lambda: then([]))

    def in_background(self, work: Callable[[], None]) -> None:
        """Do something with the store, in turn."""
        self._do(work)

    def wait(self) -> None:
        """Wait until everything that was taken is kept."""
        self._worker.submit(int).result()

    def close(self) -> None:
        """The program ends."""
        self._closed = True
        self._worker.shutdown(wait=True)

    # what is done

    def _stepped(self, _: object) -> None:
        document = self.sender()
        followed = self._followed.get(document) if isinstance(document, Document) else None
        if followed is not None:
            followed.revision += 1

    def _about_to(self, what: str) -> None:
        document = self.sender()
        followed = self._followed.get(document) if isinstance(document, Document) else None
        if followed is not None and followed.revision != followed.kept:
            self._keep(followed, f"Before: {what}", "before")

    def _keep(self, followed: _Followed, label: str, kind: Kind) -> None:
        document = followed.document
        graph = snapshot(document.graph)
        where = None if document.path is None else _where(document.path, document.print)
        before, followed.last, followed.kept = followed.last, graph, followed.revision

        def keep() -> None:
            self._identify(followed, where)
            with considerate() if len(graph.agents) >= HUGE else nullcontext():
                found = self.store.keep(followed.id, graph, label, kind, counts(before, graph))
            if found is not None:
                self._tell(lambda: self.kept.emit(document, found))

        self._do(keep)

    def _identify(self, followed: _Followed, where: Where | None) -> None:
        if not followed.id:
            self._name(followed, self.store.identify(where) if where is not None else uuid.uuid4().hex)

    def _note(self, followed: _Followed, where: Where) -> None:
        self._identify(followed, where)
        self._name(followed, self.store.note(followed.id, where))

    def _name(self, followed: _Followed, id: str) -> None:
        followed.id = id
        self._tell(lambda: setattr(followed.document, "history", id))

    def _do(self, work: Callable[[], None], otherwise: Callable[[], None] = lambda: None) -> None:
        def carry_out() -> None:
            try:
                work()
            except (StoreProblem, FileProblem) as problem:
                why = str(problem)
                log.info("no version was kept: %s", why)
                self._tell(otherwise)
                self._tell(lambda: self._fail(why))
            else:
                self._tell(self._works)

        if not self._closed:
            self._worker.submit(carry_out)

    def _tell(self, then: Callable[[], None]) -> None:
        try:
            self._told.emit(then)
        except RuntimeError:  # the program ends
            log.debug("nobody is told any more")

    def _fail(self, why: str) -> None:
        if not self._failing:
            self._failing = True
            self.failed.emit(why)

    def _works(self) -> None:
        self._failing = False
        self._tidier.later()


def _where(path: Path, print: Print | None) -> Where:
    """Where a document's file is, by the name that it has behind all links."""
    try:
        real = str(path.resolve())
    except OSError:
        real = str(path)
    if print is None:
        return Where(real)
    return Where(real, *print.place, print.digest.hex())
