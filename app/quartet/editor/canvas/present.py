"""Which cards Qt's scene knows of: those near what is in view, and none where all are seen from far away.

A scene looks in every frame at all items it holds, and keeps an index of them. With ten thousand that takes longer
than painting; with those in view it takes nothing, however large the drawing is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from quartet.editor.canvas import geometry
from quartet.editor.canvas.card import Card
from quartet.editor.canvas.geometry import Box
from quartet.editor.canvas.places import Places
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

AHEAD = 0.5
"""So many times the view's size beyond each of its sides cards are held ready, so that scrolling finds them there."""
MOST = 2_000
"""Cards that stay in the scene after they have gone out of view, as somebody may come back."""


class Present:
    """The cards of a scene, all of them, and which of them it holds."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.places = Places(scene.positions)
        self.cards: dict[AgentId, Card] = {}
        self._here: set[AgentId] = set()
        self._covered: Box | None = None
        """Every card that meets this is in the scene; None while all are far away."""

    def add(self, id: AgentId) -> None:
        """There is an agent, and a place for it."""
        self.cards[id] = Card(self._scene, id)
        self.put((id,))

    def place_loose(self, ids: Iterable[AgentId]) -> None:
        """Give agents without a place one below the others: nothing that exists is invisible."""
        positions = self._scene.positions
        loose = [id for id in ids if id not in positions]
        if not loose:
            return
        box = self.places.bounds()
        left, top = (0.0, 0.0) if box is None else (box[0], box[3] + 60)
        columns = max(1, int(len(loose) ** 0.5))
        for i, id in enumerate(loose):
            positions[id] = (left + i % columns * 240, top + i // columns * 112)
            self.places.add(id)

    def drop(self, id: AgentId) -> None:
        """The agent is gone."""
        card = self.cards.pop(id, None)
        if card is not None:
            self.places.drop(id)
            if id in self._here:
                self._here.discard(id)
                self._scene.removeItem(card)

    def put(self, ids: Iterable[AgentId]) -> None:
        """These cards stand elsewhere now."""
        positions, covered = self._scene.positions, self._covered
        for id in ids:
            at, card = positions[id], self.cards[id]
            card.setPos(*at)
            if covered is not None and id not in self._here and _meets(geometry.card(at), covered):
                self._take(id)
        self.places.moved(ids)

    def show(self, area: QRectF) -> None:
        """This is in view: let the scene hold the cards there."""
        left, top, right, bottom = area.left(), area.top(), area.right(), area.bottom()
        if self._covered is not None and geometry.holds(self._covered, (left, top, right, bottom)):
            return
        across, down = AHEAD * area.width(), AHEAD * area.height()
        self._covered = left - across, top - down, right + across, bottom + down
        near = self.places.near(self._covered)
        if len(self._here) > MOST:
            for id in self._here.difference(near):
                self._scene.removeItem(self.cards[id])
            self._here.intersection_update(near)
        for id in reversed(near):  # the uppermost last
            if id not in self._here:
                self._take(id)

    def stand_back(self) -> None:
        """All are far away: one layer paints them."""
        for id in self._here:
            self._scene.removeItem(self.cards[id])
        self._here.clear()
        self._covered = None

    def _take(self, id: AgentId) -> None:
        card = self.cards[id]
        card.setZValue(self.places.height(id))  # they come in no order, and lie over each other as they were drawn
        self._scene.addItem(card)
        self._here.add(id)


def _meets(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]
