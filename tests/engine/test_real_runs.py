"""Runs in real time, with agents that execute: on the loop, in threads, in the editor, and some that misbehave."""

import asyncio
import contextlib
import doctest
import sys
import threading
import time
from itertools import pairwise

import pytest

from counting import growth
from quartet.agents.calls import AgentError, Handoff, Value, Wait
from quartet.agents.kinds import Config, Kind, _kinds, register
from quartet.engine import Refused, RunState, run
from quartet.engine.executors import LocalExecutor
from quartet.engine.invariants import violations
from quartet.graph.model import Agent, Edge, Graph, RunLimits


class Free(Config):
    """Any settings."""

    value: object = None


@pytest.fixture
def kind():
    """Adds agent kinds for one test."""
    added = []

    def add(name: str, execute) -> None:
        register(Kind(name, name, "", "circle", Free, execute))
        added.append(name)

    yield add
    for name in added:
        del _kinds[name]


def graph(*kinds: str, **fields) -> Graph:
    """A chain of agents a, b, c … of these kinds; fields are for the first."""
    names = "abcdefgh"[: len(kinds)]
    drawn = Graph()
    for n, (name, kind_name) in enumerate(zip(names, kinds, strict=True)):
        drawn.agents[name] = Agent(id=name, kind=kind_name, name=name, **(fields if n == 0 else {}))
    for left, right in pairwise(names):
        drawn.edges[left + right] = Edge(id=left + right, source=left, target=right)
    return drawn


async def play(drawn: Graph, input=None, **options) -> tuple[RunState, list]:
    events = []
    async with run(drawn, input, **options) as r:
        async for event in r:
            events.append(event)
        state = r.state
    assert not (found := violations(events, drawn)), found
    return state, events


async def test_coroutines_run_on_the_loop(kind):
    async def double(config, call, emit):
        await asyncio.sleep(0)
        emit("output", {"text": "…"})
        return Value(call.value * 2)

    kind("double", double)
    state, events = await play(graph("double", "double"), 5)
    assert state.output == 20
    assert state.agents["a"].text == "…"
    assert [e.type for e in events if e.type == "attempt.output"] == ["attempt.output"] * 2


async def test_synchronous_functions_never_run_on_the_loop(kind):
    seen = []

    def work(config, call, emit):
        emit("note", {"text": "at work"})
        time.sleep(0.05)
        seen.append(threading.current_thread() is threading.main_thread())
        return Value("done")

    kind("sync", work)
    state, events = await play(graph("sync"))
    assert state.output == "done"
    assert seen == [False]
    assert "attempt.note" in [e.type for e in events]


async def test_a_thread_that_ignores_its_time_limit_is_abandoned_and_keeps_nobody(kind):
    release, late = threading.Event(), []

    def stuck(config, call, emit):
        release.wait(60)
        late.append(call.agent)
        return Value("too late")

    kind("stuck", stuck)
    drawn = graph("stuck", limits={"start_to_close": 0.05, "cancel_grace": 0.05}, retry={"max_attempts": 1})
    state, events = await play(drawn)
    assert not late, "nobody waited for it"
    assert state.status == "failed"
    assert "attempt.abandoned" in [e.type for e in events]
    release.set()


async def test_an_agent_that_raises_what_ends_programs_only_fails(kind):
    for error in (KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError, BaseException):

        async def bad(config, call, emit, error=error):
            await asyncio.sleep(0)
            raise error

        name = f"bad_{error.__name__}"
        kind(name, bad)
        state, events = await play(graph(name))
        assert state.status == "failed"
        assert len([e for e in events if e.type == "attempt.started"]) == 1, "never retried"
        assert error.__name__ in next(e for e in events if e.type == "attempt.failed").data["type"]


async def test_its_own_time_out_error_is_an_ordinary_error(kind):
    async def late(config, call, emit):
        raise TimeoutError("inner")

    kind("late", late)
    state, events = await play(graph("late"))
    assert state.agents["a"].status == "failed"
    assert [e.data["type"] for e in events if e.type == "attempt.failed"] == ["TimeoutError"]


async def test_what_is_no_json_fails_and_says_so(kind):
    async def odd(config, call, emit):
        return Value({1, 2})

    kind("odd", odd)
    state, _ = await play(graph("odd", retry={"max_attempts": 1}))
    assert "not JSON" in state.agents["a"].error
    circle: list = []
    circle.append(circle)
    kind("circle", _returns(Value(circle)))
    kind("nan", _returns(Value(float("nan"))))
    kind("nothing", _returns(None))
    for name in ("circle", "nan", "nothing"):
        state, _ = await play(graph(name, retry={"max_attempts": 1}))
        assert state.status == "failed"


