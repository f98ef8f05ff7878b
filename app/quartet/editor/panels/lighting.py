"""A row that lights up on the canvas what it is about, while it is pointed at or has the keyboard."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QHideEvent
from PySide6.QtWidgets import QWidget

from quartet.editor.document import Document


def by_key(event: QFocusEvent) -> bool:
    """Whether a person went there by the keyboard; it also comes to a widget when a sheet over it closes."""
    return event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class LightingRow(QWidget):
    """Give `lights` what to light up, and `follow` the buttons of the row."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document
        self._on = False

    def lights(self) -> tuple[Collection[str], Collection[str]]:
        """The edges and agents that the row is about."""
        raise NotImplementedError

    def follow(self, *buttons: QWidget) -> None:
        """Whoever comes to these by the keyboard sees what whoever points sees."""
        for button in buttons:
            button.installEventFilter(self)

    def _light(self, on: bool) -> None:
        if on:
            self.document.highlight(*self.lights())
        elif self._on:
            self.document.highlight()
        self._on = on

    def enterEvent(self, event: QEnterEvent) -> None:
        self._light(True)

    def leaveEvent(self, event: QEvent) -> None:
        self._light(False)

    def hideEvent(self, event: QHideEvent) -> None:
        self._light(False)  # a row that goes while it is pointed at hears of no leaving
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.gotFocus():
            if by_key(event):
                self._light(True)
        elif isinstance(event, QFocusEvent):
            self._light(self.underMouse())
        return super().eventFilter(watched, event)
