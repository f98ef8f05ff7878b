"""The edge layer: one item for all edges. It keeps them in cells of a grid and paints the cells in view."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from quartet.editor.canvas import bends_paint, captions, geometry, passing, pills
from quartet.editor.canvas.style import DIMMED, Style
from quartet.editor.canvas.wire import Wire, look_of
from quartet.graph.model import AgentId, BrokenItem, Edge

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

CELL = 600.0
COARSER = 4.0
"""So many times larger are the cells of each next grid, for longer edges."""
EVERYWHERE = QRectF(-1e6, -1e6, 2e6, 2e6)
MANY = 160
"""From so many edges on, a drag shows straight lines and routes them when it ends."""
DENSE = 420
"""From so many visible edges on, straight pieces are painted in one go instead of curves."""
BROKEN = "broken edge "
"""Prefix of the ids of what stands for edges of a file that could not be understood."""


class WireLayer(QGraphicsItem):
    """All edges. Ids come from outside, geometry from the scene's positions; it looks both up when told to."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__()
        self.canvas = scene
        self.wires: dict[str, Wire] = {}
        self.incident: dict[AgentId, set[str]] = {}
        self._cells: dict[tuple[int, int, int], set[str]] = {}
        """By grid, column and row."""
        self._levels = 1
        self._tells = True
        self._watch = partial(passing.watch, scene)
        self._pairs: dict[tuple[str, frozenset[str]], list[str]] = {}
        self._watching: dict[AgentId, int] = {}
        self._dragged: dict[str, Wire] = {}
        self._chords: list[QLineF] = []
        self.tiny: set[AgentId] = set()
        """The agents whose cards are small: their cards say so."""
        self.bent: set[str] = set()
        """The edges that are led through points."""
        self.held: dict[str, tuple[tuple[float, float], ...]] = {}
        """Where a gesture holds the points of edges, while it lasts."""
        self.active: tuple[str, int] | None = None
        """The edge and the number of the point that keys are about."""
        self.fading: frozenset[str] = frozenset()
        """Edges that a stroke crosses: they would go."""
        self.setZValue(-10)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def shape(self) -> QPainterPath:
        return QPainterPath()

    # following the model

    def watches(self, agent: AgentId) -> bool:
        """Whether the agent has supervise edges."""
        return self._watching.get(agent, 0) > 0

    def sync(self, ids: Iterable[str]) -> set[AgentId]:
        """Read these edges anew. Returns the agents that began or ceased to watch others."""
        edges = self.canvas.document.graph.edges
        before: dict[AgentId, bool] = {}
        touched: set[tuple[str, frozenset[str]]] = set()
        for id in ids:
            old = self.wires.get(id)
            if old is not None:
                before.setdefault(old.source, self.watches(old.source))
                touched.add(self._forget(old))
            edge = edges.get(id)  # type: ignore[call-overload]
            if edge is not None:
                before.setdefault(edge.source, self.watches(edge.source))
                touched.add(self._remember(edge))
        for pair in touched:
            self._settle(pair)
        return {id for id, watched in before.items() if watched != self.watches(id)}

    def _remember(self, edge: Edge) -> tuple[str, frozenset[str]]:
        wire = Wire(
            edge.id, edge.source, edge.target, look_of(edge), captions.condition(edge), dashed=edge.inferred is not None
        )
        self.wires[edge.id] = wire
        if edge.points:
            self.bent.add(edge.id)
        for end in (edge.source, edge.target):
            self.incident.setdefault(end, set()).add(edge.id)
        if edge.kind == "supervise":
            self._watching[edge.source] = self._watching.get(edge.source, 0) + 1
        pair = (edge.kind, frozenset((edge.source, edge.target)))
        self._pairs.setdefault(pair, []).append(edge.id)
        return pair

    def _forget(self, wire: Wire) -> tuple[str, frozenset[str]]:
        self._lift(wire)
        del self.wires[wire.id]
        self.bent.discard(wire.id)
        self._dragged.pop(wire.id, None)
        for end in (wire.source, wire.target):
            found = self.incident.get(end)
            if found is not None:
                found.discard(wire.id)
        ends = frozenset((wire.source, wire.target))
        for kind in ("flow", "supervise", "handoff", "share"):
            ids = self._pairs.get((kind, ends))
            if ids is not None and wire.id in ids:
                ids.remove(wire.id)
                if kind == "supervise":
                    self._watching[wire.source] -= 1
                return kind, ends
        return "broken", ends

    def _settle(self, pair: tuple[str, frozenset[str]]) -> None:
        """Give the edges between two agents their lanes, join opposite hand-offs into one line, and route them."""
        ids = self._pairs.get(pair)
        if not ids:
            self._pairs.pop(pair, None)
            return
        lanes: dict[str, int] = {}
        first: dict[AgentId, Wire] = {}
        for id in ids:
            wire = self.wires[id]
            wire.twin = None
            # opposite hand-offs share a line, everything else between the same two stands aside
            beside = wire.source if pair[0] == "handoff" else pair[0]
            wire.lane = lanes.get(beside, 0)
            lanes[beside] = wire.lane + 1
            if pair[0] == "handoff" and wire.lane == 0:
                other = first.get(wire.target)
                if other is not None:
                    other.twin, wire.twin = wire.id, other.id
                first[wire.source] = wire
        for id in ids:
            self.place(self.wires[id])

    def sync_broken(self, items: Iterable[BrokenItem]) -> None:
        """Draw what stands for edges that could not be understood, where at least one end is known."""
        for id in [id for id in self.wires if id.startswith(BROKEN)]:
            self._forget(self.wires[id])
        positions = self.canvas.positions
        for item in items:
            raw = item.raw
            if item.section != "edges" or not isinstance(raw, dict):
                continue
            ends = [raw.get("source"), raw.get("target")]
            known = [AgentId(end) for end in ends if isinstance(end, str) and end in positions]
            if not known:
                continue
            wire = Wire(f"{BROKEN}{item.index}", known[0], known[-1], "broken", "?", dashed=True, reason=item.reason)
            self.wires[wire.id] = wire
            for end in known:
                self.incident.setdefault(end, set()).add(wire.id)
            wire.lane = -1 if len(known) == 1 and ends[0] not in positions else 0
            self.place(wire)

    # the grid

    @staticmethod
    def _keys(box: QRectF, level: int) -> Iterator[tuple[int, int, int]]:
        cell = CELL * COARSER**level
        rows = range(int(box.top() // cell), int(box.bottom() // cell) + 1)
        for x in range(int(box.left() // cell), int(box.right() // cell) + 1):
            for y in rows:
                yield level, x, y

    @staticmethod
    def _level(box: QRectF) -> int:
        """The finest grid on which a box meets a few cells only: a long edge would meet thousands of the finest."""
        size, level = max(box.width(), box.height()), 0
        while size > 2 * CELL * COARSER**level:
            level += 1
        return level

    def place(self, wire: Wire) -> None:
        """Route an edge between its cards and put it into the cells it passes."""
        self._lift(wire)
        positions = self.canvas.positions
        source, target = positions.get(wire.source), positions.get(wire.target)
        if source is None or target is None:
            return
        if wire.look == "broken" and wire.source == wire.target:
            wire.route(source, None, False, backwards=wire.lane < 0)
        else:
            edge = self.canvas.document.graph.edges.get(wire.id)  # type: ignore[call-overload]
            if wire.twin is not None and wire.id > wire.twin:  # drawn as the other one's second head
                wire.via = self.wires[wire.twin].via[::-1]
            elif wire.id in self.bent or wire.via:
                wire.via = self.held.get(wire.id, (edge.points if edge is not None else None) or ())
            tiny = (wire.source in self.tiny, wire.target in self.tiny)
            wire.route(source, target, bool(edge is not None and edge.loop), tiny=tiny, watch=self._watch)
        level = self._level(wire.box)
        self._levels = max(self._levels, level + 1)
        for key in self._keys(wire.box, level):
            self._cells.setdefault(key, set()).add(wire.id)
        if self._tells:
            self.update(wire.box)

    def _lift(self, wire: Wire) -> None:
        if wire.box.isNull():
            return
        for key in self._keys(wire.box, self._level(wire.box)):
            found = self._cells.get(key)
            if found is not None:
                found.discard(wire.id)
        if self._tells:
            self.update(wire.box)
        wire.box = QRectF()

    def near(self, box: QRectF) -> list[Wire]:
        """The edges whose surroundings meet `box`."""
        wires = self.wires
        if (box.width() / CELL) * (box.height() / CELL) > len(self._cells):
            return [wire for wire in wires.values() if wire.box.intersects(box)]
        ids: set[str] = set()
        for level in range(self._levels):
            for key in self._keys(box, level):
                found = self._cells.get(key)
                if found:
                    ids |= found
        return [wire for wire in map(wires.__getitem__, ids) if wire.box.intersects(box)]

    def at(self, point: QPointF, reach: float) -> str | None:
        """The edge whose line (or pill) is nearest to a point, within `reach`."""
        best, gap = None, reach
        for wire in self.near(QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)):
            found = wire.distance(point.x(), point.y())
            if found < gap or (found == gap and best is None):
                best, gap = wire, found
        if best is None:
            return None
        if best.twin is not None:  # of one line for two hand-offs, the one that leads to the nearer end
            to_end = (best.curve[6] - point.x()) ** 2 + (best.curve[7] - point.y()) ** 2
            to_start = (best.curve[0] - point.x()) ** 2 + (best.curve[1] - point.y()) ** 2
            return best.id if to_end <= to_start else best.twin
        return best.id

    # dragging

    def follow(self, agents: Iterable[AgentId]) -> Collection[str]:
        """The cards of these agents stand elsewhere now. Returns the edges that lead to or from them."""
        if self._dragged:
            self._draw_chords()
            return self._dragged.keys()
        ids = {id for agent in agents for id in self.incident.get(agent, ())}
        if len(ids) <= MANY or not self.canvas.dragging:
            self._tells = len(ids) <= MANY
            for id in ids:
                self.place(self.wires[id])
            if not self._tells:  # to paint everything costs less than to say thousands of times what to paint
                self._tells = True
                self.update()
        else:
            self._dragged = {id: self.wires[id] for id in ids}
            for wire in self._dragged.values():
                self._lift(wire)
            self._draw_chords()
        return ids

    def _draw_chords(self) -> None:
        if self.canvas.detail == "far":  # the far layer draws straight lines anyway
            return
        positions = self.canvas.positions
        half_w, half_h = geometry.WIDTH / 2, geometry.HEIGHT / 2
        chords = []
        for wire in self._dragged.values():
            a, b = positions[wire.source], positions[wire.target]
            chords.append(QLineF(a[0] + half_w, a[1] + half_h, b[0] + half_w, b[1] + half_h))
        self._chords = chords
        self.update()

    def settle_drag(self) -> None:
        """The drag is over: route what was shown as straight lines."""
        dragged, self._dragged, self._chords = self._dragged, {}, []
        for wire in dragged.values():
            self.place(wire)
        if dragged:
            self.update()

    def fade(self, ids: frozenset[str]) -> None:
        """Let these edges, and no others, look as if they were about to go."""
        changed, self.fading = self.fading ^ ids, ids
        self.repaint_wires(changed)

    def repaint_wires(self, ids: Iterable[str]) -> None:
        """The look of these edges changed (a run's state, selection, hover)."""
        for id in ids:
            wire = self.wires.get(id)
            if wire is not None:
                self.update(wire.box)
                if wire.twin is not None and wire.twin in self.wires:
                    self.update(self.wires[wire.twin].box)

    def restyle(self) -> None:
        """The theme changed."""
        for wire in self.wires.values():
            wire.label = None
        self.update()

    # painting

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scene = self.canvas
        if scene.detail == "far":
            return
        style = scene.pens
        exposed = option.exposedRect
        if self._chords:
            painter.setPen(style.chords["flow"])
            painter.drawLines(self._chords)
        wires = self.near(exposed)
        painter.setBrush(style.empty)
        if len(wires) > DENSE or scene.detail == "icon":
            self._paint_many(painter, style, wires)
            return
        lit, selection, hover = scene.lit_edges, scene.document.selection, scene.hover_edge
        running, fading = scene.live.state is not None, self.fading
        groups: dict[tuple[str, str, bool], list[Wire]] = {}
        dimmed: dict[tuple[str, str, bool], list[Wire]] = {}
        special: list[tuple[Wire, bool]] = []
        labels: list[tuple[Wire, str, bool]] = []
        for wire in wires:
            id = wire.id
            chosen = id not in fading and (
                id in selection or id == hover or (wire.twin is not None and wire.twin in selection)
            )
            if wire.twin is not None and wire.id > wire.twin and not chosen:
                continue
            if chosen or (lit is not None and id in lit):
                special.append((wire, chosen))
            else:
                carried = scene.carried(id) if running else ""
                key = (wire.look, carried, wire.dashed)
                (groups if lit is None and id not in fading else dimmed).setdefault(key, []).append(wire)
            words = wire.label_text
            if running:
                words = captions.MIDDLE.join(part for part in (words, scene.carried_words(id, wire.twin)) if part)
            if words:
                labels.append((wire, words, id in selection))
        if dimmed:
            painter.setOpacity(DIMMED)
            self._paint_groups(painter, style, dimmed)
            painter.setOpacity(1.0)
        self._paint_groups(painter, style, groups)
        for wire, chosen in special:
            self._paint_special(painter, style, wire, chosen)
        if scene.detail == "full":
            for wire, words, chosen in labels:
                painter.setOpacity(1.0 if lit is None or wire.id in lit else DIMMED)
                pills.paint(painter, self.canvas, wire, words, chosen)
            painter.setOpacity(1.0)

    def _paint_groups(self, painter: QPainter, style: Style, groups: dict[tuple[str, str, bool], list[Wire]]) -> None:
        """Edges that look alike, in as few calls as there are looks."""
        for (look, carried, dashed), wires in groups.items():
            painter.setPen(style.wire(look, carried))
            pattern = style.pattern(look, carried, dashed)
            if pattern is None and self.canvas.exact:
                for wire in wires:
                    painter.drawPath(wire.path)
            elif pattern is None:
                painter.drawLines([line for wire in wires for line in wire.lines])
            elif pattern[0] == 0:
                painter.drawPoints([dot for wire in wires for dot in wire.dotted(pattern[1])])
            else:
                painter.drawLines([line for wire in wires for line in wire.pieces(*pattern)])
            painter.setPen(style.head(look, carried))
            for wire in wires:
                self._paint_ends(painter, style, wire)

    @staticmethod
    def _paint_ends(painter: QPainter, style: Style, wire: Wire) -> None:
        for polygon in wire.heads:
            painter.drawPolyline(polygon)
        dots = wire.dots
        if dots:
            painter.setBrush(painter.pen().color())
            for dot in dots:
                painter.drawEllipse(dot, 2.2, 2.2)
            painter.setBrush(style.empty)

    def _paint_special(self, painter: QPainter, style: Style, wire: Wire, chosen: bool) -> None:
        """A selected, pointed or lit edge: a halo under it, and the accent if it is chosen."""
        painter.setPen(style.edge_halo)
        painter.drawPath(wire.path)
        carried = self.canvas.carried(wire.id)
        pattern = style.pattern(wire.look, carried, wire.dashed)
        painter.setPen(style.edge_selected if chosen else style.wire(wire.look, carried))
        if pattern is None:
            painter.drawPath(wire.path)
        elif pattern[0] == 0:
            painter.drawPoints(wire.dotted(pattern[1]))
        else:
            painter.drawLines(wire.pieces(*pattern))
        painter.setPen(style.edge_selected if chosen else style.head(wire.look, carried))
        self._paint_ends(painter, style, wire)
        if wire.via and chosen:
            bends_paint.handles(painter, style, wire, self.active)

    def _paint_many(self, painter: QPainter, style: Style, wires: list[Wire]) -> None:
        scene = self.canvas
        groups: dict[str, list[QLineF]] = {}
        dense = len(wires) > DENSE
        for wire in wires:
            if (wire.twin is None or wire.id < wire.twin) and wire.id not in self.fading:
                lines = wire.coarse if dense else wire.lines
                groups.setdefault(scene.carried(wire.id) or wire.look, []).extend(lines)
        for key, lines in groups.items():
            painter.setPen(style.chords[key])
            painter.drawLines(lines)
