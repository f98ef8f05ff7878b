"""`quartet diff`: what differs between two graphs, in words or as JSON, also as a driver of `git diff`."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from quartet.cli import contracts
from quartet.cli.console import UNREADABLE, complain, followed, open_graph, put, ready, say
from quartet.editor.value_words import plural
from quartet.graph.diff import ABSENT, Absent, Diff, Difference, diff
from quartet.graph.diff_words import FieldWords, Words, moves, outline, words
from quartet.graph.files import FileProblem, Opened
from quartet.graph.model import JSON, Graph
from quartet.patterns.verdict import classify

DIFFERENT = 1
"""The exit code when something differs, as that of `diff`."""
GIT_ARGUMENTS = (7, 9)
"""What git gives an external diff: path, old file, hash, mode, new file, hash, mode; of a renamed file two more."""
_COLORS = {"+": "32", "−": "31", "~": "33", "…": "2"}


def diff_files(before: str, after: str, *, as_json: bool = False, with_moves: bool = False) -> int:
    """Say what differs; the exit code is 0 if nothing does, 1 if something does, 2 if a file cannot be read.

    That something stands elsewhere counts only `with_moves`.
    """
    try:
        old, new = _open(before), _open(after)
    except FileProblem as problem:
        complain(problem)
        if as_json:
            failed: contracts.DiffFailure = {
                "report": "diff",
                "version": contracts.VERSION,
                "before": before,
                "after": after,
                "error": str(problem),
            }
            put(json.dumps(failed, ensure_ascii=False))
        return UNREADABLE
    found = diff(followed(ready(old), before), followed(ready(new), after))
    if as_json:
        put(json.dumps(as_data(found, before, after), ensure_ascii=False))
    else:
        put("\n".join(told(found, before, after, with_moves=with_moves)))
    return DIFFERENT if found.means_something or (with_moves and found.moves) else 0


def git_diff(given: Sequence[str]) -> int:
    """Carry out an external diff for git, to which a code but 0 is an end: what is no graph is compared as text."""
    if len(given) == 1:
        put(f"{given[0]}: not merged yet")
        return 0
    if len(given) not in GIT_ARGUMENTS:
        say("quartet: git gives an external diff 7 arguments. Set it up as `quartet diff --help` says.")
        return UNREADABLE
    path, old, new = given[0], given[1], given[4]
    shown = (path, given[7]) if len(given) == max(GIT_ARGUMENTS) else (path, path)
    put(_bold(f"quartet diff {shown[0]}" + (f" → {shown[1]}" if shown[0] != shown[1] else "")))
    try:
        found = diff(ready(_open(old)), ready(_open(new)))
    except FileProblem as problem:
        put(f"As text, since one of the two is no graph: {problem.text}")
        put("".join(_text_diff(old, new, shown)).rstrip("\n"))
        return 0
    put("\n".join(told(found, f"a/{shown[0]}", f"b/{shown[1]}", with_moves=False)) + "\n")
    return 0


def text_of(name: str) -> int:
    """Print what one graph says, for git to compare as text (`textconv`); what is no graph is printed as it is."""
    try:
        put("\n".join(outline(ready(_open(name)))))
    except FileProblem as problem:
        try:
            put(Path(name).read_text("utf-8", "replace").rstrip("\n"))
        except OSError:
            complain(problem)
            return UNREADABLE
    return 0


def _open(name: str) -> Opened:
    """The graph in a file; the file that git gives for one that is not there holds an empty one.

    Raises:
        FileProblem: it cannot be read.
    """
    if name == os.devnull:
        return Opened(Graph(), "quartet", None, ())
    return open_graph(name)


def _text_diff(old: str, new: str, shown: tuple[str, str]) -> Iterator[str]:
    def lines(name: str) -> list[str]:
        try:
            return Path(name).read_text("utf-8", "replace").splitlines(keepends=True)
        except OSError:
            return []

    return difflib.unified_diff(lines(old), lines(new), f"a/{shown[0]}", f"b/{shown[1]}")


# in words


def told(found: Diff, before: str, after: str, *, with_moves: bool) -> Iterator[str]:
    """The differences for a person, line by line."""
    yield f"{before} → {after}"
    if not found.means_something:
        yield "  Nothing differs." if not found.moves else "  Nothing differs in meaning."
    else:
        yield f"  {_verdicts(found)}"
    apart = True
    for item in words(found):
        if apart or item.fields:
            yield ""
        apart = bool(item.fields)
        yield from _item(item)
    if found.moves and with_moves:
        yield ""
        yield from (f"  Moved: {name}" for name in moves(found))
    elif found.moves:
        yield ""
        stand = "stands" if found.moves == 1 else "stand"
        yield f"  {plural(found.moves, 'item')} {stand} elsewhere (--moves tells which)."


def _verdicts(found: Diff) -> str:
    old, new = classify(found.before).headline, classify(found.after).headline
    return f"Pattern: {old} → {new}" if old != new else f"Pattern: {new}, as before"


def _item(item: Words) -> Iterator[str]:
    verb = {"added": " added", "removed": " removed", "changed": ""}[item.how]
    inside = "".join(f"{id} › " for id in item.inside)
    yield _tinted(item.sign, f"  {item.sign} {inside}{item.title}{verb}")
    for field in item.fields:
        yield from _field(field)


def _field(field: FieldWords) -> Iterator[str]:
    yield f"      {field.sentence}"
    for line in field.lines:
        yield _tinted(line.sign, f"        {line.sign} {line.text}".rstrip())


def _tinted(sign: str, text: str) -> str:
    code = _COLORS.get(sign)
    return f"\x1b[{code}m{text}\x1b[0m" if code and _colored() else text


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if _colored() else text


def _colored() -> bool:
    """Whether a person looks on: at a terminal, or at the pager that git has started."""
    if os.environ.get("NO_COLOR"):
        return False
    return sys.stdout.isatty() or "GIT_PAGER_IN_USE" in os.environ


# as data


def as_data(found: Diff, before: str, after: str) -> contracts.Differing:
    """The differences for a program."""
    old, new = classify(found.before), classify(found.after)
    return {
        "report": "diff",
        "version": contracts.VERSION,
        "before": before,
        "after": after,
        "same": not found.means_something,
        "verdict": {"before": old.headline, "after": new.headline},
        **_data(found),
    }


def _data(found: Diff) -> contracts.GraphChanges:
    return {
        "changes": [
            _difference(item, f"{told.sign} {told.title}")
            for item, told in zip(found.items, words(found), strict=False)
        ],
        "moved": [{"section": section, "id": id} for section, id in found.moved],
        "reordered": list(found.reordered),
        "graphs": {id: _data(inner) for id, inner in found.inner.items()},
    }


def _difference(item: Difference, text: str) -> contracts.ItemChange:
    data: contracts.ItemChange = {"section": item.section, "id": item.id, "how": item.how, "text": text}
    if item.section == "broken":
        data = {"section": "broken", "count": int(item.id), "how": item.how, "text": text}
    if item.how == "changed":
        data["fields"] = [_field_change(list(each.path), each.before, each.after) for each in item.fields]
    return data


def _field_change(path: list[str], before: JSON | Absent, after: JSON | Absent) -> contracts.FieldChange:
    told: contracts.FieldChange = {"path": path}
    if before is not ABSENT:
        told["before"] = before
    if after is not ABSENT:
        told["after"] = after
    return told
