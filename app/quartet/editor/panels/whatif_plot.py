"""The plot of simulated runs: how long they take, drawn as bars; a change that is tried is a line over them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from quartet.editor import theme
from quartet.whatif.ranges import quantile

BINS = 48
AXIS = 18
MARKS = ((0.5, "half"), (0.9, "9 of 10"))
LEGEND = "as it is", "with the change"
_TO_THE_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_TO_THE_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
STEPS = (
    *(number * 10.0**power for power in range(-3, 1) for number in (1, 2, 5)),
    10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 86400.0,
)  # fmt: skip
"""Seconds between two numbers on the axis that people find round."""


class Plot(QWidget):
    """A histogram of sorted values."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: Sequence[float] = ()
        self.changed: Sequence[float] = ()
        """The same after a change that is tried."""
        self.setMouseTracking(True)
        self.setMinimumSize(220, 80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(420, 120)

    def show_values(self, values: Sequence[float], changed: Sequence[float] = ()) -> None:
        """Show these values, sorted, in seconds."""
        self.values, self.changed = values, changed
        if values:
            self.setAccessibleName("How long runs take")
            told = _said(values) + (f" With the change: {_said(changed)}" if changed else "")
            self.setAccessibleDescription(told)
        self.update()

    @property
    def span(self) -> float:
        """The right end of the axis: what hardly any run exceeds, so that a single one does not squeeze the rest."""
        tops = [quantile(values, 0.99) for values in (self.values, self.changed) if values]
        return max(tops, default=0.0) * 1.1 or 1.0

    @property
    def end(self) -> str:
        """What stands at the right end: the last bar also counts what lies beyond it."""
        beyond = any(values and values[-1] > self.span for values in (self.values, self.changed))
        return words(self.span) + (" and more" if beyond else "")

    def counts(self, values: Sequence[float]) -> list[int]:
        """How many values fall into each bar; what lies beyond the axis counts to the last one."""
        found = [0] * BINS
        for value in values:
            found[min(BINS - 1, int(value / self.span * BINS))] += 1
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.values:
            return
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(8, 16, -8, -AXIS)
        bars, line = self.counts(self.values), self.counts(self.changed)
        most = max(*bars, *line, 1)
        width = area.width() / BINS
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.alpha(now.accent, 0.30 if self.changed else 0.65))
        for place, count in enumerate(bars):
            if count:
                height = max(2.0, area.height() * count / most)
                bar = QRectF(area.left() + place * width + 0.5, area.bottom() - height, max(1.0, width - 1), height)
                painter.drawRoundedRect(bar, 1.5, 1.5)
        if self.changed:
            self._line(painter, area, line, most, width)
        painter.setPen(QPen(now.line, 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        self._axis(painter, area)
        self._marks(painter, area)
        if self.changed:
            self._legend(painter, area)
        painter.end()

    def _line(self, painter: QPainter, area: QRectF, counts: Sequence[int], most: int, width: float) -> None:
        path = QPainterPath(area.bottomLeft())
        for place, count in enumerate(counts):
            top = area.bottom() - area.height() * count / most
            path.lineTo(area.left() + place * width, top)
            path.lineTo(area.left() + (place + 1) * width, top)
        path.lineTo(area.bottomRight())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.current().text("succeeded"), 1.75))
        painter.drawPath(path)

    def _axis(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(theme.font(theme.TINY))
        painter.setPen(theme.current().soft)
        top = area.bottom() + 2
        right = area.right() - painter.fontMetrics().horizontalAdvance(self.end)
        painter.drawText(QRectF(area.left(), top, area.width(), AXIS - 2), _TO_THE_RIGHT, self.end)
        for value in ticks(self.span):
            x = area.left() + value / self.span * area.width()
            text = words(value) if value else "0"
            wide = painter.fontMetrics().horizontalAdvance(text)
            left = max(area.left(), x - wide / 2)
            if left + wide + 8 > right:
                break
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 3))
            painter.drawText(QRectF(left, top, wide + 1, AXIS - 2), _TO_THE_LEFT, text)

    def _legend(self, painter: QPainter, area: QRectF) -> None:
        """Bars and line differ in shape, and say so: not everybody tells their colours apart."""
        now = theme.current()
        painter.setFont(theme.font(theme.TINY))
        row = painter.fontMetrics().height()
        wide = max(painter.fontMetrics().horizontalAdvance(text) for text in LEGEND)
        left = area.right() - wide
        for number, text in enumerate(LEGEND):
            middle = area.top() + 4 + (number + 0.5) * row
            if number:
                painter.setPen(QPen(now.text("succeeded"), 1.75))
                painter.drawLine(QPointF(left - 20, middle), QPointF(left - 6, middle))
            else:
                painter.fillRect(QRectF(left - 20, middle - 4, 14, 8), theme.alpha(now.accent, 0.30))
            painter.setPen(now.soft)
            painter.drawText(QRectF(left, middle - row / 2, wide + 1, row), _TO_THE_LEFT, text)

    def _marks(self, painter: QPainter, area: QRectF) -> None:
        now = theme.current()
        values = self.changed or self.values
        right = -1e9
        for share, name in MARKS:
            value = quantile(values, share)
            x = area.left() + min(1.0, value / self.span) * area.width()
            painter.setPen(QPen(now.soft, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(now.ink)
            painter.setFont(theme.font(theme.TINY, QFont.Weight.Medium))
            text = f"{name} within {words(value)}"
            wide = painter.fontMetrics().horizontalAdvance(text)
            left = max(min(x - wide / 2, area.right() - wide), area.left(), right + 10)
            painter.drawText(QPointF(left, area.top() - 5), text)
            right = left + wide

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.values:
            return
        share = (event.position().x() - 8) / max(1, self.width() - 16)
        value = max(0.0, share) * self.span
        below = sum(one <= value for one in self.values) / len(self.values)
        QToolTip.showText(event.globalPosition().toPoint(), f"{below:.0%} of the runs end within {words(value)}", self)


def ticks(span: float) -> list[float]:
    """Round numbers from 0 on, some five of them up to `span` seconds."""
    step = next((step for step in STEPS if span / step <= 6), span / 5)
    return [number * step for number in range(int(span / step) + 1)]


def _said(values: Sequence[float]) -> str:
    """The plot in words."""
    shares = ((0.1, "one run in ten takes"), (0.5, "half of the runs"), (0.9, "nine of ten"))
    told = ", ".join(f"{name} less than {words(quantile(values, share))}" for share, name in shares)
    return f"{told}; the longest of them takes {words(values[-1])}."


def words(seconds: float) -> str:
    """A time for a person: “0.8 s”, “12 s”, “3:20 min”, “1:05 h”."""
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d} min"
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d} h"
