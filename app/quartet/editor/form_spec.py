"""What a form needs to know of a pydantic model: one `Spec` for each field, read from its JSON Schema.

So a kind's form follows from its config model, one of another package's included, without a line of Qt in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

JSON = Any
Widget = Literal[
    "line", "text", "prompt", "code", "secret", "number", "integer", "choice", "flag", "lines", "pairs", "json",
    "agent", "agents", "graph",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spec:
    """One field: how it is labelled, edited and what it is when nobody says anything."""

    name: str
    """As files write it."""
    title: str
    help: str
    widget: Widget
    choices: tuple[str, ...] = ()
    default: JSON = None
    required: bool = False
    placeholder: str = ""
    template: bool = False
    """A text in which `{{ expressions }}` are filled in."""


def default_hint(help: str) -> tuple[str, str]:
    """The help without its last “(default …)”, and that default: it stands in the empty field instead."""
    found = re.search(r"\s*\((?:default )([^()]+)\)(?=\.?$)", help)
    if found is None:
        return help, ""
    return (help[: found.start()] + help[found.end() :]).rstrip(), found.group(1)


@cache
def specs(model: type[BaseModel]) -> tuple[Spec, ...]:
    """The fields of a model, in their order."""
    schema = model.model_json_schema(by_alias=True)
    shared = schema.get("$defs", {})
    required = set(schema.get("required", ()))
    return tuple(_spec(name, field, shared, name in required) for name, field in schema.get("properties", {}).items())


def _spec(name: str, field: dict[str, Any], shared: dict[str, Any], required: bool) -> Spec:
    kind = _resolve(field, shared)
    help, hint = default_hint(str(field.get("description", "")))
    default = field.get("default")
    placeholder = f"default {hint}" if hint else ""
    if not placeholder and isinstance(default, str | int | float) and not isinstance(default, bool) and default != "":
        placeholder = f"default {default}"
    return Spec(
        name=name,
        title=str(field.get("title") or name.replace("_", " ").capitalize()),
        help=help,
        widget=_widget(str(field.get("widget", "")), kind),
        choices=tuple(str(choice) for choice in kind.get("enum", ())),
        default=default,
        required=required,
        placeholder=placeholder,
        template=bool(field.get("template")),
    )


def _resolve(field: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    """The schema of the value itself: references followed, “or nothing” left out."""
    if "$ref" in field:
        return _resolve(shared.get(str(field["$ref"]).rpartition("/")[2], {}), shared)
    for union in ("anyOf", "oneOf"):
        options = [option for option in field.get(union, ()) if option.get("type") != "null"]
        if len(options) == 1:
            return _resolve(options[0], shared)
        if options:
            return {}
    if "const" in field:
        return {"enum": [field["const"]]}
    return field


def _widget(wish: str, kind: dict[str, Any]) -> Widget:
    type = kind.get("type")
    if kind.get("enum"):
        return "choice"
    if type == "string":
        wishes: dict[str, Widget] = {"prompt": "prompt", "secret": "secret", "agent": "agent", "graph": "graph"}
        return wishes.get(wish, "line")
    if type == "array" and kind.get("items", {}).get("type") == "string":
        return "agents" if wish == "agent" else "lines"
    if type == "object" and kind.get("additionalProperties", {}) not in (True, False):
        values = kind.get("additionalProperties") or {}
        if isinstance(values, dict) and values.get("type") == "string":
            return "pairs"
    simple: dict[Any, Widget] = {"number": "number", "integer": "integer", "boolean": "flag"}
    return simple.get(type, "json")


def errors(model: type[BaseModel], values: dict[str, JSON]) -> dict[str, str]:
    """What is wrong with the values, by field (“” for the whole), in words for the person who typed them."""
    try:
        model.model_validate(values)
    except ValidationError as problem:
        found: dict[str, str] = {}
        for error in problem.errors():
            where = str(error["loc"][0]) if error["loc"] else ""
            deeper = ".".join(str(part) for part in error["loc"][1:])
            text = words(error["type"], error["msg"], error.get("ctx", {}))
            found.setdefault(where, f"{deeper}: {text}" if deeper else text)
        return found
    return {}


_WORDS = {
    "missing": "This is needed.",
    "extra_forbidden": "Nothing of this name is known here.",
    "float_parsing": "Write a number.",
    "float_type": "Write a number.",
    "int_parsing": "Write a whole number.",
    "int_type": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "bool_parsing": "Choose yes or no.",
    "string_type": "Write a text.",
    "finite_number": "Write a finite number.",
    "greater_than": "Must be more than {gt:g}.",
    "greater_than_equal": "Must be at least {ge:g}.",
    "less_than": "Must be less than {lt:g}.",
    "less_than_equal": "Must be at most {le:g}.",
    "literal_error": "Choose {expected}.",
    "string_pattern_mismatch": "This is not written as it should be.",
}


def words(type: str, message: str, context: dict[str, Any]) -> str:
    """A pydantic error as a short sentence that says what to do."""
    try:
        text = _WORDS[type].format(**context)
    except (KeyError, ValueError):
        text = message.removeprefix("Value error, ").strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else text + "."
