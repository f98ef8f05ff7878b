"""JSON read strictly: nothing that two readers could understand in two ways, within limits, refused with the place."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, NoReturn

from pydantic import BaseModel

JSON = Any

MAX_BYTES = 400_000_000
MAX_DEPTH = 64
MAX_DIGITS = 4000
"""Of one whole number; Python itself refuses to read more than 4,300."""
MAX_BITS = 13_280
"""The same, in bits."""

READS = "Quartet reads its own files, pictures exported from it, and networkx node-link JSON."

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{}:,]|[^][{}:,"\s]+', re.DOTALL)


class FileProblem(ValueError):  # noqa: N818  # a problem that a person is told
    """A file cannot be read or written. Its text names the place and a way out.

    `line` and `column` count from 1, in characters; they are None where the trouble has no single place.
    """

    def __init__(
        self, text: str, *, source: str = "", line: int | None = None, column: int | None = None, advice: str = ""
    ) -> None:
        self.text = text
        self.source = source
        self.line = line
        self.column = column
        self.advice = advice
        place = [source] if source else []
        if line is not None:
            place.append(f"line {line}")
        if column is not None:
            place.append(f"column {column}")
        where = f"{', '.join(place)}: " if place else ""
        super().__init__(f"{where}{text}{' ' + advice if advice else ''}")


class _Refused(ValueError):  # noqa: N818
    """Raised inside the parser, which does not say where it is; `_place` finds the place afterwards."""


class _Place(NamedTuple):
    text: str
    offset: int


def decode(data: bytes, source: str = "") -> str:
    """The text of a JSON file: UTF-8, or UTF-16 or UTF-32 as some editors save it; a byte order mark is taken off.

    Raises:
        FileProblem: the bytes are no such text, or too many.
    """
    if len(data) > MAX_BYTES:
        raise FileProblem(
            f"The file is larger than {MAX_BYTES // 1_000_000} MB.",
            source=source,
            advice="Split the graph into several files.",
        )
    try:
        return data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        raise FileProblem(
            f"The byte 0x{data[error.start]:02X} is no {error.encoding.upper()} text.",
            source=source,
            line=before.count(b"\n") + 1,
            column=len(before) - before.rfind(b"\n"),
            advice="If this is a graph, save it as UTF-8 in a text editor.",
        ) from None


def parse(text: str, source: str = "") -> JSON:
    """The value that `text` holds.

    Raises:
        FileProblem: it is not JSON; a key occurs twice in one object; a number is not finite or has thousands of
            digits; or values are nested deeper than `MAX_DEPTH`.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_not_finite, parse_float=_finite, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        raise _not_json(text, source, error) from None
    except (_Refused, RecursionError):
        _refuse(text, source)
    if _too_deep(value):
        _refuse(text, source)
    return value


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused
    return found


def _not_finite(_: str) -> NoReturn:
    raise _Refused


def _finite(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise _Refused
    return number


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Refused
    return int(text)


def _too_deep(value: JSON) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        deeper: list[JSON] = []
        for item in level:
            if isinstance(item, dict):
                deeper.extend(child for child in item.values() if isinstance(child, dict | list))
            elif isinstance(item, list):
                deeper.extend(child for child in item if isinstance(child, dict | list))
        if not deeper:
            return False
        level = deeper
    return True


def not_json(value: JSON, depth: int = MAX_DEPTH - 4) -> str | None:
    """Why a file could not hold `value` inside an item, or None if it could. Tuples count as lists."""
    if value is None or isinstance(value, str | bool):
        return None
    if isinstance(value, int):
        return None if value.bit_length() < MAX_BITS else "the number is too large"
    if isinstance(value, float):
        return None if value - value == 0 else f"{value} is no number that JSON can hold"
    if isinstance(value, BaseModel):
        value = {**value.__dict__, **(value.model_extra or {})}
    if not isinstance(value, dict | list | tuple):
        return f"JSON cannot hold a {type(value).__name__}"
    if depth == 0:
        return f"values are nested more than {MAX_DEPTH} levels deep"
    if isinstance(value, dict):
        strange = next((key for key in value if not isinstance(key, str)), None)
        if strange is not None:
            return f"the key {strange!r} is no text"
        value = value.values()
    return next((trouble for child in value if (trouble := not_json(child, depth - 1))), None)


def _refuse(text: str, source: str) -> NoReturn:
    problem = _place(text)
    before = text[: problem.offset]
    raise FileProblem(
        problem.text, source=source, line=before.count("\n") + 1, column=len(before) - before.rfind("\n")
    ) from None


def _place(text: str) -> _Place:
    """The first thing in well-formed JSON that is refused, and where it stands."""
    open_keys: list[set[str] | None] = []
    tokens = _TOKEN.finditer(text)
    before = ""
    for token in tokens:
        word = token.group()
        if word in "{[":
            open_keys.append(set() if word == "{" else None)
            if len(open_keys) > MAX_DEPTH:
                return _Place(f"Values are nested more than {MAX_DEPTH} levels deep.", token.start())
        elif word in "}]":
            open_keys.pop()
        elif word.startswith('"'):
            keys = open_keys[-1] if open_keys else None
            if keys is not None and before in ("{", ","):
                key = json.loads(word)
                if key in keys:
                    return _Place(
                        f"The key {word} occurs twice in one object; only one of them can hold.", token.start()
                    )
                keys.add(key)
        elif word[0] in "NI-0123456789":
            if len(word) > MAX_DIGITS:
                return _Place(f"The number has {len(word):,} digits; at most {MAX_DIGITS:,} are read.", token.start())
            number = float(word)
            if number - number != 0:
                shown = word if len(word) <= 20 else f"{word[:20]}…"
                return _Place(f"{shown} is no number that JSON can hold.", token.start())
        before = word
    return _Place("The file is nested too deeply.", 0)


def _not_json(text: str, source: str, error: json.JSONDecodeError) -> FileProblem:
    if not text.strip():
        return FileProblem(
            "The file is empty.", source=source, advice="Start with a new graph, or restore the file from a backup."
        )
    reason = error.msg[0].lower() + error.msg[1:]
    begun = text[: error.pos].strip()
    return FileProblem(
        f"This is not JSON: {reason}.",
        source=source,
        line=error.lineno,
        column=error.colno,
        advice="Mend that place in a text editor, or restore the file from a backup." if begun else READS,
    )
