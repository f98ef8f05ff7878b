"""What every executor promises: each is tested by a class that inherits these and has a fixture `executor`.

A cluster would be one more of them.
"""

import asyncio

import pytest

from agents.agent_calls import Told, call, until
from quartet.agents.calls import Calls, Handoff, Request, Result, Value, Wait
from quartet.engine.activation import failure_of

HERE = "engine.agents_at_work"


def function(name: str, **config):
    """The config of an agent that runs this function of `agents_at_work`."""
    return {"function": f"{HERE}:{name}", **config}


async def execute(executor, name: str, value=None, told: Told | None = None, /, **fields):
    """One execution of that function."""
    config = function(name, **fields.pop("config", {}))
    return await executor.run(call("python", value, config=config, **fields), Told() if told is None else told)


async def failure(executor, name: str, value=None, told: Told | None = None, /, **fields):
    """How that execution fails."""
    with pytest.raises(BaseException) as raised:
        await execute(executor, name, value, told, **fields)
    assert not isinstance(raised.value, asyncio.CancelledError | AssertionError)
    return failure_of(raised.value)


class ExecutorContract:
    """The promises."""

    @pytest.mark.parametrize("name", ["double", "double_later"])
    async def test_it_gives_what_the_agent_gives(self, executor, name):
        assert await execute(executor, name, 21) == Value(42)
        assert await execute(executor, name, "ab") == Value("abab")

    async def test_any_kind_is_carried_out_by_its_config(self, executor):
        given = call("template", "bees", config={"text": "on {{ value }}"})
        assert await executor.run(given, Told()) == Value("on bees")

    async def test_the_agent_sees_the_whole_call(self, executor):
        fields = {"inputs": {"a": [1]}, "context": {"c": None}, "details": {"page": 3}, "visit": 2, "attempt": 4}
        answer = await execute(executor, "given", "x", **fields)
        assert answer == Value(["run-1", "me", "run-1/me/1", 4, {"a": [1]}, {"c": None}, {"page": 3}, 2])

    async def test_the_agent_sees_the_environment_of_the_program(self, executor, monkeypatch):
        monkeypatch.setenv("QUARTET_TEST_KEY", "secret")
        assert await execute(executor, "variable", "QUARTET_TEST_KEY") == Value("secret")

    async def test_what_it_tells_comes_before_its_answer_and_in_order(self, executor):
        told = Told()
        assert await execute(executor, "tells", 0, told) == Value("done")
        await until(lambda: len(told) == 3)
        assert told == [
            ("output", {"text": "one "}), ("output", {"text": "two"}), ("heartbeat", {"details": {"at": 2}}),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "gives"),
        [
            ("hands_off", Handoff("billing", {"amount": 5}, {"customer": 7})),
            ("calls", Calls((Request("1", "delegate_to_writer", {"task": 5}),), {"so": "far"})),
            ("waits", Wait("Publish?", {"draft": 5})),
        ],
    )
    async def test_it_may_ask_the_engine_for_more(self, executor, name, gives):
        assert await execute(executor, name, 5) == gives

    async def test_a_continuation_has_its_state_and_results(self, executor):
        results = (Result("1", "delegate_to_writer", "text"), Result("2", "post", None, "refused"))
        answer = await execute(executor, "continues", 5, state={"so": "far"}, results=results)
        assert answer == Value([{"so": "far"}, [["1", "text", None], ["2", None, "refused"]]])

    @pytest.mark.parametrize(
        ("name", "text", "type", "retryable", "after"),
        [
            ("fails", "no such customer", "LookupError", False, None),
            ("breaks_off", "reset by peer", "ConnectionResetError", True, None),
            ("explains", "busy", "RateLimited", True, 7.5),
        ],
    )
    async def test_what_it_raises_keeps_its_name_and_whether_another_try_may_help(
        self, executor, name, text, type, retryable, after
    ):
        found = await failure(executor, name)
        assert (found.message, found.type, found.retryable, found.retry_after) == (text, type, retryable, after)
        assert found.reason == "error"

    async def test_where_it_raised_is_told_without_our_own_calls(self, executor):
        found = await failure(executor, "fails")
        assert found.trace.splitlines()[-1].startswith("agents_at_work.py, line ")
        assert ", in fails: raise LookupError" in found.trace.splitlines()[-1]
        assert "quartet" not in found.trace

    @pytest.mark.parametrize("error", ["SystemExit", "KeyboardInterrupt", "BaseException"])
    async def test_what_would_end_a_program_is_a_failure_of_the_agent(self, executor, error):
        found = await failure(executor, "stops_the_program", error)
        assert (found.type, found.retryable) == (error, False)
        assert found.message == f"the agent raised {error} itself"

    @pytest.mark.parametrize("name", ["no_json", "circle", "not_a_number"])
    async def test_what_is_not_json_is_a_failure(self, executor, name):
        found = await failure(executor, name)
        assert (found.type, found.retryable) == ("JSONError", False)

    async def test_any_text_comes_through(self, executor):
        assert await execute(executor, "odd_texts") == Value(["\ud800 half", "a\nb\x00c", "ünï → 🐝", {"": None}])

    async def test_endless_recursion_is_a_failure(self, executor):
        assert (await failure(executor, "recursion")).type == "RecursionError"

    async def test_kinds_and_configs_that_nobody_knows_are_refused(self, executor):
        with pytest.raises(Exception, match="knows no agent kind “martian”") as raised:
            await executor.run(call("martian"), Told())
        assert failure_of(raised.value).type == "UnknownKind"
        with pytest.raises(Exception) as raised:
            await executor.run(call("python", config={"function": "no path"}), Told())
        assert failure_of(raised.value)[1:3] == ("Settings", False)

    async def test_many_at_once_each_get_their_own_answer(self, executor):
        answers = await asyncio.gather(*(execute(executor, "double", n) for n in range(50)))
        assert answers == [Value(2 * n) for n in range(50)]

    async def test_a_cancelled_agent_tidies_up_before_the_cancellation_is_over(self, executor, tmp_path):
        told, path = Told(), tmp_path / "tidied"
        running = asyncio.create_task(execute(executor, "tells_and_waits", str(path), told, grace=60))
        await until(lambda: told)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert path.read_text() == "tidied up"
        assert await execute(executor, "double", 2) == Value(4), "the executor goes on"

    async def test_an_agent_that_leaves_tasks_behind_is_done(self, executor):
        assert await execute(executor, "leaves_tasks") == Value("left two")

    async def test_a_large_result_comes_through(self, executor):
        answer = await execute(executor, "big", 5_000_000)
        assert answer == Value("x" * 5_000_000)

    async def test_it_can_be_started_again_after_it_was_closed(self, executor):
        await execute(executor, "double", 1)
        await executor.close()
        await executor.start()
        assert await execute(executor, "double", 1) == Value(2)
