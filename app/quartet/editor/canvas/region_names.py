"""The names of pattern regions from far away, when their cards are too small for text."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from quartet.editor import icons
from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import Box
from quartet.editor.canvas.layer import Layer
from quartet.editor.canvas.regions import MARK, RegionLayer
from quartet.editor.canvas.style import canvas_font
from quartet.editor.theme import PATTERN_ICONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from quartet.editor.canvas.scene import CanvasScene

    Bare = Callable[[QRectF], bool]
    """Whether a name at a place on the screen covers no card."""
    Taken = dict[tuple[int, int], list[Box]]
    """Where names stand, by the squares of the screen that they meet."""

SQUARES = 96.0
FEW = 200
"""Up to so many regions a name looks for a place that covers no card: each place is asked of all cards near it."""
HIGH = 8.0
"""Pixels of a card's height from which on it does so: of smaller ones it covers some wherever it stands."""


class RegionNames(Layer):
    """The names of the regions over the blocks, when cards are too small for text: large enough to read."""

    def __init__(self, scene: CanvasScene, regions: RegionLayer) -> None:
        super().__init__(scene, 30)
        self._regions = regions
        self._chips: dict[tuple[str, str, float], QPixmap] = {}
        self._widths: dict[str, float] = {}
        self._laid: list[tuple[int, str, QRectF]] = []
        self._laid_for: tuple[QTransform, int] | None = None

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        scene = self.canvas
        if scene.detail == "full":
            return
        regions = self._regions
        font = self._font()
        painter.save()
        transform = painter.transform()
        painter.resetTransform()
        ratio = painter.device().devicePixelRatioF()
        looks = (transform, regions.version)
        if looks != self._laid_for:
            self._laid, self._laid_for = self._lay(transform, QFontMetricsF(font)), looks
        beyond = MARK / scene.zoom
        for i, title, chip in self._laid:
            if not regions.boxes[i].adjusted(-beyond, -beyond, beyond, beyond).intersects(option.exposedRect):
                continue
            pattern = regions.parts[i].pattern
            if scene.vector:
                self._paint_chip(painter, chip, pattern, title, font, ratio)
            else:
                at = QPointF(round((chip.x() - 1) * ratio) / ratio, round((chip.y() - 1) * ratio) / ratio)
                painter.drawPixmap(at, self._chip(pattern, title, chip.size(), font, ratio))
        painter.restore()

    def follow(self) -> None:
        """The regions are other ones, or lie elsewhere: names make room for one another, so theirs may not be the only
        ones that move."""
        if self._laid_for is None or self.canvas.detail == "full":
            return
        transform, back = self._laid_for[0], self._laid_for[0].inverted()[0]
        before, self._laid = self._laid, self._lay(transform, QFontMetricsF(self._font()))
        self._laid_for = transform, self._regions.version
        gone = {(title, _edges(chip)) for _, title, chip in before}
        area = geometry.union([edge for _, edge in gone ^ {(title, _edges(chip)) for _, title, chip in self._laid}])
        if area is not None:
            left, top, right, bottom = area
            self.update(back.mapRect(QRectF(left - 2, top - 2, right - left + 4, bottom - top + 4)))

    def _font(self) -> QFont:
        return canvas_font(13, self.canvas.pens.region_font.weight())

    def _lay(self, transform: QTransform, metrics: QFontMetricsF) -> list[tuple[int, str, QRectF]]:
        """Which parts are named on the screen, with which words (none: by an icon alone), and where."""
        regions = self._regions
        found: list[tuple[int, str, QRectF]] = []
        taken: Taken = {}
        least = (MARK + 8) / self.canvas.zoom
        picky = len(regions.boxes) <= FEW and geometry.HEIGHT * self.canvas.zoom >= HIGH
        bare = self._bare(transform) if picky else _anywhere
        for i, box in enumerate(regions.boxes):
            if box.width() < least or box.height() < least:
                continue
            on_screen = left, top, right, bottom = _edges(transform.mapRect(box))
            title = regions.parts[i].title
            width = self._width(title, metrics)
            named = right - left >= width + 24 and bottom - top >= 44
            chip = _free(on_screen, width, taken, bare) if named else None
            if chip is None:
                title = ""  # no room for words: the icon alone still tells the pattern without its colour
                chip = _free(on_screen, MARK, taken, bare)
            if chip is None:
                continue
            edges = _edges(chip)
            for cell in _cells(*edges):
                taken.setdefault(cell, []).append(edges)
            found.append((i, title, chip))
        return found

    def _bare(self, transform: QTransform) -> Bare:
        """Whether a name at a place on the screen covers no card."""
        places, back = self.canvas.places, transform.inverted()[0]

        def bare(chip: QRectF) -> bool:
            under = back.mapRect(chip)
            return not places.meets((under.left(), under.top(), under.right(), under.bottom()))

        return bare

    def restyle(self) -> None:
        """The theme changed."""
        self._chips, self._widths, self._laid_for = {}, {}, None

    def _width(self, title: str, metrics: QFontMetricsF) -> float:
        found = self._widths.get(title)
        if found is None:
            found = self._widths[title] = metrics.horizontalAdvance(title) + 38
        return found

    def _chip(self, pattern: str, title: str, size: QSizeF, font: QFont, ratio: float) -> QPixmap:
        """A name as a picture: there are few different ones, and many of each."""
        found = self._chips.get((pattern, title, ratio))
        if found is None:
            found = QPixmap(ceil((size.width() + 2) * ratio), ceil((size.height() + 2) * ratio))
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_chip(painter, QRectF(QPointF(1, 1), size), pattern, title, font, ratio)
            painter.end()
            self._chips[(pattern, title, ratio)] = found
        return found

    def _paint_chip(self, painter: QPainter, chip: QRectF, pattern: str, title: str, font: QFont, ratio: float) -> None:
        style = self.canvas.pens
        color = style.theme.pattern_text(pattern)
        painter.setPen(self._regions.rims[pattern])
        painter.setBrush(style.panel)
        painter.drawRoundedRect(chip, 12, 12)
        picture = icons.pixmap(PATTERN_ICONS[pattern], color, 14, ratio)
        painter.drawPixmap(QPointF(chip.x() + (10 if title else 5), chip.y() + 5), picture)
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(chip.adjusted(29, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), title)


