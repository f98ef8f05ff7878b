"""What is wrong with an expression, in words that say where and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from quartet.agents.expression_guard import VARIABLES, ExpressionError

JSON = Any


def unknown_name(name: str) -> str:
    """What to write instead of a variable that does not exist."""
    if name in ("True", "False", "None"):
        return f"Write {'null' if name == 'None' else name.lower()} instead of {name}."
    if name in ("and", "or", "not"):
        return f"Write {({'and': '&&', 'or': '||', 'not': '!'})[name]} instead of {name}."
    near = difflib.get_close_matches(name, list(VARIABLES), 1, 0.75)
    meant = near[0] if near else f"value.{name}"
    return f"“{name}” is not known here: did you mean {meant}? There are {', '.join(VARIABLES)}."


def nearest(name: str, known: Iterable[str]) -> str:
    """A question whether a known name was meant, empty if none is near."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f" Did you mean {near[0]}?" if near else ""


def syntax_error(text: str, said: str) -> ExpressionError:
    """What the library said about a text that is no expression, with its place."""
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


def absent(name: str, dotted: bool) -> str:
    """That an object has no entry of that name, and how to ask for it."""
    return f"There is no “{name}” in it: ask with {'has(…)' if dotted else '“in”'} first."


def kind_of(value: JSON) -> str:
    """What a person calls a value of that kind."""
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


def failed(text: str, problem: Exception) -> ExpressionError:
    """A failure of the library as a person reads it, with the place where it can be told."""
    said = str(problem)
    if isinstance(problem, KeyError):
        name = str(problem.args[0]) if problem.args else ""
        at = re.search(rf"(?<=\.){re.escape(name)}\b|\[\s*['\"]{re.escape(name)}['\"]\s*\]", text) if name else None
        dotted = at is not None and text[at.start()] != "["
        return ExpressionError(absent(name, dotted), text, at.start() if at else None)
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
