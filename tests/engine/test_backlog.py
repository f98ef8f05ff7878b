"""Events that nobody takes: so many in memory, all in order, none lost."""

import asyncio
import gc

from hypothesis import given
from hypothesis import strategies as st

from engine.drawing import draw
from quartet.agents.calls import Value
from quartet.engine import Event, backlog, run
from quartet.engine.backlog import Backlog

CHATTER = 30_000


class Chatty:
    """An executor whose agents never stop streaming for a while."""

    async def start(self):
        pass

    async def run(self, call, emit):
        for n in range(CHATTER):
            emit("output", {"text": str(n)})
        return Value("done")

    async def close(self):
        pass


def test_a_consumer_that_sleeps_gets_everything_in_order_and_memory_holds_a_part_of_it():
    async def go():
        async with run(draw("a -> b"), "in", executor=Chatty(), seed=1) as r:
            while not r.finished:
                await asyncio.sleep(0)
            held = sum(type(one) is Event for one in gc.get_objects())
            told = [event async for event in r]
        return held, told

    held, told = asyncio.run(go())
    assert held < 2 * backlog.LIMIT + 2 * backlog.PART
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    assert len(told) > 2 * CHATTER
    texts = [event.data["text"] for event in told if event.type == "attempt.output" and event.agent == "b"]
    assert texts == [str(n) for n in range(CHATTER)]


@given(st.lists(st.integers(-12, 9), max_size=60))
def test_whatever_is_put_in_and_taken_out_in_turns_comes_in_order(steps):
    put = took = 0
    before = backlog.LIMIT, backlog.PART
    backlog.LIMIT, backlog.PART = 5, 4
    queue = Backlog()
    try:
        for step in [*steps, -1_000]:
            if step >= 0:
                queue.extend([Event(put + n, 0.0, "x") for n in range(step)])
                put += step
            for _ in range(-step):
                queue.refill()
                if not queue.first:
                    break
                assert queue.first.popleft().seq == took
                took += 1
    finally:
        backlog.LIMIT, backlog.PART = before
    assert took == put


def test_where_no_file_can_be_made_the_events_wait_in_memory(monkeypatch):
    def no_room(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backlog.tempfile, "TemporaryFile", no_room)
    queue = Backlog()
    for n in range(0, 3 * backlog.LIMIT, 1_000):
        queue.extend([Event(n + k, 0.0, "x") for k in range(1_000)])
    for n in range(3 * backlog.LIMIT):
        queue.refill()
        assert queue.first.popleft().seq == n
