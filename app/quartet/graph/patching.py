"""Changing a JSON text so that it says something else and otherwise stays as a person wrote it.

Only the places that differ are written anew, in the style of what stands around them: line breaks, indentation, the
spaces after commas and colons.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

JSON = Any
_BLANK = re.compile(r"[ \t\r\n]*")
_scan = json.JSONDecoder().raw_decode


class Unpatchable(ValueError):  # noqa: N818  # no fault of anybody: the text is written anew as a whole
    """The text does not say what it is believed to say, so nothing can be changed in it."""


class Member(NamedTuple):
    """One member of an object, or one item of a list (without a key): where it stands in the text."""

    key: str
    start: int
    """Of the key, or of the item."""
    value: int
    end: int


class _Style(NamedTuple):
    """How the members of one object are set."""

    lead: str
    """Before a member: a space, nothing, or a line break and an indentation."""
    colon: str
    unit: str | None
    """What an object inside is indented by; None if it stands on one line."""


def patched(text: str, before: JSON, after: JSON) -> str:
    """`text`, which says `before` and perhaps more, changed so that it says `after`.

    What `before` and `after` have in common is not touched. Lists keep their length, or are written anew.

    Raises:
        Unpatchable: at a place that differs the text does not have what `before` has.
    """
    changes: list[tuple[int, int, str]] = []
    _change(text, _skip(text, 0), before, after, None, changes)
    for start, end, words in sorted(changes, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def _change(
    text: str, at: int, before: JSON, after: JSON, style: _Style | None, changes: list[tuple[int, int, str]]
) -> None:
    if _same(before, after):
        return
    opening = text[at : at + 1]
    if isinstance(before, dict) and isinstance(after, dict) and opening == "{":
        _change_members(text, at, before, after, changes)
        return
    if isinstance(before, list) and isinstance(after, list) and opening == "[" and len(before) == len(after):
        items = members_at(text, at)
        if len(items) != len(before):
            raise Unpatchable("a list has another length")
        for item, old, new in zip(items, before, after, strict=True):
            _change(text, item.value, old, new, None, changes)
        return
    changes.append((at, _end(text, at), _written(after, style)))


def _change_members(
    text: str, at: int, before: dict[str, JSON], after: dict[str, JSON], changes: list[tuple[int, int, str]]
) -> None:
    members = members_at(text, at)
    place = {member.key: number for number, member in enumerate(members)}
    if len(place) < len(members):
        raise Unpatchable("an object says something twice")
    style = _style(text, at, members)
    last = len(members) - 1
    fresh: dict[int, dict[str, JSON]] = {}
    for key, value in after.items():
        if key in before:
            if key in place:
                last = place[key]
                _change(text, members[last].value, before[key], value, style, changes)
            elif not _same(before[key], value):
                raise Unpatchable(f"“{key}” is not there")
        elif key in place:
            raise Unpatchable(f"“{key}” is there already")
        else:
            fresh.setdefault(last, {})[key] = value
    for number, some in fresh.items():
        here = style
        if number + 1 < len(members):  # where several stand on a line, so does what comes between them
            lead = text[members[number].end : members[number + 1].start].lstrip().removeprefix(",")
            here = style._replace(lead=lead, unit=style.unit if "\n" in lead else None)
        words = [
            f"{json.dumps(key, ensure_ascii=False)}{here.colon}{_written(value, here)}" for key, value in some.items()
        ]
        where = members[number].end if members else at + 1
        changes.append((where, where, f",{here.lead}".join(["", *words] if members else words)))
    gone = [place[key] for key in before.keys() - after.keys() if key in place]
    if len(gone) + len(fresh) > 1 and gone:
        raise Unpatchable("of one object several members are gone, or others have come")
    for number in gone:
        start = members[number - 1].end if number else members[0].start
        end = members[number].end if number or len(members) == 1 else members[1].start
        changes.append((start, end, ""))


def _style(text: str, at: int, members: list[Member]) -> _Style:
    if not members:
        return _Style(" ", ": ", None)
    first = members[0]
    lead = text[at + 1 : first.start]
    if "\n" not in lead and len(members) > 1:
        lead = text[members[0].end : members[1].start].lstrip().removeprefix(",")
    elif "\n" not in lead:
        lead = " " if ": " in text[first.start : first.value] else ""
    colon = text[first.start + len(_key(text, first.start)) : first.value]
    return _Style(lead, colon, _unit(text, at, lead, members))


def _unit(text: str, at: int, lead: str, members: list[Member]) -> str | None:
    """What nested members are indented by, if the objects beside are set in several lines."""
    if "\n" not in lead:
        return None
    nested = [text[member.value : member.end] for member in members if text[member.value] in "{["]
    if any("\n" not in each and len(each) > 2 for each in nested):
        return None
    line = text[text.rfind("\n", 0, at) + 1 : at]
    outer = line[: len(line) - len(line.lstrip())]
    indent = lead.rpartition("\n")[2]
    return indent.removeprefix(outer) or None


def _written(value: JSON, style: _Style | None) -> str:
    """A value as JSON, set like what stands around it."""
    if style is None or style.unit is None:
        colon = ": " if style is None else style.colon
        comma = ", " if style is None or style.lead else ","
        return json.dumps(value, ensure_ascii=False, separators=(comma, colon))
    words = json.dumps(value, ensure_ascii=False, indent=style.unit, separators=(",", style.colon))
    return words.replace("\n", style.lead)


def members_at(text: str, at: int) -> list[Member]:
    """The members of the object, or the items of the list, that begins there."""
    closing = "}" if text[at] == "{" else "]"
    found: list[Member] = []
    place = _skip(text, at + 1)
    while text[place : place + 1] != closing:
        start, key = place, ""
        if closing == "}":
            key, place = _scanned(text, place)
            place = _skip(text, place)
            if text[place : place + 1] != ":":
                raise Unpatchable("an object has no value")
            place = _skip(text, place + 1)
        end = _end(text, place)
        found.append(Member(key, start, place, end))
        place = _skip(text, end)
        if text[place : place + 1] == ",":
            place = _skip(text, place + 1)
        elif text[place : place + 1] != closing:
            raise Unpatchable("something is not closed")
    return found


def _key(text: str, at: int) -> str:
    return text[at : _scanned(text, at)[1]]


def _end(text: str, at: int) -> int:
    return _scanned(text, at)[1]


def _scanned(text: str, at: int) -> tuple[JSON, int]:
    try:
        return _scan(text, at)
    except (ValueError, RecursionError) as error:
        raise Unpatchable(str(error)) from error


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def _same(one: JSON, other: JSON) -> bool:
    """Whether two values are the same JSON: 1, 1.0 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)
