"""What the scene knows of a run: the state of each agent and edge, in the theme's colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QBrush, QColor, QPen
from PySide6.QtWidgets import QGraphicsScene

from quartet.editor import theme
from quartet.editor.canvas import captions
from quartet.editor.canvas.style import Style
from quartet.engine.state import AgentState
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from quartet.editor.live import Live

STRONG = frozenset({"running", "failed", "timed_out"})
"""States that draw a wider line round the card."""


class StatefulScene(QGraphicsScene):
    """A scene beside a run. It keeps nothing of the run but looks it up each time."""

    def __init__(self, live: Live, pens: Style, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.live = live
        self._states: dict[str, tuple[QPen, QColor, QBrush]] = {}
        self.dress(pens)

    def dress(self, pens: Style) -> None:
        """Take the pens of a theme."""
        self.pens = pens
        look = pens.theme
        self._states = {
            status: (
                QPen(look.state(status), 2 if status in STRONG else 1.5),
                look.state_text(status),
                QBrush(look.state(status)),
            )
            for status in theme.STATES
        }

    def state_of(self, id: AgentId) -> AgentState | None:
        """The run's state of an agent; None without a run, or if nothing was told of it."""
        state = self.live.state
        return None if state is None else state.agents.get(id)

    def status_of(self, id: AgentId) -> str | None:
        """The status of an agent; None without a run."""
        state = self.live.state
        if state is None:
            return None
        found = state.agents.get(id)
        return "idle" if found is None else found.status

    def carried(self, edge: str) -> str:
        """The kind of the last token on an edge in this run; empty: none."""
        state = self.live.state
        found = None if state is None else state.edges.get(edge)
        return "" if found is None else found.kind

    def carried_words(self, edge: str, twin: str | None = None) -> str:
        """What is said beside an edge of the tokens it carried; `twin` is drawn as the same line, the other way."""
        state = self.live.state
        known = {} if state is None else state.edges
        found = [known[id] for id in (edge, twin) if id is not None and id in known]
        if not found:
            return ""
        last = max(found, key=lambda each: each.at or 0.0)
        return captions.carried(last, sum(each.count for each in found))

    def state_pen(self, status: str) -> QPen:
        return self._states[status][0]

    def state_text(self, status: str) -> QColor:
        return self._states[status][1]

    def state_brush(self, status: str) -> QBrush:
        return self._states[status][2]
