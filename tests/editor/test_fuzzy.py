"""What a typed text finds: beginnings of words before parts of words before scattered letters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.editor import fuzzy

NAMES = ["Collector", "Model call", "Fan-out", "Copy editor", "Political call", "Board"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("mod", "Model call"), ("call", "Model call"), ("out", "Fan-out"), ("cped", "Copy editor"), ("oard", "Board")],
)
def test_the_nearest_name_comes_first(typed, first) -> None:
    assert fuzzy.ranked(typed, NAMES, str)[0] == first


def test_words_are_found_in_any_order(typed="call mod") -> None:
    assert fuzzy.ranked(typed, NAMES, str) == ["Model call"]


def test_what_does_not_answer_is_left_out() -> None:
    assert fuzzy.ranked("zebra", NAMES, str) == []
    assert fuzzy.cost("ydo", "Model call") is None


def test_nothing_typed_leaves_everything_as_it_was() -> None:
    assert fuzzy.ranked("  ", NAMES, str) == NAMES


@given(st.text(min_size=1, max_size=30).filter(lambda text: text.split() != []))
def test_every_name_answers_to_itself(name) -> None:
    assert fuzzy.cost(name, name) is not None


def test_letters_from_the_middles_of_unrelated_words_find_nothing() -> None:
    assert fuzzy.cost("note", "Lock No gesture moves, deletes or connects it") is None
    assert fuzzy.cost("note", "Next of the edge") is not None
    assert fuzzy.cost("cpe", "Copy editor") is not None and fuzzy.cost("fo", "Fan-out") is not None
