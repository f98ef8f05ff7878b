"""The drawing as a picture, from an open canvas or straight from a graph without any window.

A PNG and an SVG carry the graph's file inside and open again; a PDF has it as an attachment. SVG and PDF are shapes and
text, sharp at any size.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtWidgets import QApplication

from quartet.editor import theme
from quartet.graph import files, pictures
from quartet.graph.carrying import with_sub_graphs
from quartet.graph.links import self_contained
from quartet.graph.model import Graph
from quartet.graph.nesting import inside

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

MARGIN = 32.0
"""Round the drawing, in scene units."""
LARGEST = 16_000
"""Pixels of a side; a larger drawing gets a smaller scale."""
MOST = 64_000_000
"""Pixels of a picture: 256 MB of memory and a few seconds; a larger drawing gets a smaller scale."""


PAPER_MARGIN = 12.0
"""Millimetres round the drawing on paper."""
Form = Literal["png", "svg", "pdf"]


class Drawn(NamedTuple):
    """A picture as the content of a file."""

    data: bytes
    width: int
    height: int
    """Pixels of a PNG, scene units of an SVG, points of the page of a PDF."""
    scale: float
    """Pixels per scene unit: less than asked for if the drawing is very large; 1 where there are no pixels."""


def picture(scene: CanvasScene, scale: float = 2.0) -> QImage:
    """The whole drawing on the theme's canvas colour, `scale` pixels per scene unit (less if it is very large)."""
    area = _area(scene)
    scale = _fitting(area, scale)
    # nothing shines through, and without that to look after a picture is written in half the time
    image = QImage(
        max(1, round(area.width() * scale)), max(1, round(area.height() * scale)), QImage.Format.Format_RGB32
    )  # fmt: skip
    image.fill(scene.pens.theme.canvas)
    shown = scene.zoom, scene.device_ratio
    scene.show_at_zoom(max(scale / 2, scale if scale < 1 else 1.0), 1.0)
    scene.pixel_ratio = scale
    scene.exact = True
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    scene.render(painter, QRectF(image.rect()), area)
    painter.end()
    scene.exact = False
    scene.show_at_zoom(*shown)
    return image


def _area(scene: CanvasScene) -> QRectF:
    from quartet.editor.canvas import passing

    content = scene.content_box()
    if not content.isNull() and len(scene.positions) < passing.MANY:  # lines that go round cards may lie outside
        for wire in scene.wires.near(content):
            if wire.curves:
                content |= wire.box
    return (content if not content.isNull() else QRectF(0, 0, 320, 200)).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _fitting(area: QRectF, scale: float) -> float:
    most = math.sqrt(MOST / (area.width() * area.height()))
    return min(scale, LARGEST / area.width(), LARGEST / area.height(), most)


def drawn(graph: Graph, form: Form, scale: float = 2.0, dark: bool = False) -> Drawn:
    """A graph as a picture, with the regions of its verdict. Needs no display and no running application.

    `scale` is for a PNG: pixels per scene unit.

    Raises:
        OSError: the picture cannot be made.
    """
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _keep.append(QApplication(["quartet"]))
    with _scene_of(graph, dark=dark and form != "pdf") as scene:
        return of_scene(scene, form, scale)


@contextmanager
def _scene_of(graph: Graph, *, dark: bool = False) -> Iterator[CanvasScene]:
    from quartet.editor.canvas.scene import CanvasScene
    from quartet.editor.document import Document
    from quartet.editor.live import Live
    from quartet.patterns.verdict import classify

    document = Document(graph)
    document.verdict = classify(graph)
    scene = CanvasScene(document, Live(), look=theme.THEMES["dark" if dark else "light"])
    try:
        yield scene
    finally:
        scene.release()
        document.close()


def of_scene(scene: CanvasScene, form: Form, scale: float = 2.0) -> Drawn:
    """The drawing of a canvas as a picture, as it is shown.

    Raises:
        OSError: the picture cannot be made.
    """
    path = scene.document.path
    # a picture travels alone, and opens where no link leads anywhere
    whole = self_contained(_whole(scene), None if path is None else path.parent, path)
    if form == "pdf" and scene.pens.theme.dark:
        return drawn(whole, "pdf")  # paper is white
    text = files.dumps(whole)
    if form == "png":
        return _png(scene, scale, text)
    return _svg(scene, text) if form == "svg" else _pdf(scene, text, whole)


def _whole(scene: CanvasScene) -> Graph:
    """The drawing with the sub-graphs that its agents stand for, also where it is one of those itself."""
    graph, whole = scene.document.graph, scene.document.whole
    return graph if graph is whole else with_sub_graphs(graph, whole)


