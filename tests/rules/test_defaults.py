"""The defaults that findings tell are those that the engine applies."""

from __future__ import annotations

import pytest

from quartet.engine.plan import Plan
from quartet.engine.policies import DEFAULT_RETRY, START_TO_CLOSE
from quartet.rules import defaults
from rules.drawings import agent, draw


def test_defaults_are_the_engines() -> None:
    plan = Plan(draw(agent("Boss", "supervisor"), agent("A"), agent("B"), edges="boss ~ a, a ^ b"))
    assert START_TO_CLOSE == defaults.ATTEMPT_LIMIT
    assert DEFAULT_RETRY.max_attempts == defaults.MAX_ATTEMPTS
    oversight, peers = plan.nodes["boss"].oversight, plan.nodes["a"].peers
    assert oversight is not None and oversight.max_restarts == defaults.MAX_RESTARTS
    assert peers is not None and peers.max_hops == defaults.MAX_HOPS
    assert plan.limits.max_concurrency == defaults.MAX_CONCURRENCY
    assert plan.limits.deadline == defaults.RUN_DEADLINE


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (20, "20 s"),
        (60, "60 s"),
        (90, "90 s"),
        (300, "5 min"),
        (900, "15 min"),
        (3600, "1 h"),
        (5400, "90 min"),
        (0.5, "0.5 s"),
    ],
)
def test_a_time_is_said_as_people_say_it(time: float, said: str) -> None:
    assert defaults.seconds(time) == said


@pytest.mark.parametrize(("count", "said"), [(1, "once"), (2, "twice"), (5, "5 times")])
def test_a_number_of_times_is_said_as_people_say_it(count: int, said: str) -> None:
    assert defaults.times(count) == said
