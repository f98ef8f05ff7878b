"""How one agent goes from one status to the next, as its events tell."""

from __future__ import annotations

from quartet.engine.events import Event
from quartet.engine.seen import FINAL, AgentState, Span, Status

_SPANNED: frozenset[str] = frozenset({"queued", "running", "backoff", "waiting", "held"})


def move(state: AgentState, event: Event, status: Status) -> None:
    """Bring an agent into `status`, unless the event is about an earlier visit of it."""
    act = event.act or state.act
    span = close_span(state, event)
    if span is not None and span.status == "running" and status in FINAL:
        span.outcome = status
    if status in _SPANNED:
        state.open_spans[act] = len(state.spans)
        state.spans.append(Span(status, event.t))
    if act in state.live_copies:
        if status in FINAL:
            del state.live_copies[act]
            state.copies_done += 1
            status = "running" if "running" in state.live_copies.values() else state.status
        else:
            state.live_copies[act] = status
            status = "running" if "running" in state.live_copies.values() else status
        if status == state.status or state.status in FINAL:
            return
    elif act < state.act:
        return
    state.status, state.since = status, event.t


def close_span(state: AgentState, event: Event) -> Span | None:
    """End the stretch that a visit is in; None if it is in none."""
    at = state.open_spans.pop(event.act or state.act, None)
    if at is None:
        return None
    state.spans[at].end = event.t
    return state.spans[at]


def is_current(state: AgentState, event: Event) -> bool:
    """Whether an event is about the newest visit of an agent, or about a copy of it that is still at work."""
    return event.act is None or event.act >= state.act or event.act in state.live_copies
