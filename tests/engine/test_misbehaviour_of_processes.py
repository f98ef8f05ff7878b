"""Agents that do their worst in a process of the pool: each ends as stated, and the pool goes on."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time

import pytest

from agents.agent_calls import Told, until
from engine.executor_contract import execute, failure
from quartet.agents.calls import AgentError, Value
from quartet.engine.processes import ProcessExecutor
from quartet.engine.processes.printed import LONGEST, MOST_LINES

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture
async def pool():
    made = ProcessExecutor(1)
    await made.start()
    yield made
    assert await execute(made, "double", 1) == Value(2), "the pool goes on"
    processes = [process.pid for process in made._processes]
    await made.close()
    assert not any(alive(pid) for pid in processes)
    assert not made._processes


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not yet looked at does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        if sys.platform == "linux":
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def only(pool):
    """The one process of the pool."""
    return (await execute(pool, "where")).value


async def begun(pool, name, value=None, *, grace):
    """An execution that says that it has begun, and has."""
    told = Told()
    running = asyncio.create_task(execute(pool, name, value, told, grace=grace))
    await until(lambda: told)
    await asyncio.sleep(0.02)
    return running


async def cancelled(pool, name, value=None, *, grace):
    """Cancel an execution that has begun; the seconds until it was over."""
    running = await begun(pool, name, value, grace=grace)
    start = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    return time.monotonic() - start


# ---------------------------------------------------------------------- warm processes


async def test_nothing_is_started_before_it_is_needed_and_one_process_does_one_thing_after_another():
    made = ProcessExecutor(4)
    await made.start()
    assert not made._processes
    first = await only(made)
    assert first != os.getpid()
    assert [await only(made) for _ in range(5)] == [first] * 5
    await made.close()


async def test_no_more_processes_than_places_and_who_waits_is_told_so():
    made, told = ProcessExecutor(2), [Told() for _ in range(6)]
    found = await asyncio.gather(*(execute(made, "works", 0.01, each) for each in told))
    assert found == [Value(True)] * 6
    assert len(made._processes) == 2
    assert [list(each) for each in told] == [[]] * 2 + [[("waiting", {"limit": 2}), ("begun", {})]] * 4
    await made.close()


async def test_who_is_cancelled_while_it_waits_takes_nobodys_place(pool):
    running = asyncio.create_task(execute(pool, "sleeps", grace=0))
    told = Told()
    waiting = asyncio.create_task(execute(pool, "double", 1, told))
    next = asyncio.create_task(execute(pool, "double", 2))
    await until(lambda: told)
    waiting.cancel()
    running.cancel()
    assert await next == Value(4)
    assert [task.cancelled() for task in (waiting, running)] == [True, True]


async def test_a_place_passes_over_who_was_cancelled_in_the_same_moment(pool):
    running, told = await begun(pool, "sleeps", grace=0), [Told(), Told()]
    waiting, next = (asyncio.create_task(execute(pool, "double", 1, each)) for each in told)
    await until(lambda: all(told))
    waiting.cancel()
    pool._busy += 1
    pool._leave_place()  # somebody leaves before the cancelled task gets a turn
    running.cancel()
    assert await next == Value(2)
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert pool._busy == 0


async def test_who_is_cancelled_in_the_moment_it_gets_its_place_gives_it_on(pool):
    running = asyncio.create_task(execute(pool, "double", 1))
    told = Told()
    waiting = asyncio.create_task(execute(pool, "double", 1, told))
    await until(lambda: told)
    while not pool._waiting[0].done():
        await asyncio.sleep(0)
        if running.done():
            break
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    await running
    assert pool._busy == 0


async def test_a_failure_keeps_the_process(pool):
    first = await only(pool)
    for name in ("fails", "recursion", "unspeakable", "no_json"):
        await failure(pool, name)
    await failure(pool, "stops_the_program", "SystemExit")
    assert await only(pool) == first


async def test_an_exception_that_cannot_be_told_is_named(pool):
    assert (await failure(pool, "unspeakable")).message == "Unspeakable"


# ---------------------------------------------------------------------- lost


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("exit", "it ended by itself, with exit code 3"),
        ("segfault", "it crashed (SIGSEGV)"),
        ("abort", "it crashed (SIGABRT)"),
        ("SIGKILL", "it was killed (SIGKILL)"),
        ("SIGTERM", "it was killed (SIGTERM)"),
        ("line", "it closed the line that leads to Quartet"),
        ("garbage", "it wrote on the line that leads to Quartet"),
    ],
)
async def test_a_process_that_ends_takes_its_execution_along_and_no_other(pool, how, says):
    found = await failure(pool, "dies", how)
    assert (found.type, found.retryable, found.reason) == ("WorkerLost", True, "lost")
    assert found.message == f"the process it ran in is gone: {says}"
    assert len(pool._processes) == 0


async def test_a_process_killed_from_outside_while_it_rests_is_replaced(pool):
    first = await only(pool)
    os.kill(first, 9)
    await until(lambda: not pool._processes)
    assert await only(pool) != first


async def test_what_crashes_says_where(pool):
    told = Told()
    await failure(pool, "dies", "segfault", told)
    assert any("agents_at_work.py" in data["text"] for data in told.of("note"))


async def test_one_that_was_killed_while_nobody_looked_takes_nothing_along(pool):
    first = await only(pool)
    os.kill(first, 9)
    time.sleep(0.2)  # the loop hears nothing of it
    assert await execute(pool, "double", 3) == Value(6)


async def test_a_fork_that_answers_too_does_not_count(pool):
    assert await execute(pool, "forks") == Value("the parent")


@linux
async def test_a_fork_that_holds_the_line_does_not_hide_the_end_and_ends_too(pool):
    found = await failure(pool, "forks_and_dies")
    assert found.message.endswith("exit code 5")


# ---------------------------------------------------------------------- stopped


@pytest.mark.parametrize("name", ["spins", "sleeps"])
async def test_an_agent_that_can_be_interrupted_ends_at_once(pool, name):
    assert await cancelled(pool, name, grace=60) < 10


async def test_it_may_tidy_up(pool, tmp_path):
    path = tmp_path / "tidied"
    await cancelled(pool, "tidies_up", str(path), grace=60)
    assert path.read_text() == "tidied up"


@pytest.mark.parametrize("name", ["spins_in_c", "sleeps_deaf"])
async def test_what_cannot_be_interrupted_is_killed_before_its_grace_is_over(pool, name):
    assert 0.3 < await cancelled(pool, name, grace=0.5) < 10


async def test_without_a_grace_it_is_killed_at_once(pool):
    assert await cancelled(pool, "sleeps_deaf", grace=0) < 10


async def test_nothing_is_heard_of_what_was_given_up(pool):
    told = Told()
    running = asyncio.create_task(execute(pool, "streams", 0, told, grace=60))
    await until(lambda: len(told) > 100)
    running.cancel()
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    heard = len(told)
    await until(lambda: not pool._processes)
    assert len(told) == heard


async def test_a_second_cancellation_kills_at_once(pool):
    running = await begun(pool, "sleeps_deaf", grace=600)
    running.cancel()
    await asyncio.sleep(0.05)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await until(lambda: not pool._processes)


async def test_what_was_interrupted_is_never_used_again(pool):
    first = await only(pool)
    await cancelled(pool, "sleeps", grace=60)
    assert await only(pool) != first


async def test_a_closed_pool_starts_nothing():
    made = ProcessExecutor(1)
    await made.close()
    assert (await failure(made, "double", 1)).message == "the run is over, and its processes with it"
    assert not made._processes


async def test_closing_ends_what_still_runs():
    made = ProcessExecutor(1)
    running = await begun(made, "sleeps_deaf", grace=600)
    pid = next(iter(made._processes)).pid
    await made.close()
    assert not alive(pid)
    with pytest.raises(Exception, match="it was ended"):
        await running


# ---------------------------------------------------------------------- left behind


@pytest.mark.parametrize("what", ["thread", "process"])
async def test_what_an_agent_leaves_running_ends_with_its_process(pool, what):
    pids = (await execute(pool, "leaves", what)).value
    assert await only(pool) not in pids
    await until(lambda: not any(alive(pid) for pid in pids))


async def test_who_leaves_nothing_keeps_the_process(pool):
    assert (await execute(pool, "leaves", "nothing")).value == [await only(pool)]


@linux
@pytest.mark.parametrize("busy", [False, True])
def test_when_the_program_is_killed_its_processes_end(busy, tmp_path):
    path = tmp_path / "pid"
    code = (
        "import asyncio, pathlib, sys\n"
        "from engine.executor_contract import execute\n"
        "from quartet.engine.processes import ProcessExecutor\n"
        "async def main():\n"
        "    pool = ProcessExecutor(1)\n"
        "    await execute(pool, 'where')\n"
        f"    pathlib.Path({str(path)!r}).write_text(str(next(iter(pool._processes)).pid))\n"
        f"    await (execute(pool, 'spins') if {busy} else asyncio.sleep(1000))\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as program:
        end = time.monotonic() + 60
        while not (path.exists() and path.read_text()) and time.monotonic() < end:
            time.sleep(0.01)
        pid = int(path.read_text())
        assert alive(pid)
        time.sleep(0.1)
        program.kill()
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not alive(pid)


# ---------------------------------------------------------------------- much of it


@linux
@pytest.mark.parametrize(("name", "value"), [("takes", 400), ("takes_ever_more", None), ("big", 300_000_000)])
async def test_who_takes_more_memory_than_its_limit_fails_and_the_limit_is_named(pool, name, value):
    found = await failure(pool, name, value, config={"memory_limit": 200})
    assert found.message == "it needed more memory than its limit of 200 MB"
    assert (found.type, found.retryable) == ("MemoryError", False)


@linux
async def test_a_memory_limit_holds_for_its_execution_only(pool):
    assert await execute(pool, "takes", 50, config={"memory_limit": 200}) == Value(50_000_000)
    assert await execute(pool, "takes", 300) == Value(300_000_000)


@linux
async def test_a_process_that_is_lost_says_that_it_had_a_memory_limit(pool):
    found = await failure(pool, "dies", "abort", config={"memory_limit": 200})
    assert found.message.endswith("; its memory limit is 200 MB")


@pytest.mark.endure
async def test_a_result_that_is_too_large_is_refused_where_it_is_made(pool):
    found = await failure(pool, "big", 256_000_001)
    assert found.message == "the agent's result is too large: it has 256 MB, and 256 MB is the most that can be sent"
    assert (found.type, found.retryable) == ("TooLarge", False)


@pytest.mark.parametrize("levels", [10_000, 100_000])
async def test_a_result_nested_too_deeply_is_a_failure(pool, levels):
    assert (await failure(pool, "deep", levels)).type in ("JSONError", "NotJSON")


async def test_between_deep_and_too_deep_nothing_is_lost(pool):
    for levels in range(900, 1_000, 4):
        try:
            answer = await execute(pool, "deep", levels)
        except AgentError as error:
            assert error.type in ("JSONError", "NotJSON", "RecursionError")
        else:
            assert isinstance(answer, Value)


async def test_what_the_engine_refuses_to_hear_fails_the_agent(pool):
    def refuse(kind, data):
        raise TypeError("no usage")

    found = await failure(pool, "streams", 0, refuse)
    assert (found.message, found.type, found.retryable) == ("no usage", "TypeError", False)


async def test_an_input_that_cannot_be_sent_is_a_failure(pool):
    value = []
    for _ in range(100_000):
        value = [value]
    found = await failure(pool, "double", value)
    assert (found.type, found.retryable) == ("NotJSON", False)


async def test_what_it_prints_is_noted_and_breaks_nothing(pool):
    told = Told()
    assert await execute(pool, "prints", 0, told) == Value("")
    assert sorted(data["text"] for data in told.of("note")) == [
        "from a program it started", "no end of line", "straight to descriptor 1", "to standard error",
        "to standard output",
    ]  # fmt: skip
    later = Told()
    await execute(pool, "double", 1, later)
    assert not later


async def test_what_it_prints_without_end_is_cut(pool):
    told = Told()
    assert await execute(pool, "prints_without_end", 0, told) == Value("done")
    notes = told.of("note")
    assert len(notes) == MOST_LINES + 1
    assert notes[-1] == {"text": f"It prints more than {MOST_LINES} lines; the rest is not kept."}
    assert max(len(note["text"]) for note in notes) <= LONGEST + 1


async def test_who_never_stops_streaming_waits_for_its_reader_and_is_stopped(pool):
    told = Told()
    running = asyncio.create_task(execute(pool, "streams", 0, told, grace=5))
    await until(lambda: len(told) > 2_000)
    process = next(iter(pool._processes))
    time.sleep(0.3)  # nobody reads: the agent can write no more than a pipe holds
    before = len(told)
    process._read()
    assert len(told) - before < 5_000
    assert len(process._frames._buffer) < 1 << 17
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    numbers = [int(data["text"]) for data in told.of("output")]
    assert numbers == list(range(len(numbers))), "in order, none lost"


async def test_it_may_tell_only_what_agents_tell(pool):
    told = Told()
    assert await execute(pool, "tells_nonsense", 0, told) == Value("refused")
    assert not told
