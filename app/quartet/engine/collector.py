"""How often Python looks for garbage while a run is under way.

A run makes many objects that stay for as long as it does, and hardly any in circles. By default Python looks through
the young ones whenever there are a few hundred more, which takes a quarter of the time of a run of agents that do
nothing. So it looks more seldom meanwhile, unless the program that runs us has set how often.
"""

from __future__ import annotations

import gc

SELDOM = 100_000
_DEFAULTS = (700, 2_000)
"""Before Python 3.13, and since."""

_runs = 0
_before = 0


def look_seldom() -> None:
    """A run begins."""
    global _runs, _before
    _runs += 1
    first, *others = gc.get_threshold()
    if _runs == 1 and first in _DEFAULTS:
        _before = first
        gc.set_threshold(SELDOM, *others)


def look_as_before() -> None:
    """A run is over; after the last one it is as it was."""
    global _runs, _before
    _runs -= 1
    first, *others = gc.get_threshold()
    if _runs == 0 and _before and first == SELDOM:
        gc.set_threshold(_before, *others)
    if _runs == 0:
        _before = 0
