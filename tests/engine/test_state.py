"""The fold: what canvas, timeline and terminal know of a run follows from its events alone."""

import time

import pytest

from quartet.engine.events import Event
from quartet.engine.state import RunState


def fold(*events: tuple) -> RunState:
    state = RunState()
    for seq, (t, type, agent, act, attempt, data) in enumerate(events, 1):
        state.apply(Event(seq, t, type, agent, act, attempt, data))
    return state


def test_an_agent_runs_and_succeeds():
    state = fold(
        (0, "run.started", None, None, None, {"input": "hi"}),
        (0, "activation.ready", "a", 1, None, {"inputs": {}}),
        (0, "attempt.started", "a", 1, 1, {"limit": 300}),
        (1, "attempt.output", "a", 1, 1, {"text": "so"}),
        (2, "attempt.succeeded", "a", 1, 1, None),
        (2, "activation.finished", "a", 1, None, {"state": "succeeded", "value": 5}),
    )
    agent = state.agents["a"]
    assert (agent.status, agent.value, agent.text, agent.since) == ("succeeded", 5, "so", 2)
    assert [(s.status, s.start, s.end) for s in agent.spans] == [("running", 0, 2)]


def test_a_time_out_is_told_apart_from_a_failure():
    state = fold(
        (0, "activation.ready", "a", 1, None, {}),
        (0, "attempt.started", "a", 1, 1, {"limit": 2}),
        (2, "attempt.timed_out", "a", 1, 1, {"kind": "start_to_close", "after": 2}),
        (2, "activation.finished", "a", 1, None, {"state": "failed", "reason": "timeout", "error": "late"}),
    )
    assert state.agents["a"].status == "timed_out"


def test_a_pause_between_attempts_says_when_the_next_one_comes():
    state = fold(
        (0, "activation.ready", "a", 1, None, {}),
        (0, "attempt.started", "a", 1, 1, {}),
        (3, "attempt.failed", "a", 1, 1, {"error": "no", "type": "E", "retryable": True}),
        (3, "retry.scheduled", "a", 1, None, {"delay": 2, "n": 2}),
    )
    agent = state.agents["a"]
    assert (agent.status, agent.retry_at, agent.next_attempt, agent.error) == ("backoff", 5, 2, "no")


def test_the_copies_of_a_dynamic_agent_are_counted():
    state = fold(
        (0, "activation.ready", "a", 1, None, {}),
        (0, "activation.ready", "a", 2, None, {"copy": 0}),
        (0, "activation.ready", "a", 3, None, {"copy": 1}),
        (0, "attempt.started", "a", 2, 1, {}),
        (0, "attempt.started", "a", 3, 1, {}),
        (1, "activation.finished", "a", 2, None, {"state": "succeeded", "copy": 0}),
    )
    agent = state.agents["a"]
    assert (agent.status, agent.copies, agent.copies_done) == ("running", 2, 1)
    state.apply(Event(7, 2, "activation.finished", "a", 3, None, {"state": "failed", "copy": 1}))
    state.apply(Event(8, 2, "activation.finished", "a", 1, None, {"state": "succeeded", "value": [1]}))
    assert (agent.status, agent.copies_done, agent.value) == ("succeeded", 2, [1])


def test_edges_count_tokens_and_handoffs():
    state = fold(
        (0, "edge.token", None, None, None, {"edge": "e", "kind": "value", "value": 1, "act": 1}),
        (1, "edge.token", None, None, None, {"edge": "e", "kind": "skipped", "act": 2}),
        (2, "handoff.accepted", "a", 1, None, {"to": "b", "hop": 1, "message": "m", "edge": "h"}),
    )
    assert (state.edges["e"].count, state.edges["e"].kind) == (2, "skipped")
    assert (state.edges["h"].kind, state.edges["h"].value) == ("handoff", "m")
    assert (state.agents["a"].note, state.agents["a"].note_about) == ("handed off to", "b")


def test_apply_says_what_changed():
    state = RunState()
    assert state.apply(Event(1, 0, "activation.ready", "a", 1, None, {})) == (("a",), ())
    assert state.apply(Event(2, 0, "edge.token", None, None, None, {"edge": "e", "kind": "value"})) == ((), ("e",))
    assert state.apply(Event(3, 0, "worker.reassigned", "s", None, None, {"from": "a", "to": "b", "tried": []})) == (
        ("a", "b"),
        (),
    )


def test_an_event_out_of_order_is_refused():
    with pytest.raises(ValueError, match="event 3 cannot follow event 0"):
        RunState().apply(Event(3, 0, "run.started"))


def test_a_text_of_very_many_pieces_is_put_together_only_when_somebody_asks():
    state = RunState()
    state.apply(Event(1, 0.0, "activation.ready", "a", 1))
    state.apply(Event(2, 0.0, "attempt.started", "a", 1, 1, {}))
    piece = {"text": "x" * 200}
    began = time.process_time()
    for seq in range(3, 40_003):
        state.apply(Event(seq, 0.0, "attempt.output", "a", 1, 1, piece))
    assert len(state.agents["a"].text) == 8_000_000
    assert time.process_time() - began < 5, "joining at each piece would copy 160 GB"
