"""What texts say: plain ones are read by a short cut that finds what reading them as expressions finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.agents.expressions import ExpressionError, check_template, template_names
from quartet.rules.texts import simple_names, used_in

ROOTS = st.sampled_from(["value", "input", "visit", "context", "from", "state", "valued", "x", "1", ""])
KEYS = st.sampled_from(["", ".ann", ".in", ".true", ".a_1", ".for", ". ann", "[0]", ".a.b", " + 1", "."])
EXPRESSIONS = st.tuples(st.sampled_from(["{{", "{{ ", "{{  "]), ROOTS, KEYS, st.sampled_from(["}}", " }}", "}", ""]))
TEXTS = st.lists(st.one_of(EXPRESSIONS.map("".join), st.sampled_from(["Dear ", "}}", "{", "\n"])), max_size=4)


@given(TEXTS.map("".join))
def test_the_short_cut_finds_what_reading_finds(text: str) -> None:
    plain = simple_names(text)
    if plain is not None:
        check_template(text)
        assert plain == template_names(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{ value }} and {{from.ann}}", {"value", "from.ann"}),
        ("{{ state.plan }}{{ input }}", {"state.plan", "input"}),
        ("no expression", set()),
    ],
)
def test_plain_texts_take_the_short_cut(text: str, names: set[str]) -> None:
    assert simple_names(text) == names == used_in(text, template=True)


@pytest.mark.parametrize("text", ["{{ value.score }}", "{{ from.in }}", "{{ value", "{{ size(value) }}", "{{ from }}"])
def test_other_texts_are_read_as_expressions(text: str) -> None:
    if simple_names(text) is not None:
        assert simple_names(text) == template_names(text)
        return
    try:
        expected = template_names(text)
    except ExpressionError:
        expected = frozenset()
    assert used_in(text, template=True) == expected
