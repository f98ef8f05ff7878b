"""While something is dragged at the border of the view, the view scrolls that way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QTimer

from quartet.editor.canvas.paper import Paper

EDGE = 28
"""Pixels from the border of the viewport within which a drag scrolls."""
FRAME = 16
"""Milliseconds between two steps."""


class EdgeScroll:
    """Scrolls `paper` while the pointer is at its border; `scrolled` is told after every step."""

    def __init__(self, paper: Paper, scrolled: Callable[[], object]) -> None:
        self._paper = paper
        self._scrolled = scrolled
        self._pixel = QPoint()
        self._timer = QTimer(paper)
        self._timer.setInterval(FRAME)
        self._timer.timeout.connect(self._step)

    def at(self, pixel: QPoint) -> None:
        """The pointer of a drag is at this pixel of the viewport."""
        self._pixel = pixel
        if not self._timer.isActive() and not self._pull().isNull():
            self._timer.start()

    def stop(self) -> None:
        """The drag is over."""
        self._timer.stop()

    def _pull(self) -> QPoint:
        """How far one step goes now, in pixels."""
        area = self._paper.viewport().rect()

        def pull(value: int, length: int) -> int:
            if value < EDGE:
                return -max(1, (EDGE - value) // 2)
            return max(1, (value - length + EDGE) // 2) if value > length - EDGE else 0

        return QPoint(pull(self._pixel.x(), area.width()), pull(self._pixel.y(), area.height()))

    def _step(self) -> None:
        by = self._pull()
        if by.isNull():
            self._timer.stop()
            return
        self._paper.scroll_by(by)
        self._scrolled()
