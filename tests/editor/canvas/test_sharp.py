"""Sharp on every screen: what is kept as pixels is made for the pixels there are, and anew on another screen."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from editor.canvas.conftest import graph_of
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


def shown(canvas: Canvas, ratio: float) -> QImage:
    """The viewport as a screen of so many pixels a pixel has it."""
    image = QImage(canvas.viewport().size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    painter = QPainter(image)
    canvas.render(painter, QRectF(canvas.viewport().rect()))
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


def test_names_of_regions_are_as_large_on_every_screen(make_canvas) -> None:
    canvas = make_canvas(graph_of({"ann": "llm", "ben": "llm"}, (("ann", "ben", "flow"),)))
    canvas.document.judge_now()
    canvas.zoom_to(0.5)
    canvas.centerOn(240, 30)
    plain, dense = shown(canvas, 1.0), shown(canvas, 2.0)
    (_, title, chip), *_ = canvas.canvas_scene.region_names._laid
    assert title == "Pipeline"
    inside = QPoint(round(chip.right()) - 6, round(chip.center().y()))
    for x, y in ((0, 0), (12, 0), (0, 20), (0, -20)):  # in it, beside it, below it, above it
        at = inside + QPoint(x, y)
        one, other = plain.pixelColor(at), dense.pixelColor(at * 2)
        assert abs(one.lightness() - other.lightness()) < 8, (x, y)
        assert (one.lightness() > 252) == ((x, y) == (0, 0))


def test_lines_that_belong_to_the_screen_have_its_width(canvas: Canvas) -> None:
    pens = style.style()
    for pen in (pens.band_line, pens.guide, pens.stroke, *pens.chords.values()):
        assert pen.isCosmetic()
    canvas.document.judge_now()
    assert all(pen.isCosmetic() for pen in canvas.canvas_scene.regions._lines.values())
