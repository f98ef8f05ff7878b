"""What simulated runs say of a number, and how sure they are: ranges that hold the true one with 95 % certainty.

True for the estimates the runs rest on; how good those are, no number of runs can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, fsum, sqrt

Z = 1.96
"""Standard deviations around the middle that hold 95 % of a normal distribution."""


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share of sorted values lies, between the nearest two."""
    at = share * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def quantile_range(values: Sequence[float], share: float) -> tuple[float, float]:
    """Where the true quantile lies, whatever the distribution: between two of the sorted values."""
    count = len(values)
    half = Z * sqrt(count * share * (1 - share))
    low = max(0, int(count * share - half))
    high = min(count - 1, ceil(count * share + half))
    return values[low], values[high]


def mean_range(values: Sequence[float]) -> tuple[float, float]:
    """Where the true mean lies."""
    count = len(values)
    mean = fsum(values) / count
    if count < 2:
        return mean, mean
    half = Z * sqrt(fsum((value - mean) ** 2 for value in values) / (count - 1) / count)
    return mean - half, mean + half


def share_range(count: int, of: int) -> tuple[float, float]:
    """Where the true share lies if `count` of `of` were seen (Wilson's interval)."""
    share = count / of
    middle = (share + Z * Z / (2 * of)) / (1 + Z * Z / of)
    half = Z / (1 + Z * Z / of) * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def gain_range(better: int, worse: int, of: int) -> tuple[float, float]:
    """Where the true difference of two shares lies if of `of` pairs so many got better and so many worse.

    Agresti and Min's interval for matched pairs: half a pair is added to each of the four cells.
    """
    middle = (better - worse) / (of + 2)
    half = Z * sqrt(max(0.0, better + worse + 1 - (better - worse) ** 2 / (of + 2))) / (of + 2)
    return max(-1.0, middle - half), min(1.0, middle + half)
