"""Thousands of simulated runs, and what they took."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from quartet.engine.clock import VirtualClock
from quartet.engine.events import Event
from quartet.engine.run import run
from quartet.graph.edits import Edit, apply
from quartet.graph.model import AgentId, Graph
from quartet.whatif.estimates import Expected, Measured, estimates, plain
from quartet.whatif.playing import Play, SimulatedExecutor, playable

JSON = Any
RUNS = 1_000


class Stopped(Exception):  # noqa: N818 - no error: somebody's wish
    """Somebody did not want to wait for the rest."""


class One(NamedTuple):
    """One simulated run."""

    seconds: float
    cost: float
    succeeded: bool
    path: tuple[AgentId, ...]
    """The agents that it waited for, first to last: had one of them been faster, so had the run."""
    blamed: tuple[AgentId, ...]
    """Whose failures nobody took care of."""
    busy: Mapping[AgentId, float]
    """Seconds at work, by agent."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the simulated runs of a drawing took."""

    runs: tuple[One, ...]
    expected: Mapping[AgentId, Expected]

    @property
    def success(self) -> float:
        """The share of runs that succeeded."""
        return sum(one.succeeded for one in self.runs) / len(self.runs)

    @property
    def success_range(self) -> tuple[float, float]:
        """Where the true share lies with 95 % certainty (Wilson's interval)."""
        n, z = len(self.runs), 1.96
        share = self.success
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
        return max(0.0, middle - half), min(1.0, middle + half)

    @property
    def seconds(self) -> list[float]:
        """How long each run took, sorted."""
        return sorted(one.seconds for one in self.runs)

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
        counts = Counter(id for one in self.runs for id in set(one.path))
        return {id: count / len(self.runs) for id, count in counts.most_common()}

    @property
    def blamed(self) -> dict[AgentId, float]:
        """By agent the share of runs that failed because of it, the worst first."""
        counts = Counter(id for one in self.runs for id in set(one.blamed))
        return {id: count / len(self.runs) for id, count in counts.most_common()}

    @property
    def busy(self) -> dict[AgentId, float]:
        """By agent the mean of its seconds at work in a run."""
        total: dict[AgentId, float] = {}
        for one in self.runs:
            for id, seconds in one.busy.items():
                total[id] = total.get(id, 0.0) + seconds
        return {id: seconds / len(self.runs) for id, seconds in total.items()}


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of sorted values lies, between the nearest two."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


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
    return Outcome(tuple(asyncio.run(_all(play, expected, given, runs, seed, told))), expected)


def compare(graph: Graph, edits: Sequence[Edit], input: JSON = None, **options: Any) -> Comparison:
    """Simulate a graph as it is and as it would be after `edits`; options as of `simulate`.

    Raises:
        EditError: the edits do not fit the graph.
        Refused, Stopped: see `simulate`.
    """
    changed = graph.model_copy(deep=True)
    apply(changed, edits)
    return Comparison(simulate(graph, input, **options), simulate(changed, input, **options))


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
        found.append(_read(play.graph, events))
        if told is not None and not told(number + 1):
            raise Stopped
    return found


def _read(graph: Graph, events: list[Event]) -> One:
    """What one run tells, in one pass."""
    targets = {edge.id: edge.target for edge in graph.edges.values()}
    sources = {edge.id: edge.source for edge in graph.edges.values()}
    cost = 0.0
    began: dict[tuple[str, int | None, int | None], float] = {}
    busy: dict[AgentId, float] = {}
    last: dict[str, tuple[str, int | None]] = {}
    """By agent the visit whose result reached it last."""
    because: dict[tuple[str, int | None], tuple[str, int | None] | None] = {}
    newest: tuple[str, int | None] | None = None
    for event in events:
        kind, agent, data = event.type, event.agent, event.data or {}
        if kind == "edge.token":
            if data["kind"] == "value" and data["edge"] in targets:
                last[targets[data["edge"]]] = (sources[data["edge"]], data.get("act"))
        elif agent is None:
            continue
        elif "/" in agent and kind == "activation.finished":
            continue  # in a sub-graph: whoever waits, waits for the agent that stands for it
        elif kind == "activation.ready":
            because[agent, event.act] = last.get(agent)
        elif kind == "attempt.started":
            began[agent, event.act, event.attempt] = event.t
        elif kind in _ENDINGS:
            since = began.pop((agent, event.act, event.attempt), event.t)
            busy[plain(agent)] = busy.get(plain(agent), 0.0) + event.t - since
        elif kind == "attempt.usage":
            cost += data.get("cost") or 0.0
        elif kind == "activation.finished":
            # whoever only watches or collects was waited for by nobody
            if data.get("state") in ("succeeded", "failed") and busy.get(AgentId(agent), 0.0) > 0:
                newest = (agent, event.act)
        elif kind == "work.handed_over":
            last.setdefault(data["to"], (agent, event.act))
    end = events[-1].data or {}
    path: list[AgentId] = []
    seen = set()
    while newest is not None and newest not in seen:
        seen.add(newest)
        if busy.get(AgentId(newest[0]), 0.0) > 0:
            path.append(AgentId(newest[0]))
        newest = because.get(newest)
    return One(
        events[-1].t, cost, end.get("state") == "succeeded", tuple(reversed(path)),
        tuple(dict.fromkeys(plain(id.split("/")[0]) for id in end.get("unhandled", ()))), busy,
    )  # fmt: skip


_ENDINGS = frozenset({
    "attempt.succeeded", "attempt.failed", "attempt.timed_out", "attempt.cancelled", "attempt.lost",
})  # fmt: skip
