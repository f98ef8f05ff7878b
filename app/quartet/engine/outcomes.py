"""What an execution brought, made JSON at the border: from here on nobody outside can change it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from quartet.agents.calls import Answer, Calls, Handoff, Request, Value, Wait
from quartet.engine.activation import Failure, failure_of

JSON = Any
Outcome = Answer | Failure | None
"""None: it was cancelled."""
_SCALARS = (str, int, float, bool, type(None))
_NOT_JSON = (TypeError, ValueError, RecursionError, AttributeError)


def outcome_of(task: asyncio.Task[Answer]) -> Outcome:
    """What came of a task that has ended; everything in it is JSON."""
    if task.cancelled():
        return None
    error = task.exception()
    if error is not None:
        return failure_of(error)
    answer: Any = task.result()
    if isinstance(answer, Value):
        value = answer.value
        if isinstance(value, str) or value is None or type(value) is int or type(value) is bool:
            return answer
        try:
            return Value(plain(value))
        except _NOT_JSON as problem:
            return Failure(f"the agent's result is not JSON: {problem}", "NotJSON", False)
    try:
        if isinstance(answer, Calls):
            requests = tuple(Request(str(r.id), str(r.tool), plain(dict(r.arguments))) for r in answer.requests)
            return Calls(requests, plain(answer.state))
        if isinstance(answer, Handoff):
            context = None if answer.context is None else plain(dict(answer.context))
            return Handoff(str(answer.to), plain(answer.message), context)
        if isinstance(answer, Wait):
            return Wait(str(answer.prompt), plain(answer.state), answer.after)
    except _NOT_JSON as problem:
        what = "hand-off is" if isinstance(answer, Handoff) else "requests are"
        return Failure(f"the agent's {what} not JSON: {problem}", "NotJSON", False)
    text = f"the agent answered {type(answer).__name__}, not Value, Handoff, Calls or Wait"
    return Failure(text, "TypeError", False)


def bare_outcome_of(task: asyncio.Task[Answer]) -> Outcome:
    """The same of one that does not count any more: only whether it brought something."""
    return Value(None) if not task.cancelled() and task.exception() is None else None


def plain(value: JSON) -> JSON:
    """A value as JSON has it, shared with nobody who could change it.

    Raises:
        TypeError, ValueError, RecursionError: it is not JSON.
    """
    if value is None or type(value) in _SCALARS:
        if type(value) is float:
            json.dumps(value, allow_nan=False)
        return value
    return json.loads(json.dumps(value, allow_nan=False))


def copied(value: JSON) -> JSON:
    """A JSON value that may be changed without anybody else noticing."""
    kind = type(value)
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind is list:
        return [copied(item) for item in value]
    return value
