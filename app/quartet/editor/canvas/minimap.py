"""The minimap: the whole drawing in a corner, and which part of it is in view. Press or drag to go there."""

from __future__ import annotations

from array import array
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from quartet.editor import theme
from quartet.editor.canvas import geometry
from quartet.editor.theme import STATES, mix
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from quartet.editor.canvas.view import Canvas

SIZE = QSize(184, 120)
INSET = 8.0
ROOMY = 2.25
"""A view that is not so many times as wide and as high as the map goes without one."""
MANY = 150
"""From so many cards on the map is made of pixels."""
DELAY = 80
"""Milliseconds in which changes are gathered before the picture is made anew."""
DELAY_MANY = 250
"""The same of many cards: within it comes what an edit's verdict changes."""

OPEN = 2_000
"""From so many cards on, painting the canvas round a hole costs more than painting it under the map as well."""
PATIENCE = 3
"""So many times it waits for the verdict of what it shows."""


class _Map(QWidget):
    """The picture of all cards. Of few it lets nothing through, so that a new one needs no canvas painted under it."""

    def __init__(self, minimap: Minimap) -> None:
        super().__init__(minimap)
        self._minimap = minimap
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(minimap.frame().toRect())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._minimap.picture())
        painter.translate(-self.pos())
        self._minimap.paint_view(painter)


