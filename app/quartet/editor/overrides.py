"""What Qt calls of our classes lets no exception into Qt. Imported before any class of the editor is made.

Where Qt calls a method of ours in the middle of a call of ours (a row is painted while a step is taken, a key is
pressed inside another handler), Qt for Python hands an exception on to that outer call: the step breaks off half-way
because a panel could not paint. On Python 3.11, where exceptions are made late, it even ends the program without a
word. So each override is guarded: what goes wrong in it is told to `sys.excepthook`, as it is for slots, and Qt is
answered with nothing.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
import traceback
from collections.abc import Callable
from enum import EnumMeta
from types import FunctionType
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import Shiboken

GUARDED = "__guarded__"
"""The attribute by which a guarded method is known."""


def install() -> None:
    """Guard the overrides of every class that is made from now on."""
    Shiboken.Object.__init_subclass__ = classmethod(_guard)  # type: ignore[assignment]  # Python asks it so


def overrides(cls: type) -> dict[str, FunctionType]:
    """The methods of a class, and of what is mixed into it, that Qt has a method of the same name for."""
    names = _names(next(base for base in cls.__mro__ if _of_qt(base)))
    ours = (base for base in reversed(cls.__mro__) if not _of_qt(base))
    methods = (found for base in ours for found in vars(base).items())
    return {name: value for name, value in methods if name in names and isinstance(value, FunctionType)}


@functools.cache
def _names(cls: type) -> frozenset[str]:
    """What the methods of a class of Qt are called, those that Python itself calls aside."""
    return frozenset(name for base in cls.__mro__ for name in vars(base) if not name.startswith("__"))


def _of_qt(cls: type) -> bool:
    return cls is object or cls.__module__.startswith(("PySide6.", "Shiboken", "shiboken6"))


def _guard(cls: type) -> None:
    for name, function in overrides(cls).items():
        if not hasattr(function, GUARDED):
            setattr(cls, name, _guarded(function))


def _guarded(function: FunctionType) -> Callable[..., Any]:
    code = function.__code__
    # then the values of a signal are not for it, as Qt for Python has it
    alone = code.co_argcount == 1 and not code.co_flags & inspect.CO_VARARGS

    @functools.wraps(function)
    def guarded(self: object, *values: Any) -> Any:
        try:
            return function(self) if alone else function(self, *values)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is told
            # a painter that the frames still hold would go on painting on what it may paint on no longer
            traceback.clear_frames(error.__traceback__)
            sys.excepthook(type(error), error, error.__traceback__)
        return _nothing(function)

    setattr(guarded, GUARDED, True)
    return guarded


def _nothing(function: Callable[..., Any]) -> Any:
    """An empty value of what the function says that it returns: False, 0, a size that is none; else None."""
    said = function.__annotations__.get("return")
    try:
        # an annotation of our own, as text where its module puts annotations off
        kind = eval(said, inspect.unwrap(function).__globals__ | vars(builtins)) if isinstance(said, str) else said  # noqa: S307
        if kind is None or (isinstance(kind, type) and (kind is object or issubclass(kind, QObject))):
            return None
        return kind(0) if isinstance(kind, EnumMeta) else kind()
    except Exception:  # noqa: BLE001  # a name that only type checkers know, or a kind that has no empty value
        return None


install()
