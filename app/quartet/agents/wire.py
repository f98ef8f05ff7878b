"""Calls and answers as JSON, for an execution that runs in another process or on another machine.

Only the standard library is needed: the process at the other end is to start quickly.
"""

from __future__ import annotations

from typing import Any

from quartet.agents.calls import Answer, Call, Calls, Handoff, Request, Result, Tool, Value, Wait

JSON = Any


def call_as_json(call: Call) -> dict[str, JSON]:
    """A Call as a JSON object. A text that is its value and an input too, which may be long, stands in it once."""
    found = call._asdict()
    if isinstance(call.value, str):
        found["same"] = [id for id, item in call.inputs.items() if item is call.value]
        found["inputs"] = call.inputs | dict.fromkeys(found["same"])
        if call.input is call.value:
            del found["input"]
    found["tools"] = [tool._asdict() for tool in call.tools]
    found["results"] = [result._asdict() for result in call.results]
    return found


def call_from_json(found: dict[str, JSON]) -> Call:
    """The Call that `call_as_json` made this of."""
    fields = {"input": found["value"], **found}
    fields["inputs"] = found["inputs"] | dict.fromkeys(fields.pop("same", ()), found["value"])
    fields["tools"] = tuple(Tool(**tool) for tool in found["tools"])
    fields["results"] = tuple(Result(**result) for result in found["results"])
    return Call(**fields)


def answer_as_json(answer: Answer) -> dict[str, JSON]:
    """An answer as a JSON object with one key: value, handoff, calls or wait.

    Raises:
        TypeError: it is none of the four.
    """
    match answer:
        case Value(value):
            return {"value": value}
        case Handoff():
            return {"handoff": answer._asdict()}
        case Calls(requests, state):
            return {"calls": {"requests": [request._asdict() for request in requests], "state": state}}
        case Wait():
            return {"wait": answer._asdict()}
    raise TypeError(f"the agent answered {type(answer).__name__}, not Value, Handoff, Calls or Wait")


def answer_from_json(found: JSON) -> Answer:
    """The answer that `answer_as_json` made this of.

    Raises:
        ValueError: it is not the JSON of an answer.
    """
    match found:
        case {"value": value, **rest} if not rest:
            return Value(value)
        case {"handoff": {"to": str(to), "message": message, "context": dict() | None as context}}:
            return Handoff(to, message, context)
        case {"calls": {"requests": list(requests), "state": state}}:
            return Calls(tuple(_request(request) for request in requests), state)
        case {"wait": {"prompt": str(prompt), "state": state}}:
            return Wait(prompt, state)
    raise ValueError("what came back is no answer of an agent")


def _request(found: JSON) -> Request:
    match found:
        case {"id": str(id), "tool": str(tool), "arguments": dict(arguments)}:
            return Request(id, tool, arguments)
    raise ValueError("what came back asks the engine for nothing it knows")
