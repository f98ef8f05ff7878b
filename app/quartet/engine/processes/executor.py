"""The second side of the seam: executions in a bounded pool of processes, started when needed and kept warm."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from typing import Any

from quartet.agents import kinds
from quartet.agents.calls import AgentError, Answer, Call, Emit, WorkerLost
from quartet.agents.wire import answer_from_json, call_as_json
from quartet.engine.executors import importable, prepare
from quartet.engine.processes.frames import framed
from quartet.engine.processes.process import Process

JSON = Any
AHEAD = 0.1
"""Seconds (at most a tenth of the grace) before the end of its grace that an agent is killed, so that it has really
ended when the grace is over."""


def places() -> int:
    """How many processes at once: one for each core, and a few more because agents wait more than they work."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(32, cores + 4)


class ProcessExecutor:
    """Executions in processes: each has one to itself, and is stopped by force where asking does not help.

    A process is used again and again, but never after an execution that was interrupted, that left threads or
    processes behind, or that reached its memory limit. One that ends by itself takes only its own execution along,
    which is then lost (`WorkerLost`).
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = places() if size is None else size
        self._processes: set[Process] = set()
        self._idle: list[Process] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._busy = 0
        self._closed = False

    async def start(self) -> None:
        """Nothing: processes are started when they are needed."""
        self._closed = False

    async def close(self) -> None:
        """End every process; returns when nothing of them is left."""
        self._closed = True
        idle = set(self._idle)
        self._idle.clear()
        ends = []
        for process in list(self._processes):
            if process in idle:
                process.leave()
            elif process.end is not None:
                process.kill()
            ends.append(process.over)
        for over in ends:
            await asyncio.shield(over)

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Carry out one execution in a process of its own (see `Executor`).

        Raises:
            AgentError: what the agent raised, with its type; the settings are refused, or its kind is known only to
                this program.
            WorkerLost: the process ended before it answered.
        """
        prepared = prepare(call)
        where = prepared.process or importable(prepared.kind)
        if where is None:
            text = f"agents of kind “{call.kind}” are known to this program only and cannot run in another process"
            raise AgentError(text, type="UnknownKind", retryable=False)
        return await self.carry_out(where, call, emit)

    async def carry_out(self, where: kinds.Process, call: Call, emit: Emit) -> Answer:
        """Carry out one execution as `where` says (see `run`)."""
        job = _job(where, call)
        await self._place(emit)
        try:
            process = self._take(call.agent)
            try:
                end = await asyncio.shield(process.give(job, emit))
            except asyncio.CancelledError:
                await _stop(process, call.grace)
                raise
            except WorkerLost as lost:
                if where.memory is not None:
                    raise WorkerLost(f"{lost}; its memory limit is {where.memory:,} MB") from None
                raise
            self._give_back(process, end)
        finally:
            self._leave_place()
        try:
            return _answer(end)
        except ValueError as problem:
            process.kill()
            raise WorkerLost(f"the process it ran in cannot be understood: {problem}") from None

    # ------------------------------------------------------------------ places and processes

    async def _place(self, emit: Emit) -> None:
        """Wait until fewer than `size` executions are under way, first come, first served."""
        if self._busy < self.size:
            self._busy += 1
            return
        emit("waiting", {"limit": self.size})
        free = asyncio.get_running_loop().create_future()
        self._waiting.append(free)
        try:
            await free
        except asyncio.CancelledError:
            if free.done() and not free.cancelled():
                self._leave_place()  # it was given a place in the same moment
            else:
                with contextlib.suppress(ValueError):  # who gave a place on has passed it over
                    self._waiting.remove(free)
            raise
        emit("begun", {})

    def _leave_place(self) -> None:
        """The place goes to whoever waits longest."""
        while self._waiting:
            free = self._waiting.popleft()
            if not free.done():
                free.set_result(None)
                return
        self._busy -= 1

    def _take(self, agent: str) -> Process:
        """An idle process, best one that has run this agent and so has its modules, or a new one."""
        # one that somebody killed a moment ago must not take an execution along
        idle = [process for process in self._idle if process.alive]
        if idle:
            process = next((each for each in reversed(idle) if agent in each.known), idle[-1])
            self._idle.remove(process)
        else:
            process = self._new()
        process.known.add(agent)
        return process

    def _new(self) -> Process:
        if self._closed:
            raise AgentError("the run is over, and its processes with it", retryable=False)
        try:
            process = Process(self._gone)
        except OSError as problem:
            raise AgentError(f"no process could be started: {problem.strerror or problem}", type="OSError") from problem
        self._processes.add(process)
        return process

    def _give_back(self, process: Process, end: list[JSON]) -> None:
        exhausted = end[0] == "failed" and end[1][1] == "MemoryError"
        if end[2] or exhausted or self._closed:
            process.leave()
        else:
            self._idle.append(process)

    def _gone(self, process: Process) -> None:
        self._processes.discard(process)
        if process in self._idle:
            self._idle.remove(process)


async def _stop(process: Process, grace: float) -> None:
    """End an execution that was cancelled: ask, wait for its grace, kill. A second cancellation kills at once."""
    end, timer = process.end, None
    if end is None:
        process.leave()  # it ended in the same moment
        return
    if grace > 0:
        process.interrupt()
        after = grace - min(AHEAD, grace / 10)
        timer = asyncio.get_running_loop().call_later(after, process.kill)
    else:
        process.kill()
    try:
        await asyncio.wait([end])
    except asyncio.CancelledError:
        process.kill()
        raise
    finally:
        if timer is not None:
            timer.cancel()
    # what was interrupted anywhere in its work is not to be trusted with more
    process.leave()


def _job(where: kinds.Process, call: Call) -> bytes:
    job = {"function": where.function, "model": where.config, "memory": where.memory, "call": call_as_json(call)}
    try:
        return framed(job)
    except (TypeError, ValueError, RecursionError) as problem:
        text = f"what the agent is to be given cannot be sent to its process: {problem}"
        raise AgentError(text, type="NotJSON", retryable=False) from None


def _answer(end: list[JSON]) -> Answer:
    """The answer, or the failure raised."""
    match end:
        case ["answer", answer, _]:
            return answer_from_json(answer)
        case ["failed", [str(text), str(type), bool(retryable), int() | float() | None as after, *trace], _]:
            where = str(trace[0]) if trace and trace[0] is not None else None
            raise AgentError(text, type=type, retryable=retryable, retry_after=after, trace=where)
    raise ValueError(f"not the end of an execution: {str(end)[:80]}")
