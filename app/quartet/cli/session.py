"""One run on the command line: what shows it and keeps its events, who is asked, which signals stop it, its ending."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

from quartet.cli.console import UNREADABLE, detach, put, refuse, say
from quartet.cli.gate import terminal
from quartet.cli.keeping import UNKEPT, Keeping
from quartet.cli.people import People, is_drained
from quartet.editor.value_words import plural
from quartet.engine.ending import DRAINED
from quartet.engine.events import Event
from quartet.engine.journal import JournalError
from quartet.engine.policies import CANCEL_GRACE
from quartet.engine.run import Run
from quartet.engine.state import RunState
from quartet.graph.model import Graph

JSON = Any
FAILED = 1
SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""What ends the program: Ctrl-C, a shutdown, a terminal that was closed."""


class View(Protocol):
    """What shows a run while it goes on: a fold of the same events as everything else."""

    def begin(self, now: Callable[[], float]) -> None:
        """The run starts; `now` is its time in seconds."""

    def show(self, event: Event, state: RunState) -> None:
        """An event happened; `state` is the fold including it."""

    def pause(self) -> None:
        """Leave the terminal to a question."""

    def resume(self) -> None:
        """The question is answered."""

    def close(self, state: RunState) -> None:
        """The run has ended, or broken off."""


def conduct(
    name: str,
    graph: Graph,
    run: Run,
    *,
    rehearse: bool,
    reads_input: bool,
    events: str | None = None,
    as_json: bool = False,
    keeping: Keeping = UNKEPT,
    at_end: Callable[[], None] = lambda: None,
) -> int:
    """Carry a run of the graph called `name` to its end, shown and kept, and return the exit code.

    `reads_input`: standard input is taken, so nobody can be asked; `events`: a file for them, or - for standard output;
    `at_end` is called when it has ended.
    """
    with ExitStack() as open_files:
        try:
            record = _record(events, open_files)
        except OSError as error:
            say(f"quartet: {events}: the events cannot be written: {error.strerror or error}.")
            return UNREADABLE
        session = Session(graph, view_of(graph, rehearse), record, rehearse, terminal(reads_input), keeping)
        try:
            code = asyncio.run(session.go(run))
        except JournalError as problem:
            without = " --no-journal runs without one." if keeping.fresh else ""
            return refuse(keeping.name, f"{problem}{without}", as_json=as_json)
        except Exception:
            keeping.left()
            raise
    at_end()
    if as_json:
        put(json.dumps(outcome(name, graph, session.state, keeping.id), ensure_ascii=False))
    elif events != "-":
        put_output(session.state.output)
    if session.left:
        keeping.left(unwritten=run.journal_problem is not None)
    else:
        keeping.end()
    return code


def _record(events: str | None, open_files: ExitStack) -> TextIO | None:
    if events is None:
        return None
    if events == "-":
        return sys.stdout
    return open_files.enter_context(Path(events).open("w", encoding="utf-8"))


class Session:
    """One run: feeds what shows and keeps it, carries answers and signals to it."""

    def __init__(
        self, graph: Graph, view: View, record: TextIO | None, rehearse: bool, present: bool, keeping: Keeping = UNKEPT
    ) -> None:
        self.view, self.record, self.rehearse, self.keeping = view, record, rehearse, keeping
        self.people = People(graph, view, present=present, rehearse=rehearse)
        self.people.stop = self._stop
        self.state = RunState()
        self.stopped_by: int | None = None
        """The signal that stopped the run."""
        self.left = False
        """The run was let go of before its end, and its journal has all one needs to go on."""
        self._drains = False
        """What runs is being finished, and the run let go of then."""

    async def go(self, run: Run) -> int:
        """Run to the end and return the exit code."""
        self.state = run.state
        try:
            async with run:
                self.keeping.begin()
                self._listen_for_signals(run)
                self.view.begin(run.now)
                if self.state.status == "paused" and self.state.reason != DRAINED:  # it was left so, at a limit
                    self._wait_for_somebody(run)
                self.people.take_up(run)
                async for event in run:
                    self.state = run.state
                    self._keep(event)
                    self.view.show(event, self.state)
                    self.people.show(event, run)
                    if is_drained(event):
                        self._stop(run)
                    elif event.type == "run.paused" and not self.people.present:
                        self._wait_for_somebody(run)
                await self._let_go()
        finally:
            self.people.close()
            self.view.close(self.state)
        if self.stopped_by is not None and self.state.status != "succeeded":
            return 128 + self.stopped_by
        return 0 if self.state.status == "succeeded" else FAILED

    def _wait_for_somebody(self, run: Run) -> None:
        if self.people.present:
            self.people.ask_to_go_on(run)
            return
        say("There is nobody to ask whether to go on; the run is stopped.")
        self._stop(run)

    def _stop(self, run: Run) -> None:
        """Stop the run for good; one that is kept is only let go of, so that it can be resumed."""
        if self.keeping.path is None:
            run.cancel()
        elif not self.left:
            self.left = True
            self._letting_go = asyncio.ensure_future(run.suspend())

    async def _let_go(self) -> None:
        """What was still at work has some seconds to tidy up."""
        if self.left:
            await self._letting_go
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            if rest:
                await asyncio.wait(rest, timeout=CANCEL_GRACE)

    def _listen_for_signals(self, run: Run) -> None:
        loop = asyncio.get_running_loop()

        def stop(number: int) -> None:
            if number == getattr(signal, "SIGHUP", None):
                detach()  # the terminal was closed
            if self.stopped_by is None and number == signal.SIGINT and self.keeping.path is not None:
                self.stopped_by, self._drains = number, True
                say("Stopping when what runs has finished … (Ctrl-C again to stop at once)")
                run.drain()
                return
            if self.stopped_by is not None and not self._drains:
                # asked twice: wait for nobody's grace
                self.view.close(self.state)
                self.keeping.left()
                sys.stdout.flush()
                os._exit(128 + number)
            self.stopped_by, self._drains = number, False
            say("Stopping … (Ctrl-C again to leave at once)")
            self._stop(run)

        for number in SIGNALS:
            # some platforms have no such handlers; there Ctrl-C ends the program at once
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, stop, number)

    def _keep(self, event: Event) -> None:
        if self.record is None:
            return
        line = event.as_json()
        if not self.rehearse:
            line["wall"] = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.record.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.record.flush()


