"""The tour, offered on the welcome page to somebody who has not seen it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from quartet.editor.plain_text import plain_label


class TourOffer(QFrame):
    """Two lines and two buttons."""

    taken = Signal()
    refused = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(plain_label("New here?", "title"))
        text = "Three minutes with a drawing of your own: draw, read the verdict, watch it run, fail, and mend it."
        words.addWidget(plain_label(text, "soft", wrap=True))
        row.addLayout(words, 1)
        self.take = QPushButton("Take the tour")
        self.refuse = QPushButton("Not now")
        self.refuse.setProperty("look", "quiet")
        self.refuse.setToolTip("It stays in the Help menu")
        row.addWidget(self.refuse)
        row.addWidget(self.take)
        self.take.clicked.connect(self.taken)
        self.refuse.clicked.connect(self.refused)
