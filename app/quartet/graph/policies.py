"""Policies: what a person states of how an agent, or a whole run, is to behave. All fields that are absent take the
engine's defaults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

JSON = Any
"""A JSON value: None, bool, int, float, str, list or dict with str keys."""

JoinMode = Literal[
    "all", "all_strict", "any", "n_of_m", "quorum", "all_done", "all_done_min_one", "first_done", "one_failed"
]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Money = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
NoneOrMore = Annotated[int, Field(ge=0)]


class Policy(BaseModel):
    """Base of the policies: frozen, and a field that nobody knows is an error rather than silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _no_flag_is_a_number(cls, value: JSON, info: ValidationInfo) -> JSON:
        if isinstance(value, bool) and _NUMBERS & set(_types(cls.model_fields[info.field_name or ""].annotation)):
            raise ValueError("a number is needed, not true or false")
        return value


_NUMBERS: set[Any] = {int, float}


def _types(annotation: Any) -> Iterator[Any]:
    """The types that a value of this annotation may have."""
    yield annotation
    for part in get_args(annotation):
        yield from _types(part)


class TimeLimits(Policy):
    """Seconds on a monotonic clock; absent means no limit (`start_to_close`: the engine's default of 300 s)."""

    start_to_close: Seconds | None = Field(None, title="Per attempt", description="Longest time for one attempt.")
    schedule_to_start: Seconds | None = Field(None, title="Until start", description="Longest wait for a free place.")
    schedule_to_close: Seconds | None = Field(
        None, title="In all", description="Longest time for all attempts and the pauses between them."
    )
    heartbeat: Seconds | None = Field(
        None, title="Longest silence", description="Fails if nothing is heard for so long."
    )
    refresh_on: Literal["auto", "heartbeat"] | None = Field(
        None, title="Heard is", description="Anything it tells, streamed text too (default), or only a sign of life."
    )
    cancel_grace: NotNegative | None = Field(
        None, title="Grace on stop", description="Time to tidy up after a stop before the attempt is abandoned (5 s)."
    )


class Patience(Policy):
    """How often something is tried, and the pauses between."""

    max_attempts: Annotated[int, Field(ge=0)] | None = Field(
        None, title="Attempts", description="Including the first; 1 = no retry, 0 = without end (default 3)."
    )
    initial_interval: NotNegative | None = Field(None, title="First pause", description="Seconds (default 1).")
    backoff: Annotated[float, Field(ge=1, allow_inf_nan=False)] | None = Field(
        None, title="Growth", description="Each pause is so many times the one before (default 2)."
    )
    max_interval: Seconds | None = Field(None, title="Longest pause", description="Seconds (default 100 × the first).")
    jitter: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, title="Jitter", description="Share by which a pause may vary (default 0.1)."
    )


class ErrorRetry(Patience):
    """What holds for errors of certain types; absent fields are as the agent's retry policy has them otherwise."""

    on: tuple[str, ...] = Field(min_length=1, title="Error types")


class Retry(Patience):
    """How often and how patiently an agent is tried again; absent fields take the engine's defaults."""

    retry_on: tuple[str, ...] | None = Field(None, title="Retry on", description="Names of error types; others fail.")
    non_retryable: tuple[str, ...] | None = Field(
        None, title="Never retry", description="Names of error types; wins over the list above."
    )

    by_error: tuple[ErrorRetry, ...] | None = Field(
        None, title="By error", description="What holds instead for errors of certain types; the first that fits."
    )

    @model_validator(mode="after")
    def _pauses_fit(self) -> Retry:
        for each in (self, *(self.by_error or ())):
            attempts, first, longest = (
                getattr(self, name) if getattr(each, name) is None else getattr(each, name)
                for name in ("max_attempts", "initial_interval", "max_interval")
            )
            if attempts != 1 and longest is not None and longest < (1.0 if first is None else first):
                raise ValueError("the longest pause is shorter than the first one")
        return self


class Join(Policy):
    """When an agent with several incoming flow edges starts. Without one the engine joins with `all`."""

    mode: JoinMode = Field("all", title="Wait for")
    n: Annotated[int, Field(ge=1)] | None = Field(None, title="How many", description="For “n of m”.")
    timeout: Seconds | None = Field(None, title="Wait at most", description="Seconds.")
    on_timeout: Literal["fail", "proceed"] = Field("fail", title="Then")
    min_n: Annotated[int, Field(ge=1)] | None = Field(
        None, title="With at least", description="Values that must be there to go on after the wait (default 1)."
    )
    on_win: Literal["cancel", "let_run"] = Field("cancel", title="The others", description="What becomes of the rest.")
    order: Literal["declared", "completion"] = Field("declared", title="Order")

    @model_validator(mode="after")
    def _n_fits(self) -> Join:
        if (self.mode == "n_of_m") != (self.n is not None):
            raise ValueError("“n of m” needs a number, the other ways of waiting take none")
        if self.min_n is not None and (self.timeout is None or self.on_timeout != "proceed"):
            raise ValueError("“with at least” is for going on after a wait: state how long, and that it goes on then")
        return self


