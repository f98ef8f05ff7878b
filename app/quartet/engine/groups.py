"""A supervisor with its workers: what is known of them for the whole of a run, and what happens when it dies."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from quartet.engine.activation import Activation, Failure
from quartet.engine.nodes import Node

if TYPE_CHECKING:
    from quartet.engine.clock import Timer
    from quartet.engine.dispatch import Work
    from quartet.engine.moves import Move
    from quartet.engine.scheduler import Scheduler

JSON = Any
ROOT_RESTARTS, ROOT_SECONDS = 3, 60.0
"""How often the run itself restarts a supervisor that can be restarted."""


class Group:
    """A supervisor and its workers, for the whole of the run: it does not die with the supervisor."""

    def __init__(self, s: Scheduler, boss: Node) -> None:
        self.s, self.boss = s, boss
        assert boss.oversight is not None
        self.plan = boss.oversight
        self.watching = True
        self.down = False
        """The supervisor died and is about to be restarted: failures wait."""
        self.dead: Activation | None = None
        """The visit of the supervisor that died last."""
        self.waiting: list[tuple[Activation, Failure]] = []
        """Failures it has not decided about: it is down, or busy with another."""
        self.move: Move | None = None
        """What it is busy with: bringing workers to rest. It does one thing after the other."""
        self.restarts: deque[float] = deque()
        self.deaths: deque[float] = deque()
        self.works: dict[Activation, Work] = {}
        """What it hands out, for each visit that is not over."""
        self.given: set[Node] = set()
        self.lost: dict[Node, Failure] = {}
        """Workers that were given up."""
        self.crashes = self.appeals = 0
        self.death: Timer | None = None
        """In a rehearsal: when it dies next."""
        self.culprit: Activation | None = None
        """The worker whose failure was raised to the supervisor above."""

    @property
    def activation(self) -> Activation | None:
        """The supervisor's own visit, while it lasts."""
        return next(reversed(self.boss.live), None)

    def begin(self, activation: Activation) -> None:
        """The supervisor's turn has come, or it is back. In a rehearsal its script may let it die."""
        told = {
            "workers": [worker.id for worker in self.boss.workers],
            "strategy": self.plan.strategy,
            "dispatch": self.boss.dispatch,
        }  # fmt: skip
        self.watching, self.down = True, False
        if self.waiting:
            self.s.todo.append(self.decide)
        self.s.tell("group.up", self.boss.id, activation.act, None, told)
        if self.boss.engine_role == "worker":
            return
        script = self.boss.agent.rehearsal
        if not self.s.rehearse or not script:
            return
        script = tuple(entry for entry in script if "answers" not in entry)  # the others are a person's
        if not script:
            return
        entry = script[min(self.crashes, len(script) - 1)]
        if "fails" in entry and (self.crashes < len(script) or not self.crashes):
            after = float(entry.get("after", 1.0))
            failure = Failure(str(entry["fails"]), str(entry.get("type", "SupervisorCrashed")))
            at = self.s.now + after
            self.s.timers.drop(self.death)
            self.death = self.s.timers.at(at, lambda: self.crash(activation, failure), self.boss.index)

    def crash(self, activation: Activation, failure: Failure) -> None:
        """The supervisor itself dies. Its workers go on; who watches them depends."""
        s, boss = self.s, self.boss
        if activation.state or activation.held is not None or self.down or not self.watching or boss.scope.ending:
            return  # over already, or at rest until the one above has decided
        self.crashes += 1
        s.tell("group.supervisor_crashed", boss.id, activation.act, None, {"error": failure.message})
        self.down, self.dead = True, activation
        parent = boss.supervisor
        if parent is not None and parent.group.watching:
            s.oversight.take(activation, failure)
            s.drain()
            return
        if self._may_come_back():
            self.come_back()
            return
        self.abandon()
        s.dispatching.detach(activation)
        if not self.plan.restartable:
            text = f"{failure.message} (nobody restarts it)"
            s.finish(activation, "failed", failure=failure._replace(message=text, reason="lost"))
            return
        told = {"deaths": len(self.deaths), "seconds": ROOT_SECONDS}
        s.tell("supervisor.lost", boss.id, activation.act, None, told)
        text = f"{failure.message} (it died {len(self.deaths)} times within {ROOT_SECONDS:g} s)"
        s.finish(activation, "failed", failure=failure._replace(message=text, reason="lost"))
        s.cancelling.start("failed", f"{boss.agent.name} was lost: {text}", "supervisor.lost")

    def _may_come_back(self) -> bool:
        """Whether the run itself restarts the supervisor that has just died."""
        now = self.s.now
        self.deaths.append(now)
        while self.deaths[0] < now - ROOT_SECONDS:
            self.deaths.popleft()
        return self.plan.restartable and len(self.deaths) <= ROOT_RESTARTS

    def outlives(self, activation: Activation, failure: Failure) -> bool:
        """An agent that works and supervises has failed. True: it is restarted; else nobody watches its workers."""
        if failure.reason != "limit" and self.plan.restartable and activation.oversight_restarts < ROOT_RESTARTS:
            activation.oversight_restarts += 1
            adopted = [worker.id for worker in self.boss.workers]
            self.s.tell("group.supervisor_crashed", self.boss.id, activation.act, None, {"error": failure.message})
            self.s.tell("group.supervisor_restarted", self.boss.id, None, None, {"adopted": adopted})
            self.s.oversight.start_again(activation)
            return True
        self.abandon()
        return False

    def come_back(self) -> None:
        """The supervisor is restarted and takes its workers back as they are."""
        self.down = False
        s, activation = self.s, self.activation
        adopted = [] if self.plan.restart_tree else [worker.id for worker in self.boss.workers]
        s.tell("group.supervisor_restarted", self.boss.id, None, None, {"adopted": adopted})
        if activation is None:
            self.decide()
            return
        s.oversight.forget(activation)
        s.dispatching.detach(activation)
        activation.body = None
        if self.plan.restart_tree:
            s.oversight.restart_tree(self, activation)
        else:
            s.dispatching.start(activation)
            self.decide()

    def decide(self) -> None:
        """The supervisor has time again: it decides about the failures that waited for it."""
        waiting, self.waiting = deque(self.waiting), []
        while waiting and not (self.down or self.move is not None or self.boss.scope.ending):
            activation, failure = waiting.popleft()
            if activation.state or activation.stopping is not None:
                continue
            if activation.move is not None:
                self.waiting.append((activation, failure))
            else:
                self.s.oversight.act(self, activation, failure)
        self.waiting.extend(waiting)

    def settled(self, activation: Activation) -> None:
        """A visit of the supervisor has its outcome. One that died and was not restarted watches nobody any more."""
        if self.boss.dispatch == "manager" and activation.attempt:
            self.s.dispatching.conclude_calls(activation)
        if not self.down or activation is not self.dead or self.s.stopping:
            return
        if activation.state == "cancelled":
            # its workers are let go with it, as handled
            for worker, _ in self.waiting:
                self.s.stop(worker, lambda: None)
        self.abandon()

    def abandon(self) -> None:
        """From here on nobody watches the workers."""
        self.watching = self.down = False
        waiting, self.waiting = self.waiting, []
        for activation, failure in waiting:
            if not activation.state:
                self.s.finish(activation, "failed", failure=failure)
