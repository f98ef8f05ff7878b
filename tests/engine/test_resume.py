"""Going on after the program ended: what is done again, what is not, who is asked, and what time it is."""

import asyncio

import pytest

from engine.drawing import draw
from engine.journals import cut, go_on, read, record
from engine.killed_runs import called
from quartet.engine import ForkError, resume, run
from quartet.engine.fork import prepare
from quartet.engine.invariants import violations
from quartet.engine.journal import Recorded


def stopped_at(graph, path, type, agent=None, count=1):
    """The journal of a rehearsal whose program ended when this had been told so often."""
    whole = path.with_suffix(".whole")
    record(graph, whole, "in")
    with Recorded.open(whole) as recorded:
        for batch in recorded.batches():
            count -= sum(e.type == type and agent in (None, e.agent) for e in batch.events)
            if count <= 0:
                return cut(whole, batch.n, path)
    raise AssertionError("that never happened")


def started(events, agent):
    return [(e.t, e.attempt) for e in events if e.type == "attempt.started" and e.agent == agent]


def test_what_was_under_way_begins_again_at_once_and_counts_for_no_retry(tmp_path):
    graph = draw("a -> b", b={"retry": {"max_attempts": 1}, "rehearsal": [{"returns": "done", "after": 5}]})
    path = stopped_at(graph, tmp_path / "x.run", "attempt.started", "b")
    events, state = go_on(path)
    assert [e.type for e in events[:4]] == ["run.interrupted", "run.resumed", "attempt.lost", "retry.scheduled"]
    assert started(events, "b") == [(1.0, 2)]
    assert (state.status, state.output, state.t) == ("succeeded", "done", 6.0)
    assert violations(read(path), graph) == []


def test_a_run_that_never_got_further_than_its_head_begins(tmp_path):
    graph = draw("a -> b =handoff> c,, S =supervise> b", a={"rehearsal": [{"returns": 1}]})
    events = record(graph, tmp_path / "x.run")
    cut(tmp_path / "x.run", 0, path := tmp_path / "cut.run")
    with pytest.raises(ForkError, match="nothing to fork; `quartet resume` begins it"):
        prepare(path)
    after, state = go_on(path)
    assert (after, state.status) == (events, "succeeded")
    assert read(path) == events


def test_a_pause_between_two_attempts_goes_on_where_it_stood(tmp_path):
    graph = draw("a -> b", b={"retry": {"initial_interval": 100, "jitter": 0}, "rehearsal": [{"fails": "x"}, {}]})
    events, _ = go_on(stopped_at(graph, tmp_path / "x.run", "retry.scheduled", "b"))
    assert started(events, "b") == [(102.0, 2)]


def test_restarts_before_the_end_count_after_it(tmp_path):
    fails = {"rehearsal": [{"fails": "x", "retry": False}], "retry": {"max_attempts": 1}}
    graph = draw("S =supervise> w", S={"oversight": {"max_restarts": 2}}, w=fails)
    path = stopped_at(graph, tmp_path / "x.run", "group.restart_scheduled", count=2)
    events, state = go_on(path)
    assert not [e for e in events if e.type == "group.restart_scheduled"]
    assert [e.type for e in read(path)].count("group.restart_scheduled") == 2
    assert state.status == "failed"


def test_workers_that_have_reported_are_not_asked_again_by_a_manager_that_was_lost(tmp_path):
    asks = {"calls": [{"tool": "delegate_to_w", "arguments": {"task": "t"}}]}
    manager = {"kind": "llm", "oversight": {"dispatch": "manager"}, "rehearsal": [asks, asks]}
    graph = draw("m =supervise> w,, m -> z", m=manager, w={"rehearsal": [{"returns": "report"}]})
    path = stopped_at(graph, tmp_path / "x.run", "activation.finished", "w")
    events, state = go_on(path)
    assert started(events, "w") == []
    assert state.agents["m"].value == "report"
    assert violations(read(path), graph) == []


