"""Work in which a part needs another part done first, to any depth: it asks for it by `yield`."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias

Steps: TypeAlias = Generator["Steps", Any, Any]


def run(steps: Steps) -> Any:
    """Carry steps out to the end; what they ask for is on a list here, not on the stack of calls."""
    stack = [steps]
    answer: Any = None
    while stack:
        try:
            stack.append(stack[-1].send(answer))
            answer = None
        except StopIteration as end:
            stack.pop()
            answer = end.value
    return answer
