"""One visit of an agent in a run, from the moment its inputs are decided until it is settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from quartet.agents.calls import AgentError
from quartet.agents.expressions import ExpressionError

if TYPE_CHECKING:
    from quartet.agents.calls import Result
    from quartet.engine.clock import Timer
    from quartet.engine.handoffs import Chain
    from quartet.engine.nodes import Link, Node
    from quartet.engine.policies import RetryPlan

JSON = Any
Then = Callable[[], None]

_NOT_RETRYABLE = (
    ValueError, TypeError, ArithmeticError, ImportError, LookupError, NameError, SyntaxError, RuntimeError,
    ReferenceError, StopIteration, StopAsyncIteration, OSError, AssertionError, AttributeError, ExpressionError,
)  # fmt: skip


class Failure(NamedTuple):
    """Why an attempt, and in the end an activation, failed."""

    message: str
    type: str
    retryable: bool = True
    reason: str = "error"
    """error | timeout | upstream | limit | no_time_to_retry | rejected | escalated | lost | unsatisfiable"""
    retry_after: float | None = None
    cause: Failure | None = None
    """Of a fallback's failure: the failure it was to mend."""

    def chain(self) -> str:
        """The message with those of its causes."""
        text, cause = self.message, self.cause
        while cause is not None:
            text += f" (after: {cause.message})"
            cause = cause.cause
        return text

    def may_retry(self, policy: RetryPlan) -> bool:
        """What the policy names decides; without names, what the error itself says."""
        if self.type in policy.never:
            return False
        if policy.retry_on is not None:
            return self.type in policy.retry_on or (self.reason == "timeout" and "TimeoutError" in policy.retry_on)
        return self.retryable


def failure_of(error: BaseException) -> Failure:
    """An exception of an agent as a Failure.

    What another try cannot mend is not retryable: wrong values, types, names, system errors other than those of a
    connection. A TimeoutError that the agent raised itself is an ordinary error, not our time limit.
    """
    if isinstance(error, AgentError):
        return Failure(str(error), error.type, error.retryable, "error", error.retry_after)
    name = type(error).__name__
    text = str(error) or name
    if not isinstance(error, Exception):
        return Failure(text if text != name else f"the agent raised {name} itself", name, False)
    retryable = isinstance(error, ConnectionError) or not isinstance(error, _NOT_RETRYABLE)
    after = getattr(error, "retry_after", None)
    return Failure(text, name, retryable, "error", float(after) if isinstance(after, int | float) else None)


class Body(Protocol):
    """What an activation is doing at the moment, and can be asked to stop."""

    def cancel(self, then: Then) -> None:
        """End it; call `then` once it has really ended (or was abandoned after its grace)."""
        ...


class Owner(Protocol):
    """Who started an activation and takes its outcome. None stands for the flow: the outcome goes onto the edges."""

    supervised: bool
    """Whether the agent's supervisor hears of a failure before the owner does."""
    apart: bool
    """Whether a child is stopped and restarted by itself, rather than together with what started it."""

    def settled(self, child: Activation) -> None: ...


class Activation:
    """One visit of an agent; `Scheduler.begin` makes them, `Scheduler.finish` settles them."""

    __slots__ = (
        "act", "attempt", "body", "by", "chain", "config", "context", "copy", "deadline", "deadline_timer",
        "degraded", "derived", "details", "failure", "failures", "fell", "fence", "generation", "halting", "held",
        "inputs", "mended", "names", "node", "oversight_restarts", "owner", "queue_timer", "queued",
        "rejections", "result", "resume", "rounds", "routed", "silent", "slot", "spent", "state", "stopping",
        "timer", "tried", "tries", "turn", "value", "visit",
    )  # fmt: skip

    def __init__(self, node: Node, act: int, value: JSON, inputs: dict[str, JSON], owner: Owner | None) -> None:
        self.node = node
        self.act = act
        self.value = value
        """What it received."""
        self.inputs = inputs
        self.owner = owner
        self.generation = node.generation
        self.config: dict[str, JSON] = node.config
        self.context: dict[str, JSON] | None = None
        self.visit = act
        self.attempt = 0
        self.tries = 0
        """Attempts since the activation began or was last restarted: what the retry policy counts."""
        self.body: Body | None = None
        self.timer: Timer | None = None
        self.queue_timer: Timer | None = None
        self.deadline: float | None = None
        self.deadline_timer: Timer | None = None
        self.queued = False
        self.slot = False
        self.spent = 0.0
        """Seconds that the executions of this attempt took so far; waiting for others does not count."""
        self.state = ""
        """Empty while live; then succeeded | failed | skipped | cancelled."""
        self.result: JSON = None
        self.failure: Failure | None = None
        self.degraded = False
        self.by: str | None = None
        """Who did the work in its place."""
        self.fell: set[Link] | None = None
        """The fallback edges that were taken."""
        self.derived = False
        """It failed only because another did, whose failure is counted itself."""
        self.mended = False
        """It failed, but a detour took over."""
        self.routed: list[Link] | None = None
        """Of conditional ways out, those taken; None: all."""
        self.silent = False
        """Puts no tokens: a copy, a job of a pool or a board, a call."""
        self.copy: int | None = None
        self.names = node.names
        self.turn = 0
        self.chain: Chain | None = None
        """The chain of hand-offs it has its turns in."""
        self.rounds = 0
        """How often it asked the engine for something."""
        self.resume: tuple[JSON, tuple[Result, ...]] | None = None
        """Of an attempt that goes on: the state put aside, and what became of its requests."""
        self.tried: list[str] = []
        """To whom its work was reassigned so far."""
        self.stopping: list[Then] | None = None
        """It is being cancelled for good: what is to be called then."""
        self.halting: list[Then] | None = None
        """It is being brought to rest: what is to be called then."""
        self.held: Failure | None = None
        """What its supervisor was asked to decide about."""
        self.failures = 0
        self.oversight_restarts = 0
        self.fence = 0
        self.details: JSON = None
        self.rejections = 0

    @property
    def id(self) -> str:
        return self.node.id

    def __repr__(self) -> str:
        return f"Activation({self.node.id}#{self.act}{' ' + self.state if self.state else ''})"
