"""One process of the pool, as the engine sees it: started, given a job, listened to, interrupted, killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import quartet.agents
from quartet.agents.calls import Emit, WorkerLost, check_told
from quartet.agents.child import FLAG
from quartet.agents.python_function import graph_folders
from quartet.engine.processes.frames import Frames, framed
from quartet.engine.processes.printed import Printed

JSON = Any
PIECE = 1 << 16
"""Bytes that are read at once of a message that is known to be large."""
SIP = 1 << 13
"""Bytes that are read at once otherwise: a hundred small messages, so that the loop is not held by a busy agent."""
PIPE = 16
"""So many pieces a pipe holds at most."""
FAREWELL = 1.0
"""Seconds an idle process has to leave by itself, once the line is closed."""
LOOK_AGAIN = 0.01
GIVE_IT = 100
"""So many looks for a process that closed its line; then it is killed."""


def command() -> list[str]:
    """How a process of the pool is started: a clean interpreter with none of this program's state."""
    if getattr(sys, "frozen", False):
        return [sys.executable, FLAG]
    # nothing of the current folder may be imported in place of a module of ours
    return [sys.executable, "-P", str(Path(quartet.agents.__file__).with_name("child.py"))]


class Process:
    """A process that runs one execution at a time.

    Everything happens on the running loop. `gone` is called once, when it has ended and nothing is left of its group.
    """

    def __init__(self, gone: Callable[[Process], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._gone = gone
        self.known: set[str] = set()
        """What it has run: it has the modules for these."""
        self.over: asyncio.Future[None] = self._loop.create_future()
        """Done when it has ended."""
        self.end: asyncio.Future[list[JSON]] | None = None
        """How the execution under way ends."""
        self._emit: Emit | None = None
        self._leaving = False
        self._killed = ""
        self._looks = 0
        self._timer: asyncio.TimerHandle | None = None
        self._rest = bytearray()
        self._frames = Frames()
        self._printed = Printed()
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter; starting one takes about 1 ms
            command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
            start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self.pid = self._process.pid
        self._in, self._out, self._err = (
            stream.fileno() for stream in (self._process.stdin, self._process.stdout, self._process.stderr)
        )
        for fd in (self._in, self._out, self._err):
            os.set_blocking(fd, False)
        self._loop.add_reader(self._out, self._read)
        self._loop.add_reader(self._err, self._read_printed)
        self._watch = -1
        if hasattr(os, "pidfd_open"):
            # its end shows on its line, unless something that it forked keeps that open
            with contextlib.suppress(OSError):
                self._watch = os.pidfd_open(self.pid)
                self._loop.add_reader(self._watch, self._ended)
        self._send(framed({"path": [folder for folder in sys.path if folder not in graph_folders]}))

    # ------------------------------------------------------------------ executions

    @property
    def alive(self) -> bool:
        """Whether it still runs; its end may not have been noticed otherwise."""
        return self._process.poll() is None and not self._looks

    def give(self, job: bytes, emit: Emit) -> asyncio.Future[list[JSON]]:
        """Start an execution; the future has `["answer", answer, left]` or `["failed", error, left]`, or WorkerLost."""
        end = self.end = self._loop.create_future()
        self._emit = emit
        self._printed.begin(emit)
        if self._leaving or self.over.done():
            self._lose("it had just ended")
        else:
            self._send(job)
        return end

    def _finished(self, message: list[JSON]) -> None:
        # what it printed came on another line, and belongs to it
        self._read_printed(PIPE)
        self._printed.close()
        self._emit = None
        end, self.end = self.end, None
        if end is not None and not end.done():
            end.set_result(message)

    def _refuse(self, text: str, type: str) -> None:
        """The execution fails by what it told; what it still does counts for nothing."""
        self._finished(["failed", [text, type, False, None], ["itself"]])

    def _lose(self, how: str) -> None:
        self._printed.close()
        self._emit = None
        end, self.end = self.end, None
        if end is not None and not end.done():
            end.set_exception(WorkerLost(f"the process it ran in is gone: {how}"))
            end.exception()  # whoever waited may have gone first

    # ------------------------------------------------------------------ what comes from it

    def _read(self) -> None:
        piece = self._piece(self._out, max(SIP, min(PIECE, self._frames.missing)))
        if piece is None:
            return
        if not piece:
            self._ended()
            return
        try:
            for message in self._frames.feed(piece):
                self._told(message)
        except RecursionError:
            self._refuse("what the agent gave is nested too deeply", "NotJSON")
        except (ValueError, TypeError):
            self.kill("it wrote on the line that leads to Quartet")

    def _told(self, message: JSON) -> None:
        match message:
            case ["tell", str(kind), data]:
                check_told(kind, data)
                if self._emit is not None:
                    try:
                        self._emit(kind, data)
                    except Exception as problem:  # noqa: BLE001  # it is the agent's mistake
                        self._refuse(str(problem), type(problem).__name__)
            case ["answer" | "failed", _, list()] if self.end is not None:
                self._finished(message)
            case _:
                raise ValueError(f"not a message: {str(message)[:80]}")

    def _read_printed(self, pieces: int = 1) -> None:
        for _ in range(pieces):
            piece = self._piece(self._err)
            if piece is None:
                return
            if not piece:
                self._loop.remove_reader(self._err)
                return
            self._printed.feed(piece)

    @staticmethod
    def _piece(fd: int, size: int = PIECE) -> bytes | None:
        """What there is to read, b"" at the end, None if there is nothing now."""
        try:
            return os.read(fd, size)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""

    # ------------------------------------------------------------------ what goes to it

    def _send(self, frame: bytes) -> None:
        waiting = bool(self._rest)
        self._rest += frame
        if not waiting:
            self._write()

    def _write(self) -> None:
        try:
            written = os.write(self._in, memoryview(self._rest)[: 16 * PIECE])
        except (BlockingIOError, InterruptedError):
            written = 0
        except OSError:
            self._rest.clear()  # it has ended, which shows elsewhere
            self._loop.remove_writer(self._in)
            return
        del self._rest[:written]
        if self._rest:
            self._loop.add_writer(self._in, self._write)
        else:
            self._loop.remove_writer(self._in)

    # ------------------------------------------------------------------ its end

    def interrupt(self) -> None:
        """Raise KeyboardInterrupt in the agent (CancelledError in a coroutine), and in what it started."""
        self._signal(signal.SIGINT)

    def kill(self, why: str = "it was ended") -> None:
        """End it and all it started, at once. Nothing can prevent that, and nothing more is heard of it."""
        self._killed = self._killed or why
        self._emit = None
        self._printed.hush()
        self._signal(signal.SIGKILL)

    def _signal(self, which: signal.Signals) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, which)

    def leave(self) -> None:
        """Let it end by itself, which runs what modules want to do at the end; kill it if that takes long."""
        if self._leaving or self.over.done():
            return
        self._leaving = True
        self._loop.remove_writer(self._in)
        assert self._process.stdin
        self._process.stdin.close()
        self._timer = self._loop.call_later(FAREWELL, self.kill)

    def _ended(self) -> None:
        """It has ended, or closed its line: end what is left of it, and say so once nothing is."""
        if self.over.done():
            return
        if not self._looks:
            self._loop.remove_reader(self._out)
        self._looks += 1
        code = self._process.poll()
        if code is None:
            if self._looks == GIVE_IT:
                self.kill("it closed the line that leads to Quartet")
            self._loop.call_later(LOOK_AGAIN, self._ended)
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)  # what it started and left
        while self.end is not None and (piece := self._piece(self._out)):
            # it may have answered before it ended
            try:
                for message in self._frames.feed(piece):
                    self._told(message)
            except (ValueError, TypeError, RecursionError):
                break
        self._read_printed(PIPE)
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._err)
        if not self._leaving:
            self._loop.remove_writer(self._in)
        self._lose(self._killed or cause(code))
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream
            stream.close()
        if self._watch >= 0:
            self._loop.remove_reader(self._watch)
            os.close(self._watch)
        self.over.set_result(None)
        self._gone(self)


def cause(code: int) -> str:
    """Why a process ended, in words."""
    if code >= 0:
        return f"it ended by itself, with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    crash = name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGSYS")
    return f"it crashed ({name})" if crash else f"it was killed ({name})"
