"""A run held against the invariants, each by itself: what was looked at, how often, and what was found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from quartet.engine.events import Event
from quartet.engine.invariants import violations
from quartet.graph.model import Graph

INVARIANTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "I1": ("Events are numbered without a gap, and time never goes back", "event", ()),
    "I2": ("Every attempt has exactly one ending", "attempt", ("attempt.started",)),
    "I3": ("Nothing happens to an agent's visit after its end", "ended visit", ("activation.finished",)),
    "I4": ("A visit puts one token on each way out", "token", ("edge.token",)),
    "I5": ("A join starts its agent at most once for each set of inputs", "fired join", ("join.fired",)),
    "I6": ("A retry comes after the end of the attempt before it", "retry", ("retry.scheduled",)),
    "I7": ("A supervisor stops its workers in the reverse order of their start", "stop", ("group.child_stopping",)),
    "I8": ("A worker is not restarted more often than its limit says", "restart", ("group.restart_scheduled",)),
    "I9": ("The end comes last, and nothing goes on then", "end", ("run.finished",)),
    "I10": ("The events give the state that the run ended in", "event", ()),
    "I11": ("A piece of work is claimed by one at a time", "claim", ("work.claimed",)),
    "I12": ("Work is finished by whoever holds it", "finished piece of work", ("work.done",)),
}
"""What holds, what it is about, and the events that it was looked at on (none named: all)."""
_CODE = re.compile(r"(I\d+): (.*)", re.DOTALL)


class Checked(NamedTuple):
    """One invariant over one run."""

    code: str
    rule: str
    what: str
    """What it is about, in the singular."""
    times: int
    violations: tuple[str, ...]


def checked(events: Sequence[Event], graph: Graph, *, ended: bool) -> list[Checked]:
    """Every invariant with how often it was looked at in these events of a run of `graph`, and how it was violated.

    `ended`: the run is over; of one that is not, I9 is not looked at.
    """
    types = Counter(event.type for event in events)
    found: dict[str, list[str]] = {code: [] for code in INVARIANTS}
    for text in violations(events, graph, ended=ended):
        match = _CODE.fullmatch(text)
        found[match[1] if match else "I10"].append(match[2] if match else text)
    return [
        Checked(code, rule, what, sum(types[type] for type in looked) if looked else len(events), tuple(found[code]))
        for code, (rule, what, looked) in INVARIANTS.items()
    ]
