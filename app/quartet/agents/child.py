"""The process in which agents execute that need one of their own: carries out calls, one after another.

It is started as a program of its own and talks to the engine over its standard input and output: frames of a length
(4 bytes, big-endian) and that many bytes of JSON. What the agents print goes to standard error, where the engine reads
it. In come `{"path"}` once, then a job at a time; out go `["tell", kind, data]`, and for each job in the end
`["answer", answer, left]` or `["failed", error, left]`; left says what the agent left running.

Only the standard library is imported before the first job says what else is needed.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import os
import queue
import signal
import struct
import sys
import threading
from typing import Any

JSON = Any
MOST = 256_000_000
"""Bytes of one frame."""
FLAG = "--agent-process"
"""The only argument with which the frozen program becomes this instead."""
LENGTH = struct.Struct(">I")


class Channel:
    """The two ends that lead to the engine, kept out of the way of what agents read and print."""

    def __init__(self) -> None:
        self._in, self._out = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(AttributeError, ValueError):
                stream.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self.jobs: queue.SimpleQueue[JSON] = queue.SimpleQueue()
        self._received = self.finished = 0
        threading.Thread(target=self._listen, name="quartet", daemon=True).start()

    def _listen(self) -> None:
        while (frame := self._read()) is not None:
            self._received += 1
            self.jobs.put(frame)
        if self._received > self.finished:
            # nobody waits for what is done here any more, and it might never end
            os.killpg(0, signal.SIGKILL)
        self.jobs.put(None)

    def _read(self) -> bytes | None:
        head = self._exactly(LENGTH.size)
        return self._exactly(LENGTH.unpack(head)[0]) if head else None

    def _exactly(self, size: int) -> bytes | None:
        found = bytearray()
        while len(found) < size:
            piece = os.read(self._in, min(size - len(found), 1 << 20))
            if not piece:
                return None
            found += piece
        return bytes(found)

    def send(self, content: bytes) -> None:
        """Send one frame; waits while the engine does not read."""
        if os.getpid() != self._owner:
            os._exit(1)  # a fork of the agent that came here must not speak for it
        rest = memoryview(LENGTH.pack(len(content)) + content)
        with self._lock:
            while rest:
                rest = rest[os.write(self._out, rest) :]


def encoded(message: JSON) -> bytes:
    """A message as the bytes of a frame.

    Raises:
        TypeError, ValueError, RecursionError: it is not JSON, or more than a frame holds.
    """
    content = json.dumps(message, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    if len(content) > MOST:
        raise ValueError(f"it has {len(content) / 1e6:,.0f} MB, and {MOST / 1e6:,.0f} MB is the most that can be sent")
    return content


class Job:
    """One execution: what it may tell, and how it ends."""

    def __init__(self, channel: Channel, job: dict[str, JSON]) -> None:
        self._channel, self._job = channel, job
        self._open = True
        self._memory: int | None = job["memory"]

    def carry_out(self) -> bytes:
        """Run the agent's function to its end; the frame that says how it ended, without what it left."""
        try:
            with limited(self._memory):
                try:
                    signal.signal(signal.SIGINT, signal.default_int_handler)
                    return self._answer()
                finally:
                    # nothing may interrupt what follows; an engine that interrupts ends this process anyway
                    signal.signal(signal.SIGINT, signal.SIG_IGN)
                    self._open = False
        except BaseException as error:  # noqa: BLE001  # whatever an agent raises is told, not suffered
            return self._failed(error)

    def _answer(self) -> bytes:
        from quartet.agents.calls import AgentError
        from quartet.agents.wire import answer_as_json, call_from_json

        config = self._job["call"]["config"]
        if self._job["model"] is not None:
            config = found(self._job["model"]).model_validate(config)
        answer = found(self._job["function"])(config, call_from_json(self._job["call"]), self.tell)
        if inspect.isawaitable(answer):
            import asyncio

            answer = asyncio.run(_awaited(answer))
        content = answer_as_json(answer)
        try:
            return encoded(["answer", content])
        except (TypeError, ValueError, RecursionError) as problem:
            text = f"the agent's result is not JSON: {problem}"
            if isinstance(problem, ValueError) and "MB is the most" in str(problem):
                raise AgentError(
                    f"the agent's result is too large: {problem}", type="TooLarge", retryable=False
                ) from None
            raise AgentError(text, type="NotJSON", retryable=False) from None

    def _failed(self, error: BaseException) -> bytes:
        from quartet.agents.calls import AgentError, explained

        try:
            told = explained(error)
        except Exception:  # noqa: BLE001  # an exception that cannot say what it is
            told = AgentError(type(error).__name__, type=type(error).__name__, retryable=False)
        if isinstance(error, MemoryError) and self._memory is not None:
            text = f"it needed more memory than its limit of {self._memory:,} MB"
            told = AgentError(text, type="MemoryError", retryable=False)
        text = str(told)[:100_000]
        return encoded(["failed", [text, told.type, told.retryable, told.retry_after, told.trace]])

    def tell(self, kind: str, data: dict[str, JSON]) -> None:
        """What the agent is given as `emit`.

        Raises:
            TypeError: nothing that can be told.
        """
        if not self._open:
            return
        from quartet.agents.calls import check_told

        check_told(kind, data)
        try:
            content = encoded(["tell", kind, data])
        except (TypeError, ValueError, RecursionError) as problem:
            raise TypeError(f"what the agent tells ({kind}) is not JSON: {problem}") from None
        self._channel.send(content)


async def _awaited(answer: Any) -> Any:
    return await answer


def found(path: str) -> Any:
    """What stands at `package.module:name`."""
    module, _, names = path.partition(":")
    thing: Any = importlib.import_module(module)
    for name in names.split("."):
        thing = getattr(thing, name)
    return thing


@contextlib.contextmanager
def limited(megabytes: int | None) -> Any:
    """Let this process and what it starts take so much memory (MB) at most."""
    if megabytes is None:
        yield
        return
    import resource

    # of what a process has for itself alone; address space that is only reserved costs nothing and is not counted
    which = resource.RLIMIT_DATA
    soft, hard = resource.getrlimit(which)
    wanted = megabytes * 1_000_000
    resource.setrlimit(which, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(which, (soft, hard))


def left_running(threads: int) -> list[str]:
    """What an agent left behind: threads beyond that many, processes."""
    left = []
    if threading.active_count() > threads:
        left.append("threads")
    if hasattr(os, "waitid"):
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            left.append("processes")
    return left


def main() -> None:
    """Carry out jobs until the engine closes the line."""
    import faulthandler

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel()
    faulthandler.enable()
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123  # pathlib takes 5 ms to import
        # where memory runs out, the system is to end this process rather than the editor
        file.write("500")
    sys.path[:] = json.loads(channel.jobs.get())["path"]
    channel.finished += 1
    while (frame := channel.jobs.get()) is not None:
        threads = threading.active_count()
        end = Job(channel, json.loads(frame)).carry_out()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        channel.finished += 1
        try:
            channel.send(end[:-1] + b"," + json.dumps(left_running(threads)).encode() + b"]")
        except BrokenPipeError:
            return


if __name__ == "__main__":
    main()