def _png(scene: CanvasScene, scale: float, text: str) -> Drawn:
    image = picture(scene, scale)
    buffer = _buffer()
    if not image.save(buffer, "PNG", 80):  # type: ignore[call-overload]  # a format as text is meant
        raise OSError("there is not enough memory for it")
    data = pictures.png_with(bytes(buffer.data().data()), text)
    return Drawn(data, image.width(), image.height(), _fitting(_area(scene), scale))


def _svg(scene: CanvasScene, text: str) -> Drawn:
    from PySide6.QtSvg import QSvgGenerator

    area = _area(scene)
    size = QRectF(0, 0, round(area.width()), round(area.height()))
    buffer = _buffer()
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setSize(size.size().toSize())
    made.setViewBox(size)
    made.setResolution(96)
    made.setTitle(scene.document.graph.name or "Quartet")
    made.setDescription("Drawn with Quartet. The graph itself is in the metadata: open this picture in Quartet.")
    painter = QPainter(made)
    painter.fillRect(size, scene.pens.theme.canvas)
    _shapes(scene, painter, size, area)
    painter.end()
    data = bytes(buffer.data().data())
    if b"<svg" not in data:
        raise OSError("there is not enough memory for it")
    family = scene.pens.name_font.family().encode()
    # whoever has not the font gets one of its kind
    data = data.replace(b'font-family="' + family + b'"', b'font-family="' + family + b', system-ui, sans-serif"')
    return Drawn(pictures.svg_with(data, text), round(size.width()), round(size.height()), 1.0)


def _pdf(scene: CanvasScene, text: str, whole: Graph) -> Drawn:
    """Pages of A4, upright or across as the drawing is, one for the drawing and one for each sub-graph in it, those of
    linked files too; colours as on screen, the ground white as paper is.
    """
    from quartet.patterns.importing import placed

    buffer = _buffer()
    made = QPdfWriter(buffer)
    made.setTitle(scene.document.graph.name or "Quartet")
    made.setCreator("Quartet")
    made.setResolution(300)
    made.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    made.addFileAttachment("graph.quartet.json", text.encode(), "application/json")
    _turn(made, scene)
    painter = QPainter(made)
    if not painter.isActive():
        raise OSError("there is not enough memory for it")
    _page(made, painter, scene)
    points = made.pageLayout().fullRectPoints()
    for one in inside(whole):
        if not (one.graph.agents or one.graph.frames or one.graph.notes):
            continue  # a link that leads nowhere, or nothing
        with _scene_of(placed(one.graph.model_copy(update={"graphs": whole.graphs}))) as below:
            _turn(made, below)
            if not made.newPage():
                raise OSError("there is not enough memory for it")
            _page(made, painter, below, one.path)
    painter.end()
    return Drawn(bytes(buffer.data().data()), points.width(), points.height(), 1.0)


def _turn(made: QPdfWriter, scene: CanvasScene) -> None:
    """Have the next page upright or across."""
    area = _area(scene)
    across = area.width() > area.height()
    made.setPageOrientation(QPageLayout.Orientation.Landscape if across else QPageLayout.Orientation.Portrait)
    margins = QMarginsF(PAPER_MARGIN, PAPER_MARGIN, PAPER_MARGIN, PAPER_MARGIN)
    made.setPageMargins(margins, QPageLayout.Unit.Millimeter)


def _page(made: QPdfWriter, painter: QPainter, scene: CanvasScene, title: str = "") -> None:
    """Draw on the page that is begun, under `title` if there is one."""
    area, dot = _area(scene), made.logicalDpiX() / 72
    page = QRectF(0, 0, made.width(), made.height())
    if title:
        font = theme.font(round(11 * dot), QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(scene.pens.theme.ink)
        line = QRectF(page.topLeft(), QSizeF(page.width(), 16 * dot))
        shown = QFontMetricsF(font, made).elidedText(
            " ".join(title.split()), Qt.TextElideMode.ElideMiddle, line.width()
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, shown)
        page.setTop(line.bottom())
    # a small drawing is not blown up: a card is at most about 6 cm wide
    scale = min(page.width() / area.width(), page.height() / area.height(), dot)
    size = area.size() * scale
    corner = page.center() - QPointF(size.width() / 2, size.height() / 2)
    _shapes(scene, painter, QRectF(corner, size), area)


def _shapes(scene: CanvasScene, painter: QPainter, onto: QRectF, area: QRectF) -> None:
    shown = scene.zoom, scene.device_ratio
    scene.show_at_zoom(1.0, 1.0)
    scene.exact = scene.vector = True
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene.render(painter, onto, area)
    scene.exact = scene.vector = False
    scene.show_at_zoom(*shown)


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


_keep: list[QApplication] = []
"""The application made for exporting, which must outlive every picture."""
