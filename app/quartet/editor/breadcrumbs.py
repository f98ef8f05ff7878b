"""Where one is inside a graph: its name and those of the sub-graphs that lead here, each a way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from quartet.editor import icons, theme

HEIGHT = 36
WIDEST = 220
"""Pixels of a name; longer ones are cut."""


class Breadcrumbs(QWidget):
    """The bar over a canvas: “Graph › Research › Search”. The last one is here; a click on another goes there."""

    chosen = Signal(int)
    """How many steps from the graph itself: 0 is the graph."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("breadcrumbs")
        self.setAccessibleName("Where you are")
        self.setProperty("help", "canvas.sub-graphs")
        self.setFixedHeight(HEIGHT)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 4, 8, 4)
        self._row.setSpacing(0)
        self._names: list[str] = []
        self.steps: list[QToolButton] = []
        """The ways back, from the outermost."""
        self.here = QLabel()
        self.out = QToolButton()
        self.out.setAutoRaise(True)
        self.out.setToolTip("Show the drawing around this one (Alt+Shift+Up)")
        self.out.setAccessibleName("Go out")
        self.out.clicked.connect(lambda: self.chosen.emit(len(self._names) - 2))
        self._row.addWidget(self.out)
        self._row.addStretch(1)
        theme.changed.connect(self._dress)
        self._dress()

    def show_names(self, names: Sequence[str]) -> None:
        """The graph's name, and those of the agents that lead here."""
        if list(names) == self._names:
            return
        self._names = list(names)
        while self._row.count() > 2:
            item = self._row.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self.steps = []
        for number, name in enumerate(names):
            if number:
                mark = QLabel("›")
                mark.setProperty("look", "soft")
                self._row.insertWidget(self._row.count() - 1, mark)
            if number < len(names) - 1:
                self._row.insertWidget(self._row.count() - 1, self._step(number, name))
        self.here = QLabel()
        self.here.setFont(theme.font(theme.TEXT, theme.font().Weight.DemiBold))
        self.here.setContentsMargins(6, 0, 6, 0)
        self.here.setTextFormat(Qt.TextFormat.PlainText)
        self.here.setText(_short(names[-1], self.here))
        self.here.setToolTip(names[-1])
        self.here.setAccessibleName(f"{names[-1]}, here")
        self._row.insertWidget(self._row.count() - 1, self.here)

    def _step(self, number: int, name: str) -> QToolButton:
        step = QToolButton()
        step.setAutoRaise(True)
        step.setText(_short(name, step).replace("&", "&&"))
        step.setAccessibleName(f"Go to {name}")
        step.setToolTip(f"Go to {name}")
        step.clicked.connect(lambda: self.chosen.emit(number))
        self.steps.append(step)
        return step

    def sizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def _dress(self) -> None:
        self.out.setIcon(icons.icon("corner-left-up", theme.current().soft))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = theme.current()
        painter.fillRect(self.rect(), now.panel)
        painter.fillRect(0, self.height() - 1, self.width(), 1, now.line)
        painter.end()


def _short(name: str, widget: QWidget) -> str:
    return QFontMetrics(widget.font()).elidedText(name, Qt.TextElideMode.ElideRight, WIDEST)
