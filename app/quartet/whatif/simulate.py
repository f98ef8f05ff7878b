"""Thousands of simulated runs, and what they took."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

from quartet.engine.clock import VirtualClock
from quartet.engine.events import Event
from quartet.engine.run import run
from quartet.graph.edits import Edit, apply
from quartet.graph.model import AgentId, Graph
from quartet.whatif.assumptions import assumptions
from quartet.whatif.estimates import Expected, Measured, estimates
from quartet.whatif.playing import Play, SimulatedExecutor, playable
from quartet.whatif.ranges import gain_range, mean_range, quantile, share_range
from quartet.whatif.tracing import One, read

JSON = Any
RUNS = 1_000


class Stopped(Exception):  # noqa: N818 - no error: somebody's wish
    """Somebody did not want to wait for the rest."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the simulated runs of a drawing took."""

    runs: tuple[One, ...]
    expected: Mapping[AgentId, Expected]
    assumed: tuple[str, ...] = ()
    """What they take for granted, in sentences."""

    @property
    def success(self) -> float:
        """The share of runs that succeeded."""
        return sum(one.succeeded for one in self.runs) / len(self.runs)

    @property
    def success_range(self) -> tuple[float, float]:
        """Where the true share lies with 95 % certainty."""
        return share_range(sum(one.succeeded for one in self.runs), len(self.runs))

    @property
    def seconds(self) -> list[float]:
        """How long each run took, sorted."""
        return sorted(one.seconds for one in self.runs)

    @property
    def seconds_of_success(self) -> list[float]:
        """How long each run took that succeeded, sorted: one that fails may end early."""
        return sorted(one.seconds for one in self.runs if one.succeeded)

    @property
    def costs(self) -> list[float]:
        """What each run cost in US$, sorted."""
        return sorted(one.cost for one in self.runs)

    @property
    def mean_cost(self) -> float:
        """US$ a run."""
        return sum(one.cost for one in self.runs) / len(self.runs)

    @property
    def critical(self) -> dict[AgentId, float]:
        """By agent the share of runs that waited for it, those most waited for first."""
        counts = Counter(id for one in self.runs for id in dict.fromkeys(one.path))
        return {id: count / len(self.runs) for id, count in counts.most_common()}

    @property
    def blamed(self) -> dict[AgentId, float]:
        """By agent the share of runs that failed because of it, the worst first."""
        counts = Counter(id for one in self.runs for id in dict.fromkeys(one.blamed))
        return {id: count / len(self.runs) for id, count in counts.most_common()}

    @property
    def busy(self) -> dict[AgentId, float]:
        """By agent the mean of its seconds at work in a run."""
        total: dict[AgentId, float] = {}
        for one in self.runs:
            for id, seconds in one.busy.items():
                total[id] = total.get(id, 0.0) + seconds
        return {id: seconds / len(self.runs) for id, seconds in total.items()}


def percent(share: float) -> str:
    """A share with one decimal: 100 % only if it is all of them, 0 % only if it is none."""
    if 0 < share < 0.0005:
        return "under 0.1%"
    return "over 99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change would do: the same luck before and after it."""

    before: Outcome
    after: Outcome

    @property
    def success(self) -> float:
        """By how much more of the runs succeed, from -1 to 1."""
        return self.after.success - self.before.success

    @property
    def seconds(self) -> float:
        """By how much longer half of the runs take."""
        return quantile(self.after.seconds, 0.5) - quantile(self.before.seconds, 0.5)

    @property
    def cost(self) -> float:
        """By how much more a run costs, in US$."""
        return self.after.mean_cost - self.before.mean_cost

    @property
    def mean_seconds(self) -> float:
        """By how much longer a run takes, on average: also what the change does to a few of them counts."""
        return fsum(self._pairs("seconds")) / len(self.before.runs)

    @property
    def success_range(self) -> tuple[float, float]:
        """Where the true gain lies with 95 % certainty, as of the others below: run by run, not side by side."""
        changed = [after.succeeded - before.succeeded for before, after in self._runs]
        return gain_range(changed.count(1), changed.count(-1), len(changed))

    @property
    def mean_seconds_range(self) -> tuple[float, float]:
        return mean_range(self._pairs("seconds"))

    @property
    def cost_range(self) -> tuple[float, float]:
        return mean_range(self._pairs("cost"))

    @property
    def does_nothing(self) -> bool:
        """Whether all runs are as they were."""
        return all(after[:3] == before[:3] for before, after in self._runs)

    @property
    def _runs(self) -> Iterator[tuple[One, One]]:
        return zip(self.before.runs, self.after.runs, strict=True)

    def _pairs(self, what: str) -> list[float]:
        return [getattr(after, what) - getattr(before, what) for before, after in self._runs]


def simulate(
    graph: Graph,
    input: JSON = None,
    *,
    runs: int = RUNS,
    seed: int = 0,
    measured: Mapping[AgentId, Measured] | None = None,
    told: Callable[[int], bool] | None = None,
) -> Outcome:
    """Simulate so many runs of a graph. Takes a thread of its own or nobody's: it runs an event loop.

    Args:
        input: of the runs; by default the graph's sample input.
        measured: what kept runs took (see `estimates.measure`).
        told: called with the number of runs done so far, now and then; False stops the simulation.
    Raises:
        Refused: the graph cannot even be rehearsed.
        Stopped: `told` said so.
    """
    expected = estimates(graph, measured)
    play = playable(graph)
    given = graph.input if input is None else input
    found = tuple(asyncio.run(_all(play, expected, given, runs, seed, told)))
    return Outcome(found, expected, assumptions(play, expected))


def compare(graph: Graph, edits: Sequence[Edit], input: JSON = None, **options: Any) -> Comparison:
    """Simulate a graph as it is and as it would be after `edits`; options as of `simulate`.

    Raises:
        EditError: the edits do not fit the graph.
        Refused, Stopped: see `simulate`.
    """
    return Comparison(simulate(graph, input, **options), simulate(changed(graph, edits), input, **options))


def changed(graph: Graph, edits: Sequence[Edit]) -> Graph:
    """The graph as it would be after `edits`; it is not changed itself.

    Raises:
        EditError: the edits do not fit it.
    """
    copy = graph.model_copy(deep=True)
    apply(copy, edits)
    return copy


async def _all(
    play: Play,
    expected: Mapping[AgentId, Expected],
    given: JSON,
    runs: int,
    seed: int,
    told: Callable[[int], bool] | None,
) -> list[One]:
    found: list[One] = []
    for number in range(runs):
        clock = VirtualClock()
        executor = SimulatedExecutor(play, expected, clock, f"{seed}/{number}")
        events: list[Event] = []
        async with run(play.graph, given, rehearse=True, clock=clock, executor=executor, seed=seed + number) as running:
            events.extend([event async for event in running])
        found.append(read(play.graph, events))
        if told is not None and not told(number + 1):
            raise Stopped
    return found
