"""The numbers behind the drawing: curves start and end where they should, dashes add up, distances are distances."""

from itertools import pairwise
from math import hypot, isclose

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quartet.editor.canvas import geometry
from quartet.editor.canvas.geometry import HEIGHT, WIDTH

places = st.tuples(st.floats(-5_000, 5_000), st.floats(-5_000, 5_000))


@given(places, places, st.booleans(), st.integers(0, 3))
def test_a_flow_edge_begins_and_ends_at_the_border_of_its_cards(source, target, loop, lane) -> None:
    curve = geometry.flow(source, target, loop=loop, lane=lane)
    for (x, y), (left, top) in ((curve[:2], source), (curve[6:], target)):
        inside = left - 1e-6 <= x <= left + WIDTH + 24 * lane and top - 1e-6 <= y <= top + HEIGHT + 12 * lane + 1e-6
        assert inside


@pytest.mark.parametrize(
    ("target", "start", "end"),
    [
        ((400, 0), (184, 31), (400, 31)),  # ahead: from side to side
        ((0, 200), (92, 62), (92, 200)),  # below: from bottom to top
        ((0, -200), (92, 0), (92, -138)),  # above: from top to bottom
        ((-400, 0), (92, 62), (-308, 62)),  # behind: round below
    ],
)
def test_where_a_target_stands_says_which_sides_an_edge_joins(target, start, end) -> None:
    curve = geometry.flow((0, 0), target)
    assert (curve[:2], curve[6:]) == (start, end)


def test_supervision_comes_from_above() -> None:
    curve = geometry.watch((0, 0), (300, 200))
    assert (curve[:2], curve[6:]) == ((92, 62), (392, 200))


@given(places, places)
def test_a_hand_off_joins_the_borders_in_a_straight_line(source, target) -> None:
    if hypot(source[0] - target[0], source[1] - target[1]) < 300:
        return
    assert geometry.is_straight(geometry.direct(source, target))


@given(st.tuples(*[st.floats(-1_000, 1_000)] * 8), st.floats(2, 20), st.floats(2, 20))
def test_dashes_cover_their_share_of_the_line(curve, dash, gap) -> None:
    points = geometry.flatten(curve)
    length = sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))
    covered = sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in geometry.dashes(points, dash, gap))
    whole, rest = divmod(length, dash + gap)
    assert isclose(covered, whole * dash + min(rest, dash), rel_tol=1e-3, abs_tol=0.1 + dash)


@given(st.tuples(*[st.floats(-1_000, 1_000)] * 8), st.floats(0, 1))
@example((22.0, 0.0, 0.0, 0.0, 0.0, 0.0, 22.0, 0.0), 0.5)  # out and back on one line
@example((0.0, 0.0, 60.0, 0.0, 60.0, 0.0, 20.0, 0.0), 0.5)  # past its end
def test_a_point_on_the_curve_is_close_to_its_pieces_and_in_its_box(curve, t) -> None:
    x, y = geometry.on_curve(curve, t)
    left, top, right, bottom = geometry.curve_box(curve)
    assert left - 1e-6 <= x <= right + 1e-6 and top - 1e-6 <= y <= bottom + 1e-6
    assert geometry.distance(geometry.flatten(curve), x, y) < 16


def test_an_arrow_points_where_it_came_to() -> None:
    one, tip, other = geometry.arrow((100, 0), (0, 0))
    assert tip == (100, 0)
    assert one[0] < 100 and other[0] < 100 and one[1] == -other[1]


@given(places)
def test_snapping_moves_by_at_most_half_a_step(point) -> None:
    x, y = geometry.snapped(point)
    assert abs(x - point[0]) <= 2 and abs(y - point[1]) <= 2
    assert geometry.snapped((x, y)) == (x, y)


@pytest.mark.parametrize("side", geometry.SIDES)
def test_the_nearest_port_is_the_one_pointed_at(side) -> None:
    x, y = geometry.port((40, 80), side)
    assert geometry.nearest_side((40, 80), x, y) == (side, 0)


def test_the_words_on_two_ways_back_between_the_same_agents_do_not_lie_on_each_other() -> None:
    heights = [geometry.on_curve(geometry.flow((600.0, 0.0), (0.0, 40.0), loop=True, lane=n), 0.5)[1] for n in range(3)]
    assert all(lower - upper >= 20 for upper, lower in pairwise(heights))
