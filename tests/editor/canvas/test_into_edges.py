"""Dropping an agent on an edge, cutting edges with a stroke, deleting and joining: effect, cancellation, undo."""

import pytest
from PySide6.QtCore import QMimeData, Qt

from quartet.editor.canvas import joining, keys, removing
from quartet.editor.canvas.drops import KIND
from quartet.editor.canvas.tools.cut import Cut
from quartet.editor.canvas.view import Canvas
from quartet.graph import files
from quartet.graph.edits import apply
from quartet.graph.model import Agent, Edge, Graph

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
RIGHT = Qt.MouseButton.RightButton


def state(canvas: Canvas) -> str:
    return files.dumps(canvas.document.graph)


def edges(canvas: Canvas) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.kind) for edge in canvas.document.graph.edges.values()}


@pytest.fixture
def spread(make_canvas) -> Canvas:
    """Ann → Ben with room between, Cat loose below."""
    graph = Graph(name="Spread")
    for id, at in (("ann", (0.0, 0.0)), ("ben", (600.0, 0.0)), ("cat", (300.0, 300.0))):
        graph.agents[id] = Agent(id=id, kind="template", name=id.title())
        graph.positions[id] = at
    graph.edges["e"] = Edge(id="e", source="ann", target="ben", when="value == 1")
    return make_canvas(graph)


BETWEEN = (370.0, 20.0)
"""Where the pointer holds Cat so that the edge runs through the middle of its card."""


# into an edge


def test_an_agent_dropped_on_an_edge_goes_into_it_in_one_step(spread: Canvas, hand_of) -> None:
    hand, before = hand_of(spread), state(spread)
    hand.drag(hand.body("cat"), BETWEEN)
    assert edges(spread) == {("ann", "cat", "flow"), ("cat", "ben", "flow")}
    assert spread.document.graph.edges["e"].when == "value == 1"  # the first part keeps what was stated
    assert spread.document.graph.positions["cat"] == (300, 0)
    assert spread.document.undo_stack.undoText() == "Put Cat into an edge"
    assert spread.document.undo_stack.count() == 1
    spread.document.undo_stack.undo()
    assert state(spread) == before


def test_the_edge_lights_up_while_the_agent_is_over_it(spread: Canvas, hand_of) -> None:
    hand = hand_of(spread)
    hand.pull(hand.body("cat"), BETWEEN)
    assert spread.canvas_scene.hover_edge == "e"
    assert spread.canvas_scene.hint.text.startswith("Between Ann and Ben")
    hand.move((370, 300))
    assert spread.canvas_scene.hover_edge is None
    assert spread.canvas_scene.hint.text == ""


def test_escape_takes_an_agent_out_of_the_edge_again(spread: Canvas, hand_of) -> None:
    hand, before = hand_of(spread), state(spread)
    hand.pull(hand.body("cat"), BETWEEN)
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release(BETWEEN)
    assert state(spread) == before
    assert spread.canvas_scene.hover_edge is None and spread.canvas_scene.hint.text == ""
    assert spread.document.undo_stack.count() == 0


def test_alt_leaves_it_loose(spread: Canvas, hand_of) -> None:
    hand = hand_of(spread)
    hand.pull(hand.body("cat"), BETWEEN)
    hand.move(BETWEEN, held=ALT)
    assert spread.canvas_scene.hover_edge is None
    hand.release(BETWEEN, held=ALT)
    assert edges(spread) == {("ann", "ben", "flow")}
    assert spread.document.graph.positions["cat"] == (300, 0)


def test_an_agent_that_is_connected_already_stays_as_it_is(spread: Canvas, hand_of) -> None:
    hand = hand_of(spread)
    hand.drag(hand.port("ben", "bottom"), hand.body("cat"), held=ALT)  # a hand-off to Cat
    hand.drag(hand.body("cat"), BETWEEN)
    assert ("ann", "ben", "flow") in edges(spread)


