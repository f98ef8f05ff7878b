"""Which keys a command has: its own, or those that the person gave it, and what a pressed key is called."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

if TYPE_CHECKING:
    from quartet.editor.settings import Settings

Portable = QKeySequence.SequenceFormat.PortableText
Modifier = Qt.KeyboardModifier
HELD = Modifier.ControlModifier | Modifier.AltModifier | Modifier.MetaModifier | Modifier.ShiftModifier
STRONG = Modifier.ControlModifier | Modifier.AltModifier | Modifier.MetaModifier
FIXED = {
    "Esc": "takes back a gesture and closes what is open",
    "Space": "moves the view while it is held, and presses buttons",
    "Tab": "adds by name on the canvas, and goes to the next field elsewhere",
    "Shift+Tab": "goes to the field before",
}
"""Keys that cannot be given to a command, and what they do."""
LATIN = dict(
    zip((*range(16, 26), *range(30, 39), *range(44, 51)), "QWERTYUIOPASDFGHJKLZXCVBNM", strict=True)
)  # fmt: skip
"""The letter that stands on a key of a Latin keyboard, by the number of the key (a PC's, and Linux' without its 8)."""
STEPS = range(Qt.Key.Key_F1.value, Qt.Key.Key_F35.value + 1)


class _Told(QObject):
    changed = Signal()
    """The person gave keys to commands, or took them away: every window reads its own anew."""


_told = _Told()
changed = _told.changed


def text_of(key: str | QKeySequence | QKeySequence.StandardKey) -> str:
    """A key as settings and comparisons call it: “Ctrl+Shift+P”, whatever the language and the system."""
    return (key if isinstance(key, QKeySequence) else QKeySequence(key)).toString(Portable)


def shown(keys: Iterable[str]) -> str:
    """Keys as menus of this system show them."""
    native = QKeySequence.SequenceFormat.NativeText
    return "  or  ".join(QKeySequence(key).toString(native) for key in keys)


def is_plain(key: str) -> bool:
    """Whether it is a key that lists and texts have a use for: such a one works only on the canvas."""
    sequence = QKeySequence(key)
    if sequence.isEmpty():
        return False
    first = sequence[0]  # type: ignore[index]  # PySide6's stubs do not know it
    return not first.keyboardModifiers() & STRONG and first.key().value not in STEPS


def names_of(event: QKeyEvent) -> Iterator[str]:
    """What a pressed key may be called, the character it types first: so every keyboard reaches every command.

    A letter is what it types with or without Caps Lock; other characters need Shift on one keyboard and none on
    another, so Shift does not count for them. On a keyboard with another script it is the letter of the same key.
    """
    held = event.modifiers() & HELD
    key, text = event.key(), event.text()
    if len(text) == 1 and text.isprintable() and not text.isspace():
        if not text.isalpha():
            # on many keyboards AltGr types it, which some systems tell as Ctrl+Alt
            typed_so = held & STRONG == Modifier.ControlModifier | Modifier.AltModifier
            yield _name(ord(text), Modifier.NoModifier if typed_so else held & ~Modifier.ShiftModifier)
        else:
            yield _name(ord(text.upper()[0]), held)
            if not text.isascii():
                yield from _latin(event, held)
    elif 0x20 < key < 0x110000 and not chr(key).isalnum():
        yield _name(key, held & ~Modifier.ShiftModifier)
    if key not in (0, Qt.Key.Key_unknown.value):
        yield _name(key, held)
        if 0x7F < key < 0x110000:
            yield from _latin(event, held)


def _latin(event: QKeyEvent, held: Modifier) -> Iterator[str]:
    number = event.nativeScanCode() - (8 if sys.platform.startswith("linux") else 0)
    if number in LATIN and sys.platform != "darwin":
        yield _name(ord(LATIN[number]), held)


def _name(key: int, held: Modifier) -> str:
    return QKeySequence(key | held.value).toString(Portable)


class Keymap:
    """The keys of every command, and who has a key."""

    def __init__(self, defaults: Mapping[str, Sequence[str]], settings: Settings) -> None:
        self.defaults = {name: tuple(keys) for name, keys in defaults.items()}
        self._settings = settings
        self._own: dict[str, tuple[str, ...]] = {}
        self._holders: dict[str, str] = {}
        self.read()

    def read(self) -> None:
        """Take in what the settings hold."""
        self._own = {
            name: tuple(dict.fromkeys(text for key in keys if (text := text_of(key))))
            for name, keys in self._settings.shortcuts.items()
            if name in self.defaults
        }
        self._holders = {}
        for name in (*self._own, *(name for name in self.defaults if name not in self._own)):
            for key in self.keys(name):
                self._holders.setdefault(key, name)  # what the person gave goes before what was there

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys a command has now."""
        return self._own.get(name, self.defaults[name])

    def changed(self, name: str) -> bool:
        """Whether the person gave the command other keys than it had."""
        return name in self._own

    @property
    def any_changed(self) -> bool:
        return bool(self._own)

    def holder(self, key: str) -> str | None:
        """The command that a key runs, by name."""
        return self._holders.get(key)

    def set(self, name: str, keys: Sequence[str]) -> None:
        """Give a command exactly these keys; whoever had one of them loses it."""
        taken = dict.fromkeys(keys)
        own = dict(self._own)
        for other in self.defaults:
            has = self.keys(other)
            if other != name and any(key in taken for key in has):
                own[other] = tuple(key for key in has if key not in taken)
        own[name] = tuple(taken)
        self._write(own)

    def reset(self, name: str) -> None:
        """Give a command its first keys back; whoever got one of them meanwhile loses it."""
        self.set(name, self.defaults[name])

    def reset_all(self) -> None:
        """Give every command its first keys back."""
        self._write({})

    def _write(self, own: Mapping[str, tuple[str, ...]]) -> None:
        self._settings.shortcuts = {
            name: list(keys) for name, keys in own.items() if keys != self.defaults[name]
        }  # fmt: skip
        changed.emit()