def view_of(graph: Graph, rehearse: bool) -> View:
    """What shows a run here: a live table on a terminal, else a line for each event."""
    if sys.stderr is not None and sys.stderr.isatty():
        from quartet.cli.live_view import LiveView

        return LiveView(graph, rehearse)
    from quartet.cli.lines import Lines

    return Lines(graph, rehearse)


def put_output(output: JSON) -> None:
    """Write what a run gave: a text as it is, everything else as JSON."""
    if output is None:
        return
    text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, indent=2)
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def outcome(name: str, graph: Graph, state: RunState, id: str | None = None) -> dict[str, JSON]:
    """How a run and each of its agents ended, as one JSON object."""
    agents: dict[str, JSON] = {}
    for key in graph.agents:
        agent = state.agent(key)
        agents[key] = {"state": agent.status}
        for field in ("value", "error", "reason"):
            if getattr(agent, field) is not None:
                agents[key][field] = getattr(agent, field)
        if agent.input_tokens or agent.output_tokens or agent.cost:
            agents[key] |= {
                "input_tokens": agent.input_tokens, "output_tokens": agent.output_tokens, "cost": round(agent.cost, 9),
            }  # fmt: skip
    found: dict[str, JSON] = {"file": name, "state": state.status, "seconds": round(state.t, 6), "output": state.output}
    if id is not None:
        found["run"] = id
    if state.reason is not None:
        found["reason"] = state.reason
    if state.unhandled:
        found["unhandled"] = state.unhandled
    if state.tokens or state.cost:
        found |= {"tokens": state.tokens, "cost": round(state.cost, 9)}
    if state.unpriced:
        found["unpriced"] = state.unpriced
    if state.shared:
        found["shared"] = state.shared
    return {**found, "agents": agents}


def summary(graph: Graph, state: RunState, rehearse: bool) -> str:
    """How a run ended, in a few words: “Succeeded after 12.3 s of simulated time: 5 done, 1 skipped.”"""
    from quartet.editor.panels.limit_words import spent, unpriced
    from quartet.editor.value_words import line_of, seconds

    words: dict[str, Callable[[int], str]] = {
        "succeeded": lambda n: f"{n:,} done",
        "failed": lambda n: f"{n:,} failed",
        "timed_out": lambda n: f"{n:,} timed out",
        "skipped": lambda n: f"{n:,} skipped",
        "cancelled": lambda n: f"{n:,} cancelled",
    }
    statuses = [state.agent(id).status for id in graph.agents]
    parts = [word(statuses.count(status)) for status, word in words.items() if status in statuses]
    idle = statuses.count("idle")
    if under_way := sum(status not in words for status in statuses) - idle:
        parts.append(f"{under_way:,} under way")
    if idle:
        parts.append(f"{idle:,} never started")
    ended = {"succeeded": "Succeeded", "failed": "Failed", "cancelled": "Stopped"}.get(state.status, "Interrupted")
    time = seconds(state.t) + (" of simulated time" if rehearse else "")
    text = f"{ended} after {time}: {', '.join(parts) or plural(len(statuses), 'agent')}."
    used, unknown = spent(state), unpriced(state)
    for key, value in state.shared.items():
        text += f"\nState {key}: {line_of(value)}"
    return text + (f"\nUsed {used}." if used else "") + (f"\n{unknown}" if unknown else "")
