"""What can be done to a single agent at the moment, as its menu on the canvas offers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol


class Offer(NamedTuple):
    """Something that can be done to an agent now."""

    icon: str
    text: str
    does: Callable[[], object]


class Offers(Protocol):
    """Who knows what can be done; the canvas need not know of runs."""

    def offers(self, id: str) -> list[Offer]:
        """What can be done to this agent at the moment."""
        ...
