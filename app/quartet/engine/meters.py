"""Meters of what a run and its agents may use up, and how their limits are said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quartet.engine.clock import Timer
    from quartet.engine.nodes import Node
    from quartet.graph.model import Budget

JSON = Any
_DUST = 1e-9
"""Sums of prices are not exact; less than a millionth of a cent is no difference."""


class Meter:
    """What one limit is about: how much is used up, how much is allowed."""

    __slots__ = ("allowed", "ask", "blind", "node", "reached", "stated", "value", "which")

    def __init__(self, which: str, stated: float | None, *, ask: bool, node: Node | None = None) -> None:
        self.which = which
        """deadline | max_activations | max_cost | max_tokens | max_hops | max_repeats | max_seconds | max_visits"""
        self.stated = self.allowed = stated
        """None: no limit. What is allowed grows with what is granted."""
        self.ask = ask
        """At the limit the run pauses and somebody is asked; else it fails."""
        self.node = node
        """Whose limit it is; None: the run's."""
        self.value: float = 0
        self.reached = False
        """It was told, and nobody has granted more since."""
        self.blind = False
        """Something was used whose price nobody knows, and that was told: the sum is too small from then on."""

    @property
    def passed(self) -> bool:
        """Whether more is used than is allowed."""
        return self.allowed is not None and self.value > self.allowed + _DUST

    @property
    def used_up(self) -> bool:
        """Whether nothing is left."""
        return self.allowed is not None and self.value >= self.allowed - _DUST


class AgentMeters:
    """The meters of an agent that has a budget."""

    __slots__ = ("cost", "failed", "hops", "nodes", "running", "seconds", "since", "spent", "timer", "tokens", "visits")

    def __init__(self, node: Node, budget: Budget, *, ask: bool) -> None:
        if budget.on_limit is not None:
            ask = budget.on_limit == "ask"
        self.cost = Meter("max_cost", budget.max_cost, ask=ask, node=node)
        self.tokens = Meter("max_tokens", budget.max_tokens, ask=ask, node=node)
        self.seconds = Meter("max_seconds", budget.max_seconds, ask=ask, node=node)
        self.visits = Meter("max_visits", budget.max_visits, ask=ask, node=node)
        self.hops = Meter("max_hops", budget.max_hops, ask=ask, node=node)
        self.spent = (self.cost, self.tokens, self.seconds)
        """Those that an attempt uses up: with nothing left, none may start."""
        self.nodes: list[Node] = []
        """The agent in the drawing, or in each scope of its sub-graph."""
        self.failed: Meter | None = None
        """Whose limit has failed the agent: it does nothing more in this run."""
        self.running = 0
        """Executions at work at this moment."""
        self.since = 0.0
        self.timer: Timer | None = None

    @property
    def all(self) -> tuple[Meter, ...]:
        return (*self.spent, self.visits, self.hops)

    def settle(self, now: float) -> None:
        """Count the time at work up to now."""
        self.seconds.value += self.running * (now - self.since)
        self.since = now


def amount(value: float | None) -> JSON:
    """A number as events tell it: whole numbers stay whole, sums lose their dust."""
    return round(value, 9) if isinstance(value, float) else value


def say(which: str, limit: float) -> str:
    """An amount of what a limit is about, in words: “US$ 0.50”, “3 visits”."""
    match which:
        case "max_cost":
            return f"US$ {money(limit)}"
        case "deadline":
            return f"{limit:,g} s"
        case "max_seconds":
            return f"{limit:,g} s at work"
        case "max_repeats":
            return "once more" if limit == 1 else f"{limit:,} times more"
    one, many = _UNITS.get(which, (which.replace("_", " "),) * 2)
    return f"{limit:,} {one if limit == 1 else many}"


def money(value: float) -> str:
    """An amount of US$: cents; of less than one dollar three digits that count."""
    if value >= 0.9995 or value <= 0:
        return f"{value:,.2f}"
    digits = 2 - math.floor(math.log10(value))
    whole, _, cents = f"{value:.{digits}f}".rstrip("0").partition(".")
    return f"{whole}.{cents:0<2}"


UNIT_WORDS = {
    "max_cost": ("US$", ""),
    "max_seconds": ("", "s"),
    "deadline": ("", "s"),
    "max_repeats": ("", "times"),
    "max_activations": ("", "visits"),
    "max_tokens": ("", "tokens"),
    "max_hops": ("", "hand-offs"),
    "max_visits": ("", "visits"),
}
"""What stands before and after a number of each."""
_UNITS = {
    "max_activations": ("repeated visit", "repeated visits"),
    "max_tokens": ("token", "tokens"),
    "max_hops": ("hand-off", "hand-offs"),
    "max_visits": ("visit", "visits"),
    "max_turns": ("turn", "turns"),
    "max_iterations": ("pass", "passes"),
}
