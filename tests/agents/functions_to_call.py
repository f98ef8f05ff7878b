"""Functions that `python` agents of the tests run."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from quartet.agents.calls import Call, Emit, Handoff

entered = threading.Event()
leave = threading.Event()


def upper(value: str) -> str:
    return value.upper()


async def upper_async(value: str) -> str:
    return value.upper()


def repeated(value: str, *, times: int, mark: str = "!") -> str:
    return value * times + mark


def nothing() -> str:
    return "called with nothing"


def which_thread(value: Any) -> str:
    return threading.current_thread().name


def hand_over(value: Any, call: Call, emit: Emit) -> Handoff:
    emit("note", {"text": f"visit {call.visit}"})
    return Handoff("billing", value)


def blocks(value: Any) -> str:
    entered.set()
    leave.wait(30)
    return "late"


def fails(value: Any) -> None:
    raise LookupError("no such customer")


def stops(value: Any) -> None:
    raise StopIteration("odd")


@dataclass
class Point:
    x: int
    y: tuple[int, ...]


def structured(value: Any) -> Point:
    return Point(1, (2, 3))


def no_json(value: Any) -> object:
    return object()


def not_a_number(value: Any) -> list[float]:
    return [1.0, float("nan")]


class Tools:
    @staticmethod
    def shout(value: str) -> str:
        return value + "!!"


number = 7
