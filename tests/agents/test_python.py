"""`python` agents: functions by import path, in threads or on the loop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError

from agents import functions_to_call
from agents.agent_calls import Told, execute, until
from quartet.agents import kinds
from quartet.agents.calls import AgentError, Handoff, Value
from quartet.agents.python import PythonConfig

HERE = "agents.functions_to_call"


@pytest.mark.parametrize(
    ("function", "arguments", "gives"),
    [
        ("upper", {}, "AB"),
        ("upper_async", {}, "AB"),
        ("repeated", {"times": 2}, "abab!"),
        ("repeated", {"times": 1, "mark": "?"}, "ab?"),
        ("nothing", {}, "called with nothing"),
        ("Tools.shout", {}, "ab!!"),
        ("structured", {}, {"x": 1, "y": [2, 3]}),
        ("which_thread", {}, f"{HERE}:which_thread"),
    ],
)
async def test_a_function_is_called_with_the_value(function: str, arguments: dict[str, Any], gives: Any) -> None:
    config = {"function": f"{HERE}:{function}", "arguments": arguments}
    assert await execute("python", config, value="ab") == Value(gives)


async def test_a_function_of_the_standard_library_needs_no_signature() -> None:
    assert await execute("python", {"function": "json:dumps", "arguments": {"indent": None}}, value=[1]) == Value("[1]")
    assert await execute("python", {"function": "builtins:len"}, value=[1, 2]) == Value(2)


async def test_a_function_may_ask_for_the_call_and_answer_as_an_agent() -> None:
    told = Told()
    answer = await execute("python", {"function": f"{HERE}:hand_over"}, told, value="x", visit=3)
    await until(lambda: told)
    assert answer == Handoff("billing", "x")
    assert told == [("note", {"text": "visit 3"})]


async def test_what_the_function_raises_passes_as_it_is() -> None:
    with pytest.raises(LookupError, match="no such customer"):
        await execute("python", {"function": f"{HERE}:fails"})
    with pytest.raises(RuntimeError, match="StopIteration"):
        await execute("python", {"function": f"{HERE}:stops"})


@pytest.mark.parametrize(
    ("function", "says", "type"),
    [
        ("no_such_package_of_ours:f", "no module “no_such_package_of_ours”", "ImportError"),
        (f"{HERE}.deeper:f", "no module", "ImportError"),
        (f"{HERE}:missing", "has no “missing”", "ImportError"),
        (f"{HERE}:number", "not a function", "ImportError"),
        (f"{HERE}:no_json", "gave a object, which is not JSON", "JSONError"),
        (f"{HERE}:not_a_number", "gave nan", "JSONError"),
    ],
)
async def test_what_cannot_work_says_why_and_is_not_tried_again(function: str, says: str, type: str) -> None:
    with pytest.raises(AgentError, match=says) as raised:
        await execute("python", {"function": function})
    assert (raised.value.type, raised.value.retryable) == (type, False)


async def test_a_blocking_function_leaves_the_loop_free_and_a_second_cancellation_gives_it_up() -> None:
    functions_to_call.entered.clear()
    functions_to_call.leave.clear()
    running = asyncio.create_task(execute("python", {"function": f"{HERE}:blocks"}))
    await until(functions_to_call.entered.is_set)
    running.cancel()
    for _ in range(5):
        await until(lambda: True)
        turn = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(turn.set_result, None)
        await turn
    assert not running.done(), "the thread still runs: whoever cancelled must not think otherwise"
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    functions_to_call.leave.set()


async def test_a_cancelled_function_that_ends_ends_the_attempt_as_cancelled() -> None:
    functions_to_call.entered.clear()
    functions_to_call.leave.clear()
    running = asyncio.create_task(execute("python", {"function": f"{HERE}:blocks"}))
    await until(functions_to_call.entered.is_set)
    running.cancel()
    functions_to_call.leave.set()
    with pytest.raises(asyncio.CancelledError):
        await running


@pytest.mark.parametrize(
    "function", ["", "os", "os:", ":system", "os:system()", "os;import sys:f", "os.system", "../x:f", "a b:c", "1a:b"]
)
def test_a_path_that_is_none_is_refused(function: str) -> None:
    with pytest.raises(ValidationError):
        PythonConfig.model_validate({"function": function})


def test_it_says_what_would_run_and_is_not_repeatable() -> None:
    kind = kinds.find("python")
    assert kind is not None
    config = PythonConfig.model_validate({"function": "shutil:rmtree", "arguments": {"ignore_errors": True}})
    assert kind.surface(config) == ["runs shutil:rmtree(ignore_errors=True)"]
    assert not kind.repeatable(config)
    assert config.essence() == "shutil:rmtree"


@pytest.mark.parametrize("more", [{"runs_in": "program"}, {"function": "__main__:f"}])
def test_only_a_process_of_its_own_can_have_a_memory_limit(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="only a process of its own"):
        PythonConfig.model_validate({"function": "a:b", "memory_limit": 100, **more})
    with pytest.raises(ValidationError):
        PythonConfig.model_validate({"function": "a:b", "memory_limit": 63})


def test_it_says_where_it_runs() -> None:
    apart = PythonConfig.model_validate({"function": "a:b", "memory_limit": 100}).process()
    assert apart is not None and apart.memory == 100
    assert PythonConfig.model_validate({"function": "a:b", "runs_in": "program"}).process() is None
