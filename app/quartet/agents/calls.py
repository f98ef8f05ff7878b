"""What crosses between the engine and one execution of an agent: a Call going in, an Answer coming out, all JSON.

Nothing inside an execution calls the engine. An agent that needs another agent, the board, the state or a person
answers `Calls` or `Wait` with a JSON `state`; the engine carries it out and starts a continuation with the results.
So an execution can run in this loop, in another process or on another machine, and be resumed after a crash.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

JSON = Any

Emit = Callable[[str, dict[str, JSON]], None]
"""`emit(kind, data)` tells what happens inside an execution: `output` {"text"} for a streamed piece, `heartbeat`
{"details"}, `usage` {"input_tokens", "output_tokens", "cached_tokens"?, "requests"?, "model"?, "cost"? in US$},
`note` {"text"}. Of the cached tokens, which are part of the input, a provider takes less."""
TELLS = frozenset({"output", "heartbeat", "usage", "note"})
"""What an agent may tell. An executor also tells `waiting` {"limit"} when a call must wait for a place of its own, and
`begun` {} when it has one: the time between does not count as the agent's."""


def check_told(kind: str, data: JSON) -> None:
    """Refuse what no agent can tell.

    Raises:
        TypeError: says what can be told.
    """
    if kind not in TELLS or not isinstance(data, dict):
        raise TypeError(f"an agent tells {', '.join(sorted(TELLS))}, each with an object, not {kind!r}")
    if kind in ("output", "note") and not isinstance(data.get("text"), str):
        raise TypeError(f"what an agent tells as {kind} has a text")


class Tool(NamedTuple):
    """Something the drawn edges let this agent ask the engine for. `ARGUMENTS` says what each kind of it takes."""

    name: str
    """As a model sees it: `transfer_to_billing`, `delegate_to_writer`, `post_work`, `read_state`; unique per call."""
    does: Literal["handoff", "delegate", "post", "claim", "finish", "release", "read", "write", "ask"]
    target: str | None
    """The agent (or board) id it concerns."""
    description: str


class Request(NamedTuple):
    """One thing an execution asks the engine to do; `id` is returned with the result."""

    id: str
    tool: str
    arguments: dict[str, JSON]


class Result(NamedTuple):
    """What became of a Request."""

    id: str
    tool: str
    value: JSON
    error: str | None = None


class Call(NamedTuple):
    """One execution of one agent. JSON throughout; large runs share the values by reference."""

    run: str
    agent: str
    """The agent's id."""
    name: str
    kind: str
    act: int
    """Which visit of this agent in the run, from 1."""
    attempt: int
    """Which attempt of this activation, from 1."""
    config: dict[str, JSON]
    """The agent's config as drawn, with the overrides of a supervisor's directive laid over it."""
    input: JSON
    """The run's input."""
    value: JSON
    """The only input; of several the list of them in edge order; of none the run's input."""
    inputs: dict[str, JSON]
    """The inputs by the id of the agent they came from, in edge order."""
    names: dict[str, str]
    """The names of those agents, for headed sections."""
    context: dict[str, JSON]
    """What earlier agents of a hand-off chain left, and the chain's `history` for a model."""
    visit: int
    """Which pass of the loop or turn of the chain this is, from 1."""
    tools: tuple[Tool, ...] = ()
    state: JSON = None
    """Of a continuation: the state that `Calls` or `Wait` put aside."""
    results: tuple[Result, ...] = ()
    """Of a continuation: what became of the requests."""
    details: JSON = None
    """The last heartbeat's details of the attempt before."""
    key: str = ""
    """`run/agent/act`: the same for every attempt, so that another system can tell a repetition."""
    grace: float = 5.0
    """Seconds it has to tidy up when it is cancelled; after them it is killed where an executor can do that."""
    shared: dict[str, JSON] = {}  # noqa: RUF012  # never changed
    """Of the run's state, the keys that the agent declares or names, as they were when its visit began."""
    folder: str = ""
    """Where the file of the graph lies, if it does: modules of its own may lie beside it."""

    def variables(self) -> dict[str, JSON]:
        """What expressions and templates may name (decision: `input`, `value`, `from`, `context`, `visit`)."""
        return {
            "input": self.input,
            "value": self.value,
            "from": self.inputs,
            "context": self.context,
            "visit": self.visit,
            "state": self.shared,
        }


class Value(NamedTuple):
    """The execution is done; its result goes onto the flow edges."""

    value: JSON


class Handoff(NamedTuple):
    """The whole task moves to another agent of the swarm."""

    to: str
    """The agent id of the target."""
    message: JSON = None
    context: dict[str, JSON] | None = None
    """Merged over the chain's context."""


