"""Fallbacks: what is tried, in the order of the edges, when all attempts of an agent have failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.joins import Token
from quartet.engine.nodes import Link

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


class Falling:
    """Starts ladders of fallbacks."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler

    def start(self, activation: Activation, failure: Failure) -> bool:
        """Try the fallbacks that are for this failure. False: there is none."""
        late = failure.reason == "timeout"
        links = [
            link for link in activation.node.fallbacks
            if (link.on == "failure" or late) and link.target.off != "muted"
        ]  # fmt: skip
        if not links:
            return False
        activation.fell = activation.fell or set()
        Ladder(self.s, activation, failure, links).climb()
        return True

    def last_resort(self, activation: Activation, failure: Failure) -> None:
        """What an agent oversees has failed for good, retries and supervisors included: a fallback, or it fails too."""
        if not self.start(activation, failure):
            self.s.finish(activation, "failed", failure=failure)


class Ladder:
    """The fallbacks of one failed activation. It stays live until one of them has succeeded or all have failed."""

    supervised = False
    apart = False

    def __init__(self, scheduler: Scheduler, primary: Activation, failure: Failure, links: list[Link]) -> None:
        self.s, self.primary, self.failure = scheduler, primary, failure
        self.escalated = failure.reason == "escalated"
        """The primary supervises, and it is its workers that failed."""
        self.links = links
        self.next = 0
        self.child: Activation | None = None

    def climb(self) -> None:
        """Try the next one."""
        s, primary = self.s, self.primary
        if self.next == len(self.links) or s.stopping:
            s.fail(primary, self.failure, fallbacks=False)
            return
        link = self.links[self.next]
        self.next += 1
        fell = primary.fell
        assert fell is not None
        primary.body = self
        told = {"to": link.target.id, "on": link.on, "index": self.next}
        s.tell("fallback.started", primary.node.id, primary.act, None, told)
        if link not in fell:
            fell.add(link)
            s.flow.tell_token(Token(link, "value", primary.value, primary))
        failed = {
            "agent": primary.node.local, "name": primary.node.agent.name, "error": self.failure.chain(),
            "type": self.failure.type, "attempts": primary.attempt,
            "chain": self.failure.links(), **(self.failure.details or {}),
        }  # fmt: skip
        context = {**(primary.context or {}), "failure": failed}
        names = {**link.target.names, **primary.names}
        self.child = s.begin(link.target, primary.value, primary.inputs, self, context=context, names=names)

    def settled(self, child: Activation) -> None:
        """A fallback has an outcome (see `Owner`)."""
        s, primary = self.s, self.primary
        stand_in = child.node.stand_in
        if primary.stopping is not None or primary.halting is not None or primary.state:
            child.mended = True
            s.flow.put_for(child)
            return
        if child.state == "succeeded":
            primary.by = child.node.id
            if self.escalated:
                s.oversight.mend(primary)
            if stand_in:
                primary.degraded = True
                s.flow.put_for(child)
                s.succeed(primary, child.result)
            else:
                primary.mended = True
                s.finish(primary, "failed", failure=self.failure)
                s.flow.put_for(child)
        elif child.state == "failed":
            assert child.failure is not None
            self.failure = child.failure._replace(cause=self.failure, reason="escalated" if self.escalated else "error")
            child.mended = stand_in or self.next < len(self.links)
            s.flow.put_for(child)
            s.todo.append(self.climb)
        else:
            s.flow.put_for(child)
            s.finish(primary, child.state)

    def cancel(self, then: Then) -> None:
        """Stop the fallback under way (see `Body`)."""
        if self.child is None:
            then()
        else:
            self.s.stop(self.child, then)
