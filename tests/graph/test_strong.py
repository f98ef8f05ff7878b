"""Components are those that a library finds, in its order: who is told first depends on it."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from quartet.graph import strong

ways = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40)


@given(ways)
def test_groups_are_those_of_the_library_in_its_order(pairs: list[tuple[int, int]]) -> None:
    components = nx.strongly_connected_components(nx.DiGraph(pairs))
    assert strong.groups(pairs) == [part for part in components if len(part) > 1]


@given(ways)
def test_every_node_is_in_one_component_that_comes_before_those_that_lead_to_it(pairs: list[tuple[int, int]]) -> None:
    after: dict[int, list[int]] = {node: [] for pair in pairs for node in pair}
    for source, target in pairs:
        after[source].append(target)
    parts = strong.components(after)
    assert sorted(node for part in parts for node in part) == sorted(after)
    number = {node: index for index, part in enumerate(parts) for node in part}
    assert all(number[target] <= number[source] for source, target in pairs)


def test_a_circle_may_be_of_any_length() -> None:
    assert strong.groups([*((node, node + 1) for node in range(20_000)), (20_000, 0)]) == [set(range(20_001))]
