"""Where one execution of an agent runs. Everything else (retries, joins, time) stays with the engine."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, Protocol

from pydantic import ValidationError

from quartet.agents.calls import AgentError, Answer, Call, Emit
from quartet.agents.config_errors import config_problem
from quartet.agents.kinds import Kind, find
from quartet.agents.threads import in_thread

JSON = Any


class Executor(Protocol):
    """The seam: start, run one execution, close. What crosses it is JSON."""

    async def start(self) -> None:
        """Get ready. Called once, before the first `run`."""
        ...

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Carry out one execution. It is stopped by cancelling the task that awaits it."""
        ...

    async def close(self) -> None:
        """Let go of everything. Called once, after the last `run`."""
        ...


class LocalExecutor:
    """Executions in this process: coroutines on the running loop, synchronous functions in threads of their own."""

    def __init__(self) -> None:
        self._configs: dict[int, tuple[dict[str, JSON], Any]] = {}

    async def start(self) -> None:
        """Nothing to get ready."""

    async def close(self) -> None:
        """Forget the configurations."""
        self._configs.clear()

    async def run(self, call: Call, emit: Emit) -> Answer:
        """Carry out one execution of an agent by its kind (see `Executor`)."""
        kind = find(call.kind)
        if kind is None or kind.execute is None:
            raise AgentError(f"this version knows no agent kind “{call.kind}”", type="UnknownKind", retryable=False)
        config = self._config(kind, call)
        try:
            if inspect.iscoroutinefunction(kind.execute):
                return await kind.execute(config, call, emit)
            return await _synchronous(kind, config, call, emit)
        except (KeyboardInterrupt, SystemExit, GeneratorExit) as stop:
            # raised by an agent they must not end the program
            name = type(stop).__name__
            raise AgentError(f"the agent raised {name} itself", type=name, retryable=False) from stop

    def _config(self, kind: Kind, call: Call) -> Any:
        known = self._configs.get(id(call.config))
        if known is not None and known[0] is call.config:
            return known[1]
        try:
            config = kind.config.model_validate(call.config)
        except ValidationError as error:
            # what was drawn is checked before a run; this is what a supervisor's directive laid over it
            reason = config_problem(call.name, kind, error).reason
            raise AgentError(reason, type="Settings", retryable=False) from None
        self._configs[id(call.config)] = (call.config, config)
        return config


async def _synchronous(kind: Kind, config: Any, call: Call, emit: Emit) -> Answer:
    loop = asyncio.get_running_loop()
    execute: Any = kind.execute

    def told(what: str, data: dict[str, JSON]) -> None:
        loop.call_soon_threadsafe(emit, what, data)

    answer: Answer = await in_thread(lambda: execute(config, call, told), f"quartet {call.agent}")
    return answer
