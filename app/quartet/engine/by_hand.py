"""What a person does to single agents of a run: stops one, starts one again, gives the result of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation
from quartet.engine.dispatch import ahead
from quartet.engine.moves import Move, subtree
from quartet.engine.nodes import Node

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


class ByHand:
    """Carries out what a person decides about single agents; no supervisor counts it as a failure or a restart."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler

    def resolve(self, agent: str, value: JSON, by: str) -> bool:
        """Take `value` as the result of an agent, whatever it is doing. False: it has nothing to do.

        Of several visits at once the first that is held, pauses or waits for somebody.
        """
        node = self.s.scopes.known(agent)
        live = [a for a in node.live if a.stopping is None]
        if not live or node.scope.ending or node.engine_role == "board":
            return False
        troubled = [a for a in live if a.held is not None or a.timer is not None or _waits(a)]
        self.settle((troubled or live)[0], value, by)
        return True

    def settle(self, activation: Activation, value: JSON, by: str) -> None:
        """Let an activation succeed with `value`."""
        s, a = self.s, activation
        s.tell("activation.resolved_manually", a.node.id, a.act, None, {"by": by, "value": value})
        a.move = None

        def rested() -> None:
            if a.state or a.stopping is not None:
                return
            a.body = None
            a.by = None
            s.oversight.forget(a)
            if a.node.workers:
                s.dispatching.detach(a)
                s.oversight.mend(a)
            s.succeed(a, value)

        s.halt(a, rested)

    def stop(self, agent: str, by: str) -> bool:
        """Stop what an agent does, and all that it supervises: its tokens are `cancelled`, nobody restarts it.

        Its supervisor gives it nothing more to do. False: it has nothing to do.
        """
        node = self.s.scopes.known(agent)
        members = self._members(node)
        if not members or node.scope.ending:
            return False
        node.stopped_by_hand = True
        self._tell("activation.stop_requested", node, by)
        Move(self.s, members).bring_down(self.s.stop, lambda: None)
        return True

    def restart(self, agent: str, by: str) -> bool:
        """Start what an agent does again, with all that it supervises. No restart is counted.

        One that was stopped gets work of its supervisor again. False: there is nothing to start.
        """
        s, node = self.s, self.s.scopes.known(agent)
        if node.scope.ending:
            return False
        members = self._members(node)
        stopped, node.stopped_by_hand = node.stopped_by_hand, False
        if not members:
            boss = node.supervisor
            if not stopped or boss is None:
                return False
            works = [work for work in boss.group.works.values() if not work.boss.state and work.has_for(node)]
            watching = boss.group.activation if boss.dispatch == "graph" else None
            begins = watching is not None and node in boss.group.given and not ahead(node)
            if not works and not begins:
                return False
            self._tell("activation.restart_requested", node, by)
            for work in works:
                work.back(node)
            if begins and watching is not None:
                boss.group.given.discard(node)
                s.dispatching.give_out(watching)
            return True
        self._tell("activation.restart_requested", node, by)
        move = Move(s, members)

        def start() -> None:
            mine = [a for a in move.members if move.concerns(a)]
            s.oversight.set_free(mine)
            for one in [] if node.scope.ending else mine:
                if one.stopping is None and one.body is None and not one.queued:
                    s.oversight.start_again(one)

        move.bring_down(s.halt, start)
        return True

    def _members(self, node: Node) -> list[Activation]:
        """The live visits of an agent and of all it supervises, in start order."""
        own = [a for a in node.live if a.copy is None]
        below = [a for member in subtree(node)[1:] for a in member.live if a.owner is None or a.owner.apart]
        return [a for a in [*own, *below] if a.stopping is None]

    def _tell(self, type: str, node: Node, by: str) -> None:
        live = [a.act for a in node.live if a.copy is None]
        self.s.tell(type, node.id, live[0] if live else None, None, {"by": by})


def _waits(activation: Activation) -> bool:
    from quartet.engine.requests import Waiting

    return isinstance(activation.body, Waiting)
