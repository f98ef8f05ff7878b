"""What is expected of each agent: as the drawing states it, else as kept runs show it, else as its kind usually is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from quartet.engine.journal import JournalError, Recorded
from quartet.engine.prices import PriceTable, shipped
from quartet.graph.model import Agent, AgentId, Graph
from quartet.graph.nesting import SLOT, named

Basis = Literal["stated", "measured", "assumed"]
NINETY = 1.2816
"""Standard deviations of a normal distribution below which nine of ten lie."""
ENOUGH = 3
"""So many measured attempts are believed."""
TOKENS_IN, TOKENS_OUT = 1_000, 500
"""What a call of a model is assumed to send and to receive, to work out a cost."""


class Expected(NamedTuple):
    """What is expected of one attempt of an agent."""

    seconds: float
    """Half of the attempts take less."""
    slow: float
    """Nine of ten take less."""
    fails: float
    """Share of the attempts that fail, from 0 to 1."""
    cost: float
    """US$."""
    items: int
    """Pieces of its result."""
    basis: Basis
    samples: int = 0
    """Measured attempts it rests on."""

    @property
    def spread(self) -> float:
        """The standard deviation of the logarithm of the time (times are spread log-normally)."""
        if self.seconds <= 0 or self.slow <= self.seconds:
            return 0.0
        return math.log(self.slow / self.seconds) / NINETY


class Measured(NamedTuple):
    """What attempts of an agent took in runs that were kept."""

    seconds: tuple[float, ...]
    """Of those that succeeded, sorted."""
    failed: int
    cost: float
    """US$ of all of them."""


USUAL: Mapping[str, Expected] = {
    "llm": Expected(5.0, 15.0, 0.02, 0.0, 3, "assumed"),
    "http": Expected(1.0, 5.0, 0.03, 0.0, 3, "assumed"),
    "python": Expected(0.5, 2.0, 0.01, 0.0, 3, "assumed"),
    "file": Expected(0.05, 0.2, 0.001, 0.0, 3, "assumed"),
    "human": Expected(300.0, 3600.0, 0.0, 0.0, 3, "assumed"),
    "graph": Expected(0.0, 0.0, 0.0, 0.0, 3, "assumed"),
}
"""By kind; whatever is not named takes no time, as what the engine does itself."""
NOTHING = Expected(0.0, 0.0, 0.0, 0.0, 3, "assumed")


def estimates(
    graph: Graph, measured: Mapping[AgentId, Measured] | None = None, prices: PriceTable | None = None
) -> dict[AgentId, Expected]:
    """What is expected of each agent of a graph. What is stated wins, field by field; then what was measured.

    Agents of sub-graphs are known by their `plain` paths: `research/news`.
    """
    known = measured or {}
    table = shipped() if prices is None else prices
    found: dict[AgentId, Expected] = {}
    waiting: list[tuple[str, Graph, frozenset[str]]] = [("", graph, frozenset())]
    for prefix, drawing, around in waiting:  # grows while it is read
        for id, agent in drawing.agents.items():
            path = AgentId(prefix + id)
            found[path] = _expected(agent, known.get(path), table)
            inner = named(agent)
            if inner in graph.graphs and inner not in around:
                waiting.append((f"{path}/", graph.graphs[inner], around | {inner}))
    return found


def plain(path: str) -> AgentId:
    """The path of an agent without the numbers that tell several runs of one sub-graph apart."""
    return AgentId("/".join(SLOT.sub("", step) for step in path.split("/")) if "#" in path else path)


def _expected(agent: Agent, measured: Measured | None, prices: PriceTable) -> Expected:
    if agent.disabled is not None:  # runs do not ask it
        return NOTHING._replace(basis="stated")
    found = USUAL.get(agent.kind, NOTHING)
    if agent.kind == "llm":
        found = found._replace(cost=_usual_cost(agent, prices))
    if measured is not None and len(measured.seconds) >= ENOUGH:
        count = len(measured.seconds) + measured.failed
        found = found._replace(
            seconds=_quantile(measured.seconds, 0.5), slow=_quantile(measured.seconds, 0.9),
            # one more of each than was seen: three successes are no proof that it never fails
            fails=(measured.failed + 0.5) / (count + 1) if measured.failed else 0.5 / (count + 1),
            cost=measured.cost / count, basis="measured", samples=count,
        )  # fmt: skip
    stated = agent.estimate
    if stated is None:
        return found
    seconds = found.seconds if stated.seconds is None else stated.seconds
    ratio = found.slow / found.seconds if found.seconds else 1.0
    return Expected(
        seconds,
        seconds * max(1.0, ratio) if stated.slow is None else max(seconds, stated.slow),
        found.fails if stated.fails is None else stated.fails,
        found.cost if stated.cost is None else stated.cost,
        found.items if stated.items is None else stated.items,
        "stated",
        found.samples,
    )


def _usual_cost(agent: Agent, prices: PriceTable) -> float:
    model = agent.config.get("model")
    if not isinstance(model, str):
        return 0.0
    told = prices.priced({"model": model, "input_tokens": TOKENS_IN, "output_tokens": TOKENS_OUT}).get("cost")
    return float(told) if isinstance(told, int | float) else 0.0


def measure(paths: Iterable[Path]) -> dict[AgentId, Measured]:
    """What the attempts in these kept runs took, by agent. Rehearsals and what cannot be read are passed over."""
    seconds: dict[AgentId, list[float]] = {}
    failed: dict[AgentId, int] = {}
    cost: dict[AgentId, float] = {}
    for path in paths:
        try:
            with Recorded.open(path) as recorded:
                if not recorded.header.rehearse:
                    _read(recorded, seconds, failed, cost)
        except (JournalError, OSError):
            continue
    return {
        id: Measured(tuple(sorted(seconds.get(id, ()))), failed.get(id, 0), cost.get(id, 0.0))
        for id in {**seconds, **failed}
    }


def _read(
    recorded: Recorded,
    seconds: dict[AgentId, list[float]],
    failed: dict[AgentId, int],
    cost: dict[AgentId, float],
) -> None:
    begun: dict[tuple[str, int | None, int | None], float] = {}
    for event in recorded.events():
        if event.agent is None:
            continue
        id = plain(event.agent)
        where = (event.agent, event.act, event.attempt)
        if event.type == "attempt.started":
            begun[where] = event.t
        elif event.type == "attempt.succeeded" and where in begun:
            seconds.setdefault(id, []).append(event.t - begun.pop(where))
        elif event.type in ("attempt.failed", "attempt.timed_out"):
            failed[id] = failed.get(id, 0) + 1
        elif event.type == "attempt.usage" and event.data is not None:
            told = event.data.get("cost")
            cost[id] = cost.get(id, 0.0) + (float(told) if isinstance(told, int | float) else 0.0)


def _quantile(values: tuple[float, ...], share: float) -> float:
    """Between the nearest two of sorted values."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)
