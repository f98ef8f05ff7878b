"""The pattern tree on a quiet card: point at a part and its agents light up, choose it and its questions are shown."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from quartet.editor import icons, theme
from quartet.editor.panels.verdict_rows import Row

LINE, INDENT, PAD = 24, 18, 8
"""Pixels: a row, one level of nesting, the card's border."""


class TreeCard(QWidget):
    """The rows of the tree. Arrow keys move, Enter chooses."""

    pointed = Signal(object)
    """The row under the pointer (or reached by key), None when there is none."""
    chosen = Signal(object)
    reached = Signal(int)
    """The row that was come to by key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.current: int | None = None
        """The row whose questions are shown."""
        self._hovered = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_rows(self, rows: list[Row]) -> None:
        """Show these rows; the first is the whole."""
        self._point(-1)  # what was lit up may be drawn no more
        self.rows = rows
        self.current = None
        self.setAccessibleName("Pattern tree")
        self.setAccessibleDescription("; ".join(f"{'  ' * row.depth}{row.name} {row.rest}".rstrip() for row in rows))
        self.updateGeometry()
        self.update()

    def mark(self, row: int | None) -> None:
        """Mark the row whose questions are shown."""
        self.current = row
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, len(self.rows) * LINE + 2 * PAD)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def row_box(self, row: int) -> QRect:
        """Where a row stands."""
        return QRect(0, PAD + row * LINE, self.width(), LINE)

    def row_at(self, y: float) -> int:
        """The row at a height, or -1."""
        row = int((y - PAD) // LINE)
        return row if 0 <= row < len(self.rows) else -1

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.well)
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        first = max(0, (event.rect().top() - PAD) // LINE)
        last = min(len(self.rows), (event.rect().bottom() - PAD) // LINE + 1)
        for index in range(first, last):
            self._paint_row(painter, index)
        painter.end()

    def _paint_row(self, painter: QPainter, index: int) -> None:
        now = theme.current()
        row, box = self.rows[index], self.row_box(index)
        if index in (self._hovered, self.current):
            ground = now.hover if now.strong else theme.mix(now.line, now.well, 0.7 if index == self._hovered else 0.45)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(box.adjusted(4, 0, -4, 0)), 6, 6)
        if index == self._hovered and self.hasFocus():
            painter.setPen(now.ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box.adjusted(4, 0, -4, 0)).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        left = 12 + row.depth * INDENT
        icons.paint(painter, row.icon, now.text(row.tone), QRectF(left, box.center().y() - 6, 14, 14))
        left += 22
        bold = row.part is not None
        painter.setFont(theme.font(theme.TEXT, QFont.Weight.DemiBold if bold else QFont.Weight.Normal))
        painter.setPen(now.ink if bold else now.soft)
        room = max(0, box.right() - 12 - left)
        metrics = painter.fontMetrics()
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, room)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(left, box.top(), room, LINE), flags, name)
        if row.rest:
            used = metrics.horizontalAdvance(name) + 6 if name else 0
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(now.soft)
            rest = painter.fontMetrics().elidedText(row.rest, Qt.TextElideMode.ElideRight, max(0, room - used))
            painter.drawText(QRect(left + used, box.top(), max(0, room - used), LINE), flags, rest)

    # what a person does

    def _point(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.update()
            self.pointed.emit(self.rows[row] if row >= 0 else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.row_at(event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if not self.underMouse():
            self._point(-1)
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.chosen.emit(self.rows[row])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last, now = len(self.rows) - 1, self._hovered
        to = {Qt.Key.Key_Down: now + 1, Qt.Key.Key_Up: now - 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        row = to.get(Qt.Key(event.key()))
        if row is not None and self.rows:
            self._point(min(max(row, 0), last))
            self.reached.emit(self._hovered)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._hovered >= 0:
            self.chosen.emit(self.rows[self._hovered])
        else:
            super().keyPressEvent(event)
