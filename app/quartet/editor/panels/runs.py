"""The kept runs of a graph, or of all: shown again with a click, gone on with, pinned, exported, thrown away."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from quartet.editor import icons
from quartet.editor.background import Background
from quartet.editor.document import Document
from quartet.editor.kept_run import is_of, moment
from quartet.editor.panels.panel import EmptyPage, Pages, Panel
from quartet.editor.panels.runs_model import RunsModel, size_in_words
from quartet.editor.panels.runs_table import RunsTable
from quartet.editor.plain_text import plain_label, tip
from quartet.editor.runner import Runner
from quartet.engine.journal.shelf import Policy, Shelf
from quartet.engine.journal.summary import Summary, size_of


class Runs(Panel):
    """What is on the shelf. It looks there when it is seen and when a run begins or ends, and at no other time."""

    show_requested = Signal(object)
    """Show this run (a Summary) on the canvas."""
    resume_requested = Signal(object)
    drawing_requested = Signal(object)
    """Show the drawing of this run in a tab of its own."""
    again_requested = Signal(object)
    """Run this run again, with changes."""
    export_requested = Signal(object, str)
    """(Summary, `.run` or `.jsonl`)"""
    delete_requested = Signal(object)
    """Throw these runs (a list of Summary) away, if the person really wants that."""
    failed = Signal(str)
    """Something could not be done; why."""

    def __init__(self, document: Document, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__("Runs", "history", parent)
        self.document, self.runner = document, runner
        self.model = RunsModel(self)
        self.table = RunsTable(self.model)
        self.table.setAccessibleName("Kept runs")
        self._shelved: list[Summary] = []
        self._background = Background(self)
        self._fresh = self._listed = False
        self._was_running = self._was_paused = False
        self._problem = ""
        self._own: Path | None = None

        self.all_graphs = QCheckBox("Of all graphs")
        self.told = plain_label(look="tiny")
        self.reading = QProgressBar()
        self.reading.setRange(0, 100)
        self.reading.setTextVisible(False)
        self.reading.setFixedWidth(96)
        self.reading.setAccessibleName("Reading the run")
        self.reading.hide()
        self.resume = QPushButton("Resume")
        self.resume.setProperty("look", "primary")
        self.resume.setToolTip("Go on with the run: nothing that succeeded is done again")
        top = QHBoxLayout()
        top.setContentsMargins(12, 4, 12, 4)
        top.setSpacing(12)
        top.addWidget(self.all_graphs)
        top.addWidget(self.told, 1)
        top.addWidget(self.reading)
        top.addWidget(self.resume)
        top.addStrut(self.resume.sizeHint().height())  # rows do not jump when the button comes
        self.pages = Pages(self.table, EmptyPage("history", "", ""))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)

        self.all_graphs.toggled.connect(self._list)
        self.table.clicked.connect(lambda index: self._clicked(index.row()))
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.table.customContextMenuRequested.connect(self._menu)
        self.resume.clicked.connect(lambda: self._with_one(self.resume_requested.emit))
        runner.changed.connect(self._follow)
        runner.live.changed.connect(self._notice)
        document.path_changed.connect(self._list)
        self._list()

    # ------------------------------------------------------------------ what there is

    def seen(self) -> None:
        """The panel came to the front: runs of other programs may have come and gone."""
        self.refresh()

    def refresh(self) -> None:
        """Look at the shelf, in a thread."""
        self._fresh = True
        shelf, record = Shelf(), self.runner.record
        # what runs in this window is known, and reading its journal again and again would cost the run
        besides = {record.path} if record is not None and self.runner.running else set()
        self._background.do(lambda told: shelf.runs(besides=besides), self._take, lambda error: self._fail(error))

    def _fail(self, error: Exception) -> None:
        self._problem = f"The folder of the kept runs cannot be read: {error}"
        self._list()

    def _take(self, runs: list[Summary]) -> None:
        self._shelved, self._listed, self._problem = runs, True, ""
        self._list()

    @property
    def everything(self) -> list[Summary]:
        """All kept runs, of whichever graph; first the one that is under way here."""
        own = under_way(self.runner)
        return self._shelved if own is None else [own, *(run for run in self._shelved if run.path != own.path)]

    def _notice(self, *_: object) -> None:
        """Whether the run that is under way has paused, or goes on, is seen at once; nothing else of it is."""
        state = self.runner.live.present
        paused = state is not None and state.status == "paused"
        if paused != self._was_paused:
            self._was_paused = paused
            self._list()

    def _follow(self) -> None:
        """A run began or ended, or another one is shown."""
        running, record = self.runner.running, self.runner.record
        self.model.set_shown(None if record is None else record.id)
        own = under_way(self.runner)
        path = None if own is None else own.path
        if path != self._own:  # a run has begun a moment after it was asked for, or has ended
            self._own = path
            self._list()
            if own is not None:
                self.table.scrollToTop()
        if running != self._was_running:
            self._was_running = running
            if self.isVisible():
                self.refresh()
            else:
                self._fresh = False
        self._chosen()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        if not self._fresh:
            self.refresh()

    def _list(self, *_: object) -> None:
        path, name = self.document.path, self.document.graph.name or self.document.title
        everyone = self.all_graphs.isChecked()
        everything = self.everything
        found = [run for run in everything if everyone or is_of(run, path, name) or self._is_own(run)]
        chosen = {self.model.runs[row].path for row in self.table.chosen()}
        self.model.set_runs(found, named=everyone)
        record = self.runner.record
        self.model.set_shown(None if record is None else record.id)
        for row, run in enumerate(found):
            if run.path in chosen:
                self.table.selectionModel().select(
                    self.model.index(row, 0),
                    self.table.selectionModel().SelectionFlag.Select | self.table.selectionModel().SelectionFlag.Rows,
                )
        self.pages.show_content(bool(found))
        self._say_empty()
        self._tell(found)
        self.set_count(len(found))
        self._chosen()

    def _is_own(self, run: Summary) -> bool:
        return self.runner.record is not None and run.path == self.runner.record.path

    def _say_empty(self) -> None:
        empty = self.pages.empty
        assert isinstance(empty, EmptyPage)
        if self._problem:
            empty.say("circle-alert", "Kept runs cannot be listed", self._problem, "failed")
        elif not self._listed:
            empty.say("history", "Looking…", "")
        elif not self.runner.keeps:
            empty.say("history", "No run is kept", "Keeping runs is switched off: Run > Keep Runs switches it on.")
        elif self.everything:
            empty.say("history", "This graph has no kept runs", "“Of all graphs” shows those of other graphs.")
        else:
            empty.say(
                "history", "No run is kept yet", "Every real run is kept here: shown again, gone on with, run again."
            )

    def _tell(self, found: list[Summary]) -> None:
        if not found:
            self.told.setText("")
            return
        total = sum(run.size for run in self.everything)
        number = f"{len(found):,} run{'' if len(found) == 1 else 's'}"
        if len(found) < len(self.everything):
            number += f" of {len(self.everything):,}"
        self.told.setText(f"{number} · {size_in_words(total)} in all · {kept_for()}")
        self.told.setToolTip(
            tip(
                "Old runs make room when a run ends. Pinned ones stay, and those that can be resumed, that go on, or "
                f"that a kept run was run again from.\nThey stand in {Shelf().folder}."
            )
        )

    # ------------------------------------------------------------------ what is chosen

    def chosen(self) -> list[Summary]:
        """The runs that are selected."""
        return [self.model.runs[row] for row in self.table.chosen()]

    def _with_one(self, act: Callable[[Summary], object]) -> None:
        chosen = self.chosen()
        if len(chosen) == 1:
            act(chosen[0])

    def _chosen(self, *_: object) -> None:
        chosen = self.chosen()
        # of the run that is shown the run bar has the button
        self.resume.setVisible(len(chosen) == 1 and chosen[0].resumable and chosen[0].id != self.model.shown)
        self.resume.setEnabled(not self.runner.running)

    def _clicked(self, row: int) -> None:
        if len(self.table.chosen()) == 1:
            self._show(self.model.runs[row])

    def _show(self, run: Summary) -> None:
        record = self.runner.record
        if run.id and (record is None or record.id != run.id):
            self.show_requested.emit(run)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._with_one(self._show)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._deletable(self.chosen()):
            self.delete_requested.emit(self.chosen())
        else:
            super().keyPressEvent(event)

    def show_progress(self, share: float | None) -> None:
        """How much of a run is read, 0 to 1; None: nothing is being read."""
        self.reading.setVisible(share is not None)
        self.reading.setValue(round(100 * (share or 0.0)))

    # ------------------------------------------------------------------ the menu

    def _menu(self, at: QPoint) -> None:
        chosen = self.chosen()
        if chosen and self.table.indexAt(at).isValid():
            menu = self.menu_for(chosen)
            menu.popup(self.table.viewport().mapToGlobal(at))

    def row_menu(self) -> QMenu | None:
        chosen = self.chosen()
        return self.menu_for(chosen) if chosen else None

    def menu_for(self, chosen: list[Summary]) -> QMenu:
        """What can be done with these runs."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        if len(chosen) == 1:
            self._of_one(menu, chosen[0])
        pinned = all(run.pinned for run in chosen)
        pin = menu.addAction(icons.icon("pin"), "Keep only as long as others" if pinned else "Keep for good")
        pin.triggered.connect(lambda: self.pin(chosen, pin=not pinned))
        menu.addSeparator()
        delete = menu.addAction(icons.icon("trash-2"), "Delete…")
        delete.triggered.connect(lambda: self.delete_requested.emit(chosen))
        delete.setEnabled(self._deletable(chosen))
        if not delete.isEnabled():
            delete.setToolTip("A run that goes on cannot be deleted; a file that cannot be read may be somebody's.")
        return menu

    def _of_one(self, menu: QMenu, run: Summary) -> None:
        readable, busy = bool(run.id), self.runner.running
        entries: tuple[tuple[str, str, Callable[[], object], bool], ...] = (
            ("eye", "Show this run", lambda: self._show(run), readable and not busy),
            ("play", "Resume", lambda: self.resume_requested.emit(run), run.resumable and not busy),
            ("git-fork", "Run again, with changes…", lambda: self.again_requested.emit(run), readable and not busy),
            ("workflow", "Show the drawing that ran", lambda: self.drawing_requested.emit(run), readable),
        )
        for icon, text, does, possible in entries:
            if text == "Resume" and not run.resumable:
                continue
            action = menu.addAction(icons.icon(icon), text)
            action.triggered.connect(lambda _=False, does=does: does())
            action.setEnabled(possible)
        menu.addSeparator()
        copy = menu.addAction(icons.icon("copy"), "Copy its id")
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(run.id))
        copy.setEnabled(readable)
        reveal = menu.addAction(icons.icon("folder-open"), "Open its folder")
        reveal.triggered.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.path.parent))))
        export = menu.addMenu(icons.icon("save"), "Export")
        export.setEnabled(readable)
        for suffix, text in ((".run", "The whole run…"), (".jsonl", "Its events as JSON lines…")):
            entry = export.addAction(text)
            entry.triggered.connect(lambda _=False, suffix=suffix: self.export_requested.emit(run, suffix))
        menu.addSeparator()

    @staticmethod
    def _deletable(chosen: list[Summary]) -> bool:
        return bool(chosen) and all(run.id and not run.carried for run in chosen)

    def pin(self, runs: list[Summary], *, pin: bool) -> None:
        """Keep runs whatever their age, or let them go when their time has come."""
        shelf = Shelf()
        try:
            for run in runs:
                shelf.pin(run.path) if pin else shelf.unpin(run.path)
        except OSError as problem:
            self.failed.emit(f"That cannot be noted: {problem.strerror or problem}")
        self.refresh()


