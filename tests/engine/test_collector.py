"""While runs are under way, or a drawing is judged, Python looks for garbage more seldom; then it is as it was."""

import gc
from collections.abc import Iterator

import pytest

from quartet.collector import SELDOM, seldom
from quartet.engine import run
from quartet.graph.model import Agent, AgentId, Graph

ONE = Graph(agents={AgentId("a"): Agent(id=AgentId("a"), kind="template", name="A", config={"text": "x"})})


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


async def test_it_looks_more_seldom_until_the_last_run_is_over() -> None:
    gc.set_threshold(700, 10, 10)
    async with run(ONE) as outer:
        async with run(ONE) as inner:
            assert gc.get_threshold() == (SELDOM, 10, 10)
            await inner.result()
        assert gc.get_threshold() == (SELDOM, 10, 10)
        await outer.result()
    assert gc.get_threshold() == (700, 10, 10)


async def test_what_a_program_has_set_itself_stays() -> None:
    gc.set_threshold(1_234, 5, 6)
    async with run(ONE) as r:
        assert gc.get_threshold() == (1_234, 5, 6)
        await r.result()
    assert gc.get_threshold() == (1_234, 5, 6)


async def test_a_drawing_that_is_judged_during_a_run_changes_nothing_for_it() -> None:
    gc.set_threshold(700, 10, 10)
    async with run(ONE) as r:
        with seldom():
            assert gc.get_threshold() == (SELDOM, 10, 10)
        assert gc.get_threshold() == (SELDOM, 10, 10)
        await r.result()
    assert gc.get_threshold() == (700, 10, 10)


def test_a_defect_in_what_is_judged_leaves_it_as_it_was() -> None:
    gc.set_threshold(700, 10, 10)
    with pytest.raises(ZeroDivisionError), seldom():
        raise ZeroDivisionError
    assert gc.get_threshold() == (700, 10, 10)
