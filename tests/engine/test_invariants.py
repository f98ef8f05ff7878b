"""The checker of the invariants finds what is wrong, each in a run that was right before it was spoilt."""

import pytest

from engine.drawing import draw, rehearse
from quartet.engine.events import Event
from quartet.engine.invariants import violations

GRAPH = draw(
    "a -> b -> J,, a -> c -> J,, p =share> B", b={"retry": {"max_attempts": 2}, "rehearsal": [{"fails": "x"}, {}]}
)
EVENTS = rehearse(GRAPH, ["work"]).events


def numbered(events: list[Event]) -> list[Event]:
    return [event._replace(seq=n) for n, event in enumerate(events, 1)]


def found(events: list[Event]) -> set[str]:
    return {text.partition(":")[0] for text in violations(events, GRAPH)}


def without(type: str, agent: str | None = None) -> list[Event]:
    first = next(e for e in EVENTS if e.type == type and agent in (None, e.agent))
    return numbered([e for e in EVENTS if e is not first])


def twice(type: str) -> list[Event]:
    at = next(n for n, e in enumerate(EVENTS) if e.type == type)
    return numbered([*EVENTS[: at + 1], EVENTS[at], *EVENTS[at + 1 :]])


def test_a_right_run_has_none():
    assert found(EVENTS) == set()


@pytest.mark.parametrize(
    ("spoilt", "law"),
    [
        (lambda: [e for e in EVENTS if e.seq != 5], "I1"),
        (lambda: numbered([*EVENTS[:-1], EVENTS[-1]._replace(t=-1.0)]), "I1"),
        (lambda: without("attempt.succeeded"), "I2"),
        (lambda: twice("attempt.succeeded"), "I2"),
        (lambda: numbered([*EVENTS[:-1], Event(0, 99, "attempt.output", "a", 1, 1, {"text": ""}), EVENTS[-1]]), "I3"),
        (lambda: without("edge.token"), "I4"),
        (lambda: twice("edge.token"), "I4"),
        (lambda: twice("join.fired"), "I5"),
        (lambda: without("attempt.failed"), "I6"),
        (lambda: without("activation.finished", "a"), "I9"),
        (lambda: EVENTS[:-1], "I9"),
        (lambda: twice("run.finished"), "I9"),
        (lambda: numbered([*EVENTS[:-1], EVENTS[-1]._replace(data={"unhandled": []})]), "I10"),
        (lambda: twice("work.claimed"), "I11"),
        (lambda: without("work.claimed"), "I12"),
    ],
)
def test_each_law_is_watched(spoilt, law):
    assert law in found(spoilt())


def test_the_order_of_stopping_and_the_number_of_restarts_are_watched():
    up = Event(1, 0, "group.up", "S", 1, None, {"workers": ["a", "b"]})
    stops = [Event(0, 0, "group.child_stopping", "S", None, None, {"child": child}) for child in "ab"]
    assert "I7" in {text[:2] for text in violations(numbered([up, *stops]), GRAPH)}
    assert "I7" not in {text[:2] for text in violations(numbered([up, *reversed(stops)]), GRAPH)}
    restart = Event(
        2, 0, "group.restart_scheduled", "S", None, None, {"child": "a", "affected": ["a"], "n": 4, "limit": 3}
    )
    assert "I8" in {text[:2] for text in violations([up, restart], GRAPH)}
