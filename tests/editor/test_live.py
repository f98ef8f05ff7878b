"""Live: one fold for everything that shows a run, told at most once a frame, at any moment of the run."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QElapsedTimer
from PySide6.QtTest import QSignalSpy

from quartet.editor.live import CHECKPOINT, FRAME, Live
from quartet.engine.events import Event
from quartet.engine.state import AgentState, RunState
from quartet.graph.model import Agent, AgentId, Graph


class Story:
    """Events in the order of their telling, numbered and timed by the way."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def tell(self, type: str, agent: str | None = None, attempt: int | None = None, t: float | None = None, **data):
        seq = len(self.events) + 1
        event = Event(seq, float(seq) if t is None else t, type, agent, 1 if agent else None, attempt, data or None)
        self.events.append(event)
        return event


def long_story(turns: int) -> list[Event]:
    story = Story()
    story.tell("run.started", input="go")
    for turn in range(turns):
        id = f"a{turn % 3}"
        story.tell("activation.ready", id)
        story.tell("attempt.started", id, 1, fence=turn)
        if turn % 4 == 1:
            story.tell("attempt.failed", id, 1, error="no")
            story.tell("retry.scheduled", id, delay=1.0, n=2)
            story.tell("attempt.started", id, 2, fence=turn)
        story.tell("attempt.output", id, 1, text="x")
        story.tell("edge.token", id, edge=f"e{turn % 2}", kind="value", value=turn)
        story.tell("activation.finished", id, state="succeeded", value=turn)
    story.tell("run.finished", state="succeeded", output="done")
    return story.events


@pytest.fixture
def live(qapp) -> Iterator[Live]:
    found = Live()
    yield found
    found.deleteLater()


def test_a_burst_of_events_is_one_signal_with_every_id_in_it(qtbot, live):
    live.begin(Graph())
    spy = QSignalSpy(live.changed)
    for event in long_story(30):
        live.feed(event)
    qtbot.waitUntil(lambda: spy.count() > 0)
    qtbot.wait(FRAME * 3)
    agents, edges = spy.at(spy.count() - 1) if spy.count() == 1 else (None, None)
    assert spy.count() == 1
    assert agents == {"a0", "a1", "a2"}
    assert edges == {"e0", "e1"}


def test_signals_are_at_least_a_frame_apart(qtbot, live):
    live.begin(Graph())
    between, since = [], QElapsedTimer()
    since.start()
    live.changed.connect(lambda *_: between.append(since.nsecsElapsed() / 1e6) or since.start())
    for event in long_story(40):
        live.feed(event)
        qtbot.wait(1)
    qtbot.waitUntil(lambda: not live._timer.isActive())
    # however late a slow machine's signals come, they never come early; clocks of whole milliseconds may lose one
    assert len(between) > 1 and min(between) >= FRAME - 2
    assert live.state is not None and live.state.status == "succeeded"


def test_the_end_is_told_at_once_with_all_that_was_not_told_yet(live):
    live.begin(Graph())
    live.feed(long_story(1)[0])
    told, finished = QSignalSpy(live.changed), QSignalSpy(live.finished)
    live.end()
    live.end()
    assert told.count() == 1
    assert finished.count() == 1
    assert not live.running


def test_an_event_without_a_run_is_refused(live):
    with pytest.raises(ValueError, match="begin"):
        live.feed(Event(1, 0.0, "run.started"))


def test_any_moment_can_be_shown_and_the_present_again(live):
    live.begin(Graph())
    for event in long_story(5):
        live.feed(event)
    live.end()
    live.show_at(3)
    assert live.state is not None
    assert live.state.agents["a0"].status == "running"
    assert live.now() == 3.0
    live.show_at(None)
    assert live.state is live.present
    assert live.state.status == "succeeded"


def test_the_run_goes_on_behind_a_past_moment(live):
    live.begin(Graph())
    events = long_story(5)
    for event in events[:10]:
        live.feed(event)
    live.show_at(2)
    for event in events[10:]:
        live.feed(event)
    live.end()
    assert live.state is not None and live.state.seq == 2
    assert live.present is not None and live.present.status == "succeeded"


def test_showing_another_moment_names_everything_that_looks_different(live):
    live.begin(Graph())
    for event in long_story(4):
        live.feed(event)
    live.end()
    spy = QSignalSpy(live.changed)
    live.show_at(1)
    assert spy.at(0)[0] == {"a0", "a1", "a2"}
    assert spy.at(0)[1] == {"e0", "e1"}


def test_a_past_moment_is_never_altered_by_later_events(live):
    live.begin(Graph())
    events = long_story(CHECKPOINT)
    for event in events:
        live.feed(event)
    middle = len(events) // 2
    live.show_at(middle)
    before = repr(live.state)
    live.show_at(len(events) - 1)
    live.show_at(middle)
    assert repr(live.state) == before


@given(turns=st.integers(1, 40), keep=st.integers(5, 200), picks=st.lists(st.integers(0, 400), max_size=8))
def test_every_shown_moment_equals_the_fold_of_the_events_up_to_it(qapp, turns, keep, picks):
    events = long_story(turns)
    live = Live(keep=keep)
    live.begin(Graph())
    for event in events:
        live.feed(event)
    for seq in picks:
        live.show_at(seq)
        assert live.shown_seq is not None
        expected = RunState()
        for event in events[: live.shown_seq]:
            expected.apply(event)
        assert live.state == expected
    live.deleteLater()


def test_memory_is_bounded_and_what_was_dropped_is_counted(live):
    live = Live(keep=100)
    live.begin(Graph())
    events = long_story(100)
    for event in events:
        live.feed(event)
    assert len(live.events) <= 100
    assert live.dropped + len(live.events) == len(events)
    assert live.events[-1] is events[-1]
    live.show_at(1)
    assert live.shown_seq == live.dropped, "the earliest moment that is still known"


def test_now_is_the_clock_of_the_run_while_it_runs_and_stands_still_after(live):
    time = [0.0]
    live.begin(Graph(), clock=lambda: time[0], rehearsal=True)
    for event in long_story(1):
        live.feed(event)
    time[0] = 99.0
    assert live.now() == 99.0
    live.end()
    assert live.now() == live.events[-1].t


def test_edits_after_the_snapshot_are_told_once(live):
    spy = QSignalSpy(live.edited)
    live.mark_edited()
    assert not live.edited_since, "nothing has run"
    live.begin(Graph())
    live.mark_edited()
    live.mark_edited()
    assert live.edited_since
    assert spy.count() == 1


def test_clearing_puts_every_light_out_but_never_under_a_run(live):
    live.begin(Graph())
    for event in long_story(2):
        live.feed(event)
    live.clear()
    assert live.state is not None
    live.end()
    spy = QSignalSpy(live.changed)
    live.clear()
    assert live.state is None and live.snapshot is None and live.events == []
    assert spy.at(0)[0] == {"a0", "a1"}


def test_an_intervention_is_told_with_the_name_of_the_other_agent(live):
    story = Story()
    agents = {AgentId(id): Agent(id=AgentId(id), kind="llm", name=name) for id, name in (("a", "Ann"), ("b", "Ben"))}
    live.begin(Graph(agents=agents))
    live.feed(story.tell("run.started"))
    live.feed(story.tell("worker.reassigned", "s", **{"from": "a", "to": "b", "tried": ["a"]}))
    assert live.note(live.state.agents["a"]) == "reassigned to Ben"
    assert live.note(live.state.agents["b"]) == "took over from Ann"
    assert live.note(AgentState()) == ""
