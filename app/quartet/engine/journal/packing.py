"""Large values stand once in a journal, by their content; what refers to them says so beside the text, not in it.

A packed text is JSON in which every large value is replaced by its SHA-256, together with the list of the places
where that was done. So no text of a user can be taken for a reference, and small values cost nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from pydantic_core import to_json

JSON = Any
LARGE = 4_096
"""Characters from which on a value stands apart."""
_KNOWN = 256
_TOGETHER = 16
_DEPTH = 4
"""A record, its data, a value by its name, and of inputs or outcomes each."""
_SMALL = frozenset({int, float, bool, type(None)})
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def encoded(value: JSON) -> bytes:
    """The bytes of a value as compact JSON. Text that is no Unicode (lone surrogates) survives."""
    try:
        return to_json(value)
    except ValueError:  # what only Python's own takes: lone surrogates, more than 200 levels
        return _encode(value).encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> JSON:
    """The value of such bytes.

    Raises:
        ValueError: they are no JSON.
    """
    return json.loads(data.decode("utf-8", "surrogatepass"))


class Packer:
    """Takes large values out of what is written; `store(hash, data, holes)` keeps each once."""

    def __init__(self, store: Callable[[str, bytes, bytes | None], None]) -> None:
        self._store = store
        self._known: OrderedDict[int, tuple[JSON, str]] = OrderedDict()
        """By identity, so that one value that goes to a thousand agents is hashed once. Kept alive, or another
        value could get its place in memory."""

    def pack(self, records: list[JSON]) -> tuple[bytes, bytes | None]:
        """The bytes of some records, and of the list of places where a hash stands for a value (None: nowhere)."""
        if records and not self._known:
            # as long as nothing large was met, it shows by the length of a few records together
            parts = [encoded(records[at : at + _TOGETHER]) for at in range(0, len(records), _TOGETHER)]
            if max(map(len, parts)) <= LARGE:
                return parts[0] if len(parts) == 1 else b"[%b]" % b",".join([part[1:-1] for part in parts]), None
        if not any(_is_large(record) for record in records):
            return encoded(records), None
        holes: list[list[str | int]] = []
        found = [
            self._without(record, [at], holes) if _is_large(record) else record for at, record in enumerate(records)
        ]
        return encoded(found), encoded(holes) if holes else None

    def _without(self, value: JSON, place: list[str | int], holes: list[list[str | int]], depth: int = _DEPTH) -> JSON:
        """The value with every large one in it replaced; those inside first, so that lists of large values share them.

        No deeper than the values that agents pass on, and the items of lists of them: what is deeper is nobody's
        to share.
        """
        if depth == 0:
            return value
        if isinstance(value, dict):
            return {key: self._apart(item, [*place, key], holes, depth - 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [
                item if type(item) in _SMALL else self._apart(item, [*place, at], holes, depth - 1)
                for at, item in enumerate(value)
            ]
        return value

    def _apart(self, value: JSON, place: list[str | int], holes: list[list[str | int]], depth: int) -> JSON:
        if not _is_large(value):
            return value
        known = self._known.get(id(value))
        if known is not None and known[0] is value:
            holes.append(place)
            return known[1]
        within: list[list[str | int]] = []
        rest = self._without(value, [], within, depth)
        if within and not _is_large(rest):
            holes.extend([*place, *inner] for inner in within)
            return rest
        data = encoded(rest)
        hash = hashlib.sha256(data).hexdigest()
        self._store(hash, data, encoded(within) if within else None)
        self._known[id(value)] = (value, hash)
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        holes.append(place)
        return hash


def unpack(data: bytes, holes: bytes | None, load: Callable[[str], JSON]) -> JSON:
    """What `pack` was given; `load(hash)` brings the values that stand apart."""
    value = decoded(data)
    for place in decoded(holes) if holes else ():
        *way, last = place
        at = value
        for step in way:
            at = at[step]
        at[last] = load(at[last])
    return value


def _is_large(value: JSON) -> bool:
    """Whether a value would take more than LARGE characters, about; it is looked at no further than that."""
    if isinstance(value, str):
        return len(value) > LARGE
    if not isinstance(value, dict | list | tuple):
        return False
    left = LARGE
    front = [value]
    while front:
        top = front.pop()
        left -= 2 * len(top)
        if left < 0:
            return True
        items: Iterable[JSON] = top
        if isinstance(top, dict):
            items = top.values()
            for key in top:
                left -= len(key)
        for item in items:
            if isinstance(item, str):
                left -= len(item)
            elif isinstance(item, dict | list | tuple):
                front.append(item)
    return left < 0