class Minimap(QWidget):
    """A picture of all cards, made anew a moment after something changed, and the view's rectangle over it."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._picture: QPixmap | None = None
        self._area = QRectF()
        self._waited = 0
        """How often the picture was put off, because the drawing is being judged."""
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Press or drag to look somewhere else")
        self.setAccessibleName("Overview of the whole drawing")
        self._drag: tuple[QPoint, QPointF] | None = None
        """How far the canvas was scrolled before, and how far from the view's middle it was taken hold of."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._forget)
        theme.changed.connect(self.changed)
        theme.changed.connect(self.refresh)
        self._map = _Map(self)

    def has_room(self, area: QRect) -> bool:
        """Whether a view of this size has a corner to spare: in a narrow one the map would hide what it is a map of."""
        return area.width() >= ROOMY * self.width() and area.height() >= ROOMY * self.height()

    def changed(self, *_: object) -> None:
        """Something stands elsewhere or looks different."""
        if not self._timer.isActive():
            self._timer.start(DELAY if len(self._canvas.canvas_scene.positions) <= MANY else DELAY_MANY)

    def _forget(self) -> None:
        document = self._canvas.document
        if document.verdict is not None and not document.judged and self._waited < PATIENCE:
            self._waited += 1  # the verdict colours it anew in a moment
            self._timer.start()
            return
        self._waited = 0
        self._picture = None
        if self._around() == self._area:
            self._map.update()
        else:  # where everything lies elsewhere on the map, so does the frame of the view, which reaches beyond it
            self.refresh()

    def refresh(self) -> None:
        """Paint all of it: of what lets nothing through Qt does not think when what it lies in is painted."""
        self.update()
        self._map.update()

    # coordinates

    def _around(self) -> QRectF:
        return self._canvas.canvas_scene.content_box().adjusted(-40, -40, 40, 40)

    def frame(self) -> QRectF:
        """Where the picture lies."""
        return QRectF(self.rect()).adjusted(INSET, INSET, -INSET, -INSET)

    def _scale(self) -> float:
        frame = self.frame()
        return min(frame.width() / max(1.0, self._area.width()), frame.height() / max(1.0, self._area.height()))

    def to_map(self, rect: QRectF) -> QRectF:
        """A rectangle of the scene as the map shows it."""
        scale, frame, area = self._scale(), self.frame(), self._area
        left = frame.center().x() + (rect.left() - area.center().x()) * scale
        top = frame.center().y() + (rect.top() - area.center().y()) * scale
        return QRectF(left, top, rect.width() * scale, rect.height() * scale)

    def to_scene(self, at: QPointF) -> QPointF:
        """A point of the map as a place of the scene."""
        scale, frame, area = self._scale(), self.frame(), self._area
        return QPointF(
            area.center().x() + (at.x() - frame.center().x()) / scale,
            area.center().y() + (at.y() - frame.center().y()) / scale,
        )

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        look = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.line, 1))
        painter.setBrush(look.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self.picture()  # it says where the view lies
        self.paint_view(painter)

    def paint_view(self, painter: QPainter) -> None:
        """Draw the rectangle of the view, neither filled nor rounded: it is painted over every frame of the canvas."""
        painter.setPen(QPen(theme.current().accent, 1))
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawRect(self.to_map(self._canvas.visible_scene_rect()).intersected(inside))

    def picture(self) -> QPixmap:
        """All cards in the map's frame."""
        if self._picture is None or self._picture.devicePixelRatio() != self.devicePixelRatioF():
            self._picture = self._draw()
        return self._picture

    def _draw(self) -> QPixmap:
        scene = self._canvas.canvas_scene
        look = theme.current()
        ratio = self.devicePixelRatioF()
        self._area = self._around()
        self._map.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, len(scene.positions) < OPEN)
        if len(scene.positions) > MANY:
            return QPixmap.fromImage(self._dots(ratio))
        picture = QPixmap(self._map.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(look.panel)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.translate(-self._map.pos())
        scale, groups = self._scale(), dict[str, list[QRectF]]()
        frame, middle = self.frame().center(), self._area.center()
        width, height = max(1.5, geometry.WIDTH * scale), max(1.0, geometry.HEIGHT * scale)
        for id, (x, y) in scene.positions.items():
            groups.setdefault(self._group(id), []).append(
                QRectF(frame.x() + (x - middle.x()) * scale, frame.y() + (y - middle.y()) * scale, width, height)
            )
        for group, rects in groups.items():
            painter.setBrush(mix(look.color(group), look.panel, 0.75))
            painter.drawRects(rects)
        painter.end()
        return picture

    def _group(self, id: AgentId) -> str:
        scene = self._canvas.canvas_scene
        status = scene.status_of(id)
        return scene.pattern_of.get(id, "faint") if status is None else STATES[status].token

    def _dots(self, ratio: float) -> QImage:
        """All cards in the map's frame, pixel by pixel: of many, each is so small that shapes would cost far more."""
        look, frame, scale = theme.current(), self.frame(), self._scale() * ratio
        across, down = ceil(frame.width() * ratio), ceil(frame.height() * ratio)
        width, height = max(1, round(geometry.WIDTH * scale)), max(1, round(geometry.HEIGHT * scale))
        # the area lies in the middle of the frame
        left = self._area.center().x() - across / 2 / scale
        top = self._area.center().y() - down / 2 / scale
        buffer = bytearray(array("I", [look.panel.rgb()]).tobytes() * (across * down))
        pixels = memoryview(buffer).cast("I")
        rows: dict[str, memoryview] = {}
        last, right = across * (down - height), across - width
        scene = self._canvas.canvas_scene
        patterns = scene.pattern_of if scene.live.state is None else None
        for id, (x, y) in scene.positions.items():  # thousands: without calls
            group = self._group(id) if patterns is None else patterns.get(id, "faint")
            row = rows.get(group)
            if row is None:
                color = mix(look.color(group), look.panel, 0.75).rgba()
                row = rows[group] = memoryview(array("I", [color] * width))
            column = int((x - left) * scale)
            first = int((y - top) * scale) * across + (column if column < right else right)
            if 0 <= first <= last:
                pixels[first : first + width] = row
                if height > 1:
                    for at in range(first + across, first + height * across, across):
                        pixels[at : at + width] = row
        found = QImage(buffer, across, down, 4 * across, QImage.Format.Format_RGB32).copy()
        found.setDevicePixelRatio(ratio)
        return found

    # pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            self.cancel()
            return
        canvas, at = self._canvas, self.to_scene(event.position())
        if canvas.visible_scene_rect().contains(at):  # the view's rectangle is taken hold of where it is
            self._drag = self._scrolled(), at - canvas.center_scene_pos()
        else:  # anywhere else the view comes there
            self._drag = self._scrolled(), QPointF()
            canvas.centerOn(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._canvas.centerOn(self.to_scene(event.position()) - self._drag[1])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self._drag = None

    def cancel(self) -> bool:
        """Take a drag back: what was in view is so again. False if there is none."""
        if self._drag is None:
            return False
        before, self._drag = self._drag[0], None
        self._canvas.scroll_by(before - self._scrolled())
        return True

    def _scrolled(self) -> QPoint:
        across, down = self._canvas.horizontalScrollBar(), self._canvas.verticalScrollBar()
        return QPoint(across.value(), down.value())
