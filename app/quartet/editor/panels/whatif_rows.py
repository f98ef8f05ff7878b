"""Rows of the what-if panel: a number with what it says, and an agent with how often runs wait for it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from quartet.editor import theme
from quartet.editor.document import Document
from quartet.editor.panels.lighting import LightingRow
from quartet.editor.plain_text import plain_label
from quartet.graph.model import AgentId


class Figure(QWidget):
    """A number with what it says; a change that is tried shows what it does to it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.value = plain_label("", "headline")
        self.note = plain_label("", "tiny")
        self.delta = QLabel()
        self.delta.setFont(theme.font(theme.SMALL, theme.font().Weight.DemiBold))
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.value)
        line.addWidget(self.delta, 0, Qt.AlignmentFlag.AlignBaseline)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(plain_label(title, "section"))
        column.addLayout(line)
        column.addWidget(self.note)

    def say(self, value: str, note: str, delta: str = "", good: bool = True) -> None:
        """Show a value; `delta` is what the change adds to it, `good` whether that is better."""
        self.value.setText(value)
        self.note.setText(note)
        self.delta.setText(delta)
        same = delta.startswith("±0")  # neither better nor worse
        color = theme.current().soft if same else theme.current().text("succeeded" if good else "failed")
        self.delta.setStyleSheet(f"color: {color.name()}")
        self.setAccessibleName(f"{self.title}: {value}, {note}" + (f"; with the change {delta}" if delta else ""))


class AgentRow(LightingRow):
    """An agent with a bar as long as the share of runs that wait for it. Pointing at it lights it up."""

    def __init__(self, document: Document, id: AgentId, share: float, text: str) -> None:
        super().__init__(document)
        self.id, self.share = id, share
        agent = document.graph.agents.get(id)
        self.name = (agent.name if agent is not None else str(id)) or str(id)
        self.setFixedHeight(22)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        told = f"{share:.0%} of the runs wait for it (the length of the bar); in a run it is at work for {text}"
        self.setAccessibleName(f"{self.name}: {told}")
        self.setToolTip(f"{self.name}: {told}")
        self.text = f"{share:.0%} · {text}"

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(self.rect()).adjusted(0, 2, -2, -2)
        bar = QRectF(row)
        bar.setWidth(max(3.0, row.width() * self.share))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.alpha(now.accent, 0.22))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setFont(theme.font(theme.SMALL))
        words_ = row.adjusted(6, 0, -4, 0)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        numbers = int(words_.width() * 0.55)  # whom it is about matters more than the last of the numbers
        text = painter.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, numbers)
        painter.setPen(now.soft)
        painter.drawText(words_, right, text)
        painter.setPen(now.ink)
        room = int(words_.width() - painter.fontMetrics().horizontalAdvance(text) - 8)
        name = painter.fontMetrics().elidedText(self.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(words_, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), name)
        painter.end()

    def lights(self) -> tuple[tuple[()], tuple[AgentId]]:
        return (), (self.id,)

    def mousePressEvent(self, event: object) -> None:
        self.document.select({self.id})
        self.document.reveal({self.id})
