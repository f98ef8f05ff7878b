"""Pointing at a question lights up the edges that prove its answer; pointing at a part lights up its region."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.editor.canvas.view import Canvas
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.editor.panels.verdict import build
from quartet.graph.files import read
from quartet.paths import EXAMPLES


@pytest.fixture
def parts(qtbot) -> Iterator:
    document = Document(read(EXAMPLES / "newsroom.quartet.json").graph)
    document.judge_now()
    canvas, panel = Canvas(document, Live()), build(document)
    for widget in (canvas, panel):
        qtbot.addWidget(widget)
    canvas.resize(1200, 800)
    panel.resize(340, 1100)
    panel.show()
    yield document, canvas, panel
    document.close()


def point_at(row) -> None:
    middle = QPointF(row.rect().center())
    QApplication.sendEvent(row, QEnterEvent(middle, middle, middle))


def picture(canvas: Canvas) -> QImage:
    image = QImage(1200, 800, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    canvas.scene().render(painter)
    painter.end()
    return image


def test_pointing_at_a_question_lights_its_edges_and_pointing_away_puts_them_out(parts):
    document, canvas, panel = parts
    row = panel.questions.rows[2]
    assert row.question.answer == "Yes: Supervisor"
    point_at(row)
    assert document.highlight_edges == set(row.question.edges) and len(row.question.edges) == 5
    assert canvas.canvas_scene.lit_edges == document.highlight_edges
    assert canvas.canvas_scene.lit >= {document.graph.edges[id].source for id in row.question.edges}
    QApplication.sendEvent(row, QEvent(QEvent.Type.Leave))
    assert canvas.canvas_scene.lit is None and canvas.canvas_scene.lit_edges is None


def test_what_a_click_keeps_lit_comes_back_when_one_has_pointed_elsewhere(qtbot, parts):
    document, _, panel = parts
    kept, other = panel.questions.rows[2], panel.questions.rows[0]
    qtbot.mouseClick(kept, Qt.MouseButton.LeftButton)
    point_at(other)
    assert document.highlight_edges == set(other.question.edges)
    QApplication.sendEvent(other, QEvent(QEvent.Type.Leave))
    assert document.highlight_edges == set(kept.question.edges)


def test_pointing_at_a_part_lights_its_region_with_what_is_in_it(qtbot, parts):
    document, canvas, panel = parts
    layer = canvas.canvas_scene.regions
    dark = picture(canvas)
    assert layer.lit == frozenset()
    place = next(index for index, row in enumerate(panel.tree.rows) if row.name == "Fan-out")
    qtbot.mouseMove(panel.tree, panel.tree.row_box(place).center())
    assert [layer.parts[number].pattern for number in layer.lit] == ["fan_out"]
    edges = [document.graph.edges[id] for id in document.highlight_edges]
    assert edges and {end for edge in edges for end in (edge.source, edge.target)} <= document.highlight_agents
    assert picture(canvas) != dark
    qtbot.mouseMove(panel.tree, panel.tree.row_box(0).center())
    assert len(layer.lit) == len(layer.parts)
    QApplication.sendEvent(panel.tree, QEvent(QEvent.Type.Leave))
    assert layer.lit == frozenset() and picture(canvas) == dark
