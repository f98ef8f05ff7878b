"""Expressions and templates: what they give, what they refuse and how they say so."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import hostile_expressions
from quartet.agents.expression_guard import MAX_LENGTH, MAX_NESTING
from quartet.agents.expressions import (
    ExpressionError,
    as_text,
    check_template,
    compile,
    evaluate,
    holds,
    names_used,
    render,
    template_names,
)

DATA: dict[str, Any] = {
    "input": {"topic": "bees", "n": 3},
    "value": {"score": 0.9, "count": 2, "tags": ["x", "y"], "text": "hi & <b>", "none": None, "z": 1, "a": 2},
    "from": {"writer": {"draft": "Once"}, "ed_1": "ok"},
    "context": {"customer": "Ann"},
    "visit": 2,
}


@pytest.mark.parametrize(
    ("expression", "gives"),
    [
        ("value.score > 0.8 && visit < 5", True),
        ("value.count > 0.8", True),
        ("input.topic", "bees"),
        ("from.writer.draft", "Once"),
        ("from['writer'].draft + '!'", "Once!"),
        ("context.customer == 'Ann' ? 'A' : 'B'", "A"),
        ("value.tags[1]", "y"),
        ("value.tags.map(t, t + '1')", ["x1", "y1"]),
        ("value.tags.filter(t, t != 'x').size()", 1),
        ("value.tags.exists(t, t == 'y')", True),
        ("has(value.nothing)", False),
        ("'x' in value.tags", True),
        ("value.none == null", True),
        ("{'a': [1, 2.5, null, true]}", {"a": [1, 2.5, None, True]}),
        ("'abc'.matches('^a.c$')", True),
        ("xml(value.text)", "hi &amp; &lt;b&gt;"),
        ("url('a b/c?')", "a%20b%2Fc%3F"),
        ("size('äöü€😀') + 'äö'.size()", 7),
        ("size(value.tags) + size({'a': 1}) + value.size()", 10),
        ("'size(1)'", "size(1)"),
        ("join(value.tags, '-')", "x-y"),
        ("value.tags.join(', ')", "x, y"),
        ("json(value.tags)", '["x", "y"]'),
        ("upper(trim('  a ')) + lower('B')", "Ab"),
        ("7 / 2", 3),
        ("value // a comment", DATA["value"]),
    ],
)
def test_an_expression_gives_plain_json(expression: str, gives: Any) -> None:
    assert evaluate(expression, DATA) == gives


@pytest.mark.parametrize(
    ("expression", "gives"),
    [
        ("value.score * 100", 90.0),
        ("value.count * 0.5", 1.0),
        ("value.count + value.score", 2.9),
        ("input.n / 2.0", 1.5),
        ("value.tags[0] + '' == 'x' && value.score * 2 > 1", True),
    ],
)
def test_whole_and_decimal_numbers_mix_as_in_json(expression: str, gives: Any) -> None:
    assert evaluate(expression, DATA) == pytest.approx(gives)


def test_an_object_keeps_its_order_where_it_is_only_named_and_is_sorted_where_it_is_computed() -> None:
    assert list(evaluate("value", DATA)) == list(DATA["value"])
    assert list(evaluate("{'c': 1, 'b': 2, 'a': 3}", DATA)) == ["a", "b", "c"]
    assert evaluate("json({'c': 1, 'b': 2, 'a': 3})", DATA) == '{"a": 3, "b": 2, "c": 1}'


@pytest.mark.parametrize(
    ("expression", "says", "position"),
    [
        ("score > 1", "did you mean value.score", 0),
        ("value.nope", "has(…)", 6),
        ("value['nope']", "“in”", 5),
        ("value.score + nope", "did you mean value.nope", 14),
        ("value.tags[5]", "2 items", 10),
        ("value.tags.draft", "is a list", 11),
        ("value.tags.siz()", "Did you mean size?", 11),
        ("value ==", "missing at the end", 8),
        ("1 = 2", "Write ==", 2),
        ("value & true", "&&", 6),
        ("value.a | true", "||", 8),
        ("'abc", "never ends", 0),
        ("“abc”", "plain quotes", 0),
        ("value.a and value.b", "Write && instead of and", 8),
        ("True", "Write true", 0),
        ("not", "Write !", 0),
        ("(1", "closing “)”", 2),
        ("1)", "closes nothing", 1),
        ("1 +* 2", "“*” does not fit", 3),
        ("1.0 / 0.0", "not a finite number", None),
        ("1 / 0", "Division by zero", 2),
        ("{1: 2}", "put them in quotes", None),
        ("duration('1s')", "wrap it in string", None),
        ("'a' + 1", "Convert one", None),
        ("siz_('a')", "Did you mean size?", 0),
        ("join('a')", "join needs a list", None),
        ("size(1)", "size needs a text", None),
        ("size(value.tags) +* 1", "“*” does not fit", 18),
        ("value.score * visit * 'a'", "", None),
        ("", "empty", 0),
        ("   ", "empty", 0),
        ("9223372036854775807 + visit", "too large", None),
    ],
)
def test_an_expression_that_fails_says_where_and_what_to_do(expression: str, says: str, position: int | None) -> None:
    with pytest.raises(ExpressionError) as raised:
        evaluate(expression, DATA)
    assert says in str(raised.value)
    assert raised.value.position == position
    assert raised.value.text == expression


def test_an_error_behind_line_breaks_is_placed_rightly() -> None:
    with pytest.raises(ExpressionError) as raised:
        compile("value.score > 1\n  && 3 4")
    assert raised.value.position == "value.score > 1\n  && 3 4".index("4")


@pytest.mark.parametrize("expression", ["value.score", "'yes'", "1", "null", "value.tags"])
def test_a_condition_must_be_true_or_false(expression: str) -> None:
    with pytest.raises(ExpressionError, match="true or false"):
        holds(expression, DATA)
    assert holds("visit == 2", DATA) is True


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("value.score > input.n", {"value", "input"}),
        ("from.writer.draft + from['ed 1'] + from[\"x\"]", {"from.writer", "from.ed 1", "from.x"}),
        ("from[value.who].draft", {"from", "value"}),
        ("from.size() > 1", {"from.size"}),
        ("value.map(x, x.input + context.a)", {"value", "context"}),
        ("value.map(value, value.a)", {"value"}),
        ("'input' + \"visit\"", set()),
        ("value.input.visit", {"value"}),
        ("[value, visit].size() == 2", {"value", "visit"}),
        ("{'input': visit}", {"visit"}),
        ("has(value.context)", {"value"}),
        ("1 in input.list", {"input"}),
    ],
)
def test_the_names_an_expression_uses(expression: str, names: set[str]) -> None:
    assert names_used(expression) == names


@pytest.mark.parametrize("expression", hostile_expressions.REACHING.values(), ids=hostile_expressions.REACHING)
def test_nothing_reaches_beyond_the_data(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, DATA)


def test_hostile_expressions_do_not_end_the_process_even_on_a_small_stack() -> None:
    ran = subprocess.run(
        [sys.executable, str(Path(hostile_expressions.__file__)), "512"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "survived"), ran.stderr[-500:]


GROWING = {
    "doubling": ("value.map(s,s+s+s+s+s+s+s+s).map(s,s+s+s+s+s+s+s+s).map(s,s+s+s+s+s+s+s)", ["x" * 20_000] * 10),
    "adding": ("+".join(["value"] * 150), "x" * 100_000),
    "loops within loops": ("value.map(a, value.map(b, a + b))", ["x"] * 8_000),
    "everything in each": ("value.map(a, value)", ["x" * 10] * 20_000),
    "patterns": ("value.filter(a, a.matches('(a+)+$'))", ["x"] * 20_000),
    "a list that grows": ("[value].map(a, a + a + a + a + a + a)[0].map(b, value)", ["x" * 10] * 4_000),
}


@pytest.mark.parametrize(("expression", "value"), GROWING.values(), ids=GROWING)
def test_what_would_take_too_much_work_is_refused_before_it_starts(expression: str, value: Any) -> None:
    compile(expression)
    with pytest.raises(ExpressionError, match="too much data"):
        evaluate(expression, {**DATA, "value": value})


def test_ordinary_work_on_ordinary_data_is_not_refused() -> None:
    people = [{"name": f"Name {n}", "text": "x" * 200, "score": n / 1000} for n in range(1000)]
    top = evaluate("value.filter(p, p.score > 0.99).map(p, p.name + ' of ' + input.topic)", {**DATA, "value": people})
    assert top[0] == "Name 991 of bees" and len(top) == 9


def test_the_limits_are_where_they_are_said_to_be() -> None:
    inside = "(" * MAX_NESTING + "1" + ")" * MAX_NESTING
    assert evaluate(inside, DATA) == 1
    with pytest.raises(ExpressionError, match=f"{MAX_NESTING} brackets"):
        evaluate(f"({inside})", DATA)
    assert evaluate("1" + " " * (MAX_LENGTH - 1), DATA) == 1
    with pytest.raises(ExpressionError, match="1,000"):
        evaluate("1" + " " * MAX_LENGTH, DATA)


@given(st.text(alphabet="abvalue.from[]{}()'\"\\?:!-+*/%<>=&|, 0123456789rR\n\t`@#°", max_size=60))
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    try:
        result = evaluate(text, DATA)
    except ExpressionError as error:
        assert error.position is None or 0 <= error.position <= len(text)
    else:
        json.dumps(result, allow_nan=False)


# templates


def test_a_template_is_text_with_expressions_in_it() -> None:
    assert render("Dear {{ context.customer }},\n{{from.ed_1}} {{ visit }} {{ value.none }}.", DATA) == (
        "Dear Ann,\nok 2 ."
    )
    assert render("no expression, { braces } and }}", DATA) == "no expression, { braces } and }}"
    assert render("{{ {'a': {'b': '}}'}}.a.b }}{{ '{{' }}", DATA) == "}}{{"
    assert render("{{ value.tags }}", DATA) == '[\n  "x",\n  "y"\n]'
    assert render("{{ true }} {{ 1.5 }} {{ [] }}", DATA) == "true 1.5 []"


@pytest.mark.parametrize(
    ("template", "says", "at"),
    [
        ("Dear {{ value.nope }}", "line 1, column 15", 14),
        ("Dear\n\n  {{ value.score +* 1 }}", "line 3, column 19", 24),
        ("Dear {{ value", "no “}}”", 5),
        ("Dear {{ }}", "empty", 8),
        ("{{ 'abc }} more", "never ends", 3),
        ("{{ a }} {{ b", "line 1, column 9", 8),
    ],
)
def test_a_template_that_fails_names_line_and_column(template: str, says: str, at: int) -> None:
    with pytest.raises(ExpressionError, match=says) as raised:
        render(template, DATA)
    assert raised.value.position == at


def test_checking_a_template_evaluates_nothing() -> None:
    check_template("{{ value.nope.nope }} {{ 1 / 0 }}")
    with pytest.raises(ExpressionError, match="line 2"):
        check_template("{{ value }}\n{{ valeu }}")
    assert template_names("{{ value.a }} {{ from.b }} text") == {"value", "from.b"}


def test_what_a_value_puts_in_is_not_itself_a_template() -> None:
    assert render("{{ value }}", {**DATA, "value": "{{ input.topic }}"}) == "{{ input.topic }}"


@given(st.text(max_size=80), st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), st.lists))
def test_a_text_without_braces_is_left_alone_and_a_value_is_put_in_as_text(text: str, value: Any) -> None:
    text = text.replace("{{", "")
    assert render(text, DATA) == text
    assert render(text + "{{ value }}", {"value": value}) == text + as_text(value)
