"""The whole view: below a zoom nothing is painted by the cards; one layer paints blocks and straight lines at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from quartet.collector import seldom
from quartet.editor.canvas import bends, geometry, small
from quartet.editor.canvas.batches import Batches
from quartet.editor.canvas.geometry import Box
from quartet.editor.canvas.layer import Layer
from quartet.editor.canvas.style import Style
from quartet.editor.theme import STATES, mix
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

FINE = 600
"""Up to so many agents blocks are rounded and lines are smooth."""
FINE_LINES = 6_000
"""Up to so many edges; where all lead to all, smooth lines would hold the window for half a second."""
CROWD = 60
"""From so many supervise edges on, their lines step back: the regions tell it already."""
FEW = 200
"""When more agents or edges change at once, everything is painted anew."""
MOST = 0.5
"""When a larger share of them changes, everything is made anew."""
SELECTED, LIT, PLAIN, OFF = "selected", "lit", "plain", "off"
ROOMY = 9.0
"""Pixels from which on a block is high enough to hold its mark."""
SMOOTH = 60
"""Up to so many marks are drawn smoothly."""
PART = 0.3
"""Up to this share of the view it is looked what lies in what is painted anew; of more, all is drawn."""
MARKED = 200
"""Up to so many blocks of a state in view get its mark; more would be a carpet, and cost half a frame."""
CROSS, STROKE = ((-1, -1, 1, 1), (-1, 1, 1, -1)), ((-1, 0, 1, 0),)
MARKS: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "failed": CROSS,
    "warning": ((0, -1, 0, 0.4), (0, 1, 0, 1)),
    "running": STROKE,
}
"""Strokes over a block by its state, from its middle: a cross, an exclamation mark, a bar. Colour alone tells nothing
to those who do not see it."""


class FarLayer(Layer):
    """Blocks in their state's or pattern's colour, grouped by colour so that each group is one call."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene, 1)
        self._blocks = Batches[QRectF](_box_of_block)
        self._chords = Batches[QLineF](_box_of_chord)
        self._stale_agents: set[AgentId] | None = None
        self._stale_edges: set[str] | None = None
        self._moved: tuple[Iterable[AgentId], Iterable[str]] | None = None
        self._brushes: dict[str, QBrush] = {}
        self.setVisible(False)

    def all_stale(self) -> None:
        """Make everything anew when it is next painted."""
        self._stale_agents = self._stale_edges = None
        self._brushes = {}
        self.update()

    def stale(self, agents: Collection[AgentId], edges: Collection[str]) -> None:
        """These changed: place, colour, or whether they exist."""
        if len(agents) + len(edges) > MOST * (len(self._blocks) + len(self._chords)) + FEW:
            self.all_stale()  # to make all costs less than to look for most
            return
        agents_, edges_ = self._stale_agents, self._stale_edges
        few = self.isVisible() and len(agents) <= FEW and len(edges) <= FEW
        if few and agents_ == set() and edges_ == set() and self._moved is None:
            # only where something looks different now, and often that is nowhere
            before = self._areas(agents, edges)
            self._refresh_blocks(agents)
            self._refresh_chords(edges)
            for one, other in zip(before, self._areas(agents, edges), strict=True):
                if one != other:
                    for area in (one[1], other[1]):
                        if not area.isNull():
                            self.update(area)
            return
        if agents_ is not None:
            agents_.update(agents)
        if edges_ is not None:
            edges_.update(edges)
        if self.isVisible():
            self.update()

    def _areas(self, agents: Iterable[AgentId], edges: Iterable[str]) -> list[tuple[str, QRectF]]:
        """How each of these looks, and where: a null rectangle of what is not drawn."""
        room = 4 / self.canvas.zoom  # marks reach beyond their blocks, lines beyond themselves
        found = []
        for id in agents:
            block = self._blocks.get(id)
            area = QRectF() if block is None else block.adjusted(-room, -room, room, room)
            found.append((self._blocks.group_of(id), area))
        for edge in edges:
            line = self._chords.get(edge)
            around = QRectF() if line is None else QRectF(line.p1(), line.p2()).normalized()
            area = around if line is None else around.adjusted(-room, -room, room, room)
            found.append((self._chords.group_of(edge), area))
        return found

    def moved(self, agents: Collection[AgentId], edges: Collection[str]) -> None:
        """These stand elsewhere and are otherwise as they were; the last call counts, as in a drag."""
        if self.isVisible():
            self._moved = (agents, edges)
            self.update()
        else:
            self.stale(agents, edges)

    def _follow(self, agents: Iterable[AgentId], edges: Iterable[str]) -> None:
        """Move rectangles and lines in place: the lists that hold them stay as they are."""
        positions = self.canvas.positions
        for id in agents:
            block = self._blocks.get(id)
            if block is not None:
                block.moveTo(self._room(id, positions[id]).topLeft())
        half_w, half_h = geometry.WIDTH / 2, geometry.HEIGHT / 2
        wires = self.canvas.wires.wires
        for edge in edges:
            wire, line = wires[edge], self._chords.get(edge)
            if line is not None:
                a, b = positions[wire.source], positions[wire.target]
                line.setLine(a[0] + half_w, a[1] + half_h, b[0] + half_w, b[1] + half_h)
        self._blocks.moved()
        self._chords.moved()

    def _refresh(self) -> None:
        moved, self._moved = self._moved, None
        if moved is not None:
            if self._stale_agents is None or self._stale_edges is None:
                pass  # everything is made anew below
            elif self._stale_agents or self._stale_edges:
                self._stale_agents.update(moved[0])
                self._stale_edges.update(moved[1])
            else:
                self._follow(*moved)
                return
        if self._stale_agents is None:
            self._blocks.clear()
            self._refresh_blocks(self.canvas.positions)
        else:
            self._refresh_blocks(self._stale_agents)
        self._stale_agents = set()
        if self._stale_edges is None:
            self._chords.clear()
            with seldom():
                self._refresh_chords(self.canvas.wires.wires)
        else:
            self._refresh_chords(self._stale_edges)
        self._stale_edges = set()

    def _room(self, id: AgentId, at: geometry.Point) -> QRectF:
        """Where a card is: a collapsed one is small from afar as well."""
        if id not in self.canvas.wires.tiny:
            return QRectF(at[0], at[1], geometry.WIDTH, geometry.HEIGHT)
        left, top, _, _ = small.box(at)
        return QRectF(left, top, small.SMALL_WIDTH, small.SMALL_HEIGHT)

    def _refresh_blocks(self, agents: Iterable[AgentId]) -> None:
        positions = self.canvas.positions
        for id in agents:
            self._blocks.drop(id)
            at = positions.get(id)
            if at is not None:
                self._blocks.put(id, self._group_of(id), self._room(id, at))

    def _refresh_chords(self, edges: Iterable[str]) -> None:
        scene = self.canvas
        positions = scene.positions
        wires = scene.wires.wires
        half_w, half_h = geometry.WIDTH / 2, geometry.HEIGHT / 2
        lit = scene.lit_edges
        for id in edges:
            self._chords.drop(id)
            wire = wires.get(id)
            if wire is None or wire.via:  # what is led through points is no single line (`bends.far_lines`)
                continue
            a, b = positions.get(wire.source), positions.get(wire.target)
            if a is None or b is None:
                continue
            group = LIT if lit is not None and id in lit else scene.carried(id) or wire.look
            line = QLineF(a[0] + half_w, a[1] + half_h, b[0] + half_w, b[1] + half_h)
            self._chords.put(id, group, line)

    def _group_of(self, id: AgentId) -> str:
        scene = self.canvas
        if id in scene.document.selection:
            return SELECTED
        if scene.lit is not None and id in scene.lit:
            return LIT
        status = scene.status_of(id)
        if status is not None:
            return STATES[status].token
        if scene.document.graph.agents[id].disabled is not None:
            return OFF
        return scene.pattern_of.get(id, PLAIN)

    def _brush(self, group: str) -> QBrush:
        found = self._brushes.get(group)
        if found is None:
            look = self.canvas.pens.theme
            if group in (SELECTED, LIT):
                color = look.accent
            elif group == PLAIN:
                color = look.faint
            elif group == OFF:
                color = mix(look.faint, look.canvas, 0.35)
            else:  # what waits for its turn is paler than what is done, also without colours
                color = mix(look.color(group), look.canvas, 0.45 if group == "idle" else 0.85)
            found = self._brushes[group] = QBrush(color)
        return found

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._refresh()
        scene = self.canvas
        style = scene.pens
        fine = len(scene.positions) <= FINE
        painter.save()
        room = 2 / scene.zoom  # pixels that are exposed in part count as well
        # within a plain rectangle Qt draws lines by a third faster
        exposed = option.exposedRect.adjusted(-room, -room, room, room)
        painter.setClipRect(exposed)
        view = painter.viewport()
        part = exposed.width() * exposed.height() * scene.zoom**2 < PART * view.width() * view.height()
        area = (exposed.left(), exposed.top(), exposed.right(), exposed.bottom()) if part else None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, fine and len(self._chords) <= FINE_LINES)
        for group in self._chords.groups():
            pen = style.edge_far_lit if group == LIT else style.chords[group]
            crowd = group == "supervise" and len(self._chords.all(group)) > CROWD
            painter.setPen(style.crowd if crowd else pen)
            lines = self._chords.all(group) if area is None else self._chords.near(group, area)
            if lines:
                painter.drawLines(lines)
        for group, lines in bends.far_lines(scene).items():
            painter.setPen(style.edge_far_lit if group == LIT else style.chords[group])
            painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, fine)
        painter.setPen(style.none)
        for group in self._blocks.groups():
            painter.setBrush(self._brush(group))
            blocks = self._blocks.all(group) if area is None else self._blocks.near(group, area)
            if fine:
                for block in blocks:
                    painter.drawRoundedRect(block, geometry.RADIUS, geometry.RADIUS)
            elif blocks:
                painter.drawRects(blocks)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if scene.live.state is not None:
            self._mark(painter, style, option.exposedRect)
        painter.restore()

    def _mark(self, painter: QPainter, style: Style, exposed: QRectF) -> None:
        """Say the states that want a person's eye by a mark as well as by a colour."""
        zoom = self.canvas.zoom
        high = geometry.HEIGHT * zoom
        for group, strokes in MARKS.items():
            if high < ROOMY and group != "failed":
                continue  # what failed is worth a mark that is larger than its block
            blocks = self._blocks.all(group)
            if high < ROOMY and len(blocks) > MARKED:
                continue
            seen = [block for block in blocks if block.intersects(exposed)]
            if not seen or len(seen) > MARKED:
                continue
            half = (max(3.5, 0.28 * high) if high < ROOMY else 0.28 * high) / zoom
            pen = QPen(style.theme.node if high >= ROOMY else style.theme.ink, 1.75)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(seen) <= SMOOTH)
            painter.drawLines(
                [
                    QLineF(at.x() + a * half, at.y() + b * half, at.x() + c * half, at.y() + d * half)
                    for at in (box.center() for box in seen)
                    for a, b, c, d in strokes
                ]
            )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _box_of_block(block: QRectF) -> Box:
    return block.left(), block.top(), block.right(), block.bottom()


def _box_of_chord(line: QLineF) -> Box:
    x, y, u, v = line.x1(), line.y1(), line.x2(), line.y2()
    return min(x, u), min(y, v), max(x, u), max(y, v)
