"""Long work in a thread leaves the window its turns, and the search for garbage for later."""

import gc
import sys

from quartet.editor import manners
from quartet.editor.manners import considerate, tidy


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
