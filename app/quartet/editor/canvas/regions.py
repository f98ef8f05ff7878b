"""Pattern regions: barely tinted areas behind the parts of the tree, with icon and name; their names when far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPainterPath, QPen, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from quartet.editor import icons
from quartet.editor.canvas import parts as tree_parts
from quartet.editor.canvas.card import static
from quartet.editor.canvas.style import canvas_font
from quartet.editor.canvas.wires import EVERYWHERE
from quartet.editor.theme import PATTERN_ICONS, alpha
from quartet.graph.model import AgentId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quartet.editor.canvas.scene import CanvasScene

ROUND = 18.0
TINT, TINT_DARK, TINT_STRONG = 0.075, 0.085, 0.05
LINE = 0.42
DASHES: dict[str, list[float]] = {"pipeline": [], "fan_out": [8, 4], "supervisor": [8, 4, 2, 4], "swarm": [2, 4]}
"""The line round a region by its pattern, in pixels: what the colours say to those who see them."""
MARK = 24.0
"""Height of a region's name when far away, and the width of its icon where the name has no room, in pixels."""
SMALLEST = 10.0
"""Pixels on the screen below which a region is not drawn."""


class RegionLayer(QGraphicsItem):
    """All pattern regions of the verdict, painted behind everything but the frames."""

    def __init__(self, scene: CanvasScene) -> None:
        super().__init__()
        self.canvas = scene
        self.parts: list[tree_parts.Part] = []
        self.boxes: list[QRectF] = []
        self._paths: list[QPainterPath] = []
        self._titles: dict[int, QStaticText] = {}
        self._fills: dict[str, QBrush] = {}
        self._lines: dict[str, QPen] = {}
        self.rims: dict[str, QPen] = {}
        """The line round a region's name, by its pattern."""
        self.setZValue(-30)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def sync(self) -> None:
        """There is a new verdict, or another theme."""
        verdict = self.canvas.document.verdict
        self.parts = tree_parts.parts_of(verdict.tree, verdict.attached) if verdict is not None else []
        look = self.canvas.pens.theme
        tint = TINT_STRONG if look.strong else TINT_DARK if look.dark else TINT
        for pattern in PATTERN_ICONS:
            self._fills[pattern] = QBrush(alpha(look.pattern(pattern), tint))
            self._fills[pattern + "+"] = QBrush(alpha(look.pattern(pattern), 1.9 * tint))
            line = self._lines[pattern] = QPen(alpha(look.pattern(pattern), 1.0 if look.strong else LINE), 1)
            width = 2.0 if look.strong else 1.0 if not DASHES[pattern] else 1.25  # a broken line is fainter
            line.setWidthF(width)
            line.setCosmetic(True)
            if DASHES[pattern]:
                line.setDashPattern([length / width for length in DASHES[pattern]])
                line.setCapStyle(Qt.PenCapStyle.FlatCap)
            self.rims[pattern] = QPen(line.color(), line.widthF())
        self._titles = {}
        self.follow(None)

    def follow(self, agents: Iterable[AgentId] | None) -> None:
        """These cards (None: any) stand elsewhere now."""
        if not self.parts:
            if self.boxes:
                self.boxes, self._paths = [], []
                self.update()
            return
        if agents is not None and not tree_parts.chain(self.parts, agents):
            return
        found = tree_parts.boxes(self.parts, self.canvas.positions)
        boxes = [QRectF() if b is None else QRectF(b[0], b[1], b[2] - b[0], b[3] - b[1]) for b in found]
        if len(boxes) == len(self.boxes):
            changed = [i for i, box in enumerate(boxes) if box != self.boxes[i]]
        else:
            changed = list(range(len(boxes)))
            self.update()
        paths = list(self._paths) if len(self._paths) == len(boxes) else [QPainterPath() for _ in boxes]
        redo = set(changed)
        for i in changed:
            if i < len(self.boxes):
                self.update(self.boxes[i].adjusted(-2, -2, 2, 2))
            self.update(boxes[i].adjusted(-2, -2, 2, 2))
            if self.parts[i].parent >= 0:
                redo.add(self.parts[i].parent)
        children: dict[int, list[int]] = {}
        for i, part in enumerate(self.parts):
            if part.parent in redo:
                children.setdefault(part.parent, []).append(i)
        for i in redo:
            # each area leaves out the areas inside it, so that tints never add up to mud
            path = QPainterPath()
            path.setFillRule(Qt.FillRule.OddEvenFill)
            path.addRoundedRect(boxes[i], ROUND, ROUND)
            for child in children.get(i, ()):
                if not boxes[child].isNull():
                    path.addRoundedRect(boxes[child], ROUND, ROUND)
            paths[i] = path
        self.boxes, self._paths = boxes, paths

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scene = self.canvas
        style = scene.pens
        exposed = option.exposedRect
        least = SMALLEST / scene.zoom
        for i, box in enumerate(self.boxes):
            if box.isNull() or box.width() < least or not box.intersects(exposed):
                continue
            pattern = self.parts[i].pattern
            painter.setPen(style.none)
            painter.setBrush(self._fills[pattern + "+" if self._within_same(i) else pattern])
            painter.drawPath(self._paths[i])
            painter.setPen(self._lines[pattern])
            painter.setBrush(style.empty)
            painter.drawRoundedRect(box, ROUND, ROUND)
            if scene.detail in ("full", "named"):
                self._name(painter, i, box)

    def _within_same(self, i: int) -> bool:
        """Whether a part lies in one of its own pattern: a little stronger then, or it would not stand out."""
        same = False
        while (parent := self.parts[i].parent) >= 0 and self.parts[parent].pattern == self.parts[i].pattern:
            same, i = not same, parent
        return same

    def _name(self, painter: QPainter, i: int, box: QRectF) -> None:
        scene = self.canvas
        style = scene.pens
        part = self.parts[i]
        title = self._titles.get(i)
        if title is None:
            title = static(part.title, style.region_font, QFontMetricsF(style.region_font), box.width() - 52)
            self._titles[i] = title
        at = QPointF(box.left() + 16, box.bottom() - 25)
        color = style.theme.pattern_text(part.pattern)
        icon = PATTERN_ICONS[part.pattern]
        if scene.vector:
            icons.paint(painter, icon, color, QRectF(at.x(), at.y() + 0.5, 14, 14))
        else:
            painter.drawPixmap(QPointF(at.x(), at.y() + 0.5), icons.pixmap(icon, color, 14, scene.pixel_ratio))
        painter.setPen(color)
        painter.setFont(style.region_font)
        painter.drawStaticText(QPointF(at.x() + 20, at.y()), title)


