"""Tokens on their way: a small dot runs along an edge when a value passes; short, and still where asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from quartet.editor import theme
from quartet.editor.canvas.layer import Layer
from quartet.editor.canvas.style import CARRIED_TOKENS

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

TRAVEL = 2 * theme.MOTION
"""Milliseconds from card to card: long enough for the eye to follow, over before the next step is read."""
MOST = 60
"""Dots at once; more would be noise, and the edges' colours tell it anyway."""
SIZE = 5.0


class TokenLayer(Layer):
    """The dots. Each lives for `TRAVEL` milliseconds; no timer runs while there is none."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene, 20)
        self._dots: dict[str, tuple[int, str, bool]] = {}
        self._seen: dict[str, int] = {}
        self._clock = QElapsedTimer()
        self._clock.start()
        self._timer = QTimer(scene)  # ends with the scene
        self._timer.setInterval(16)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._step)
        self._boxes: list[QRectF] = []

    def reset(self) -> None:
        """A new run: nothing has passed yet."""
        self._dots = {}
        self._seen = {}
        self._timer.stop()
        self._repaint()

    def passed(self, edges: Iterable[str], *, moving: bool) -> None:
        """The run's state of these edges changed: start a dot where another token passed."""
        scene = self.canvas
        state = scene.live.state
        if state is None:
            return
        moving = moving and theme.motion() and scene.detail != "far"
        now = self._clock.elapsed()
        for id in edges:
            carried = state.edges.get(id)
            if carried is None or carried.count <= self._seen.get(id, 0):
                self._seen[id] = 0 if carried is None else carried.count
                continue
            self._seen[id] = carried.count
            wire = scene.wires.wires.get(id)
            if wire is None or not moving or len(self._dots) >= MOST or carried.kind in ("skipped", "cancelled"):
                continue
            backwards = wire.twin is not None and wire.id > wire.twin
            self._dots[id] = (now, CARRIED_TOKENS.get(carried.kind, "running"), backwards)
        if self._dots and not self._timer.isActive():
            self._timer.start()

    @property
    def moving(self) -> int:
        """How many dots are on their way."""
        return len(self._dots)

    def _step(self) -> None:
        now = self._clock.elapsed()
        wires = self.canvas.wires.wires
        self._dots = {id: dot for id, dot in self._dots.items() if now - dot[0] < TRAVEL and id in wires}
        if not self._dots:
            self._timer.stop()
        self._repaint()

    def _places(self) -> list[tuple[QPointF, str]]:
        now = self._clock.elapsed()
        found = []
        for id, (start, token, backwards) in self._dots.items():
            wire = self.canvas.wires.wires.get(id)
            if wire is None:
                continue
            share = min(1.0, (now - start) / TRAVEL)
            share = share * share * (3 - 2 * share)  # eases in and out
            found.append((QPointF(*wire.on(1 - share if backwards else share)), token))
        return found

    def _repaint(self) -> None:
        for box in self._boxes:
            self.update(box)
        self._boxes = [QRectF(at.x() - 12, at.y() - 12, 24, 24) for at, _ in self._places()]
        for box in self._boxes:
            self.update(box)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._dots:
            return
        look = self.canvas.pens.theme
        painter.setPen(self.canvas.pens.none)
        for at, token in self._places():
            painter.setBrush(QBrush(theme.alpha(look.color(token), 0.25)))
            painter.drawEllipse(at, SIZE + 4, SIZE + 4)
            painter.setBrush(QBrush(look.color(token)))
            painter.drawEllipse(at, SIZE, SIZE)
