"""Where agents stand in the drawing: the order in which what they wrote is put together, whoever was done first."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quartet.engine.activation import Activation
    from quartet.engine.nodes import Loop, Node
    from quartet.engine.plan import Plan

Place = tuple[int, ...]


class Places:
    """The order of the agents of one plan: along the flow, and of what stands side by side in the order of drawing."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._order = {node: place for place, node in enumerate(_along_the_flow(plan))}
        self._loops: dict[Node, list[Loop]] = {}
        for loop in sorted(plan.loops, key=lambda loop: -len(loop.body)):
            for node in loop.body:
                self._loops.setdefault(node, []).append(loop)

    def of(self, activation: Activation) -> Place:
        """The place of a visit: passes of a loop come one after another, and so do the turns of a chain."""
        node, act, turn = activation.node, activation.act, 0
        chain = activation.chain
        if chain is not None:
            node, act, turn = chain.root.node, chain.root.act, chain.hops
        found: list[int] = []
        for loop in self._loops.get(node, ()):  # the outermost first
            found += (self._order[loop.entry], loop.passes)
        return (*found, self._order[node], act, turn)


def _along_the_flow(plan: Plan) -> list[Node]:
    ahead: dict[Node, list[Node]] = {node: [] for node in plan.nodes.values()}
    for link in plan.links:
        if link.role in ("input", "inner", "fallback"):
            ahead[link.source].append(link.target)
    for node in plan.nodes.values():
        # who gives out work is done after those who do it, and they begin when it could
        given = node.peers_of_board if node.active_board else node.workers if node.dispatch != "graph" else ()
        for worker in given:
            ahead[worker].append(node)
            for link in node.inputs:
                ahead[link.source].append(worker)
    waits = dict.fromkeys(ahead, 0)
    for targets in ahead.values():
        for target in targets:
            waits[target] += 1
    free = [(node.index, node) for node, count in waits.items() if not count]
    heapq.heapify(free)
    order: dict[Node, None] = {}
    while free:
        _, node = heapq.heappop(free)
        order[node] = None
        for target in ahead[node]:
            waits[target] -= 1
            if not waits[target]:
                heapq.heappush(free, (target.index, target))
    return [*order, *(node for node in ahead if node not in order)]
