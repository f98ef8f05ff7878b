"""Where one execution of an agent runs. Everything else (retries, joins, time) stays with the engine."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pydantic import ValidationError

from quartet.agents.calls import AgentError, Answer, Call, Emit, check_told
from quartet.agents.config_errors import config_problem
from quartet.agents.kinds import Config, Kind, Process, find
from quartet.agents.threads import from_thread, in_thread
from quartet.engine.outcomes import copied

if TYPE_CHECKING:
    from quartet.engine.processes import ProcessExecutor

JSON = Any
_CAN_END_PROCESSES = hasattr(os, "killpg")
"""Not on Windows, where everything runs in this program."""


class Executor(Protocol):
    """The seam: start, run one execution, close. What crosses it is JSON.

    A call holds the run's own values: who lets code have them that may change them gives it copies.

    What every executor promises stands as tests in `tests/engine/executor_contract.py`.
    """

    async def start(self) -> None:
        """Get ready. Called once, before the first `run`."""
        ...

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Carry out one execution. It is stopped by cancelling the task that awaits it.

        Raises:
            WorkerLost: where it ran is gone; nobody knows how far it came.
            Exception: whatever else the agent raises, as itself or as an AgentError that names it.
        """
        ...

    async def close(self) -> None:
        """Let go of everything. Called once, after the last `run`."""
        ...


class Prepared(NamedTuple):
    """What an executor has to know of a call."""

    kind: Kind
    config: Any
    process: Process | None
    """How it is carried out in a process of its own, if it is to have one."""
    plain: bool
    """Whether its function is a plain one, rather than a coroutine."""


def prepare(call: Call) -> Prepared:
    """Find the kind of a call and read its config.

    Raises:
        AgentError: no such kind, or the config is refused.
    """
    kind = find(call.kind)
    if kind is None or kind.execute is None:
        raise AgentError(f"this version knows no agent kind “{call.kind}”", type="UnknownKind", retryable=False)
    try:
        return prepared_by(kind, call.config)
    except ValidationError as error:
        # what was drawn is checked before a run; this is what a supervisor's directive laid over it
        reason = config_problem(call.name, kind, error).reason
        raise AgentError(reason, type="Settings", retryable=False) from None


def prepared_by(kind: Kind, stated: dict[str, JSON]) -> Prepared:
    """What a kind makes of a config.

    Raises:
        ValidationError: the config is refused.
    """
    return _prepared(kind, kind.read(stated)) if stated else _without_settings(kind)


@cache
def _without_settings(kind: Kind) -> Prepared:
    return _prepared(kind, kind.read({}))


def _prepared(kind: Kind, config: Config) -> Prepared:
    process, plain = kind.process(config), not inspect.iscoroutinefunction(kind.execute)
    if process is None and plain and kind.execute is not None:
        process = importable(kind)
    return Prepared(kind, config, process, plain)


def apart(kind_name: str, config: dict[str, JSON]) -> bool:
    """Whether an execution with this config runs in a process of its own by default."""
    kind = find(kind_name)
    try:
        return kind is not None and prepared_by(kind, config).process is not None
    except ValidationError:
        return False


def importable(kind: Kind) -> Process | None:
    """How another process would carry out this kind; None if it is defined where only this program finds it."""
    function, config = _path(kind.execute), _path(kind.config)
    return Process(function, config) if function is not None and config is not None else None


def _path(thing: Any) -> str | None:
    """Where a function or class is imported from; None if it is not found there."""
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if not module or not name or module == "__main__":
        return None
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return f"{module}:{name}" if found is thing else None


class LocalExecutor:
    """Executions in this process: coroutines on the running loop, synchronous functions in threads of their own."""

    def __init__(self) -> None:
        self._prepared: dict[int, tuple[dict[str, JSON], Prepared]] = {}

    async def start(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Forget the configurations."""
        self._prepared.clear()

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Carry out one execution of an agent by its kind (see `Executor`)."""
        return await here(self._ready(call), call, emit)

    def _ready(self, call: Call) -> Prepared:
        config = call.config
        if not config:
            return prepare(call)  # one for all of the kind
        known = self._prepared.get(id(config))
        if known is not None and known[0] is config:
            return known[1]
        prepared = prepare(call)
        self._prepared[id(config)] = (config, prepared)
        return prepared


class RoutingExecutor(LocalExecutor):
    """What a run uses by default: coroutines on the running loop, and a process for what says that it wants one.

    Of the pool of processes nothing is imported and nothing started before the first such execution.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pool: ProcessExecutor | None = None

    async def close(self) -> None:
        """End the processes, and forget the configurations."""
        await super().close()
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Carry out one execution where its kind and config say (see `Executor`)."""
        prepared = self._ready(call)
        if prepared.process is None:
            return await here(prepared, call, emit)
        if not _CAN_END_PROCESSES:
            if prepared.process.memory is not None:
                raise AgentError("memory limits cannot be kept on this system", type="Settings", retryable=False)
            return await here(prepared, call, emit)
        if self._pool is None:
            from quartet.engine.processes import ProcessExecutor

            self._pool = ProcessExecutor()
            await self._pool.start()
        return await self._pool.carry_out(prepared.process, call, emit)


async def here(prepared: Prepared, call: Call, emit: Emit) -> Answer:
    """Carry out one execution in this process. What may change its call gets one of its own."""
    execute: Any = prepared.kind.execute
    if not prepared.kind.careful:
        call = _own(call)
    tell = partial(_tell, emit)
    try:
        if prepared.plain:
            return await _in_thread(execute, prepared.config, call, tell)
        answer: Answer = await execute(prepared.config, call, tell)
        return answer
    except (KeyboardInterrupt, SystemExit, GeneratorExit) as stop:
        # raised by an agent they must not end the program
        name = type(stop).__name__
        raise AgentError(f"the agent raised {name} itself", type=name, retryable=False) from stop


def _tell(emit: Emit, kind: str, data: dict[str, JSON]) -> None:
    check_told(kind, data)
    emit(kind, data)


def _own(call: Call) -> Call:
    """The same call with values that nobody else holds."""
    return call._replace(
        input=copied(call.input), value=copied(call.value), inputs=copied(call.inputs), context=copied(call.context)
    )


async def _in_thread(execute: Any, config: Any, call: Call, emit: Emit) -> Answer:
    tell = from_thread(emit, asyncio.get_running_loop())
    answer: Answer = await in_thread(lambda: execute(config, call, tell), f"quartet {call.agent}")
    return answer
