"""A value to read: text as it is, JSON indented in letters of one width; to be searched by eye, scrolled and copied."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from quartet.editor import icons, theme
from quartet.editor.plain_text import plain_label
from quartet.editor.value_words import text_of

LONGEST = 500_000
"""Characters of a value that are shown; the whole of a longer one can still be copied."""


class ValueView(QWidget):
    """A title, a small note beside it, the value under them, and a button that copies all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = ""
        self._shown = ""
        self.title = plain_label(look="title")
        self.note = plain_label(look="tiny")
        self.copy = QToolButton()
        self.copy.setToolTip("Copy all of it")
        self.copy.setAccessibleName("Copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._whole))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setStyleSheet("QPlainTextEdit { border: none; padding: 0; background: transparent; }")
        self.text.document().setDocumentMargin(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 12, 4)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.note, 1)
        head.addWidget(self.copy)
        self.head = head
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        body = QVBoxLayout()
        body.setContentsMargins(16, 0, 4, 8)
        body.addWidget(self.text)
        layout.addLayout(body, 1)
        theme.changed.connect(self._dress)
        self._dress()
        self.clear()

    def _dress(self) -> None:
        self.copy.setIcon(icons.icon("copy"))

    def clear(self) -> None:
        """Show nothing."""
        self.show_value("", "", None)

    def show_value(self, title: str, note: str, value: Any) -> None:
        """Show a JSON value. Text that only grew is appended to what is there, and the view stays where it was."""
        self.title.setText(title)
        self.text.setAccessibleName(title or "Value")
        self.title.setVisible(bool(title))
        self.note.setText(note)
        self._whole = text_of(value)
        shown = self._whole[:LONGEST]
        if len(self._whole) > LONGEST:
            shown += f"\n… {len(self._whole) - LONGEST:,} more characters; copy takes all"
        self.copy.setVisible(bool(shown))
        if shown == self._shown:
            return
        is_text = value is None or isinstance(value, str)
        self.text.setFont(theme.font(theme.TEXT) if is_text else theme.code_font())
        if self._shown and shown.startswith(self._shown):
            self._append(shown[len(self._shown) :])
        else:
            self.text.setPlainText(shown)
        self._shown = shown

    def _append(self, more: str) -> None:
        bar = self.text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = self.text.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        cursor.insertText(more)
        if at_end:
            bar.setValue(bar.maximum())
