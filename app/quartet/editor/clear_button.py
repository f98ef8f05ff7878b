"""The cross at the end of a field that empties it, in the colours of the theme: Qt's own is black in every one."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from quartet.editor import icons, theme


def add(line: QLineEdit) -> None:
    """Let a field be emptied by a cross, which follows the theme as long as there is the field."""
    line.setClearButtonEnabled(True)
    action = line.findChild(QAction, "_q_qlineeditclearaction")
    if action is not None:  # it is Qt's own, and might be called otherwise one day
        dress = _Dress(action)
        theme.changed.connect(dress.wear)
        dress.wear()


class _Dress(QObject):
    """Hangs on the action, so that both go together."""

    def __init__(self, worn: QAction) -> None:
        super().__init__(worn)
        self._worn = worn

    def wear(self) -> None:
        self._worn.setIcon(icons.icon("x", theme.current().soft))
