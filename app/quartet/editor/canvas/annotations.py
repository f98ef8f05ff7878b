"""Frames and notes: titled rectangles behind the agents, and texts beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QTextDocument, QTextOption
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from quartet.editor.canvas.card import static
from quartet.editor.canvas.geometry import Box
from quartet.editor.canvas.style import DIMMED, Style
from quartet.editor.theme import alpha, mix
from quartet.graph.model import Frame, Note

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

TITLE = 28.0
"""Height of a frame's title, by which it is taken hold of."""
CORNER = 14.0
"""Size of the corner by which frames and notes are resized."""
READABLE = 9.0
"""The least height of a title's letters, in pixels."""
ROOM = 48.0
"""Pixels that a frame must be wide to say its title."""
LEAST = (96.0, 48.0)
"""The smallest a frame or note may be made."""


class Annotation(QGraphicsItem):
    """What frames and notes have in common: a rectangle that can be moved and resized by its corner."""

    section: Literal["frames", "notes"]

    def __init__(self, scene: CanvasScene, id: str) -> None:
        super().__init__()
        self.canvas = scene
        self.id = id
        self.rect = QRectF(0, 0, 1, 1)

    def model(self) -> Frame | Note | None:
        """The frame or note as the graph has it."""
        found: Frame | Note | None = getattr(self.canvas.document.graph, self.section).get(self.id)
        return found

    def sync(self) -> None:
        """Read the model anew."""
        model = self.model()
        if model is not None:
            self.place(QRectF(model.x, model.y, model.width, model.height))

    def place(self, rect: QRectF) -> None:
        """Show it elsewhere, in scene units; a gesture does this before it changes the model."""
        self.prepareGeometryChange()
        self.setPos(rect.topLeft())
        self.rect = QRectF(0, 0, rect.width(), rect.height())
        self.update()

    def scene_rect(self) -> QRectF:
        return self.rect.translated(self.pos())

    def box(self) -> Box:
        """Its rectangle in the scene."""
        rect = self.scene_rect()
        return rect.left(), rect.top(), rect.right(), rect.bottom()

    def boundingRect(self) -> QRectF:
        return self.rect.adjusted(-6, -6, 6, 6)

    def corner(self) -> QRectF:
        """Where it is resized, in scene units."""
        box = self.scene_rect()
        return QRectF(box.right() - CORNER, box.bottom() - CORNER, CORNER + 4, CORNER + 4)

    def _grip(self, painter: QPainter, color: QColor) -> None:
        right, bottom = self.rect.right() - 4, self.rect.bottom() - 4
        painter.setPen(QPen(color, 1.2))
        painter.drawLine(QPointF(right - 7, bottom), QPointF(right, bottom - 7))
        painter.drawLine(QPointF(right - 3, bottom), QPointF(right, bottom - 3))

    @property
    def selected(self) -> bool:
        return self.id in self.canvas.document.selection


class FrameItem(Annotation):
    """A titled rectangle behind agents; its title and its border are its handles, its inside is not."""

    section = "frames"

    def __init__(self, scene: CanvasScene, id: str) -> None:
        super().__init__(scene, id)
        self.setZValue(-40)

    def grabbed_at(self, point: QPointF) -> bool:
        """Whether a scene point is on the title or the border."""
        box = self.scene_rect()
        if not box.adjusted(-4, -4, 4, 4).contains(point):
            return False
        inside = box.adjusted(6, TITLE, -6, -6)
        return not inside.contains(point)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        model = self.model()
        if not isinstance(model, Frame):
            return
        style = self.canvas.pens
        look = style.theme
        tone = QColor(model.color) if model.color and QColor(model.color).isValid() else look.soft
        if self.canvas.lit is not None:
            painter.setOpacity(DIMMED)
        painter.setBrush(QBrush(alpha(tone, 0.035)))
        painter.setPen(style.selected_line if self.selected else QPen(alpha(tone, 1.0 if look.strong else 0.5), 1))
        painter.drawRoundedRect(self.rect, 12, 12)
        self._title(painter, style, model.name)
        if self.selected and self.canvas.detail in ("full", "named"):
            self._grip(painter, look.faint)
        painter.setOpacity(1.0)

    def _title(self, painter: QPainter, style: Style, name: str) -> None:
        """The title, never smaller than can be read: far away it takes more of the frame than nearby."""
        zoom = self.canvas.zoom
        if not name or self.rect.width() * zoom < ROOM:
            return
        larger = max(1.0, READABLE / (style.region_font.pixelSize() * zoom))
        room = (self.rect.width() - 28) / larger
        painter.save()
        painter.translate(14, max(TITLE / 2, READABLE / zoom))
        painter.scale(larger, larger)
        painter.setFont(style.region_font)
        painter.setPen(style.theme.text("soft"))
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room))
        box = QRectF(0, -TITLE / 2, room, TITLE)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        painter.restore()


