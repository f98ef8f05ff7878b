"""A field into which a person presses keys instead of typing text."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from quartet.editor import clear_button, shortcuts

_MODIFIERS = frozenset({
    Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock, Qt.Key.Key_ScrollLock, Qt.Key.Key_unknown, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R,
})  # fmt: skip


class KeyField(QLineEdit):
    """Shows the keys pressed last. Tab and Shift+Tab leave it, and Escape is its dialog's."""

    pressed = Signal(str, object)
    """Keys were pressed: what they are called, and (a tuple) what else they may be called."""

    def __init__(self, prompt: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "search")
        self.setPlaceholderText(prompt)
        self.setAccessibleName(prompt.rstrip("…"))
        clear_button.add(self)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            name = next(shortcuts.names_of(event), "")
            if name in shortcuts.FIXED or "Backtab" in name or Qt.Key(event.key()) == Qt.Key.Key_Escape:
                return super().event(event)
            event.accept()
            if event.type() == QEvent.Type.KeyPress and Qt.Key(event.key()) not in _MODIFIERS and name:
                self.setText(shortcuts.shown([name]))
                self.pressed.emit(name, tuple(shortcuts.names_of(event)))
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the dialog has what is no key for a command
