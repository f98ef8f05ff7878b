"""Shapes by colour and by place: what may lie in an area is found, whatever was put, dropped and moved before."""

from __future__ import annotations

import builtins

from hypothesis import given
from hypothesis import strategies as st

from quartet.editor.canvas.batches import SQUARE, Batches
from quartet.editor.canvas.geometry import Box

places = st.floats(-3 * SQUARE, 3 * SQUARE)
sizes = st.floats(0, 2 * SQUARE)


@st.composite
def boxes(draw: st.DrawFn) -> list[float]:
    """A rectangle that can be moved in place."""
    left, top = draw(places), draw(places)
    return [left, top, left + draw(sizes), top + draw(sizes)]


ids = st.integers(0, 9).map(str)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), ids, st.sampled_from("ab"), boxes()),
        st.tuples(st.just("drop"), ids),
        st.tuples(st.just("move"), ids, boxes()),
        st.tuples(st.just("look"), st.sampled_from("ab"), boxes()),
    ),
    max_size=40,
)


def box_of(shape: list[float]) -> Box:
    left, top, right, bottom = shape
    return left, top, right, bottom


def meet(one: list[float], other: list[float]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


@given(steps)
def test_every_shape_that_meets_an_area_is_found_and_none_that_is_not_there(steps: list[tuple]) -> None:
    batches = Batches(box_of)
    there: dict[str, tuple[str, list[float]]] = {}
    for step in steps:
        match step:
            case ("put", id, group, shape):
                batches.drop(id)
                batches.put(id, group, shape)
                there[id] = group, shape
            case ("drop", id):
                batches.drop(id)
                there.pop(id, None)
            case ("move", id, to):
                if id in there:
                    there[id][1][:] = to
                    batches.moved()
            case ("look", group, area):
                of_group = [shape for held, shape in there.values() if held == group]
                found = batches.near(group, box_of(area))
                assert all(any(one is shape for shape in found) for one in of_group if meet(one, area))
                assert all(any(one is shape for shape in of_group) for one in found)
                assert len(found) == len({*map(builtins.id, found)})
    assert len(batches) == len(there)
    assert set(batches.groups()) == {group for group, _ in there.values()}
    for group in "ab":
        assert sorted(batches.all(group)) == sorted(shape for held, shape in there.values() if held == group)
    for id in map(str, range(10)):
        assert batches.group_of(id) == (there[id][0] if id in there else "")
        assert batches.get(id) is (there[id][1] if id in there else None)


def test_of_what_lies_far_away_nothing_is_found() -> None:
    batches = Batches(box_of)
    for number in range(100):
        batches.put(str(number), "a", [number * SQUARE, 0.0, number * SQUARE + 10, 10.0])
    assert len(batches.near("a", (0.0, 0.0, SQUARE / 2, SQUARE / 2))) == 1
    assert batches.near("b", (0.0, 0.0, SQUARE / 2, SQUARE / 2)) == []
