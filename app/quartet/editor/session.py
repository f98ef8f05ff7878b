"""One open document with everything that belongs to it: its run, its canvas, its panels, its file on disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels import inspector, log, messages, outline, output, problems, run_bar, timeline, verdict
from quartet.editor.panels.panel import Panel
from quartet.editor.runner import Runner
from quartet.editor.settings import Settings


class Session(QObject):
    """A tab of the window. The window shows the parts of the session that is in front."""

    retitled = Signal()
    """Its name, its path, or whether it is modified."""

    def __init__(self, document: Document, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self.document = document
        document.setParent(self)
        self.suggested: Path | None = None
        """Where Save as begins for a document without a file: beside what it was imported from."""
        self.live = Live(self)
        self.runner = Runner(document, self.live, settings, window)
        self.canvas = Canvas(document, self.live)
        self.run_bar = run_bar.build(document, self.live, self.runner)
        self.page = QWidget()
        """The canvas with what is said about the run under it."""
        column = QVBoxLayout(self.page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.canvas, 1)
        column.addWidget(self.run_bar)
        self.panels: dict[str, Panel] = {
            "inspector": inspector.build(document),
            "verdict": verdict.build(document),
            "outline": outline.build(document, self.live),
            "problems": problems.build(document, self.runner),
            "timeline": timeline.build(document, self.live),
            "messages": messages.build(document, self.live),
            "log": log.build(document, self.live),
            "output": output.build(document, self.live),
        }
        document.path_changed.connect(self.retitled)
        document.modified_changed.connect(self.retitled)
        document.changed.connect(self._changed)
        self._title = document.title

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
        for widget in (self.page, *self.panels.values()):
            widget.deleteLater()
        self.deleteLater()
