"""Expressions in templates and conditions: CEL over what an agent received. Nothing in them can reach the machine.

An expression names `input` (of the run), `value` (the only input; in a condition the source's result), `from.<agent
id>`, `context`, `visit` and `state.<key>` (of the run). Values are plain JSON. Beside CEL's own functions there are
`json`, `xml`, `url`, `join`, `trim`, `lower` and `upper`.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from itertools import pairwise
from types import ModuleType
from typing import Any
from urllib.parse import quote

from quartet.agents import expression_guard as guard
from quartet.agents.expression_errors import absent, failed, kind_of, nearest, syntax_error, unknown_name
from quartet.agents.expression_guard import VARIABLES, ExpressionError

JSON = Any

__all__ = [
    "FUNCTIONS",
    "VARIABLES",
    "ExpressionError",
    "as_text",
    "compile",
    "evaluate",
    "holds",
    "names_used",
    "render",
]


def as_text(value: JSON) -> str:
    """A JSON value as a person or a model reads it: a text as it is, nothing as nothing, the rest as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, indent=2 if isinstance(value, dict | list) and value else None)


def _ordered(value: JSON) -> JSON:
    """With the entries of objects sorted: the library hands them over in a new order each time."""
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return {key: _ordered(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


def _text(value: JSON) -> str:
    return as_text(_ordered(value))


def _join(items: JSON, separator: JSON = ", ") -> str:
    if not isinstance(items, list):
        raise ValueError("join needs a list")
    return _text(separator).join(_text(item) for item in items)


_OWN_SIZE = "siz_"


def _size(value: JSON) -> int:
    if not isinstance(value, str | list | dict):
        raise ValueError("size needs a text, a list or an object")
    return len(value)


FUNCTIONS: dict[str, Any] = {
    "json": lambda value: json.dumps(_ordered(value), ensure_ascii=False),
    "xml": lambda value: escape(_text(value)),
    "url": lambda value: quote(_text(value), safe=""),
    "join": _join,
    "trim": lambda value: _text(value).strip(),
    "lower": lambda value: _text(value).lower(),
    "upper": lambda value: _text(value).upper(),
}
"""What expressions can call beside CEL's own functions: text for JSON, for XML and for a URL; texts of a list."""
# fmt: off
_BUILT_IN = frozenset({
    "size", "contains", "startsWith", "endsWith", "matches", "has", "string", "int", "uint", "double", "type",
    "timestamp", "duration", "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
    "getHours", "getMinutes", "getSeconds", "getMilliseconds",
})
# fmt: on


@lru_cache(maxsize=1024)
def compile(text: str) -> Any:
    """The compiled program of an expression, from a cache of the last thousand.

    Raises:
        ExpressionError: it is not an expression, names what does not exist, or exceeds a limit; with position.
    """
    reading = guard.read(text)
    for name, at in reading.roots:
        if name.partition(".")[0] not in VARIABLES:
            raise ExpressionError(unknown_name(name), text, at)
    for name, at in reading.functions:
        if name not in FUNCTIONS and name not in _BUILT_IN and name not in guard.LOOPS:
            near = nearest(name, [*FUNCTIONS, *_BUILT_IN, *guard.LOOPS])
            raise ExpressionError(f"There is no function “{name}”.{near}", text, at)
    try:
        return _cel().compile(_with_own_size(text))
    except Exception as problem:  # noqa: BLE001  # the library raises what Python has, ValueError to OverflowError
        raise syntax_error(text, str(problem)) from None


def _with_own_size(text: str) -> str:
    """With the library's `size`, which counts a text's bytes, replaced by ours; of the same length for positions."""
    found = list(guard.tokens(text))
    for token, after in pairwise(found):
        if token.text == "size" and token.kind == "name" and after.text == "(":
            text = text[: token.at] + _OWN_SIZE + text[token.at + len(_OWN_SIZE) :]
    return text


def names_used(text: str) -> frozenset[str]:
    """Which of `input`, `value`, `from.<id>`, `from` (an id known only later), `context`,
    `visit`, `state.<key>` and `state` (a key known only later) are used.

    Raises:
        ExpressionError: the text cannot be read.
    """
    return guard.read(text).names


def evaluate(text: str, variables: Mapping[str, JSON]) -> JSON:
    """What an expression gives, as plain JSON.

    Raises:
        ExpressionError: it cannot be compiled, fails on these values, is too much work or gives no JSON.
    """
    if _PATH.fullmatch(text.strip()):
        return _follow(text, variables)
    compile(text)
    reading = guard.read(text)
    guard.check_work(text, reading, variables)
    used = {name: variables.get(name) for name in {name.partition(".")[0] for name in reading.names}}
    try:
        return _plain(_execute(text, used), text)
    except ExpressionError:
        raise
    except TypeError as problem:
        decimal = _with_decimals(text, used)
        return _failed_or(decimal, text, problem)
    except Exception as problem:  # noqa: BLE001
        raise failed(text, problem) from None


_PATH = re.compile(
    r"(?:input|value|from|context|visit|state)(?:\.(?!(?:in|true|false|null)\b)[A-Za-z_]\w*|\[\d{1,6}\]|\['[^'\\]*'\]|\[\"[^\"\\]*\"\])*",
    re.ASCII,
)
"""An expression that only names a place in the data, as most do: followed here, which keeps the order of objects."""
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")


def _follow(text: str, variables: Mapping[str, JSON]) -> JSON:
    guard.read(text)
    path = text.strip()
    start = re.match(r"\w+", path)
    assert start
    found = variables.get(start.group())
    for step in _STEP.finditer(path, start.end()):
        name, index = next((part for part in (step[1], step[3], step[4]) if part is not None), None), step[2]
        at = text.index(path) + step.start() + (step[1] is not None)
        if name is not None and isinstance(found, Mapping):
            if name not in found:
                raise ExpressionError(absent(name, step[1] is not None), text, at)
            found = found[name]
        elif index is not None and isinstance(found, list | tuple):
            if int(index) >= len(found):
                raise ExpressionError(
                    f"The list has {len(found)} items, counted from 0: there is none at {index}.", text, at
                )
            found = found[int(index)]
        else:
            what = f"“{path[: step.start()]}” is {kind_of(found)}"
            raise ExpressionError(f"{what}: it has no {'“' + name + '”' if name else 'items'}.", text, at)
    return found


@lru_cache(maxsize=1)
def _cel() -> Any:
    """The library; not every graph has an expression.

    Its package also imports its program for the terminal, with three libraries of that: eight times as long as the
    rest, and 24 MB. So that name stands for an empty module meanwhile.
    """
    nothing = ModuleType("cel.cli")
    program = sys.modules.setdefault("cel.cli", nothing)
    import cel

    if program is nothing:
        sys.modules.pop("cel.cli", None)
    # it logs what a function of ours raises, data included, although the error arrives here anyway
    logging.getLogger("cel").setLevel(logging.CRITICAL)
    return cel


def _execute(text: str, variables: Mapping[str, JSON]) -> Any:
    program = compile(text)
    functions = {}
    for name, _ in guard.read(text).functions:
        if name == "size":
            functions[_OWN_SIZE] = _size
        elif name in FUNCTIONS:
            functions[name] = FUNCTIONS[name]
    return program.execute(_cel().Context(dict(variables), functions))


def _with_decimals(text: str, variables: Mapping[str, JSON]) -> Any:
    """What the expression gives if every number is a decimal, or None if that does not help.

    JSON has one kind of number and CEL two that it does not mix: a score that happens to be 1 and not 0.9 must not
    break an expression.
    """
    rewritten, at, found = "", 0, list(guard.tokens(text))
    for number, token in enumerate(found):
        is_index = number > 0 and found[number - 1].text == "["
        if token.kind == "number" and token.text.isdigit() and not is_index:
            rewritten += text[at : token.at] + token.text + ".0"
            at = token.at + len(token.text)
    rewritten += text[at:]
    if len(rewritten) > guard.MAX_LENGTH:
        return None
    try:
        return _execute(rewritten, {name: _decimal(value) for name, value in variables.items()})
    except Exception:  # noqa: BLE001  # it did not help: what is told is why the expression as written failed
        return None


def _decimal(value: JSON) -> JSON:
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, list):
        return [_decimal(item) for item in value]
    if isinstance(value, dict):
        return {key: _decimal(item) for key, item in value.items()}
    return value


def _failed_or(value: Any, text: str, problem: Exception) -> JSON:
    if value is None:
        raise failed(text, problem) from None
    return _plain(value, text)


def holds(text: str, variables: Mapping[str, JSON]) -> bool:
    """Whether a condition is true.

    Raises:
        ExpressionError: as `evaluate`, and if it gives anything but true or false.
    """
    found = evaluate(text, variables)
    if not isinstance(found, bool):
        raise ExpressionError(
            f"A condition must be true or false; this gives {kind_of(found)}. Compare it with something.", text
        )
    return found


def _plain(value: Any, text: str) -> JSON:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ExpressionError("The result is not a finite number (a division by 0.0?).", text)
        return value
    if isinstance(value, list | tuple):
        return [_plain(item, text) for item in value]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise ExpressionError("The names of an object must be texts: put them in quotes.", text)
        # the library keeps no order; a run must be the same every time
        return {key: _plain(value[key], text) for key in sorted(value)}
    raise ExpressionError(f"The result is a {type(value).__name__}, not plain JSON: wrap it in string(…).", text)


def render(template: str, variables: Mapping[str, JSON]) -> str:
    """A template with each `{{ expression }}` replaced by what it gives, as text.

    Raises:
        ExpressionError: a `{{` without end, or an expression that fails; `position` counts in the template.
    """
    parts: list[str] = []
    for literal, expression, at in split(template):
        parts.append(literal)
        if expression is not None:
            try:
                parts.append(as_text(evaluate(expression, variables)))
            except ExpressionError as problem:
                raise _in_template(problem, template, at) from None
    return "".join(parts)


def split(template: str) -> list[tuple[str, str | None, int]]:
    """The pieces of a template: literal text, the expression after it (None at the end), and where that begins.

    Raises:
        ExpressionError: a `{{` without end.
    """
    pieces: list[tuple[str, str | None, int]] = []
    start = 0
    while (opening := template.find("{{", start)) >= 0:
        inside = opening + 2
        end = _end_of_expression(template, inside)
        text = template[inside:end]
        lead = len(text) - len(text.lstrip())
        pieces.append((template[start:opening], text.strip(), inside + lead))
        start = end + 2
    pieces.append((template[start:], None, len(template)))
    return pieces


def _end_of_expression(template: str, inside: int) -> int:
    """Where the `}}` stands that ends the expression: not one inside a text or an object."""
    at, depth = inside, 0
    try:
        for token in guard.tokens(template[inside : inside + guard.MAX_LENGTH + 200]):
            at = inside + token.at
            if token.text == "}" and token.kind == "sign" and depth == 0:
                break
            if token.kind == "sign" and token.text in "([{":
                depth += 1
            elif token.kind == "sign" and token.text in ")]}":
                depth -= 1
        if template.startswith("}}", at) and depth == 0:
            return at
    except ExpressionError:
        pass  # told with its place when the expression itself is read
    plain = template.find("}}", inside)
    if plain < 0:
        line, column = _place(template, inside - 2)
        raise ExpressionError(f"“{{{{” in line {line}, column {column} has no “}}}}”: close it.", template, inside - 2)
    return plain


def _place(template: str, at: int) -> tuple[int, int]:
    before = template[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1


def _in_template(problem: ExpressionError, template: str, at: int) -> ExpressionError:
    position = at + (problem.position or 0)
    line, column = _place(template, position)
    expression = problem.text if len(problem.text) <= 60 else problem.text[:57] + "…"
    told = ExpressionError(f"{problem.message} In “{{{{ {expression} }}}}”, line {line}, column {column}.", template)
    told.position = position
    return told


def check_template(template: str) -> None:
    """Compile every expression of a template, evaluating nothing.

    Raises:
        ExpressionError: the first that cannot be used; `position` counts in the template.
    """
    for _, expression, at in split(template):
        if expression is not None:
            try:
                compile(expression)
            except ExpressionError as problem:
                raise _in_template(problem, template, at) from None


def template_names(template: str) -> frozenset[str]:
    """What the expressions of a template use, as `names_used` says it.

    Raises:
        ExpressionError: the template cannot be read.
    """
    return frozenset(
        name for _, expression, _ in split(template) if expression is not None for name in names_used(expression)
    )
