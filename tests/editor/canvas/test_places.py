"""Which cards stand near a point is known without Qt, whatever was added, moved and taken away before."""

from hypothesis import given
from hypothesis import strategies as st

from quartet.editor.canvas import geometry
from quartet.editor.canvas.places import Places
from quartet.graph.model import AgentId

POINTS = st.tuples(st.integers(-2000, 2000).map(float), st.integers(-2000, 2000).map(float))
STEPS = st.lists(st.tuples(st.sampled_from(["put", "drop"]), st.integers(0, 12), POINTS), max_size=40)


@given(STEPS, POINTS, st.integers(0, 900))
def test_the_same_cards_are_near_as_if_all_were_looked_at(steps, corner, size) -> None:
    positions: dict[AgentId, tuple[float, float]] = {}
    places, order = Places(positions), list[AgentId]()
    for what, number, at in steps:
        id = AgentId(f"a{number}")
        if what == "put" and id in positions:
            positions[id] = at
            places.moved([id])
        elif what == "put":
            positions[id] = at
            places.add(id)
            order.append(id)
        elif id in positions:
            del positions[id]
            places.drop(id)
            order.remove(id)
        if number % 3 == 0:
            places.bounds()
    left, top, right, bottom = box = (*corner, corner[0] + size, corner[1] + size)
    cards = {id: geometry.card(at) for id, at in positions.items()}
    meets = [id for id in reversed(order) if cards[id][0] <= right and cards[id][2] >= left]
    meets = [id for id in meets if cards[id][1] <= bottom and cards[id][3] >= top]
    assert places.near(box) == meets
    assert places.bounds() == geometry.union(list(cards.values()))
