"""The lasso, what leads here and what is led to, walking along the edges, and bookmarks of views."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt

from quartet.editor.canvas import walking
from quartet.editor.canvas.tools.lasso import Lasso
from quartet.editor.canvas.view import Canvas
from quartet.graph.model import Agent, Edge, Graph

ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
RIGHT, LEFT, UP, DOWN = Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down


@pytest.fixture
def diamond(make_canvas) -> Canvas:
    """a → b, c, d → e, drawn far out of line; lone stands apart."""
    graph = Graph(name="Diamond")
    places = {"a": (0, 0), "b": (300, -200), "c": (900, 0), "d": (300, 200), "e": (600, 500), "lone": (0, 600)}
    for id, at in places.items():
        graph.agents[id] = Agent(id=id, kind="template", name=id.title())
        graph.positions[id] = (float(at[0]), float(at[1]))
    for source, target in ("ab", "ac", "ad", "be", "ce", "de"):
        graph.edges[source + target] = Edge(id=source + target, source=source, target=target)
    return make_canvas(graph)


def chosen(canvas: Canvas) -> set[str]:
    return set(canvas.document.selection)


# the lasso


def around(hand, points, held) -> None:
    hand.press(points[0], held=held)
    for point in points[1:]:
        hand.move(point, held=held)


def test_alt_and_a_drag_over_the_canvas_selects_what_the_line_holds(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    line = [(-40, -40), (250, -260), (540, -260), (540, -80), (240, 100), (-40, 100)]
    around(hand, line, ALT)
    assert chosen(diamond) == {"a", "b", "ab"}  # while it lasts
    hand.release(line[-1], held=ALT)
    assert chosen(diamond) == {"a", "b", "ab"}
    assert diamond.document.undo_stack.count() == 0


def test_escape_takes_a_lasso_back(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    diamond.document.select({"e"})
    items = len(diamond.canvas_scene.items())
    around(hand, [(-40, -40), (250, -40), (250, 100), (-40, 100)], ALT)
    assert chosen(diamond) == {"a"}
    hand.on_canvas(Qt.Key.Key_Escape)
    hand.release((-40, 100), held=ALT)
    assert chosen(diamond) == {"e"}
    assert len(diamond.canvas_scene.items()) == items


def test_a_lasso_with_shift_adds(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    diamond.document.select({"e"})
    around(hand, [(-40, -40), (250, -40), (250, 100), (-40, 100)], ALT | SHIFT)
    hand.release((-40, 100), held=ALT | SHIFT)
    assert chosen(diamond) == {"a", "e"}


def test_after_l_the_left_button_draws_a_lasso_once(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    hand.on_canvas(Qt.Key.Key_L)
    assert diamond.armed is Lasso
    around(hand, [(-40, -40), (250, -40), (250, 100), (-40, 100)], Qt.KeyboardModifier.NoModifier)
    hand.release((-40, 100))
    assert chosen(diamond) == {"a"}
    assert diamond.armed is None


def test_a_click_with_alt_on_the_canvas_lets_go(diamond: Canvas, hand_of) -> None:
    diamond.document.select({"a"})
    hand_of(diamond).click((-100, -100), held=ALT)
    assert chosen(diamond) == set()


# up- and downstream


def test_u_and_d_select_what_leads_here_and_what_is_led_to(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    diamond.document.select({"b"})
    hand.on_canvas(Qt.Key.Key_D)
    assert chosen(diamond) == {"b", "e"}
    hand.on_canvas(Qt.Key.Key_U)
    assert chosen(diamond) == {"a", "b", "c", "d", "e"}


def test_going_round_in_a_circle_ends() -> None:
    graph = Graph()
    for id in "ab":
        graph.agents[id] = Agent(id=id, kind="template", name=id)
    graph.edges["ab"] = Edge(id="ab", source="a", target="b")
    graph.edges["ba"] = Edge(id="ba", source="b", target="a", loop=True)
    assert walking.reached(graph, ["a"], onward=True) == {"a", "b"}


# along the edges


def test_alt_and_arrows_walk_along_the_edges_wherever_cards_stand(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    diamond.document.select({"a"})
    seen = []
    for key in (RIGHT, DOWN, DOWN, DOWN, UP, RIGHT, LEFT, LEFT):
        hand.on_canvas(key, ALT)
        seen += chosen(diamond)
    assert seen == ["b", "c", "d", "b", "d", "e", "d", "a"]  # back the way it came


def test_an_agent_without_edges_stays_where_it_is(diamond: Canvas, hand_of) -> None:
    diamond.document.select({"lone"})
    for key in (RIGHT, LEFT, UP, DOWN):
        hand_of(diamond).on_canvas(key, ALT)
        assert chosen(diamond) == {"lone"}


def test_e_goes_from_edge_to_edge_of_an_agent_and_round(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    diamond.document.select({"a"})
    seen = []
    for _ in range(4):
        hand.on_canvas(Qt.Key.Key_E)
        seen += chosen(diamond)
    assert seen == ["ab", "ac", "ad", "ab"]
    hand.on_canvas(Qt.Key.Key_E, SHIFT)
    assert chosen(diamond) == {"ad"}


def test_from_an_edge_the_arrows_go_to_its_ends(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    diamond.document.select({"ac"})
    hand.on_canvas(RIGHT)
    assert chosen(diamond) == {"c"}
    diamond.document.select({"ac"})
    hand.on_canvas(LEFT)
    assert chosen(diamond) == {"a"}


def test_page_keys_go_through_all_agents(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    seen = []
    for _ in range(7):
        hand.on_canvas(Qt.Key.Key_PageDown)
        seen += chosen(diamond)
    assert seen == ["a", "b", "c", "d", "e", "lone", "a"]
    hand.on_canvas(Qt.Key.Key_PageUp)
    assert chosen(diamond) == {"lone"}


def test_an_edge_is_made_changed_and_deleted_without_a_mouse(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    edges = diamond.document.graph.edges
    diamond.document.select({"lone"})
    hand.on_canvas(Qt.Key.Key_C)
    diamond.adding.search.line.setText("e")
    diamond.adding.search._key(_return())
    (id,) = [edge.id for edge in edges.values() if edge.source == "lone"]
    assert (edges[id].target, edges[id].kind) == ("e", "flow")
    hand.on_canvas(Qt.Key.Key_K)
    assert edges[id].kind == "handoff"
    diamond.pill.dismiss()
    hand.on_canvas(Qt.Key.Key_K)  # a while later, while it is selected
    assert edges[id].kind == "supervise"
    hand.on_canvas(Qt.Key.Key_Delete)
    assert id not in edges


def _return():
    from PySide6.QtGui import QKeyEvent

    return QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)


# bookmarks


class Shelf:
    """Settings in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def value(self, key, default=None):
        return self.kept.get(key, default)

    def set_value(self, key, value) -> None:
        self.kept[key] = value