class Calls(NamedTuple):
    """Carry these out, then start a continuation with `state` and their results."""

    requests: tuple[Request, ...]
    state: JSON


class Wait(NamedTuple):
    """A person must answer `prompt`; the continuation gets the answer as its only result."""

    prompt: str
    state: JSON = None
    after: float = 1.0
    """Seconds after which the person answers, where one is only played."""


Answer = Value | Handoff | Calls | Wait

_TEXT = {"type": "string"}
ARGUMENTS: dict[str, dict[str, JSON]] = {
    "handoff": {"message": {**_TEXT, "description": "What the colleague must know and do, and why it is theirs."}},
    "delegate": {"task": {**_TEXT, "description": "The whole task; the worker knows nothing else."}},
    "post": {
        "work": {**_TEXT, "description": "The piece of work."},
        "needs": {"type": "array", "items": _TEXT, "description": "Skills that it takes."},
        "priority": {"type": "number", "description": "More is more urgent; 0 if you do not say."},
    },
    "claim": {},
    "finish": {
        "item": {"type": "integer", "description": "Its number, as the claim gave it."},
        "fence": {"type": "integer", "description": "The fence of your claim, to be sure that it still is yours."},
        "value": {"description": "The result."},
    },
    "release": {
        "item": {"type": "integer", "description": "Its number, as the claim gave it."},
        "fence": {"type": "integer", "description": "The fence of your claim, to be sure that it still is yours."},
        "note": {**_TEXT, "description": "What whoever takes it next should know."},
        "prefer": {**_TEXT, "description": "The skill that it takes, if you know."},
    },
    "read": {"keys": {"type": "array", "items": _TEXT, "description": "Which entries; none: all."}},
    "write": {"key": _TEXT, "value": {"description": "The new content."}},
    "ask": {"question": _TEXT},
}
"""The arguments of a Request by what its tool does: names and JSON Schemas of their values."""
OPTIONAL: frozenset[str] = frozenset({"needs", "note", "keys", "priority", "prefer", "fence"})
"""Arguments that may be left away."""


class AgentError(Exception):
    """An attempt failed in a way the agent can explain to a person.

    `type` is what retry policies and directives name; `retryable` False ends the retries; `retry_after` (seconds)
    replaces the pause; `trace` says where in somebody's code it was raised, a line for each call.
    """

    def __init__(
        self,
        message: str,
        *,
        type: str = "AgentError",
        retryable: bool = True,
        retry_after: float | None = None,
        trace: str | None = None,
    ) -> None:
        super().__init__(message)
        self.type = type
        self.retryable = retryable
        self.retry_after = retry_after
        self.trace = trace


class WorkerLost(AgentError):  # noqa: N818  # as policies and events call it
    """The process or machine on which an execution ran is gone, and its result with it. Another attempt may succeed."""

    def __init__(self, message: str) -> None:
        super().__init__(message, type="WorkerLost")


_NOT_RETRYABLE = (
    ValueError, TypeError, ArithmeticError, ImportError, LookupError, NameError, SyntaxError, RuntimeError,
    ReferenceError, StopIteration, StopAsyncIteration, OSError, AssertionError, AttributeError,
)  # fmt: skip


def explained(error: BaseException) -> AgentError:
    """An exception of an agent as an AgentError; one is returned as it is.

    What another try cannot mend is not retryable: wrong values, types, names, system errors other than those of a
    connection, and what would have ended the program. A TimeoutError that the agent raised itself is an ordinary error.
    """
    if isinstance(error, AgentError):
        return error
    name = type(error).__name__
    text = str(error) or name
    trace = _trace(error)
    if not isinstance(error, Exception):
        text = text if text != name else f"the agent raised {name} itself"
        return AgentError(text, type=name, retryable=False, trace=trace)
    retryable = isinstance(error, ConnectionError) or not isinstance(error, _NOT_RETRYABLE)
    after = getattr(error, "retry_after", None)
    seconds = float(after) if isinstance(after, int | float) else None
    return AgentError(text, type=name, retryable=retryable, retry_after=seconds, trace=trace)


CALLS = 12
"""So many calls of a trace are kept, those nearest to where it was raised."""


def _trace(error: BaseException) -> str | None:
    """Where an exception was raised: “shop.py, line 12, in boom: raise ValueError(…)”, the innermost call last; calls
    of Quartet's own are left out."""
    import traceback  # with it a process of its own would take longer to start
    from pathlib import Path

    ours = str(Path(__file__).parent.parent)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(ours)]
    lines = [
        f"{Path(frame.filename).name}, line {frame.lineno}, in {frame.name}" + (f": {frame.line}" if frame.line else "")
        for frame in frames[-CALLS:]
    ]
    return "\n".join(lines) or None
