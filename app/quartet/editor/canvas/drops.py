"""Palette entries and texts dragged onto the canvas: a preview while they hover, one step when they are dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QGraphicsRectItem

from quartet.agents.kinds import find
from quartet.editor.canvas import carried, clipboard, geometry, going_in, joining, placing, replacing
from quartet.graph import files
from quartet.graph.edits import Add, Edit
from quartet.graph.files import FileProblem
from quartet.graph.model import Agent, AgentId, EdgeId, Graph, Note
from quartet.graph.names import fresh_id, fresh_name

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

KIND = "application/x-quartet-kind"
"""The bytes are the kind's name."""
FRAGMENT = "application/x-quartet-fragment"
"""The bytes are a graph in our file format."""


NOTE = QRectF(-120, -60, 240, 120)
"""The note that a dropped text becomes, about its middle."""
LONGEST = 20_000
"""Characters of a text that becomes a note."""
MOST_GHOSTS = 300
"""From more agents on, a drag shows the outline of them all."""


def text_of(mime: QMimeData) -> str:
    """The text that is dragged, from this program or another; empty where files are, which the window opens."""
    if mime.hasFormat(KIND) or mime.hasFormat(FRAGMENT) or any(url.isLocalFile() for url in mime.urls()):
        return ""
    text = mime.text().strip()
    return text if len(text) <= LONGEST or text.startswith("{") else text[: LONGEST - 1] + "…"


def _kind_of(mime: QMimeData) -> str:
    """The name of the kind that is dragged from the palette; empty: none is."""
    return bytes(mime.data(KIND).data()).decode("utf-8", "replace")


