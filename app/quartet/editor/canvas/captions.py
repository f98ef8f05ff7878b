"""What a card and an edge say in words: kind and essence, the policy while drawing, the state while running."""

from __future__ import annotations

import re
from typing import NamedTuple

from pydantic import ValidationError

from quartet.agents.kinds import find
from quartet.engine.state import AgentState, EdgeState
from quartet.graph.model import OTHERWISE, UNKNOWN, Agent, Edge, Graph
from quartet.graph.nesting import link_of, named

MIDDLE = " · "
JOINS = {
    "all": "waits for all",
    "all_strict": "waits for all, strictly",
    "any": "takes the first",
    "quorum": "waits for most",
    "all_done": "waits until all are done",
    "all_done_min_one": "all done, one at least",
    "first_done": "the first that is done",
    "one_failed": "waits for a failure",
}
STRATEGIES = {
    "one_for_one": "one for one", "one_for_all": "one for all", "rest_for_one": "rest for one", "pool": "pool",
}  # fmt: skip
EDGE_KINDS = {"flow": "Flow", "supervise": "Watches", "handoff": "Hand-off", "share": "Shares"}
MADE = {
    "flow": "Make it a flow", "supervise": "Make it a supervision", "handoff": "Make it a hand-off",
    "share": "Make it a share",
}  # fmt: skip
"""What the history says when an edge was given another kind."""


def icon_of(agent: Agent) -> str:
    """The icon of an agent's kind; of a kind that is unknown here a puzzle piece."""
    kind = find(agent.kind)
    return "puzzle" if kind is None else kind.icon


def accent_of(agent: Agent, watches: bool) -> str:
    """The token that tints an agent's icon: supervisors in their pattern's colour, all others in the accent."""
    return "supervisor" if watches or agent.kind == "supervisor" else "accent"


def link(agent: Agent, whole: Graph) -> str | None:
    """The name of the file that an agent's sub-graph is kept in; None: it is kept in this one."""
    inner = whole.graphs.get(named(agent) or "")
    file = None if inner is None else link_of(inner)
    return None if file is None else file.rpartition("/")[2]


SHORT = {"llm": "model", "http": "web"}
"""What the palette calls a kind, where its whole title would leave no room on a card for what matters more."""


def essence(agent: Agent) -> str:
    """One line under the name: the kind and a few words of what it does."""
    kind = find(agent.kind)
    if kind is None:
        return MIDDLE.join(part for part in (agent.kind, agent.description) if part)
    try:
        words = kind.read(agent.config).essence()
    except ValidationError:
        words = "needs attention" if agent.config else "not set up yet"
    if agent.kind == "llm":
        words = words.rpartition(":")[2]  # the model matters more than whose it is
    if not words and agent.oversight is not None and agent.oversight.strategy is not None:
        words = STRATEGIES[agent.oversight.strategy]
    return MIDDLE.join(part for part in (SHORT.get(kind.name) or kind.title.lower(), words) if part)


def seconds(value: float) -> str:
    """A length of time as short as it can be said: “0.4 s”, “30 s”, “5 min”, “1 h 20 min”."""
    if value < 10 and value != int(value):
        return f"{value:.1f} s"
    if value < 120:
        return f"{value:.0f} s"
    minutes = round(value / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def policy(agent: Agent, watches: bool = False) -> str:
    """The line that says what was stated for the agent, the most telling first; at most two things."""
    parts: list[str] = []
    kind = find(agent.kind)
    role = "worker" if kind is None else kind.role
    if agent.dynamic:
        parts.append("one copy an item")
    if role == "trigger":
        parts.append("starts the run")
    if watches or agent.oversight is not None:
        parts.extend(_oversight(agent))
    if agent.join is not None:
        parts.append(_join(agent))
    limits, retry = agent.limits, agent.retry
    if limits is not None:
        limit = limits.start_to_close or limits.schedule_to_close
        if limit is not None:
            parts.append(f"limit {seconds(limit)}")
    if retry is not None and retry.max_attempts is not None:
        tries = retry.max_attempts
        parts.append("tries without end" if tries == 0 else "1 try" if tries == 1 else f"{tries} tries")
    if agent.handover is not None and agent.handover.max_hops is not None:
        parts.append(f"≤ {agent.handover.max_hops} hops")
    if agent.route == "first":
        parts.append("first way that holds")
    if not parts and role == "worker" and not watches:
        parts.append("no time limit")
    return MIDDLE.join(parts[:2])


def _oversight(agent: Agent) -> list[str]:
    oversight = agent.oversight
    if oversight is None:
        return ["restarts ≤ 3"]
    most = 3 if oversight.max_restarts is None else oversight.max_restarts
    within = f" in {seconds(oversight.max_seconds)}" if oversight.max_seconds is not None else ""
    return [f"restarts ≤ {most}{within}"]


def _join(agent: Agent) -> str:
    join = agent.join
    assert join is not None
    if join.mode == "n_of_m":
        return f"waits for {join.n}"
    return JOINS[join.mode]


class StateLine(NamedTuple):
    """The third line of a card during and after a run."""

    status: str
    """A key of the theme's states: icon and colour."""
    text: str
    share: float | None
    """How much of its limit is used, 0 to 1; None: no bar."""


def state_line(state: AgentState, now: float) -> StateLine:
    """What a card says of an agent's state at `now` (seconds since the run started)."""
    elapsed = max(0.0, now - state.since)
    match state.status:
        case "running":
            share = min(1.0, elapsed / state.limit) if state.limit else None
            if state.watching:
                return StateLine("running", f"watching {state.watching}", share)
            if state.inside:
                done = f"{len(state.inside_done):,} of {state.inside:,} done"
                return StateLine("running", f"{done}{MIDDLE}{seconds(round(elapsed, 1))}", share)
            word = "streaming " if state.text else ""
            tries = f"try {state.attempt}{MIDDLE}" if state.attempt > 1 else ""
            if state.turn > 1:  # a peer whose turn it is again: no try of before has failed
                tries = f"turn {state.turn}{MIDDLE}"
            return StateLine("running", f"{tries}{word}{seconds(round(elapsed, 1))}", share)
        case "backoff":
            attempt = state.next_attempt or state.attempt + 1
            left = f" in {seconds(round(max(0.0, state.retry_at - now), 1))}" if state.retry_at is not None else ""
            return StateLine("backoff", f"try {attempt}{left}", None)
        case "waiting":
            return StateLine("waiting", "waits for a person" if state.prompt else "waits", None)
        case "held":
            return StateLine("held", "held for its supervisor", None)
        case "succeeded" if state.reason == "bypassed":
            return StateLine("succeeded", "bypassed", None)
        case "succeeded":
            took = _took(state)
            parts = [seconds(round(took, 1)) if took is not None else "done"]
            if state.degraded:
                parts.append("stood in for")
            if state.cost:
                parts.append(f"${state.cost:.3f}")
            return StateLine("succeeded", MIDDLE.join(parts), None)
        case "failed":
            return StateLine("failed", f"failed{MIDDLE}{_first_line(state.error)}" if state.error else "failed", None)
        case "timed_out":
            return StateLine("timed_out", "timed out", None)
        case "skipped":
            return StateLine("skipped", "muted" if state.reason == "muted" else "skipped", None)
        case "cancelled":
            return StateLine("cancelled", "cancelled", None)
        case "queued":
            return StateLine("queued", f"queued {seconds(round(elapsed, 1))}", None)
        case "ready":
            return StateLine("ready", "ready", None)
        case _:
            return StateLine("idle", "not yet", None)


def _took(state: AgentState) -> float | None:
    """How long the last visit took: from its first span to the end."""
    if not state.spans:
        return None
    ends = [span.end for span in state.spans if span.end is not None]
    return max(0.0, max(ends) - state.spans[0].start) if ends else None


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0]


