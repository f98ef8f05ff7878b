"""A text is changed where it has to say something else, and stays as it was written everywhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.graph.patching import Unpatchable, patched

plain = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text('ab\n"\\é,:{}[]', max_size=4))
values = st.recursive(
    plain, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("abcd", max_size=2), inner)),
    max_leaves=12,
)  # fmt: skip
layouts = st.sampled_from([
    {}, {"indent": 1}, {"indent": 4}, {"indent": "\t"}, {"separators": (",", ":")}, {"indent": 2, "sort_keys": True},
])  # fmt: skip


@given(values, values, layouts)
def test_the_text_says_what_it_is_to_say_in_any_layout(before: Any, after: Any, layout: dict[str, Any]) -> None:
    text = json.dumps(before, **layout)
    try:
        made = patched(text, before, after)
    except Unpatchable:
        return
    assert json.loads(made) == after
    assert patched(made, after, after) == made


@given(st.dictionaries(st.text("abcd", min_size=1, max_size=2), values, max_size=4), values, layouts)
def test_what_is_added_leaves_all_the_rest_as_it_is(before: dict[str, Any], new: Any, layout: dict[str, Any]) -> None:
    text = json.dumps(before, **layout)
    made = patched(text, before, {**before, "new": new})
    assert json.loads(made) == {**before, "new": new}
    start = next((index for index, (a, b) in enumerate(zip(text, made, strict=False)) if a != b), len(text))
    assert made.endswith(text[start:]) and made.startswith(text[:start])


def test_a_value_that_changes_leaves_the_spaces_around_it() -> None:
    text = '{ "a" :1 ,\n\n  "b":[ 1,2 , 3 ]}\n'
    after = {"a": 1, "b": [1, {"x": True}, 3]}
    assert patched(text, json.loads(text), after) == '{ "a" :1 ,\n\n  "b":[ 1,{"x": true} , 3 ]}\n'


def test_what_is_new_is_set_like_what_stands_beside_it() -> None:
    text = '{\n  "a": {\n    "x": 1\n  },\n  "b": 2\n}'
    after = {"a": {"x": 1, "z": [0]}, "c": {"d": {"e": 1}}, "b": 2}
    assert patched(text, json.loads(text), after) == json.dumps(after, indent=2)
    rows = '{\r\n\t"a": {"x": 1},\r\n\t"b": 2\r\n}'
    made = patched(rows, json.loads(rows), {"a": {"x": 1}, "c": {"d": 1, "e": 2}, "b": 2})
    assert made == '{\r\n\t"a": {"x": 1},\r\n\t"c": {"d": 1, "e": 2},\r\n\t"b": 2\r\n}'


def test_a_text_that_says_more_keeps_that() -> None:
    text = '{"more": 1, "a": {"b": 2, "c": 3}}'
    assert patched(text, {"a": {"b": 2}}, {"a": {"b": 4}}) == '{"more": 1, "a": {"b": 4, "c": 3}}'


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("{", {"a": 1}, {"a": 2}),
        ('{"b": 1}', {"a": 1}, {"a": 2}),
        ('{"a": 1, "a": 1}', {"a": 1}, {"a": 2}),
        ('{"a": 5}', {}, {"a": 2}),
        ("[1]", [1, 2], [1, 3]),
        ('{"a" 1}', {"a": 1}, {"a": 2}),
        ('{"a": 1 "b": 2}', {"a": 1}, {"a": 2}),
    ],
)
def test_a_text_that_does_not_say_it_is_not_guessed_at(text: str, before: Any, after: Any) -> None:
    with pytest.raises(Unpatchable):
        patched(text, before, after)
