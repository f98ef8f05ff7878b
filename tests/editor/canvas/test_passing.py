"""Flow edges and supervision pass beside the cards in their way: when arranged, when a card moves, in hit tests."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QPointF, QRectF

from quartet.editor import export
from quartet.editor.canvas import bends, geometry, passing
from quartet.editor.canvas.scene import CanvasScene
from quartet.editor.canvas.view import Canvas
from quartet.editor.canvas.wire import Wire, reach
from quartet.editor.document import Document
from quartet.editor.live import Live
from quartet.graph.edits import Add, Move, removal
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph, Point
from quartet.patterns.layout import layout

pytestmark = pytest.mark.usefixtures("qapp")

A, B, C, D = map(AgentId, "abcd")
ROW = {A: (0.0, 0.0), B: (260.0, 0.0), C: (520.0, 0.0)}
SKIP = EdgeId("a-c")


@contextmanager
def scene_of(graph: Graph) -> Iterator[CanvasScene]:
    document = Document(graph)
    scene = CanvasScene(document, Live())
    try:
        yield scene
    finally:
        scene.release()
        document.close()


def drawn(places: dict[AgentId, Point], *edges: tuple[AgentId, AgentId]) -> Graph:
    graph = Graph()
    for id, at in places.items():
        graph.agents[id] = Agent(id=id, kind="llm", name=id)
        graph.positions[id] = at
    for source, target in edges:
        id_ = EdgeId(f"{source}-{target}")
        graph.edges[id_] = Edge(id=id_, source=source, target=target)
    return graph


def arranged(rng: random.Random, size: int) -> Graph:
    """Agents, each after one or two of the four before it."""
    ids = [AgentId(f"a{number}") for number in range(size)]
    edges = []
    for number, target in enumerate(ids[1:], 1):
        before = ids[max(0, number - 4) : number]
        edges += [(source, target) for source in sorted({rng.choice(before) for _ in range(rng.choice((1, 1, 1, 2)))})]
    graph = drawn(dict.fromkeys(ids, (0.0, 0.0)), *edges)
    graph.positions.update(layout(graph))
    return graph


def behind(scene: CanvasScene, wire: Wire) -> set[AgentId]:
    """The cards, other than those at its ends, that a wire's line runs behind."""
    dots = [dot for curve in wire.curves or (wire.curve,) for dot in geometry.flatten(curve, 100)]
    found = set()
    for id, at in scene.positions.items():
        left, top, right, bottom = geometry.card(at, -2.0)
        if id not in (wire.source, wire.target) and any(left <= x <= right and top <= y <= bottom for x, y in dots):
            found.add(id)
    return found


def hidden(scene: CanvasScene) -> int:
    return sum(bool(behind(scene, wire)) for wire in scene.wires.wires.values())


def test_of_arranged_graphs_no_line_runs_behind_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    before = after = 0
    for seed in range(25):
        rng = random.Random(seed)
        graph = arranged(rng, rng.randint(3, 30))
        with scene_of(graph) as scene:
            after += hidden(scene)
        with monkeypatch.context() as patch:
            patch.setattr(passing, "MANY", 0)
            with scene_of(graph) as scene:
                before += hidden(scene)
    assert before > 20, "straight lines would"
    assert after == 0


def test_an_edge_past_one_in_a_row_leads_beside_it_and_is_found_there() -> None:
    with scene_of(drawn(ROW, (A, B), (B, C), (A, C))) as scene:
        wire = scene.wires.wires[SKIP]
        assert not behind(scene, wire)
        assert len(wire.curves) == 3
        assert wire.curve[:2] == wire.curves[0][:2] and wire.curve[6:] == wire.curves[-1][6:]
        middle = wire.label_at
        assert not geometry.HEIGHT >= middle.y() >= 0, "its words are not on the card"
        assert scene.wires.at(middle, 6.0) == SKIP
        assert scene.wires.at(QPointF(260 + geometry.WIDTH / 2, geometry.HEIGHT / 2), 6.0) is None


def test_lines_lie_in_one_another_nowhere() -> None:
    row = {**ROW, D: (780.0, 0.0)}
    with scene_of(drawn(row, (A, C), (A, D))) as scene:
        heights = {scene.wires.wires[id].label_at.y() for id in ("a-c", "a-d")}
        assert len(heights) == 2


def test_a_card_that_moves_gives_and_takes_the_straight_way() -> None:
    with scene_of(drawn(ROW, (A, C))) as scene:
        wire = scene.wires.wires[SKIP]
        assert len(wire.curves) == 3
        scene.document.do("Move", [Move(to={B: (260.0, 400.0)})])
        assert wire.curves == ()
        scene.document.do("Move", [Move(to={B: (260.0, 4.0)})])
        assert len(wire.curves) == 3 and not behind(scene, wire)
        scene.document.undo_stack.undo()
        assert wire.curves == ()


def test_a_line_between_columns_leads_beside_what_stands_in_the_column() -> None:
    for turned in (1, -1):
        column = {A: (0.0, 0.0), B: (0.0, 140.0 * turned), C: (0.0, 280.0 * turned)}
        with scene_of(drawn(column, (A, C))) as scene:
            assert len(scene.wires.wires[SKIP].curves) == 3
            assert not behind(scene, scene.wires.wires[SKIP])


