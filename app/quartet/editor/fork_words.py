"""What a run again from a moment will reuse and do anew, and what it did in the end, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from quartet.engine.fork import Fork, Part
from quartet.graph.model import Graph
from quartet.graph.nesting import title

NAMED = 6
"""So many agents are named; the others are counted."""


class Line(NamedTuple):
    """One line about what becomes of some agents."""

    tone: str
    """The token of its colour."""
    icon: str
    text: str


def plan(fork: Fork) -> list[Line]:
    """What will be reused at most, and why the rest is done again."""
    found: list[Line] = []
    if fork.source.damage:
        found.append(Line("warning", "triangle-alert", f"Of that run not all can be read: {fork.source.damage}"))
    if fork.source.differs:
        found.append(Line("warning", "triangle-alert", "This version of Quartet does some things differently, so not"
                          " every answer of that run is known."))  # fmt: skip
    same = [part for part in fork.parts if part.what == "reused"]
    if same:
        found.append(
            Line("succeeded", "check", f"Reused: {_answers(same)} of {names(fork.graph, [p.agent for p in same])}.")
        )
    for (what, why, after), parts in together(fork.parts).items():
        who = names(fork.graph, [part.agent for part in parts])
        if what == "stated":
            found.append(Line("accent", "pencil-line", f"Changed: what {who} answers."))
        elif what == "maybe":
            comes = "it comes" if len(parts) == 1 else "they come"
            text = f"Reused if called the same again, else done anew: {_answers(parts)} of {who}, as {comes} after"
            found.append(Line("warning", "repeat", f"{text} {title(fork.graph, after.rstrip('/'))}."))
        else:
            found.append(Line("running", "play", f"Done anew: {who}, {_because(why, one=len(parts) == 1)}."))
    if not any(part.what in ("reused", "maybe") for part in fork.parts):
        found.append(Line("soft", "info", "Nothing can be reused: this is a new run of all of it."))
    return found


def danger(fork: Fork) -> str:
    """What may be done twice that is not safe to do twice; “” if nothing is."""
    if not fork.repeats:
        return ""
    one = len(fork.repeats) == 1
    return (
        f"{names(fork.graph, fork.repeats)} {'is' if one else 'are'} not safe to run twice, succeeded then, and may "
        "be done again: what that did would be done once more."
    )


def outcome(fork: Fork) -> str:
    """What was reused in the end, and what was done."""
    reuse = fork.reuse
    if reuse is None:
        return ""
    parts = [f"Reused {counted(fork.graph, reuse.reused, 'answer')}"]
    if reuse.replaced:
        parts.append(f"changed {counted(fork.graph, reuse.replaced, 'answer')}")
    parts.append(f"did {counted(fork.graph, reuse.executed, 'call')}")
    return ", ".join(parts) + "."


def _because(why: str, *, one: bool) -> str:
    it, was, had = ("it", "is", "had") if one else ("they", "are", "had")
    return {
        "changed": f"as {it} {was} drawn differently now",
        "new": f"as {it} {'was' if one else 'were'} not there then",
        "input": "as the input is another one",
        "failed": f"as {it} {had} failed",
        "later": f"as {it} {had} not answered by then",
    }.get(why, "as nothing is known of what was answered")


def together(parts: Sequence[Part]) -> dict[tuple[str, str, str], list[Part]]:
    """The parts that are not simply reused, those of one fate together."""
    found: dict[tuple[str, str, str], list[Part]] = {}
    for part in parts:
        if part.what != "reused":
            found.setdefault((part.what, part.why, part.after), []).append(part)
    return found


def _answers(parts: Sequence[Part]) -> str:
    number = sum(part.answers for part in parts)
    return f"{number:,} answer{'' if number == 1 else 's'}"


def names(graph: Graph, ids: Sequence[str]) -> str:
    """These agents by name; of many, so many more."""
    found = [title(graph, id) for id in ids[:NAMED]]
    if len(ids) > NAMED:
        found.append(f"{len(ids) - NAMED:,} more")
    return " and ".join(part for part in (", ".join(found[:-1]), found[-1]) if part)


def counted(graph: Graph, counts: Counter[str], what: str) -> str:
    """How many answers or calls there were, and of whom."""
    number = sum(counts.values())
    return f"{number:,} {what}{'' if number == 1 else 's'}" + (f" of {names(graph, list(counts))}" if counts else "")
