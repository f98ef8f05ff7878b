"""Random pattern trees in canonical form: all patterns, all nestings, all marks that a drawing can show."""

from random import Random

from quartet.patterns.tree import FanOut, Leaf, Pipeline, Supervisor, Swarm, Tree


class Grower:
    """Grows one tree. `free` says that nothing leads to the part, so that an event may start it."""

    def __init__(self, random: Random, budget: int) -> None:
        self.random = random
        self.left = budget
        self.made = 0
        self.copies = False

    def name(self, kind: str = "a") -> str:
        self.made += 1
        self.left -= 1
        return f"{kind}{self.made}"

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def tree(self, depth: int, free: bool = True) -> Tree:
        if depth <= 0 or self.left <= 2 or self.chance(0.2):
            return self.leaf()
        grow = self.random.choice(
            [self.pipeline, self.pipeline, self.fan_out, self.fan_out, self.supervisor, self.swarm]
        )
        return grow(depth, free)

    def leaf(self) -> Leaf:
        return Leaf(self.name(), loop=self.chance(0.06))

    def fallback(self, children: tuple[Tree, ...]) -> dict:
        bare = [child.agent for child in children if isinstance(child, Leaf)]
        if not bare or self.copies or not self.chance(0.1):
            return {}
        agents = tuple(self.name("f") for _ in range(self.random.randint(1, 2)))
        return {"fallback": ((self.random.choice(bare), agents),)}

    def event(self, free: bool) -> dict:
        return {"trigger": self.name("t")} if free and not self.copies and self.chance(0.2) else {}

    def pipeline(self, depth: int, free: bool) -> Tree:
        loop = self.chance(0.25)
        stages: list[Tree] = []
        for _ in range(self.random.randint(2, 4)):
            stage = self.tree(depth - 1, free=False)
            # what an open fan-out would take for its own, or what says nothing, stands no longer as a stage
            while not self.fits(stages, stage):
                stage = Leaf(self.name(), loop=True) if self.chance(0.3) else self.supervisor(1, False)
            stages.append(stage)
        started = {} if isinstance(stages[0], FanOut) and not stages[0].loop else self.event(free)
        return Pipeline(stages=tuple(stages), loop=loop, **started, **self.fallback(tuple(stages)))

    def fits(self, stages: list[Tree], stage: Tree) -> bool:
        if isinstance(stage, Pipeline) and not stage.loop:
            return False
        if isinstance(stage, FanOut) and (stage.exclusive and stage.trigger is None):
            return False
        if not stages:
            return True
        before = stages[-1]
        if isinstance(before, FanOut) and not before.loop and before.collector is None:
            if isinstance(stage, Leaf) and not stage.loop:
                return False
            if isinstance(stage, FanOut) and not stage.loop and stage.trigger is not None:
                return False
        if isinstance(stage, FanOut) and not stage.loop and stage.trigger is None:
            return not (isinstance(before, Leaf) and not before.loop)
        return True

    def fan_out(self, depth: int, free: bool, ends: bool = False) -> Tree:
        if not self.copies and self.chance(0.15):
            return self.dynamic(depth)
        trigger = self.name("t") if ends or self.chance(0.5) else None
        collector = self.name("c") if ends or self.chance(0.5) else None
        loop = self.chance(0.15)
        branches: list[Tree] = []
        for _ in range(self.random.randint(2, 4)):
            branch = self.tree(depth - 1, free=free and trigger is None)
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
        exclusive = trigger is not None and collector is not None and self.chance(0.3)
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
        return FanOut(branches=(branch,), dynamic=True, trigger=self.name("t"), collector=self.name("c"))

    def supervisor(self, depth: int, free: bool) -> Tree:
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

    def swarm(self, depth: int, free: bool) -> Tree:
        members = tuple(
            self.supervisor(depth - 1, False) if self.chance(0.2) and depth > 1 else self.leaf()
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


def random_tree(random: Random, budget: int, depth: int) -> Tree:
    """A canonical tree of about `budget` agents at most, nested at most `depth` deep."""
    return Grower(random, budget).tree(depth)
