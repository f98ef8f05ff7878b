"""Files of earlier versions made new: one step a version, on plain data, before anything else looks at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

JSON = Any
Step = Callable[[dict[str, JSON]], dict[str, JSON]]

STEPS: dict[int, Step] = {}
"""`STEPS[n]` takes a document of version n and returns the same in version n + 1; it may change what it is given.

Version 1 is the first, so there are none yet. Who raises `writing.VERSION` adds the step here and a golden file of the
old version to `tests/data/graph`.
"""


def migrate(document: dict[str, JSON], version: int, to: int) -> dict[str, JSON]:
    """`document`, which is of `version`, as one of version `to`."""
    for step in range(version, to):
        document = STEPS[step](document)
    return document
