"""Long work in a thread leaves the window its turns, and the search for garbage for later."""

import gc
import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from quartet.editor import manners
from quartet.editor.manners import REST, Tidier, considerate, search, take_over, tidy


class Ring:
    """Garbage that only a search finds."""

    def __init__(self) -> None:
        self.me = self


def rings() -> int:
    return sum(type(one) is Ring for one in gc.get_objects())


def test_while_anybody_works_the_window_gets_its_turn_soon_and_nothing_is_searched() -> None:
    before = sys.getswitchinterval()
    with considerate():
        with considerate():
            assert sys.getswitchinterval() <= manners.TURN * 1.01
        assert not gc.isenabled(), "somebody still works"
    assert gc.isenabled()
    assert abs(sys.getswitchinterval() - before) < 1e-6
    tidy()
    gc.unfreeze()


def test_what_long_work_leaves_behind_goes_when_there_is_time() -> None:
    with considerate():
        Ring()
    assert gc.get_freeze_count() > 0
    tidy()
    gc.unfreeze()
    assert rings() == 0


def test_what_fails_minds_its_manners_too() -> None:
    try:
        with considerate():
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert gc.isenabled()
    tidy()
    gc.unfreeze()


@pytest.fixture
def taken_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in the editor: Python searches nothing by itself."""
    monkeypatch.setattr(manners, "_by_window", False)
    monkeypatch.setattr(manners, "_old", 0)
    gc.collect()
    take_over()
    yield
    gc.unfreeze()
    gc.enable()


class Owned(Ring):
    """Garbage that notes the thread which deleted it."""

    def __init__(self, gone: list[threading.Thread]) -> None:
        super().__init__()
        self.gone = gone

    def __del__(self) -> None:
        self.gone.append(threading.current_thread())


def busy() -> None:
    """Make so much that Python would search."""
    assert [[] for _ in range(10_000)]


def in_thread() -> None:
    thread = threading.Thread(target=busy)
    thread.start()
    thread.join()


def test_what_is_the_windows_is_deleted_by_its_thread_whoever_makes_much(taken_over: None) -> None:
    gone: list[threading.Thread] = []
    Owned(gone)
    in_thread()
    manners.hold()
    in_thread()
    kept = [[] for _ in range(10_000)]  # type: ignore[var-annotated]
    search()
    assert not gone, "somebody holds"
    manners.release()
    in_thread()
    assert not gone
    search()
    assert gone == [threading.main_thread()]
    del kept


@pytest.mark.parametrize("long", [False, True])
def test_while_a_thread_works_for_long_the_window_goes_on_searching(taken_over: None, long: bool) -> None:
    gone: list[threading.Thread] = []
    over = manners.hold_or_leave(long=long)
    Owned(gone)
    kept = [[] for _ in range(10_000)]  # type: ignore[var-annotated]
    search()
    assert gone == ([threading.main_thread()] if long else [])
    over()
    del kept


def test_little_that_is_new_is_no_reason_to_search(taken_over: None) -> None:
    gone: list[threading.Thread] = []
    gc.collect()
    Owned(gone)
    search()
    assert not gone


def test_what_has_grown_old_is_found_too(taken_over: None) -> None:
    gone: list[threading.Thread] = []
    old = Owned(gone)
    gc.collect(0)
    gc.collect(1)
    assert any(each is old for each in gc.get_objects(2))
    del old
    more = []
    while not gone and len(more) < 300:
        more.append([[] for _ in range(1_000)])  # type: ignore[var-annotated]
        search()
    assert gone == [threading.main_thread()]


class Clock:
    """Milliseconds since somebody's long work ended."""

    def __init__(self) -> None:
        self.now = 0

    def start(self) -> None:
        self.now = 0

    def elapsed(self) -> int:
        return self.now


@pytest.fixture
def tidied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often memory was tidied."""
    told: list[str] = []
    monkeypatch.setattr(manners, "tidy", lambda: told.append("tidied"))
    return told


def test_memory_is_tidied_only_when_nobodys_long_work_ended_a_short_while_ago(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tidied: list[str]
) -> None:
    clock = Clock()
    monkeypatch.setattr(Tidier, "_since", clock)
    one, other = Tidier(), Tidier()
    one.later()
    clock.now = REST - 5_000
    other.later()
    clock.now = 5_000
    one._due()
    assert not tidied and one._timer.remainingTime() > REST - 5_000 - 1_000
    clock.now = REST
    other._due()
    assert tidied == ["tidied"]


def test_memory_is_not_tidied_while_a_button_of_the_mouse_is_held(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tidied: list[str]
) -> None:
    clock = Clock()
    monkeypatch.setattr(Tidier, "_since", clock)
    tidier = Tidier()
    tidier.later()
    clock.now = REST
    with monkeypatch.context() as held:
        held.setattr(QGuiApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
        tidier._due()
    assert not tidied and tidier._timer.isActive()
    tidier._due()
    assert tidied == ["tidied"]
