"""One worker's work in the hands of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.nodes import Node

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


class Reassignment:
    """One worker's work in the hands of another. The token still leaves on the edges of the first."""

    supervised = False
    apart = False

    def __init__(self, scheduler: Scheduler, activation: Activation, failure: Failure) -> None:
        self.s, self.activation = scheduler, activation
        self.escalated = failure.reason == "escalated"
        self.child: Activation | None = None

    def hand(self, heir: Node, overrides: dict[str, JSON] | None) -> None:
        """Let another worker do it."""
        a = self.activation
        names = {**heir.names, **a.names}
        self.child = self.s.begin(
            heir, a.value, a.inputs, self, silent=True, context=a.context, names=names, note={"for": a.node.id},
            overrides=overrides, heir_of=a,
        )  # fmt: skip

    def settled(self, child: Activation) -> None:
        """The other worker has an outcome (see `Owner`)."""
        s, a = self.s, self.activation
        a.fence, a.attempt = max(a.fence, child.fence), max(a.attempt, child.attempt)
        a.details = child.details
        if a.state or a.stopping is not None or a.body is not self:
            return
        a.body = None
        if child.state == "succeeded":
            a.by = child.node.id
            if self.escalated:
                s.oversight.mend(a)
            s.succeed(a, child.result)
        elif child.state == "failed" and child.failure is not None:
            failure = child.failure
            s.todo.append(lambda: s.fail(a, failure, fallbacks=False) if not a.state else None)
        else:
            s.finish(a, child.state)

    def cancel(self, then: Then) -> None:
        """Stop the other worker (see `Body`)."""
        if self.child is None:
            then()
        else:
            self.s.stop(self.child, then)
