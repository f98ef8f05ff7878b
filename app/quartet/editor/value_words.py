"""JSON values and lengths of time as a person reads them, in windows and terminals."""

from __future__ import annotations

import json
from typing import Any


def text_of(value: Any) -> str:
    """A JSON value as a person reads it: text as it is, everything else as indented JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2)


def line_of(value: Any, length: int = 120) -> str:
    """The beginning of a JSON value on one line of at most `length` characters."""
    if isinstance(value, str):
        text = value[: length * 8]
    elif value is None:
        return ""
    else:
        text = json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def seconds(t: float) -> str:
    """A length of time, as short as it can be said: 0.42 s, 12.3 s, 4:05, 1:02:03."""
    if t < 0.9995:
        return f"{t:.2f} s"
    if t < 59.95:
        return f"{t:.1f} s"
    whole = round(t)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """“1 agent”, “3 agents”, “10,000 agents”."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