def test_a_kind_from_the_palette_goes_into_the_edge_it_is_dropped_on(spread: Canvas, hand_of) -> None:
    hand, before = hand_of(spread), state(spread)
    mime = QMimeData()
    mime.setData(KIND, b"template")
    hand.carry(mime, (390, 31))
    assert spread.canvas_scene.hover_edge == "e"
    hand.drop(mime, (390, 31))
    (id,) = spread.document.graph.agents.keys() - {"ann", "ben", "cat"}
    assert edges(spread) == {("ann", id, "flow"), (id, "ben", "flow")}
    assert spread.canvas_scene.hover_edge is None
    assert spread.document.undo_stack.count() == 1
    spread.document.undo_stack.undo()
    assert state(spread) == before


def test_a_palette_drag_that_leaves_lights_nothing(spread: Canvas, hand_of) -> None:
    hand = hand_of(spread)
    mime = QMimeData()
    mime.setData(KIND, b"template")
    hand.carry(mime, (390, 31))
    hand.leave()
    assert spread.canvas_scene.hover_edge is None and spread.canvas_scene.hint.text == ""


def test_a_trigger_goes_into_no_edge(spread: Canvas, hand_of) -> None:
    mime = QMimeData()
    mime.setData(KIND, b"trigger")
    hand_of(spread).drop(mime, (390, 31))
    assert edges(spread) == {("ann", "ben", "flow")}


def test_what_an_edge_says_of_its_loop_goes_with_the_part_that_leads_back() -> None:
    graph = Graph()
    for id in ("a", "b", "x"):
        graph.agents[id] = Agent(id=id, kind="template", name=id)
    graph.edges["there"] = Edge(id="there", source="a", target="b")
    graph.edges["back"] = Edge(id="back", source="b", target="a", loop=True, max_iterations=3, when="value < 1")
    second, edits = joining.insertion(graph, graph.edges["back"], "x")
    apply(graph, edits)
    assert (graph.edges["back"].target, graph.edges["back"].loop, graph.edges["back"].when) == ("x", False, "value < 1")
    assert (graph.edges[second].loop, graph.edges[second].max_iterations) == (True, 3)


# cutting


def test_a_stroke_cuts_every_edge_it_crosses_in_one_step(canvas: Canvas, hand) -> None:
    hand.drag(hand.port("ben", "right"), hand.body("cat"))
    before = state(canvas)
    count = canvas.document.undo_stack.count()
    hand.pull((240, -60), (240, 100), CTRL, RIGHT)
    hand.move((540, 100), RIGHT, CTRL)
    hand.move((540, -60), RIGHT, CTRL)
    assert canvas.canvas_scene.wires.fading == {"ann-ben", "ben-cat"}
    assert canvas.canvas_scene.hint.text == "Cut 2 edges"
    assert len(canvas.document.graph.edges) == 2
    hand.release((540, -60), RIGHT, CTRL)
    assert canvas.document.graph.edges == {}
    assert canvas.document.undo_stack.undoText() == "Cut 2 edges"
    assert canvas.document.undo_stack.count() == count + 1
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_escape_takes_a_stroke_back(canvas: Canvas, hand) -> None:
    items = len(canvas.canvas_scene.items())
    hand.pull((240, -60), (240, 100), CTRL, RIGHT)
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release((240, 100), RIGHT, CTRL)
    assert edges(canvas) == {("ann", "ben", "flow")}
    assert canvas.canvas_scene.wires.fading == frozenset()
    assert canvas.canvas_scene.hint.text == ""
    assert len(canvas.canvas_scene.items()) == items


def test_a_stroke_beside_the_edges_cuts_nothing(canvas: Canvas, hand) -> None:
    hand.drag((200, -60), (290, -60), CTRL, RIGHT)
    assert canvas.document.undo_stack.count() == 0


def test_after_y_the_left_button_cuts_once(canvas: Canvas, hand) -> None:
    hand.on_canvas(Qt.Key.Key_Y)
    assert canvas.armed is Cut
    assert canvas.remark.text() == "Drag across the edges to cut; Escape leaves them"
    hand.drag((240, -60), (240, 100))
    assert edges(canvas) == set()
    assert canvas.armed is None
    hand.drag((-60, -60), (100, 100))
    assert canvas.document.selection == {"ann"}  # a band again


