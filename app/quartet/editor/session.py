"""One open document with everything that belongs to it: its run, its canvas, its panels, its file on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from quartet.editor.by_hand import Hands
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels import run_bar
from quartet.editor.panels.panel import Panel
from quartet.editor.runner import Runner
from quartet.editor.settings import Settings
from quartet.editor.side_by_side import Split

if TYPE_CHECKING:
    from quartet.editor.canvas.views import View
    from quartet.editor.levels import Levels
    from quartet.rules import Finding

PANELS = (
    "inspector",
    "problems",
    "verdict",
    "outline",
    "timeline",
    "messages",
    "log",
    "output",
    "whatif",
    "runs",
    "find",
    "history",
)
"""What a session has, in the order in which they are built."""


class Panels(dict[str, Panel]):
    """The panels of a session by name. One that is asked for before its turn has come is built at once."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def __missing__(self, name: str) -> Panel:
        self[name] = panel = self._session.build(name)
        self._session.panel_built.emit(name, panel)
        return panel


class Session(QObject):
    """A tab of the window. The window shows the parts of the session that is in front."""

    panel_built = Signal(str, object)
    """A panel is there: its name, and the Panel."""
    canvas_built = Signal(object)
    """There is a second canvas."""
    entered = Signal()
    """The keyboard came to a canvas of it."""
    retitled = Signal()
    """Its name, its path, or whether it is modified."""

    def __init__(self, document: Document, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self.document: Document = document
        document.setParent(self)
        self.suggested: Path | None = None
        """Where Save as begins for a document without a file: beside what it was imported from."""
        self.live = Live(self)
        self.runner = Runner(document, self.live, settings, window)
        self.levels: Levels
        """What is inside its sub-graphs; the window sets it."""
        self.problem: Finding | None = None
        """The finding that was gone to last."""
        self._settings, self._window = settings, window
        self._bookmarks: dict[int, View] = {}
        self.split = Split(self._new_canvas)
        """Its canvas, or two of them side by side."""
        self.split.entered.connect(self.entered)
        self.run_bar = run_bar.build(document, self.live, self.runner)
        self.page = QWidget()
        """The canvas with what is said about the run under it."""
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.split, 1)
        column.addWidget(self.run_bar)
        self.panels = Panels(self)
        # a panel that nobody sees yet must not keep the drawing waiting: they are built one by one after it is shown
        self._builder = QTimer(self, interval=0)
        self._builder.timeout.connect(self._build_next)
        self.runner.changed.connect(self._see_run)
        document.path_changed.connect(self.retitled)
        document.modified_changed.connect(self.retitled)
        document.changed.connect(self._changed)
        self._title = document.title

    @property
    def settings(self) -> Settings:
        """What the person prefers."""
        return self._settings

    def _new_canvas(self) -> Canvas:
        canvas = Canvas(self.document, self.live)
        canvas.hands = Hands(self.live, self.runner, self._window)
        canvas.views.attach(self._settings, self._bookmarks)
        self.canvas_built.emit(canvas)
        return canvas

    @property
    def root(self) -> Session:
        """The session of the file: itself, or that to which this level inside it belongs (`quartet.editor.levels`)."""
        return self

    @property
    def canvas(self) -> Canvas:
        """The one that had the keyboard last."""
        return self.split.front

    def build(self, name: str) -> Panel:
        """Make the panel of that name, one of `PANELS`. Its module is imported now: most are not needed at first."""
        document, live = self.document, self.live
        if name == "inspector":
            from quartet.editor.panels import inspector

            return inspector.build(document)
        if name == "problems":
            from quartet.editor.panels import problems

            return problems.build(document, self.runner)
        if name == "verdict":
            from quartet.editor.panels import verdict

            return verdict.build(document)
        if name == "outline":
            from quartet.editor.panels import outline

            return outline.build(document, live)
        if name == "timeline":
            from quartet.editor.panels import timeline

            return timeline.build(document, live)
        if name == "messages":
            from quartet.editor.panels import messages

            return messages.build(document, live)
        if name == "log":
            from quartet.editor.panels import log

            return log.build(document, live)
        if name == "whatif":
            from quartet.editor.panels import whatif

            return whatif.build(document)
        if name == "history":
            from quartet.editor.panels import undo_history

            return undo_history.build(document, live, self.runner)
        if name == "find":
            from quartet.editor.panels import find

            panel = find.build(document, live)
            panel.look_from(self.levels.here.document, self.levels.here.live)
            self.levels.shown.connect(lambda here: panel.look_from(here.document, here.live))
            panel.left.connect(lambda: self.levels.here.canvas.setFocus())
            return panel
        if name == "runs":
            from quartet.editor.panels import runs

            return runs.build(document, self.runner)
        from quartet.editor.panels import output

        return output.build(document, live)

    def build_soon(self) -> None:
        """Build the panels that are not there yet, one at a time, so that painting and typing come first."""
        self._builder.start()

    def _build_next(self) -> None:
        for name in PANELS:
            if name not in self.panels:
                self.panels[name]
                return
        self._builder.stop()

    def _see_run(self) -> None:
        """A run is about to begin: every panel follows it from its first event."""
        if self.runner.running:
            for name in PANELS:
                self.panels[name]

    def _changed(self, _: object) -> None:
        if self.document.title != self._title:
            self._title = self.document.title
            self.retitled.emit()

    @property
    def title(self) -> str:
        return self.document.title

    def close(self) -> None:
        """Take everything down; the run was stopped before."""
        self.document.close()
        self._builder.stop()
        for widget in (self.page, *self.panels.values()):
            widget.deleteLater()
        self.deleteLater()
