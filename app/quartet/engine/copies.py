"""Dynamic agents: one copy for each item of the input list, with bounded concurrency, joined again in one result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.joins import DELIVERS_VALUES, decide
from quartet.graph.model import Join as JoinPolicy

if TYPE_CHECKING:
    from quartet.engine.nodes import Node
    from quartet.engine.scheduler import Scheduler

JSON = Any
FEW = 5
"""So many failures of copies are told in full."""


class Copying:
    """Starts the copies of dynamic agents."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler

    def start(self, activation: Activation) -> None:
        """One copy for each item; of an empty list the result is an empty list, at once."""
        items = activation.value if isinstance(activation.value, list) else [activation.value]
        copies = Copies(self.s, activation, items)
        activation.body = copies
        copies.go_on()


def join_of(node: Node) -> JoinPolicy:
    """How the copies are joined: as the only agent behind them waits for its only input, else all of them."""
    if len(node.outs) == 1:
        target = node.outs[0].target
        if len(target.inputs) == 1 and target.agent.join is not None:
            return target.agent.join
    return JoinPolicy(mode="all")


class Copies:
    """The copies of one visit of a dynamic agent."""

    supervised = True
    apart = False

    def __init__(self, scheduler: Scheduler, activation: Activation, items: list[JSON]) -> None:
        self.s, self.activation, self.items = scheduler, activation, items
        self.policy = join_of(activation.node)
        self.limit = activation.node.agent.max_concurrency or len(items)
        self.begun = 0
        self.live: dict[Activation, None] = {}
        self.values = self.failures = 0
        self.ended: list[Activation] = []
        """The settled ones, in the order they settled."""
        self.over = False

    def go_on(self) -> None:
        """Start as many copies as there are places for; see whether that is all."""
        node = self.activation.node
        if self.s.stopping:
            return
        while not self.over and self.begun < len(self.items) and len(self.live) < self.limit:
            index, item = self.begun, self.items[self.begun]
            self.begun += 1
            own = self.activation.inputs
            inputs = dict.fromkeys(own, item) if len(own) == 1 else own
            copy = self.s.begin(
                node, item, inputs, self, silent=True, context=self.activation.context,
                note={"copy": index, "of": len(self.items)}, visit=self.activation.visit,
            )  # fmt: skip
            if not copy.state:
                self.live[copy] = None
        self._decide()

    def settled(self, child: Activation) -> None:
        """A copy has an outcome (see `Owner`)."""
        self.ended.append(child)
        if child.state == "succeeded":
            self.values += 1
        elif child.state == "failed" and not child.mended:
            self.failures += 1
        if child in self.live:
            del self.live[child]
            if not self.over:
                self.s.todo.append(self.go_on)

    def _decide(self) -> None:
        if self.over:
            return
        ignore = self.activation.node.agent.ignore_failures
        values, failures = self.values, 0 if ignore else self.failures
        others = len(self.ended) - values - failures
        k = len(self.items)
        verdict = "fire" if k == 0 else decide(self.policy.mode, self.policy.n, k, values, failures, others)
        if verdict == "skip" and self.policy.mode in ("all", "all_strict"):
            verdict = "fire"  # every copy was ignored or stopped: what is left is an empty list
        if not verdict or (verdict == "fail" and len(self.ended) < k and not self._hopeless()):
            return
        self.over = True
        if self.live and not (verdict == "fire" and self.policy.on_win == "let_run"):
            self._stop(list(self.live), lambda: self._end(verdict))
        else:
            self._end(verdict)

    def _hopeless(self) -> bool:
        """Whether the copies still running are to be stopped because one failed."""
        return self.activation.node.agent.on_branch_failure == "cancel_siblings"

    def _end(self, verdict: str) -> None:
        s, a = self.s, self.activation
        if a.state:
            return
        a.body = None
        if verdict == "fire":
            s.succeed(a, self._result())
        elif verdict == "skip":
            s.finish(a, "skipped")
        else:
            failed = [child for child in self.ended if child.state == "failed"]
            first = failed[0].failure
            said = list(dict.fromkeys(child.failure.message for child in failed if child.failure is not None))
            more = f"; and {len(said) - FEW} more" if len(said) > FEW else ""
            text = f"{len(failed)} of {len(self.items)} copies failed: {'; '.join(said[:FEW])}{more}"
            s.finish(a, "failed", failure=first._replace(message=text) if first else Failure(text, "CopiesFailed"))

    def _result(self) -> list[JSON]:
        ended = self.ended if self.policy.order == "completion" else sorted(self.ended, key=lambda c: c.copy or 0)
        if self.policy.mode in DELIVERS_VALUES:
            return [child.result for child in ended if child.state == "succeeded"]
        return [_outcome(child) for child in ended]

    def _stop(self, children: list[Activation], then: Then) -> None:
        left = len(children)

        def one_less() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                then()

        for child in children:
            self.s.stop(child, one_less)

    def cancel(self, then: Then) -> None:
        """Stop all copies together (see `Body`)."""
        self.over = True
        if self.live:
            self._stop(list(self.live), then)
        else:
            then()


def _outcome(child: Activation) -> dict[str, JSON]:
    item: dict[str, JSON] = {"branch": child.copy, "status": child.state}
    if child.state == "succeeded":
        item["value"] = child.result
    elif child.failure is not None:
        item["error"], item["type"] = child.failure.message, child.failure.type
    if child.degraded:
        item["degraded"] = True
    return item
