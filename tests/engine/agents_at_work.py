"""Functions that `python` agents of the engine's tests run: some work, most misbehave in one way each."""

import asyncio
import contextlib
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

from quartet.agents.calls import AgentError, Calls, Handoff, Request, Wait


def double(value):
    return value * 2


async def double_later(value):
    await asyncio.sleep(0)
    return value * 2


def given(value, call):
    return [call.run, call.agent, call.key, call.attempt, call.inputs, call.context, call.details, call.visit]


def variable(value):
    return os.environ.get(value)


def where(value=None):
    return os.getpid()


def tells(value, emit):
    emit("output", {"text": "one "})
    emit("output", {"text": "two"})
    emit("heartbeat", {"details": {"at": 2}})
    return "done"


async def tells_and_waits(value, emit):
    emit("note", {"text": "waiting"})
    try:
        await asyncio.get_running_loop().create_future()
    except asyncio.CancelledError:
        pathlib.Path(value).write_text("tidied up")
        raise


def tells_nonsense(value, emit):
    for kind, data in (
        ("output", {"text": {1}}), ("finished", {}), ("waiting", {}), ("output", "text"), ("note", {"text": 1}),
        ("heartbeat", {"details": {1}}),
    ):  # fmt: skip
        try:
            emit(kind, data)
        except TypeError:
            continue
        return f"{kind} was taken"
    return "refused"


def hands_off(value):
    return Handoff("billing", {"amount": value}, {"customer": 7})


def calls(value):
    return Calls((Request("1", "delegate_to_writer", {"task": value}),), {"so": "far"})


def waits(value):
    return Wait("Publish?", {"draft": value})


def continues(value, call):
    return [call.state, [[result.id, result.value, result.error] for result in call.results]]


def fails(value):
    raise LookupError("no such customer")


def breaks_off(value):
    raise ConnectionResetError("reset by peer")


def explains(value):
    raise AgentError("busy", type="RateLimited", retry_after=7.5)


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError("not even that")


def unspeakable(value):
    raise Unspeakable


def stops_the_program(value):
    raise {"SystemExit": SystemExit, "KeyboardInterrupt": KeyboardInterrupt, "BaseException": BaseException}[value]


def no_json(value):
    return {"thing": object()}


def circle(value):
    found = []
    found.append(found)
    return found


def not_a_number(value):
    return [float("inf")]


def odd_texts(value):
    return ["\ud800 half", "a\nb\x00c", "ünï → 🐝", {"": None}]


def deep(levels):
    found = []
    for _ in range(levels):
        found = [found]
    return found


def recursion(value):
    return recursion(value)


def big(value, size=0):
    size = size or value
    return "x" * size


def prints(value):
    print("to standard output")
    print("to standard error", file=sys.stderr)
    os.write(1, b"straight to descriptor 1\n")
    subprocess.run([sys.executable, "-c", "print('from a program it started')"], check=True)
    print("no end of line", end="")
    return sys.stdin.read()


def prints_without_end(value):
    for number in range(20_000):
        print("line", number, "x" * 50)
    sys.stdout.write("y" * 1_000_000)
    return "done"


def streams(value, emit):
    number = 0
    while True:
        emit("output", {"text": f"{number} "})
        number += 1


async def streams_politely(value, emit):
    """On the loop nothing can be stopped that never lets go of it."""
    number = 0
    while True:
        emit("output", {"text": f"{number} "})
        number += 1
        await asyncio.sleep(0)


async def deaf_to_cancellation(value):
    end = time.monotonic() + 2
    while time.monotonic() < end:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0.05)
    return "undone"


async def waits_long(value, emit):
    emit("note", {"text": "waiting"})
    await asyncio.sleep(1_000)


async def ticks(value):
    """How often the loop comes round in a second."""
    found, end = 0, time.monotonic() + 1
    while time.monotonic() < end:
        await asyncio.sleep(0.01)
        found += 1
    return found


def length(value):
    return len(value)


def spins(value, emit):
    emit("note", {"text": "begun"})
    while True:
        pass


def spins_in_c(value, emit):
    emit("note", {"text": "begun"})
    return sum(range(10**14))


def sleeps(value, emit):
    emit("note", {"text": "begun"})
    time.sleep(1_000)


def naps(value):
    time.sleep(value)


def sleeps_deaf(value, emit):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    emit("note", {"text": "begun"})
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            time.sleep(1_000)


def tidies_up(value, emit):
    emit("note", {"text": "begun"})
    try:
        time.sleep(1_000)
    except KeyboardInterrupt:
        pathlib.Path(value).write_text("tidied up")
        raise


def dies(value):
    if value == "exit":
        os._exit(3)
    elif value == "segfault":
        ctypes.string_at(0)
    elif value == "abort":
        os.abort()
    elif value == "line":
        os.closerange(0, 256)
        time.sleep(1_000)
    elif value == "garbage":
        for descriptor in range(3, 30):
            try:
                os.write(descriptor, b"\x00\x00\x00\x05hello")
            except OSError:
                continue
        time.sleep(1_000)
    else:
        os.kill(os.getpid(), getattr(signal, value))
        time.sleep(1_000)


def dies_once(path):
    if not os.path.exists(path):
        pathlib.Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "survived"


def forks(value):
    """Both go on and answer; only one was asked."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return "the parent"
    return "the child"


def forks_and_dies(value):
    """The fork keeps every line open, and nobody else is left."""
    if os.fork():
        time.sleep(0.1)
        os._exit(5)
    time.sleep(1_000)


def leaves(value):
    """Leaves running what `value` says, and tells which processes those are."""
    found = [os.getpid()]
    if value == "thread":
        threading.Thread(target=time.sleep, args=(1_000,)).start()
    elif value == "process":
        found.append(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"]).pid)
    return found


async def leaves_tasks(value):
    async def for_ever():
        await asyncio.sleep(1_000)

    async def deaf():
        for _ in range(3):
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue

    left = [asyncio.ensure_future(for_ever()), asyncio.ensure_future(deaf())]
    await asyncio.sleep(0)
    assert not any(task.done() for task in left)
    return "left two"


def takes(megabytes):
    block = bytearray(megabytes * 1_000_000)
    for at in range(0, len(block), 4096):
        block[at] = 1
    return len(block)


def takes_ever_more(value):
    found = []
    while True:
        found.append("x" * 1_000_000)


def answers_much(megabytes):
    return [0] * (megabytes * 1_000_000 // 2)


def works(value):
    """So many seconds of pure computing."""
    end = time.process_time() + value
    number = 0
    while time.process_time() < end:
        number += sum(json.loads(json.dumps(list(range(100)))))
    return number > 0


def counts(value):
    """An amount of pure computing that does not depend on who else is at work."""
    found = 0
    for number in range(value):
        found += number % 7
    return found