def _returns(answer):
    async def execute(config, call, emit):
        return answer

    return execute


async def test_branches_do_not_share_what_they_change(kind):
    async def spoil(config, call, emit):
        call.value["list"].append(call.agent)
        return Value(call.value)

    kind("spoil", spoil)
    kind("source", _returns(Value({"list": []})))
    drawn = graph("source", "spoil")
    drawn.agents["c"] = Agent(id="c", kind="spoil", name="c")
    drawn.edges["ac"] = Edge(id="ac", source="a", target="c")
    state, _ = await play(drawn)
    assert state.output == {"b": {"list": ["b"]}, "c": {"list": ["c"]}}


async def test_connection_errors_are_retried_wrong_values_are_not(kind):
    tries = {"connection": 0, "value": 0}

    async def connect(config, call, emit):
        tries["connection"] += 1
        if call.attempt == 1:
            raise ConnectionError("reset")
        return Value(1)

    async def wrong(config, call, emit):
        tries["value"] += 1
        raise ValueError("no")

    kind("connect", connect)
    kind("wrong", wrong)
    quick = {"initial_interval": 0.001}
    assert (await play(graph("connect", retry=quick)))[0].output == 1
    await play(graph("wrong", retry=quick))
    assert tries == {"connection": 2, "value": 1}


async def test_a_person_is_asked_and_holds_no_place(kind):
    async def ask(config, call, emit):
        return Value(call.results[0].value) if call.results else Wait("Publish?")

    kind("ask", ask)
    kind("other", _returns(Value("meanwhile")))
    drawn = graph("ask")
    drawn.agents["b"] = Agent(id="b", kind="other", name="b")
    drawn.limits = RunLimits(max_concurrency=1)
    async with run(drawn) as r:
        async for event in r:
            if event.type == "activation.finished" and event.agent == "b":
                assert r.state.agents["a"].status == "waiting"
                assert r.state.agents["a"].prompt == "Publish?"
                assert not r.answer("b", "nobody asked")
                assert r.answer("a", "yes")
        assert r.state.output == {"a": "yes", "b": "meanwhile"}


async def test_a_hand_off_by_name_reaches_the_drawn_agent(kind):
    kind("giver", _returns(Handoff("Billing desk", "pay", {"customer": 1})))

    async def taker(config, call, emit):
        return Value([call.value, call.context["customer"], call.context["history"][0]["name"], call.visit])

    kind("taker", taker)
    drawn = Graph()
    drawn.agents = {
        "a": Agent(id="a", kind="giver", name="Triage"),
        "b": Agent(id="b", kind="taker", name="Billing desk"),
    }
    drawn.edges = {"h": Edge(id="h", source="a", target="b", kind="handoff")}
    state, _ = await play(drawn)
    assert state.output == ["pay", 1, "Triage", 1]


async def test_leaving_early_cancels_everything(kind):
    cancelled = []

    async def wait(config, call, emit):
        emit("note", {"text": "here"})
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cancelled.append(call.agent)
            raise

    kind("wait", wait)
    drawn = graph("wait")
    drawn.agents["b"] = Agent(id="b", kind="wait", name="b")
    async with run(drawn) as r:
        async for event in r:
            if event.type == "attempt.note" and event.agent == "b":
                break
    assert r.finished
    assert sorted(cancelled) == ["a", "b"]


async def test_a_cancelled_program_takes_its_run_along(kind):
    begun, ended = asyncio.Event(), []

    async def wait(config, call, emit):
        begun.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.append(call.agent)

    kind("wait", wait)
    task = asyncio.create_task(play(graph("wait")))
    await begun.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert ended == ["a"]


def test_many_waiting_agents_are_cancelled_for_work_that_grows_with_them(kind):
    async def wait(config, call, emit):
        await asyncio.get_running_loop().create_future()

    kind("wait", wait)

    def started_and_cancelled(size):
        drawn = Graph(limits=RunLimits(max_concurrency=size))
        drawn.agents = {f"a{n}": Agent(id=f"a{n}", kind="wait", name=f"a{n}") for n in range(size)}

        async def go():
            waiting = 0
            async with run(drawn) as r:
                async for event in r:
                    waiting += event.type == "attempt.started"
                    if waiting == size:
                        r.cancel()
                return r.state

        def play_and_look():
            state = asyncio.run(go())
            assert {agent.status for agent in state.agents.values()} == {"cancelled"}

        return play_and_look

    assert growth(started_and_cancelled, 50, 400) < 16
    started_and_cancelled(1_000)()


