"""Time. The engine keeps one heap of timers and asks a Clock for the time; nothing else here waits for anything."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from typing import Any, Protocol

Timer = list[Any]
"""[when, tie, seq, function]: `Timers.at` makes one, `Timers.drop` forgets it. Function None: dropped."""


class Clock(Protocol):
    """What the engine needs to know of time. All times are seconds since the run started."""

    virtual: bool
    running: int
    """How many executions are under way; the engine counts them here."""
    held: bool
    """Of a virtual clock: time stands still, for the run is paused and nothing is under way."""

    def start(self, loop: asyncio.AbstractEventLoop, timers: Timers, wake: Callable[[], None], at: float = 0.0) -> None:
        """Begin, at 0 or where a run that is resumed stood. `wake` is to be called when the first timer is due."""
        ...

    def now(self) -> float: ...

    def arm(self, when: float) -> None:
        """The first timer is now due at `when`."""
        ...

    def settle(self) -> None:
        """Everything that can be done now has been done; only executions and timers are left."""
        ...

    def close(self) -> None: ...


class RealClock:
    """The machine's monotonic clock."""

    virtual = held = False

    def __init__(self) -> None:
        self.running = 0
        self._handle: asyncio.TimerHandle | None = None

    def start(self, loop: asyncio.AbstractEventLoop, timers: Timers, wake: Callable[[], None], at: float = 0.0) -> None:
        self._loop, self._wake = loop, wake
        self._time = loop.time
        self._zero = loop.time() - at

    def now(self) -> float:
        # what happens is told to the microsecond, so nothing may be decided by less
        return round(self._time() - self._zero, 6)

    def arm(self, when: float) -> None:
        self.close()
        # a loop may keep its delays in a 32-bit number of milliseconds; waking early is harmless
        self._handle = self._loop.call_later(min(max(0.0, when - self.now()), 86400.0), self._fire)

    def _fire(self) -> None:
        self._handle = None
        self._wake()

    def settle(self) -> None:
        pass

    def close(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class _Sleep(asyncio.Future[None]):
    """One execution asleep on a virtual clock. It is awake again as soon as this is done or cancelled."""

    clock: VirtualClock

    def cancel(self, msg: Any = None) -> bool:
        if not super().cancel(msg):
            return False
        self.clock.asleep -= 1
        return True


class VirtualClock:
    """A clock that jumps to the next timer when no execution can go on: a rehearsal of an hour takes milliseconds.

    Sleepers wake before the engine's own timers of the same moment (a result that is ready in time wins over a time
    limit), and among each other in the order of their agents in the file. With `pace`, a jump takes at most that
    many real seconds, so that a person can watch.
    """

    virtual = True

    def __init__(self, pace: float = 0.0) -> None:
        self.running = 0
        self.asleep = 0
        self.held = False
        self.pace = pace
        self._now = 0.0
        self._sleepers: list[tuple[float, int, int, _Sleep]] = []
        self._count = 0
        self._handle: asyncio.Handle | None = None
        self._jump_from = 0.0
        self._target: float | None = None
        self._closed = False

    def start(self, loop: asyncio.AbstractEventLoop, timers: Timers, wake: Callable[[], None], at: float = 0.0) -> None:
        self._loop, self._timers, self._wake = loop, timers, wake
        self._now = at

    def now(self) -> float:
        return self._now

    def shown(self) -> float:
        """The time to show to a person: during a paced jump it moves on evenly."""
        if self._target is None:
            return self._now
        share = (self._loop.time() - self._jump_from) / self._pause(self._target) if self.pace else 1.0
        return self._now + (self._target - self._now) * min(1.0, max(0.0, share))

    def arm(self, when: float) -> None:
        pass

    async def sleep(self, seconds: float | None, tie: int = 0) -> None:
        """Sleep so many seconds of this clock, or (None) until cancelled. For scripted executions only."""
        future = _Sleep(loop=self._loop)
        future.clock = self
        self.asleep += 1
        if seconds is not None:
            self._count += 1
            heapq.heappush(self._sleepers, (self._now + max(0.0, seconds), tie, self._count, future))
        self.settle()
        await future

    def settle(self) -> None:
        if self.asleep >= self.running and self._handle is None and not self._closed and not self.held:
            self._handle = self._loop.call_soon(self._jump)

    def _next(self) -> float | None:
        while self._sleepers and self._sleepers[0][3].done():
            heapq.heappop(self._sleepers)
        first, due = self._sleepers[0][0] if self._sleepers else None, self._timers.due()
        return due if first is None else first if due is None else min(first, due)

    def _pause(self, target: float) -> float:
        return min(target - self._now, self.pace)

    def _jump(self) -> None:
        self._handle = None
        if self.asleep < self.running or self._closed or self.held:
            self._target = None
            return
        target = self._next()
        if target is None:
            return
        if self.pace and self._target != target and target > self._now:
            self._target, self._jump_from = target, self._loop.time()
            self._handle = self._loop.call_later(self._pause(target), self._jump)
            return
        self._target = None
        self._now = max(self._now, target)
        if self._sleepers and self._sleepers[0][0] <= self._now:
            while self._sleepers and self._sleepers[0][0] <= self._now:
                future = heapq.heappop(self._sleepers)[3]
                if not future.done():
                    self.asleep -= 1
                    future.set_result(None)
            return
        self._wake()

    def close(self) -> None:
        self._closed = True
        if self._handle is not None:
            self._handle.cancel()


class Timers:
    """The engine's one heap of timers, on top of a clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._heap: list[Timer] = []
        self._count = 0
        self._dropped = 0
        self._armed: float | None = None

    def at(self, when: float, function: Callable[[], None], tie: int = 0) -> Timer:
        """Call `function` at `when` (seconds since the run started); of one moment in the order of `tie`."""
        self._count += 1
        timer: Timer = [when, tie, self._count, function]
        heapq.heappush(self._heap, timer)
        if self._armed is None or when < self._armed:
            self._armed = when
            self.clock.arm(when)
        return timer

    def drop(self, timer: Timer | None) -> None:
        """Forget a timer; dropping one twice, or one that has fired, does nothing."""
        if timer is None or timer[3] is None:
            return
        timer[3] = None
        self._dropped += 1
        if self._dropped > 1024 and self._dropped * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[3] is not None]
            heapq.heapify(self._heap)
            self._dropped = 0

    @property
    def pending(self) -> int:
        """How many timers are set."""
        return len(self._heap) - self._dropped

    def due(self) -> float | None:
        """When the first timer is due, if there is one."""
        heap = self._heap
        while heap and heap[0][3] is None:
            heapq.heappop(heap)
            self._dropped -= 1
        return heap[0][0] if heap else None

    def fire(self, now: float) -> None:
        """Call everything that is due, and arm the clock for the rest."""
        while (due := self.due()) is not None and due <= now:
            timer = heapq.heappop(self._heap)
            function, timer[3] = timer[3], None
            function()
        self.arm()

    def arm(self) -> None:
        """Have the clock wake for the first timer, also when it was woken for nothing or is a new one."""
        self._armed = due = self.due()
        if due is not None:
            self.clock.arm(due)
