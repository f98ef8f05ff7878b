"""What a person does with the kept runs of one tab: shows, resumes, exports and deletes them, runs them again.

Journals are read in a thread, with progress in the Runs panel; everything that starts a run passes the runner.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QBoxLayout

from quartet.editor import dialogs, fork_words
from quartet.editor.background import Background
from quartet.editor.dialogs import Choice
from quartet.editor.document import Document
from quartet.editor.kept_run import KeptRun, is_of, moment, read
from quartet.editor.panels.interrupted_bar import InterruptedBar
from quartet.editor.panels.runs import Runs
from quartet.engine.fork import Fork, prepare
from quartet.engine.journal import Recorded
from quartet.engine.journal.shelf import Shelf
from quartet.engine.journal.store import readable
from quartet.engine.journal.summary import Summary, summary_of
from quartet.graph.files import write_atomically

if TYPE_CHECKING:
    from quartet.editor.panels.panel import Panel
    from quartet.editor.session import Session
    from quartet.editor.window import Window

LOOK_AFTER = 300
"""Milliseconds after a graph was opened before it is looked for an interrupted run: the drawing comes first."""


class History(QObject):
    """The kept runs of one session, and the bar that offers an interrupted one."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(session)
        self._window, self._session = window, session
        self._runner, self._live = session.runner, session.live
        self._reading = Background(self)
        self._looking = Background(self)
        self._doing = Background(self)
        self.panel: Runs | None = None
        self.bar = InterruptedBar()
        column = session.page.layout()
        assert isinstance(column, QBoxLayout), "the page of a session is a column"
        column.insertWidget(0, self.bar)
        self.bar.show_requested.connect(self.show)
        self.bar.resume_requested.connect(self.resume)
        session.panel_built.connect(self._panel_built)
        session.run_bar.drawing_requested.connect(self._show_own_drawing)
        session.run_bar.resume_requested.connect(self._resume_own)
        self._live.again_requested.connect(self._again_from)
        self._runner.changed.connect(self._follow)
        session.document.path_changed.connect(self._look_soon)
        self._timer = QTimer(self, singleShot=True, interval=LOOK_AFTER)
        self._timer.timeout.connect(self._look)
        self._look_soon()

    def _panel_built(self, name: str, panel: Panel) -> None:
        if not isinstance(panel, Runs):
            return
        self.panel = panel
        panel.show_requested.connect(self.show)
        panel.resume_requested.connect(self.resume)
        panel.drawing_requested.connect(lambda run: self._read(run.path, self._open_drawing))
        panel.again_requested.connect(lambda run: self.again(run.path))
        panel.export_requested.connect(self._ask_target)
        panel.delete_requested.connect(self._ask_delete)
        panel.failed.connect(self._window.say)

    # ------------------------------------------------------------------ one that was interrupted

    def _look_soon(self) -> None:
        if self._session.document.path is not None and Shelf().folder.is_dir():
            self._timer.start()

    def _look(self) -> None:
        """Look whether the latest run of this graph can be gone on with."""
        document, shelf = self._session.document, Shelf()
        path, name = document.path, document.graph.name or document.title

        def latest(told: Callable[[float], None]) -> Summary | None:
            found = shelf.latest(name)
            run = None if found is None else summary_of(found)
            return run if run is not None and run.resumable and is_of(run, path, name) else None

        self._looking.do(latest, self._offer, lambda error: None)

    def _offer(self, run: Summary | None) -> None:
        if run is not None and not self._runner.running and self._live.present is None:
            self.bar.offer(run)

    def _follow(self) -> None:
        record = self._runner.record
        if self._runner.running or (self.bar.run is not None and record is not None and record.id == self.bar.run.id):
            self._looking.give_up()
            self.bar.put_away()

    # ------------------------------------------------------------------ showing and resuming

    def show(self, run: Summary) -> None:
        """Show a run on the canvas of its graph; of another graph in a tab of that."""
        if self._runner.running:
            self._window.say("A run of this graph is under way: stop it, or let it end, to look at another one.")
            return
        document = self._session.document
        if is_of(run, document.path, document.graph.name or document.title):
            self._read(run.path, self._runner.kept.show)
        else:
            self._read(run.path, self._show_elsewhere)

    def _show_elsewhere(self, kept: KeptRun) -> None:
        """A run of another graph: where it or that is open already, else with the drawing that ran."""
        if self._showing(kept) is not None:
            return
        file = kept.header.settings.get("file")
        for session in self._window.sessions:
            if file is not None and str(session.document.path) == file and not session.runner.running:
                self._window.show_session(session)
                session.runner.kept.show(kept)
                return
        self._open_drawing(kept)

    def resume(self, run: Summary) -> None:
        """Go on with a run, here if it is one of this graph, else with the drawing that ran."""
        document = self._session.document
        if self._runner.running:
            self._window.say("A run of this graph is under way: stop it, or let it end, to go on with another one.")
        elif is_of(run, document.path, document.graph.name or document.title):
            self._read(run.path, self._resume)
        else:
            self._read(
                run.path, lambda kept: (self._showing(kept) or self._open_drawing(kept)).runner.kept.resume(kept)
            )

    def _resume(self, kept: KeptRun) -> None:
        if not kept.resumable:
            self._window.say("That run has ended, or another program goes on with it.")
            return
        if kept.damage:
            self._window.say(f"{kept.damage} The run goes on from what stands before that.")
        self._runner.kept.resume(kept)

    def _showing(self, kept: KeptRun, *, drawing: bool = False) -> Session | None:
        """The other tab that shows this run already, brought to the front; `drawing`: with the drawing that ran."""
        for session in self._window.sessions:
            record = session.runner.record
            if record is None or record.id != kept.record.id or session is self._session:
                continue
            if not drawing or session.document.path is None:
                self._window.show_session(session)
                return session
        return None

    def _open_drawing(self, kept: KeptRun) -> Session:
        """Show the drawing that ran in a tab of its own, with the run."""
        shown = self._showing(kept, drawing=True)
        if shown is not None:
            return shown
        graph = kept.graph.model_copy(deep=True)
        graph.name = f"{graph.name or 'Drawing'} of {moment(kept.record.started)}"
        session = self._window.add(Document(graph))
        session.runner.kept.show(kept)
        return session

    def _show_own_drawing(self) -> None:
        if self._runner.record is not None:
            self._read(self._runner.record.path, self._open_drawing)

    def _resume_own(self) -> None:
        if self._runner.record is not None:
            self._read(self._runner.record.path, self._resume)

    def _read(self, path: Path, then: Callable[[KeptRun], object]) -> None:
        def take(kept: KeptRun) -> None:
            self._progress(None)
            then(kept)

        self._progress(0.0)
        self._reading.do(lambda told: read(path, told), take, self._unreadable, self._progress)

    def _progress(self, share: float | None) -> None:
        if self.panel is not None:
            self.panel.show_progress(share)

    def _unreadable(self, error: Exception) -> None:
        self._progress(None)
        dialogs.tell(self._window, "That run cannot be read", str(error))

    # ------------------------------------------------------------------ again

    def _again_from(self, seq: int, agent: str | None) -> None:
        if self._runner.record is not None:
            self.again(self._runner.record.path, seq, agent)

    def again(self, path: Path, at: int | None = None, agent: str | None = None) -> None:
        """Ask how a run is to be run again from an event (None: its end), and do it."""
        if self._runner.running:
            self._window.say("A run of this graph is under way: stop it, or let it end, to run another one again.")
            return

        def ask(fork: Fork) -> None:
            from quartet.editor.fork_dialog import ForkDialog

            self._progress(None)
            ForkDialog(self._window, fork, self._session.document.graph, self._start_again, agent=agent).open()

        self._progress(0.0)
        self._reading.do(lambda told: prepare(path, at=at), ask, self._unreadable)

    def _start_again(self, fork: Fork) -> None:
        self._runner.kept.again(fork, lambda: fork_words.outcome(fork))

    # ------------------------------------------------------------------ away

    def _ask_target(self, run: Summary, suffix: str) -> None:
        kinds = {".run": "Runs (*.run)", ".jsonl": "JSON lines (*.jsonl)"}
        suggested = self._window.settings.folder / f"{run.path.stem}{suffix}"

        def write(target: Path) -> None:
            self._doing.do(
                lambda told: export(run.path, target, told),
                lambda _: self._window.say(f"Exported to {target}"),
                lambda error: dialogs.tell(self._window, f"“{target.name}” could not be written", str(error)),
            )

        dialogs.choose_target(self._window, "Export the run", suggested, kinds[suffix], suffix, write)

    def _ask_delete(self, runs: list[Summary]) -> None:
        one = len(runs) == 1
        which = f"the run of {moment(runs[0].started)}" if one else f"{len(runs):,} runs"
        text = f"What happened in {'it' if one else 'them'} cannot be shown again. The drawing stays."
        if any(run.resumable for run in runs):
            text += " It can no longer be gone on with." if one else " Some of them could still be gone on with."
        ids = {run.id for run in runs}
        everything = self.panel.everything if self.panel is not None else []
        if any(run.parent in ids and run.resumable and run.id not in ids for run in everything):
            text += " A run that was run again from it, and did not end, then has to do everything anew."

        def answered(key: str) -> None:
            if key == "delete":
                self._doing.do(lambda told: remove([run.path for run in runs]), self._gone, self._gone)

        dialogs.ask(
            self._window,
            f"Delete {which}?",
            text,
            [Choice("delete", "Delete", "danger"), Choice("cancel", "Cancel", "escape")],
            answered,
            tone="warning",
        )

    def _gone(self, problem: object) -> None:
        if isinstance(problem, Exception):
            self._window.say(f"Not all of it could be deleted: {problem}")
        if self.panel is not None:
            self.panel.refresh()


def remove(paths: list[Path]) -> None:
    """Throw runs out.

    Raises:
        OSError: one cannot be removed; those after it stay.
    """
    for path in paths:
        Shelf(path.parent).remove(path)


def export(source: Path, target: Path, told: Callable[[float], None] = lambda share: None) -> None:
    """Write a run to another file: all of it (`.run`), or its events as JSON lines.

    Raises:
        JournalError, FileProblem, OSError: it cannot be read or written.
    """
    if target.suffix == ".jsonl":
        with Recorded.open(source) as recorded:
            total = max(1, recorded.count)
            lines: list[str] = []
            for batch in recorded.batches():
                lines += [json.dumps(event.as_json(), ensure_ascii=False) + "\n" for event in batch.events]
                told(batch.n / total)
        write_atomically("".join(lines).encode(), target)
        return
    if target.resolve() == source.resolve():
        raise OSError("That is the run itself.")
    target.unlink(missing_ok=True)
    reading = readable(source)
    try:
        writing = sqlite3.connect(target)
        try:
            reading.backup(writing)
        finally:
            writing.close()
    except sqlite3.Error as problem:
        target.unlink(missing_ok=True)
        raise OSError(f"It cannot be copied: {problem}.") from problem
    finally:
        reading.close()
