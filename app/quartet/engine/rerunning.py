"""What had finished runs again with its siblings, where a supervisor says so: a new visit, a new generation of tokens.

What others have already used stands: only a result that still waits in a join, or that went to somebody who is
restarted as well, is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quartet.engine.activation import Activation
from quartet.engine.dispatch import Work
from quartet.engine.joins import Join
from quartet.engine.nodes import Link, Node

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler


class Rerun:
    """The finished workers that run again in one restart, and those at work that wait for them anew."""

    def __init__(self, scheduler: Scheduler, nodes: Iterable[Node], moved: Iterable[Activation]) -> None:
        """`nodes`: whom the restart concerns, in start order; `moved`: those of them that were at work."""
        self.s = scheduler
        self.moved = list(moved)
        busy = {activation.node for activation in self.moved}
        found = {
            node: node.kept for node in nodes if node.kept is not None and not node.live and _alone(node)
            and _can_repeat(node.kept)
        }  # fmt: skip
        while used := [node for node in found if any(self._used(link, found, busy) for link in node.outs)]:
            for node in used:
                del found[node]
        self.again: dict[Node, Activation] = found
        """By node, its last visit."""
        self.behind = [a for a in self.moved if a.owner is None and any(link.source in found for link in a.node.inputs)]
        """At work with what is taken back: they begin anew when it is there again."""

    def _used(self, link: Link, found: dict[Node, Activation], busy: set[Node]) -> bool:
        """Whether a result that went over this edge cannot be taken back."""
        if link.role == "report":
            return False
        target = link.target
        if link.role != "input" or not _alone(target):
            return True
        if target in found or (target in busy and all(a.owner is None for a in target.live)):
            return False
        join = target.join
        return join is None or join.closed or link.slot not in join.arrived

    def begin(self) -> None:
        """Take back what they had brought, and let them begin again."""
        s = self.s
        for activation in self.behind:
            activation.move = None
            activation.node.generation += 1
            activation.node.inherits = activation
            s.stop(activation, lambda: None)  # its tokens are of the old generation, and dropped
        for node in self.again:
            node.generation += 1
        for node in [*self.again, *dict.fromkeys(a.node for a in self.behind)]:
            self._expect(node)
        for node in self.again:
            self._take_back(node)
        for node, last in self.again.items():
            if isinstance(last.owner, Work):
                last.owner.again(last)
            elif not any(link.source in self.again for link in node.inputs):
                s.begin(node, last.value, last.inputs, names=last.names, context=last.context)

    def _expect(self, node: Node) -> None:
        """Of the inputs of a node those stay that do not come anew."""
        if not any(link.source in self.again for link in node.inputs):
            return
        join, node.join = node.join, None
        if join is not None:
            self.s.timers.drop(join.timer)
        kept = [token for token in (node.last_tokens or {}).values() if token.link.source not in self.again]
        if len(node.inputs) > 1 and kept:
            node.join = Join(node, node.generation)
            self.s.tell("join.reset", node.id, None, None, {"gen": node.generation})
            for token in kept:
                node.join.add(token)

    def _take_back(self, node: Node) -> None:
        """What waits in a join for others is of the old generation now."""
        for link in node.outs:
            join = link.target.join
            if link.role == "input" and join is not None and not join.closed and link.slot in join.arrived:
                join.drop(link.slot)
                told = {"edge": link.id, "why": "superseded"}
                self.s.tell("join.token_dropped", link.target.id, None, None, told)


def _can_repeat(last: Activation) -> bool:
    """Whether whoever gave this piece of work can give it again."""
    owner = last.owner
    return owner is None or (isinstance(owner, Work) and last in owner.done and not owner.boss.state)


def _alone(node: Node) -> bool:
    """Whether a node is no part of a loop or of a swarm, has no fallbacks and supervises nobody."""
    return node.peers is None and not node.fallbacks and not node.workers and not node.in_loop
