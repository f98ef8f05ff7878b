"""What applies where nothing is stated: the engine's defaults, as findings tell them."""

ATTEMPT_LIMIT = 300.0
"""Seconds for one attempt."""
MAX_ATTEMPTS = 3
"""Attempts of one activation, the first included."""
MAX_RESTARTS = 3
"""Restarts of one worker's activation before it escalates."""
MAX_HOPS = 10
"""Hand-offs of one task."""
MAX_CONCURRENCY = 64
"""Agents of one run that run at the same time."""
RUN_DEADLINE = 3600.0
"""Seconds for one run."""


def seconds(time: float) -> str:
    """A time as a person says it: “60 s”, “5 min”, “1 h”."""
    for unit, size in (("h", 3600), ("min", 60)):
        if time >= size and time % size == 0 and time > 60:
            return f"{time / size:g} {unit}"
    return f"{time / 60:.0f} min" if time > 600 else f"{time:g} s"


def times(count: int) -> str:
    """“once”, “twice”, “3 times”."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
