"""How well a name answers to what a person typed: beginnings of words first, then parts of words, then initials."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

WITHIN, SCATTERED = 4.0, 10.0
"""What it costs that a typed word stands inside another one, and that its letters stand apart."""


def cost(typed: str, text: str) -> float | None:
    """How far `text` is from what was typed; smaller is nearer, None: it does not answer at all.

    Every typed word must be found, in whatever order: as the beginning of a word, inside one, or as letters that
    follow one another and begin at the beginning of a word (“fo” and “cpe” find “Fan-out” and “Copy editor”).
    """
    text = text.casefold()
    total = 0.0
    for word in typed.casefold().split():
        found = _cost_of(word, text)
        if found is None:
            return None
        total += found
    return total + len(text) * 0.001


def _cost_of(word: str, text: str) -> float | None:
    within: int | None = None
    at = text.find(word)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return min(at, 100) * 0.02
        within = at if within is None else within
        at = text.find(word, at + 1)
    if within is not None:
        return WITHIN + min(within, 100) * 0.02
    return None if len(word) < 2 else _scattered(word, text)


def _scattered(word: str, text: str) -> float | None:
    """The letters of `word` in order, the first at the beginning of a word, the others in the same one or at the
    beginnings of later ones: letters from the middles of unrelated words would find almost anything."""
    best: float | None = None
    for start, letter in enumerate(text):
        if letter != word[0] or not _begins(text, start):
            continue
        end = _follow(word, 1, text, start)
        if end is not None:
            gaps = SCATTERED + (end - start - len(word) + 1) * 0.1
            best = gaps if best is None else min(best, gaps)
    return best


def _begins(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def _follow(word: str, done: int, text: str, at: int) -> int | None:
    """Where the last letter of `word` stands, if its first `done` letters end at `at`; the nearest such place."""
    if done == len(word):
        return at
    same = True  # still in the word of the letter before
    for place in range(at + 1, len(text)):
        same = same and text[place].isalnum()
        if text[place] == word[done] and (same or _begins(text, place)):
            end = _follow(word, done + 1, text, place)
            if end is not None:
                return end
    return None


def ranked(typed: str, items: Iterable[T], words: Callable[[T], str]) -> list[T]:
    """The items that answer, the nearest first; equally near ones, and all of them if nothing is typed, as given."""
    if not typed.strip():
        return list(items)
    found = [(near, place, item) for place, item in enumerate(items) if (near := cost(typed, words(item))) is not None]
    found.sort(key=lambda each: each[:2])
    return [item for _, _, item in found]
