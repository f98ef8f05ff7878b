"""A place whose content may say something else, again and again, without those around it being laid out anew.

Qt lays out every widget up to the window when a label in it says something else, also where that needs no other room.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class Still(QWidget):
    """Holds one widget and has its size. Only when that asks for another size than before do others hear of it."""

    def __init__(self, held: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.held = held
        held.setParent(self)
        self.setSizePolicy(held.sizePolicy())
        self._asked = self._asks()

    def _asks(self) -> tuple[QSize, QSize]:
        """The size it would like, and the least it can do with."""
        return self.held.sizeHint(), self.held.minimumSizeHint().expandedTo(self.held.minimumSize())

    def sizeHint(self) -> QSize:
        return self._asked[0]

    def minimumSizeHint(self) -> QSize:
        return self._asked[1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.held.resize(event.size())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            asks = self._asks()
            if asks != self._asked:
                self._asked = asks
                self.updateGeometry()
        return super().event(event)
