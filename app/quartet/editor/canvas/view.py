"""The canvas: the view of one document's scene. It turns events into gestures, and scrolls and zooms."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from quartet.editor.canvas import bends, clipboard, drops, hits, keys, locking, menus, opening, wheel
from quartet.editor.canvas.adding import Adding
from quartet.editor.canvas.asides import Asides
from quartet.editor.canvas.edge_scroll import EdgeScroll
from quartet.editor.canvas.geometry import Side
from quartet.editor.canvas.inline import Inline
from quartet.editor.canvas.minimap import Minimap
from quartet.editor.canvas.overlays import EmptyState, KindPill, Remark, ZoomBar
from quartet.editor.canvas.paper import Paper
from quartet.editor.canvas.pointing import Pointing
from quartet.editor.canvas.tools.idle import Idle
from quartet.editor.canvas.tools.tool import Pointer, Tool
from quartet.editor.canvas.views import Views
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.offers import Offers
from quartet.graph.edits import Edit, EditError
from quartet.graph.model import AgentId, EdgeId

FEW = 300
"""Up to so many agents the overview makes way for a card."""


class Canvas(Paper):
    """One document, drawn. Only `document.do` changes what is drawn; the canvas previews and asks."""

    inspect_requested = Signal(object)
    """A person double-clicked these ids, or pressed Enter: show them in the inspector."""
    commands: Callable[[QKeyEvent], bool] | None = None
    """Runs the command of a key, False if it has none; a canvas without a window has the keys of `keys.BINDINGS`."""
    keys_shown: Callable[[str], str] = staticmethod(keys.shown)
    """The keys of a command by its name, as menus show them."""
    hands: Offers | None = None
    """What a person may do to the agents of the run; a canvas without a run has none."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__(document, live, parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.space_held = False
        self.armed: type[Tool] | None = None
        """The gesture that the next drag is, where a key has chosen one."""
        self.menu_taken = False
        """The right button drew something, or took a gesture back: it opens no menu."""
        self._asides = Asides(self)
        self.pointing = Pointing(self)
        self._idle = Idle(self)
        self.tool: Tool = self._idle
        self._pointer = Pointer(QPointF(), QPoint(), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
        self._scroller = EdgeScroll(self, self._scrolled)
        self._fitted = False
        self.zoom_bar = ZoomBar(self)
        self.minimap = Minimap(self)
        self.covers = (self.minimap, self.zoom_bar)
        self.pill = KindPill(self)
        self.remark = Remark(self)
        self.empty = EmptyState(self)
        self.inline = Inline(self)
        self.adding: Adding = Adding(self)
        self.drop = drops.Drop(self)
        document.changing.connect(self.cancel_gesture)
        document.changing.connect(self.pointing.off)
        document.changed.connect(self._changed)
        document.verdict_changed.connect(self._judged)
        document.revealed.connect(self.reveal)
        live.changed.connect(self.minimap.changed)
        self.zoom_changed.connect(self.zoom_bar.show_zoom)
        self.moved.connect(self._looked_elsewhere)
        self.moved.connect(self.pointing.off)
        self.moved.connect(self.inline.follow)
        self.walked: AgentId | None = None
        """The agent that the keyboard last went to."""
        self.walked_from: AgentId | None = None
        """The agent from which it came there along an edge."""
        self.views = Views(self)
        self._show_empty()
        self._tell_zoom()

    # the document

    def do(self, label: str, edits: Sequence[Edit], merge: str | None = None) -> bool:
        """Change the document as one step (`Document.do`); where that is refused, say why beside the pointer."""
        reason = locking.refusal(self.document.graph, edits)
        if reason is not None:
            self.say(reason, self._pointer.at)
            return False
        try:
            self.document.do(label, edits, merge)
        except EditError as error:
            self.say(str(error), self._pointer.at)
            return False
        return True

    def _changed(self, _: object) -> None:
        self._fit_at = None  # whoever draws wants the view to stay
        self.adding.close()  # what it offers was asked of the graph as it was
        self._reach()
        self._show_empty()
        if self.canvas_scene.reshaped:
            self.minimap.changed()
        if self.pill.edge is not None and self.pill.edge not in self.document.graph.edges:
            self.pill.dismiss()

    def _show_empty(self) -> None:
        graph = self.document.graph
        self.empty.setVisible(not (graph.agents or graph.frames or graph.notes))
        self._place_minimap()

    def _judged(self) -> None:
        if self.canvas_scene.recoloured:
            self.minimap.changed()
        if self.fitted:  # nothing was drawn since: the verdict brings its regions, which take room
            self.fit()

    def _looked_elsewhere(self) -> None:
        self._place_minimap()
        self.minimap.refresh()

    def _place_minimap(self) -> None:
        """At the bottom right; a drawing that is small and wholly in view needs none."""
        area = self.viewport().rect()
        self.minimap.move(area.width() - self.minimap.width() - 12, area.height() - self.minimap.height() - 12)
        scene = self.canvas_scene
        count = len(scene.positions)
        needed = count > FEW or (count > 1 and not self.visible_scene_rect().contains(scene.content_box()))
        self.minimap.setVisible(needed and self.minimap.has_room(area))

    def closeEvent(self, event: QCloseEvent) -> None:
        self.canvas_scene.release()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        refit = self.fitted and self.tool is self._idle and self.inline.editor is None
        super().resizeEvent(event)
        area = self.viewport().rect()
        self.zoom_bar.adjustSize()
        self.zoom_bar.move(12, area.height() - self.zoom_bar.height() - 12)
        self._place_minimap()
        self.empty.setGeometry(area)
        if refit or (not self._fitted and self.isVisible()):
            self._fitted = self._fitted or self.isVisible()
            self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._fitted:
            self._fitted = True
            self.fit()

    # gestures

    def hit(self, at: QPointF) -> hits.Hit:
        """What is under a scene point."""
        return hits.hit(self.canvas_scene, at)

    def agent_at(self, at: QPointF, margin: float = 0.0) -> AgentId | None:
        return hits.agent_at(self.canvas_scene, at, margin)

    def begin(self, tool: Tool, pointer: Pointer) -> None:
        """Start a gesture."""
        self.inline.commit()
        self.pointing.off()
        self.tool = tool
        self.viewport().setCursor(tool.cursor)
        tool.press(pointer)

    def cancel_gesture(self) -> bool:
        """Take the gesture under way back; False if there is none."""
        if self.tool is self._idle:
            return self.minimap.cancel()
        self._over().cancel()
        return True

    def _over(self) -> Tool:
        tool, self.tool = self.tool, self._idle
        self._scroller.stop()
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        return tool

    def _pointer_of(self, event: QMouseEvent) -> Pointer:
        pixel = event.position().toPoint()
        scene = self.viewportTransform().inverted()[0].map(event.position())
        self._pointer = Pointer(scene, pixel, event.button(), event.modifiers())
        return self._pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer_of(event)
        event.accept()
        self.menu_taken = False
        if self.tool is not self._idle:  # a second button while one is held: the gesture is taken back
            self.cancel_gesture()
            self.menu_taken = True
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.pill.dismiss()
        self.adding.close()
        self.inline.commit()
        self._idle.press(pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.tool is not self._idle and event.buttons() == Qt.MouseButton.NoButton:
            self.cancel_gesture()  # the button went up where nobody told: what is dragged does not stick to the pointer
        self.tool.move(self._pointer_of(event))
        if self.tool.scrolls:
            self._scroller.at(self._pointer.pixel)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer_of(event)
        event.accept()
        if self.tool is not self._idle:
            self._over().release(pointer)
            self._idle.move(pointer)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        pointer = self._pointer_of(event)
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        found = self.hit(pointer.at)
        if found.agent is not None:
            self.document.select({found.agent})
            opening.open_selected(self)
        elif found.edge is not None and found.bend is not None:
            bends.remove(self, found.edge, found.bend)
        elif found.edge is not None:
            self.document.select({found.edge})
            if self.canvas_scene.wires.wires[found.edge].on_pill(pointer.at.x(), pointer.at.y()):
                self.inline.edit_edge(found.edge)
            else:
                bends.add(self, found.edge, pointer.at)
        elif found.annotation is not None:
            self.document.select({found.annotation})
            self.inline.edit_annotation(found.annotation)
        elif found.broken is None:
            self.adding.here(pointer.at)

    def _scrolled(self) -> None:
        """The drawing went by under a pointer that stands still."""
        last = self._pointer
        self._pointer = Pointer(self.mapToScene(last.pixel), last.pixel, last.button, last.modifiers)
        self.tool.move(self._pointer)

    def leaveEvent(self, event: QEvent) -> None:
        if self.tool is self._idle:
            self.show_hover(None, None)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.space_held = False
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.cancel_gesture()  # neither Escape nor, maybe, the release would come here
        super().focusOutEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.cancel_gesture()
        super().hideEvent(event)

    def show_hover(self, agent: tuple[AgentId, Side | None] | None, edge: EdgeId | None) -> None:
        """What the pointer is on: its ports, or its line, stand out; what belongs to it, when the pointer rests."""
        scene = self.canvas_scene
        self.pointing.at(agent[0] if agent is not None else None, edge)
        if agent != scene.hover:
            for changed in {found[0] for found in (scene.hover, agent) if found is not None}:
                if changed in scene.cards:
                    scene.cards[changed].update()
            scene.hover = agent
        if edge != scene.hover_edge:
            both = [id for id in (scene.hover_edge, edge) if id is not None]
            scene.hover_edge = edge
            scene.wires.repaint_wires(both)

    def show_targets(self, accepted: frozenset[str], refused: frozenset[str]) -> None:
        """The agents that a wire would (or may not) be dropped on."""
        scene = self.canvas_scene
        changed = (scene.targeted ^ accepted) | (scene.refused ^ refused)
        scene.targeted, scene.refused = accepted, refused
        for id in changed:
            card = scene.cards.get(AgentId(id))
            if card is not None:
                card.update()

    def say(self, text: str, at: QPointF | None = None) -> None:
        """Say something beside a scene point (None: the pointer), for a few seconds."""
        self.remark.say(text, self._pointer.pixel if at is None else self.mapFromScene(at))

    def offer_kinds(self, edge: EdgeId, at: QPoint) -> None:
        self.pill.offer(edge, at)

    # wheel, keys, menus

    def wheelEvent(self, event: QWheelEvent) -> None:
        wheel.turn(self, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not keys.press(self, event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.space_held = False
            if self.tool is self._idle:
                self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        super().keyReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if self.tool is not self._idle or (self.menu_taken and not by_key):
            return
        self.pill.dismiss()
        menus.show(self, event.pos(), event.globalPos())
        event.accept()

    # clipboard, drops, pictures

    def copy(self) -> None:
        clipboard.copy(self)

    def cut(self) -> None:
        clipboard.cut(self)

    def paste(self, at: QPointF | None = None) -> None:
        """Insert what the clipboard holds, its middle at `at` (None: the pointer, or the middle of the view)."""
        clipboard.paste(self, at)

    def duplicate(self) -> None:
        clipboard.duplicate(self)

    def delete(self) -> None:
        if not bends.delete(self):
            clipboard.delete(self)

    def select_all(self) -> None:
        graph = self.document.graph
        self.document.select({*graph.agents, *graph.edges, *graph.frames, *graph.notes})

    def rename_selected(self) -> None:
        """Edit the name of the one selected item in place."""
        self.inline.rename_selected()

    def pointer_scene_pos(self) -> QPointF | None:
        """Where the pointer is over the canvas, in scene units; None if it is elsewhere."""
        return self._pointer.at if self.viewport().underMouse() else None

    def render_image(self, scale: float = 2.0) -> QImage:
        """The whole drawing as a picture, `scale` pixels per scene unit."""
        from quartet.editor.export import picture

        return picture(self.canvas_scene, scale)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.drop.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.drop.move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop.drop(event)

    def insert(self, mime: QMimeData, at: QPointF | None = None) -> bool:
        """Insert what a palette entry stands for, its middle at `at` (None: a free place in the middle of the view)."""
        return self.drop.insert(mime, at)
