"""Policies with the engine's defaults filled in; a drawing states only what a person decided."""

from __future__ import annotations

from typing import Any, NamedTuple

from quartet.graph.model import Agent, Directive, RunLimits

START_TO_CLOSE = 300.0
CANCEL_GRACE = 5.0
MAX_ITERATIONS = 25


class RetryPlan(NamedTuple):
    """A retry policy without absent fields (seconds)."""

    max_attempts: int
    initial: float
    backoff: float
    longest: float
    jitter: float
    retry_on: frozenset[str] | None
    never: frozenset[str]


class OversightPlan(NamedTuple):
    """How a supervisor looks after its workers, without absent fields (seconds)."""

    strategy: str
    max_restarts: int
    max_seconds: float | None
    on_error: tuple[Directive, ...]
    restartable: bool
    backoff: float


class RunPlan(NamedTuple):
    """The limits of a run, without absent fields (seconds)."""

    deadline: float
    max_activations: int
    max_concurrency: int
    on_limit: str


def run_plan(stated: RunLimits | None) -> RunPlan:
    """The limits of a run with the defaults filled in."""
    limits = stated or RunLimits()
    return RunPlan(
        limits.deadline or 3600.0,
        limits.max_activations or 1000,
        limits.max_concurrency or 64,
        limits.on_limit or "fail",
    )


DEFAULT_RETRY = RetryPlan(3, 1.0, 2.0, 100.0, 0.1, None, frozenset())
ONCE = DEFAULT_RETRY._replace(max_attempts=1)


def retry_plan(agent: Agent, kind: Any) -> RetryPlan:
    """The retry policy of an agent with the defaults filled in. What is not safe to run twice gets one attempt."""
    stated = agent.retry
    repeatable = agent.repeatable
    if repeatable is None and kind is not None:
        try:
            repeatable = kind.repeatable(kind.config.model_validate(agent.config))
        except ValueError:
            repeatable = True  # a config that its kind refuses never runs; rehearsals need no config
    default = 1 if repeatable is False else 3
    if stated is None:
        return DEFAULT_RETRY if default == 3 else ONCE
    initial = 1.0 if stated.initial_interval is None else stated.initial_interval
    return RetryPlan(
        default if stated.max_attempts is None else stated.max_attempts,
        initial,
        2.0 if stated.backoff is None else stated.backoff,
        100 * initial if stated.max_interval is None else stated.max_interval,
        0.1 if stated.jitter is None else stated.jitter,
        None if stated.retry_on is None else frozenset(stated.retry_on),
        frozenset(stated.non_retryable or ()),
    )


def oversight_plan(agent: Agent) -> OversightPlan:
    """How an agent with supervise edges looks after its workers, defaults filled in."""
    stated = agent.oversight
    if stated is None:
        return OversightPlan("one_for_one", 3, None, (Directive(do="restart"),), False, 0.5)
    return OversightPlan(
        stated.strategy or "one_for_one",
        3 if stated.max_restarts is None else stated.max_restarts,
        stated.max_seconds,
        stated.on_error or (Directive(do="restart"),),
        bool(stated.restartable),
        0.5 if stated.backoff is None else stated.backoff,
    )
