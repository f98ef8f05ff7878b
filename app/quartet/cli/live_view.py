"""A run live in the terminal: every agent with its state, redrawn at most ten times a second, kept as it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from quartet.cli.session import summary
from quartet.editor.panels.limit_words import spent
from quartet.editor.value_words import line_of, seconds
from quartet.engine.events import Event
from quartet.engine.state import FINAL, AgentState, RunState, Status
from quartet.graph.model import Agent, AgentId, Graph

PERIOD = 0.1
"""Seconds between two drawings."""

_LOOKS: dict[Status, tuple[str, str, str]] = {
    "idle": ("·", "", "dim"),
    "ready": ("○", "ready", "dim"),
    "queued": ("○", "queued", "yellow"),
    "running": ("●", "running", "bold blue"),
    "backoff": ("↻", "retrying", "yellow"),
    "waiting": ("?", "waiting for you", "bold magenta"),
    "held": ("!", "held", "yellow"),
    "succeeded": ("✓", "done", "green"),
    "failed": ("✗", "failed", "bold red"),
    "timed_out": ("✗", "timed out", "bold red"),
    "skipped": ("–", "skipped", "dim"),
    "cancelled": ("■", "cancelled", "dim"),
}
"""A sign, a word and a colour for each state; the word alone is enough."""
_FIRST: tuple[Status, ...] = ("waiting", "failed", "timed_out", "held", "backoff", "running", "queued", "ready")
"""Whom a person wants to see first where not all agents fit."""


class LiveView:
    """Draws the fold of a run's events on standard error."""

    def __init__(self, graph: Graph, rehearse: bool, console: Console | None = None) -> None:
        self._graph, self._rehearse = graph, rehearse
        self._console = console or Console(stderr=True)
        self._state = RunState()
        self._clock: Callable[[], float] = lambda: self._state.t
        self._timer: asyncio.TimerHandle | None = None
        self._live = self._fresh()

    def _fresh(self) -> Live:
        return Live(console=self._console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)

    def begin(self, now: Callable[[], float]) -> None:
        """Take the terminal."""
        self._clock = now
        self._live.start()

    def show(self, event: Event, state: RunState) -> None:
        """Take the state up and draw it soon."""
        self._state = state
        if self._timer is None and self._live.is_started:
            self._draw()
            self._timer = asyncio.get_running_loop().call_later(PERIOD, self._tick)

    def _tick(self) -> None:
        # also without events: the clock on the screen goes on
        self._timer = None
        if self._live.is_started:
            self._draw()
            self._timer = asyncio.get_running_loop().call_later(PERIOD, self._tick)

    def _draw(self) -> None:
        self._live.update(self.picture(), refresh=True)

    def pause(self) -> None:
        """Leave the terminal to a question, with the present state above it."""
        self._stop_timer()
        if self._live.is_started:
            self._draw()
            self._live.stop()

    def resume(self) -> None:
        """Draw again, below the answer."""
        self._live = self._fresh()
        self._live.start()
        self._tick()

    def close(self, state: RunState) -> None:
        """Leave the last state standing and say how it ended."""
        self._stop_timer()
        self._state = state
        if self._live.is_started:
            if state.seq:
                self._draw()
            self._live.stop()
        if state.seq:
            style = {"succeeded": "green", "failed": "bold red"}.get(state.status, "yellow")
            self._console.print(Text(summary(self._graph, state, self._rehearse), style=style))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _now(self) -> float:
        return self._state.t if self._state.finished else max(self._state.t, self._clock())

    def picture(self) -> RenderableType:
        """What is on the screen: a line for the run, a line for each agent as far as they fit."""
        agents = list(self._graph.agents.values())
        room = max(4, self._console.height - 5)
        shown = agents if len(agents) <= room else self._foremost(agents, room - 1)
        table = Table.grid(padding=(0, 2), expand=True)
        # fixed widths: columns that change their width with every event are restless to read
        table.add_column(no_wrap=True, width=1)
        table.add_column(no_wrap=True, width=max((min(28, cell_len(agent.name)) for agent in shown), default=1))
        table.add_column(no_wrap=True, width=15)
        table.add_column(no_wrap=True, width=16, justify="right")
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for agent in shown:
            table.add_row(*self._row(agent))
        parts: list[RenderableType] = [self._head(len(agents)), table]
        if len(shown) < len(agents):
            parts.append(Text(f"  … and {len(agents) - len(shown):,} more", style="dim"))
        return Group(*parts)

    def _head(self, count: int) -> Text:
        done = sum(state.status in FINAL for state in self._state.agents.values())
        running = sum(state.status == "running" for state in self._state.agents.values())
        head = Text(self._graph.name or "Run", style="bold")
        time = seconds(self._now()) + (" simulated" if self._rehearse else "")
        used = spent(self._state)
        told = f"   {time}   {done:,} of {count:,} ended, {running:,} running" + (f"   {used}" if used else "")
        head.append(told, style="not bold dim")
        return head

    def _foremost(self, agents: list[Agent], room: int) -> list[Agent]:
        def rank(agent: Agent) -> int:
            state = self._state.agents.get(agent.id)
            status = state.status if state is not None else "idle"
            return _FIRST.index(status) if status in _FIRST else len(_FIRST) + (status == "idle")

        place = {agent.id: index for index, agent in enumerate(agents)}
        return sorted(sorted(agents, key=rank)[:room], key=lambda agent: place[agent.id])

    def _row(self, agent: Agent) -> tuple[Text, ...]:
        state = self._state.agents.get(agent.id) or AgentState()
        sign, word, style = _LOOKS[state.status]
        if state.status == "running" and state.attempt > 1:
            word = f"attempt {state.attempt}"
        elif state.status == "backoff" and state.next_attempt:
            word = f"attempt {state.next_attempt} next"
        elif state.degraded:
            word += " (degraded)"
        return (
            Text(sign, style=style),
            Text(agent.name),
            Text(word, style=style),
            Text(self._time(state), style="dim"),
            Text(self._told(state), style="dim"),
        )

    def _time(self, state: AgentState) -> str:
        if state.status == "running":
            limit = f" of {seconds(state.limit)}" if state.limit is not None else ""
            return seconds(max(0.0, self._now() - state.since)) + limit
        spent = sum((span.end if span.end is not None else self._now()) - span.start for span in state.spans)
        return seconds(spent) if state.spans else ""

    def _told(self, state: AgentState) -> str:
        """What matters most of what is known, on one line."""
        parts = [self._noted(state)] if state.note else []
        if state.status in ("failed", "timed_out", "held", "backoff") and state.error:
            parts.append(line_of(state.error))
        elif state.status == "running" and state.text:
            parts.append(line_of(state.text[-200:]))
        elif state.status == "succeeded":
            parts.append(line_of(state.value))
        return " · ".join(part for part in parts if part)

    def _noted(self, state: AgentState) -> str:
        """The last intervention, with the name of the agent that it is about."""
        if state.note_about is None:
            return state.note
        agent = self._graph.agents.get(AgentId(state.note_about))
        return f"{state.note} {state.note_about if agent is None else agent.name}"
