"""The state of a run as a fold of its events: what canvas, timeline, terminal and resume all look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from quartet.engine import shared_fold, team_fold
from quartet.engine.events import Event
from quartet.engine.seen import FINAL, AgentState, BoardState, EdgeState, Reached, Span, Status
from quartet.engine.seen_moves import close_span, is_current, move

JSON = Any
Ids = tuple[str, ...]
Changed = tuple[Ids, Ids]
"""The ids of the agents and of the edges whose state an event changed."""

_OUTCOMES: dict[str, Status] = {"attempt.timed_out": "timed_out", "attempt.cancelled": "cancelled"}

__all__ = ["FINAL", "AgentState", "EdgeState", "Reached", "RunState", "Span", "Status"]


@dataclass(slots=True)
class RunState:
    """The fold. `apply` takes the next event and returns the ids it changed: (agents, edges)."""

    seq: int = 0
    t: float = 0.0
    status: Literal["created", "running", "draining", "paused", "cancelling", "succeeded", "failed", "cancelled"] = (
        "created"
    )
    input: JSON = None
    output: JSON = None
    reason: str | None = None
    unhandled: list[str] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)
    """Limits that somebody is asked about."""
    unpriced: list[str] = field(default_factory=list)
    """Models whose price nobody knows, so what they cost is in no sum; “” where not even the model was named."""
    agents: dict[str, AgentState] = field(default_factory=dict)
    edges: dict[str, EdgeState] = field(default_factory=dict)
    shared: dict[str, JSON] = field(default_factory=dict)
    """What the keys of the state hold that the agents of the run share."""
    boards: dict[str, BoardState] = field(default_factory=dict)
    """The boards that something happened on, by their agents' ids."""

    def agent(self, id: str) -> AgentState:
        """The state of an agent; of one that nothing was told of yet: idle."""
        state = self.agents.get(id)
        if state is None:
            state = self.agents[id] = AgentState()
        return state

    @property
    def tokens(self) -> int:
        """What all models together sent and received."""
        return sum(agent.input_tokens + agent.output_tokens for agent in self.agents.values())

    @property
    def cost(self) -> float:
        """What all agents together cost, in US$; without those whose price nobody knows (`unpriced`)."""
        return sum(agent.cost for agent in self.agents.values())

    def edge(self, id: str) -> EdgeState:
        """The state of an edge; of one that carried nothing yet: empty."""
        state = self.edges.get(id)
        if state is None:
            state = self.edges[id] = EdgeState()
        return state

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return self.status in ("succeeded", "failed", "cancelled")

    def apply(self, event: Event) -> Changed:
        """Take the next event in.

        Returns:
            The ids of the agents and of the edges whose state changed.
        Raises:
            ValueError: the event is not the next one.
        """
        if event.seq != self.seq + 1:
            raise ValueError(f"event {event.seq} cannot follow event {self.seq}")
        self.seq, self.t = event.seq, event.t
        share = shared_fold.FOLDS.get(event.type)
        if share is not None:
            share(self, event, event.data or {})
        fold = _FOLDS.get(event.type)
        if fold is None:
            return (), ()
        return fold(self, event, event.data or {})


Fold = Callable[[RunState, Event, dict[str, JSON]], Changed]


