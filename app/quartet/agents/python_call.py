"""Calls the function of a `python` agent in this program."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any

from quartet.agents.calls import Answer, Call, Emit
from quartet.agents.python_function import answer, called, load
from quartet.agents.threads import from_thread, in_thread


async def run(path: str, arguments: Mapping[str, Any], call: Call, emit: Emit) -> Answer:
    """Call the function `path` with the value of `call` and `arguments`, and make its result JSON.

    A plain function runs in a thread of its own, an asynchronous one on the running loop. See `python_function` for
    what it is given and may give back. What it raises passes as it is.

    Raises:
        AgentError: it cannot be imported, or what it gives is no JSON.
    """
    function = await in_thread(lambda: load(path, call.folder), f"import {path}")
    if inspect.iscoroutinefunction(function):
        return answer(await called(function, arguments, call, emit), path)
    tell = from_thread(emit, asyncio.get_running_loop())

    def work() -> Any:
        result = called(function, arguments, call, tell)
        # a large result takes a while to look at, which the loop need not wait for
        return result if inspect.isawaitable(result) else answer(result, path)

    found: Any = await in_thread(work, path)
    return answer(await found, path) if inspect.isawaitable(found) else found
