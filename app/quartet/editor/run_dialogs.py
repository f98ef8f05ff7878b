"""What a person is asked before a run: its input, and leave to run what the drawing would run on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
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

JSON = Any


def parse_input(text: str) -> JSON:
    """What a person typed as the input of a run: JSON where it is an object, a list, a number, …; else text."""
    stripped = text.strip()
    if not stripped:
        return None
    try:
        return json.loads(stripped)
    except ValueError:
        return text


def show_input(value: JSON) -> str:
    """An input as it is edited: text as it is, everything else as indented JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        # a text that would be read as JSON is shown in quotation marks, so that it stays a text
        return value if parse_input(value) == value else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, indent=2)


class RunDialog(QDialog):
    """A sheet over the window: an icon, a title, what it means, content, and buttons that are verbs."""

    def __init__(self, parent: QWidget | None, icon: str, tone: str, title: str, text: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowModality(Qt.WindowModality.WindowModal if parent else Qt.WindowModality.ApplicationModal)
        self.setWindowTitle("Quartet")
        self.setMinimumWidth(520)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(24, 20, 24, 20)
        self.box.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        picture = QLabel()
        picture.setPixmap(icons.pixmap(icon, theme.current().color(tone), 20))
        head.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        heading = plain_label(title, "title", wrap=True)
        words.addWidget(heading)
        if text:
            self.explanation = plain_label(text, "soft", wrap=True)
            words.addWidget(self.explanation)
        head.addLayout(words, 1)
        self.box.addLayout(head)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)

    def button(self, label: str, act: Callable[[], object], look: str = "", *, default: bool = False) -> QPushButton:
        """Add a button; the first is the leftmost."""
        button = QPushButton(label)
        if look:
            button.setProperty("look", look)
        button.setAutoDefault(default)
        button.setDefault(default)
        button.clicked.connect(act)
        self._buttons.addWidget(button)
        return button

    def finish_layout(self) -> None:
        """Put the row of buttons under everything else."""
        self.box.addLayout(self._buttons)


class InputDialog(RunDialog):
    """Asks for a run's input: several lines of text, or JSON."""

    def __init__(
        self, parent: QWidget | None, value: JSON, then: Callable[[JSON], object], action: str = "Run"
    ) -> None:
        super().__init__(
            parent,
            "text",
            "accent",
            "What is the run about?",
            "Every agent that nothing leads to gets this as its input. It is remembered for this drawing.",
        )
        self._then = then
        self.field = QPlainTextEdit(show_input(value))
        self.field.setPlaceholderText('A text, or JSON such as {"topic": "tides"}. It may stay empty.')
        self.field.setAccessibleName("Input of the run")
        self.field.setTabChangesFocus(True)
        self.field.setMinimumHeight(120)
        self.field.selectAll()
        self.kind = QLabel()
        self.kind.setProperty("look", "tiny")
        self.field.textChanged.connect(self._say_kind)
        self.box.addWidget(self.field, 1)
        self.box.addWidget(self.kind)
        self.cancel = self.button("Cancel", self.reject)
        self.accept_button = self.button(action, self.accept, "primary", default=True)
        self.accept_button.setToolTip("Ctrl+Enter")
        self.finish_layout()
        self.accepted.connect(lambda: self._then(parse_input(self.field.toPlainText())))
        self._say_kind()
        self.field.setFocus()

    def _say_kind(self) -> None:
        text = self.field.toPlainText()
        value = parse_input(text)
        if value is None:
            said = "No input"
        elif isinstance(value, str):
            said = "Text (it begins like JSON, but is not)" if text.strip()[:1] in ("{", "[") else "Text"
        elif isinstance(value, dict):
            said = "JSON object"
        else:
            said = "JSON list" if isinstance(value, list) else "JSON value"
        self.kind.setText(said)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(560, 320)


class ListDialog(RunDialog):
    """Shows a list of (agent, line) rows that scrolls where it is long; a click on an agent's name goes there."""

    def __init__(
        self,
        parent: QWidget | None,
        icon: str,
        tone: str,
        title: str,
        text: str,
        rows: Sequence[tuple[str, str, Sequence[str]]],
        go: Callable[[Sequence[str]], object] | None = None,
    ) -> None:
        super().__init__(parent, icon, tone, title, text)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        for name, line, ids in rows:
            column.addWidget(self._row(name, line, ids, go))
        column.addStretch(1)
        frame = QFrame()
        frame.setProperty("look", "outlined")
        around = QVBoxLayout(frame)
        around.setContentsMargins(1, 1, 1, 1)
        self.area = QScrollArea()
        self.area.setWidget(inner)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setMinimumHeight(min(320, 44 + 40 * len(rows)))
        around.addWidget(self.area)
        self.box.addWidget(frame, 1)

    def _row(self, name: str, line: str, ids: Sequence[str], go: Callable[[Sequence[str]], object] | None) -> QWidget:
        row = QWidget()
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        if name:
            if go is not None and ids:
                link = QPushButton(caption(name))
                link.setProperty("look", "link")
                link.setCursor(Qt.CursorShape.PointingHandCursor)
                link.setAutoDefault(False)

                def follow() -> None:
                    self.reject()
                    go(ids)

                link.clicked.connect(follow)
                layout.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
            else:
                layout.addWidget(plain_label(name, "title"))
        label = plain_label(line, wrap=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if name:
            label.setProperty("look", "soft")
        layout.addWidget(label)
        return row
