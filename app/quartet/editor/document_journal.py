"""The journal that one open document writes while it is open."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import Future, wait
from contextlib import nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from quartet.editor import journal
from quartet.editor.document import Changed, Document
from quartet.editor.document_steps import Change, Did
from quartet.editor.journal import About, Appender
from quartet.editor.judge import HUGE, snapshot
from quartet.editor.manners import considerate
from quartet.editor.orphans import delete
from quartet.graph.edits import Edit, apply
from quartet.graph.model import JSON
from quartet.graph.strict_json import FileProblem

if TYPE_CHECKING:
    from quartet.editor.recovery import Keeper

FAR = 300
"""From so many agents on, the graph that a journal begins with is written before it is needed."""
SLACK = 256_000
"""Bytes that a journal may grow by before it is written anew, without what was done and undone again."""

HUGE_STEPS = 2_000_000
"""Bytes from which on writing it anew makes so many objects that the thread has to mind its manners."""

Failures = (OSError, FileProblem, ValueError, TypeError)


class DocumentJournal:
    """One document's journal."""

    def __init__(self, keeper: Keeper, document: Document) -> None:
        self._keeper = keeper
        self.document = document
        self.name = uuid.uuid4().hex
        """What its files are called, but for their turn."""
        self._turn = 0
        self._file: Appender | None = None
        self._base: Future[None] | None = None
        self._about = About()
        self._waiting: list[list[JSON]] = []
        """What could not be written yet."""
        self._behind = False
        """The system was given something that is not on the disk yet."""
        self._anew = False
        """What stands on the disk is of no use: it has to be begun anew."""
        self._whole = 0
        """Bytes that the journal had when it was begun."""
        self._since: list[list[JSON]] | None = None
        """What was appended since it is being written anew; None while it is not."""
        untouched = not document.undo_stack.count() and not document.modified
        self._opened = document.print.as_json() if untouched and document.print is not None else None
        document.stepped.connect(self._stepped)
        document.drafts_changed.connect(self._drafts)
        document.changed.connect(self._changed)
        document.path_changed.connect(self._tell_about)
        document.modified_changed.connect(self._modified)
        if self._unsaved or (self._opened is None and len(document.graph.agents) >= FAR):
            self._begin()

    @property
    def _unsaved(self) -> bool:
        return self.document.modified or bool(self.document.drafts)

    @property
    def safe(self) -> bool:
        """Whether the system has everything unsaved."""
        return not self._waiting and not self._anew and (self._file is not None or not self._unsaved)

    # what happens to the document

    def _stepped(self, step: Did | str) -> None:
        if isinstance(step, Did):
            self._append([journal.did(step.time, step.label, step.edits, step.merge, step.apart)])
        elif self._file is None or self._anew:
            self._keeper.again(0)  # only when Qt has ended the step does it say where in its stack it is
        else:
            self._append([[step, round(time.time(), 3)]])

    def _drafts(self) -> None:
        self._append([["drafts", _drafts(self.document)]])

    def _changed(self, _: Changed) -> None:
        if self.document.title != self._about.title:
            self._tell_about()

    def _tell_about(self) -> None:
        if self._file is not None and not self._anew:
            self._append([])

    def _modified(self, modified: bool) -> None:
        if self._file is None or self._anew:
            return
        stack = self.document.undo_stack
        if modified:
            self._append([["dirty"]] if stack.cleanIndex() < 0 else [])
        else:
            self._append([["clean"]])
            if self._file.size > self._whole + SLACK and self._since is None:
                self._compact()

    # the files

    def _append(self, records: list[list[JSON]]) -> None:
        """Give these records to the system, and what else is to be told."""
        if self._file is None or self._anew:
            if not self._unsaved or not self._begin():
                return
        else:
            if self._now() != self._about:
                self._about = self._now()
                records = [*records, ["about", asdict(self._about)]]
            waiting = [*self._waiting, *records]
            try:
                self._file.append(waiting)
            except Failures as error:
                self._waiting = waiting
                self._fail(error)
                return
            self._waiting = []
            if self._since is not None:
                self._since += waiting
        if self._opened is None:
            self.await_base()  # without it the steps are worth nothing
        self._keeper.tell(None)
        self._behind = True
        self._keeper.to_disk()

    def _now(self) -> About:
        document = self.document
        return About(
            document.title,
            None if document.path is None else str(document.path),
            None if document.print is None else document.print.as_json(),
            document.modified,
            document.history,
            self._opened,
        )

    def _begin(self) -> bool:
        """Write the journal as of now, the steps that Undo reaches and what they began with; whether that is done."""
        self._close()
        self._turn += 1
        self._waiting, self._anew, self._since = [], False, None
        story, stack = _Story(self.document), self.document.undo_stack
        graph, changes = snapshot(self.document.graph), story.changes[: stack.index()]
        try:
            path = self._keeper.place() / f"{self.name}-{self._turn}{journal.STEPS}"
            self._file = Appender(path)
            self._about = self._now()
            self._file.append([journal.head(self._about, time.time()), *story.records()])
        except Failures as error:
            self._anew = True
            self._fail(error)
            return False
        self._whole = self._file.size
        big = len(graph.agents) >= HUGE

        def write() -> None:
            with considerate() if big else nullcontext():
                for change in reversed(changes):
                    apply(graph, change.inverse)
                journal.write_base(graph, journal.base_of(path))

        self._base = self._keeper.submit(write, self._based)
        return True

    def _based(self, error: Exception | None) -> None:
        self._keeper.tidier.later()
        if error is not None and self._file is not None:
            self._anew = True
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._keeper.tell(error)
        self._keeper.again()

    def sync(self) -> None:
        """Have the system write to the disk what it was given."""
        if self._behind and self._file is not None and not self._anew:
            self._behind = False
            self._keeper.submit(self._file.syncing(), self._based)

    def _compact(self) -> None:
        """Write the steps anew in the background, without what was typed over or done and undone again."""
        assert self._file is not None, "only what is there is written anew"
        old, story, about = self._file, _Story(self.document), self._about
        since: list[list[JSON]] = []
        self._since = since
        part, big = old.path.with_suffix(".part"), old.size > HUGE_STEPS
        fresh: list[Appender] = []

        def write() -> None:
            part.unlink(missing_ok=True)
            made = Appender(part)
            fresh.append(made)
            with considerate() if big else nullcontext():
                made.append([journal.head(about, time.time()), *story.records()])
            made.syncing()()

        def written(error: Exception | None) -> None:
            self._keeper.tidier.later()
            if self._since is not since or self._file is not old:  # it was closed, or begun anew
                for made in fresh:
                    made.close()
                part.unlink(missing_ok=True)
                return
            self._since = None
            if error is not None or not fresh:
                self._keeper.tell(error)  # the old one is whole, and goes on
                return
            made = fresh[0]
            self._turn += 1
            try:
                self._whole = made.size
                made.append(since)
                made.rename(old.path.with_name(f"{self.name}-{self._turn}{journal.STEPS}"))
            except Failures as failure:
                made.close()
                self._keeper.tell(failure)
                return
            self._file = made
            old.close()
            old.path.unlink(missing_ok=True)

        self._keeper.submit(write, written)

    def await_base(self) -> None:
        """Wait until what the steps begin with is there, if it is being written."""
        if self._base is not None and not self._base.done():
            wait([self._base])

    def catch_up(self) -> None:
        """Write what could not be written before."""
        if self._unsaved and not self.safe:
            self._append([])

    def _close(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            file.close()
            delete(file.path)

    def stop(self) -> None:
        document = self.document
        document.stepped.disconnect(self._stepped)
        document.drafts_changed.disconnect(self._drafts)
        document.changed.disconnect(self._changed)
        document.path_changed.disconnect(self._tell_about)
        document.modified_changed.disconnect(self._modified)
        self.await_base()
        self._since, self._base = None, None
        self._close()


class _Story:
    """What was done to a document, taken down at one moment, to be told at another."""

    def __init__(self, document: Document) -> None:
        stack = document.undo_stack
        found = [stack.command(place) for place in range(stack.count())]
        self.changes = [
            _Told(Did(one.text(), one.edits, one.merge, one.time, apart=True), one.inverse)
            for one in found
            if isinstance(one, Change)
        ]
        self._index, self._clean = stack.index(), stack.cleanIndex()
        self._drafts = _drafts(document)

    def records(self) -> list[list[JSON]]:
        """The records that make the same undo history."""
        found: list[list[JSON]] = [["dirty"]] if self._clean < 0 else []
        for place, (did, _) in enumerate(self.changes):
            found += [["clean"]] if place == self._clean else []
            found.append(journal.did(did.time, did.label, did.edits, did.merge, did.apart))
        found += [["clean"]] if self._clean == len(self.changes) > 0 else []
        found += [["at", self._index]] if self._index < len(self.changes) else []
        found += [["drafts", self._drafts]] if self._drafts else []
        return found


class _Told(NamedTuple):
    did: Did
    inverse: list[Edit]


def _drafts(document: Document) -> dict[str, JSON]:
    return {key: [list(draft.ids), draft.field, draft.text, draft.reason] for key, draft in document.drafts.items()}
