"""The drawing as a picture, from an open canvas or straight from a graph without any window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
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


def picture(scene: CanvasScene, scale: float = 2.0) -> QImage:
    """The whole drawing on the theme's canvas colour, `scale` pixels per scene unit (less if it is very large)."""
    content = scene.content_box()
    area = (content if not content.isNull() else QRectF(0, 0, 320, 200)).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    scale = min(scale, LARGEST / area.width(), LARGEST / area.height())
    image = QImage(
        max(1, round(area.width() * scale)), max(1, round(area.height() * scale)),
        QImage.Format.Format_ARGB32_Premultiplied,
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


def png(graph: Graph, path: str | os.PathLike[str], scale: float = 2.0, dark: bool = False) -> None:
    """Write a graph as a PNG, with the regions of its verdict. Needs no display and no running application.

    Raises:
        OSError: the file cannot be written.
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
    finally:
        scene.release()
        document.close()
    target = Path(path)
    if not image.save(str(target), "PNG", 60):  # type: ignore[call-overload]  # a format as text is meant
        raise OSError(f"“{target}” cannot be written: is its folder there, and may you write to it?")


_keep: list[QApplication] = []
"""The application made for exporting, which must outlive every picture."""
