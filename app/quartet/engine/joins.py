"""When an agent with several inputs starts: one Join for each generation of inputs."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from quartet.engine.activation import Activation
    from quartet.engine.clock import Timer
    from quartet.engine.nodes import Link, Node

JSON = Any


class Token(NamedTuple):
    """What an activation put on an edge."""

    link: Link
    kind: str
    """value | error | skipped | cancelled"""
    value: JSON
    origin: Activation | None


new_token = partial(tuple.__new__, Token)
"""Makes a Token of a tuple of all its fields, in half the time."""
DELIVERS_VALUES = frozenset({"all", "all_strict", "any", "n_of_m", "quorum"})
"""These modes hand on values only; the others hand on each branch's outcome."""


class Join:
    """The inputs of one agent in one generation: counts, what arrived, and what follows from it."""

    __slots__ = (
        "arrived", "c", "closed", "expected", "f", "fired", "generation", "later", "mode", "n", "node", "order", "s",
        "timer", "x",
    )  # fmt: skip

    def __init__(self, node: Node, generation: int) -> None:
        self.node, self.generation = node, generation
        policy = node.agent.join
        self.mode: str = policy.mode if policy is not None else "all"
        self.n = policy.n if policy is not None else None
        self.expected = len(node.inputs)
        self.arrived: dict[int, Token] = {}
        self.order: list[int] = []
        self.later: deque[Token] = deque()
        """Second tokens on an edge: they belong to the next generation."""
        self.s = self.f = self.x = self.c = 0
        self.closed = False
        """It fired, failed or was skipped; what still arrives is dropped."""
        self.fired = False
        self.timer: Timer | None = None

    def add(self, token: Token) -> None:
        """Take a token in. The caller has made sure that nothing arrived on its edge in this generation."""
        slot = token.link.slot
        self.arrived[slot] = token
        self.order.append(slot)
        if token.kind == "value":
            self.s += 1
        elif token.kind == "error":
            self.f += 1
        elif token.kind == "skipped":
            self.x += 1
        else:
            self.c += 1

    def drop(self, slot: int) -> None:
        """Take back what arrived on an edge: it comes anew."""
        token = self.arrived.pop(slot)
        self.order.remove(slot)
        if token.kind == "value":
            self.s -= 1
        elif token.kind == "error":
            self.f -= 1
        elif token.kind == "skipped":
            self.x -= 1
        else:
            self.c -= 1

    @property
    def pending(self) -> int:
        return self.expected - len(self.arrived)

    def decide(self) -> str:
        """What the counts say: fire, fail, skip, or an empty text while it must wait."""
        return decide(self.mode, self.n, self.expected, self.s, self.f + self.c, self.x)

    def counts(self) -> dict[str, JSON]:
        """The counts, as events tell them."""
        return {"s": self.s, "f": self.f, "x": self.x, "c": self.c, "p": self.pending}

    def delivered(self) -> tuple[JSON, dict[str, JSON]]:
        """What the agent receives: the value (see `Call.value`) and the inputs by the agent they came from."""
        policy = self.node.agent.join
        slots = self.order if policy is not None and policy.order == "completion" else sorted(self.arrived)
        tokens = [self.arrived[slot] for slot in slots]
        if self.mode in DELIVERS_VALUES:
            tokens = [token for token in tokens if token.kind == "value"]
            values = [token.value for token in tokens]
        else:
            values = [outcome(token) for token in tokens]
        inputs = {token.link.source.local: value for token, value in zip(tokens, values, strict=True)}
        if self.expected == 1 and tokens[0].kind == "value" and tokens[0].link.source.agent.dynamic:
            # the copies were joined in this way already
            return tokens[0].value, {tokens[0].link.source.local: tokens[0].value}
        if len(values) == 1 and (not self.node.collects or (self.expected == 1 and self.mode in DELIVERS_VALUES)):
            return values[0], inputs
        return values, inputs


def decide(mode: str, n: int | None, k: int, s: int, f: int, x: int) -> str:
    """What s values, f failures (cancelled ones among them) and x skips of k inputs mean: fire, fail, skip or ""."""
    p = k - s - f - x
    settled = p == 0
    match mode:
        case "all":
            verdict = "fail" if f else ("fire" if s else "skip") if settled else ""
        case "all_strict":
            verdict = "fail" if f else "skip" if x else "fire" if settled else ""
        case "any":
            verdict = "fire" if s else ("fail" if f else "skip") if settled else ""
        case "n_of_m":
            verdict = "fire" if s >= (n or 1) else ("fail" if f else "skip") if s + p < (n or 1) else ""
        case "quorum":
            taken = k - x
            verdict = "skip" if taken == 0 else "fire" if 2 * s > taken else "fail" if 2 * (s + p) <= taken else ""
        case "all_done":
            verdict = "fire" if settled else ""
        case "all_done_min_one":
            verdict = ("fire" if s else "fail" if f else "skip") if settled else ""
        case "first_done":
            verdict = "fire" if s or f else "skip" if settled else ""
        case "one_failed":
            verdict = "fire" if f else "skip" if settled else ""
        case _:
            raise ValueError(f"there is no way to join called “{mode}”")
    return verdict


_STATUS = {"value": "succeeded", "error": "failed", "skipped": "skipped", "cancelled": "cancelled"}


def outcome(token: Token) -> dict[str, JSON]:
    """One branch's outcome as the modes that wait for failures too hand it on."""
    item: dict[str, JSON] = {"branch": token.link.source.local, "status": _STATUS[token.kind]}
    if token.kind == "value":
        item["value"] = token.value
    elif token.kind == "error":
        failed = token.value or {}
        item["error"], item["type"] = failed.get("error"), failed.get("type")
    if token.origin is not None and token.origin.degraded:
        item["degraded"] = True
    return item
