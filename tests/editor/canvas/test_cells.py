"""Edges are found where they are without having been routed, and routed as soon as somebody looks."""

from hypothesis import given
from hypothesis import strategies as st

from quartet.editor.canvas import geometry
from quartet.editor.canvas.cells import Cells
from quartet.editor.canvas.view import Canvas
from quartet.editor.canvas.wire import Wire, reach
from quartet.graph.edits import Move
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

NUMBERS = st.integers(-9000, 9000).map(float)
POINTS = st.tuples(NUMBERS, NUMBERS)
BOXES = st.tuples(NUMBERS, NUMBERS, st.integers(0, 9000), st.integers(0, 2000)).map(
    lambda found: (found[0], found[1], found[0] + found[2], found[1] + found[3])
)


@given(st.lists(BOXES, max_size=20), st.sets(st.integers(0, 19)), BOXES)
def test_whatever_meets_a_box_is_found_in_its_cells(boxes, dropped, asked) -> None:
    cells = Cells()
    put = {f"e{i}": cells.put(f"e{i}", box) for i, box in enumerate(boxes)}
    kept = {f"e{i}": box for i, box in enumerate(boxes) if i not in dropped}
    for id in put.keys() - kept.keys():
        cells.drop(id, put[id])
    left, top, right, bottom = asked
    meet = {id for id, b in kept.items() if b[0] <= right and b[2] >= left and b[1] <= bottom and b[3] >= top}
    assert meet <= cells.near(asked) <= kept.keys()


@given(
    POINTS,
    POINTS,
    st.sampled_from(["flow", "supervise", "handoff", "share"]),
    st.booleans(),
    st.integers(0, 9),
    st.tuples(st.booleans(), st.booleans()),
    st.sampled_from([lambda a, b: (geometry.watch(a, b),), lambda a, b: (geometry.beside(a, b, "left"),)]),
)
def test_a_line_lies_where_it_was_said_before_it_was_routed(source, target, look, loop, lane, tiny, watch) -> None:
    wire = Wire("e", AgentId("a"), AgentId("b"), look, "a condition that is as long as a pill" * 3)
    wire.lane = lane
    wire.route(source, target, loop, tiny=tiny, watch=watch)
    left, top, right, bottom = reach(source, target, lane)
    assert left <= wire.box.left() and wire.box.right() <= right
    assert top <= wire.box.top() and wire.box.bottom() <= bottom


def test_a_layout_routes_only_the_edges_that_somebody_sees(make_canvas) -> None:
    ids = [AgentId(f"a{i}") for i in range(600)]
    graph = Graph(name="long")
    graph.agents = {id: Agent(id=id, kind="template", name=id) for id in ids}
    graph.positions = {id: (300.0 * i, 0.0) for i, id in enumerate(ids)}
    graph.edges = {
        EdgeId(f"e{i}"): Edge(id=EdgeId(f"e{i}"), source=one, target=ids[i + 1]) for i, one in enumerate(ids[:-1])
    }
    canvas: Canvas = make_canvas(graph)
    canvas.set_zoom(1.0)
    canvas.centerOn(0, 0)
    canvas.document.do("Arrange", [Move(to={id: (320.0 * i, 40.0) for i, id in enumerate(ids)})])
    canvas.viewport().repaint()
    wires = canvas.canvas_scene.wires
    assert sum(wire.routed for wire in wires.wires.values()) < 60
    far = wires.wires["e500"]
    assert wires.near(far.box) and far.curve[0] == 320.0 * 500 + geometry.WIDTH + 5
