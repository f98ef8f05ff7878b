"""Policies with the engine's defaults filled in; a drawing states only what a person decided."""

from __future__ import annotations

from typing import Any, NamedTuple

from quartet.graph.model import Agent, Directive, Oversight, RunLimits, WorkBoard
from quartet.graph.nesting import SUB_GRAPH
from quartet.graph.policies import Patience, Retry

START_TO_CLOSE = 300.0
CANCEL_GRACE = 5.0
MAX_ITERATIONS = 25
MAX_REPEATS = 3


class RetryPlan(NamedTuple):
    """A retry policy without absent fields (seconds)."""

    max_attempts: int
    initial: float
    backoff: float
    longest: float
    jitter: float
    retry_on: frozenset[str] | None
    never: frozenset[str]
    by_error: tuple[RetryPlan, ...] = ()
    """What holds instead for the errors that its own `retry_on` names; the first that does counts."""

    def of(self, type: str) -> RetryPlan:
        """What holds for errors of one type."""
        return next((plan for plan in self.by_error if plan.retry_on and type in plan.retry_on), self)


class OversightPlan(NamedTuple):
    """How a supervisor looks after its workers, without absent fields (seconds)."""

    strategy: str
    max_restarts: int
    max_seconds: float | None
    on_error: tuple[Directive, ...]
    restartable: bool
    restart_tree: bool
    """Whether a supervisor that comes back restarts its workers, rather than taking them as they are."""
    restart_completed: bool
    max_children: int | None
    stall_after: float | None
    asks_at_root: bool
    first_pause: float
    backoff: float
    longest: float
    calm: float
    """So long without a failure, and the pauses start over."""
    jitter: float

    def pause(self, n: int) -> float:
        """Seconds before the n-th restart in a row, without jitter."""
        if n <= 1:
            return min(self.longest, self.first_pause)
        return min(self.longest, self.backoff * 2.0 ** min(n - 2, 64))


class BoardPlan(NamedTuple):
    """How a board shares out its work, without absent fields (seconds)."""

    lease: float
    max_deliveries: int
    max_claims_per_agent: int
    unclaimable_after: float
    on_unclaimable: str
    done_when: str | None


def board_plan(stated: WorkBoard | None) -> BoardPlan:
    """How a board shares out its work, defaults filled in."""
    rules = stated or WorkBoard()
    return BoardPlan(
        rules.lease or 30.0,
        rules.max_deliveries or 3,
        rules.max_claims_per_agent or 1,
        rules.unclaimable_after or 60.0,
        rules.on_unclaimable or "fail",
        rules.done_when,
    )


class RunPlan(NamedTuple):
    """The limits of a run, without absent fields (seconds)."""

    deadline: float
    max_activations: int
    max_concurrency: int
    on_limit: str
    max_cost: float | None = None
    max_tokens: int | None = None
    max_hops: int | None = None
    max_repeats: int | None = None
    """None: nothing stated, so MAX_REPEATS holds where nothing else bounds what goes round; 0: without end."""


def run_plan(stated: RunLimits | None) -> RunPlan:
    """The limits of a run with the defaults filled in."""
    limits = stated or RunLimits()
    return RunPlan(
        limits.deadline or 3600.0,
        limits.max_activations or 1000,
        limits.max_concurrency or 64,
        limits.on_limit or "fail",
        limits.max_cost,
        limits.max_tokens,
        limits.max_hops,
        limits.max_repeats,
    )


def run_limits(stated: RunLimits | None, wanted: RunLimits | None, on_limit: str) -> RunLimits | None:
    """The limits of a run: of what is drawn and what whoever starts it wants the stricter, field by field.

    So a run can be tightened from outside, and is never loosened by mistake. At a limit happens what `wanted` says,
    else what is drawn, else `on_limit`.
    """
    found = {} if stated is None else stated.model_dump(exclude_none=True)
    for name, value in ({} if wanted is None else wanted.model_dump(exclude_none=True)).items():
        if name == "on_limit" or name not in found:
            found[name] = value
        else:
            # no repetition at all is 1, without end is 0
            found[name] = min(found[name], value, key=lambda limit: limit or float("inf"))
    if on_limit == "ask":
        found.setdefault("on_limit", on_limit)
    return RunLimits(**found) if found else None


DEFAULT_RETRY = RetryPlan(3, 1.0, 2.0, 100.0, 0.1, None, frozenset())
ONCE = DEFAULT_RETRY._replace(max_attempts=1)


def is_repeatable(agent: Agent, kind: Any) -> bool:
    """Whether an agent is safe to run twice: as stated, else as its kind says (None: a kind that nobody knows)."""
    if agent.repeatable is not None or kind is None:
        return agent.repeatable is not False
    try:
        return bool(kind.repeatable(kind.config.model_validate(agent.config)))
    except ValueError:
        return True  # a config that its kind refuses never runs; rehearsals need no config


def retry_plan(agent: Agent, kind: Any) -> RetryPlan:
    """The retry policy of an agent with the defaults filled in. What is not safe to run twice gets one attempt."""
    stated = agent.retry
    # what is in a sub-graph has attempts of its own, so that it failed is final unless somebody says otherwise
    default = 3 if is_repeatable(agent, kind) and agent.kind != SUB_GRAPH else 1
    if stated is None:
        return DEFAULT_RETRY if default == 3 else ONCE
    plan = _patience(stated, stated, default)._replace(
        retry_on=None if stated.retry_on is None else frozenset(stated.retry_on)
    )
    special = (_patience(each, stated, default)._replace(retry_on=frozenset(each.on)) for each in stated.by_error or ())
    return plan._replace(by_error=tuple(special))


def _patience(stated: Patience, otherwise: Retry, attempts: int) -> RetryPlan:
    """A policy with the defaults filled in: those of the agent, else the engine's."""
    own = {**otherwise.model_dump(exclude_none=True), **stated.model_dump(exclude_none=True)}
    initial = own.get("initial_interval", 1.0)
    return RetryPlan(
        own.get("max_attempts", attempts),
        initial,
        own.get("backoff", 2.0),
        own.get("max_interval", 100 * initial),
        own.get("jitter", 0.1),
        None,
        frozenset(otherwise.non_retryable or ()),
    )


def oversight_plan(agent: Agent) -> OversightPlan:
    """How an agent with supervise edges looks after its workers, defaults filled in."""
    stated = agent.oversight or Oversight()
    backoff = 0.5 if stated.backoff is None else stated.backoff
    longest = max(30.0, backoff) if stated.max_backoff is None else stated.max_backoff
    return OversightPlan(
        stated.strategy or "one_for_one",
        3 if stated.max_restarts is None else stated.max_restarts,
        stated.max_seconds,
        stated.on_error or (Directive(do="restart"),),
        bool(stated.restartable),
        stated.on_supervisor_crash == "restart_tree",
        bool(stated.restart_completed),
        stated.max_children,
        stated.stall_after,
        stated.root_policy == "ask_human",
        stated.first_pause or 0.0,
        backoff,
        longest,
        (backoff + longest) / 2 if stated.backoff_reset is None else stated.backoff_reset,
        0.2 if stated.jitter is None else stated.jitter,
    )
