"""What an agent asks a person: calmly in its place, never in front of anything, with the answer right under it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from quartet.editor import icons, theme
from quartet.editor.plain_text import caption, plain_label
from quartet.editor.question import Question
from quartet.editor.run_dialogs import parse_input

TALL = 120
"""Pixels that a long question takes: it scrolls."""
LONG, MANY = 700, 6
"""Characters and line ends from which on a question is long."""
FEW = 5
"""Choices that are buttons; more are typed."""


class _Answer(QPlainTextEdit):
    sent = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sent.emit()
            return
        super().keyPressEvent(event)


class QuestionCard(QFrame):
    """One question with its choices as buttons, or a field for the answer (Enter sends it)."""

    answered = Signal(str, object)
    """(agent id, the answer)"""
    shown = Signal(str)
    """A person wants to see the agent that asks."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question = question
        self.setProperty("look", "card")
        self.setAccessibleName(f"{question.name} asks: {question.prompt}")
        picture = QLabel()
        picture.setPixmap(icons.pixmap("hand", theme.current().text("warning"), 16))
        self.name = QPushButton(caption(f"{question.name} asks"))
        self.name.setProperty("look", "link")
        self.name.clicked.connect(lambda: self.shown.emit(question.agent))
        prompt = question.prompt
        if question.choices:
            prompt = prompt.rsplit("\n\nChoose: ", 1)[0]  # the choices are buttons here
        self.prompt = plain_label(prompt, wrap=True)
        self.prompt.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(picture)
        head.addWidget(self.name)
        head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._scrolling() if len(prompt) > LONG or prompt.count("\n") > MANY else self.prompt)
        self.buttons: list[QPushButton] = []
        self.field: _Answer | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        if 0 < len(question.choices) <= FEW:
            for choice in question.choices:
                button = QPushButton(caption(choice))
                button.clicked.connect(lambda _, choice=choice: self.answered.emit(question.agent, choice))
                self.buttons.append(button)
                row.addWidget(button)
            row.addStretch(1)
        if question.free or not self.buttons:
            if self.buttons:
                layout.addLayout(row)
                row = QHBoxLayout()
                row.setSpacing(8)
            self.field = _Answer()
            hint = "Or its result. Enter sends it, Shift+Enter begins a line." if self.buttons else ""
            self.field.setPlaceholderText(
                hint or ", ".join(question.choices) or "Your answer. Enter sends it, Shift+Enter begins a line."
            )
            self.field.setAccessibleName("Your answer")
            # through the style sheet, whose own least height would win over setFixedHeight
            height = 2 * self.field.fontMetrics().lineSpacing() + 4
            self.field.setStyleSheet(f"QPlainTextEdit {{ min-height: {height}px; max-height: {height}px; }}")
            self.field.sent.connect(self._send)
            self.send = QPushButton("Answer")
            self.send.setProperty("look", "primary")
            self.send.clicked.connect(self._send)
            row.addWidget(self.field, 1)
            row.addWidget(self.send, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(row)

    def _scrolling(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidget(self.prompt)
        area.setWidgetResizable(True)
        area.setFixedHeight(TALL)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return area

    def _send(self) -> None:
        if self.field is None:
            return
        text = self.field.toPlainText().strip()
        # only what is plainly an object or a list counts as JSON: “7” or “true” are answers in words
        value = parse_input(text) if text[:1] in ("{", "[") else text
        self.answered.emit(self.question.agent, value)
