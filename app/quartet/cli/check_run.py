"""`quartet check-run`: whether the engine kept its rules in a run."""

from __future__ import annotations

import json
from typing import Any

from quartet.cli.console import UNREADABLE, put, refuse, wrapped
from quartet.editor.value_words import plural
from quartet.engine.checking import Checked, checked
from quartet.engine.events import Event
from quartet.engine.journal import JournalError, Recorded
from quartet.engine.journal.shelf import NoSuchRun, Shelf
from quartet.engine.journal.summary import name_of
from quartet.graph.files import FileProblem

JSON = Any
VIOLATED = 1
SHOWN = 20
"""So many violations of one rule are shown; the others are counted."""


def check_run(text: str, *, as_json: bool = False) -> int:
    """Check the run that `text` names; 0: all rules hold, 1: one is violated, 2: it cannot be read, or not whole."""
    try:
        path = Shelf().find(text)
        with Recorded.open(path) as recorded:
            header, state = recorded.header, recorded.state
            events: list[Event] = list(recorded.events())
            damage = recorded.damage
            graph = recorded.graph()
    except (NoSuchRun, JournalError, FileProblem) as problem:
        return refuse(text, problem, as_json=as_json)
    # whether it is over is what the file's last event says, not what its last row says of it: that is to be checked too
    ended = state in ("succeeded", "failed", "cancelled") and damage is None
    found = checked(events, graph, ended=ended)
    broken = sum(len(one.violations) for one in found)
    if as_json:
        put(json.dumps(_as_json(str(path), header.run_id, state, events, damage, found), ensure_ascii=False))
    else:
        called = graph.name or name_of(header.settings) or "Run"
        put(f"{called} · run {header.run_id} · {state}, {plural(len(events), 'event')}")
        if damage:
            put(wrapped(f"DAMAGED: {damage} What stands before that is checked.", "  "))
        elif not ended:
            put("  It has not ended; what is under way is no violation.")
        for one in found:
            for line in _lines(one, ended=ended):
                put(line)
        whole = "All of it holds." if damage is None else "What can be read holds; the file itself is damaged."
        put(f"{plural(broken, 'violation')}." if broken else whole)
    return VIOLATED if broken else UNREADABLE if damage is not None else 0


def _lines(one: Checked, *, ended: bool) -> list[str]:
    if one.code == "I9" and not ended:
        return [f"  –   {one.code:<4}{one.rule}: not looked at before the end."]
    looked = f"{plural(one.times, one.what)}" if one.times else f"no {one.what}"
    if one.what == "finished piece of work" and one.times != 1:
        looked = f"{one.times:,} finished pieces of work" if one.times else "no finished work"
    lines = [f"  {'✗' if one.violations else 'ok':<4}{one.code:<4}{one.rule}: {looked}."]
    lines += [wrapped(violation, "          ", "        - ") for violation in one.violations[:SHOWN]]
    if len(one.violations) > SHOWN:
        lines.append(f"        … and {len(one.violations) - SHOWN:,} more")
    return lines


def _as_json(
    path: str, id: str, state: str, events: list[Event], damage: str | None, found: list[Checked]
) -> dict[str, JSON]:
    rules = [
        {"code": one.code, "rule": one.rule, "checked": one.times, "violations": list(one.violations)} for one in found
    ]
    content: dict[str, JSON] = {
        "id": id, "path": path, "state": state, "events": len(events),
        "ok": damage is None and not any(one.violations for one in found), "invariants": rules,
    }  # fmt: skip
    return content if damage is None else {**content, "damage": damage}
