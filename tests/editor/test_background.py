"""Work in a thread: what comes of it, and what it held, go in the thread of the window."""

import gc
import threading
from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from quartet.editor.background import Background, Stopped


class Work:
    """Waits until it may end, and notes how it ended and which thread let it go."""

    def __init__(self, ended: list[str], dropped: list[threading.Thread]) -> None:
        self.may_end, self.begun = threading.Event(), threading.Event()
        self.ended, self.dropped = ended, dropped

    def __call__(self, told: Callable[[float], None]) -> int:
        self.begun.set()
        assert self.may_end.wait(20)
        try:
            told(0.5)
        except Stopped:
            self.ended.append("stopped")
            raise
        self.ended.append("done")
        return 7

    def __del__(self) -> None:
        self.dropped.append(threading.current_thread())


@pytest.mark.parametrize("owner_goes", [False, True])
def test_what_a_thread_held_is_let_go_by_the_thread_of_the_window(qtbot: QtBot, owner_goes: bool) -> None:
    owner = QObject()
    ended: list[str] = []
    dropped: list[threading.Thread] = []
    told: list[object] = []
    work = Work(ended, dropped)
    may_end, begun = work.may_end, work.begun
    Background(owner).do(work, told.append, told.append, told.append)
    del work
    assert begun.wait(20)
    assert not gc.isenabled(), "a search in the thread would delete what belongs to the window"
    if owner_goes:
        shiboken6.delete(owner)
    may_end.set()
    qtbot.waitUntil(lambda: bool(dropped))
    assert dropped == [threading.main_thread()]
    assert (ended, told) == ((["stopped"], []) if owner_goes else (["done"], [0.5, 7]))
    assert gc.isenabled()


def test_what_it_raises_is_told_and_what_was_given_up_is_not(qtbot: QtBot) -> None:
    owner, told = QObject(), []
    background = Background(owner)

    def fails(_: object) -> None:
        raise ValueError("no")

    background.do(lambda _: 1, told.append, told.append)
    background.do(fails, told.append, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert [str(each) for each in told] == ["no"]
