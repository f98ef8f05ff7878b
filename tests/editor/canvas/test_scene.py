"""The scene follows the document: regions, far mode, hits, evidence, marks, broken edges, the minimap, pictures."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from quartet.editor import export, parts, theme
from quartet.editor.canvas import part_boxes
from quartet.editor.canvas.style import detail_of
from quartet.editor.canvas.tips import tip
from quartet.editor.canvas.view import Canvas
from quartet.graph.edits import Add, Move, Remove, Set
from quartet.graph.model import Agent, BrokenItem, Edge, Graph
from quartet.patterns.tree import FanOut, Leaf, Pipeline
from quartet.patterns.verdict import Verdict


def graph_of(*ids: str) -> Graph:
    graph = Graph()
    for i, id in enumerate(ids):
        graph.agents[id] = Agent(id=id, kind="template", name=id)
        graph.positions[id] = (i * 260.0, 0.0)
    return graph


def judge(canvas: Canvas, verdict: Verdict) -> None:
    canvas.document.verdict = verdict
    canvas.document.verdict_changed.emit()


NESTED = Pipeline(stages=(Leaf("ann"), FanOut(branches=(Leaf("ben"), Leaf("cat")))))


def test_regions_nest_and_hold_their_agents(canvas: Canvas) -> None:
    judge(canvas, Verdict(NESTED, "pipeline", "high"))
    outer, inner = canvas.canvas_scene.regions.boxes
    assert outer.contains(inner)
    assert outer.contains(QRectF(0, 0, 184, 62)) and not inner.intersects(QRectF(0, 0, 184, 62))
    assert inner.contains(QRectF(300, 0, 484, 62))
    assert canvas.canvas_scene.pattern_of == {"ann": "pipeline", "ben": "fan_out", "cat": "fan_out"}


def test_regions_follow_a_drag(canvas: Canvas, hand) -> None:
    judge(canvas, Verdict(NESTED, "pipeline", "high"))
    hand.pull(hand.body("cat"), (670, 420))
    assert canvas.canvas_scene.regions.boxes[1].bottom() > 400
    canvas.cancel_gesture()
    assert canvas.canvas_scene.regions.boxes[1].bottom() < 200


def test_the_regions_of_a_new_verdict_replace_the_old_ones(canvas: Canvas) -> None:
    judge(canvas, Verdict(NESTED, "pipeline", "high"))
    judge(canvas, Verdict(Leaf("ann"), "agent", "high"))
    assert canvas.canvas_scene.regions.boxes == []


def test_a_part_without_places_has_no_region() -> None:
    assert part_boxes.boxes(parts.parts_of(NESTED), {}) == [None, None]


def test_a_tool_lies_in_the_region_of_its_agent() -> None:
    found = parts.parts_of(NESTED, {NESTED.stages[0].agent: ("tool",)})
    assert found[0].agents == [*parts.parts_of(NESTED)[0].agents, "tool"]


def test_a_deep_nest_of_parts_does_not_recurse() -> None:
    tree = Leaf("a0")
    for i in range(1, 3_000):
        tree = Pipeline(stages=(Leaf(f"a{i}"), FanOut(branches=(tree, Leaf(f"b{i}")))))
    found = parts.parts_of(tree)
    assert len(part_boxes.boxes(found, {"a0": (0.0, 0.0)})) == len(found)


@pytest.mark.parametrize(
    ("zoom", "detail"), [(1, "full"), (0.62, "full"), (0.5, "named"), (0.36, "icon"), (0.3, "far"), (0.02, "far")]
)
def test_text_goes_first_then_icons_then_cards_become_blocks(zoom, detail) -> None:
    assert detail_of(zoom, 1_000) == detail


def test_of_few_agents_icons_are_shown_for_longer() -> None:
    assert (detail_of(0.25, 20), detail_of(0.25, 1_000)) == ("icon", "far")


def test_far_away_the_cards_paint_nothing_and_can_still_be_hit(canvas: Canvas, hand) -> None:
    canvas.set_zoom(0.15)
    assert not any(card.scene() for card in canvas.canvas_scene.cards.values())
    hand.click(hand.body("ben"))
    assert canvas.document.selection == {"ben"}
    canvas.document.do("x", [Move(to={"ben": (400.0, 80.0)})])
    canvas.set_zoom(1.0)
    canvas.grab()
    assert all(card.scene() for card in canvas.canvas_scene.cards.values())
    assert canvas.canvas_scene.cards["ben"].pos() == QPointF(400, 80)


def test_the_far_layer_follows_every_change(canvas: Canvas) -> None:
    canvas.set_zoom(0.15)
    far, document = canvas.canvas_scene.far, canvas.document
    canvas.grab()
    document.do("x", [Move(to={"ann": (40.0, 400.0)})])
    document.do("x", [Add(section="agents", item=Agent(id="dan", kind="template", name="Dan"), at=(0.0, 800.0))])
    document.do("x", [Remove(section="edges", id="ann-ben"), Remove(section="agents", id="ben")])
    canvas.grab()
    assert len(far._blocks) == 3 and far._blocks.get("ben") is None and far._blocks.get("dan") is not None
    assert far._blocks.get("ann").topLeft() == QPointF(40, 400)
    assert not len(far._chords)


def test_what_is_selected_can_be_deleted_from_far_away(canvas: Canvas) -> None:
    canvas.set_zoom(0.15)
    canvas.grab()
    canvas.document.select({"ben", "ann-ben"})
    canvas.grab()
    canvas.delete()
    canvas.grab()
    blocks = canvas.canvas_scene.far._blocks
    assert len(blocks) == 2 and blocks.get("ann") is not None and blocks.get("cat") is not None


def test_agents_without_a_place_stand_where_they_can_be_seen(make_canvas) -> None:
    graph = graph_of("a", "b", "c")
    graph.positions = {"a": (0.0, 0.0)}
    canvas = make_canvas(graph)
    places = canvas.canvas_scene.positions
    assert len({places[id] for id in "abc"}) == 3
    assert canvas.document.graph.positions == {"a": (0.0, 0.0)}


def test_a_broken_edge_is_drawn_with_its_reason(make_canvas) -> None:
    graph = graph_of("a")
    graph.broken = (BrokenItem(section="edges", raw={"source": "a", "target": "zed"}, reason="no “zed”", index=0),)
    canvas = make_canvas(graph)
    (wire,) = canvas.canvas_scene.wires.wires.values()
    found = canvas.hit(QPointF(wire.curve[4], wire.curve[5]))
    assert found.broken == wire.id
    assert "no “zed”" in tip(canvas.canvas_scene, found)


def test_tooltips_show_text_as_text(canvas: Canvas) -> None:
    canvas.document.do("x", [Set(section="agents", id="ann", values={"name": "<img src=x>"})])
    text = tip(canvas.canvas_scene, canvas.hit(QPointF(70, 20)))
    assert "&lt;img" in text and "<img" not in text


def test_two_opposite_hand_offs_are_one_line_with_two_heads(make_canvas, hand_of) -> None:
    graph = graph_of("a", "b")
    for source, target in (("a", "b"), ("b", "a")):
        id = f"{source}{target}"
        graph.edges[id] = Edge(id=id, source=source, target=target, kind="handoff")
    canvas = make_canvas(graph)
    wires = canvas.canvas_scene.wires.wires
    assert (wires["ab"].twin, wires["ba"].twin) == ("ba", "ab")
    assert len(wires["ab"].barbs) == 4
    hand = hand_of(canvas)
    hand.click((205, 31))  # each end of the line is the hand-off that leads there
    assert canvas.document.selection == {"ba"}
    hand.click((240, 31))
    assert canvas.document.selection == {"ab"}
    canvas.document.do("x", [Remove(section="edges", id="ba")])
    assert wires["ab"].twin is None and len(wires["ab"].barbs) == 2


def test_edges_between_the_same_two_agents_stand_apart(make_canvas) -> None:
    graph = graph_of("a", "b")
    graph.edges["one"] = Edge(id="one", source="a", target="b")
    graph.edges["two"] = Edge(id="two", source="a", target="b", on="failure")
    wires = make_canvas(graph).canvas_scene.wires.wires
    assert wires["one"].curve != wires["two"].curve


def test_a_large_drag_shows_straight_lines_and_routes_on_release(make_canvas, hand_of) -> None:
    graph = graph_of("hub", *(f"a{i}" for i in range(200)))
    for i in range(200):
        graph.positions[f"a{i}"] = (600.0, i * 80.0)
        graph.edges[f"e{i}"] = Edge(id=f"e{i}", source="hub", target=f"a{i}")
    canvas = make_canvas(graph)
    canvas.set_zoom(1.0)
    canvas.centerOn(0, 0)
    hand = hand_of(canvas)
    hand.pull(hand.body("hub"), (70, 120))
    assert len(canvas.canvas_scene.wires._chords) == 200
    hand.release((70, 120))
    assert canvas.canvas_scene.wires._chords == []
    assert canvas.canvas_scene.wires.wires["e0"].curve[1] == 131


def test_findings_mark_their_agents(canvas: Canvas) -> None:
    from quartet.rules import Finding

    canvas.document.findings = [
        Finding(code="X001", severity="warning", title="t", detail="d", agents=("ann",)),
        Finding(code="X002", severity="error", title="t", detail="d", agents=("ann",)),
        Finding(code="X003", severity="advice", title="t", detail="d", agents=("ben",)),
    ]
    canvas.document.verdict_changed.emit()
    assert canvas.canvas_scene.marks == {"ann": "error"}


def test_evidence_is_lit(canvas: Canvas) -> None:
    canvas.document.highlight({"ann-ben"})
    assert canvas.canvas_scene.lit == {"ann", "ben"}
    canvas.document.highlight()
    assert canvas.canvas_scene.lit is None


def test_what_is_revealed_comes_into_view(canvas: Canvas) -> None:
    canvas.centerOn(5000, 5000)
    canvas.document.reveal({"cat"})
    assert canvas.visible_scene_rect().contains(QPointF(650, 30))


def test_a_change_of_theme_is_followed(canvas: Canvas, qapp) -> None:
    canvas.grab()
    try:
        theme.apply(qapp, "dark")
        assert canvas.canvas_scene.pens.theme.name == "dark"
        assert canvas.grab().toImage().pixelColor(300, 5).lightness() < 60
    finally:
        theme.apply(qapp, "light")


def test_pressing_the_overview_goes_there(make_canvas) -> None:
    graph = graph_of("a", "b")
    graph.positions["b"] = (6000.0, 3000.0)
    canvas = make_canvas(graph)
    canvas.set_zoom(1.0)
    canvas.centerOn(0, 0)
    canvas.grab()
    at = canvas.minimap.to_map(QRectF(6000, 3000, 184, 62)).center()
    from PySide6.QtCore import Qt

    QTest.mouseClick(canvas.minimap, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert canvas.visible_scene_rect().contains(QPointF(6000, 3000))


def test_the_zoom_buttons_zoom(canvas: Canvas) -> None:
    canvas.zoom_bar.larger.click()
    assert canvas.zoom == pytest.approx(1.25)
    assert canvas.zoom_bar.label.text() == "125%"
    canvas.zoom_bar.label.click()
    assert canvas.zoom == pytest.approx(1.0)


def test_a_picture_of_the_whole_drawing(canvas: Canvas) -> None:
    zoom, pixel = canvas.zoom, canvas.mapToScene(QPoint(10, 10))
    image = canvas.render_image(2.0)
    box = canvas.canvas_scene.content_box()
    assert image.width() == pytest.approx((box.width() + 64) * 2, abs=1)
    assert (canvas.zoom, canvas.mapToScene(QPoint(10, 10))) == (zoom, pixel)
    assert canvas.canvas_scene.detail == "full"


@pytest.mark.parametrize("dark", [False, True])
def test_a_graph_becomes_a_png_without_a_window(qapp, dark) -> None:
    drawn = export.drawn(graph_of("a", "b"), "png", scale=1.0, dark=dark)
    image = QImage.fromData(drawn.data, "PNG")
    assert (image.width(), image.height()) == (drawn.width, drawn.height) == (444 + 2 * 48, 62 + 2 * 48 + 20)
    assert (image.pixelColor(1, 1).lightness() < 60) == dark


def test_an_empty_graph_has_a_picture_too(qapp) -> None:
    assert not QImage.fromData(export.drawn(Graph(), "png").data, "PNG").isNull()


def test_blocks_and_lines_follow_a_drag_of_the_whole_view(canvas: Canvas, hand) -> None:
    canvas.set_zoom(0.15)
    canvas.grab()
    far = canvas.canvas_scene.far
    hand.pull(hand.body("ann"), (270, 420))
    canvas.grab()
    assert far._blocks.get("ann").topLeft() == QPointF(200, 400)
    assert far._chords.get("ann-ben").p1() == QPointF(292, 431)
    canvas.cancel_gesture()
    canvas.grab()
    assert far._blocks.get("ann").topLeft() == QPointF(0, 0)
    assert far._chords.get("ann-ben").p1() == QPointF(92, 31)


def test_hundreds_of_edges_deleted_at_once_are_nowhere_and_come_back_as_they_were(make_canvas) -> None:
    graph = graph_of("chief", *(f"w{i}" for i in range(100)))
    for number in range(100):
        for kind in ("supervise", "share"):
            edge = Edge(id=f"{kind}{number}", source="chief", target=f"w{number}", kind=kind)
            graph.edges[edge.id] = edge
    canvas = make_canvas(graph)
    wires, everything = canvas.canvas_scene.wires, canvas.canvas_scene.content_box()

    def seen() -> set[tuple[object, ...]]:
        return {(wire.id, wire.lane, wire.box.getRect()) for wire in wires.near(everything)}

    before = seen()
    assert len(before) == 200 and wires.watches("chief")
    canvas.document.do("Delete", [Remove(section="edges", id=id) for id in list(graph.edges)])
    assert seen() == set() and not wires.wires and not wires.watches("chief")
    canvas.document.undo_stack.undo()
    assert seen() == before and wires.watches("chief")
    canvas.document.undo_stack.redo()
    assert seen() == set()
