"""What an execution asks for between two of its steps: workers, the board, notes, a person; then it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quartet.agents.calls import Calls, Handoff, Request, Result, Tool, Wait
from quartet.engine.activation import Activation, Failure, Then
from quartet.engine.nodes import Node
from quartet.engine.repetition import normalised

if TYPE_CHECKING:
    from quartet.engine.scheduler import Scheduler

JSON = Any
MAX_ROUNDS = 50
"""Rounds of requests for one attempt, unless the agent states fewer or more turns."""


class Requests:
    """Carries out what executions ask for."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.s = scheduler
        self.waits: list[Waiting] = []
        """Who waits for a person, in the order they asked."""

    def carry_out(self, activation: Activation, answer: Calls) -> None:
        """Carry out all requests of one answer, then go on with their results."""
        s, node = self.s, activation.node
        activation.rounds += 1
        handover = node.agent.handover
        limit = (handover.max_turns if handover else None) or MAX_ROUNDS
        if activation.rounds > limit:
            told = {"which": "max_turns", "value": activation.rounds, "limit": limit}
            s.tell("limit.exceeded", node.id, activation.act, activation.attempt, told)
            failure = Failure(f"more than {limit} rounds of requests", "LimitExceeded", False, "limit")
            s.attempts.failed(activation, failure)
            return
        batch = Batch(self, activation, answer.state, len(answer.requests))
        activation.body = batch
        for index, request in enumerate(answer.requests):
            if not batch.stopped:
                batch.carry_out(index, request)
        batch.go_on()

    def wait(self, activation: Activation, answer: Wait) -> None:
        """Ask a person; the place is free meanwhile."""

        def resolved(value: JSON) -> None:
            activation.body = None
            activation.resume = (answer.state, (Result("answer", "ask", value),))
            self.s.attempts.enter(activation)

        activation.body = self.ask(activation, answer.prompt, resolved, answer.after)

    def ask(self, activation: Activation, prompt: str, resolved: Any, after: float = 1.0) -> Waiting:
        """Put a question to a person; `resolved` takes the answer, in a rehearsal `after` so many seconds."""
        s = self.s
        s.tell("wait.started", activation.node.id, activation.act, activation.attempt, {"prompt": prompt})
        waiting = Waiting(self, activation, resolved)
        self.waits.append(waiting)
        if s.rehearse:
            s.timers.at(s.now + after, lambda: waiting.resolve("rehearsal", "approved"), activation.node.index)
        return waiting

    def answer(self, agent: str, value: JSON) -> bool:
        """A person answers the first question of an agent. False: it asked none."""
        for waiting in self.waits:
            if waiting.activation.node.id == agent:
                waiting.resolve("user", value)
                return True
        return False


class Waiting:
    """A question to a person."""

    def __init__(self, requests: Requests, activation: Activation, resolved: Any) -> None:
        self.requests, self.activation, self.resolved = requests, activation, resolved

    def resolve(self, by: str, value: JSON) -> None:
        """The answer is there. A question that was taken back has none."""
        if self not in self.requests.waits:
            return
        self.requests.waits.remove(self)
        a = self.activation
        self.requests.s.tell("wait.resolved", a.node.id, a.act, a.attempt, {"by": by, "value": value})
        self.resolved(value)

    def cancel(self, then: Then) -> None:
        """Take the question back; it was what the attempt was waiting for (see `Body`)."""
        self.withdraw()
        a = self.activation
        self.requests.s.tell("attempt.cancelled", a.node.id, a.act, a.attempt)
        then()

    def withdraw(self) -> None:
        """Nobody needs to answer any more."""
        if self in self.requests.waits:
            self.requests.waits.remove(self)


