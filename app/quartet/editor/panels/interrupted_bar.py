"""A quiet bar over the drawing: its latest run was interrupted, and can be gone on with."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from quartet.editor import icons, theme
from quartet.editor.kept_run import moment
from quartet.editor.plain_text import plain_label
from quartet.editor.value_words import seconds
from quartet.engine.journal.summary import Summary


class InterruptedBar(QFrame):
    """“The run of 14:03 was interrupted after 2:10.” Resume, Show, Not now."""

    resume_requested = Signal(object)
    show_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run: Summary | None = None
        self.setObjectName("interrupted")
        self.setStyleSheet("QFrame#interrupted { border: none; }")
        self._picture = QLabel()
        self.text = plain_label()
        self.resume = QPushButton("Resume")
        self.resume.setProperty("look", "primary")
        self.resume.setToolTip("Go on with the run: nothing that succeeded is done again")
        self.look = QPushButton("Show")
        self.look.setToolTip("Show how far it came")
        self.later = QPushButton("Not now")
        self.later.setProperty("look", "quiet")
        self.later.setToolTip("The run stays in the Runs panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(self._picture)
        row.addWidget(self.text, 1)
        for button in (self.resume, self.look, self.later):
            row.addWidget(button)
        self.resume.clicked.connect(lambda: self.resume_requested.emit(self.run))
        self.look.clicked.connect(lambda: self.show_requested.emit(self.run))
        self.later.clicked.connect(self.put_away)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def _dress(self) -> None:
        self._picture.setPixmap(icons.pixmap("zap", theme.current().text("warning"), 16))

    def offer(self, run: Summary) -> None:
        """Offer to go on with this run."""
        self.run = run
        how = "was left" if run.state == "paused" else "was interrupted"
        self.text.setText(f"The run of {moment(run.started)} {how} after {seconds(run.seconds)}.")
        self.setAccessibleName(self.text.text())
        self.show()

    def put_away(self) -> None:
        """Offer it no more."""
        self.run = None
        self.hide()
