"""Two conditions of which one always holds are seen for what they are, and nothing else is."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.agents.expressions import ExpressionError, holds
from quartet.rules.complements import one_always_holds
from rules.drawings import agent, draw, found

ALWAYS = [
    ("value == 1", "value != 1"),
    ("value == 1", "1 != value"),
    ("value.score>=8", "value.score < 8"),
    ("8 <= value.score", "value.score < 8"),
    ("value.ok", "!value.ok"),
    ("(value.ok)", "! (value.ok)"),
    ("value.a && value.b", "!(value.a && value.b)"),
    ("has(value.error)", "!has(value.error)"),
    ("'x' in value.tags", "!('x' in value.tags)"),
    ("value == 'a != b'", "value != 'a != b'"),
    ("size(value) > 3", "(size(value)) <= 3"),
]
NOT_ALWAYS = [
    ("value == 1", "value == 2"),
    ("value == 1", "value != 2"),
    ("value > 3", "value < 3"),
    ("value == 1 && value.x", "value != 1"),
    ("value.a && value.b", "!value.a && value.b"),
    ("!value.a || value.b", "value.a || value.b"),
    ("value.a == 1", "value.b != 1"),
    ("value == 'a'", 'value != "a "'),
    ("(value.a) && (value.b)", "!((value.a) || (value.b))"),
    ("!value.a == value.b", "value.a == value.b && value.c"),
]


@pytest.mark.parametrize("pair", ALWAYS, ids=" | ".join)
def test_opposites_leave_no_other_case(pair: tuple[str, str]) -> None:
    assert one_always_holds(pair) and one_always_holds(["value == 77", *pair[::-1]])
    graph = draw(agent("Ann"), agent("Bob"), agent("Cid"), edges=f"ann > bob ? {pair[0]}, ann > cid ? {pair[1]}")
    assert found(graph, "G015") == []


@pytest.mark.parametrize("pair", NOT_ALWAYS, ids=" | ".join)
def test_what_only_looks_alike_leaves_some(pair: tuple[str, str]) -> None:
    assert not one_always_holds(pair)


PARTS = [
    (["value.n < 3", "value.n >= 3 && value.n < 8", "8 <= value.n"], True),
    (["value.n < 3", "(value.n > 3) && (value.n < 8)", "value.n >= 8", "value.n == 3"], True),
    (["value.n <= 0.5", "value.n > 0.5"], True),
    (["value.n < 3", "value.n > 3 && value.n < 8", "value.n >= 8"], False),
    (["value.n < 3", "value.n >= 3 && value.n < 8", "value.n > 9"], False),
    (["value.n < 3", "value.n >= 3 && value.m < 8", "value.n >= 8"], False),
    (["value.n < 3", "value.n >= 3 && value.ok"], False),
    (["value.n < 3", "value.m >= 3"], False),
]


@pytest.mark.parametrize(("conditions", "all_of_them"), PARTS)
def test_parts_of_a_scale_leave_no_number_out(conditions: list[str], all_of_them: bool) -> None:
    assert one_always_holds(conditions) == one_always_holds(conditions[::-1]) == all_of_them


atoms = st.sampled_from(
    [
        "value == 1",
        "value != 1",
        "value < 2",
        "value >= 2",
        "2 > value",
        "value > 1",
        "value <= 1.5",
        "value == 'a'",
        "true",
    ]
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        inner.map("!({})".format), inner.map("({})".format), st.tuples(inner, inner).map(" && ".join)
    ),
    max_leaves=4,
)


@given(st.lists(conditions, min_size=2, max_size=3), st.sampled_from([0, 1, 2, 3, 1.5]))
def test_where_it_is_said_that_one_always_holds_one_does(some: list[str], value: float) -> None:
    variables = {"input": "", "value": value, "from": {}, "context": {}, "visit": 1, "state": {}}
    if one_always_holds(some):
        with suppress(ExpressionError):  # a number is no text: the agent fails, it does not go nowhere
            assert any(holds(text, variables) for text in some)