def test_what_had_been_told_to_stop_has_stopped_and_nothing_begins(tmp_path):
    stubborn = {"rehearsal": [{"hangs": True, "ignores_cancel": 4}]}
    graph = draw(
        "a -> b", b={**stubborn, "limits": {"start_to_close": 2, "cancel_grace": 3}, "retry": {"max_attempts": 1}}
    )
    path = stopped_at(graph, tmp_path / "x.run", "attempt.timed_out", "b")
    events, state = go_on(path)
    assert not started(events, "b")
    assert not [e for e in events if e.type in ("attempt.abandoned", "attempt.lost")]
    assert state.agents["b"].status == "timed_out"


def test_a_paused_run_stays_paused_until_it_is_told_to_go_on(tmp_path):
    graph = draw("a -> b -> c")
    path = tmp_path / "x.run"

    async def first():
        async with run(graph, "in", rehearse=True, journal=path) as r:
            async for event in r:
                if event.type == "attempt.started" and event.agent == "b":
                    r.pause()
                if event.type == "activation.queued":
                    await r.suspend()
                    break

    async def second():
        async with resume(path) as r:
            assert r.state.status == "paused"
            r.resume()
            return await r.result()

    asyncio.run(first())
    with Recorded.open(path) as recorded:
        assert recorded.state == "paused"
    assert asyncio.run(second()).status == "succeeded"
    assert violations(read(path), graph) == []


# ---------------------------------------------------------------------- what may not be done twice


def interrupted(tmp_path, **fields):
    """A run with one agent that is not safe to run twice, whose program ended while it worked."""
    calls, path = tmp_path / "calls", tmp_path / "x.run"
    config = {"calls": str(calls), "ms": 1, "repeatable": False}
    graph = draw("a -> b", a={"kind": "trial", "config": config, **fields})

    async def go():
        async with run(graph, "in", journal=path) as r:
            async for event in r:
                if event.type == "attempt.output":
                    await r.suspend()
                    break

    asyncio.run(go())
    assert len(called(calls)) == 1
    return graph, path, calls


@pytest.mark.parametrize(
    ("answer", "count", "status"), [("run again", 2, "succeeded"), ("yes", 2, "succeeded"), ("give up", 1, "failed")]
)
def test_who_is_not_safe_to_run_twice_asks_first(answer, count, status, tmp_path):
    graph, path, calls = interrupted(tmp_path)

    async def go():
        async with resume(path) as r:
            async for event in r:
                if event.type == "wait.started":
                    assert "a was under way when the program ended" in event.data["prompt"]
                    assert r.answer("a", answer)
        return r.state

    assert asyncio.run(go()).status == status
    assert len(called(calls)) == count
    assert violations(read(path), graph) == []


@pytest.mark.parametrize(("rerun", "count", "status"), [(True, 2, "succeeded"), (False, 1, "failed")])
def test_where_nobody_can_be_asked_it_is_said_beforehand(rerun, count, status, tmp_path):
    _, path, calls = interrupted(tmp_path)
    _, state = go_on(path, rerun=rerun)
    assert (state.status, len(called(calls))) == (status, count)
    assert rerun or "not safe to run twice" in state.agents["a"].error


def test_a_supervisor_does_not_start_again_what_nobody_allowed(tmp_path):
    calls, path = tmp_path / "calls", tmp_path / "x.run"
    config = {"calls": str(calls), "ms": 1, "repeatable": False}
    graph = draw("S =supervise> w", w={"kind": "trial", "config": config})

    async def go():
        async with run(graph, "in", journal=path) as r:
            async for event in r:
                if event.type == "attempt.output":
                    await r.suspend()
                    break

    asyncio.run(go())
    _, state = go_on(path, rerun=False)
    assert (state.status, len(called(calls))) == ("failed", 1)


def test_a_question_of_the_program_that_ended_can_still_be_answered(tmp_path):
    calls, path = tmp_path / "calls", tmp_path / "x.run"
    graph = draw("a -> b", a={"kind": "trial", "config": {"calls": str(calls), "does": "waits"}})

    async def first():
        async with run(graph, "in", journal=path) as r:
            async for event in r:
                if event.type == "wait.started":
                    await r.suspend()
                    break

    async def second():
        async with resume(path) as r:
            assert r.state.agents["a"].prompt == "well?"
            assert r.answer("a", "yes")
            return await r.result()

    asyncio.run(first())
    assert "yes" in asyncio.run(second()).agents["a"].value
    assert len(called(calls)) == 2