def under_way(runner: Runner) -> Summary | None:
    """The kept run that this tab carries, without a look at its journal; None: there is none."""
    record, state, graph = runner.record, runner.live.present, runner.live.snapshot
    if record is None or not runner.running or state is None or graph is None:
        return None
    return Summary(
        record.path, record.id, graph.name, "paused" if state.status == "paused" else "running", record.started,
        runner.live.clock_now(), len(graph.agents), state.seq, state.cost, state.tokens, size_of(record.path),
        runner.live.rehearsal, record.parent, False, True, None,
    )  # fmt: skip


def kept_for() -> str:
    """When runs are thrown out, in a few words."""
    try:
        policy = Policy.of(os.environ)
    except ValueError as problem:
        return str(problem)
    days, megabytes = policy
    if days is None and megabytes is None:
        return "kept for ever"
    age = "" if days is None else f"{days:g} day{'' if days == 1 else 's'}"
    size = "" if megabytes is None else f"up to {size_in_words(round(megabytes * 1_000_000)).replace('.0 ', ' ')}"
    return "kept " + ", ".join(filter(None, [f"for {age}" if age else "", size]))


def in_words(run: Summary) -> str:
    """A run by when it began, for a question about it: “the run of 14:03”."""
    return f"the run of {moment(run.started)}"


def build(document: Document, runner: Runner, parent: QWidget | None = None) -> Runs:
    """The runs panel of a document."""
    return Runs(document, runner, parent)