def test_a_way_back_goes_round_below_whatever_stands_there() -> None:
    with scene_of(drawn({**ROW, D: (260.0, 120.0)}, (C, A))) as scene:
        assert scene.wires.wires["c-a"].curves == ()


def test_a_way_back_hangs_low_enough_to_pass_below_what_stands_between_its_cards() -> None:
    places = {A: (0.0, 0.0), B: (560.0, 0.0), C: (280.0, 100.0)}
    with scene_of(drawn(places, (B, A))) as scene:
        wire = scene.wires.wires["b-a"]
        assert not behind(scene, wire)
        low = wire.label_at.y()
        assert low > places[C][1] + geometry.HEIGHT
        left, top, right, bottom = reach(places[B], places[A], 0)
        assert QRectF(left, top, right - left, bottom - top).contains(wire.box)
        scene.document.do("Move", [Move(to={C: (280.0, 400.0)})])
        assert wire.label_at.y() < low


def test_a_way_back_to_an_agent_with_something_under_it_leads_above() -> None:
    places = {A: (0.0, 0.0), B: (260.0, 0.0), C: (0.0, 112.0)}
    with scene_of(drawn(places, (B, A))) as scene:
        wire = scene.wires.wires["b-a"]
        assert not behind(scene, wire)
        assert wire.label_at.y() < 0
        scene.document.do("Move", [Move(to={C: (0.0, 400.0)})])
        assert wire.label_at.y() > geometry.HEIGHT


def test_a_line_led_through_points_is_left_where_it_was_led() -> None:
    graph = drawn(ROW, (A, C))
    graph.edges[SKIP] = Edge(id=SKIP, source=A, target=C, points=((300.0, 20.0),))
    with scene_of(graph) as scene:
        assert scene.wires.wires[SKIP].via == ((300.0, 20.0),)
        assert behind(scene, scene.wires.wires[SKIP]) == {B}


def test_a_picture_has_room_for_lines_beside_cards() -> None:
    with scene_of(drawn(ROW, (A, B))) as plain, scene_of(drawn(ROW, (A, C))) as aside:
        assert export.picture(aside, 1.0).height() > export.picture(plain, 1.0).height()


def test_a_point_given_to_a_line_beside_cards_is_its_only_one(canvas: Canvas) -> None:
    document = canvas.document
    document.do("Clear", removal(document.graph, [*document.graph.agents, *document.graph.edges]))
    graph = drawn(ROW, (A, C))
    document.do("Draw", [Add(section="agents", item=agent) for agent in graph.agents.values()])
    document.do("Move", [Move(to=dict(graph.positions))])
    document.do("Join", [Add(section="edges", item=graph.edges[SKIP])])
    wire = canvas.canvas_scene.wires.wires[SKIP]
    assert len(wire.curves) == 3
    bends.add(canvas, SKIP, QPointF(*geometry.on_curve(wire.curves[-1], 0.5)))
    assert len(document.graph.edges[SKIP].points or ()) == 1
    assert canvas.canvas_scene.wires.active == (SKIP, 0)


def test_a_line_beside_cards_is_where_the_layer_looks_for_it() -> None:
    """A way aside never leaves the cells in which an edge is kept before it is routed."""
    for seed in range(10):
        with scene_of(arranged(random.Random(seed), 24)) as scene:
            for wire in list(scene.wires.wires.values()):
                left, top, right, bottom = _box(wire)
                scene.wires.place(wire)  # nobody has looked at it
                assert wire in scene.wires.near(QRectF(left, top, max(1.0, right - left), max(1.0, bottom - top)))


def _box(wire: Wire) -> geometry.Box:
    """That of the outermost point of its line."""
    x, y = max(wire.points, key=lambda point: abs(point[1] - wire.curve[1]))
    return x - 1, y - 1, x + 1, y + 1


def test_lines_to_workers_in_a_lower_row_come_down_between_those_in_the_upper_one() -> None:
    ids = [AgentId(f"w{number}") for number in range(9)]
    graph = drawn({A: (0.0, 0.0), **dict.fromkeys(ids, (0.0, 0.0))})
    for id in ids:
        edge = EdgeId(f"a-{id}")
        graph.edges[edge] = Edge(id=edge, source=A, target=id, kind="supervise")
    graph.positions.update(layout(graph))
    assert len({y for _, y in graph.positions.values()}) > 2, "the workers stand in rows"
    with scene_of(graph) as scene:
        assert hidden(scene) == 0
        for id in ids:
            end = scene.wires.wires[f"a-{id}"].curve[6:]
            x, y = graph.positions[id]
            assert end == pytest.approx((x + geometry.WIDTH / 2, y), abs=4), "they come in from above"


def test_where_every_way_from_side_to_side_is_barred_a_line_leads_up_or_down() -> None:
    places = {A: (0.0, 260.0), C: (272.0, 0.0), B: (108.0, 120.0)}
    with scene_of(drawn(places, (A, C))) as scene:
        wire = scene.wires.wires[SKIP]
        assert not behind(scene, wire)
        assert wire.curve[0] == places[A][0] + geometry.WIDTH / 2
