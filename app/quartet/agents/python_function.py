"""Finds the function of a `python` agent, gives it what it asks for, and makes its result JSON.

Only the standard library is imported here: a process of its own for the function is to start quickly.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import math
import os
import sys
from collections.abc import Callable, Mapping
from importlib.machinery import PathFinder
from typing import Any

from quartet.agents.calls import AgentError, Answer, Call, Calls, Emit, Handoff, Value, Wait

JSON = Any


graph_folders: list[str] = []
"""Folders beside graphs that this program has added to `sys.path`; other processes add those that they need."""


def beside(path: str, folder: str) -> str | None:
    """The file in `folder` that holds the module of `package.module:name`, unless it is found elsewhere before.

    Nothing is imported.
    """
    top = path.partition(":")[0].partition(".")[0]
    try:
        found = importlib.util.find_spec(top)
        if found is None or _is_in(found.origin, *graph_folders):
            found = PathFinder.find_spec(top, [folder]) if folder else None
    except (ImportError, ValueError):
        return None
    places = [] if found is None else [found.origin, *(found.submodule_search_locations or ())]
    return next((place for place in places if _is_in(place, folder)), None)


def _is_in(place: str | None, *folders: str) -> bool:
    return any(folder and place and place.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def load(path: str, folder: str = "") -> Callable[..., Any]:
    """The function at `package.module:name`; modules in `folder` are found too, after all others.

    Raises:
        AgentError: there is no such module or function, or another graph has brought another module of that name into
            this program. What the module itself raises is passed on as it is.
    """
    module_name, _, names = path.partition(":")
    if folder:
        _look_into(folder, module_name.partition(".")[0])
    try:
        found: Any = importlib.import_module(module_name)
    except ModuleNotFoundError as problem:
        if problem.name and (module_name == problem.name or module_name.startswith(problem.name + ".")):
            raise AgentError(
                f"There is no module “{problem.name}”: put it beside the graph's file, install it, or put its folder "
                "on PYTHONPATH.",
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


def _look_into(folder: str, top: str) -> None:
    if folder not in sys.path:
        sys.path.append(folder)  # last: nothing in it may stand in for what is installed
        graph_folders.append(folder)
    loaded = getattr(sys.modules.get(top), "__file__", None)
    if _is_in(loaded, *graph_folders) and not _is_in(loaded, folder) and PathFinder.find_spec(top, [folder]):
        raise AgentError(
            f"This program has another module “{top}” already, {loaded} of another graph: let the agent run in a "
            "process of its own, or give the module another name.",
            type="ImportError",
            retryable=False,
        )


def called(function: Callable[..., Any], stated: Mapping[str, Any], call: Call, emit: Emit) -> Any:
    """What `function` gives for the value of `call` and the stated arguments; an awaitable if it is asynchronous.

    A function with a parameter `call` or `emit` is given the Call or the Emit.
    """
    given = dict(stated)
    takes_value = True
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        pass  # a function of C says nothing of its parameters
    else:
        for name, value in (("call", call), ("emit", emit)):
            if name in parameters and name not in given:
                given[name] = value
        takes_value = any(
            p.kind is p.VAR_POSITIONAL
            or (p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.name not in given)
            for p in parameters.values()
        )
    return function(call.value, **given) if takes_value else function(**given)


def answer(result: Any, path: str) -> Answer:
    """A function's result as an answer: a Handoff, Calls or Wait as it is, everything else as a value.

    Raises:
        AgentError: it is no JSON, nor anything that can be made JSON (dataclasses, dates, sets, pydantic models …).
    """
    if isinstance(result, Value | Handoff | Calls | Wait):
        return result
    if type(result) in (dict, list):
        # what is JSON already, however large, needs no serializer to be loaded and no look at each part
        try:
            json.dumps(result, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            pass
        else:
            return Value(result)
    return Value(_json(result, path))


def _json(result: Any, path: str) -> JSON:
    if result is None or type(result) in (str, int, bool):
        return result
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        plain = to_jsonable_python(result)
    except (PydanticSerializationError, ValueError, RecursionError) as problem:
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


def execute(config: Mapping[str, JSON], call: Call, emit: Emit) -> Any:
    """Carry out a `python` agent in a process of its own: an Answer, or an awaitable of one.

    Raises:
        AgentError: it cannot be imported, or what it gives is no JSON. What it raises itself is passed on as it is.
    """
    path = config["function"]
    result = called(load(path, call.folder), config.get("arguments") or {}, call, emit)
    return _awaited(result, path) if inspect.isawaitable(result) else answer(result, path)


async def _awaited(result: Any, path: str) -> Answer:
    return answer(await result, path)
