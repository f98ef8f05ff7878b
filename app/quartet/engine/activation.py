"""One visit of an agent in a run, from the moment its inputs are decided until it is settled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from quartet.agents.calls import WorkerLost, explained

if TYPE_CHECKING:
    from quartet.agents.calls import Result, Value
    from quartet.engine.board_claims import Claim
    from quartet.engine.clock import Timer
    from quartet.engine.handoffs import Chain
    from quartet.engine.moves import Move
    from quartet.engine.nodes import Link, Node
    from quartet.engine.policies import RetryPlan
    from quartet.engine.shared_state import View

JSON = Any
Then = Callable[[], None]


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
    origin: str | None = None
    """Of a sub-graph's failure: the path of the agent in there that failed."""
    details: JSON = None
    """What else is to be known: of a board, the work that was given up."""
    trace: str | None = None
    """Where in somebody's code it was raised, a line for each call, the innermost last."""

    def chain(self) -> str:
        """The message with those of its causes."""
        text, cause = self.message, self.cause
        while cause is not None:
            text += f" (after: {cause.message})"
            cause = cause.cause
        return text

    def links(self) -> list[dict[str, JSON]]:
        """The failure and those of its causes, one after another, as JSON."""
        found: list[dict[str, JSON]] = []
        failure: Failure | None = self
        while failure is not None:
            link: dict[str, JSON] = {"error": failure.message, "type": failure.type}
            if failure.origin is not None:
                link["origin"] = failure.origin
            found.append(link)
            failure = failure.cause
        return found

    def may_retry(self, policy: RetryPlan) -> bool:
        """What the policy names decides; without names, what the error itself says."""
        if self.type in policy.never:
            return False
        if policy.retry_on is not None:
            return self.type in policy.retry_on or (self.reason == "timeout" and "TimeoutError" in policy.retry_on)
        return self.retryable


def failure_of(error: BaseException) -> Failure:
    """An exception of an agent as a Failure; see `explained` for what is worth another try."""
    told = explained(error)
    reason = "lost" if isinstance(told, WorkerLost) else "error"
    return Failure(str(told), told.type, told.retryable, reason, told.retry_after, trace=told.trace)


STALLED = "stalled"


def silent(node: Node, seconds: float) -> tuple[str, Failure]:
    """An attempt of which nothing was heard for so long: the kind of its time-out, and the failure.

    Its own limit is a heartbeat, and worth another try; its supervisor's means that it is stuck, so that one decides.
    """
    text = f"nothing was heard for {seconds:g} s"
    if seconds == node.heartbeat:
        return "heartbeat", Failure(text, "TimeoutError", True, "timeout")
    return STALLED, Failure(text, "Stalled", False, "timeout")


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
        "act", "anew", "attempt", "before", "body", "by", "chain", "claims", "config", "context", "copy", "deadline",
        "deadline_timer", "degraded", "derived", "details", "failure", "failures", "fell", "fence", "generation",
        "halting", "held", "in_a_row", "inputs", "mended", "move", "names", "node", "oversight_restarts", "owner",
        "partial", "queue_timer", "queued", "rejections", "restarted_at", "result", "resume", "rounds", "routed",
        "silent", "slot", "spent", "state", "steps", "stopping", "timer", "tried", "tries", "turn", "value", "view",
        "visit",
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
        self.before = 0
        """Attempts that others made at this work before: their numbers go on here."""
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
        self.partial: Value | None = None
        """What it answered although it was being cancelled."""
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
        self.anew = False
        """What goes on is a new attempt: the one that had asked was lost."""
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
        self.restarted_at = 0.0
        """When its supervisor last restarted it."""
        self.in_a_row = 0
        """How many such restarts followed each other without a quiet time."""
        self.steps: dict[tuple[int, ...], int] | None = None
        """How far it is in the supervisor's directives: errors of one type go through those that fit them."""
        self.move: Move | None = None
        """The intervention that is moving it, while one is."""
        self.fence = 0
        self.details: JSON = None
        self.rejections = 0
        self.claims: Sequence[Claim] | None = None
        """What it holds of boards."""
        self.view: View | None = None
        """What it sees of the run's state, and has written; only of who has to do with the state."""

    @property
    def id(self) -> str:
        return self.node.id

    def __repr__(self) -> str:
        return f"Activation({self.node.id}#{self.act}{' ' + self.state if self.state else ''})"
