"""What OTP's own supervisors did, and what ours do, as one kind of sequence, so that the two can be compared."""

from __future__ import annotations

import re
from pathlib import Path

from quartet.engine import Event

TRACES = Path(__file__).parent.parent / "data" / "conformance" / "otp_traces.txt"
CANNOT_START = "StartFailed"
"""The type of error with which a script says that an agent does not even start."""
Step = tuple[str, str, str]
"""What (started, start_failed, exiting, stopped), who, and how: normal or error, shutdown or killed."""

_TITLE = re.compile(r"^## (\S+) .*$", re.MULTILINE)
_STEP = re.compile(r"\{(started|start_failed|exiting|stopped),(\w+)(?:,(\w+|\{[^}]*\}))?\}")


def traces() -> dict[str, list[Step]]:
    """The recorded sequences by their names (1, 2, 10b …)."""
    text = TRACES.read_text(encoding="utf-8")
    titles = list(_TITLE.finditer(text))
    found = {}
    for title, following in zip(titles, [*titles[1:], None], strict=True):
        part = text[title.end() : following.start() if following else None]
        events = part[part.index("events:") : part.index("result:")]
        found[title[1]] = [(what, who, _how(what, how)) for what, who, how in _STEP.findall(events)]
    return found


def _how(what: str, how: str) -> str:
    """An end is normal or not: `normal`, `shutdown` and `{shutdown, …}` are."""
    if what != "exiting":
        return how
    return "normal" if how in ("normal", "shutdown") or how.startswith("{shutdown") else "error"


def steps(events: list[Event]) -> list[Step]:
    """The same of one of our runs."""
    found: list[Step] = []
    for event in events:
        who, data = event.agent or "", event.data or {}
        match event.type:
            case "attempt.started":
                found.append(("started", who, ""))
            case "attempt.failed" if data["type"] == CANNOT_START:
                # it was at work for no time at all: OTP tells such a start as one event
                found[_last(found, "started", who)] = ("start_failed", who, "")
            case "attempt.failed":
                found.append(("exiting", who, "error"))
            case "attempt.succeeded":
                found.append(("exiting", who, "normal"))
            case "attempt.cancelled":
                found.append(("stopped", who, "shutdown"))
            case "attempt.abandoned":
                found[_last(found, "stopped", who)] = ("stopped", who, "killed")
    return found


def _last(found: list[Step], what: str, who: str) -> int:
    return max(index for index, step in enumerate(found) if step[:2] == (what, who))
