"""Three versions of one value made one: what only one side changed is taken, what both changed alike too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import SequenceMatcher
from itertools import pairwise

from quartet.graph.diff import ABSENT, Absent, same
from quartet.graph.model import JSON

Value = JSON | Absent
Report = Callable[[tuple[str, ...], Value, Value, Value], None]
"""Told of each conflict: the path, and the value in the base, in ours and in theirs."""


def merge_value(base: Value, ours: Value, theirs: Value, path: tuple[str, ...], report: Report) -> Value:
    """One value of three; objects key by key, texts of several lines line by line. In a conflict ours is kept."""
    if same(ours, theirs) or same(base, theirs):
        return ours
    if same(base, ours):
        return theirs
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return merge_objects(base if isinstance(base, dict) else {}, ours, theirs, path, report)
    if isinstance(base, str) and isinstance(ours, str) and isinstance(theirs, str):
        text = merge_text(base, ours, theirs)
        if text is not None:
            return text
    report(path, base, ours, theirs)
    return ours


def merge_objects(
    base: Mapping[str, JSON],
    ours: Mapping[str, JSON],
    theirs: Mapping[str, JSON],
    path: tuple[str, ...],
    report: Report,
) -> dict[str, JSON]:
    """Three objects made one."""
    found: dict[str, JSON] = {}
    for name in dict.fromkeys([*ours, *theirs]):
        value = merge_value(
            base.get(name, ABSENT), ours.get(name, ABSENT), theirs.get(name, ABSENT), (*path, name), report
        )
        if value is not ABSENT:
            found[name] = value
    return found


def merge_text(base: str, ours: str, theirs: str) -> str | None:
    """Three texts of several lines made one; None where both changed the same or neighbouring lines differently."""
    old = base.split("\n")
    if len(old) < 2:
        return None
    hunks = sorted({*_hunks(old, ours.split("\n")), *_hunks(old, theirs.split("\n"))})
    for (_, end, _), (start, _, _) in pairwise(hunks):
        if start <= end:
            return None
    for start, end, lines in reversed(hunks):
        old[start:end] = lines
    return "\n".join(old)


def _hunks(old: list[str], new: list[str]) -> list[tuple[int, int, tuple[str, ...]]]:
    """What was changed: from which line to before which, and the lines that stand there instead."""
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(i1, i2, tuple(new[j1:j2])) for tag, i1, i2, j1, j2 in opcodes if tag != "equal"]
