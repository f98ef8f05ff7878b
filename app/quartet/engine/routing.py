"""Which of its conditional ways out a success takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.agents.expressions import ExpressionError, holds
from quartet.engine.activation import Activation, Failure
from quartet.engine.nodes import Link, is_condition
from quartet.graph.model import OTHERWISE

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any


def route(s: Scheduler, activation: Activation, value: JSON) -> Failure | None:
    """Decide the conditional ways out of a success; a Failure if a condition or a loop's limit forbids it."""
    node = activation.node
    outs = node.outs
    # whose jobs are over before the ways out are decided: that is no part of any of them
    act = None if activation.state else activation.act
    taken = [link for link in outs if link.when is None]
    if node.routes:
        try:
            chosen = _chosen(s, activation, value)
        except ExpressionError as problem:
            return Failure(f"the condition of an edge failed: {problem}", "ExpressionError", False)
        s.tell("route.chosen", node.id, act, None, {"edges": [link.id for link in chosen]})
        taken += chosen
    for link in [link for link in taken if link.role == "loop"]:
        if s.flow.loops.may_pass(link):
            continue
        if link.when is None and link.edge.max_iterations is not None:
            taken.remove(link)
            continue
        limit = s.flow.loops.limit_of(link)
        s.tell(
            "limit.exceeded", node.id, act, None,
            {"which": "max_iterations", "value": limit + 1, "limit": limit, "edge": link.id},
        )  # fmt: skip
        if link.edge.on_limit == "emit_last":
            taken.remove(link)
            if link.loop is not None and not any(out.loop is None for out in taken):
                # no way out holds, but this was the last pass: what it made leaves on all of them
                taken += [out for out in outs if out.loop is None and out.target not in link.loop.body]
            continue
        return Failure(f"the loop went round {limit} times without an end", "LimitExceeded", False, "limit")
    activation.routed = taken
    return None


def _chosen(s: Scheduler, activation: Activation, value: JSON) -> list[Link]:
    """The conditional edges that are taken.

    Raises:
        ExpressionError: a condition cannot be evaluated; names the edge.
    """
    node = activation.node
    links = [link for link in node.outs if link.when is not None]
    if s.rehearse and not node.agent.rehearsal and node.engine_role == "worker":
        onward = [link for link in links if link.role != "loop"]
        return onward[:1]
    variables = {
        "input": node.scope.input, "value": value, "from": activation.inputs,
        "context": activation.context or {}, "visit": activation.visit, "state": s.shared.seen(activation),
    }  # fmt: skip
    found: list[Link] = []
    for link in links:
        if link.when == OTHERWISE:
            continue
        if is_condition(link.when):
            try:
                if not holds(link.when or "", variables):
                    continue
            except ExpressionError as problem:
                where = f"to {link.target.agent.name}"
                raise ExpressionError(f"{where}: {problem.message}", problem.text, problem.position) from None
        elif any(link.role != "loop" for link in found):
            continue  # an unknown condition: a rehearsal takes the first way
        found.append(link)
        if node.agent.route == "first":
            break
    return found or [link for link in links if link.when == OTHERWISE]