def badge(state: AgentState, note: str) -> str:
    """What intervened, in a few words, under the card; empty if nothing did. `note` is the state's, with names."""
    if note:
        return note
    if state.restarts:
        return "restarted" if state.restarts == 1 else f"restarted {state.restarts} times"
    return ""


def condition(edge: Edge) -> str:
    """What the pill on an edge says; empty: no pill."""
    if edge.on is not None:
        return "on failure" if edge.on == "failure" else "on time-out"
    if edge.when is not None:
        if edge.when == OTHERWISE:
            return "otherwise"
        if edge.when == UNKNOWN:
            return "if …"
        return edge.name or _short(" ".join(edge.when.split()))
    if edge.loop:
        return f"again, ≤ {edge.max_iterations}" if edge.max_iterations else "again"
    return edge.name or ""


_EQUALS = re.compile(r"""value == (['"])([^'"\\\\]+)\1""")


def _short(condition: str) -> str:
    """A condition on what comes along the edge: of “value == 'Approve'” the answer alone, which fits between cards."""
    found = _EQUALS.fullmatch(condition)
    return condition if found is None else found[2]


def carried(state: EdgeState, count: int) -> str:
    """What the number of tokens says beside a line, the last of which is `state`'s; one value needs no words."""
    word = {"error": "error", "skipped": "skipped", "cancelled": "cancelled"}.get(state.kind, "")
    if word:
        return word
    return f"× {count}" if count > 1 else ""


def agent_tip(agent: Agent) -> str:
    """The tooltip of a card, plain text."""
    lines = [agent.name or agent.id]
    if agent.description:
        lines.append(agent.description)
    if agent.disabled is not None:
        does = "runs leave it out, its edges are skipped" if agent.disabled == "muted" else "it passes on what it gets"
        lines.append(f"{agent.disabled.capitalize()}: {does}.")
    if agent.locked:
        lines.append("Locked: it is not moved, deleted or connected.")
    kind = find(agent.kind)
    if kind is None:
        lines.append(f"This version does not know the kind “{agent.kind}”: it is kept as it is and cannot run here.")
    for name, field in (agent.invalid or {}).items():
        lines.append(f"“{name}” was refused: {field.reason}")
    return "\n".join(lines)


def edge_tip(edge: Edge, source: str, target: str) -> str:
    """The tooltip of an edge, plain text."""
    match edge.kind:
        case "supervise":
            lines = [f"{source} watches {target}"]
        case "handoff":
            lines = [f"{source} may hand the task to {target}"]
        case "share":
            lines = [f"{source} and {target} share"]
        case _:
            lines = [f"{source} → {target}"]
    if edge.loop:
        lines.append("Leads back: starts another pass.")
    if edge.on is not None:
        lines.append(f"Taken when {source} " + ("fails." if edge.on == "failure" else "times out."))
    if edge.when == UNKNOWN:
        lines.append("Its condition was not in the imported file: it runs only in rehearsal.")
    elif edge.when is not None:
        lines.append("Taken if no other condition holds." if edge.when == OTHERWISE else f"Taken if {edge.when}")
    if edge.inferred:
        lines.append(f"Inferred: {edge.inferred}")
    for name, field in (edge.invalid or {}).items():
        lines.append(f"“{name}” was refused: {field.reason}")
    return "\n".join(lines)
