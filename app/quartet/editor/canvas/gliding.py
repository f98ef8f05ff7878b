"""Cards glide to where they stand by now, so that the eye can follow them; whoever does something sees the end at once.

The document is at the end from the beginning: what moves is only what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QVariantAnimation

from quartet.editor import theme
from quartet.graph.model import AgentId, Point

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

MANY = 300
"""More cards than this are there at once: they could not be painted often enough to seem to move."""
ENDING = frozenset({
    QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel, QEvent.Type.KeyPress,
    QEvent.Type.ShortcutOverride, QEvent.Type.DragEnter, QEvent.Type.NativeGesture,
})  # fmt: skip
"""What a person does that is about the drawing as it will be."""


class Glide(QObject):
    """One movement of some cards, from where they stood to where the document says."""

    def __init__(self, canvas: Canvas, before: Mapping[AgentId, Point]) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        now = canvas.document.graph.positions
        self._ways = {id: (at, now[id]) for id, at in before.items() if id in now and now[id] != at}
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setDuration(theme.MOTION)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.valueChanged.connect(self._show)
        self._animation.finished.connect(self.end)
        self._over = False

    @staticmethod
    def begin(canvas: Canvas, before: Mapping[AgentId, Point]) -> Glide | None:
        """Show a movement; None where the system asks for less of them, where there are too many, or nobody looks."""
        if not before or len(before) > MANY or not theme.motion() or not canvas.isVisible():
            return None
        glide = Glide(canvas, before)
        glide._show(0.0)
        for watched in (canvas, canvas.viewport()):
            watched.installEventFilter(glide)
        canvas.document.changed.connect(glide.end)
        glide._animation.start()
        return glide

    def _show(self, share: float) -> None:
        if not self._over:
            self._canvas.canvas_scene.preview_positions(
                {id: (a + (x - a) * share, b + (y - b) * share) for id, ((a, b), (x, y)) in self._ways.items()}
            )

    def end(self, *_: object) -> None:
        """Show the end."""
        if self._over:
            return
        self._over = True
        self._animation.stop()
        for watched in (self._canvas, self._canvas.viewport()):
            watched.removeEventFilter(self)
        self._canvas.document.changed.disconnect(self.end)
        self._canvas.canvas_scene.end_preview()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in ENDING:
            self.end()
        return False
