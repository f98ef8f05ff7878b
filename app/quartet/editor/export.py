"""The drawing as a picture, from an open canvas or straight from a graph without any window."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QApplication

from quartet.editor import theme
from quartet.graph.model import Graph

if TYPE_CHECKING:
    from quartet.editor.canvas.scene import CanvasScene

MARGIN = 32.0
"""Round the drawing, in scene units."""
LARGEST = 16_000
"""Pixels of a side; a larger drawing gets a smaller scale."""
MOST = 64_000_000
"""Pixels of a picture: 256 MB of memory and a few seconds; a larger drawing gets a smaller scale."""


class Drawn(NamedTuple):
    """A picture as a PNG."""

    data: bytes
    width: int
    height: int
    """Pixels."""
    scale: float
    """Pixels per scene unit: less than asked for if the drawing is very large."""


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
    content = scene.content_box()
    return (content if not content.isNull() else QRectF(0, 0, 320, 200)).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _fitting(area: QRectF, scale: float) -> float:
    most = math.sqrt(MOST / (area.width() * area.height()))
    return min(scale, LARGEST / area.width(), LARGEST / area.height(), most)


def png(graph: Graph, scale: float = 2.0, dark: bool = False) -> Drawn:
    """A graph as a PNG, with the regions of its verdict. Needs no display and no running application.

    Raises:
        OSError: the picture cannot be made.
    """
    if QGuiApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _keep.append(QApplication(["quartet"]))
    from quartet.editor.canvas.scene import CanvasScene
    from quartet.editor.document import Document
    from quartet.editor.live import Live
    from quartet.patterns.verdict import classify

    document = Document(graph)
    document.verdict = classify(graph)
    scene = CanvasScene(document, Live(), look=theme.THEMES["dark" if dark else "light"])
    try:
        image = picture(scene, scale)
        scale = _fitting(_area(scene), scale)
    finally:
        scene.release()
        document.close()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG", 80):  # type: ignore[call-overload]  # a format as text is meant
        raise OSError("there is not enough memory for it")
    return Drawn(bytes(buffer.data().data()), image.width(), image.height(), scale)


_keep: list[QApplication] = []
"""The application made for exporting, which must outlive every picture."""
