"""Long trials: the same small trial again and again, each with a seed of its own, until the time is up.

`make endure ARGS="--seconds=3600 --seed=7"`; a trial that fails is repeated by the seed that is told at the end.
"""

import time
from collections import Counter
from collections.abc import Iterator


class Trials:
    """Seeds to try, one after the other, for so many seconds; counts what came of them."""

    def __init__(self, seed: int, seconds: float) -> None:
        self.first, self.seconds = seed, seconds
        self.seed: int | None = None
        """The seed that is being tried, None before and after."""
        self.tried = 0
        self.least = 1
        """So many are tried, however long they take."""
        self.outcomes: Counter[str] = Counter()

    def __iter__(self) -> Iterator[int]:
        end = time.monotonic() + self.seconds
        while self.tried < self.least or time.monotonic() < end:
            self.seed = self.first + self.tried
            yield self.seed
            self.tried += 1
        self.seed = None

    def count(self, outcome: str, times: int = 1) -> None:
        """This came of the trial, so often."""
        self.outcomes[outcome] += times

    def told(self) -> str:
        """How many were tried, from which seed on, and what came of them."""
        ends = "".join(f", {count:,} {outcome}" for outcome, count in self.outcomes.most_common())
        failed = "" if self.seed is None else f"; FAILED at --seed={self.seed}"
        return f"{self.tried:,} trials from seed {self.first} on{ends}{failed}"
