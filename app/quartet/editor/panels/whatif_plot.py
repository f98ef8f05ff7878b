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
            told = f"Half of the runs take less than {words(quantile(values, 0.5))}, nine of ten less than "
            self.setAccessibleName("How long runs take")
            self.setAccessibleDescription(told + words(quantile(values, 0.9)))
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
        row = QRectF(area.left(), area.bottom() + 2, area.width(), AXIS - 2)
        painter.drawText(row, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), "0")
        painter.drawText(row, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), self.end)

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


def words(seconds: float) -> str:
    """A time for a person: “0.8 s”, “12 s”, “3:20 min”, “1:05 h”."""
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds // 60)}:{int(seconds % 60):02d} min"
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d} h"