class Directive(Policy):
    """What a supervisor does about one failure; the k-th failure takes the k-th directive, the last one repeats."""

    do: Literal["restart", "reassign", "escalate", "stop", "ignore"]
    with_: dict[str, JSON] | None = Field(
        None, alias="with", description="Overrides of the worker's configuration: another strategy."
    )
    to: tuple[str, ...] | None = Field(None, description="Candidates for a reassignment, by agent id.")
    on: tuple[str, ...] | None = Field(None, description="Only for errors of these types.")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Oversight(Policy):
    """How an agent with supervise edges looks after its workers."""

    strategy: Literal["one_for_one", "one_for_all", "rest_for_one", "pool"] | None = Field(
        None,
        title="Restart",
        description="Only the failed one (default), all, or it and those after it; a pool also stops side by side.",
    )
    max_restarts: Annotated[int, Field(ge=0)] | None = Field(
        None, title="Restarts", description="Of one worker's activation before it escalates (default 3)."
    )
    max_seconds: Seconds | None = Field(
        None,
        title="Within",
        description="Seconds: counts the restarts of all workers in such a stretch, instead of one worker's in all.",
    )
    on_error: tuple[Directive, ...] | None = Field(None, title="On failure", description="Default: restart.")
    dispatch: Literal["graph", "broadcast", "split", "pool", "manager"] | None = Field(
        None, title="Hands out work", description="Default: graph if workers are connected, else broadcast."
    )
    max_children: Annotated[int, Field(ge=1)] | None = Field(
        None, title="At once", description="Workers that have something to do at the same time (no limit)."
    )
    stall_after: Seconds | None = Field(
        None, title="Stalled after", description="Seconds without a word from a worker: it has failed as “Stalled”."
    )
    root_policy: Literal["fail", "ask_human"] | None = Field(
        None, title="With nobody above", description="What an escalation leads to that nobody is above to take."
    )
    restartable: bool | None = Field(
        None, title="Can be restarted", description="If the supervisor dies, the run restarts it from its own record."
    )
    restart_completed: bool | None = Field(
        None, title="Finished ones too", description="Restarted with the others, unless somebody used their results."
    )
    on_supervisor_crash: Literal["adopt", "restart_tree"] | None = Field(
        None, title="When it is back", description="Takes its workers as they are (default), or restarts them."
    )
    first_pause: NotNegative | None = Field(
        None, title="First pause", description="Seconds before the first restart in a row (default 0)."
    )
    backoff: NotNegative | None = Field(
        None, title="Pause", description="Seconds before the second restart in a row, doubling (default 0.5)."
    )
    max_backoff: Seconds | None = Field(None, title="Longest pause", description="Seconds (default 30).")
    backoff_reset: Seconds | None = Field(
        None,
        title="Calm after",
        description="Seconds without a failure until the pauses start over (default: half of the two above together).",
    )
    jitter: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, title="Jitter", description="Share by which a pause may vary (default 0.2)."
    )

    @model_validator(mode="after")
    def _pauses_fit(self) -> Oversight:
        shortest = 0.5 if self.backoff is None else self.backoff
        if self.max_backoff is not None and self.max_backoff < shortest:
            raise ValueError("the longest pause is shorter than the pause before the second restart")
        return self


class Handover(Policy):
    """Limits of a chain of hand-offs; the smallest stated in a swarm holds for the whole chain."""

    max_hops: Annotated[int, Field(ge=0)] | None = Field(None, title="Hops", description="Per task (default 10).")
    max_turns: Annotated[int, Field(ge=1)] | None = Field(None, title="Turns", description="Per visit (default 10).")
    history: Literal["full", "last"] | None = Field(None, title="Passes on", description="Default: the full history.")
    on_limit: Literal["fail", "finish", "escalate"] | None = Field(
        None,
        title="At the limit",
        description="Fail (default), finish with what there is, or fail so that fallbacks and the supervisor may help.",
    )
    finish_with: str | None = Field(
        None,
        title="Finishes",
        description="Who of the swarm answers at the limit, and can hand off no more; else it ends with the message.",
        json_schema_extra={"widget": "agent"},
    )
    allow_self: bool | None = Field(None, title="May hand off to itself")


