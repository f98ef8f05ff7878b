"""Expressions in templates and conditions: CEL over what an agent received. Nothing in them can reach the machine.

An expression names `input` (of the run), `value` (the only input; in a condition the source's result), `from.<agent
id>`, `context` and `visit`. Values are plain JSON. Beside CEL's own functions there are `json`, `xml`, `url`, `join`,
`trim`, `lower` and `upper`.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from quartet.agents import expression_guard as guard
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


def _join(items: JSON, separator: JSON = ", ") -> str:
    if not isinstance(items, list):
        raise ValueError("join needs a list")
    return as_text(separator).join(as_text(item) for item in items)


FUNCTIONS: dict[str, Any] = {
    "json": lambda value: json.dumps(value, ensure_ascii=False),
    "xml": lambda value: escape(as_text(value), {'"': "&quot;", "'": "&apos;"}),
    "url": lambda value: quote(as_text(value), safe=""),
    "join": _join,
    "trim": lambda value: as_text(value).strip(),
    "lower": lambda value: as_text(value).lower(),
    "upper": lambda value: as_text(value).upper(),
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
            raise ExpressionError(_unknown_name(name), text, at)
    for name, at in reading.functions:
        if name not in FUNCTIONS and name not in _BUILT_IN and name not in guard.LOOPS:
            raise ExpressionError(f"There is no function “{name}”.{_nearest(name)}", text, at)
    import cel  # type: ignore[import-not-found, unused-ignore]  # takes 0.2 s; not every graph has an expression

    try:
        return cel.compile(text)
    except Exception as problem:  # noqa: BLE001  # the library raises what Python has, ValueError to OverflowError
        raise _syntax_error(text, str(problem)) from None


def _unknown_name(name: str) -> str:
    if name in ("True", "False", "None"):
        return f"Write {'null' if name == 'None' else name.lower()} instead of {name}."
    if name in ("and", "or", "not"):
        return f"Write {({'and': '&&', 'or': '||', 'not': '!'})[name]} instead of {name}."
    return f"“{name}” is not known here: did you mean value.{name}? There are {', '.join(VARIABLES)}."


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, [*FUNCTIONS, *_BUILT_IN, *guard.LOOPS], 1)
    return f" Did you mean {near[0]}?" if near else ""


def _syntax_error(text: str, said: str) -> ExpressionError:
    found = re.search(r"<input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)", said)
    if not found:
        return ExpressionError("This is not an expression: " + said.splitlines()[0], text)
    lines = text.split("\n")
    line = min(int(found.group(1)), len(lines)) - 1
    at = min(sum(len(before) + 1 for before in lines[:line]) + int(found.group(2)) - 1, len(text))
    reason = found.group(3)
    if "<EOF>" in reason and at >= len(text.rstrip()):
        return ExpressionError("Something is missing at the end.", text, at)
    unexpected = re.search(r"(?:mismatched|extraneous) input '(.*?)' expecting", reason)
    if unexpected:
        return ExpressionError(f"“{unexpected.group(1)}” does not fit here.", text, at)
    return ExpressionError(f"This does not read as an expression: {reason}.", text, at)


def names_used(text: str) -> frozenset[str]:
    """Which of `input`, `value`, `from.<id>`, `from` (an id known only later), `context` and `visit` are used.

    Raises:
        ExpressionError: the text cannot be read.
    """
    return guard.read(text).names


def evaluate(text: str, variables: Mapping[str, JSON]) -> JSON:
    """What an expression gives, as plain JSON.

    Raises:
        ExpressionError: it cannot be compiled, fails on these values, is too much work or gives no JSON.
    """
    program = compile(text)
    reading = guard.read(text)
    guard.check_work(text, reading, variables)
    import cel

    used = {name.partition(".")[0] for name in reading.names}
    try:
        context = cel.Context({name: variables.get(name) for name in used}, FUNCTIONS)
        return _plain(program.execute(context), text)
    except ExpressionError:
        raise
    except Exception as problem:  # noqa: BLE001
        raise _failed(text, reading, problem) from None


def holds(text: str, variables: Mapping[str, JSON]) -> bool:
    """Whether a condition is true.

    Raises:
        ExpressionError: as `evaluate`, and if it gives anything but true or false.
    """
    found = evaluate(text, variables)
    if not isinstance(found, bool):
        raise ExpressionError(
            f"A condition must be true or false; this gives {_kind_of(found)}. Compare it with something.", text
        )
    return found


def _kind_of(value: JSON) -> str:
    if value is None:
        return "null"
    names = {
        bool: "true or false",
        str: "a text",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), type(value).__name__)


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
        return {key: _plain(item, text) for key, item in value.items()}
    raise ExpressionError(f"The result is a {type(value).__name__}, not plain JSON: wrap it in string(…).", text)


def _failed(text: str, reading: guard.Reading, problem: Exception) -> ExpressionError:
    """A failure of the library as a person reads it, with the place where it can be told."""
    said = str(problem)
    if isinstance(problem, KeyError):
        name = str(problem.args[0]) if problem.args else ""
        at = re.search(rf"(?<=\.){re.escape(name)}\b|\[\s*['\"]{re.escape(name)}['\"]\s*\]", text) if name else None
        way_out = "ask with has(…) first" if at and text[at.start()] != "[" else "ask with “in” first"
        return ExpressionError(f"There is no “{name}” in it: {way_out}.", text, at.start() if at else None)
    if isinstance(problem, ZeroDivisionError):
        at = re.search(r"[/%]", text)
        return ExpressionError("Division by zero.", text, at.start() if at else None)
    if isinstance(problem, IndexError):
        return ExpressionError("The list has no item at that place: compare with size(…) first.", text)
    if "Unsupported operation" in said and {"int", "float"} <= set(re.findall(r"\w+", said)):
        return ExpressionError(
            "Whole and decimal numbers are not mixed: wrap the value in double(…), and write 2.0 instead of 2.", text
        )
    if "Unsupported operation" in said:
        kinds = re.search(r"Unsupported operation: (.*?)\. ", said)
        what = kinds.group(1) if kinds else "this"
        return ExpressionError(
            f"These do not go together: {what}. Convert one with string(…), int(…), double(…).", text
        )
    if "No such overload" in said:
        return ExpressionError(
            "The values are of kinds that do not go together here (a text where an object, a list or true/false is "
            "needed, or the other way round).",
            text,
        )
    if isinstance(problem, OverflowError):
        return ExpressionError("The number is too large: wrap the value in double(…).", text)
    return ExpressionError(said.splitlines()[0].rstrip(".") + ".", text)


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
    limit = min(len(template), inside + guard.MAX_LENGTH + 200)
    try:
        for token in guard.tokens(template[:limit], inside):
            at = token.at
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
