"""The timeline's picture: a row for each agent, a bar for each stretch, the present moment as a line.

Only the rows and stretches in view are painted. A stretch says what it is by its shape as well as by its colour:
work is a full bar, a failure ends in a cross, a pause is a dotted line, a wait is an empty bar.
"""

from __future__ import annotations

from bisect import bisect_left

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QToolTip, QWidget

from quartet.editor import theme
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.log_again import offer
from quartet.editor.panels.log_words import REASONS
from quartet.editor.panels.timeline_order import rows
from quartet.editor.panels.timeline_paint import BAR, paint_ending, paint_span
from quartet.editor.panels.timeline_scale import Scale, fitted, mark
from quartet.editor.plain_text import tip
from quartet.editor.value_words import line_of, seconds
from quartet.engine.state import FINAL, AgentState, Span
from quartet.graph.model import AgentId

ROW, RULER, NAMES = 24, 24, 148
"""Pixels: a row, the ruler above, the column of names."""
REPAINT = 33
"""Milliseconds between two paintings while time goes by without an event."""


class TimelineView(QAbstractScrollArea):
    """Rows of agents over the time of a run. A click on the track shows that moment, one on a name that agent."""

    scale_changed = Signal()

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document, self.live = document, live
        self.scale = Scale()
        self.fits = True
        """Whether the whole run is shown, however long it becomes."""
        self.agents: list[AgentId] = []
        self._names: dict[AgentId, str] = {}
        self._row: dict[str, int] = {}
        self._hovered = -1
        self._scrubbing = False
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline of the run")
        self.viewport().setMouseTracking(True)
        self._clock = QTimer(self, interval=REPAINT)
        self._clock.timeout.connect(self._tick)
        live.started.connect(self.reread)
        live.changed.connect(self._follow)
        live.finished.connect(self._clock.stop)
        live.moment_changed.connect(self.viewport().update)
        document.selection_changed.connect(self.viewport().update)
        theme.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        self.reread()

    # what it shows

    def reread(self) -> None:
        """Take the agents of the run's snapshot (or of the drawing) anew."""
        graph = self.live.snapshot or self.document.graph
        self.agents = rows(graph, self.document.verdict)
        self._names = {id: graph.agents[id].name or id for id in self.agents}
        self._row = {id: row for row, id in enumerate(self.agents)}
        self.fits = True
        self._measure()
        if self.live.running and self.isVisible():
            self._clock.start()
        self.viewport().update()

    @property
    def end(self) -> float:
        """How far the run has come, in seconds."""
        present = self.live.present
        if present is None:
            return 0.0
        return max(present.t, self.live.clock_now())

    @property
    def track(self) -> float:
        """The width of the part where time is shown, in pixels."""
        return max(1.0, self.viewport().width() - NAMES - 16.0)

    def fit(self) -> None:
        """Show the whole run, and follow it while it grows."""
        self.fits = True
        self._tick()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Closer (above 1) or farther, around pixel `x` of the track (default: its middle)."""
        whole = fitted(self.end, self.track)
        self.scale = self.scale.zoomed(factor, self.track / 2 if x is None else x, self.end, self.track)
        self.fits = self.scale == whole
        self.scale_changed.emit()
        self.viewport().update()

    def _follow(self, agents: object, edges: object) -> None:
        self._tick()
        if self.live.present is None and self.agents:
            self.reread()

    def _tick(self) -> None:
        if self.fits:
            self.scale = fitted(self.end, self.track)
        self.viewport().update()

    def _measure(self) -> None:
        bar = self.verticalScrollBar()
        page = max(1, self.viewport().height() - RULER)
        bar.setRange(0, max(0, len(self.agents) * ROW + 8 - page))
        bar.setPageStep(page)
        bar.setSingleStep(ROW)
        if self.fits:
            self.scale = fitted(self.end, self.track)

    def row_at(self, y: float) -> int:
        """The row at a pixel of the viewport, or -1."""
        if y < RULER:
            return -1
        row = int((y - RULER + self.verticalScrollBar().value()) // ROW)
        return row if row < len(self.agents) else -1

    def row_top(self, row: int) -> float:
        """Where a row begins in the viewport."""
        return RULER + row * ROW - self.verticalScrollBar().value()

    def span_at(self, point: QPointF) -> tuple[AgentId, Span] | None:
        """The agent and the stretch under a point of the viewport."""
        row = self.row_at(point.y())
        state = self.live.present
        if row < 0 or state is None or point.x() < NAMES:
            return None
        id = self.agents[row]
        agent = state.agents.get(id)
        slack = 3 / self.scale.per_second
        t = self.scale.t(point.x() - NAMES)
        for span in reversed(agent.spans if agent else ()):
            end = self.end if span.end is None else span.end
            if span.start - slack <= t <= max(end, span.start) + slack:
                return id, span
        return None

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), now.panel)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = self.live.present
        first = max(0, self.verticalScrollBar().value() // ROW)
        last = min(len(self.agents), first + self.viewport().height() // ROW + 2)
        painter.setFont(theme.font(theme.SMALL))
        for row in range(first, last):
            id = self.agents[row]
            self._paint_row(painter, row, id, state.agents.get(id) if state else None)
        if self.live.shown_seq is not None:
            self._fade_later(painter)
        self._paint_ruler(painter)
        if state is not None:
            self._paint_cursor(painter)
        painter.end()

    def _paint_row(self, painter: QPainter, row: int, id: AgentId, state: AgentState | None) -> None:
        now = theme.current()
        top = self.row_top(row)
        width = self.viewport().width()
        if id in self.document.selection:
            painter.fillRect(QRectF(0, top, width, ROW), now.selected)
        elif row == self._hovered:
            painter.fillRect(QRectF(0, top, width, ROW), now.hover)
        told = state is not None and state.status != "idle"
        painter.setPen(now.ink if told else now.soft)
        box = QRectF(12, top, NAMES - 24, ROW)
        name = painter.fontMetrics().elidedText(self._names[id], Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        middle = top + ROW / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.mix(now.line, now.panel, 0.25 if now.strong else 0.55))
        painter.drawRoundedRect(QRectF(NAMES, middle - BAR / 2, self.track, BAR), 3, 3)
        if state is None:
            return
        painter.save()
        painter.setClipRect(QRectF(NAMES, top, self.track + 14, ROW))
        self._paint_spans(painter, state, middle, self._is_overseer(id))
        painter.restore()

    def _fade_later(self, painter: QPainter) -> None:
        """What comes after the moment that is shown stays in sight, faintly."""
        x = max(float(NAMES), NAMES + self.scale.x(self.live.now()))
        painter.fillRect(
            QRectF(x, RULER, self.viewport().width() - x, self.viewport().height()),
            theme.alpha(theme.current().panel, 0.72),
        )

    def _is_overseer(self, id: AgentId) -> bool:
        graph = self.live.snapshot or self.document.graph
        agent = graph.agents.get(id)
        return agent is not None and agent.kind == "supervisor"

    def _paint_spans(self, painter: QPainter, state: AgentState, middle: float, overseer: bool) -> None:
        spans = state.spans
        left, right = self.scale.t(0), self.scale.t(self.track)
        begin = max(0, bisect_left(spans, left, key=lambda span: span.start) - 1)
        painted = -1.0
        end = 0.0
        for span in spans[begin:]:
            if span.start > right:
                break
            from_x = NAMES + self.scale.x(span.start)
            end = NAMES + self.scale.x(self.end if span.end is None else span.end)
            if end < painted + 0.5 and span is not spans[-1]:
                continue
            painted = end
            paint_span(
                painter,
                span.outcome or span.status,
                max(from_x, NAMES - 8.0),
                min(end, NAMES + self.track),
                middle,
                overseer,
            )
        over = spans[-1].end is not None if spans else state.status in FINAL
        if over and state.status in theme.STATES:
            paint_ending(painter, state.status, (end if spans else NAMES + self.scale.x(state.since)) + 4, middle)

    def _paint_ruler(self, painter: QPainter) -> None:
        now = theme.current()
        painter.fillRect(QRectF(0, 0, self.viewport().width(), RULER), now.panel)
        painter.setFont(theme.font(theme.TINY))
        if self.live.state is None:
            return
        for t, x in self.scale.marks(self.track):
            painter.setPen(QPen(now.line, 1))
            painter.drawLine(QPointF(NAMES + x, RULER - 5), QPointF(NAMES + x, RULER - 1))
            painter.setPen(now.soft)
            painter.drawText(QPointF(NAMES + x + 4, RULER - 8), mark(t))

    def _paint_cursor(self, painter: QPainter) -> None:
        now = theme.current()
        x = NAMES + self.scale.x(self.live.now())
        if not NAMES - 1 <= x <= NAMES + self.track + 1:
            return
        painter.setPen(QPen(now.accent, 2))
        painter.drawLine(QPointF(x, 4), QPointF(x, self.viewport().height()))
        if self.live.shown_seq is not None:
            label = seconds(self.live.now())
            painter.setFont(theme.font(theme.TINY, QFont.Weight.DemiBold))
            width = painter.fontMetrics().horizontalAdvance(label) + 12
            box = QRectF(min(x - width / 2, self.viewport().width() - width - 4), 2, width, 18)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.accent)
            painter.drawRoundedRect(box, 5, 5)
            painter.setPen(now.on_accent)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)

    # what a person does

    def _scrub(self, x: float) -> None:
        t = self.scale.t(x - NAMES)
        self.live.show_at(self.live.seq_at(t))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = event.position()
        row = self.row_at(at.y())
        if at.x() >= NAMES:
            if self.live.present is not None:
                self._scrubbing = True
                self._scrub(at.x())
        elif row >= 0:
            self.document.select({self.agents[row]})
            self.document.reveal({self.agents[row]})

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = QPointF(event.pos())
        if self.live.present is None or point.x() < NAMES:
            return
        row, seq = self.row_at(point.y()), self.live.seq_at(self.scale.t(point.x() - NAMES))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Show this moment", lambda: self.live.show_at(seq))
        offer(menu, self.live, max(1, seq), self.agents[row] if row >= 0 else None)
        menu.popup(event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._scrubbing:
            self._scrub(event.position().x())
        row = self.row_at(event.position().y())
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._scrubbing = False

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = -1
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1.0015 ** delta.y(), event.position().x() - NAMES)
        elif delta.x() or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.scale = self.scale.moved(-(delta.x() or delta.y()), self.end, self.track)
            self.viewport().update()
        else:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() - delta.y())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self.live.present is not None:
            shown = self.live.shown_seq
            total = self.live.dropped + len(self.live.events)
            seq = (total if shown is None else shown) + step
            self.live.show_at(None if seq >= total else seq)
        elif event.key() == Qt.Key.Key_Escape and self.live.shown_seq is not None:
            self.live.show_at(None)
        elif event.key() == Qt.Key.Key_Plus:
            self.zoom(1.5)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(1 / 1.5)
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            text = self.told_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), tip(text), self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def told_at(self, point: QPointF) -> str:
        """What the pointer says about the stretch under it; empty: nothing is there."""
        found = self.span_at(point)
        state = self.live.present
        if found is None or state is None:
            return ""
        id, span = found
        agent = state.agents[id]
        look = theme.STATES.get(span.outcome or span.status)
        end = self.end if span.end is None else span.end
        lines = [
            f"{self._names[id]}: {look.word if look else span.status}",
            f"{seconds(span.start)} to {seconds(end)}, {seconds(max(0.0, end - span.start))}",
        ]
        if span is agent.spans[-1] and (agent.error or agent.reason):
            lines.append(line_of(agent.error) if agent.error else REASONS.get(str(agent.reason), str(agent.reason)))
        if span is agent.spans[-1] and agent.note:
            lines.append(self.live.note(agent))
        return "\n".join(lines)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.live.running:
            self._clock.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.stop()
        super().hideEvent(event)
