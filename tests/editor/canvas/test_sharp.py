"""Sharp on every screen: what is kept as pixels is made for the pixels there are, and anew on another screen."""

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from quartet.editor import icons
from quartet.editor.canvas import style
from quartet.editor.canvas.view import Canvas


def draw(canvas: Canvas, ratio: float) -> QImage:
    """What the view shows on a screen of so many pixels a pixel."""
    area = canvas.viewport().size()
    image = QImage(area * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    canvas.render(painter)
    painter.end()
    return image


def test_on_another_screen_everything_is_made_for_its_pixels(canvas: Canvas, monkeypatch) -> None:
    canvas.zoom_to(1.0)
    scene = canvas.canvas_scene
    draw(canvas, 1.0)
    backs = dict(scene.backs._made)
    assert backs and all(each.devicePixelRatio() == 1.0 for each in backs.values())
    for ratio in (2.0, 1.5, 1.0):
        monkeypatch.setattr(canvas, "devicePixelRatioF", lambda ratio=ratio: ratio)
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.DevicePixelRatioChange))
        assert (scene.device_ratio, scene.pixel_ratio) == (ratio, ratio)
        draw(canvas, ratio)
        assert scene.backs._made
        for look, each in scene.backs._made.items():
            assert each.devicePixelRatio() == ratio, look
            assert each.width() >= 184 * ratio
        face = scene.cards["ann"].face
        assert face is not None
        assert any(at == ratio for _, _, at in face.icons)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_an_icon_has_as_many_pixels_as_the_screen(qapp: QApplication, ratio: float) -> None:
    drawn = icons.pixmap("bot", "#000000", 16, ratio)
    assert (drawn.width(), drawn.devicePixelRatio()) == (round(16 * ratio), ratio)


def test_lines_that_belong_to_the_screen_have_its_width(canvas: Canvas) -> None:
    pens = style.style()
    for pen in (pens.band_line, pens.guide, pens.stroke, *pens.chords.values()):
        assert pen.isCosmetic()
    canvas.document.judge_now()
    assert all(pen.isCosmetic() for pen in canvas.canvas_scene.regions._lines.values())