def test_escape_puts_the_knife_away(canvas: Canvas, hand) -> None:
    hand.on_canvas(Qt.Key.Key_Y)
    hand.on_canvas(Qt.Key.Key_Escape)
    assert canvas.armed is None
    hand.drag((240, -60), (240, 100))
    assert edges(canvas) == {("ann", "ben", "flow")}


def test_nothing_is_cut_in_a_read_only_graph(canvas: Canvas, hand) -> None:
    canvas.document.read_only = "This file is from a newer version."
    keys.cut_edges(canvas)
    hand.drag((240, -60), (240, 100), CTRL, RIGHT)
    assert edges(canvas) == {("ann", "ben", "flow")}
    assert canvas.remark.text() == "This file is from a newer version."


def test_a_stroke_opens_no_menu(canvas: Canvas, hand) -> None:
    hand.drag((240, -60), (240, 100), CTRL, RIGHT)
    assert canvas.menu_taken
    hand.press((700, 300))
    assert not canvas.menu_taken
    hand.release((700, 300))


# deleting and joining


def chain(*more: Edge) -> Graph:
    graph = Graph()
    for i, id in enumerate(("a", "b", "c", "d")):
        graph.agents[id] = Agent(id=id, kind="template", name=id.title())
        graph.positions[id] = (300.0 * i, 0.0)
    first = Edge(id="ab", source="a", target="b", when="value > 2", name="Yes")
    for edge in (first, Edge(id="bc", source="b", target="c", when="value > 9"), *more):
        graph.edges[edge.id] = edge
    return graph


def joined(graph: Graph, *agents: str) -> Graph:
    apply(graph, joining.joined_removal(graph, agents))
    return graph


def pairs(graph: Graph) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.edges.values()}


def test_what_led_to_it_leads_on_with_the_first_edges_condition() -> None:
    graph = joined(chain(), "b")
    (edge,) = graph.edges.values()
    assert (edge.id, edge.source, edge.target, edge.when, edge.name) == ("ab", "a", "c", "value > 2", "Yes")


def test_several_in_a_row_are_taken_out_together() -> None:
    graph = joined(chain(Edge(id="cd", source="c", target="d")), "b", "c")
    assert pairs(graph) == {("a", "d")}


def test_every_way_in_leads_to_every_way_out() -> None:
    graph = joined(chain(Edge(id="db", source="d", target="b")), "b")
    assert pairs(graph) == {("a", "c"), ("d", "c")}
    graph = joined(chain(Edge(id="bd", source="b", target="d")), "b")
    assert pairs(graph) == {("a", "c"), ("a", "d")}


def test_nothing_is_drawn_twice_nor_back_to_itself() -> None:
    assert pairs(joined(chain(Edge(id="ac", source="a", target="c")), "b")) == {("a", "c")}
    assert pairs(joined(chain(Edge(id="ba", source="b", target="a", loop=True)), "b")) == {("a", "c")}


def test_a_loop_through_it_stays_a_loop() -> None:
    graph = chain(Edge(id="ca", source="c", target="a", loop=True, max_iterations=4))
    graph = joined(graph, "c")
    (back,) = [edge for edge in graph.edges.values() if edge.target == "a"]
    assert (back.source, back.loop, back.max_iterations) == ("b", True, 4)


def test_delete_and_join_by_key_is_one_step(make_canvas, hand_of) -> None:
    canvas = make_canvas(chain())
    before = state(canvas)
    canvas.document.select({"b"})
    hand_of(canvas).on_canvas(Qt.Key.Key_Delete, CTRL | SHIFT)
    assert edges(canvas) == {("a", "c", "flow")}
    assert "b" not in canvas.document.graph.agents
    assert canvas.document.selection == {"ab"}
    assert canvas.document.undo_stack.undoText() == "Delete and join B"
    canvas.document.undo_stack.undo()
    assert state(canvas) == before


def test_delete_and_join_without_an_agent_says_what_to_do(canvas: Canvas) -> None:
    canvas.document.select({"ann-ben"})
    removing.delete_and_join(canvas)
    assert canvas.remark.text() == "Select the agents to take out."
    assert canvas.document.undo_stack.count() == 0
