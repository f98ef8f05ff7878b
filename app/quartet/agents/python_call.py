"""Imports and calls the function of a `python` agent."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import PydanticSerializationError, to_jsonable_python

from quartet.agents.calls import AgentError, Answer, Call, Calls, Emit, Handoff, Value, Wait
from quartet.agents.threads import in_thread

JSON = Any


def _load(path: str) -> Callable[..., Any]:
    module_name, _, names = path.partition(":")
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as problem:
        if problem.name and (module_name == problem.name or module_name.startswith(problem.name + ".")):
            raise AgentError(
                f"There is no module “{problem.name}”: install it, or put its folder on PYTHONPATH.",
                type="ImportError",
                retryable=False,
            ) from problem
        raise
    for name in names.split("."):
        if not hasattr(found, name):
            raise AgentError(f"“{module_name}” has no “{names}”.", type="ImportError", retryable=False)
        found = getattr(found, name)
    if not callable(found):
        raise AgentError(f"“{path}” is not a function.", type="ImportError", retryable=False)
    return found  # type: ignore[no-any-return]


def _arguments(function: Callable[..., Any], stated: Mapping[str, Any], call: Call, emit: Emit) -> dict[str, Any]:
    """What goes in by name: what is stated, and `call` and `emit` for a function that asks for them."""
    given = dict(stated)
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return given
    for name, value in (("call", call), ("emit", emit)):
        if name in parameters and name not in given:
            given[name] = value
    return given


def _takes_value(function: Callable[..., Any], given: Mapping[str, Any]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return True
    return any(
        p.kind is p.VAR_POSITIONAL or (p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.name not in given)
        for p in parameters
    )


async def run(path: str, arguments: Mapping[str, Any], call: Call, emit: Emit) -> Answer:
    """Call the function `path` with the value of `call` and `arguments`, and make its result JSON.

    A function with a parameter `call` or `emit` is given the Call or the Emit; one that returns a Handoff, Calls or
    Wait has that carried out. What it raises passes as it is.

    Raises:
        AgentError: it cannot be imported, or what it gives is no JSON.
    """
    function = await in_thread(lambda: _load(path), f"import {path}")
    loop = asyncio.get_running_loop()
    if inspect.iscoroutinefunction(function):
        given = _arguments(function, arguments, call, emit)
        value = (call.value,) if _takes_value(function, given) else ()
        result = await function(*value, **given)
    else:

        def emit_from_thread(kind: str, data: dict[str, JSON]) -> None:
            loop.call_soon_threadsafe(emit, kind, data)

        given = _arguments(function, arguments, call, emit_from_thread)
        value = (call.value,) if _takes_value(function, given) else ()
        result = await in_thread(lambda: function(*value, **given), path)
        if inspect.isawaitable(result):
            result = await result
    if isinstance(result, Value | Handoff | Calls | Wait):
        return result
    return Value(_json(result, path))


def _json(result: Any, path: str) -> JSON:
    try:
        plain = to_jsonable_python(result)
    except (PydanticSerializationError, ValueError) as problem:
        raise AgentError(
            f"{path} gave a {type(result).__name__}, which is not JSON: return texts, numbers, lists or dicts.",
            type="JSONError",
            retryable=False,
        ) from problem
    waiting = [plain]
    while waiting:
        item = waiting.pop()
        if isinstance(item, float) and not math.isfinite(item):
            raise AgentError(f"{path} gave {item}, which is not a JSON number.", type="JSONError", retryable=False)
        waiting.extend(item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
    return plain
