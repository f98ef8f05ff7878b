"""The installed PySide6 must not lose references to None, True and False: on Python 3.11 that ends in an abort."""

import sys

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication


class Bell(QObject):
    rung = Signal(int)


def lost(value: object, before: int) -> int:
    return before - sys.getrefcount(value)


def test_five_thousand_signals_lose_no_reference() -> None:
    bell = Bell()
    heard: list[int] = []
    bell.rung.connect(heard.append)
    true, none = sys.getrefcount(True), sys.getrefcount(None)
    for number in range(5_000):
        bell.rung.emit(number)
        bell.setObjectName("bell")
    assert len(heard) == 5_000
    assert lost(True, true) < 100, "each emit loses a reference to True"
    assert lost(None, none) < 100, "each call loses a reference to None"


def test_timers_lose_no_reference(qapp: QApplication) -> None:
    timer = QTimer()
    none = sys.getrefcount(None)
    for _ in range(2_000):
        timer.start(1000)
        timer.stop()
    assert lost(None, none) < 100