async def test_a_blocked_loop_is_told(kind, monkeypatch):
    module = sys.modules[run.__module__]
    monkeypatch.setattr(module, "LAG_CHECK", 0.01)
    monkeypatch.setattr(module, "LAG_LIMIT", 0.1)

    async def block(config, call, emit):
        time.sleep(0.3)
        return Value(1)

    kind("block", block)

    async def rest(config, call, emit):
        for _ in range(50):
            await asyncio.sleep(0.01)
        return Value(2)

    kind("rest", rest)
    kind("elsewhere", rest)
    drawn = graph("block", "rest")
    drawn.agents["c"] = Agent(id="c", kind="elsewhere", name="c")
    apart = {"function": "time:sleep"}
    drawn.agents["d"] = Agent(id="d", kind="python", name="d", config=apart, limits={"start_to_close": 0.5})
    _, events = await play(drawn, 1_000)
    blocked = next(e for e in events if e.type == "engine.loop_blocked")
    assert blocked.data["lag"] >= 0.1
    assert blocked.data["agents"][:2] in (["a", "c"], ["a", "b"]), "the one that held the loop, and who was there too"
    assert "d" not in blocked.data["agents"], "who has a process of its own holds nobody up"


async def test_pausing_starts_nothing_new(kind):
    kind("quick", _returns(Value(1)))
    async with run(graph("quick", "quick")) as r:
        async for event in r:
            if event.type == "run.started":
                r.pause()
            if event.type == "run.paused":
                assert r.state.status == "paused"
                r.resume()
        assert r.state.status == "succeeded"


async def test_usage_is_counted(kind):
    async def spend(config, call, emit):
        emit("usage", {"input_tokens": 10, "output_tokens": 3, "requests": 1, "cost": 0.5})
        return Value(1)

    kind("spend", spend)
    state, _ = await play(graph("spend"))
    assert (state.agents["a"].input_tokens, state.agents["a"].output_tokens, state.agents["a"].cost) == (10, 3, 0.5)


async def test_what_cannot_run_is_refused_with_every_reason():
    drawn = graph("martian", "http")
    with pytest.raises(Refused) as refused:
        run(drawn)
    assert len(refused.value.problems) == 2
    assert "martian" in refused.value.problems[0]
    with pytest.raises(Refused, match="no agent"):
        run(Graph())


async def test_an_input_that_is_no_json_is_refused(kind):
    kind("quick", _returns(Value(1)))
    with pytest.raises(TypeError):
        run(graph("quick"), {1, 2})


async def test_an_error_of_the_engine_itself_is_raised_instead_of_hanging(kind, monkeypatch):
    kind("quick", _returns(Value(1)))
    r = run(graph("quick"))
    monkeypatch.setattr(r._s, "succeed", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        async with r:
            async for _ in r:
                pass


async def test_an_agents_error_can_be_told_with_type_and_pause(kind):
    async def busy(config, call, emit):
        if call.attempt < 2:
            raise AgentError("busy", type="RateLimited", retry_after=0.001)
        return Value(call.attempt)

    kind("busy", busy)
    state, events = await play(graph("busy"))
    assert state.output == 2
    assert [e.data["delay"] for e in events if e.type == "retry.scheduled"] == [0.001]


async def test_any_executor_can_take_the_calls():
    class Elsewhere(LocalExecutor):
        started = closed = 0

        async def start(self):
            self.started += 1

        async def run(self, call, emit):
            return Value(call.key)

        async def close(self):
            self.closed += 1

    elsewhere = Elsewhere()
    state, _ = await play(graph("template"), executor=elsewhere, run_id="r1")
    assert state.output == "r1/a/1"
    assert (elsewhere.started, elsewhere.closed) == (1, 1)


def test_the_same_on_the_editors_loop(qapp, kind):
    from quartet.editor.loop import EventLoop

    async def step(config, call, emit):
        await asyncio.sleep(0)
        return Value(call.value + 1)

    kind("step", step)
    with EventLoop(qapp) as loop:
        state, _ = loop.run_until_complete(play(graph("step", "step", "step"), 0))
    assert state.output == 3


def test_the_example_in_the_documentation_runs(tmp_path, monkeypatch):
    import quartet.engine

    monkeypatch.chdir(tmp_path)  # it keeps its journal where it runs
    assert doctest.testmod(quartet.engine) == (0, 8)
