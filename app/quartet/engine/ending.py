"""The end of a run: what rests is settled, dead ends are given up, the last event is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
DRAINED = "drained"
"""Why a run is paused in which everything that was at work has ended in peace."""


class Ending:
    """Decides when nothing more can happen in a run, and how it ended."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler

    def settle(self) -> bool:
        """Nothing moves by itself any more: end watches, settle dead ends, finish the run. False: it only waits."""
        s = self.s
        if s.finished:
            return False
        if s.attempts.busy and not s.scopes.resting and not s.dispatching.watches:
            return False  # so it is nearly always
        if s.dispatching.watches and s.dispatching.settle():
            return True
        if s.scopes.resting and s.scopes.settle():
            return True
        if s.root.live:
            if s.draining and not s.attempts.busy:
                s.pause(DRAINED)
                return True
            return self._stuck() and (s.scopes.settle_leftovers() or s.dispatching.settle(stuck=True))
        return self._end()

    def _stuck(self) -> bool:
        """Whether what is live waits for what can never happen: nothing runs, no timer is set, nobody is asked."""
        s = self.s
        quiet = not s.attempts.busy and not s.attempts.queue and not s.requests.waits
        return quiet and not s.stopping and not s.paused and s.timers.pending <= s.own_timers

    def _end(self) -> bool:
        """Nothing is live. Settle what can never start any more, else finish the run; False: nothing was done."""
        s = self.s
        if not s.stopping and s.flow.settle_leftovers(s.root):
            return True
        failures = s.flow.unhandled(s.root)
        unhandled = list(dict.fromkeys(a.id for a in failures))
        state = s.stopping or ("failed" if unhandled else "succeeded")
        data: dict[str, JSON] = {"state": state, "unhandled": unhandled}
        if state == "succeeded":
            data["output"] = s.flow.output(s.root)
        if s.stop_reason is not None:
            data["reason"] = s.stop_reason
        elif failures:
            first = failures[0]
            data["reason"] = first.failure.chain() if first.failure else ""
        s.finished, s.outcome = True, state
        s.clock.close()
        s.tell("run.finished", data=data)
        return True

    def break_down(self, error: Exception) -> None:
        """An error in the engine itself ends the run and is raised to whoever iterates: better loud than hanging."""
        s = self.s
        s.error, s.finished = error, True
        s.clock.close()
        for execution in list(s.attempts.executions.values()):
            if execution.task is not None:
                execution.task.cancel()
