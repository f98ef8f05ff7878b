"""Lines of supervision go beside the cards in their way."""

from quartet.editor.canvas import geometry
from quartet.graph.edits import Move
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph


def drawing() -> Graph:
    graph = Graph()
    for id, at in (("boss", (400.0, 0.0)), ("above", (160.0, 140.0)), ("worker", (160.0, 260.0))):
        graph.agents[AgentId(id)] = Agent(id=AgentId(id), kind="llm", name=id)
        graph.positions[AgentId(id)] = at
    edge = Edge(id=EdgeId("e"), source=AgentId("boss"), target=AgentId("worker"), kind="supervise")
    graph.edges[edge.id] = edge
    return graph


def behind(canvas) -> bool:
    curve = canvas.canvas_scene.wires.wires["e"].curve
    card = geometry.card(canvas.canvas_scene.positions[AgentId("above")], -2.0)
    return any(geometry.holds(card, (x, y, x, y)) for x, y in geometry.flatten(curve, 40))


def test_a_line_comes_in_at_the_side_where_a_card_stands_above(make_canvas) -> None:
    canvas = make_canvas(drawing())
    assert not behind(canvas)
    assert canvas.canvas_scene.wires.wires["e"].curve[6] > 160 + geometry.WIDTH - 1


def test_it_comes_from_above_again_once_the_card_is_out_of_the_way(make_canvas) -> None:
    canvas = make_canvas(drawing())
    canvas.document.do("Move", [Move(to={AgentId("above"): (900.0, 140.0)})])
    assert canvas.canvas_scene.wires.wires["e"].curve[6] == 160 + geometry.WIDTH / 2
    canvas.document.undo_stack.undo()
    assert not behind(canvas)
