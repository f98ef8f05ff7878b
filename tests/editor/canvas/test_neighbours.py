"""Which agent is nearest, or next in a direction: the same as if all had been looked at."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quartet.editor.canvas.geometry import HEIGHT, WIDTH
from quartet.editor.canvas.neighbours import nearest, neighbour
from quartet.editor.canvas.view import Canvas
from quartet.graph.edits import Move
from quartet.graph.model import Agent, AgentId, Edge, EdgeId, Graph

COUNT = 12
spots = st.tuples(st.integers(-9, 9).map(lambda n: n * 450.0), st.integers(-9, 9).map(lambda n: n * 450.0))
WAYS = [(-1, 0), (1, 0), (0, -1), (0, 1)]


@pytest.fixture
def scattered(make_canvas) -> Canvas:
    graph = Graph()
    for n in range(COUNT):
        id = AgentId(f"a{n}")
        graph.agents[id] = Agent(id=id, kind="template", name=id)
        graph.positions[id] = (450.0 * n, 0.0)
    for n in range(1, COUNT, 3):
        edge = EdgeId(f"e{n}")
        graph.edges[edge] = Edge(id=edge, source=AgentId("a0"), target=AgentId(f"a{n}"))
    return make_canvas(graph)


def cost_of(canvas: Canvas, here: str, way: tuple[int, int], id: str) -> float | None:
    """How far an agent is, as the keys count it; None: it does not lie that way."""
    positions, (dx, dy) = canvas.canvas_scene.positions, way
    (x, y), (ox, oy) = positions[here], positions[id]
    along, across = (ox - x) * dx + (oy - y) * dy, abs((ox - x) * dy) + abs((oy - y) * dx)
    if id == here or along <= 0 or across > 3 * along:
        return None
    ends = [{edge.source, edge.target} for edge in canvas.document.graph.edges.values()]
    return (along + 2 * across) * (0.5 if {here, id} in ends else 1.0)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(spots, min_size=COUNT, max_size=COUNT), way=st.sampled_from(WAYS), to=spots)
def test_what_is_found_is_what_a_look_at_all_finds(scattered: Canvas, places, way, to) -> None:
    ids = list(scattered.document.graph.agents)
    scattered.document.do("x", [Move(to=dict(zip(ids, places, strict=True)))])
    for here in ("a0", "a5"):
        costs = {id: cost for id in ids if (cost := cost_of(scattered, here, way, id)) is not None}
        found = neighbour(scattered, AgentId(here), way)
        assert (found is None) == (not costs)
        assert found is None or costs[found] == min(costs.values())
    gaps = {
        id: (x + WIDTH / 2 - to[0]) ** 2 + (y + HEIGHT / 2 - to[1]) ** 2 for id, (x, y) in zip(ids, places, strict=True)
    }
    assert gaps[nearest(scattered, to)] == min(gaps.values())


def test_few_are_looked_at_where_there_are_many(make_canvas, monkeypatch) -> None:
    graph = Graph()
    for n in range(2_500):
        id = AgentId(f"a{n}")
        graph.agents[id] = Agent(id=id, kind="template", name=id)
        graph.positions[id] = (n % 50 * 260.0, n // 50 * 120.0)
    canvas = make_canvas(graph)
    looked = 0
    height = canvas.canvas_scene.places.height

    def counted(id: AgentId) -> float:
        nonlocal looked
        looked += 1
        return height(id)

    monkeypatch.setattr(canvas.canvas_scene.places, "height", counted)
    assert neighbour(canvas, AgentId("a1225"), (1, 0)) == "a1226"
    assert neighbour(canvas, AgentId("a1225"), (0, -1)) == "a1175"
    assert looked < 60


def test_nobody_is_next_where_nobody_is(make_canvas) -> None:
    canvas = make_canvas(Graph())
    assert nearest(canvas, (0.0, 0.0)) is None
