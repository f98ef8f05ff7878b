"""The plot of simulated runs: how long they take, drawn as bars; a change that is tried is a line over them."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from quartet.editor import theme
from quartet.whatif.ranges import quantile

BINS = 48
AXIS = 18
MARKS = ((0.5, "half"), (0.9, "9 of 10"))
LEGEND = "as it is", "with the change"
APART = 10.0
"""Pixels between the words over two marks."""
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
        before = area.left() - APART
        for value in ticks(self.span):
            x = area.left() + value / self.span * area.width()
            text = words(value) if value else "0"
            wide = painter.fontMetrics().horizontalAdvance(text)
            left = max(area.left(), x - wide / 2)
            if left + wide + 8 > right:
                break
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 3))
            if left >= before + APART:
                painter.drawText(QRectF(left, top, wide + 1, AXIS - 2), _TO_THE_LEFT, text)
                before = left + wide

    def _legend(self, painter: QPainter, area: QRectF) -> None:
        """Bars and line differ in shape, and say so: not everybody tells their colours apart."""
        now = theme.current()
        painter.setFont(theme.font(theme.TINY))
        row = painter.fontMetrics().height()
        wide = max(painter.fontMetrics().horizontalAdvance(text) for text in LEGEND)
        place = self.legend_place(area, wide + 28, 2 * row + 4)
        painter.fillRect(place, theme.alpha(now.panel, 0.85))
        left = place.left() + 24
        for number, text in enumerate(LEGEND):
            middle = place.top() + 2 + (number + 0.5) * row
            if number:
                painter.setPen(QPen(now.text("succeeded"), 1.75))
                painter.drawLine(QPointF(left - 20, middle), QPointF(left - 6, middle))
            else:
                painter.fillRect(QRectF(left - 20, middle - 4, 14, 8), theme.alpha(now.accent, 0.30))
            painter.setPen(now.soft)
            painter.drawText(QRectF(left, middle - row / 2, wide + 1, row), _TO_THE_LEFT, text)

    def legend_place(self, area: QRectF, wide: float, high: float) -> QRectF:
        """Over that end of the plot whose bars are lower."""
        bars = [*map(max, self.counts(self.values), self.counts(self.changed))]
        under = min(BINS, ceil(wide / area.width() * BINS))
        left = area.left() if max(bars[:under]) < max(bars[-under:]) else area.right() - wide
        return QRectF(left, area.top() + 2, wide, high)

    def _marks(self, painter: QPainter, area: QRectF) -> None:
        now = theme.current()
        values = self.changed or self.values
        found = [(name, quantile(values, share)) for share, name in MARKS]
        places = [area.left() + min(1.0, value / self.span) * area.width() for _, value in found]
        painter.setFont(theme.font(theme.TINY, QFont.Weight.Medium))
        wide = painter.fontMetrics().horizontalAdvance
        for within in (" within", ""):  # the short words where the long ones have no room
            texts = [f"{name}{within} {words(value)}" for name, value in found]
            lefts = side_by_side(places, [wide(text) for text in texts], area.left(), area.right())
            if lefts[-1] + wide(texts[-1]) <= area.right():
                break
        for x, left, text in zip(places, lefts, texts, strict=True):
            painter.setPen(QPen(now.soft, 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(now.ink)
            painter.drawText(QPointF(left, area.top() - 5), text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self.values:
            return
        share = (event.position().x() - 8) / max(1, self.width() - 16)
        value = max(0.0, share) * self.span
        below = sum(one <= value for one in self.values) / len(self.values)
        QToolTip.showText(event.globalPosition().toPoint(), f"{below:.0%} of the runs end within {words(value)}", self)


def side_by_side(places: Sequence[float], widths: Sequence[float], left: float, right: float) -> list[float]:
    """Where texts begin that stand over these places, from the left, beside each other; only where there is no room for
    all of them does the last one end beyond `right`."""
    found: list[float] = []
    for place, wide in zip(reversed(places), reversed(widths), strict=True):
        end = found[-1] - APART if found else right
        found.append(min(place - wide / 2, end - wide))
    found.reverse()
    for number, wide in enumerate(widths):
        found[number] = max(found[number], left)
        left = found[number] + wide + APART
    return found


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
