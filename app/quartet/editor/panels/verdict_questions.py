"""The decision framework's questions with the answers the drawing gave; the one that settled it stands out."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from quartet.editor import tabbing, theme
from quartet.editor.panels.lighting import by_key
from quartet.editor.plain_text import plain_label
from quartet.patterns.tree import Question

CIRCLE = 20


class QuestionRow(QWidget):
    """One question. Pointing at it lights its evidence up; a click keeps it lit."""

    pointed = Signal(object, bool)
    """(question, whether the pointer is on it)"""
    pressed = Signal(object)

    def __init__(
        self, number: int, question: Question, pattern: str, state: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.number, self.question, self.pattern = number, question, pattern
        self.state = state
        """“settled” for the one that decided, “passed” before it, “beyond” after it (never asked)."""
        self.kept = False
        self._over = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if question.edges else Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.text = plain_label(question.text)
        self.answer = QLabel()
        for label in (self.text, self.answer):
            label.setWordWrap(True)
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8 + CIRCLE + 8, 8, 4, 8)
        layout.setSpacing(2)
        layout.addWidget(self.text)
        layout.addWidget(self.answer)
        self.setAccessibleName(f"{number}. {question.text} {question.answer}. {question.note}")
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        now = theme.current()
        settled = self.state == "settled"
        color = now.pattern_text(self.pattern) if settled else now.soft
        said = f"<span style='font-weight:600; color:{color.name()}'>{escape(self.question.answer)}</span>"
        if self.question.note:
            said += f"&nbsp; <span style='color:{now.soft.name()}'>{escape(self.question.note)}</span>"
        self.text.setStyleSheet(f"color: {(now.soft if self.state == 'beyond' else now.ink).name()}")
        self.answer.setText(said)
        self.answer.setFont(theme.font(theme.SMALL))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        settled = self.state == "settled"
        if settled or self._over or self.kept:
            ground = now.tint(self.pattern, 0.09 if not now.dark else 0.16, "panel") if settled else now.hover
            quiet = QPen(now.outline, 1) if now.strong else QPen(Qt.PenStyle.NoPen)
            painter.setPen(now.ring if self.kept or self.hasFocus() else quiet)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        elif self.hasFocus():
            painter.setPen(now.ring)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        circle = QRectF(8, 8, CIRCLE, CIRCLE)
        color = now.pattern(self.pattern)
        painter.setPen(Qt.PenStyle.NoPen if settled else QPen(now.outline, 1))
        painter.setBrush(color if settled else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setFont(theme.font(theme.TINY, QFont.Weight.DemiBold))
        painter.setPen(now.on_accent if settled else now.soft)
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self.number))
        painter.end()

    @property
    def lit(self) -> bool:
        """Whether it is pointed at, or has the keyboard."""
        return self._over or self.hasFocus()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._point(True)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if by_key(event):
            self.pointed.emit(self.question, True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.pointed.emit(self.question, self._over)

    def _point(self, on: bool) -> None:
        self._over = on
        self.update()
        self.pointed.emit(self.question, on)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self.question)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit(self.question)
        else:
            super().keyPressEvent(event)


class Questions(QWidget):
    """The questions of one part of the tree."""

    lit = Signal(object)
    """The question whose evidence is to be lit up, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[QuestionRow] = []
        self.kept: Question | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(2)

    def show_questions(self, questions: tuple[Question, ...], chosen: int, pattern: str) -> None:
        """Show these questions, the one at `chosen` as the one that settled it."""
        told = [(row.question, row.state, row.pattern) for row in self.rows]
        states = ["settled" if i == chosen else "passed" if i < chosen else "beyond" for i in range(len(questions))]
        if told == [(question, state, pattern) for question, state in zip(questions, states, strict=True)]:
            return
        if self.kept is not None or any(row.lit for row in self.rows):
            self.kept = None
            self.lit.emit(None)  # what was lit up was about another verdict
        before, self.rows = self.rows, []
        for number, (question, state) in enumerate(zip(questions, states, strict=True), 1):
            row = QuestionRow(number, question, pattern, state)
            row.pointed.connect(self._point)
            row.pressed.connect(self._press)
            self.rows.append(row)
            self._box.addWidget(row)
        tabbing.retire(before, self.rows)

    def _point(self, question: Question, on: bool) -> None:
        self.lit.emit(question if on else self.kept)

    def _press(self, question: Question) -> None:
        self.kept = None if self.kept is question else question
        for row in self.rows:
            row.kept = row.question is self.kept
            row.update()
        self.lit.emit(self.kept)
