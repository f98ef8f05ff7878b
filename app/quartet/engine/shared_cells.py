"""One key of a run's state: how several writes become one value, the same whoever was done first."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from quartet.engine.places import Place
from quartet.graph.model import StateKey

if TYPE_CHECKING:
    from quartet.engine.activation import Activation

JSON = Any
LARGEST = 1e300
"""Of what is added up: so a sum never leaves the numbers that JSON has."""
_EMPTY: dict[str, JSON] = {"append": [], "sum": 0, "merge": {}}
_FITS = {"sum": "a number, not larger than 1e300", "merge": "an object"}


def first_value(key: StateKey) -> JSON:
    """What a key holds before anybody writes."""
    return _EMPTY.get(key.reducer) if key.initial is None else key.initial


def reduced(reducer: str, value: JSON, written: JSON) -> JSON:
    """`value` after one more write, as one agent alone sees it."""
    match reducer:
        case "append":
            return [*value, written]
        case "sum":
            return value + written
        case "merge":
            return {**value, **written}
        case _:
            return written


def misfit(reducer: str, written: JSON) -> str:
    """What a write to a key with this reducer must be, if `written` is something else; else “”."""
    is_number = isinstance(written, int | float) and not isinstance(written, bool) and abs(written) <= LARGEST
    fits = {"sum": is_number, "merge": isinstance(written, dict)}.get(reducer, True)
    return "" if fits else _FITS[reducer]


class Cell:
    """A key with its value. Writes arrive in the order in which visits succeed, and count in the order of drawing."""

    def __init__(self, name: str, key: StateKey) -> None:
        self.name, self.reducer = name, key.reducer
        self.value: JSON = first_value(key)
        if key.reducer == "append":
            self.value = list(self.value)
        elif key.reducer == "merge":
            self.value = dict(self.value)
        self.version = 0
        """Which commit of the run wrote it last."""
        self.by: Activation | None = None
        self._first = len(self.value) if key.reducer == "append" else 0
        self._places: list[Place] = []
        self._winners: dict[str, Place] = {}
        self._exact = Fraction(self.value) if key.reducer == "sum" else Fraction(0)
        self._decimal = isinstance(self.value, float)
        self._frozen: tuple[int, JSON] = (-1, None)

    def now(self) -> JSON:
        """The value, which later writes do not change."""
        if self.reducer not in ("append", "merge"):
            return self.value
        if self._frozen[0] != self.version:
            self._frozen = (self.version, self.value.copy())
        return self._frozen[1]

    def write(self, written: JSON, by: Activation, place: Place, version: int) -> dict[str, JSON]:
        """Take a write in; what is to be told of it."""
        told: dict[str, JSON] = {"key": self.name, "reducer": self.reducer, "value": written}
        match self.reducer:
            case "append":
                at = bisect_right(self._places, place)
                self._places.insert(at, place)
                self.value.insert(self._first + at, written)
                told["at"] = self._first + at
            case "sum":
                # exact, so that the order of the writes makes no difference
                exact, decimal = self._exact + Fraction(written), self._decimal or isinstance(written, float)
                told["old"], self.value = self.value, float(exact) if decimal else int(exact)
                told["new"] = self.value
                self._exact, self._decimal = exact, decimal
            case "merge":
                for name, entry in written.items():
                    if self._winners.get(name, ()) <= place:
                        self._winners[name] = place
                        self.value[name] = entry
                told["new"] = {name: self.value[name] for name in written}
            case _:
                told["old"], self.value = self.value, written
        self.version, self.by = version, by
        return told