class Batch:
    """The requests of one answer."""

    supervised = True
    apart = False

    def __init__(self, requests: Requests, activation: Activation, state: JSON, count: int) -> None:
        self.requests, self.s, self.activation, self.state = requests, requests.s, activation, state
        self.results: list[Result | None] = [None] * count
        self.left = count
        self.children: dict[Activation, tuple[int, Request]] = {}
        self.waits: list[Waiting] = []
        self.handoff: Handoff | None = None
        self.tasks: set[tuple[str, str]] = set()
        """The worker and the task of what was delegated: several at once are no repetition."""
        self.stopped = False

    def carry_out(self, index: int, request: Request) -> None:
        """Begin one request; most are done at once."""
        s, a = self.s, self.activation
        tool = next((tool for tool in a.node.tools if tool.name == request.tool), None)
        told: dict[str, JSON] = {"tool": request.tool, "arguments": request.arguments}
        if tool is not None and tool.target is not None:
            told["target"] = a.node.scope.plan.prefix + tool.target
        s.tell("call.started", a.node.id, a.act, a.attempt, told)
        if request.tool == "ask" and tool is None:
            tool = Tool("ask", "ask", None, "")
        if tool is None:
            self.done(index, request, None, f"there is no tool “{request.tool}” here")
        elif tool.does == "handoff":
            if self.handoff is None and tool.target is not None:
                self.handoff = Handoff(tool.target, request.arguments.get("message"))
                self.done(index, request, None)
            else:
                s.tell("handoff.ignored", a.node.id, a.act, a.attempt, {"to": told.get("target")})
                self.done(index, request, None, "ignored: the task is being handed over already")
        elif tool.does == "delegate":
            self._delegate(index, request, a.node.scope.plan.nodes[tool.target or ""])
        elif tool.does == "ask":
            prompt = str(request.arguments.get("question", ""))
            wait = s.requests.ask(a, prompt, lambda value: self.done(index, request, value))
            self.waits.append(wait)
        else:
            part = s.shared if tool.target is None else s.boards
            try:
                value = part.carry_out(a, tool, request.arguments)
            except LookupError as problem:
                self.done(index, request, None, str(problem.args[0]))
            else:
                self.done(index, request, value)

    def _delegate(self, index: int, request: Request, worker: Node) -> None:
        s, a = self.s, self.activation
        arguments = request.arguments
        value = arguments["task"] if list(arguments) == ["task"] else arguments
        told = {"to": worker.id, "value": value, "edge": a.node.gives.get(worker.id)}
        s.tell("work.handed_over", a.node.id, a.act, a.attempt, told)
        if (worker.id, key := normalised(value)) not in self.tasks:
            self.tasks.add((worker.id, key))
            s.envelope.repetition.delegated(a, worker, value)
        names = {**worker.names, a.node.local: a.node.agent.name}
        child = s.begin(worker, value, {a.node.local: value}, self, silent=True, names=names, note={"for": a.node.id})
        worker.jobs = [*worker.jobs, child]
        if child.state:
            self._report(child, index, request)
        else:
            self.children[child] = (index, request)

    def settled(self, child: Activation) -> None:
        """A worker has reported (see `Owner`)."""
        if child in self.children:
            index, request = self.children.pop(child)
            self._report(child, index, request)
            self.go_on()

    def _report(self, child: Activation, index: int, request: Request) -> None:
        if child.state == "succeeded":
            self.done(index, request, child.result)
        elif child.failure is not None:
            self.done(index, request, None, f"{child.node.agent.name} failed: {child.failure.message}")
        else:
            self.done(index, request, None, f"{child.node.agent.name} was {child.state}")

    def done(self, index: int, request: Request, value: JSON, error: str | None = None) -> None:
        """One request has its result."""
        if self.stopped or self.results[index] is not None:
            return
        a = self.activation
        self.results[index] = Result(request.id, request.tool, value, error)
        self.left -= 1
        told: dict[str, JSON] = {"tool": request.tool}
        if error is None:
            told["value"] = value
        else:
            told["error"] = error
        self.s.tell("call.finished", a.node.id, a.act, a.attempt, told)
        if self.waits:
            self.s.todo.append(self.go_on)

    def go_on(self) -> None:
        """When all requests have their results: a hand-off, or the continuation."""
        a = self.activation
        if self.left or self.stopped or a.body is not self:
            return
        a.body = None
        if self.handoff is not None:
            self.s.handing.handed_off(a, self.handoff)
            return
        a.resume = (self.state, tuple(result for result in self.results if result is not None))
        self.s.attempts.enter(a)

    def cancel(self, then: Then) -> None:
        """Stop the workers it waits for, take its questions back (see `Body`)."""
        self.stopped = True
        for waiting in self.waits:
            waiting.withdraw()
        where = (self.activation.node.id, self.activation.act, self.activation.attempt)
        self.s.tell("attempt.cancelled", *where)
        self.s.cancelling.stop_all(list(self.children), then)
