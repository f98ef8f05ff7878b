"""Looking around: zoom about a point, scroll, fit, reveal, and the paper with its dots."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGraphicsView, QWidget

from quartet.editor import preferences, theme
from quartet.editor.canvas import geometry
from quartet.editor.canvas.scene import CanvasScene
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.graph.model import AgentId

SMALLEST, LARGEST = 0.02, 4.0
"""How far a person can zoom. To show everything of a very large drawing it may get smaller yet."""
ROOM = 3_000.0
"""How far beyond the content one can scroll, in scene units at 100 %."""
SIDE, FOOT = 20, 72
"""Pixels that stay free round what is fitted into the view; below it lie the zoom buttons, and names on the lines of
regions reach a little further."""
DOTS = 24.0
"""Between two dots of the grid, in scene units."""


class Paper(QGraphicsView):
    """A view of one document's scene that can be zoomed and scrolled without end. It knows no gestures."""

    zoom_changed = Signal(float)
    moved = Signal()
    """Another part of the drawing is in view."""
    open_requested = Signal(str)
    """A person wants to see the sub-graph that this agent stands for."""
    leave_requested = Signal()
    """A person wants to see the drawing around this one."""
    nested = False
    """It shows the inside of a sub-graph: there is a drawing around this one."""

    def __init__(self, document: Document, live: Live, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document: Document = document
        self.live = live
        self._fit_at: tuple[float, QPointF] | None = None
        """The zoom and the scene point at the top left after the last fit; None once something was drawn since."""
        self.covers: tuple[QWidget, ...] = ()
        """What may lie over a corner of the drawing."""
        self.canvas_scene = CanvasScene(document, live, parent=self)
        self.setScene(self.canvas_scene)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        # the paper covers all of it: without this Qt paints six widgets under it first, at every frame
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self._repaper)
        preferences.changed.connect(self._repaper)
        self._repaper()

    def _repaper(self) -> None:
        self.setBackgroundBrush(theme.current().canvas)
        self.resetCachedContent()
        self.viewport().update()

    @property
    def zoom(self) -> float:
        """Pixels of the view per scene unit."""
        return self.transform().m11()

    def visible_scene_rect(self) -> QRectF:
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def center_scene_pos(self) -> QPointF:
        """The scene point in the middle of the view."""
        return self.mapToScene(self.viewport().rect().center())

    def _reach(self) -> None:
        """How far one can scroll: well beyond the content, and always what is in view."""
        room = max(ROOM, 1200 / self.zoom)
        box = self.canvas_scene.content_box().adjusted(-room, -room, room, room)
        current = self.sceneRect()
        if not current.contains(box) or current.width() > 3 * box.width():
            middle = self.viewport().rect().center()
            before = self.mapToScene(middle)
            self.setSceneRect(box.united(self.visible_scene_rect()))
            self.scroll_by(self.mapFromScene(before) - middle)  # Qt may centre anew what became scrollable

    def set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom so that the scene point under `anchor` (a pixel; None: the middle) stays where it is."""
        zoom = min(LARGEST, zoom if zoom > SMALLEST else max(min(SMALLEST, self._whole()), zoom))
        pixel = self.viewport().rect().center() if anchor is None else anchor
        before = self.mapToScene(pixel)
        if abs(zoom - self.zoom) > 1e-9:
            self.resetTransform()
            self.scale(zoom, zoom)
            self._reach()
        self.scroll_by(self.mapFromScene(before) - pixel)
        self._tell_zoom()

    def zoom_to(self, factor: float) -> None:
        """Zoom about the middle of the view: 1.0 is 100 %."""
        self.set_zoom(factor)

    def zoom_by(self, factor: float) -> None:
        self.set_zoom(self.zoom * factor)

    def fit(self) -> None:
        """Show everything, never larger than life. It stays so when the view gets another size, until someone moves."""
        self._show_rect(self.canvas_scene.content_box(), 1.0)
        self._fit_at = self._looking_at()

    def _looking_at(self) -> tuple[float, QPointF]:
        return self.zoom, self.mapToScene(QPoint(0, 0))

    @property
    def fitted(self) -> bool:
        """Whether the view is as `fit` left it: nobody has zoomed, scrolled or drawn since."""
        if self._fit_at is None:
            return False
        (before, there), (zoom, here) = self._fit_at, self._looking_at()
        return before == zoom and (there - here).manhattanLength() * zoom < 3  # pixels: places are rounded to them

    def zoom_selection(self) -> None:
        """Show what is selected as large as it fits, at most at 150 %."""
        rect = self._rect_of(self.document.selection)
        if rect is not None:
            self._show_rect(rect, 1.5)

    def reveal(self, ids: Iterable[str]) -> None:
        """Bring these items into view, moving as little as needed, at a zoom that can be read."""
        rect = self._rect_of(ids)
        if rect is None:
            return
        if self.zoom < 0.5 and rect.width() * 0.8 < self.viewport().width():
            self._show_rect(rect, 1.0)
        elif not self.visible_scene_rect().contains(rect):
            self.centerOn(rect.center())
            self.moved.emit()
        self._uncover(rect)

    def bring_in(self, ids: Iterable[str]) -> None:
        """Scroll so far that these items are wholly in view, at the zoom there is unless they are larger than that."""
        rect = self._rect_of(ids)
        if rect is None:
            return
        area = self._area()
        box = self.mapFromScene(rect).boundingRect().adjusted(-SIDE, -SIDE, SIDE, SIDE)
        if box.width() > area.width() or box.height() > area.height():
            self._show_rect(rect, self.zoom)
            return
        across = min(0, box.left() - area.left()) + max(0, box.right() - area.right())
        down = min(0, box.top() - area.top()) + max(0, box.bottom() - area.bottom())
        self.scroll_by(QPoint(across, down))
        self._uncover(rect)

    def _uncover(self, rect: QRectF) -> None:
        """Scroll what lies under the overview or the zoom buttons out from there, where it is small enough for that."""
        area = self._area()
        for cover in self.covers:
            box, over = self.mapFromScene(rect).boundingRect().adjusted(-8, -8, 8, 8), cover.geometry()
            if cover.isHidden() or not box.intersects(over):
                continue
            up = box.bottom() - over.top()
            aside = box.right() - over.left() if over.center().x() > area.center().x() else box.left() - over.right()
            ways = [QPoint(aside, 0)] if area.left() <= box.left() - aside <= area.right() - box.width() else []
            ways += [QPoint(0, up)] if box.top() - up >= area.top() else []
            self.scroll_by(min(ways, key=QPoint.manhattanLength, default=QPoint()))

    def _area(self) -> QRect:
        """The part of the view that nothing lies over."""
        whole = self.viewport().rect()
        return QRect(SIDE, SIDE, max(40, whole.width() - 2 * SIDE), max(40, whole.height() - SIDE - FOOT))

    def _whole(self) -> float:
        """The zoom at which everything is in view."""
        area, box = self._area(), self.canvas_scene.content_box()
        return LARGEST if box.isNull() else min(area.width() / box.width(), area.height() / box.height())

    def _rect_of(self, ids: Iterable[str]) -> QRectF | None:
        scene = self.canvas_scene
        found = QRectF()
        for id in ids:
            if id in scene.cards:
                x, y = scene.positions[AgentId(id)]
                found |= QRectF(x, y, geometry.WIDTH, geometry.HEIGHT)
            elif id in scene.annotations:
                found |= scene.annotations[id].scene_rect()
            elif id in scene.wires.wires:
                found |= scene.wires.wires[id].box
        return None if found.isNull() else found

    def _show_rect(self, rect: QRectF, most: float) -> None:
        if rect.isNull():
            self.set_zoom(1.0)
            self._reach()  # else the first agent makes room for itself and the view jumps
            self.centerOn(0, 0)
            return
        area = self._area()
        self.set_zoom(min(area.width() / rect.width(), area.height() / rect.height(), most))
        self.centerOn(rect.center())
        self.scroll_by(self.viewport().rect().center() - area.center())
        self.moved.emit()

    def scroll_by(self, pixels: QPoint) -> None:
        """Move the view over the drawing."""
        if pixels.isNull():
            return
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + pixels.x())
        down.setValue(down.value() + pixels.y())
        self.moved.emit()

    def _tell_zoom(self) -> None:
        zoom = self.zoom
        self.canvas_scene.show_at_zoom(zoom, self.devicePixelRatioF())
        self.zoom_changed.emit(zoom)
        self.moved.emit()

    def show_on_screen(self) -> None:
        """The window went to a screen with other pixels: draw everything in those."""
        self.resetCachedContent()
        self.canvas_scene.show_at_zoom(self.zoom, self.devicePixelRatioF())
        self.canvas_scene.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.canvas_scene.show_cards(self.visible_scene_rect())
        super().paintEvent(event)

    def scrollContentsBy(self, across: int, down: int) -> None:
        super().scrollContentsBy(across, down)
        self.canvas_scene.show_cards(self.visible_scene_rect())

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        look = theme.current()
        area = QRectF(rect)
        painter.fillRect(area, look.canvas)
        if not preferences.current().grid:
            return
        step = DOTS
        while step * self.zoom < 16:
            step *= 4
        pen = QPen(look.grid, 2 if self.zoom >= 0.9 else 1.5)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        left, top = geometry.snap(area.left() - step, step), geometry.snap(area.top() - step, step)
        across, down = int(area.width() / step) + 3, int(area.height() / step) + 3
        painter.drawPoints([QPointF(left + i * step, top + j * step) for i in range(across) for j in range(down)])
