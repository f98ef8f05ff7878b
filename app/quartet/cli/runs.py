"""`quartet runs`: the runs that are kept, and what becomes of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import datetime
from pathlib import Path

from quartet.cli.console import UNREADABLE, put, say, wrapped
from quartet.editor.value_words import plural, seconds
from quartet.engine.journal.shelf import NoSuchRun, Policy, Pruned, Removed, Shelf, slug_of
from quartet.engine.journal.summary import Summary, summary_of

WORDS = {
    "running": "running",
    "paused": "paused",
    "interrupted": "interrupted",
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "stopped",
    "unreadable": "unreadable",
}
NAMED = 8
"""So many removed runs are named; the others are counted."""


def runs(
    *,
    as_json: bool = False,
    prune: bool = False,
    pin: str | None = None,
    unpin: str | None = None,
    remove: str | None = None,
) -> int:
    """List the runs that are kept, or (one of the others) see to one of them; 2 if that cannot be done."""
    shelf = Shelf()
    try:
        if prune:
            return _prune(shelf)
        if pin is not None:
            path = shelf.find(pin)
            shelf.pin(path)
            say(f"Run {called(path)} is kept whatever its age.")
            return 0
        if unpin is not None:
            path = shelf.find(unpin)
            shelf.unpin(path)
            say(f"Run {called(path)} may go when its time has come.")
            return 0
        if remove is not None:
            return _remove(shelf, remove)
    except NoSuchRun as problem:
        say(f"quartet: {problem}")
        return UNREADABLE
    except ValueError as problem:
        say(f"quartet: {problem}")
        return UNREADABLE
    except OSError as problem:
        say(f"quartet: {problem.filename or shelf.folder}: {problem.strerror or problem}. Nothing was changed.")
        return UNREADABLE
    found = shelf.runs()
    if as_json:
        for run in found:
            put(json.dumps(run.as_json(), ensure_ascii=False))
        return 0
    if not found:
        say(f"No run is kept in {shelf.folder} yet. `quartet run FILE` makes one.")
        return 0
    for line in _table(found):
        put(line)
    say(_summed_up(found, shelf.folder))
    return 0


def tidy_up(shelf: Shelf, ended: Path) -> None:
    """Remove what is too old or too much now that the run of `ended` has ended, and say what; trouble is said and
    harms nothing."""
    try:
        pruned = shelf.prune(Policy.of(os.environ), besides=ended)
    except (OSError, ValueError) as problem:
        say(f"quartet: old runs were not looked at: {problem}")
        return
    if pruned.removed:
        say(_removed(pruned.removed))


def _prune(shelf: Shelf) -> int:
    policy = Policy.of(os.environ)
    pruned = shelf.prune(policy)
    say(_removed(pruned.removed) if pruned.removed else f"Nothing was removed: {_within(pruned, policy)}")
    for run, why in pruned.spared[:NAMED]:
        say(f"  {run.id or run.path.name} stays, as {why}.")
    if len(pruned.spared) > NAMED:
        say(f"  … and {len(pruned.spared) - NAMED:,} more stay.")
    return 0


def _within(pruned: Pruned, policy: Policy) -> str:
    if pruned.spared:
        return "what is too old or too much is still needed."
    bounds = [
        *([] if policy.days is None else [f"older than {plural_days(policy.days)}"]),
        *([] if policy.megabytes is None else [f"beyond {policy.megabytes:,g} MB"]),
    ]
    return f"no run is {' or '.join(bounds)}." if bounds else "runs are kept for ever here."


def plural_days(days: float) -> str:
    """“1 day”, “2.5 days”."""
    return f"{days:g} day{'' if days == 1 else 's'}"


def _removed(removed: tuple[Removed, ...]) -> str:
    why = Counter(each.why for each in removed)
    reasons = [
        *(["too old"] if why["age"] else []),
        *(["more than may be kept"] if why["size"] else []),
    ]
    names = [f"{each.run.id} ({each.run.name})" if each.run.name else each.run.id for each in removed[:NAMED]]
    more = f" and {len(removed) - NAMED:,} more" if len(removed) > NAMED else ""
    size = size_in_words(sum(each.run.size for each in removed))
    return wrapped(
        f"Removed {plural(len(removed), 'old run')} ({' or '.join(reasons)}), {size}: {', '.join(names)}{more}. "
        "`quartet runs --help` says what is kept.",
        "  ",
        "",
    )


def _remove(shelf: Shelf, text: str) -> int:
    path = shelf.find(text)
    run = summary_of(path)
    if run.carried:
        say(f"quartet: run {run.id} is going on; stop it first. Nothing was removed.")
        return UNREADABLE
    if run.state == "unreadable":
        say(f"quartet: {run.problem} It was not removed; if it is yours and you want it gone, delete the file.")
        return UNREADABLE
    shelf.remove(path)
    say(f"Removed run {run.id} ({run.name or path.name}), {size_in_words(run.size)}.")
    return 0


def called(path: Path) -> str:
    """A run by its id and its graph's name."""
    run = summary_of(path)
    return path.name if not run.id else f"{run.id} ({run.name})" if run.name else run.id


def size_in_words(size: int) -> str:
    """A number of bytes as short as it can be said: 812 bytes, 48 kB, 3.2 MB."""
    if size < 1_000:
        return plural(size, "byte")
    if size < 999_500:
        return f"{size / 1_000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB" if size < 999_500_000 else f"{size / 1_000_000_000:.1f} GB"


def cost_in_words(cost: float) -> str:
    """US$, as exact as it needs to be; nothing where nothing is known to have been spent."""
    if not cost:
        return ""
    return f"${cost:,.2f}" if cost >= 1 else f"${cost:.4f}".rstrip("0").ljust(5, "0")


def at(started: float) -> str:
    """A moment in local time, to the minute."""
    return f"{datetime.fromtimestamp(started).astimezone():%Y-%m-%d %H:%M}"


def _table(found: list[Summary]) -> list[str]:
    head = ["RUN", "BEGAN", "STATE", "TOOK", "AGENTS", "COST", "SIZE", "GRAPH"]
    rows = [head]
    for run in found:
        state = WORDS.get(run.state, run.state) + (" (pinned)" if run.pinned else "")
        name = (run.name or slug_of(run.path)) if run.id else run.path.name
        if run.parent is not None:
            name += f" (fork of {run.parent})"
        if run.rehearse:
            name += " (rehearsal)"
        if run.problem is not None:
            name += " (damaged)" if run.id else ""
        rows.append(
            [
                run.id or "?", at(run.started), state, seconds(run.seconds) if run.id else "",
                f"{run.agents:,}" if run.id else "", cost_in_words(run.cost), size_in_words(run.size), name,
            ]
        )  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    right = {3, 4, 5, 6}
    kept = [column for column in range(len(head)) if any(row[column] for row in rows[1:])]
    return [
        "  ".join(
            row[column].rjust(widths[column]) if column in right else row[column].ljust(widths[column])
            for column in kept
        ).rstrip()
        for row in rows
    ]


def _summed_up(found: list[Summary], folder: Path) -> str:
    waiting = [run for run in found if run.resumable]
    text = f"{plural(len(found), 'run')}, {size_in_words(sum(run.size for run in found))}, in {folder}."
    if waiting:
        those = "this one" if len(waiting) == 1 else f"{len(waiting)} of them, the latest"
        text += f" To go on with {those}: quartet resume {waiting[0].id}"
    return text
