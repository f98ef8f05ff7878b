"""What somebody asked for in the guided questions: the drawing is held against it until it is forgotten."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from quartet.editor.document import Document
from quartet.editor.plain_text import plain_label
from quartet.patterns.guide import ASKS, advice, forget, intent
from quartet.patterns.tree import TITLES


class Asked(QWidget):
    """The answers that are kept with the graph, and what can be done about them. Hidden if there are none."""

    change_requested = Signal()
    """A person wants to answer the questions again."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.text = plain_label("", "soft", wrap=True)
        self.change = self._link("Answer again…", "The guided questions, with these answers marked")
        self.change.clicked.connect(self.change_requested)
        self.drop = self._link("Forget", "The drawing is no longer held against these answers")
        self.drop.setAccessibleName("Forget what was asked for")
        self.drop.clicked.connect(lambda: document.do("Forget what was asked for", [forget()]))
        links = QHBoxLayout()
        links.setSpacing(12)
        links.addWidget(self.change)
        links.addWidget(self.drop)
        links.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.text)
        column.addLayout(links)
        self.reread()

    def reread(self) -> None:
        """Take the answers of the document's graph anew."""
        answers = intent(self.document.graph)
        meant = advice(answers)
        self.setVisible(meant is not None)
        if meant is None:
            return
        self.text.setText(f"You asked for: {' › '.join(TITLES[pattern] for pattern in meant.patterns)}")
        told = [(ask.text, ask.chosen(answers.get(key))) for key, ask in ASKS.items()]
        lines = [f"{text} {option.text}." for text, option in told if option is not None]
        self.text.setToolTip("\n".join(lines))
        self.text.setAccessibleDescription(" ".join(lines))

    def _link(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("look", "link")
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.setToolTip(tip)
        return button
