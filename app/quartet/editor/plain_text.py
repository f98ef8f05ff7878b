"""Text from files and agents on widgets: always plain, whatever marks, tags or ampersands it holds."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def plain_label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """A label that never takes its text for markup, with a look of the style sheet."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    if look:
        label.setProperty("look", look)
    label.setWordWrap(wrap)
    return label


def tip(text: str) -> str:
    """A tool tip that shows `text` as it is: Qt would take anything that looks like tags for markup."""
    return f"<div style='white-space: pre-wrap'>{escape(text)}</div>" if text else ""


def caption(text: str) -> str:
    """What a button, a menu or a box is to be called so that an ampersand stays one."""
    return text.replace("&", "&&")
