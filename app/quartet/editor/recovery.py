"""Work is never lost: each open document has a journal, to which every step is appended before anything else happens.

A step is with the system when `Document.do` returns, so a program that is killed has lost none; a moment later it is on
the disk, so neither has a machine whose power fails. Each running editor has a folder of its own, held by a lock that
dies with the process (`quartet.editor.orphans` looks for those). The user's file is never touched.
"""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Qt, QTimer, Signal, Slot

from quartet.editor.document import Document
from quartet.editor.document_journal import DocumentJournal
from quartet.editor.manners import Tidier
from quartet.editor.orphans import TABS, folder, lock_of, tabs

TO_DISK = 1_000
"""Milliseconds from a step to the disk."""
AGAIN = 5_000
"""Milliseconds after which what could not be written is tried again, if nothing else is done meanwhile."""
log = logging.getLogger(__name__)


class Keeper(QObject):
    """Keeps the journals of this editor's documents."""

    failed = Signal(str)
    """Why nothing can be kept just now; told once, until it works again."""
    works_again = Signal()
    _wrote = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place: Path | None = None
        self._lock: QLockFile | None = None
        self._kept: dict[Document, DocumentJournal] = {}
        self._tabs: tuple[list[Document], Document | None] = [], None
        self._failing = False
        self._closed = False
        self.tidier = Tidier(self)
        # two timers for all documents: one of each would have to be taken down at the right moment
        self._to_disk = QTimer(self, singleShot=True)
        self._to_disk.timeout.connect(self._sync)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._catch_up)
        self._writer = ThreadPoolExecutor(1, "journal")
        self._wrote.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def watch(self, document: Document) -> None:
        """Keep a journal of this document from now on."""
        self._kept[document] = DocumentJournal(self, document)

    def unwatch(self, document: Document) -> None:
        """The document is closed, by a person's decision: its journal goes."""
        kept = self._kept.pop(document, None)
        others, front = self._tabs
        self._tabs = [each for each in others if each is not document], None if front is document else front
        if kept is not None:
            kept.stop()

    def arranged(self, documents: Sequence[Document], front: Document | None) -> None:
        """These are the tabs, in their order: what a crash leaves is offered and opened as it stood."""
        before, self._tabs = self._tabs, (list(documents), front)
        if self._place is not None and before != self._tabs:
            self._write_tabs(self._place)

    def _write_tabs(self, place: Path) -> None:
        documents, front = self._tabs
        names = {document: self._kept[document].name for document in documents if document in self._kept}
        text = tabs(list(names.values()), names.get(front, "") if front is not None else "")

        def write() -> None:
            part = place / f"{TABS}.part"
            part.write_text(text, encoding="utf-8")
            part.replace(place / TABS)

        def wrote(error: Exception | None) -> None:
            if error is not None:  # that costs the order only, and what made it fail is told of the journals
                log.info("the order of the tabs is not kept: %s", error)

        if not self._closed:
            self.submit(write, wrote)

    def kept(self, document: Document) -> bool:
        """Whether all that is unsaved in it would outlast a crash."""
        kept = self._kept.get(document)
        return kept is not None and kept.safe

    def before_save(self, document: Document) -> None:
        """Its file is about to be replaced: it cannot stand in any more for what the journal began with."""
        kept = self._kept.get(document)
        if kept is not None:
            kept.await_base()

    def write_now(self) -> None:
        """Have everything unsaved on the disk, and wait for it: something went wrong, or the system shuts down."""
        self._catch_up()
        self._sync()
        if not self._closed:
            self._writer.submit(int).result()

    def close(self) -> None:
        """The editor ends in good order: nothing is left behind."""
        for document in list(self._kept):
            self.unwatch(document)
        self._closed = True
        self._to_disk.stop()
        self._again.stop()
        self._writer.shutdown(wait=True)
        if self._lock is not None and self._place is not None:
            self._lock.unlock()
            shutil.rmtree(self._place, ignore_errors=True)
            self._place = self._lock = None

    # for the journals

    def place(self) -> Path:
        """This editor's folder, made and locked when it is first needed.

        Raises:
            OSError: it cannot be made.
        """
        if self._place is not None and not self._place.is_dir():
            self._place = self._lock = None  # somebody cleared it away
        if self._place is None:
            place = folder() / uuid.uuid4().hex
            place.mkdir(parents=True, mode=0o700)
            lock = lock_of(place)
            if not lock.tryLock(1000):
                raise OSError(f"{place} cannot be locked")
            self._place, self._lock = place, lock
            self._write_tabs(place)
        return self._place

    def submit(self, work: Callable[[], None], then: Callable[[Exception | None], None]) -> Future[None]:
        """Do file work behind the window's back, in order; `then` is called by the window's thread."""

        def done(future: Future[None]) -> None:
            error = future.exception()
            found = error if isinstance(error, Exception) else None
            try:
                self._wrote.emit(lambda: then(found))
            except RuntimeError:  # the editor has ended
                log.debug("nobody is told any more: %s", found)

        future = self._writer.submit(work)
        future.add_done_callback(done)
        return future

    def to_disk(self) -> None:
        """Something was given to the system: it is to be on the disk in a moment."""
        if not self._to_disk.isActive():
            self._to_disk.start(TO_DISK)

    def again(self, after: int | None = None) -> None:
        """Something could not be written: it is tried again in so many milliseconds, `AGAIN` if it is not said."""
        after = AGAIN if after is None else after
        if not self._again.isActive() or after < self._again.remainingTime():
            self._again.start(after)

    @Slot()
    def _sync(self) -> None:
        for kept in self._kept.values():
            kept.sync()

    @Slot()
    def _catch_up(self) -> None:
        for kept in self._kept.values():
            kept.catch_up()

    @Slot(object)
    def _call(self, then: Callable[[], None]) -> None:
        then()

    def tell(self, error: Exception | None) -> None:
        """How writing went; a person is told of the first failure and of the end of it."""
        if error is not None and not self._failing:
            self._failing = True
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            log.info("no journal can be written: %s", error)
            self.failed.emit(why)
        elif error is None and self._failing and all(kept.safe for kept in self._kept.values()):
            self._failing = False
            self.works_again.emit()
