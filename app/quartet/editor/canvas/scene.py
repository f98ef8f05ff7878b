"""The scene: what the document and the run hold, as items. It looks ids up when a signal names them, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter

from quartet.agents.kinds import find
from quartet.collector import seldom
from quartet.editor import theme
from quartet.editor.canvas import geometry, passing, region_names
from quartet.editor.canvas.annotations import Annotation, FrameItem, Hint, NoteItem
from quartet.editor.canvas.backs import Backs
from quartet.editor.canvas.far import FarLayer
from quartet.editor.canvas.geometry import Box, Point, Side
from quartet.editor.canvas.present import Present
from quartet.editor.canvas.regions import RegionLayer
from quartet.editor.canvas.states import StatefulScene
from quartet.editor.canvas.style import Detail, detail_of, style
from quartet.editor.canvas.tokens import TokenLayer
from quartet.editor.canvas.wires import WireLayer
from quartet.graph.model import AgentId, EdgeId
from quartet.graph.nesting import SUB_GRAPH

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtCore import QObject

    from quartet.editor.document import Changed, Document
    from quartet.editor.live import Live
    from quartet.editor.theme import Theme

TICK = 100
"""Milliseconds between two looks at the clock of what is running."""
MARGIN = 400.0
"""Round the content, so that its border is never at the edge of the index."""
TICKING = frozenset({"running", "backoff", "queued"})


class CanvasScene(StatefulScene):
    """All items of one document. Only the document is asked what there is; only the run is asked for states."""

    def __init__(
        self, document: Document, live: Live, parent: QObject | None = None, look: Theme | None = None
    ) -> None:
        super().__init__(live, style(look), parent)
        self.document = document
        self._look = look
        self.zoom = 1.0
        self.pixel_ratio = 1.0
        """Pixels of the screen per scene unit: what pixmaps are made for."""
        self.device_ratio = 1.0
        """Pixels of the screen per pixel of the view."""
        self.detail: Detail = "full"
        self.exact = False
        """While a picture is made: lines are worth more than time."""
        self.vector = False
        """While a picture is made that has no pixels: shapes are painted, not pixmaps of them."""
        self.backs = Backs(self)
        self.positions: dict[AgentId, Point] = {}
        """Where the cards are shown: as in the graph, but for what a gesture is moving."""
        self.present = Present(self)
        self.places, self.cards = self.present.places, self.present.cards
        self.annotations: dict[str, Annotation] = {}
        self.marks: dict[AgentId, str] = {}
        """The worst finding of an agent: "error" or "warning"."""
        self.pattern_of: dict[AgentId, str] = {}
        self.reshaped = True
        """Whether the last change moved anything, or brought or took it."""
        self.recoloured = False
        """Whether the last judgement changed the colour, or the room, of anything seen from far away."""
        self.lit: frozenset[str] | None = None
        """While evidence is shown: the agents that are lit."""
        self.lit_edges: frozenset[str] | None = None
        self.hover: tuple[AgentId, Side | None] | None = None
        self.hover_edge: str | None = None
        self.pointed_edges: frozenset[str] = frozenset()
        """The edges that belong to what the pointer rests on (`pointing`)."""
        self.pointed_agents: frozenset[str] = frozenset()
        self.targeted: frozenset[str] = frozenset()
        """Agents that a gesture would connect to."""
        self.refused: frozenset[str] = frozenset()
        """Agents that a gesture may not connect to."""
        self.dragging = False
        self.fresh: EdgeId | None = None
        """The edge just drawn, while it is selected for that reason only: a press at its ends begins the next one."""
        self.regions = RegionLayer(self)
        self.region_names = region_names.RegionNames(self, self.regions)
        self.wires = WireLayer(self)
        self.far = FarLayer(self)
        self.tokens = TokenLayer(self)
        self.hint = Hint(self)
        for item in (self.regions, self.wires, self.far, self.tokens, self.hint, self.region_names):
            self.addItem(item)
        self._ticking: set[AgentId] = set()
        self._content: Box | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(TICK)
        self._clock.timeout.connect(self._tick)
        self.rebuild()
        document.changed.connect(self._changed)
        document.verdict_changed.connect(self._judged)
        document.selection_changed.connect(self._selected)
        document.highlighted.connect(self._highlighted)
        live.changed.connect(self._ran)
        live.started.connect(self._began)
        theme.changed.connect(self._restyle)
        self._follows_theme = True
        self._selection = document.selection

    def release(self) -> None:
        """Let go of the theme's signal, which lives longer than any document."""
        self._clock.stop()
        if self._follows_theme:
            self._follows_theme = False
            theme.changed.disconnect(self._restyle)

    # the document

    @seldom()
    def rebuild(self) -> None:
        """Read the whole document."""
        graph = self.document.graph
        self.positions.update(graph.positions)
        for id in graph.agents:
            if id in self.positions:
                self.places.add(id)
        self.present.place_loose(graph.agents)
        for id in graph.agents:
            self.present.add(id)
        self.wires.sync(graph.edges)
        self.wires.sync_broken(graph.broken)
        for item in (*graph.frames, *graph.notes):
            self._sync_annotation(item)
        self._judged()
        self._fit_index(force=True)

    def _changed(self, changed: Changed) -> None:
        graph = self.document.graph
        if changed.graph and self.document.whole.graphs:  # what an agent stands for may be linked now, or no longer
            for id in [each.id for each in graph.agents.values() if each.kind == SUB_GRAPH]:
                if id in self.cards:
                    self.cards[id].stale()
        agents = {AgentId(id) for id in changed.agents}
        gone = agents - graph.agents.keys()
        before = [self.positions[id] for id in agents if id in self.positions]
        for id in gone:
            self.present.drop(id)
            self.positions.pop(id, None)
        if self.hover is not None and self.hover[0] not in graph.agents:
            self.hover = None
        there = [id for id in agents if id in graph.agents]
        moved = set()
        for id in there:
            at = graph.positions.get(id)
            if at is not None and self.positions.get(id) != at:
                self.positions[id] = at
                moved.add(id)
                if id not in self.cards:
                    self.places.add(id)
            elif at is None and id in self.cards:
                continue
        known = len(self.cards)
        self.present.place_loose(there)
        self.show_at_zoom(self.zoom, self.device_ratio)  # what is far depends on how many there are
        for id in there:
            if id not in self.cards:
                self.present.add(id)
            else:
                card = self.cards[id]
                card.stale()
                if card.refit():  # its edges end elsewhere
                    moved.add(id)
        self.present.put(moved)
        self.dragging = False
        watchers = self.wires.sync(changed.edges)
        for id in watchers & self.cards.keys():
            self.cards[id].stale()
        self.wires.follow(moved, changed.edges)
        if moved or gone:
            passing.again(self, [*before, *(self.positions[id] for id in moved)])
        if changed.graph or graph.broken:
            self.wires.sync_broken(graph.broken)
        for id_ in (*changed.frames, *changed.notes):
            self._sync_annotation(id_)
        self.regions.follow(agents)
        self.reshaped = bool(moved or gone or changed.frames or changed.notes) or known != len(self.cards)
        touched = set(changed.edges) | {edge for id in moved for edge in self.wires.incident.get(id, ())}
        self.far.stale(agents, touched)
        self._fit_index()

    def _sync_annotation(self, id: str) -> None:
        graph = self.document.graph
        item = self.annotations.get(id)
        if id not in graph.frames and id not in graph.notes:
            if item is not None:
                del self.annotations[id]
                self.removeItem(item)
            return
        if item is None:
            item = FrameItem(self, id) if id in graph.frames else NoteItem(self, id)
            self.annotations[id] = item
            self.addItem(item)
        item.sync()

    def content_box(self) -> QRectF:
        """The rectangle of everything that is drawn; a null one of nothing."""
        around = self.places.bounds()
        boxes = [] if around is None else [around]
        for id in self.wires.bent:
            rect = self.wires.wires[id].box
            boxes.append((rect.left(), rect.top(), rect.right(), rect.bottom()))
        for item in self.annotations.values():
            rect = item.scene_rect()
            boxes.append((rect.left(), rect.top(), rect.right(), rect.bottom()))
        box = geometry.union(boxes)
        if box is None:
            return QRectF()
        found = QRectF(box[0], box[1], box[2] - box[0], box[3] - box[1])
        for region in self.regions.boxes[:1]:
            found |= region
        return found

    def _fit_index(self, force: bool = False) -> None:
        """Keep the index's rectangle round the content; it only ever grows, as changing it rebuilds the index."""
        if not force and self.cards and self._content is not None and len(self.cards) > 2_000:
            return
        box = self.content_box()
        if box.isNull():
            box = QRectF(0, 0, 1, 1)
        if force or not self.sceneRect().contains(box.adjusted(-40, -40, 40, 40)):
            room = box.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
            self.setSceneRect(room if force else room.united(self.sceneRect()))
        self._content = (box.left(), box.top(), box.right(), box.bottom())

    # verdict, selection, evidence

    def _judged(self) -> None:
        found = self.document.gist
        self.recoloured = self.regions.sync()
        patterns, self.pattern_of = self.pattern_of, found.pattern_of
        marks, self.marks = self.marks, found.marks
        if marks is not self.marks:
            for id in {id for id, _ in marks.items() ^ self.marks.items()} & self.cards.keys():
                self.cards[id].stale()
        changed = set()
        if patterns is not self.pattern_of:
            changed = {id for id, _ in patterns.items() ^ self.pattern_of.items()}
        if changed:  # a block far away has the colour of its part
            self.far.stale(changed, ())

    def _selected(self) -> None:
        self.fresh = None
        selection = self.document.selection
        changed = selection ^ self._selection
        self._selection = selection
        agents = [AgentId(id) for id in changed if id in self.cards]
        for id in agents:
            self.cards[id].update()
        for item in changed & self.annotations.keys():
            self.annotations[item].update()
        self.wires.repaint_wires(changed)
        # an agent that is lost is let go of before the scene hears of its removal
        self.far.stale([id for id in agents if id in self.document.graph.agents], ())

    def _highlighted(self) -> None:
        document = self.document
        if document.highlight_edges or document.highlight_agents:
            edges = document.graph.edges
            lit = [edges[EdgeId(id)] for id in document.highlight_edges if id in edges]
            self.lit = document.highlight_agents | {end for edge in lit for end in (edge.source, edge.target)}
            self.lit_edges = document.highlight_edges
        elif document.shown_only is not None:
            shown = document.shown_only
            self.lit = shown
            between = (edge.id for edge in document.graph.edges.values() if {edge.source, edge.target} <= shown)
            self.lit_edges = frozenset(between)
        else:
            self.lit = self.lit_edges = None
        self.far.all_stale()
        self.update()

    def preview_positions(self, to: dict[AgentId, Point]) -> None:
        """Show cards elsewhere while a gesture lasts; the document knows nothing of it."""
        self.dragging = True
        self.positions.update(to)
        self.present.put(to)
        edges = self.wires.follow(to)
        if len(to) <= 200:
            self.regions.follow(to)
        self.far.moved(to.keys(), edges)

    def end_preview(self) -> None:
        """The gesture ended: everything stands where the document says again."""
        self.dragging = False
        graph = self.document.graph
        back = {id: at for id, at in graph.positions.items() if self.positions.get(id) != at}
        self.positions.update(back)
        self.present.put(back)
        self.wires.settle_drag()
        self.wires.follow(back)
        self.regions.follow(None)
        self.far.stale(back, {edge for id in back for edge in self.wires.incident.get(id, ())})
        for item in self.annotations.values():
            item.sync()

    # the run

    def _began(self) -> None:
        self.tokens.reset()
        self._ticking.clear()
        self.far.all_stale()
        self.update()

    def _ran(self, agents: Collection[str], edges: Collection[str]) -> None:
        state = self.live.state
        touched = [AgentId(id) for id in agents if id in self.cards]
        for id in touched:
            self.cards[id].state_stale()
            status = self.status_of(id)
            if status in TICKING:
                self._ticking.add(id)
            else:
                self._ticking.discard(id)
        self.wires.repaint_wires(edges)
        self.tokens.passed(edges, moving=self.live.running)
        self.far.stale(touched, edges)
        if state is None:
            self._ticking.clear()
            self.update()
        if self._ticking and self.live.running:
            if not self._clock.isActive():
                self._clock.start()
        else:
            self._clock.stop()

    def _tick(self) -> None:
        if not self.live.running or not self._ticking:
            self._clock.stop()
        if self.detail == "full":
            for id in self._ticking:
                if id in self.cards:
                    self.cards[id].state_stale()

    # look

    def _restyle(self) -> None:
        self.dress(style(self._look))
        for card in self.cards.values():
            card.stale()
        for item in self.annotations.values():
            item.sync()
        self.wires.restyle()
        self.regions.restyle()
        self.region_names.restyle()
        self.far.all_stale()
        self.update()

    def sides(self, id: AgentId) -> tuple[Side, ...]:
        """The ports that are always shown on a card: where flow comes in and goes out, and where an overseer holds."""
        agent = self.document.graph.agents.get(id)
        kind = None if agent is None else find(agent.kind)
        role = "worker" if kind is None else kind.role
        if role == "trigger":
            return ("right",)
        if self.wires.watches(id) or role == "supervisor":
            return ("left", "right", "bottom")
        return ("left", "right")

    def show_at_zoom(self, zoom: float, ratio: float) -> None:
        """The view's scale changed: `ratio` is the screen's pixels per pixel of the view."""
        before = self.detail
        self.zoom, self.pixel_ratio, self.device_ratio = zoom, zoom * ratio, ratio
        self.detail = detail_of(zoom, len(self.cards))
        if (before == "far") != (self.detail == "far"):
            self.far.setVisible(self.detail == "far")
            if self.detail == "far":
                self.present.stand_back()

    def show_cards(self, area: QRectF) -> None:
        """This is in view: have the cards there."""
        if self.detail != "far":
            self.present.show(area)

    def render(
        self,
        painter: QPainter,
        target: QRectF | QRect = QRectF(),  # noqa: B008  # Qt's own
        source: QRectF | QRect = QRectF(),  # noqa: B008
        aspect: Qt.AspectRatioMode = Qt.AspectRatioMode.KeepAspectRatio,
    ) -> None:
        self.show_cards(QRectF(source) if not source.isNull() else self.sceneRect())
        super().render(painter, target, source, aspect)
