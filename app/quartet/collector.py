"""How often Python looks for garbage while much is made that stays.

A run, a verdict and its findings make many objects that stay for as long as they do, and hardly any in circles. By
default Python looks through the young ones whenever there are a few hundred more, and through all there are whenever
those have grown by a quarter: a quarter of the time of a run of agents that do nothing, and half of what it takes to
classify a drawing of ten thousand agents. So it looks more seldom meanwhile, unless the program that runs us has set
how often.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

SELDOM = 100_000
_DEFAULTS = (700, 2_000)
"""Before Python 3.13, and since."""

_lock = Lock()  # drawings are judged in threads of their own
_busy = 0
_before = 0


def look_seldom() -> None:
    """Something begins that makes much which stays."""
    global _busy, _before
    with _lock:
        _busy += 1
        first, *others = gc.get_threshold()
        if _busy == 1 and first in _DEFAULTS:
            _before = first
            gc.set_threshold(SELDOM, *others)


def look_as_before() -> None:
    """It is over; after the last one it is as it was."""
    global _busy, _before
    with _lock:
        _busy -= 1
        first, *others = gc.get_threshold()
        if _busy == 0 and _before and first == SELDOM:
            gc.set_threshold(_before, *others)
        if _busy == 0:
            _before = 0


@contextmanager
def seldom() -> Iterator[None]:
    """Look seldom while this is entered, by any number of threads."""
    look_seldom()
    try:
        yield
    finally:
        look_as_before()
