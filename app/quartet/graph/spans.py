"""Where the items of a graph stand in the text of its file, so that a finding can be shown at what it is about."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from quartet.graph.model import JSON
from quartet.graph.patching import Member, Unpatchable, members_at

_SECTIONS = {"agents": "agents", "nodes": "agents", "edges": "edges", "links": "edges"}
"""What our files and node-link files call them, and what we do."""


class Span(NamedTuple):
    """Part of a text: lines and columns count from 1, in characters; the end is behind the last one."""

    line: int
    column: int
    end_line: int
    end_column: int


Key = tuple[str, str, str]
"""The sub-graph's id ("" for the drawing itself), the section, the item's id."""


def spans(text: str) -> dict[Key, Span]:
    """Where each agent and each edge stands in a graph file; of two with one id the first. Empty if it is no graph.

    An edge without an id is found under `source>target`.
    """
    lines = _Lines(text)
    found: dict[Key, Span] = {}
    try:
        for key, one in _items(text):
            found.setdefault(key, lines.span(one.value, one.end))
    except Unpatchable:
        pass  # what stands before it is still worth showing
    return found


def _items(text: str) -> Iterator[tuple[Key, Member]]:
    yield from _drawing(text, text.find("{"), "")
    for top in members_at(text, text.find("{")):
        if top.key == "graphs" and text[top.value] == "{":
            for inner in members_at(text, top.value):
                if text[inner.value] == "{":
                    yield from _drawing(text, inner.value, inner.key)


def _drawing(text: str, at: int, inside: str) -> Iterator[tuple[Key, Member]]:
    for section in members_at(text, at) if at >= 0 else ():
        if section.key not in _SECTIONS or text[section.value] != "[":
            continue
        for item in members_at(text, section.value):
            if text[item.value] == "{":
                said = {each.key: each for each in members_at(text, item.value)}
                id = _value(text, said.get("id"))
                if id is None:
                    id = f"{_value(text, said.get('source'))}>{_value(text, said.get('target'))}"
                yield (inside, _SECTIONS[section.key], str(id)), item


def _value(text: str, member: Member | None) -> JSON:
    return None if member is None else json.loads(text[member.value : member.end])


class _Lines:
    """Lines and columns of places in a text, asked for from the front to the back."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at, self._line = 0, 1

    def span(self, start: int, end: int) -> Span:
        return Span(*self._place(start), *self._place(end))

    def _place(self, at: int) -> tuple[int, int]:
        if at < self._at:
            self._at, self._line = 0, 1
        self._line += self._text.count("\n", self._at, at)
        self._at = at
        return self._line, at - self._text.rfind("\n", 0, at)
