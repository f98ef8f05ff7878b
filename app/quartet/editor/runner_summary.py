"""How a run ended, in one line for the status bar, and how it goes on after a limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal

from quartet.editor.live import Live
from quartet.editor.panels.limit_words import spent
from quartet.editor.panels.log_words import REASONS
from quartet.editor.value_words import line_of, seconds
from quartet.engine.run import Run
from quartet.engine.state import RunState

Ending = Literal["succeeded", "failed", "timed_out", "skipped", "cancelled"]
_WORDS: tuple[tuple[Ending, str], ...] = (
    ("succeeded", "done"),
    ("failed", "failed"),
    ("timed_out", "timed out"),
    ("skipped", "skipped"),
    ("cancelled", "cancelled"),
)


def counts(live: Live) -> dict[Ending, int]:
    """How many agents ended how, at the moment that is shown."""
    state = live.state
    found: dict[Ending, int] = {}
    for ending, _ in _WORDS:
        number = sum(agent.status == ending for agent in state.agents.values()) if state is not None else 0
        if number:
            found[ending] = number
    return found


def summary(live: Live) -> str:
    """How a run ended, in one line: “Succeeded after 12.3 s of simulated time: 5 done, 1 skipped”."""
    state = live.present
    if state is None:
        return ""
    word = {"succeeded": "Succeeded", "failed": "Failed", "cancelled": "Stopped", "paused": "Paused"}.get(
        state.status, "Left"
    )
    time = seconds(state.t) + (" of simulated time" if live.rehearsal else "")
    found = counts(live)
    parts = ", ".join(f"{found[ending]} {said}" for ending, said in _WORDS if ending in found)
    used = spent(state)
    return f"{word} after {time}" + (f": {parts}" if parts else "") + (f" · {used}" if used else "")


def failure(state: RunState, name: Callable[[str], str]) -> tuple[str, str]:
    """Why a run failed, in one line and in full: who, and what the first of them said; `name` is what people call an
    agent. Both are empty where it did not fail."""
    if not state.finished or state.status != "failed":
        return "", ""
    said = {id: (agent.error or "").strip() for id in state.unhandled if (agent := state.agents.get(id)) is not None}
    names = [name(id) for id in state.unhandled]
    if not names:
        reason = REASONS.get(state.reason or "", line_of(state.reason)) if state.reason else ""
        return reason, ""
    line = f"{', '.join(names[:3])} failed" + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
    whole = "\n\n".join(f"{name(id)}: {text}" for id, text in said.items() if text)
    teller, first = next(((id, text.split("\n", 1)[0]) for id, text in said.items() if text), ("", ""))
    if not first:
        return line, whole
    told = line_of(first, 400)
    return f"{line}: {told}" if len(names) == 1 else f"{line}. {name(teller)}: {told}", whole


def grant(run: Run, state: RunState, amounts: Sequence[float]) -> None:
    """Go on after the limits that `state` tells of, each with so much more, in their order."""
    for one, more in zip(list(state.reached), amounts, strict=False):
        with suppress(ValueError):  # of two repetitions the first amount was granted to both
            run.grant(one.which, more, one.agent)
    run.resume()
