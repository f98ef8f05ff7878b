"""Text that is being composed by an input method: until it is settled, Enter, Escape and arrows belong to that."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

Key = Qt.Key
ITS_KEYS = frozenset(
    {Key.Key_Return, Key.Key_Enter, Key.Key_Escape, Key.Key_Tab, Key.Key_Backtab, Key.Key_Up, Key.Key_Down}
)


class _Watch(QObject):
    """Notes whether a field holds text that is not settled yet: Qt itself does not tell."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self.active = False
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QInputMethodEvent):
            self.active = bool(event.preeditString())
        elif event.type() == QEvent.Type.FocusOut:
            self.active = False  # Qt settles it before the keyboard goes elsewhere
        return False


def watch(field: QWidget) -> None:
    """From now on know of what is composed in a field."""
    if field.findChild(_Watch, options=Qt.FindChildOption.FindDirectChildrenOnly) is None:
        _Watch(field)


def takes(field: QObject, event: QEvent) -> bool:
    """Whether a key makes composing go on or end, in a field that is watched: nobody else may act on it."""
    if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or event.key() not in ITS_KEYS:
        return False
    found = field.findChild(_Watch, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found is not None and found.active
