"""What a fix states, in words: the fields of a policy or of a kind's settings that differ, and their values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from quartet.agents.kinds import find
from quartet.editor.panels.inspector_words import CHOICES
from quartet.engine.meters import say

SECONDS = frozenset({
    "start_to_close", "schedule_to_start", "schedule_to_close", "heartbeat", "cancel_grace", "initial_interval",
    "max_interval", "timeout", "max_seconds", "backoff_max", "deadline", "lease", "stall_after", "first_pause",
    "backoff", "max_backoff", "seconds", "slow",
})  # fmt: skip
LONGEST = 60
"""Characters of a text that are shown; of a list or an object some more."""


def differences(
    policy: str, model: type[BaseModel], before: Any, after: Any, names: Mapping[Any, str]
) -> Iterable[str]:
    """The fields of a policy that differ, by their titles. `names`: what agents are called, by their ids."""
    if not isinstance(after, dict):
        yield " is taken away" if after is None else f" becomes {worth(policy, '', after, names)}"
        return
    old = before if isinstance(before, dict) else {}
    for name, value in after.items():
        if old.get(name) == value and name in old:
            continue
        title = _title(model, name)
        if value is None:
            yield f", {title} is taken away"
            continue
        was = f" (was {worth(policy, name, old[name], names)})" if old.get(name) is not None else ""
        yield f", {title}: {worth(policy, name, value, names)}{was}"
    yield from (f", {_title(model, name)} is taken away" for name in old if name not in after)


def settings(kind: str, before: Any, after: Any) -> Iterable[str]:
    """The settings of an agent of that kind that differ."""
    known = find(kind)
    old, new = (each if isinstance(each, dict) else {} for each in (before, after))
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in old or name not in new or old[name] != new[name]:
            title = name.replace("_", " ") if known is None else _title(known.config, name)
            was = f" (was {worth('', name, old[name])})" if name in old and name not in new else ""
            yield field(title, old.get(name), new.get(name), name) + was


def field(title: str, before: Any, after: Any, name: str = "") -> str:
    """One field: what it becomes and what it was; of a text that only grows, what is added."""
    before, after = plain(before), plain(after)
    if after is None:
        return f"{title} is taken away"
    if name != "name" and isinstance(before, str) and isinstance(after, str) and before and after.startswith(before):
        return f"{title}: “{_short(after[len(before) :].strip())}” is added"
    was = "" if before is None or before is False else f" (was {worth('', name, before)})"
    return f"{title}: {worth('', name, after)}{was}"


def plain(value: Any) -> Any:
    """As in a file, where a tuple and a list are the same."""
    return value.model_dump(mode="json", by_alias=True, exclude_unset=True) if isinstance(value, BaseModel) else value


def worth(policy: str, name: str, value: Any, names: Mapping[Any, str] | None = None) -> str:
    """A value as the inspector words it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | int):
        if name in ("max_cost", "cost"):
            return say("max_cost", value)
        return f"{value:,.10g} s" if name in SECONDS else f"{value:,.10g}"
    if isinstance(value, str):
        words = CHOICES.get(f"{policy}/{name}" if policy else name, {}).get(value)
        if words is None:
            return (names or {}).get(value) or _short(value)
        return words[:1].lower() + words[1:]
    if isinstance(value, list | tuple):
        told = ", ".join(
            worth(policy, name, each.get("do", each) if isinstance(each, dict) else each, names) for each in value
        )
        return _short(told, LONGEST + 20)
    return _short(json.dumps(value, ensure_ascii=False), LONGEST + 20)


def _title(model: type[BaseModel], name: str) -> str:
    found = model.model_fields.get(name)
    return (found.title if found is not None and found.title else name.replace("_", " ")).lower()


def _short(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
