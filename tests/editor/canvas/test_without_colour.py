"""What colours say is said by marks, lines, icons and words as well: to those who see no colours, and in print."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

from quartet.editor import theme
from quartet.editor.canvas import far, regions
from quartet.editor.canvas.view import Canvas
from quartet.engine.events import Event
from quartet.graph.model import Agent, Edge, Graph


def grey(canvas: Canvas) -> QImage:
    """The view without its colours."""
    image = QImage(canvas.viewport().size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    canvas.render(painter)
    painter.end()
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def part(canvas: Canvas, image: QImage, id: str) -> QImage:
    """The picture of one agent."""
    box = canvas.mapFromScene(canvas.canvas_scene.cards[id].mapRectToScene(0, 0, 184, 62)).boundingRect()
    return image.copy(box)


def events(canvas: Canvas, *steps: tuple[str, str, dict]) -> None:
    for kind, agent, data in steps:
        seq = canvas.live.present.seq + 1
        canvas.live.feed(Event(seq, seq / 10, kind, agent or None, 1, 1, data))
    canvas.live.flush()


@pytest.fixture
def ran(make_canvas) -> Canvas:
    """Four agents far away: done, failed, retrying, running."""
    graph = Graph(name="Far")
    for number, id in enumerate(("done", "failed", "again", "busy")):
        graph.agents[id] = Agent(id=id, kind="template", name=id)
        graph.positions[id] = (400.0 * number, 0.0)
    canvas = make_canvas(graph)
    canvas.zoom_to(0.19)
    assert canvas.canvas_scene.detail == "far"
    canvas.live.begin(graph)
    events(canvas, ("run.started", "", {}))
    for id in graph.agents:
        events(canvas, ("activation.ready", id, {}), ("attempt.started", id, {}))
    events(
        canvas,
        ("activation.finished", "done", {"state": "succeeded"}),
        ("activation.finished", "failed", {"state": "failed", "error": "x"}),
        ("attempt.failed", "again", {"error": "x"}),
        ("retry.scheduled", "again", {"delay": 3, "n": 2}),
    )
    return canvas


@pytest.mark.parametrize("name", list(theme.THEMES))
def test_far_away_states_differ_without_colour(ran: Canvas, name: theme.Name, monkeypatch, qapp) -> None:
    theme.apply(qapp, name)
    picture = grey(ran)
    shapes = {}
    for id in ("done", "failed", "again", "busy"):
        block = part(ran, picture, id)
        ground = block.pixelColor(block.width() // 5, block.height() // 2).lightness()
        marks = [
            (x, y)
            for x in range(4, block.width() - 4)
            for y in range(3, block.height() - 3)
            if abs(block.pixelColor(x, y).lightness() - ground) > 40
        ]
        shapes[id] = frozenset(marks)
    assert not shapes["done"]
    assert all(shapes[id] for id in ("failed", "again", "busy"))
    assert len(set(shapes.values())) == 4
    theme.apply(qapp, "light")


def test_what_failed_is_marked_even_where_blocks_are_tiny(ran: Canvas) -> None:
    ran.zoom_to(0.05)
    ran.centerOn(ran.canvas_scene.cards["failed"])
    middle = ran.mapFromScene(ran.canvas_scene.cards["failed"].mapToScene(92, 31))
    cross = grey(ran).copy(QRect(middle.x() - 6, middle.y() - 6, 12, 12))
    dark = sum(cross.pixelColor(x, y).lightness() < 80 for x in range(12) for y in range(12))
    assert dark >= 8
    middle = ran.mapFromScene(ran.canvas_scene.cards["done"].mapToScene(92, 31))
    plain = grey(ran).copy(QRect(middle.x() - 6, middle.y() - 6, 12, 12))
    assert sum(plain.pixelColor(x, y).lightness() < 80 for x in range(12) for y in range(12)) == 0


def test_marks_are_no_carpet(ran: Canvas, monkeypatch) -> None:
    before = grey(ran)
    monkeypatch.setattr(far, "MARKED", 0)
    assert grey(ran) != before


def test_each_pattern_has_a_line_and_an_icon_of_its_own(canvas: Canvas) -> None:
    canvas.document.judge_now()
    layer = canvas.canvas_scene.regions
    lines = {tuple(layer._lines[pattern].dashPattern()) for pattern in theme.PATTERNS}
    assert len(lines) == len(set(theme.PATTERN_ICONS.values())) == len(theme.PATTERNS)
    assert regions.DASHES.keys() == set(theme.PATTERNS)


def test_a_region_too_small_for_its_name_keeps_its_icon(make_canvas) -> None:
    graph = Graph(name="Small")
    for number, id in enumerate("ab"):
        graph.agents[id] = Agent(id=id, kind="template", name=id)
        graph.positions[id] = (0.0, 130.0 * number)
    graph.edges["e"] = Edge(id="e", source="a", target="b", kind="flow")
    canvas = make_canvas(graph)
    canvas.document.judge_now()
    canvas.zoom_to(0.19)
    (box,) = canvas.canvas_scene.regions.boxes
    seen = canvas.mapFromScene(box).boundingRect()
    assert seen.width() < 80  # “Pipeline” does not fit
    canvas.centerOn(box.center())
    seen = canvas.mapFromScene(box).boundingRect()
    chip = grey(canvas).copy(QRect(seen.left() + 4, seen.bottom() - 8, 24, 24))
    panel = theme.current().panel.lightness()
    ink = [(x, y) for x in range(5, 19) for y in range(5, 19) if abs(chip.pixelColor(x, y).lightness() - panel) > 60]
    assert len(ink) > 8


@pytest.mark.parametrize("zoom", [2.0, 1.0, 0.7, 0.5, 0.4, 0.25, 0.15])
def test_the_title_of_a_frame_can_be_read_at_every_zoom(canvas: Canvas, zoom: float) -> None:
    heights = []
    draw = QPainter.drawText

    class Watched(QPainter):
        def drawText(self, *args: object) -> None:
            if "Box" in args:
                heights.append(self.font().pixelSize() * self.worldTransform().m11())
            draw(self, *args)

    frame = canvas.canvas_scene.annotations["box"]
    canvas.zoom_to(zoom)
    image = QImage(canvas.viewport().size(), QImage.Format.Format_RGB32)
    painter = Watched(image)
    painter.scale(zoom, zoom)
    frame.paint(painter, None)
    painter.end()
    wide_enough = 300 * zoom >= 48
    assert [height >= 8.99 for height in heights] == ([True] if wide_enough else [])