class WorkBoard(Policy):
    """How a board shares out its work; absent fields take the engine's defaults."""

    lease: Seconds | None = Field(
        None, title="Lease", description="Seconds that who took work may be silent before others get it (default 30)."
    )
    max_deliveries: Annotated[int, Field(ge=1)] | None = Field(
        None, title="Tries", description="How often one piece of work is handed out before it is given up (default 3)."
    )
    max_claims_per_agent: Annotated[int, Field(ge=1)] | None = Field(
        None, title="At once", description="Pieces of work that one peer may hold (default 1)."
    )
    unclaimable_after: Seconds | None = Field(
        None,
        title="Nobody can do it",
        description="Seconds until work that takes skills nobody has is told (default 60).",
    )
    on_unclaimable: Literal["fail", "wait", "escalate"] | None = Field(
        None, title="Then", description="Give it up and fail in the end (default), go on waiting, or fail at once."
    )
    done_when: str | None = Field(
        None,
        title="Done when",
        description="A condition: value is the list of results so far, state the run's state; context.notes, and "
        "context.posted, done, dead and left are the board's. Default: when no work is left.",
        json_schema_extra={"widget": "code"},
    )


class StateKey(Policy):
    """One key of the state that the agents of a run share, and how several writes become one value."""

    reducer: Literal["last", "append", "sum", "merge"] = Field(
        "last",
        title="Writes",
        description="Replace the value (default), are added to a list, are added up, or are merged into an object.",
    )
    initial: JSON = Field(None, title="At first", description="The value before anybody writes.")
    description: str | None = Field(None, title="What it holds")

    @model_validator(mode="after")
    def _initial_fits(self) -> StateKey:
        value = self.initial
        if value is None or self.reducer == "last":
            return self
        if self.reducer == "append" and not isinstance(value, list):
            raise ValueError("what is appended to is a list")
        if self.reducer == "sum" and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError("what is added up is a number")
        if self.reducer == "sum" and not abs(value) <= 1e300:
            raise ValueError("what is added up is not larger than 1e300")
        if self.reducer == "merge" and not isinstance(value, dict):
            raise ValueError("what is merged is an object")
        return self


class RunLimits(Policy):
    """Limits of a whole run; absent fields take the engine's defaults."""

    deadline: Seconds | None = Field(None, title="Time", description="Seconds for the whole run (default 3,600).")
    max_activations: Annotated[int, Field(ge=1)] | None = Field(
        None, title="Repeated visits", description="Of agents in loops, all together (default 1,000)."
    )
    max_concurrency: Annotated[int, Field(ge=1)] | None = Field(
        None, title="At once", description="Agents that run at the same time (default 64)."
    )
    max_cost: Money | None = Field(
        None, title="Money", description="US$ for the whole run, by the prices of its models (default no limit)."
    )
    max_tokens: Count | None = Field(
        None, title="Tokens", description="That all models together send and receive (default no limit)."
    )
    max_hops: Count | None = Field(None, title="Hand-offs", description="Of all swarms together (default no limit).")
    max_repeats: NoneOrMore | None = Field(
        None,
        title="Repetitions",
        description="How often the same agents may say the same again; 0 = without end (default 3).",
    )
    on_limit: Literal["fail", "ask"] | None = Field(None, title="At a limit")


class Budget(Policy):
    """What one agent may use up in a run, all its visits and copies together; absent means no limit of its own."""

    max_cost: Money | None = Field(None, title="Money", description="US$, by the prices of its models.")
    max_tokens: Count | None = Field(None, title="Tokens", description="That its models send and receive.")
    max_seconds: Seconds | None = Field(None, title="Time at work", description="Seconds, all its attempts together.")
    max_visits: Count | None = Field(None, title="Visits", description="How often it may be set to work.")
    max_hops: Count | None = Field(None, title="Hand-offs", description="How often it may hand a task over.")
    max_repeats: NoneOrMore | None = Field(
        None,
        title="Repetitions",
        description="How often it and another may say the same again; 0 = without end.",
    )
    on_limit: Literal["fail", "ask"] | None = Field(None, title="At a limit")


class Estimate(Policy):
    """What is expected of one attempt of an agent; only for working out what a run will take, never for running."""

    seconds: NotNegative | None = Field(None, title="Takes", description="Seconds; half of the attempts take less.")
    slow: NotNegative | None = Field(
        None, title="Rarely more than", description="Seconds; nine of ten attempts take less."
    )
    fails: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, title="Fails", description="Share of its attempts, from 0 to 1."
    )
    cost: NotNegative | None = Field(None, title="Costs", description="US$ for one attempt.")
    items: Annotated[int, Field(ge=0)] | None = Field(
        None, title="Pieces", description="How many pieces its result has, where a list goes on from it."
    )

    @model_validator(mode="after")
    def _slow_is_slower(self) -> Estimate:
        if self.seconds is not None and self.slow is not None and self.slow < self.seconds:
            raise ValueError("what it rarely takes more than is less than what it takes")
        return self
