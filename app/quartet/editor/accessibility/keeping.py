"""Interfaces outlive their Python names: Qt holds a pointer to each, and deletes it itself with what it speaks for."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface
from shiboken6 import isValid

K = TypeVar("K")
One = TypeVar("One", bound=QAccessibleInterface)
_kept: list[QAccessibleInterface] = []


def keep(interface: QAccessibleInterface, thing: QObject) -> None:
    """Hold the interface of an object until Qt has let it go."""
    _kept.append(interface)
    thing.destroyed.connect(lambda: QTimer.singleShot(0, _purge))  # Qt deletes it after this signal


def _purge() -> None:
    _kept[:] = [each for each in _kept if isValid(each)]


def register(interface: QAccessibleInterface) -> int:
    """Make known what stands for no object; answers the number by which Qt knows it."""
    return QAccessible.registerAccessibleInterface(interface)


def let_go(key: K, items: MutableMapping[K, One], numbers: MutableMapping[K, int]) -> None:
    """Take back what was made known. Qt deletes it, and only then may Python forget it."""
    QAccessible.deleteAccessibleInterface(numbers.pop(key))
    del items[key]


def let_go_with(thing: QObject, items: MutableMapping[K, One], numbers: MutableMapping[K, int]) -> None:
    """Take them all back when the object goes."""

    def close() -> None:
        for key in list(numbers):
            let_go(key, items, numbers)

    thing.destroyed.connect(close)
