"""What models cost: the shipped list of prices, and a person's own, which wins.

Prices are US$ for a million tokens. The person's own stand in `prices.json` in the configuration folder:

    {"prices": {"gpt-5-mini": {"input": 0.25, "output": 2, "cached": 0.025}, "llama3.2": {"input": 0, "output": 0}}}

A name stands for itself and for what begins with it and goes on with “-”, “@” or “:” (`gpt-5-mini` also for
`gpt-5-mini-2025-08-07`); of several the longest counts. A provider's name in front (`openai:`, `openai/`) is no part
of it. For the money of a report counts, in this order: the person's own price, the sum that the report itself names,
the shipped price; else it is unknown.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from quartet.graph.files import write_atomically
from quartet.graph.strict_json import FileProblem, decode, parse
from quartet.paths import RESOURCES

JSON = Any
MILLION = 1_000_000
_COUNTS = ("input_tokens", "output_tokens", "cached_tokens", "requests")


class Price(NamedTuple):
    """US$ for a million tokens; `cached`: of the input, what the provider had in its cache (None: no reduction)."""

    input: float
    output: float
    cached: float | None = None

    def of(self, usage: Mapping[str, JSON]) -> float:
        """What a report's tokens cost, in US$."""
        sent, cached = usage.get("input_tokens", 0), usage.get("cached_tokens", 0)
        cached = min(cached, sent)
        reduced = self.input if self.cached is None else self.cached
        total: float = (sent - cached) * self.input + cached * reduced + usage.get("output_tokens", 0) * self.output
        return total / MILLION

    def as_json(self) -> dict[str, JSON]:
        """As files have it."""
        found = {"input": self.input, "output": self.output}
        return found if self.cached is None else {**found, "cached": self.cached}


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by the names of models."""

    own: Mapping[str, Price] = field(default_factory=dict)
    """What a person stated."""
    shipped: Mapping[str, Price] = field(default_factory=dict)
    as_of: str = ""
    """The day the shipped prices were looked up."""
    source: str = ""

    def find(self, model: str) -> tuple[Price, bool] | None:
        """The price of a model, and whether it is a person's own; None: nobody knows it."""
        name = model.lower()
        for prices, is_own in ((self.own, True), (self.shipped, False)):
            found = _longest(name, prices)
            if found is not None:
                return prices[found], is_own
        return None

    def priced(self, usage: JSON) -> dict[str, JSON]:
        """A report of what a model used (see `attempt.usage`), with its cost where that can be said.

        Raises:
            TypeError: it is no such report; says what is wrong.
        """
        if not isinstance(usage, dict):
            raise TypeError("what an agent reports as its usage must be an object")
        for name in _COUNTS:
            count = usage.get(name, 0)
            if isinstance(count, bool) or not isinstance(count, int) or count < 0:
                raise TypeError(f"usage: {name} must be a whole number from 0 up, not {count!r}")
        told = usage.get("cost")
        if told is not None:
            numeric = isinstance(told, int | float) and not isinstance(told, bool)
            if not numeric or not math.isfinite(told) or told < 0:
                raise TypeError(f"usage: cost must be a sum in US$ from 0 up, not {told!r}")
        model = usage.get("model")
        found = self.find(model) if isinstance(model, str) else None
        if found is not None and (found[1] or told is None):
            return {**usage, "cost": round(found[0].of(usage), 12)}
        return usage


def _longest(name: str, prices: Mapping[str, Price]) -> str | None:
    """The longest name in a table that stands for a model, with the provider in front or without."""
    while True:
        end = len(name)
        while end > 0:
            if name[:end] in prices:
                return name[:end]
            end = max(name.rfind(mark, 0, end) for mark in "-@:")
        cut = min((at for at in (name.find(mark) for mark in ":/") if at >= 0), default=-1)
        if cut < 0:
            return None
        name = name[cut + 1 :]


# ---------------------------------------------------------------------- files


def own_path() -> Path:
    """Where a person's own prices stand; `QUARTET_PRICES` names another file."""
    stated = os.environ.get("QUARTET_PRICES")
    if stated:
        return Path(stated)
    import platformdirs

    return platformdirs.user_config_path("quartet", appauthor=False) / "prices.json"


@cache
def shipped() -> PriceTable:
    """The prices that the program comes with."""
    path = RESOURCES / "prices.json"
    document = parse(path.read_text(encoding="utf-8"), str(path))
    return PriceTable({}, _read(document, "", str(path)), document["as_of"], document["source"])


def load(path: Path | None = None) -> PriceTable:
    """The shipped prices with a person's own above them.

    Raises:
        FileProblem: the person's file cannot be read or understood; names the line.
    """
    return PriceTable(read_own(path), shipped().shipped, shipped().as_of, shipped().source)


def read_own(path: Path | None = None) -> dict[str, Price]:
    """A person's own prices; none if there is no such file.

    Raises:
        FileProblem: the file cannot be read or understood; names the line.
    """
    path = path or own_path()
    try:
        text = decode(path.read_bytes(), str(path))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FileProblem(f"The prices cannot be read: {error.strerror or error}.", source=str(path)) from error
    return _read(parse(text, str(path)), text, str(path)) if text.strip() else {}


def write_own(prices: Mapping[str, Price], path: Path | None = None) -> None:
    """Keep a person's own prices; what stood there before stays if that fails.

    Raises:
        FileProblem: the file cannot be written.
    """
    path = path or own_path()
    lines = [
        f"    {json.dumps(name, ensure_ascii=False)}: {json.dumps(prices[name].as_json())}" for name in sorted(prices)
    ]
    body = "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileProblem(f"The prices cannot be kept: {error.strerror or error}.", source=str(path)) from error
    write_atomically(f'{{\n  "about": {json.dumps(ABOUT)},\n  "prices": {body}\n}}\n'.encode(), path)


ABOUT = (
    "US$ for a million tokens: input, output, and (if you like) cached input. A price here wins over the shipped one."
)


def _read(document: JSON, text: str, source: str) -> dict[str, Price]:
    prices = document.get("prices") if isinstance(document, dict) else None
    if not isinstance(prices, dict):
        raise FileProblem(
            "This is no list of prices.",
            source=source,
            line=1,
            advice='It must be an object with "prices", as in {"prices": {"my-model": {"input": 0.25, "output": 2}}}.',
        )
    return {name.lower(): _price(name, entry, text, source) for name, entry in prices.items()}


def _price(name: str, entry: JSON, text: str, source: str) -> Price:
    problem = price_problem(name, entry)
    if problem:
        before, found, _ = text.partition(json.dumps(name, ensure_ascii=False))
        raise FileProblem(problem, source=source, line=before.count("\n") + 1 if found else None)
    return Price(entry["input"], entry["output"], entry.get("cached"))


def price_problem(name: str, entry: JSON) -> str:
    """What is wrong with one entry of a list of prices; “” if nothing is."""
    if not name.strip():
        return "A price needs the name of its model."
    if not isinstance(entry, dict):
        return f"The price of “{name}” must be an object with “input” and “output”."
    unknown = sorted(entry.keys() - {"input", "output", "cached"})
    if unknown:
        return f"The price of “{name}” may have “input”, “output” and “cached”; “{unknown[0]}” means nothing here."
    for field_name in ("input", "output", "cached"):
        value = entry.get(field_name)
        if value is None and field_name == "cached":
            continue
        if value is None:
            return f"The price of “{name}” lacks “{field_name}”: US$ for a million tokens."
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            return f"“{field_name}” of “{name}” must be a number from 0 up: US$ for a million tokens."
    return ""
