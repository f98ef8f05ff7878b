"""A root that only gives: a manager with its tools, or an event's fan-out."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import replace

from quartet.graph.model import AgentId
from quartet.patterns.drawing import Drawing
from quartet.patterns.tree import Doubt, FanOut, Leaf, Pipeline, Supervisor, Tree, with_children

GIVES = Doubt("low", (("fan_out", "It gives work to each and gets nothing back, as an event would."),))
LEADS_ON = Doubt(
    "low", (*GIVES.alternatives, ("pipeline", "One of the ways goes on for several steps: the main line."))
)
CHOOSES = Doubt("low", (("fan_out", "Exactly one way is taken: a router."), ("pipeline", "The choice is only a step.")))
STARTS = Doubt("medium", (("supervisor", "An agent, not an event, gives work to each of them."),))


def managed(root: Tree, drawing: Drawing, attached: MutableMapping[AgentId, list[AgentId]]) -> Tree:
    """The tree with its root, where that is an agent whose ways out never join, read as a manager.

    Read recursively down the tree of its targets. Where a file states that plain results flow, it is a fan-out that the
    agent starts; where the ways out are conditional or the file does not say, the agent manages.
    """
    if not _only_gives(root, drawing):
        return root
    made: dict[int, Tree] = {}
    reached = _reached(root, drawing)
    for node in reversed(reached):
        if isinstance(node, Leaf):
            made[id(node)] = node
            continue
        below = tuple(made.get(id(child), child) for child in node.children)
        if isinstance(node, FanOut) and _only_gives(node, drawing):
            assert node.trigger is not None
            if drawing.number[node.trigger] in drawing.givers:
                made[id(node)] = replace(node, branches=below, doubt=STARTS)
                continue
            events = attached.get(node.trigger, [])
            event = events.pop() if len(events) == 1 and _is_event(events[0], drawing) else None
            if not events:
                attached.pop(node.trigger, None)
            made[id(node)] = Supervisor(
                supervisor=node.trigger,
                workers=below,
                trigger=event,
                exclusive=node.exclusive,
                inferred=node.inferred,
                doubt=CHOOSES if node.exclusive else LEADS_ON if _one_goes_on(below) else GIVES,
            )
        else:
            made[id(node)] = with_children(node, below)
    return made[id(root)]


def _one_goes_on(branches: tuple[Tree, ...]) -> bool:
    """Whether one branch is a line of several steps, and the others are single agents."""
    lines = [
        branch for branch in branches if isinstance(branch, Pipeline) and not branch.loop and len(branch.stages) > 2
    ]
    return len(lines) == 1 and sum(isinstance(branch, Leaf) for branch in branches) == len(branches) - 1


def _is_event(agent: AgentId, drawing: Drawing) -> bool:
    return drawing.roles[drawing.number[agent]] == "trigger"


def _only_gives(tree: Tree, drawing: Drawing) -> bool:
    return (
        isinstance(tree, FanOut)
        and tree.trigger is not None
        and tree.collector is None
        and not tree.loop
        and not tree.dynamic
        and not _is_event(tree.trigger, drawing)
    )


def _reached(root: Tree, drawing: Drawing) -> list[Tree]:
    """The root, its targets, the last steps of chains among them, and so on."""
    found = [root]
    for tree in found:  # grows while it is read
        if _only_gives(tree, drawing):
            found.extend(tree.children)
        elif isinstance(tree, Pipeline) and not tree.loop and not tree.entangled:
            found.append(tree.stages[-1])
    return found
