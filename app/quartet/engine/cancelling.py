"""Cancellation: of a run in the stated order, of the losers of a join, of the siblings of a failed branch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from quartet.engine.activation import Activation, Then
from quartet.engine.moves import Move, subtree
from quartet.engine.nodes import Link, Node

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler
    from quartet.engine.scopes import Scope


class Cancelling:
    """Stops activations, together or one after another."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler

    def start(self, state: str, reason: str, by: str) -> None:
        """Bring the whole run to an end: admit nothing, stop children before their supervisors, the rest together."""
        s = self.s
        if s.stopping or s.finished:
            return
        s.stopping, s.stop_reason = state, reason
        s.paused = s.draining = False
        if state == "cancelled":
            s.tell("run.cancel_requested", data={"by": by})
        else:
            s.tell("run.failing", data={"cause": reason})
        s.attempts.queue.clear()
        s.flow.tokens.clear()
        s.boards.release_all()
        self.stop_scope(s.root)

    def halt(self, activation: Activation, then: Then) -> None:
        """Bring an activation to rest without settling it; `then` once nothing of it runs any more."""
        if activation.halting is not None:
            activation.halting.append(then)
            return
        self.s.timers.drop(activation.timer)
        self.s.timers.drop(activation.queue_timer)
        activation.timer = activation.queue_timer = None
        activation.queued = False
        body, activation.body = activation.body, None
        if activation.resume is not None:
            activation.resume = None
            if not activation.anew:
                self.s.tell("attempt.cancelled", activation.node.id, activation.act, activation.attempt)
            activation.anew = False
        if body is None:
            then()
            return
        halting = activation.halting = [then]

        def halted() -> None:
            activation.halting = None
            for one in halting:
                one()

        body.cancel(halted)

    def stop(self, activation: Activation, then: Then) -> None:
        """Cancel an activation with all that belongs to it; `then` once it is settled."""
        if activation.state:
            then()
        elif activation.stopping is not None:
            activation.stopping.append(then)
        else:
            activation.stopping = [then]
            self.halt(activation, lambda: self.s.finish(activation, "cancelled"))

    def stop_scope(self, scope: Scope) -> None:
        """Stop everything in a run, or in a sub-graph: children before their supervisors, the rest together."""
        nodes = scope.plan.nodes.values()
        tops = [node for node in nodes if node.workers and node.supervisor is None]
        supervised = {node for top in tops for node in subtree(top)}
        for top in tops:
            self._stop_group(top)
        loose = [a for node in nodes if node not in supervised for a in node.live]
        self.stop_all(loose, lambda: None)

    def _stop_group(self, top: Node) -> None:
        """Supervised ones in reverse start order, one after another, each supervisor after its workers."""
        members = [a for node in subtree(top) for a in node.live]
        Move(self.s, members).bring_down(self.s.stop, lambda: None, impatient=True)

    def stop_all(self, activations: list[Activation], then: Then) -> None:
        """Stop these together; `then` once all are settled."""
        left = len(activations)
        if not left:
            then()
            return

        def one_less() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                then()

        for activation in activations:
            self.s.stop(activation, one_less)

    def losers(self, winner: Node, waiting: list[Link]) -> None:
        """A join fired: what works only for the inputs it no longer waits for is stopped."""
        doomed: set[Node] = set()
        front = [link.source for link in waiting]
        while front:
            node = front.pop()
            if node in doomed or node is winner:
                continue
            if all(link.target is winner or link.target in doomed or link.role == "report" for link in node.outs):
                doomed.add(node)
                front.extend(link.source for link in node.inputs)
                if node.fallback_inputs:
                    front.extend(a.node for a in self._primaries(node))
        self._stop_nodes(doomed)

    def _primaries(self, node: Node) -> list[Activation]:
        return [
            a for other in node.scope.plan.nodes.values() for a in other.live
            if any(link.target is node for link in other.fallbacks)
        ]  # fmt: skip

    def siblings_of(self, node: Node) -> None:
        """A branch failed: where its fan-out says so, the other branches are stopped."""
        for origin in node.scope.plan.cancelling_fan_outs:
            if any(node in branch for branch in origin.siblings):
                others = {n for branch in origin.siblings if node not in branch for n in branch}
                self.s.todo.append(partial(self._stop_nodes, others))

    def _stop_nodes(self, nodes: set[Node]) -> None:
        live = [a for node in sorted(nodes, key=lambda n: n.index) for a in node.live]
        self.stop_all(live, lambda: None)
