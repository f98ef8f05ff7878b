"""What is asked when a run cannot be kept: why, and whether to go on without its journal."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.plain_text import plain_label
from quartet.editor.runner_journal import Trouble


class TroubleCard(QFrame):
    """The journal of a run cannot be made, or not be written any more; the run waits for a decision."""

    unkept = Signal()
    """Run without keeping it."""
    again = Signal()
    """Try once more."""
    dropped = Signal()
    """Do not run, or stop."""

    def __init__(self, trouble: Trouble, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trouble = trouble
        fresh = trouble.start is not None
        self.setProperty("look", "card")
        what = "This run cannot be kept" if fresh else "The run cannot be kept any more"
        means = (
            "Nothing was started. A run that is not kept is lost when the program ends before it does, and cannot be "
            "shown or run again later."
            if fresh
            else "Nothing is lost so far; it waits. Without its journal it goes on, but ends with the program, and "
            "what happens from here on cannot be shown again."
        )
        why = trouble.text[:1].upper() + trouble.text[1:]
        self.text = plain_label(f"{why.rstrip('.')}. {means}", wrap=True)
        self.setAccessibleName(f"{what}. {self.text.text()}")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(6)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.picture = QLabel()
        title = QLabel(what)
        title.setProperty("look", "title")
        head.addWidget(self.picture)
        head.addWidget(title)
        head.addStretch(1)
        layout.addLayout(head)
        layout.addWidget(self.text)
        self.drop = QPushButton("Do not run" if fresh else "Stop the run")
        self.go_on = QPushButton("Run without keeping it" if fresh else "Go on without it")
        self.retry = QPushButton("Try again")
        self.retry.setProperty("look", "primary")
        self.drop.clicked.connect(self.dropped)
        self.go_on.clicked.connect(self.unkept)
        self.retry.clicked.connect(self.again)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.drop, self.go_on, self.retry):
            buttons.addWidget(button)
        layout.addLayout(buttons)
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.picture.setPixmap(icons.pixmap("triangle-alert", theme.current().text("warning"), 16))
