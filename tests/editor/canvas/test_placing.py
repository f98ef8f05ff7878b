"""What is added never hides what is there, is wholly in view, and even a vast drawing can be seen whole."""

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from quartet.editor.canvas import clipboard
from quartet.editor.canvas.drops import FRAGMENT, KIND
from quartet.editor.canvas.geometry import HEIGHT, WIDTH
from quartet.editor.canvas.view import Canvas
from quartet.graph import files
from quartet.graph.model import Agent, Graph
from quartet.paths import RESOURCES


def carrying(type: str, data: bytes) -> QMimeData:
    mime = QMimeData()
    mime.setData(type, data)
    return mime


def pattern(name: str) -> QMimeData:
    return carrying(FRAGMENT, (RESOURCES / "fragments" / f"{name}.quartet.json").read_bytes())


def boxes(canvas: Canvas) -> list[QRectF]:
    return [QRectF(*at, WIDTH, HEIGHT) for at in canvas.canvas_scene.positions.values()]


def test_pasting_again_at_the_same_place_hides_nothing(canvas: Canvas, hand: Any) -> None:
    canvas.document.select({"ann", "ben"})
    canvas.copy()
    for _ in range(4):
        canvas.paste(QPointF(400, 500))
    places = list(canvas.document.graph.positions.values())
    assert len(places) == 3 + 8
    for number, (x, y) in enumerate(places):
        assert all(abs(x - a) >= 12 or abs(y - b) >= 12 for a, b in places[:number])
    ann, ben = (canvas.document.graph.positions[id] for id in ("ann_5", "ben_5"))
    assert (ben[0] - ann[0], ben[1] - ann[1]) == (300, 0)


def test_a_copy_counts_on_from_the_number_of_its_original(canvas: Canvas) -> None:
    graph = canvas.document.graph
    canvas.insert(carrying(KIND, b"template"))
    canvas.insert(carrying(KIND, b"template"))
    first, second = (agent for agent in graph.agents.values() if agent.name.startswith("Template"))
    canvas.document.select({first.id})
    canvas.delete()
    canvas.document.select({second.id})
    canvas.copy()
    canvas.paste()
    (copy,) = canvas.document.selected_agents
    assert second.name.endswith(" 2")
    assert copy.name == second.name[:-1] + "3"
    assert copy.id == second.id[:-1] + "3"


def test_patterns_added_by_key_stand_beside_each_other_in_view(make_canvas: Any) -> None:
    canvas = make_canvas(Graph())
    for name in ("pipeline", "supervisor", "swarm", "fan_out"):
        assert canvas.insert(pattern(name))
        chosen = [QRectF(*canvas.canvas_scene.positions[id], WIDTH, HEIGHT) for id in canvas.document.selection]
        assert chosen
        assert all(canvas.visible_scene_rect().contains(box) for box in chosen)
    found = boxes(canvas)
    assert not [(one, other) for i, one in enumerate(found) for other in found[:i] if one.intersects(other)]


@pytest.mark.parametrize("corner", [(4, 4), (1190, 790), (1190, 4)])
def test_a_pattern_dropped_at_the_border_is_brought_into_view(
    canvas: Canvas, hand: Any, corner: tuple[int, int]
) -> None:
    at = canvas.mapToScene(*corner)
    zoom = canvas.zoom
    hand.drop(pattern("supervisor"), (at.x(), at.y()))
    added = [QRectF(*canvas.canvas_scene.positions[id], WIDTH, HEIGHT) for id in canvas.document.selection]
    assert len(added) > 2
    assert all(canvas.visible_scene_rect().contains(box) for box in added)
    assert canvas.zoom == zoom


def test_a_drawing_of_any_size_can_be_seen_whole(make_canvas: Any) -> None:
    graph = Graph()
    for id, at in (("a", (0.0, 0.0)), ("b", (400_000.0, 90_000.0))):
        graph.agents[id] = Agent(id=id, kind="template", name=id)
        graph.positions[id] = at
    canvas = make_canvas(graph)
    canvas.fit()
    assert canvas.visible_scene_rect().contains(canvas.canvas_scene.content_box())
    canvas.zoom_by(0.1)
    assert canvas.visible_scene_rect().width() < 5 * 400_000


def whole(canvas: Canvas) -> bool:
    return canvas.visible_scene_rect().contains(canvas.canvas_scene.content_box())


def test_what_was_fitted_stays_fitted_when_the_view_gets_another_size(canvas: Canvas) -> None:
    canvas.fit()
    canvas.resize(500, 400)
    assert whole(canvas)
    canvas.resize(1200, 800)
    assert canvas.zoom == 1.0


def test_a_view_that_was_fitted_before_the_verdict_shows_its_regions_too(canvas: Canvas) -> None:
    canvas.document.judge_now()
    piece = files.read(RESOURCES / "fragments" / "supervisor.quartet.json").graph
    clipboard.insert(canvas, piece, QPointF(1_500, 900), "Begin with a supervisor")
    canvas.fit()
    before = canvas.canvas_scene.content_box()
    canvas.document.judge_now()
    assert canvas.canvas_scene.content_box() != before
    seen = canvas.visible_scene_rect()
    canvas.fit()
    assert canvas.visible_scene_rect() == seen, "it was fitted to all there is"
    canvas.zoom_to(0.5)
    canvas.document.judge_now()
    assert canvas.zoom == 0.5, "a verdict alone moves no view that somebody chose"


def test_a_person_who_zoomed_scrolled_or_drew_keeps_the_view(canvas: Canvas, hand: Any) -> None:
    canvas.zoom_to(0.8)
    canvas.resize(500, 400)
    assert canvas.zoom == 0.8
    canvas.resize(1200, 800)
    canvas.fit()
    hand.drag((700, 500), (600, 400), button=Qt.MouseButton.MiddleButton)
    canvas.resize(500, 400)
    assert canvas.zoom == 1.0
    canvas.resize(1200, 800)
    canvas.fit()
    hand.drag(hand.body("cat"), (900, 100))
    canvas.resize(500, 400)
    assert canvas.zoom == 1.0


def test_what_is_pasted_is_seen_whole_however_large_it_is(make_canvas) -> None:
    piece = Graph()
    for row in range(40):
        piece.agents[f"a{row}"] = Agent(id=f"a{row}", kind="llm", name=f"A {row}")
        piece.positions[f"a{row}"] = (300.0 * row, 0.0)
    canvas = make_canvas(Graph())
    QApplication.clipboard().setText(files.dumps(piece))
    canvas.zoom_to(1.0)
    canvas.paste()
    seen = canvas.visible_scene_rect()
    for x, y in canvas.canvas_scene.positions.values():
        assert seen.contains(QRectF(x, y, WIDTH, HEIGHT))
    zoom = canvas.zoom
    canvas.document.undo_stack.undo()
    assert canvas.zoom == zoom  # looking is no step


def test_what_is_pasted_in_view_moves_nothing(canvas: Canvas) -> None:
    canvas.document.select(["ann"])
    canvas.copy()
    before = canvas.visible_scene_rect()
    canvas.paste(QPointF(150, 400))
    assert canvas.visible_scene_rect() == before