class NoteItem(Annotation):
    """A text on the canvas: Markdown, never loading anything from anywhere."""

    section = "notes"

    def __init__(self, scene: CanvasScene, id: str) -> None:
        super().__init__(scene, id)
        self.setZValue(-20)
        self._text: QTextDocument | None = None

    def sync(self) -> None:
        super().sync()
        self._text = None

    def grabbed_at(self, point: QPointF) -> bool:
        return self.scene_rect().contains(point)

    def _prepared(self, style: Style, text: str) -> QTextDocument:
        if self._text is None:
            made = QTextDocument()
            made.setUndoRedoEnabled(False)
            made.setDefaultFont(style.note_font)
            made.setDocumentMargin(0)
            made.setIndentWidth(14)
            option = QTextOption()
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            made.setDefaultTextOption(option)
            # pictures would be fetched from wherever a file says: they stay text
            made.setMarkdown(text.replace("![", "!\\["), QTextDocument.MarkdownFeature.MarkdownNoHTML)
            self._text = made
        return self._text

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        model = self.model()
        if not isinstance(model, Note):
            return
        style = self.canvas.pens
        look = style.theme
        if self.canvas.lit is not None:
            painter.setOpacity(DIMMED)
        painter.setBrush(mix(look.warning, look.panel, 0.1 if look.dark else 0.07))
        painter.setPen(
            style.selected_line
            if self.selected
            else QPen(mix(look.warning, look.panel, 1.0 if look.strong else 0.3), 1)
        )
        painter.drawRoundedRect(self.rect, 8, 8)
        if self.canvas.detail in ("full", "named"):
            self._write(painter, style, model.text)
            if self.selected:
                self._grip(painter, look.faint)
        painter.setOpacity(1.0)

    def _write(self, painter: QPainter, style: Style, words: str) -> None:
        """The text, never smaller than can be read: from afar less of it, in whole lines, and a sign of the rest."""
        larger = max(1.0, READABLE / (style.note_font.pixelSize() * self.canvas.zoom))
        width, height = max(10.0, (self.rect.width() - 24) / larger), (self.rect.height() - 18) / larger
        text = self._prepared(style, words)
        if text.textWidth() != width:
            text.setTextWidth(width)
        painter.save()
        painter.translate(12, 10)
        painter.scale(larger, larger)
        shown, end = whole_lines(text, height)
        painter.save()
        painter.setClipRect(QRectF(0, 0, width, shown))
        context = text.documentLayout().PaintContext()
        context.palette.setColor(context.palette.ColorRole.Text, style.theme.ink)
        text.documentLayout().draw(painter, context)
        painter.restore()
        if end is not None:
            painter.setFont(style.note_font)
            painter.setPen(style.theme.text("soft"))
            margin = width + 12 / larger - painter.fontMetrics().horizontalAdvance("…")
            painter.drawText(QPointF(min(end.x(), margin), end.y()), "…")
        painter.restore()


def whole_lines(text: QTextDocument, height: float) -> tuple[float, QPointF | None]:
    """How much of a laid out text fits into a height without cutting a line in two (the first is always shown), and
    where the last of those lines ends, on its base; None when all fit.
    """
    layout = text.documentLayout()
    if layout.documentSize().height() <= height:
        return height, None
    shown, end = 0.0, None
    block = text.begin()
    while block.isValid():
        box, lines = layout.blockBoundingRect(block), block.layout()
        for number in range(lines.lineCount()):
            line = lines.lineAt(number)
            bottom = box.top() + line.y() + line.height()
            if end is not None and bottom > height:
                return shown, end
            shown = bottom
            end = QPointF(box.left() + line.x() + line.naturalTextWidth(), box.top() + line.y() + line.ascent())
        block = block.next()
    return shown, end


class Hint(QGraphicsItem):
    """A line that follows a gesture: a wire being drawn, and a short text beside the pointer that says why not."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__()
        self.canvas = scene
        self.path: QPainterPath | None = None
        self.dashed = False
        self.text = ""
        self.refused = False
        self.at = QPointF()
        self._bounds = QRectF()
        self.setZValue(50)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_line(self, path: QPainterPath | None, dashed: bool = False) -> None:
        """Show this line (None: none)."""
        self.path, self.dashed = path, dashed
        self._fit()

    def show_text(self, text: str, at: QPointF, refused: bool = False) -> None:
        """Show a short text beside a scene point (empty: none)."""
        self.text, self.at, self.refused = text, at, refused
        self._fit()

    def _fit(self) -> None:
        self.prepareGeometryChange()
        box = QRectF() if self.path is None else self.path.controlPointRect().adjusted(-12, -12, 12, 12)
        if self.text:
            zoom = self.canvas.zoom
            width = self.canvas.pens.small_metrics.horizontalAdvance(self.text) + 40
            box |= QRectF(self.at.x(), self.at.y(), width / zoom, 60 / zoom)
        self._bounds = box
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        style = self.canvas.pens
        if self.path is not None:
            painter.setBrush(style.empty)
            painter.setPen(
                style.refused_line if self.refused else style.preview if self.dashed else style.preview_solid
            )
            painter.drawPath(self.path)
        if not self.text:
            return
        painter.save()
        painter.translate(self.at)
        painter.scale(1 / self.canvas.zoom, 1 / self.canvas.zoom)
        text = static(self.text, style.small_font, style.small_metrics, 420)
        box = QRectF(16, 18, text.size().width() + 20, 26)
        token = "failed" if self.refused else "accent"
        painter.setBrush(style.panel)
        painter.setPen(QPen(style.theme.color(token), 1))
        painter.drawRoundedRect(box, 8, 8)
        painter.setFont(style.small_font)
        painter.setPen(style.theme.text(token))
        painter.drawStaticText(QPointF(box.x() + 10, box.y() + 6), text)
        painter.restore()
