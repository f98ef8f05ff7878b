"""Whole runs with agents that misbehave, on each executor: the run always ends, and says what happened."""

import asyncio
import time

import pytest

from engine.executor_contract import function
from quartet.engine import run
from quartet.engine.executors import LocalExecutor
from quartet.engine.invariants import violations
from quartet.engine.processes import ProcessExecutor
from quartet.graph.model import Agent, Edge, Graph, RunLimits

EXECUTORS = {"this program": LocalExecutor, "processes": lambda: ProcessExecutor(2)}
both = pytest.mark.parametrize("executor", list(EXECUTORS))


def drawn(**agents) -> Graph:
    """Agents without edges: `name=(function, fields of the agent)`."""
    graph = Graph()
    for name, (called, fields) in agents.items():
        config = function(called, **fields.pop("config", {}))
        graph.agents[name] = Agent(id=name, kind="python", name=name, config=config, **fields)
    return graph


async def play(graph: Graph, executor: str, input=None):
    """A whole run: its last state and its events."""
    events = []
    async with run(graph, input, executor=EXECUTORS[executor]()) as r:
        async for event in r:
            events.append(event)
        state = r.state
    assert not (found := violations(events, graph)), found
    return state, events


def of(events, type: str, agent: str | None = None) -> list:
    return [event for event in events if event.type == type and agent in (None, event.agent)]


@both
@pytest.mark.parametrize("error", ["SystemExit", "KeyboardInterrupt", "BaseException"])
async def test_what_would_end_a_program_ends_the_agent(executor, error):
    state, events = await play(drawn(a=("stops_the_program", {})), executor, error)
    assert state.status == "failed"
    assert [event.data["type"] for event in of(events, "attempt.failed")] == [error]


@both
@pytest.mark.parametrize("name", ["no_json", "circle", "not_a_number"])
async def test_what_is_not_json_fails_the_agent_and_goes_nowhere(executor, name):
    graph = drawn(a=(name, {}), b=("double", {}))
    graph.edges["e"] = Edge(id="e", source="a", target="b")
    state, events = await play(graph, executor)
    assert "JSON" in state.agents["a"].error
    assert not of(events, "attempt.started", "b")


@both
async def test_a_result_of_20_mb_reaches_the_next_agent(executor):
    graph = drawn(a=("big", {}), b=("length", {}))
    graph.edges["e"] = Edge(id="e", source="a", target="b")
    state, _ = await play(graph, executor, 20_000_000)
    assert state.output == 20_000_000


@both
async def test_tasks_that_an_agent_leaves_behind_hold_nobody_up(executor):
    state, _ = await play(drawn(a=("leaves_tasks", {})), executor)
    assert state.output == "left two"


@both
async def test_who_never_stops_streaming_is_stopped_by_its_limit_and_the_others_go_on(executor):
    limits = {"start_to_close": 0.5, "cancel_grace": 5}
    name = "streams" if executor == "processes" else "streams_politely"
    graph = drawn(a=(name, {"limits": limits, "retry": {"max_attempts": 1}}), b=("double_later", {}))
    state, events = await play(graph, executor, 4)
    assert state.agents["a"].status == "timed_out"
    assert state.agents["b"].value == 8
    pieces = "".join(event.data["text"] for event in of(events, "attempt.output"))
    numbers = [int(piece) for piece in pieces.split()]
    assert numbers and numbers == list(range(len(numbers)))
    assert not of(events, "attempt.abandoned")


@both
async def test_who_swallows_its_cancellation_cannot_undo_it(executor):
    limits = {"start_to_close": 0.5, "cancel_grace": 0.3}
    name = "sleeps_deaf" if executor == "processes" else "deaf_to_cancellation"
    graph = drawn(a=(name, {"limits": limits, "retry": {"max_attempts": 1}}))
    state, events = await play(graph, executor)
    assert state.agents["a"].status == "timed_out"
    # a process is killed; what runs in this program can only be left to itself
    assert len(of(events, "attempt.abandoned")) == (executor != "processes")


@both
async def test_a_run_that_is_cancelled_ends_with_every_agent(executor):
    graph = drawn(a=("waits_long", {}), b=("waits_long", {}))
    start = time.monotonic()
    async with run(graph, executor=EXECUTORS[executor]()) as r:
        async for event in r:
            if event.type == "attempt.note":
                r.cancel()
        state = r.state
    assert state.status == "cancelled"
    assert {agent.status for agent in state.agents.values()} == {"cancelled"}
    assert time.monotonic() - start < 30


@both
async def test_what_cannot_be_told_is_heard_by_the_agent_and_by_nobody_else(executor):
    state, events = await play(drawn(a=("tells_nonsense", {})), executor)
    assert state.output == "refused"
    assert {event.type for event in events if event.type.startswith("attempt.")} == {
        "attempt.started", "attempt.succeeded",
    }  # fmt: skip


# ---------------------------------------------------------------------- what only a process can survive


