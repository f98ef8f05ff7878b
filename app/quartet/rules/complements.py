"""Conditions of which one always holds: `x == 1` and `x != 1`, `value.ok` and `!value.ok`, `n < 3` and `n >= 3`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
TOKEN = re.compile(r"""\"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\|\||&&|[=!<>]=|[\w.]+|\S""")
"""What conditions are read as: a text in quotes, an operator, a name with its fields or a number, or one sign."""
LITERAL = re.compile(r"""\"[^"\\]*"|'[^'\\]*'|0|[1-9]\d*|true|false""")
"""A text, a whole number or a truth value that can be written in one way only, but for the quotes."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
HOLDS = {"==": eq, "!=": ne, "<": lt, ">": gt, "<=": le, ">=": ge}
LOOSER = frozenset({"&&", "||", "?", ":", "in"})
"""What binds less than a comparison, or compares in another way."""


class Comparison(NamedTuple):
    """Two sides, as tokens, and what is said of them."""

    left: tuple[str, ...]
    operator: str
    right: tuple[str, ...]


def one_always_holds(conditions: Collection[str]) -> bool:
    """Whether two of the conditions are each other's opposite, so that every result meets one of them."""
    read = [_bare(tuple(TOKEN.findall(text))) for text in conditions]
    denied = {inner for tokens in read if (inner := _denied(tokens)) is not None}
    if not denied.isdisjoint(read):
        return True
    compared = {comparison for tokens in read if (comparison := _compared(tokens)) is not None}
    return any(_opposite(each) in compared for each in compared) or _leave_no_number_out(read)


def _leave_no_number_out(conditions: Iterable[tuple[str, ...]]) -> bool:
    """Whether conditions about one number are met by every number: `n < 3`, `n >= 3 && n < 8` and `n >= 8`."""
    about: dict[tuple[str, ...], list[list[tuple[str, float]]]] = {}
    for tokens in conditions:
        limits = [_limit(part) for part in _and(tokens)]
        known = [each for each in limits if each is not None]
        if len(known) == len(limits) and len({each[0] for each in known}) == 1:
            about.setdefault(known[0][0], []).append([each[1:] for each in known])
    for ways in about.values():
        bounds = sorted({bound for way in ways for _, bound in way})
        between = [(low + high) / 2 for low, high in pairwise(bounds)]
        if all(
            any(all(HOLDS[sign](number, bound) for sign, bound in way) for way in ways)
            for number in (*bounds, *between, bounds[0] - 1, bounds[-1] + 1)
        ):
            return True
    return False


def _and(tokens: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The parts of a condition that all have to hold."""
    start, depths = 0, _depths(tokens)
    for index, each in enumerate(tokens):
        if each == "&&" and not depths[index]:
            yield _bare(tokens[start:index])
            start = index + 1
    yield _bare(tokens[start:])


def _limit(tokens: tuple[str, ...]) -> tuple[tuple[str, ...], str, float] | None:
    """What a comparison with a number compares, how, and with which."""
    comparison = _compared(tokens)
    if comparison is None:
        return None
    for asked, sign, bound in (comparison, (comparison.right, MIRRORED[comparison.operator], comparison.left)):
        if len(bound) == 1 and NUMBER.fullmatch(bound[0]) and not (len(asked) == 1 and NUMBER.fullmatch(asked[0])):
            return asked, sign, float(bound[0])
    return None


def never_both(one: str, other: str) -> bool:
    """Whether no result meets both conditions: they are each other's opposite, or ask one value to be equal to two
    texts or numbers."""
    tokens = _bare(tuple(TOKEN.findall(one))), _bare(tuple(TOKEN.findall(other)))
    if _denied(tokens[0]) == tokens[1] or _denied(tokens[1]) == tokens[0]:
        return True
    first, second = _compared(tokens[0]), _compared(tokens[1])
    if first is None or second is None:
        return False
    if _opposite(first) == second:
        return True
    equal, other_equal = _equals(first), _equals(second)
    if equal is None or other_equal is None:
        return False
    return equal[0] == other_equal[0] and equal[1] != other_equal[1]


def equal_to(condition: str) -> tuple[tuple[str, ...], str] | None:
    """What a condition asks to be equal to which text (in double quotes), whole number or truth value; None if it asks
    another thing."""
    comparison = _compared(_bare(tuple(TOKEN.findall(condition))))
    return None if comparison is None else _equals(comparison)


def _equals(comparison: Comparison) -> tuple[tuple[str, ...], str] | None:
    if comparison.operator != "==":
        return None
    for asked, answer in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
        if len(answer) == 1 and LITERAL.fullmatch(answer[0]):
            text = answer[0]
            return asked, f'"{text[1:-1]}"' if text[0] == "'" else text
    return None


def _opposite(comparison: Comparison) -> Comparison:
    return _in_order(comparison.left, OPPOSITE[comparison.operator], comparison.right)


def _in_order(left: tuple[str, ...], operator: str, right: tuple[str, ...]) -> Comparison:
    """The comparison with its sides in one order, so that `1 == x` is `x == 1`."""
    return Comparison(left, operator, right) if left <= right else Comparison(right, MIRRORED[operator], left)


def _compared(tokens: tuple[str, ...]) -> Comparison | None:
    """A condition that is one comparison; None if it is more or something else."""
    depths = _depths(tokens)
    outer = [index for index, token in enumerate(tokens) if depths[index] == 0]
    found = [index for index in outer if tokens[index] in OPPOSITE]
    if len(found) != 1 or any(tokens[index] in LOOSER for index in outer):
        return None
    left, right = _bare(tokens[: found[0]]), _bare(tokens[found[0] + 1 :])
    return _in_order(left, tokens[found[0]], right) if left and right else None


def _denied(tokens: tuple[str, ...]) -> tuple[str, ...] | None:
    """What a condition denies as a whole: `!x` or `!(x && y)`; None if it denies nothing, or only a part."""
    if tokens[:1] != ("!",):
        return None
    depths = _depths(tokens)
    if any(tokens[index] in OPPOSITE or tokens[index] in LOOSER for index in range(len(tokens)) if not depths[index]):
        return None
    return _bare(tokens[1:])


def _bare(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The tokens without parentheses around all of them."""
    while tokens[:1] == ("(",) and tokens[-1:] == (")",) and all(_depths(tokens)[1:-1]):
        tokens = tokens[1:-1]
    return tokens


def _depths(tokens: Sequence[str]) -> list[int]:
    """In how many parentheses each token is; a parenthesis itself is as deep as what stands around it."""
    found: list[int] = []
    depth = 0
    for token in tokens:
        depth -= token in (")", "]", "}")
        found.append(depth)
        depth += token in ("(", "[", "{")
    return found