class Drop:
    """A drag over the canvas: a palette entry, or a text from anywhere."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._ghosts: list[tuple[QGraphicsRectItem, QPointF]] = []
        self._into: EdgeId | None = None
        """The edge that what is dragged would be put into."""
        self._instead: AgentId | None = None
        """The agent that would be replaced: the one below, while Shift is held."""
        self._left_out = ""
        """What of the text cannot be inserted."""

    def enter(self, event: QDragEnterEvent) -> None:
        """Accept what can be dropped, and show where it would stand."""
        boxes = self._boxes(event.mimeData())
        if not boxes or self._canvas.document.read_only is not None:
            event.ignore()
            return
        event.acceptProposedAction()
        scene = self._canvas.canvas_scene
        self.leave()
        for box in boxes:
            ghost = QGraphicsRectItem(QRectF(0, 0, box.width(), box.height()))
            ghost.setPen(scene.pens.preview)
            ghost.setBrush(scene.pens.band_fill)
            ghost.setZValue(55)
            scene.addItem(ghost)
            self._ghosts.append((ghost, box.topLeft()))
        self._place(event)

    def move(self, event: QDragMoveEvent) -> None:
        if not self._ghosts:
            event.ignore()
            return
        event.acceptProposedAction()
        self._place(event)

    def leave(self) -> None:
        """The drag left (or was cancelled): no trace remains."""
        if self._into is not None:
            going_in.show(self._canvas, None, (0.0, 0.0), QPointF())
            self._into = None
        if self._instead is not None:
            self._canvas.show_targets(frozenset(), frozenset())
            self._instead = None
        for ghost, _ in self._ghosts:
            self._canvas.canvas_scene.removeItem(ghost)
        self._ghosts = []

    def drop(self, event: QDropEvent) -> None:
        at, into = self._canvas.mapToScene(event.position().toPoint()), self._into
        instead, kind = self._instead, find(_kind_of(event.mimeData()))
        self.leave()
        if instead is not None and kind is not None:
            done = replacing.replace(self._canvas, [instead], kind)
        else:
            done = self.insert(event.mimeData(), at, into)
        if done:
            event.acceptProposedAction()
            self._canvas.setFocus()
        else:
            event.ignore()

    def insert(self, mime: QMimeData, at: QPointF | None, into: EdgeId | None = None) -> bool:
        """Insert what a palette entry stands for, a graph in JSON, or a text as a note, and select it; nothing of it
        stays out of sight.

        Its middle comes to a scene point (None: to the free place nearest to the middle of the view). An agent is put
        into the edge `into`, in the same step.
        """
        canvas = self._canvas
        self._left_out = ""
        if mime.hasFormat(KIND):
            there = self._free((geometry.WIDTH, geometry.HEIGHT)) if at is None else at
            done = self._insert_agent(_kind_of(mime), there, into)
        elif (piece := self._piece(mime)) is None:
            done = self._insert_note(text_of(mime), self._free((NOTE.width(), NOTE.height())) if at is None else at)
        else:
            there = self._free(clipboard.size(clipboard.laid_out(piece))) if at is None else at
            done = clipboard.insert(canvas, piece, there, f"Insert {piece.name or 'a pattern'}")
        if done:
            canvas.bring_in(canvas.document.selection)
            if self._left_out:
                canvas.say(self._left_out, at)
        return done

    def _free(self, size: tuple[float, float]) -> QPointF:
        return placing.free_place(self._canvas.canvas_scene, size, self._canvas.center_scene_pos())

    def _insert_agent(self, name: str, at: QPointF, into: EdgeId | None) -> bool:
        graph = self._canvas.document.graph
        kind = find(name)
        if kind is None:
            self._canvas.say(f"There is no agent kind called “{name}” here.", at)
            return False
        title = fresh_name(graph, kind.title)
        agent = Agent(id=fresh_id(graph, title), kind=name, name=title)
        place = geometry.snapped((at.x() - geometry.WIDTH / 2, at.y() - geometry.HEIGHT / 2))
        edits: list[Edit] = [Add(section="agents", item=agent, at=place)]
        if into is not None and into in graph.edges:
            edits += joining.insertion(graph, graph.edges[into], agent.id)[1]
        if not self._canvas.do(f"Add {title}", edits):
            return False
        self._canvas.document.select({agent.id})
        return True

    def _insert_note(self, text: str, at: QPointF) -> bool:
        if not text:
            return False
        x, y = geometry.snapped((at.x() - NOTE.width() / 2, at.y() - NOTE.height() / 2))
        note = Note(id=fresh_id(self._canvas.document.graph, "note"), text=text, x=x, y=y)
        if not self._canvas.do("Add a note", [Add(section="notes", item=note)]):
            return False
        self._canvas.document.select({note.id})
        return True

    def _piece(self, mime: QMimeData) -> Graph | None:
        """The graph that is dragged: from the palette, or as text from anywhere; None if it is none."""
        if mime.hasFormat(FRAGMENT):
            return self._fragment(mime)
        if not text_of(mime):
            return None
        try:
            opened = carried.graph_of(mime)
        except FileProblem:
            return None
        self._left_out = carried.left_out(opened)
        return opened.graph

    def _fragment(self, mime: QMimeData) -> Graph | None:
        try:
            return files.loads(bytes(mime.data(FRAGMENT).data()).decode("utf-8", "replace"), "the palette").graph
        except FileProblem as problem:
            self._canvas.say(str(problem))
            return None

    def _boxes(self, mime: QMimeData) -> list[QRectF]:
        """The cards that a drop would add, about their common middle."""
        size = QRectF(-geometry.WIDTH / 2, -geometry.HEIGHT / 2, geometry.WIDTH, geometry.HEIGHT)
        if mime.hasFormat(KIND):
            return [size]
        piece = self._piece(mime)
        if piece is None:
            return [NOTE] if text_of(mime) else []
        middle = clipboard.centre(clipboard.laid_out(piece))
        if middle is None:
            return []
        if len(piece.positions) > MOST_GHOSTS:
            width, height = clipboard.size(piece)
            return [QRectF(-width / 2, -height / 2, width, height)]
        return [
            QRectF(x - middle.x(), y - middle.y(), geometry.WIDTH, geometry.HEIGHT) for x, y in piece.positions.values()
        ]

    def _place(self, event: QDropEvent) -> None:
        at = self._canvas.mapToScene(event.position().toPoint())
        for ghost, offset in self._ghosts:
            ghost.setPos(*geometry.snapped((at.x() + offset.x(), at.y() + offset.y())))
        if not event.mimeData().hasFormat(KIND):
            return
        before, self._into = self._into, None
        below = self._canvas.agent_at(at) if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else None
        if below != self._instead:
            self._instead = below
            self._canvas.show_targets(frozenset() if below is None else frozenset({str(below)}), frozenset())
        corner = geometry.snapped((at.x() - geometry.WIDTH / 2, at.y() - geometry.HEIGHT / 2))
        if below is None and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            agent = Agent(id=AgentId(""), kind=_kind_of(event.mimeData()), name="It")
            self._into = going_in.edge_below(self._canvas.canvas_scene, corner, agent)
        if before is not None or self._into is not None:
            going_in.show(self._canvas, self._into, corner, at)
