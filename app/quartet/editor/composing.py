"""Text that is being typed and is not settled yet: Enter, Escape and arrows belong to an input method that composes it,
and what is made of the whole document takes it in first.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QWidget

Key = Qt.Key
ITS_KEYS = frozenset(
    {Key.Key_Return, Key.Key_Enter, Key.Key_Escape, Key.Key_Tab, Key.Key_Backtab, Key.Key_Up, Key.Key_Down}
)


IN_PLACE = "in place"
"""The property of a field that becomes a value when the keyboard leaves it."""


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


def settle() -> None:
    """Take what is being typed in place, on the canvas or in a list, for a value.

    The document is about to be saved, run or closed, perhaps by a key, and a person means by it what they see.
    """
    field = QApplication.focusWidget()
    around = None if field is None else field.parentWidget()
    while around is not None and not isinstance(around, QAbstractScrollArea):
        around = around.parentWidget()
    if field is not None and around is not None and (field.property(IN_PLACE) or isinstance(around, QAbstractItemView)):
        around.setFocus()
