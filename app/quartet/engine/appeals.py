"""When no supervisor can mend a failure: a person decides, if the topmost supervisor says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Then
from quartet.engine.requests import Waiting

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
RESTART, GIVE_UP = "restart", "give up"


class Appeal(Waiting):
    """A failure that is put to a person: start it again, let it fail, or give its result for it."""

    def __init__(self, scheduler: Scheduler, activation: Activation, reason: str, give_up: Then) -> None:
        super().__init__(scheduler.requests, activation, self._decide)
        self.s, self.reason, self.give_up = scheduler, reason, give_up

    def ask(self) -> None:
        """Put the question; whatever else goes on goes on."""
        s, a = self.s, self.activation
        error = a.held.chain() if a.held is not None else self.reason
        prompt = (
            f"{a.node.agent.name} failed: {error} ({self.reason}).\n"
            f"“{RESTART}” starts it again, “{GIVE_UP}” lets it fail; any other answer is taken as its result."
        )
        a.body = self
        s.tell("wait.started", a.node.id, a.act, None, {"prompt": prompt, "choices": [RESTART, GIVE_UP]})
        s.requests.waits.append(self)
        if s.rehearse:
            s.timers.at(s.now + 1.0, lambda: self.resolve("rehearsal", self._rehearsed()), a.node.index)

    def _rehearsed(self) -> JSON:
        """What a person says in a rehearsal: what the supervisor's script has for each appeal, then “give up”."""
        group = self._group()
        script = [entry["answers"] for entry in group.boss.agent.rehearsal or () if "answers" in entry]
        group.appeals += 1
        return script[group.appeals - 1] if group.appeals <= len(script) else GIVE_UP

    def _group(self) -> Any:
        boss = self.activation.node.supervisor
        assert boss is not None
        return boss.group

    def _decide(self, value: JSON) -> None:
        s, a = self.s, self.activation
        a.body = None
        word = value.strip().lower() if isinstance(value, str) else value
        if word == GIVE_UP:
            self.give_up()
        elif word == RESTART:
            a.failures = a.oversight_restarts = a.in_a_row = 0
            a.steps = None
            self._group().restarts.clear()
            s.oversight.begin_restart(self._group(), a, {"n": 0, "delay": 0.0, "by": "user"})
        else:
            s.by_hand.settle(a, value, "user")

    def cancel(self, then: Then) -> None:
        """Take the question back (see `Body`)."""
        self.withdraw()
        then()
