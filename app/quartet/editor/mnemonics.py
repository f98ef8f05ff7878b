"""The letters that choose an entry of an open menu: one each, also for entries whose text comes from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QMenu


def letter(text: str) -> str:
    """The letter that a text marks with `&`, small; empty if it marks none."""
    rest = text.replace("&&", "")
    at = rest.find("&")
    return rest[at + 1 : at + 2].lower() if at >= 0 else ""


def marked(texts: Sequence[str]) -> list[str]:
    """The texts, each with a letter of its own as far as there are any; those that mark one keep it.

    First come the initials of words, as people look for them there, then any other letter.
    """
    taken = {found for text in texts if (found := letter(text))}
    done: list[str] = []
    for text in texts:
        at = None if letter(text) else _place(text, taken)
        if at is not None:
            taken.add(text[at].lower())
            text = f"{text[:at]}&{text[at:]}"
        done.append(text)
    return done


def _place(text: str, taken: set[str]) -> int | None:
    words = text.partition("\t")[0]  # behind it stand the keys
    free = [at for at, each in enumerate(words) if each.isalnum() and each.lower() not in taken]
    return next((at for at in free if at == 0 or words[at - 1] == " "), free[0] if free else None)


def give(menu: QMenu) -> None:
    """Give every entry of a menu that has no letter one of its own."""
    actions = [action for action in menu.actions() if not action.isSeparator()]
    for action, text in zip(actions, marked([action.text() for action in actions]), strict=True):
        if text != action.text():
            action.setText(text)


def doubled(texts: Iterable[str]) -> set[str]:
    """The letters that more than one of these texts marks."""
    letters = [found for text in texts if (found := letter(text))]
    return {each for each in letters if letters.count(each) > 1}