@pytest.mark.parametrize("name", ["spins", "spins_in_c"])
async def test_an_agent_that_computes_for_ever_holds_nobody_up_and_ends_at_its_limit(name):
    limits = {"start_to_close": 0.5, "cancel_grace": 0.5}
    graph = drawn(a=(name, {"limits": limits, "retry": {"max_attempts": 1}}), b=("ticks", {"config": {}}))
    graph.agents["b"] = graph.agents["b"].model_copy(update={"config": function("ticks", runs_in="program")})
    events = []
    async with run(graph) as r:
        async for event in r:
            events.append(event)
        state = r.state
    assert state.agents["a"].status == "timed_out"
    assert state.agents["b"].value > 20, "the loop went on all the time"
    assert not of(events, "attempt.abandoned")
    assert not of(events, "engine.loop_blocked")


async def test_a_killed_child_is_lost_and_tried_again_where_it_may_be(tmp_path):
    retry = {"initial_interval": 0.01}
    graph = drawn(a=("dies_once", {"retry": retry, "repeatable": True}))
    state, events = await play(graph, "processes", str(tmp_path / "died"))
    assert state.output == "survived"
    (lost,) = of(events, "attempt.lost")
    assert lost.data["type"] == "WorkerLost"
    assert "SIGKILL" in lost.data["error"]
    assert [event.attempt for event in of(events, "attempt.started")] == [1, 2]
    assert not of(events, "attempt.failed")


async def test_what_may_not_run_twice_is_not_tried_again_and_says_that_it_was_lost(tmp_path):
    state, events = await play(drawn(a=("dies_once", {})), "processes", str(tmp_path / "died"))
    assert state.status == "failed"
    assert len(of(events, "attempt.started")) == 1
    (finished,) = of(events, "activation.finished")
    assert finished.data["reason"] == "lost"


async def test_a_lost_agent_may_be_replaced_by_a_fallback():
    graph = drawn(a=("dies", {}), b=("double", {}))
    graph.edges["f"] = Edge(id="f", source="a", target="b", on="failure")
    state, _ = await play(graph, "processes", "SIGKILL")
    assert state.status == "succeeded"


async def test_time_spent_waiting_for_a_process_counts_for_no_limit():
    limits = {"start_to_close": 1.5, "heartbeat": 1.5}
    graph = drawn(**{f"a{n}": ("naps", {"limits": dict(limits)}) for n in range(8)})
    events = []
    async with run(graph, 0.3, executor=ProcessExecutor(1)) as r:
        async for event in r:
            events.append(event)
            if event.type == "attempt.waiting":
                assert r.state.agents[event.agent].status == "queued"
            if event.type == "attempt.begun":
                assert r.state.agents[event.agent].status == "running"
        state = r.state
    assert not violations(events, graph)
    assert state.status == "succeeded", "2.4 seconds in one place, 1.5 for each"
    assert len(of(events, "attempt.waiting")) == len(of(events, "attempt.begun")) == 7


async def test_who_waits_for_a_process_is_cancelled_at_once():
    graph = drawn(a=("spins", {}), b=("double", {}), c=("double", {}))
    async with run(graph, 1, executor=ProcessExecutor(1)) as r:
        async for event in r:
            if event.type == "attempt.waiting" and event.agent == "c":
                r.cancel()
        assert {agent.status for agent in r.state.agents.values()} == {"cancelled"}


async def test_the_default_starts_processes_only_for_who_wants_one():
    graph = drawn(a=("where", {}), b=("where", {"config": {"runs_in": "program"}}))
    async with run(graph) as r:
        state = await r.result()
        pool = r._s.executor._pool
        assert len(pool._processes) == 1
    assert state.output["a"] != state.output["b"]
    assert pool is not None and not pool._processes, "none is left"
    async with run(drawn(b=("where", {"config": {"runs_in": "program"}}))) as r:
        await r.result()
        assert r._s.executor._pool is None


def test_processes_serve_the_editors_loop_too(qapp):
    from quartet.editor.loop import EventLoop

    async def everything():
        limits = {"start_to_close": 0.5, "cancel_grace": 0.3}
        graph = drawn(
            a=("tells", {}), b=("big", {}), c=("spins_in_c", {"limits": limits}), d=("prints", {}), e=("dies", {}),
            f=("sleeps_deaf", {"limits": limits}),
        )  # fmt: skip
        graph.limits = RunLimits(max_concurrency=2)
        graph.agents["b"] = graph.agents["b"].model_copy(
            update={"config": function("big", arguments={"size": 3_000_000})}
        )
        found = await play(graph, "processes", "exit")
        await asyncio.sleep(0)
        return found

    with EventLoop(qapp) as loop:
        state, events = loop.run_until_complete(everything())
    assert [state.agents[name].status for name in "abcdef"] == [
        "succeeded", "succeeded", "timed_out", "succeeded", "failed", "timed_out",
    ]  # fmt: skip
    assert len(state.agents["b"].value) == 3_000_000
    assert not of(events, "attempt.abandoned")
