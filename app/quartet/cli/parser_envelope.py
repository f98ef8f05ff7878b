"""What a run may use up, and what models cost: what may stand on the command line about it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quartet.graph.model import RunLimits

LIMITS = ("max_cost", "max_tokens", "deadline", "on_limit")


def add_limits(parser: argparse.ArgumentParser) -> None:
    """Add the flags to the parser of a command that runs a graph."""
    limits = parser.add_argument_group(
        "limits", "They can only tighten what is drawn: of a limit here and one in the graph the stricter holds."
    )
    limits.add_argument("--max-cost", metavar="US$", type=_money, help="money that the run may cost, as in 0.50")
    limits.add_argument(
        "--max-tokens", metavar="N", type=_count, help="tokens that all its models may send and receive"
    )
    limits.add_argument("--deadline", metavar="SECONDS", type=_money, help="time that the run may take")
    limits.add_argument(
        "--on-limit",
        choices=["ask", "fail"],
        help="at a limit of the run pause and ask on the terminal, or fail (default: what is drawn, else fail)",
    )


def limits_of(options: Any) -> RunLimits | None:
    """What the flags state; None: nothing."""
    from quartet.graph.model import RunLimits

    stated = {name: value for name in LIMITS if (value := getattr(options, name, None)) is not None}
    return RunLimits(**stated) if stated else None


def _money(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"a number above 0, not “{text}”")
    return value


def _count(text: str) -> int:
    digits = text.replace(",", "").replace("_", "")
    value = int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"a whole number from 1 up, not “{text}”")
    return value


def add_prices(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command about prices to the parser."""
    prices = commands.add_parser(
        "prices",
        help="what models cost",
        description="List what models cost: your own prices and those Quartet comes with, in US$ for a million tokens. "
        "Your own win. They decide what a run costs and when its limit on money is reached.",
        epilog="Prices change: check them with your provider. Exit code 2: your prices cannot be read or kept.",
    )
    prices.add_argument("model", nargs="?", metavar="MODEL", help="only what this model costs, by the name it has")
    prices.add_argument("--json", action="store_true", help="one JSON object a line, for programs")
    what = prices.add_mutually_exclusive_group()
    what.add_argument(
        "--set",
        metavar=("INPUT", "OUTPUT"),
        nargs="+",
        help="state your own price of MODEL: US$ for a million tokens of input, of output and, as a third number, of "
        "input that the provider has in its cache",
    )
    what.add_argument("--remove", action="store_true", help="take your own price of MODEL away")
    what.add_argument("--where", action="store_true", help="print where your prices stand")
    what.add_argument("--edit", action="store_true", help="open your prices in your text editor ($VISUAL or $EDITOR)")