def test_a_view_that_was_kept_is_come_back_to(diamond: Canvas) -> None:
    diamond.set_zoom(1.5)
    diamond.centerOn(QPointF(600, 500))
    middle = diamond.center_scene_pos()
    diamond.views.keep(3)
    diamond.fit()
    assert diamond.views.go(3)
    assert diamond.zoom == 1.5
    assert (diamond.center_scene_pos() - middle).manhattanLength() < 3
    assert not diamond.views.go(4)
    assert diamond.document.undo_stack.count() == 0


def test_views_are_remembered_by_file_and_not_in_it(make_canvas, tmp_path: Path) -> None:
    shelf, path = Shelf(), tmp_path / "a.quartet.json"
    first, second, other = (make_canvas(Graph()) for _ in range(3))
    for canvas, place in ((first, path), (second, path), (other, tmp_path / "b.quartet.json")):
        canvas.document.path = place
    first.views.attach(shelf)
    first.set_zoom(0.5)
    first.views.keep(1)
    second.views.attach(shelf)
    other.views.attach(shelf)
    assert 1 in second.views and second.views.go(1) and second.zoom == 0.5
    assert 1 not in other.views


def test_views_of_a_new_graph_are_remembered_once_it_is_saved(make_canvas, tmp_path: Path) -> None:
    shelf = Shelf()
    canvas = make_canvas(Graph())
    canvas.views.attach(shelf)
    canvas.views.keep(2)
    assert shelf.kept == {}
    canvas.document.path = tmp_path / "c.quartet.json"
    assert len(json.loads(shelf.kept["views"])) == 1


@pytest.mark.parametrize("nonsense", ["", "{", "[]", '{"x": 3}', '{"x": {"1": ["a"]}}', 7])
def test_bookmarks_that_cannot_be_read_count_as_absent(make_canvas, tmp_path: Path, nonsense) -> None:
    shelf = Shelf()
    shelf.kept["views"] = nonsense
    canvas = make_canvas(Graph())
    canvas.document.path = tmp_path / "d.quartet.json"
    canvas.views.attach(shelf)
    assert 1 not in canvas.views


def test_one_and_two_zoom(diamond: Canvas, hand_of) -> None:
    hand = hand_of(diamond)
    diamond.document.select({"e"})
    hand.on_canvas(Qt.Key.Key_2)
    assert diamond.zoom == 1.5
    hand.on_canvas(Qt.Key.Key_1)
    assert diamond.zoom == 1.0