def _edges(chip: QRectF) -> Box:
    return chip.left(), chip.top(), chip.right(), chip.bottom()


def _cells(left: float, top: float, right: float, bottom: float) -> Iterator[tuple[int, int]]:
    """The squares of the screen that a name meets: names are compared with those in the same squares."""
    for column in range(int(left // SQUARES), int(right // SQUARES) + 1):
        for row in range(int(top // SQUARES), int(bottom // SQUARES) + 1):
            yield column, row


def _anywhere(chip: QRectF) -> bool:
    return True


def _free(box: Box, width: float, taken: Taken, bare: Bare) -> QRectF | None:
    """Where a name `width` pixels wide may stand in its region, the best place first; None: nowhere.

    Where every place covers a card, the first that covers no other name will do.
    """
    left, top, right, bottom = box
    second: QRectF | None = None
    # on the line: inside lie blocks
    for y in (bottom - MARK / 3, top - MARK / 2, bottom - MARK - 4, top + 4):
        for x in (left + 4, right - width - 4):
            if _covers_another(x, y, x + width, y + MARK, taken):
                continue
            chip = QRectF(x, y, width, MARK)
            if bare(chip):
                return chip
            second = second or chip
    return second


def _covers_another(left: float, top: float, right: float, bottom: float, taken: Taken) -> bool:
    """Whether another name stands there."""
    rows = range(int(top // SQUARES), int(bottom // SQUARES) + 1)
    for column in range(int(left // SQUARES), int(right // SQUARES) + 1):
        for row in rows:  # thousands of times after an edit: without calls
            for other in taken.get((column, row), ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    return True
    return False
