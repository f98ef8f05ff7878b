"""The edge layer: one item for all edges. It keeps them in cells of a grid and paints the cells in view."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from quartet.editor.canvas import captions, geometry, passing, wires_paint
from quartet.editor.canvas.cells import Cells
from quartet.editor.canvas.layer import Layer
from quartet.editor.canvas.wire import Wire, look_of, reach
from quartet.graph.model import AgentId, BrokenItem, Edge

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

MANY = 160
"""From so many edges on, a drag shows straight lines and routes them when it ends, and everything is painted anew."""
BROKEN = "broken edge "
"""Prefix of the ids of what stands for edges of a file that could not be understood."""


class WireLayer(Layer):
    """All edges. Ids come from outside, geometry from the scene's positions; it looks both up when told to."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__(scene, -10)
        self.wires: dict[str, Wire] = {}
        self.incident: dict[AgentId, set[str]] = {}
        self._cells = Cells()
        self._unrouted: set[str] = set()
        """Those in cells where they may lie: nobody has looked at them since their cards were put where they are."""
        self._loose: set[str] = set()
        """Those of which many were placed at once: they come into cells when somebody looks at any."""
        self._tells = True
        self._watch, self._flow = partial(passing.watch, scene), partial(passing.flow, scene)
        self._ask = self._route  # one for all edges
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

    # following the model

    def watches(self, agent: AgentId) -> bool:
        """Whether the agent has supervise edges."""
        return self._watching.get(agent, 0) > 0

    def sync(self, ids: Iterable[str]) -> set[AgentId]:
        """Read these edges anew. Returns the agents that began or ceased to watch others."""
        ids = list(ids)
        self._tells = len(ids) <= MANY
        edges = self.canvas.document.graph.edges
        before: dict[AgentId, bool] = {}
        touched: set[tuple[str, frozenset[str]]] = set()
        if not edges and len(ids) > MANY and self.wires.keys() <= set(ids):  # all are gone: nothing to sort out
            watched = {agent for agent, number in self._watching.items() if number}
            self._forget_all()
            return watched
        for id in ids:
            old = self.wires.get(id)
            if old is not None:
                if old.pair[0] == "supervise":
                    before.setdefault(old.source, self.watches(old.source))
                touched.add(self._forget(old))
            edge = edges.get(id)  # type: ignore[call-overload]
            if edge is not None:
                if edge.kind == "supervise":
                    before.setdefault(edge.source, self.watches(edge.source))
                touched.add(self._remember(edge))
        for pair in touched:
            self._settle(pair)
        self._told()
        return {id for id, watched in before.items() if watched != self.watches(id)}

    def _remember(self, edge: Edge) -> tuple[str, frozenset[str]]:
        wire = Wire(
            edge.id,
            edge.source,
            edge.target,
            look_of(edge),
            captions.condition(edge),
            dashed=edge.inferred is not None,
            ask=self._ask,
        )
        self.wires[edge.id] = wire
        if edge.points:
            self.bent.add(edge.id)
        ends = edge.source, edge.target
        for end in ends:
            if end in self.incident:
                self.incident[end].add(edge.id)
            else:
                self.incident[end] = {edge.id}
        if edge.kind == "supervise":
            self._watching[edge.source] = self._watching.get(edge.source, 0) + 1
        pair = wire.pair = edge.kind, frozenset(ends)
        if pair in self._pairs:
            self._pairs[pair].append(edge.id)
        else:
            self._pairs[pair] = [edge.id]
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
        ids = self._pairs.get(wire.pair)
        if ids is not None:
            ids.remove(wire.id)
            if wire.pair[0] == "supervise":
                self._watching[wire.source] -= 1
        return wire.pair

    def _forget_all(self) -> None:
        for wire in self.wires.values():
            wire.lost()
        for held in (self.wires, self.incident, self._unrouted, self._loose, self._pairs, self._watching):
            held.clear()
        self._dragged.clear()
        self.bent.clear()
        self._cells = Cells()
        self._told()

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
            id = f"{BROKEN}{item.index}"
            wire = Wire(id, known[0], known[-1], "broken", "?", dashed=True, reason=item.reason, ask=self._ask)
            self.wires[wire.id] = wire
            for end in known:
                self.incident.setdefault(end, set()).add(wire.id)
            wire.lane = -1 if len(known) == 1 and ends[0] not in positions else 0
            self.place(wire)

    # the grid

    def place(self, wire: Wire) -> None:
        """Its cards stand elsewhere, or it is led otherwise: it is routed anew, when somebody looks at it."""
        if wire.routed or wire.cells is not None or wire.id in self._loose:  # what is new lies nowhere
            self._lift(wire)
        positions = self.canvas.positions
        if wire.source not in positions or wire.target not in positions:
            return
        if wire.twin is not None and wire.id > wire.twin:  # drawn as the other one's second head
            wire.via = self.wires[wire.twin].via[::-1]
        elif wire.id in self.bent or wire.via:
            edge = self.canvas.document.graph.edges.get(wire.id)  # type: ignore[call-overload]
            wire.via = self.held.get(wire.id, (edge.points if edge is not None else None) or ())
        self._loose.add(wire.id)
        if self._tells:
            self.update(wire.box)

    def _sort_in(self) -> None:
        """Put what is loose into the cells in which it lies at most."""
        loose, self._loose = self._loose, set()
        positions = self.canvas.positions
        for id in loose:
            wire = self.wires[id]
            source, target = positions.get(wire.source), positions.get(wire.target)
            if wire.via:  # it may lead anywhere
                self._route(wire)
            elif source is not None and target is not None:
                wire.cells = self._cells.put(id, reach(source, target, wire.lane))
                self._unrouted.add(id)

    def _route(self, wire: Wire) -> None:
        """Find the way between its cards, and put it into the cells that it passes."""
        self._unrouted.discard(wire.id)
        self._loose.discard(wire.id)
        positions = self.canvas.positions
        source, target = positions.get(wire.source), positions.get(wire.target)
        if source is None or target is None:
            return
        if wire.look == "broken" and wire.source == wire.target:
            wire.route(source, None, False, backwards=wire.lane < 0)
        else:
            edge = self.canvas.document.graph.edges.get(wire.id)  # type: ignore[call-overload]
            tiny = (wire.source in self.tiny, wire.target in self.tiny)
            wire.route(
                source, target, bool(edge is not None and edge.loop), tiny=tiny, watch=self._watch, flow=self._flow
            )
        if wire.cells is not None:
            self._cells.drop(wire.id, wire.cells)
        box = wire.box
        wire.cells = self._cells.put(wire.id, (box.left(), box.top(), box.right(), box.bottom()))

    def _lift(self, wire: Wire) -> None:
        """What was known of where it lies is no longer true."""
        if self._tells and wire.routed:  # what was never routed was never painted
            self.update(wire.box)
        self._loose.discard(wire.id)
        if wire.cells is not None:
            self._cells.drop(wire.id, wire.cells)
            wire.cells = None
            self._unrouted.discard(wire.id)
        wire.lost()

    def _told(self) -> None:
        """To paint everything costs less than to say thousands of times what to paint."""
        if not self._tells:
            self._tells = True
            self.update()

    def near(self, box: QRectF) -> list[Wire]:
        """The edges whose surroundings meet `box`."""
        wires = self.wires
        if self._loose:
            self._sort_in()
        ids = self._cells.near((box.left(), box.top(), box.right(), box.bottom()))
        for id in ids & self._unrouted:
            self._route(wires[id])
        return [wire for wire in map(wires.__getitem__, ids) if wire.box.intersects(box)]

    def routed_near(self, box: QRectF) -> list[Wire]:
        """Those near `box` that have found their way already; the others do so when somebody looks at them."""
        ids = self._cells.near((box.left(), box.top(), box.right(), box.bottom())) - self._unrouted
        return [wire for wire in map(self.wires.__getitem__, ids) if wire.box.intersects(box)]

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

    def follow(self, agents: Iterable[AgentId], known: Collection[str] = frozenset()) -> Collection[str]:
        """The cards of these agents stand elsewhere now. Returns the edges that lead to or from them, without those
        that are `known` to lie well: they were just read."""
        if self._dragged:
            self._draw_chords()
            return self._dragged.keys()
        ids = {id for agent in agents for id in self.incident.get(agent, ())}.difference(known)
        if len(ids) <= MANY or not self.canvas.dragging:
            self._tells = len(ids) <= MANY
            for id in ids:
                self.place(self.wires[id])
            self._told()
        else:
            self._dragged = {id: self.wires[id] for id in ids}
            self._tells = False
            for wire in self._dragged.values():
                self._lift(wire)
            self._told()
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
        self._tells = not dragged
        for wire in dragged.values():
            self.place(wire)
        self._told()

    def fade(self, ids: frozenset[str]) -> None:
        """Let these edges, and no others, look as if they were about to go."""
        changed, self.fading = self.fading ^ ids, ids
        self.repaint_wires(changed)

    def repaint_wires(self, ids: Iterable[str]) -> None:
        """The look of these edges changed (a run's state, selection, hover)."""
        for id in ids:
            wire = self.wires.get(id)
            for each in (wire, None if wire is None or wire.twin is None else self.wires.get(wire.twin)):
                if each is not None and each.routed:  # what was never routed was never painted
                    self.update(each.box)

    def restyle(self) -> None:
        """The theme changed."""
        for wire in self.wires.values():
            wire.label = None
        self.update()

    # painting

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.canvas.detail != "far":
            wires_paint.paint(self, painter, self._chords, option.exposedRect)