class RegionNames(QGraphicsItem):
    """The names of the regions over the blocks, when cards are too small for text: large enough to read."""

    def __init__(self, scene: CanvasScene, regions: RegionLayer) -> None:
        super().__init__()
        self.canvas = scene
        self._regions = regions
        self.setZValue(30)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return EVERYWHERE

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scene = self.canvas
        if scene.detail in ("full", "named"):
            return
        regions = self._regions
        style = scene.pens
        font = canvas_font(13, style.region_font.weight())
        metrics = QFontMetricsF(font)
        painter.save()
        transform = painter.transform()
        painter.resetTransform()
        ratio = painter.device().devicePixelRatioF()
        painter.scale(ratio, ratio)
        painter.setFont(font)
        taken: list[QRectF] = []
        beyond = MARK / scene.zoom
        for i, box in enumerate(regions.boxes):
            if box.isNull() or not box.adjusted(-beyond, -beyond, beyond, beyond).intersects(option.exposedRect):
                continue
            on_screen = transform.mapRect(box)
            on_screen = QRectF(on_screen.topLeft() / ratio, on_screen.size() / ratio)
            part = regions.parts[i]
            width = metrics.horizontalAdvance(part.title) + 38
            named = on_screen.width() >= width + 24 and on_screen.height() >= 44
            chip = _free(on_screen, width, taken) if named else None
            if chip is None and min(on_screen.width(), on_screen.height()) >= MARK + 8:
                named = False  # no room for words: the icon alone still tells the pattern without its colour
                chip = _free(on_screen, MARK, taken)
            if chip is None:
                continue
            taken.append(chip)
            color = style.theme.pattern_text(part.pattern)
            painter.setPen(regions.rims[part.pattern])
            painter.setBrush(style.panel)
            painter.drawRoundedRect(chip, 12, 12)
            painter.drawPixmap(
                QPointF(chip.x() + (10 if named else 5), chip.y() + 5),
                icons.pixmap(PATTERN_ICONS[part.pattern], color, 14, ratio),
            )
            if named:
                painter.setPen(color)
                painter.drawText(chip.adjusted(29, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), part.title)
        painter.restore()


def _free(box: QRectF, width: float, taken: list[QRectF]) -> QRectF | None:
    """Where a name `width` pixels wide may stand in its region, the best place first; None: nowhere."""
    left, right = box.left() + 4, box.right() - width - 4
    top, bottom = box.top() - MARK / 2, box.bottom() - MARK / 3  # on the line: inside lie blocks
    within = (box.bottom() - MARK - 4, box.top() + 4)
    for y in (bottom, top, *within):
        for x in (left, right):
            chip = QRectF(x, y, width, MARK)
            if not any(chip.intersects(other) for other in taken):
                return chip
    return None
