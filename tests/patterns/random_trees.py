"""Pattern trees in canonical form: random ones with all marks that a drawing can show, and each way to nest them."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, product
from random import Random
from typing import Literal, TypeAlias

from quartet.graph.model import AgentId
from quartet.patterns.tree import FanOut, Leaf, Pattern, Pipeline, Supervisor, Swarm, Tree

At: TypeAlias = Literal["root", "given", "inside"]


class Grower:
    """Grows one tree.

    `free` says that nothing leads to the part, so that an event may start it. `at` says that it is a root, or what a
    root that gives and gets nothing back leads to: there a choice between ways that never meet is a manager.
    """

    def __init__(self, random: Random, budget: int, first: int) -> None:
        self.random = random
        self.left = budget
        self.made = first
        self.copies = False

    def name(self, kind: str = "a") -> str:
        self.made += 1
        self.left -= 1
        return f"{kind}{self.made}"

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def tree(self, depth: int, free: bool = True, at: At = "inside") -> Tree:
        if depth <= 0 or self.left <= 2 or self.chance(0.2):
            return self.leaf()
        grow = self.random.choice(
            [self.pipeline, self.pipeline, self.fan_out, self.fan_out, self.supervisor, self.swarm]
        )
        return grow(depth, free, at)

    def leaf(self) -> Leaf:
        return Leaf(self.name(), loop=self.chance(0.06))

    def fallback(self, children: tuple[Tree, ...]) -> dict:
        bare = [child.agent for child in children if isinstance(child, Leaf)]
        if not bare or not self.chance(0.1):
            return {}
        agents = tuple(self.name("f") for _ in range(self.random.randint(1, 2)))
        return {"fallback": ((self.random.choice(bare), agents),)}

    def event(self, free: bool) -> dict:
        return {"trigger": self.name("t")} if free and not self.copies and self.chance(0.2) else {}

    def pipeline(self, depth: int, free: bool, at: At) -> Tree:
        loop = self.chance(0.25)
        stages: list[Tree] = []
        count = self.random.randint(2, 4)
        for number in range(1, count + 1):
            stage = self.tree(
                depth - 1, free=False, at="given" if at == "given" and not loop and number == count else "inside"
            )
            # what an open fan-out would take for its own, or what says nothing, stands no longer as a stage
            while not self.fits(stages, stage):
                stage = Leaf(self.name(), loop=True) if self.chance(0.3) else self.supervisor(1, False, "inside")
            if stages and isinstance(stage, FanOut) and stage.trigger is None and not stage.loop and not stage.dynamic:
                stage = replace(stage, exclusive=self.chance(0.3))
            stages.append(stage)
        loop = loop and not (has_copies(stages[-1], "exits") and has_copies(stages[0], "entries"))
        started = {} if isinstance(stages[0], FanOut) and not stages[0].loop else self.event(free)
        return Pipeline(stages=tuple(stages), loop=loop, **started, **self.fallback(tuple(stages)))

    def fits(self, stages: list[Tree], stage: Tree) -> bool:
        if isinstance(stage, Pipeline) and not stage.loop:
            return False
        if not stages:
            return True
        before = stages[-1]
        if has_copies(before, "exits") and has_copies(stage, "entries"):
            return False  # copies that lead to copies are one dynamic part
        if isinstance(before, FanOut) and not before.loop and before.collector is None:
            if isinstance(stage, Leaf) and not stage.loop:
                return False
            if isinstance(stage, FanOut) and not stage.loop and stage.trigger is not None:
                return False
        if isinstance(stage, FanOut) and not stage.loop and stage.trigger is None:
            return not (isinstance(before, Leaf) and not before.loop)
        return True

    def fan_out(self, depth: int, free: bool, at: At) -> Tree:
        if not self.copies and self.chance(0.15):
            return self.dynamic(depth)
        trigger = self.name("t") if self.chance(0.5) else None
        collector = self.name("c") if self.chance(0.5) else None
        loop = self.chance(0.15)
        exclusive = trigger is not None and self.chance(0.3)
        below: At = "inside"
        if at != "inside" and collector is None and not loop:
            below = (
                "given" if trigger is not None and not free else at if trigger is None and at == "root" else "inside"
            )
        branches: list[Tree] = []
        for _ in range(self.random.randint(2, 4)):
            branch = self.tree(depth - 1, free=free and trigger is None, at=below)
            while isinstance(branch, FanOut) and not (
                branch.trigger or branch.collector or branch.loop or branch.dynamic
            ):
                branch = self.leaf()
            if (
                loop
                and not (trigger or collector)
                and isinstance(branch, FanOut)
                and not (branch.trigger or branch.collector)
            ):
                branch = self.leaf()  # two loops over the same branches are one
            branches.append(branch)
        if any(has_copies(branch, end) for branch in branches for end in ("entries", "exits")):
            loop = False  # it would lead from copies to copies
        if exclusive and trigger is not None and below == "given":
            fallback = self.fallback(tuple(branches))
            return Supervisor(supervisor=trigger, workers=tuple(branches), exclusive=True, **fallback)
        return FanOut(
            branches=tuple(branches),
            trigger=trigger,
            collector=collector,
            loop=loop,
            exclusive=exclusive,
            **self.fallback(tuple(branches)),
        )

    def dynamic(self, depth: int) -> Tree:
        self.copies = True
        branch = self.tree(depth - 1, free=False)
        while isinstance(branch, FanOut) and not (branch.trigger or branch.collector):
            branch = self.leaf()
        self.copies = False
        ends = {end: self.name(end[0]) for end in ("trigger", "collector") if self.chance(0.7)}
        return FanOut(branches=(branch,), dynamic=True, **ends)

    def supervisor(self, depth: int, free: bool, at: At) -> Tree:
        boss = self.name("s")
        workers: list[Tree] = []
        for _ in range(self.random.randint(1, 4)):
            worker = self.tree(depth - 1, free=True)
            while isinstance(worker, FanOut) and not (
                worker.trigger or worker.collector or worker.loop or worker.dynamic
            ):
                worker = self.leaf()
            workers.append(worker)
        return Supervisor(
            supervisor=boss,
            workers=tuple(workers),
            loop=self.chance(0.05),
            **self.event(free),
            **({"collector": self.name("c")} if self.chance(0.15) else {}),
            **self.fallback(tuple(workers)),
        )

    def swarm(self, depth: int, free: bool, at: At) -> Tree:
        members = tuple(
            self.supervisor(depth - 1, False, "inside") if self.chance(0.2) and depth > 1 else self.leaf()
            for _ in range(self.random.randint(2, 5))
        )
        # a supervisor among peers has neither an event nor a collector of its own
        members = tuple(
            Supervisor(supervisor=each.supervisor, workers=each.workers) if isinstance(each, Supervisor) else each
            for each in members
        )
        return Swarm(
            members=members,
            board=self.name("b") if self.chance(0.3) else None,
            **self.event(free),
            **({"collector": self.name("c")} if self.chance(0.15) else {}),
            **self.fallback(members),
        )


def has_copies(tree: Tree, end: Literal["entries", "exits"]) -> bool:
    """Whether work enters, or leaves, a part at agents that stand for many."""
    pending = [tree]
    while pending:
        part = pending.pop()
        if isinstance(part, Pipeline):
            pending.append(part.stages[0 if end == "entries" else -1])
        elif isinstance(part, FanOut) and (part.trigger if end == "entries" else part.collector) is None:
            if part.dynamic:
                return True
            pending.extend(part.branches)
    return False


def random_tree(random: Random, budget: int, depth: int, first: int = 0) -> Tree:
    """A canonical tree of about `budget` agents at most, nested at most `depth` deep, numbered after `first`."""
    return Grower(random, budget, first).tree(depth, at="root")


def large_tree(random: Random) -> Tree:
    """A tree of 150 to some 210 agents."""
    while True:
        tree = random_tree(random, 200, 8)
        if len(tree.agents) >= 150:
            return tree


def nests(depth: int) -> Iterator[Tree]:
    """Each way to nest the patterns so deep, one part with another in its middle and agents around it."""
    patterns: tuple[Pattern, ...] = ("pipeline", "fan_out", "supervisor", "swarm")
    for outward in product(patterns, repeat=depth):
        # among peers are only agents and supervised groups
        if all(outer != "swarm" or inner == "supervisor" for inner, outer in pairwise(outward)):
            yield nest(outward)


def nest(outward: tuple[Pattern, ...]) -> Tree:
    """One part in the middle of the next, from the inside out."""
    tree: Tree = Leaf(AgentId("a0"))
    for level, (pattern, outer) in enumerate(pairwise([*outward, None]), start=1):
        first, last = Leaf(AgentId(f"a{level}")), Leaf(AgentId(f"b{level}"))
        match pattern:
            case "pipeline":
                tree = Pipeline(stages=(first, tree, last), loop=outer == "pipeline")
            case "fan_out":
                ends = {"trigger": AgentId(f"t{level}"), "collector": AgentId(f"c{level}")}
                tree = FanOut(branches=(first, tree, last), **ends)
            case "supervisor":
                tree = Supervisor(supervisor=AgentId(f"s{level}"), workers=(first, tree, last))
            case _:
                tree = Swarm(members=(first, tree, last))
    return tree
