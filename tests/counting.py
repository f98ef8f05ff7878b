"""How much work something is, in lines of Python executed: the same on a fast machine and on a slow or busy one."""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_of(work: Callable[[], object]) -> int:
    """Run `work` and count the lines executed on the way, every turn of a loop or a comprehension anew.

    What C code does in one call counts as one, so this finds loops of ours that grow too fast, not theirs.
    """
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if event == "line":
            count += 1
        return line

    before, collecting = sys.gettrace(), gc.isenabled()
    gc.disable()  # finalizers of other tests' leftovers are no part of it
    sys.settrace(line)
    try:
        work()
    finally:
        sys.settrace(before)
        if collecting:
            gc.enable()
    return count


def growth(work: Callable[[int], Callable[[], object]], small: int, large: int) -> float:
    """How many times as many lines the work of the large size takes; `work(size)` prepares it, uncounted."""
    work(small)()  # what is imported or cached the first time is no part of it
    return lines_of(work(large)) / lines_of(work(small))