def _status(status: Status) -> Fold:
    def fold(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
        if event.agent is None:
            return (), ()
        move(run.agent(event.agent), event, status)
        return (event.agent,), ()

    return fold


def _run_status(status: Literal["running", "draining", "paused", "cancelling"]) -> Fold:
    def fold(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
        run.status = status
        run.reason = data.get("reason")
        if status != "paused":
            run.reached.clear()
        return (), ()

    return fold


def _run_started(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    run.status, run.input = "running", data.get("input")
    shared_fold.begin(run, data.get("state") or {})
    return (), ()


def _run_finished(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    run.status = data["state"]
    run.output, run.reason = data.get("output"), data.get("reason")
    run.unhandled = list(data.get("unhandled", ()))
    run.reached.clear()
    return (), ()


def _ready(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state, act = run.agent(event.agent), event.act or 1
    if "copy" in data:
        state.live_copies[act] = "ready"
        state.copies = data.get("of", state.copies + 1)
        return (event.agent,), ()
    state.act, state.attempt, state.inputs = act, 0, data.get("inputs")
    state.value = state.error = state.reason = state.limit = state.retry_at = state.next_attempt = state.prompt = None
    state.degraded, state.streamed, state.turn = False, [], 0
    state.copies = state.copies_done = 0
    state.live_copies = {}
    move(state, event, "ready")
    return (event.agent,), ()


def _attempt_started(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    if is_current(state, event):
        state.attempt, state.limit = event.attempt or 1, data.get("limit")
        state.retry_at = state.next_attempt = state.prompt = state.error = None
        state.streamed, state.turn = [], data.get("turn", state.turn)
    move(state, event, "running")
    return (event.agent,), ()


def _attempt_failed(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    if is_current(state, event):
        state.trace = data.get("trace")
        state.error = data.get("error") or (f"no result within {data['after']:g} s" if "after" in data else None)
    span = close_span(state, event)
    if span is not None:
        span.outcome = _OUTCOMES.get(event.type, "failed")
    return (event.agent,), ()


def _output(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    run.agent(event.agent).streamed.append(data["text"])
    return (event.agent,), ()


def _usage(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    state.input_tokens += data.get("input_tokens") or 0
    state.output_tokens += data.get("output_tokens") or 0
    state.cost += data.get("cost") or 0.0
    return (event.agent,), ()


def _exceeded(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    if "grant" in data:
        run.reached.append(
            Reached(
                data["which"], event.agent, data["value"], data["limit"], data["grant"],
                tuple(data.get("agents", ())), tuple(data.get("shares", {}).items()), data.get("message", ""),
            )
        )  # fmt: skip
    return (), ()


def _granted(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    known = [one for one in run.reached if (one.which, one.agent) == (data["which"], event.agent)]
    if known:
        run.reached.remove(known[0])
    return (), ()


def _unpriced(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    run.unpriced.append(data.get("model", ""))
    return (), ()


def _retry(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    if is_current(state, event):
        state.retry_at, state.next_attempt = event.t + data["delay"], data["n"]
    move(state, event, "backoff")
    return (event.agent,), ()


def _finished(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    ended: Status = "timed_out" if data["state"] == "failed" and data.get("reason") == "timeout" else data["state"]
    if event.act not in state.live_copies and (event.act or 0) >= state.act:
        state.act = event.act or state.act
        state.value, state.error = data.get("value"), data.get("error")
        state.reason, state.degraded = data.get("reason"), data.get("degraded", False)
        state.retry_at = state.next_attempt = state.prompt = state.limit = None
    move(state, event, ended)
    outer, _, own = event.agent.rpartition("/")
    if outer and outer in run.agents:
        run.agents[outer].inside_done.add(own)
        return (event.agent, outer), ()
    return (event.agent,), ()


def _scope_opened(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    if event.act not in state.live_copies:  # of several copies the number of those that are done says enough
        state.inside, state.inside_done = data["agents"], set()
    return (event.agent,), ()


def _token(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    state = run.edge(data["edge"])
    state.count += 1
    state.kind, state.value, state.at = data["kind"], data.get("value"), event.t
    return (), (data["edge"],)


def _fallback(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    run.agent(event.agent).tell("falls back to", data["to"])
    return (event.agent,), ()


def _wait(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    if is_current(state, event):
        state.prompt, state.choices = data["prompt"], tuple(data.get("choices", ()))
    move(state, event, "waiting")
    return (event.agent,), ()


def _resolved(run: RunState, event: Event, data: dict[str, JSON]) -> Changed:
    assert event.agent is not None
    state = run.agent(event.agent)
    state.prompt = None
    move(state, event, "running")
    return (event.agent,), ()


_FOLDS: dict[str, Fold] = {
    "run.started": _run_started,
    "run.cancel_requested": _run_status("cancelling"),
    "run.failing": _run_status("cancelling"),
    "run.drain_requested": _run_status("draining"),
    "run.paused": _run_status("paused"),
    "run.resumed": _run_status("running"),
    "run.interrupted": lambda run, event, data: ((), ()),
    "run.finished": _run_finished,
    "activation.ready": _ready,
    "activation.queued": _status("queued"),
    "activation.finished": _finished,
    "attempt.started": _attempt_started,
    "attempt.waiting": _status("queued"),
    "attempt.begun": _status("running"),
    "attempt.output": _output,
    "attempt.usage": _usage,
    "attempt.failed": _attempt_failed,
    "attempt.timed_out": _attempt_failed,
    "attempt.cancelled": _attempt_failed,
    "attempt.lost": _attempt_failed,
    "limit.exceeded": _exceeded,
    "limit.granted": _granted,
    "usage.unpriced": _unpriced,
    "retry.scheduled": _retry,
    "scope.opened": _scope_opened,
    "fallback.started": _fallback,
    "edge.token": _token,
    **team_fold.FOLDS,
    "wait.started": _wait,
    "wait.resolved": _resolved,
}
