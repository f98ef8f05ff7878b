"""What is expected of each agent: as the drawing states it, else as kept runs show it, else as its kind usually is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from types import MappingProxyType
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
MANY = 20
"""From so many on, times are drawn from what was measured; else from the curve through their middle and nine tenths."""
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
    """The best that any of it rests on."""
    samples: int = 0
    """Measured attempts it rests on."""
    tokens: int = 0
    """That a model sends and receives, as far as limits on them go."""
    bases: Mapping[str, Basis] = MappingProxyType({})
    """What each of the numbers rests on, by its name."""
    times: tuple[float, ...] = ()
    """Measured seconds of attempts that succeeded, sorted: what is drawn from, if there are enough of them."""
    failures: tuple[float, ...] = ()
    """Measured seconds of attempts that failed, sorted; endless: it was not seen to end before its time was over."""

    @property
    def spread(self) -> float:
        """The standard deviation of the logarithm of the time (times are spread log-normally)."""
        if self.seconds <= 0 or self.slow <= self.seconds:
            return 0.0
        return math.log(self.slow / self.seconds) / NINETY

    def drawn(self, luck: Random) -> tuple[bool, float | None]:
        """Whether an attempt fails, and after how many seconds it ends (None: never by itself).

        The same luck is fast or slow whatever the numbers are.
        """
        at = luck.gauss(0.0, 1.0)
        fails = luck.random() < self.fails
        seen = self.failures if fails else self.times
        if not seen:
            return fails, self.seconds * math.exp(self.spread * at)
        seconds = _between(seen, 0.5 * (1.0 + math.erf(at / math.sqrt(2.0))))
        return fails, None if math.isinf(seconds) else seconds


class Measured(NamedTuple):
    """What attempts of an agent took in runs that were kept."""

    seconds: tuple[float, ...]
    """Of those that succeeded, sorted."""
    failed: int
    cost: float
    """US$ of all of them."""
    failures: tuple[float, ...] = ()
    """Seconds of those that failed, sorted; endless for those whose time was over."""
    tokens: int = 0
    """That all of them sent and received."""


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
FIELDS = ("seconds", "slow", "fails", "cost", "items")


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
        return NOTHING._replace(basis="stated", bases=dict.fromkeys(FIELDS, "stated"))
    found = USUAL.get(agent.kind, NOTHING)
    if agent.kind == "llm":
        found = found._replace(cost=_usual_cost(agent, prices), tokens=TOKENS_IN + TOKENS_OUT)
    bases: dict[str, Basis] = dict.fromkeys(FIELDS, "assumed")
    if measured is not None and len(measured.seconds) >= ENOUGH:
        count = len(measured.seconds) + measured.failed
        found = found._replace(
            seconds=_quantile(measured.seconds, 0.5), slow=_quantile(measured.seconds, 0.9),
            # one more of each than was seen: three successes are no proof that it never fails
            fails=(measured.failed + 0.5) / (count + 1) if measured.failed else 0.5 / (count + 1),
            cost=measured.cost / count, basis="measured", samples=count, tokens=round(measured.tokens / count),
            times=measured.seconds if len(measured.seconds) >= MANY else (), failures=measured.failures,
        )  # fmt: skip
        bases.update(dict.fromkeys(("seconds", "slow", "fails", "cost"), "measured"))
    stated = agent.estimate
    if stated is not None:
        said = {name: getattr(stated, name) for name in FIELDS if getattr(stated, name) is not None}
        bases.update(dict.fromkeys(said, "stated"))
        if "seconds" in said or "slow" in said:
            ratio = found.slow / found.seconds if found.seconds else 1.0
            seconds = said.get("seconds", min(found.seconds, said.get("slow", math.inf)))
            slow = said.get("slow", seconds * max(1.0, ratio))
            said |= {"seconds": seconds, "slow": slow, "times": (), "failures": ()}
        found = found._replace(**said, basis="stated" if said else found.basis)
    return found._replace(bases=bases)


def _usual_cost(agent: Agent, prices: PriceTable) -> float:
    model = agent.config.get("model")
    if not isinstance(model, str):
        return 0.0
    told = prices.priced({"model": model, "input_tokens": TOKENS_IN, "output_tokens": TOKENS_OUT}).get("cost")
    return float(told) if isinstance(told, int | float) else 0.0


def measure(paths: Iterable[Path]) -> dict[AgentId, Measured]:
    """What the attempts in these kept runs took, by agent. Rehearsals and what cannot be read are passed over."""
    seen: dict[AgentId, _Seen] = {}
    for path in paths:
        try:
            with Recorded.open(path) as recorded:
                if not recorded.header.rehearse:
                    _read(recorded, seen)
        except (JournalError, OSError):
            continue
    return {
        id: Measured(tuple(sorted(one.took)), len(one.failed), one.cost, tuple(sorted(one.failed)), one.tokens)
        for id, one in seen.items()
        if one.took or one.failed
    }


_Attempt = tuple[str, int | None, int | None]
"""Its agent, the visit, its number."""


class _Seen:
    """What is seen of one agent, run after run."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self.failed: list[float] = []
        self.cost = 0.0
        self.tokens = 0


def _read(recorded: Recorded, seen: dict[AgentId, _Seen]) -> None:
    began: dict[_Attempt, float] = {}
    asked: dict[_Attempt, tuple[int, float]] = {}
    """How many workers' answers an attempt waits for, and since when."""
    paid: dict[_Attempt, tuple[float, int]] = {}
    stopped: set[_Attempt] = set()
    for event in recorded.events():
        if event.agent is None:
            continue
        key = event.agent, event.act, event.attempt
        data = event.data or {}
        if event.type == "attempt.started":
            began[key] = event.t
            continue
        one = seen.setdefault(plain(event.agent), _Seen())
        if event.type == "attempt.usage":
            cost, tokens = paid.get(key, (0.0, 0))
            cost += _number(data.get("cost"))
            tokens += int(_number(data.get("input_tokens")) + _number(data.get("output_tokens")))
            paid[key] = cost, tokens
        elif key not in began:
            continue
        elif event.type == "attempt.cancelled":  # it says nothing of how long it would have taken
            del began[key]
            stopped.add(key)
        elif event.type == "attempt.succeeded":
            one.took.append(event.t - began.pop(key))
        elif event.type in ("attempt.failed", "attempt.lost"):
            one.failed.append(event.t - began.pop(key))
        elif event.type == "attempt.timed_out":
            one.failed.append(math.inf)
            del began[key]
        elif event.type == "call.started" and "target" in data:
            count, since = asked.get(key, (0, event.t))
            asked[key] = count + 1, since
        elif event.type == "call.finished" and key in asked:
            count, since = asked.pop(key)
            if count > 1:
                asked[key] = count - 1, since
            else:  # its workers' time is theirs
                began[key] += event.t - since
    for key, (cost, tokens) in paid.items():
        if key not in stopped and key not in began:
            one = seen.setdefault(plain(key[0]), _Seen())
            one.cost += cost
            one.tokens += tokens


def _number(told: object) -> float:
    return float(told) if isinstance(told, int | float) else 0.0


def _between(values: tuple[float, ...], share: float) -> float:
    """As `_quantile`; where some are endless, one of them as it is."""
    if math.isinf(values[-1]):
        return values[min(int(share * len(values)), len(values) - 1)]
    return _quantile(values, share)


def _quantile(values: tuple[float, ...], share: float) -> float:
    """Between the nearest two of sorted values."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)
