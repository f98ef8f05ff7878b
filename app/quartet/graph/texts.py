"""JSON written for people and git: canonical, one item a line, a text of several lines as an array of its lines.

Such an array is told from a list of strings by its line ends: every line but the last ends with a newline, as in
`["first line\\n", "second line"]`. A list of strings never looks like that, since a string with a newline in it is
itself written as an array. So both come back as what they were, wherever they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

JSON = Any

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def joined(value: JSON) -> JSON:
    """`value` with every array of lines, however deep, made the text that it is."""
    if isinstance(value, dict):
        return {key: joined(child) if isinstance(child, dict | list) else child for key, child in value.items()}
    if isinstance(value, list):
        if _is_text(value):
            return "".join(value)
        return [joined(child) if isinstance(child, dict | list) else child for child in value]
    return value


def _is_text(value: list[JSON]) -> bool:
    return (
        len(value) > 1
        and all(isinstance(part, str) for part in value)
        and all(part.endswith("\n") and part.count("\n") == 1 for part in value[:-1])
        and "\n" not in value[-1]
    )


def may_hold_lines(text: str) -> bool:
    """Whether JSON `text` could hold a string with a newline at all; if not, `joined` need not look."""
    return "\\n" in text or "\\u000" in text


def verbatim(value: JSON) -> str:
    """`value` as JSON on one line, exactly as it is; for what was not understood."""
    return _encode(value)


def line(value: JSON, indent: str = "") -> str:
    """`value` as JSON on one line; only texts of several lines in it take a line of the file for each of theirs.

    `indent` is that of the line which the value stands on.

    Raises:
        ValueError: JSON cannot hold the value (a number that is not finite, an object that is no JSON).
        TypeError: the same, of another type.
    """
    text = _encode(value)
    return _broken_up(value, indent) if "\\n" in text else text


def _broken_up(value: JSON, indent: str) -> str:
    if isinstance(value, str):
        if "\n" not in value:
            return _encode(value)
        lines = value.split("\n")
        written = [_encode(part + "\n") for part in lines[:-1]] + [_encode(lines[-1])]
        inner = f"\n{indent}  "
        return f"[{inner}{f',{inner}'.join(written)}\n{indent}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join([f'{_encode(key)}: {line(child, indent)}' for key, child in value.items()])}}}"
    return f"[{', '.join([line(child, indent) for child in value])}]"


def block(fields: Iterable[tuple[str, str]]) -> str:
    """An object of the outermost level: fields with their written values, each beginning a line."""
    text = "{\n" + ",\n".join([f"  {_encode(name)}: {value}" for name, value in fields]) + "\n}\n"
    try:
        text.encode()
    except UnicodeEncodeError:
        # a lone half of a surrogate pair has no UTF-8, but JSON can name it
        return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return text


def rows(lines: Iterable[str]) -> str:
    """A list of the outermost level, one written item (`line`, `verbatim`) a line."""
    written = [f"    {item}" for item in lines]
    return "[\n" + ",\n".join(written) + "\n  ]" if written else "[]"


def blocks(values: Iterable[tuple[str, str]]) -> str:
    """An object of the outermost level whose entries are objects with lines of their own (`block`)."""
    # in JSON an end of a line is never part of a text, so a written object may be moved to the right as it is
    written = [f"    {_encode(name)}: " + value.rstrip("\n").replace("\n", "\n    ") for name, value in values]
    return "{\n" + ",\n".join(written) + "\n  }"


def entries(values: Iterable[tuple[str, JSON]]) -> str:
    """An object below the outermost level, one entry a line."""
    written = [f"    {_encode(name)}: {line(value, '    ')}" for name, value in values]
    return "{\n" + ",\n".join(written) + "\n  }" if written else "{}"
