"""`quartet run`: one graph, headless or live in the terminal."""

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

import quartet.agents.built_in  # noqa: F401  # registers the kinds
from quartet.agents import trust
from quartet.cli.console import UNREADABLE, complain, open_graph, plural, put, ready, say, wrapped
from quartet.cli.people import People
from quartet.editor.runner_checks import Missing, missing
from quartet.engine.clock import VirtualClock
from quartet.engine.events import Event
from quartet.engine.run import Refused, Run
from quartet.engine.run import run as start
from quartet.engine.state import RunState
from quartet.graph.files import FileProblem
from quartet.graph.model import Graph
from quartet.graph.strict_json import MAX_BYTES, decode, parse

JSON = Any
FAILED = 1


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


def run_file(
    name: str,
    *,
    input: str | None = None,
    rehearse: bool = False,
    trusted: bool = False,
    events: str | None = None,
    as_json: bool = False,
    pace: float = 0.0,
) -> int:
    """Run the graph file `name` and return the exit code (0, 1, 2, or 128 + the number of the signal that stopped it).

    `input`, `events` as on the command line; `pace`: the most seconds a rehearsal spends on a jump of its clock.
    """
    if name == "-" and input == "-":
        say("quartet: standard input cannot be both the graph and its input.")
        return UNREADABLE
    try:
        graph = ready(open_graph(name))
        value = graph.input if input is None else read_input(input)
    except FileProblem as problem:
        complain(problem)
        if as_json:
            put(json.dumps({"file": name, "error": str(problem)}, ensure_ascii=False))
        return UNREADABLE
    try:
        run = start(graph, value, rehearse=rehearse, clock=VirtualClock(pace) if rehearse else None)
    except Refused as refused:
        if as_json:
            put(json.dumps(_refusal(name, refused), ensure_ascii=False))
        return _refused(name, refused.problems)
    reads_input = "-" in (name, input)
    if not rehearse:
        absent = missing(graph, os.environ)
        if absent:
            return _unequipped(name, absent)
        if not (_answerable(name, graph, reads_input) and _allowed(name, graph, trusted, reads_input)):
            return UNREADABLE
    with ExitStack() as open_files:
        try:
            journal = _journal(events, open_files)
        except OSError as error:
            say(f"quartet: {events}: the events cannot be written: {error.strerror or error}.")
            return UNREADABLE
        session = Session(graph, _view(graph, rehearse), journal, rehearse, _terminal(reads_input))
        code = asyncio.run(session.go(run))
    if as_json:
        put(json.dumps(_outcome(name, graph, session.state), ensure_ascii=False))
    elif events != "-":
        _put_output(session.state.output)
    return code


class Session:
    """One run: feeds what shows and keeps it, carries answers and signals to it."""

    def __init__(self, graph: Graph, view: View, journal: TextIO | None, rehearse: bool, present: bool) -> None:
        self.view, self.journal, self.rehearse = view, journal, rehearse
        self.people = None if rehearse else People(graph, view, present=present)
        self.state = RunState()
        self.stopped_by: int | None = None
        """The signal that stopped the run."""

    async def go(self, run: Run) -> int:
        """Run to the end and return the exit code."""
        try:
            async with run:
                self._listen_for_signals(run)
                self.view.begin(run.now)
                async for event in run:
                    self.state.apply(event)
                    self._keep(event)
                    self.view.show(event, self.state)
                    if self.people is not None:
                        self.people.show(event, run)
                    if event.type == "run.paused" and not (self.people is not None and self.people.present):
                        say("There is nobody to ask whether to go on; the run is stopped.")
                        run.cancel()
        finally:
            if self.people is not None:
                self.people.close()
            self.view.close(self.state)
        if self.stopped_by is not None and self.state.status != "succeeded":
            return 128 + self.stopped_by
        return 0 if self.state.status == "succeeded" else FAILED

    def _listen_for_signals(self, run: Run) -> None:
        loop = asyncio.get_running_loop()

        def stop(number: int) -> None:
            if self.stopped_by is not None:
                # asked twice: wait for nobody's grace
                self.view.close(self.state)
                sys.stdout.flush()
                os._exit(128 + number)
            self.stopped_by = number
            say("Stopping … (Ctrl-C again to leave at once)")
            run.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            # some platforms have no such handlers; there Ctrl-C ends the program at once
            with suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, stop, number)

    def _keep(self, event: Event) -> None:
        if self.journal is None:
            return
        line = event.as_json()
        if not self.rehearse:
            line["wall"] = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.journal.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.journal.flush()


def read_input(text: str) -> JSON:
    """The value of `--input`: a text, @FILE, or - for standard input; an object or a list in JSON is taken as such.

    Raises:
        FileProblem: the file cannot be read.
    """
    if text == "-":
        text = decode(sys.stdin.buffer.read(MAX_BYTES + 1), "standard input")
    elif text.startswith("@"):
        path = Path(text[1:])
        try:
            text = decode(path.read_bytes(), str(path))
        except OSError as error:
            raise FileProblem(f"The input cannot be read: {error.strerror or error}.", source=str(path)) from error
        if path.suffix == ".json":
            return parse(text, str(path))
    if text.lstrip()[:1] in ("{", "["):
        with suppress(FileProblem):
            return parse(text)
    return text


def _refusal(name: str, refused: Refused) -> dict[str, JSON]:
    reasons = [
        {"code": each.code, "text": each.text, "agents": list(each.agents), "edges": list(each.edges)}
        for each in refused.reasons
    ]
    return {"file": name, "state": "refused", "problems": reasons}


def _refused(name: str, reasons: list[str]) -> int:
    say(f"quartet: {name} cannot run:")
    for reason in reasons[:20]:
        say(wrapped(reason, "    ", "  - "))
    if len(reasons) > 20:
        say(f"  … and {len(reasons) - 20} more")
    say("`quartet validate` names every place and what mends it.")
    return UNREADABLE


def _unequipped(name: str, absent: list[Missing]) -> int:
    """Say what this machine has not, each once with the agents that need it."""
    needed: dict[str, list[str]] = {}
    for each in absent:
        needed.setdefault(each.what, []).append(each.name)
    say(f"quartet: {name} cannot run here, so nothing was started:")
    for what, agents in needed.items():
        some = agents if len(agents) < 6 else [*agents[:4], f"{len(agents) - 4:,} more"]
        who = " and ".join(part for part in (", ".join(some[:-1]), some[-1]) if part)
        say(wrapped(f"{what} {who} {'needs' if len(agents) == 1 else 'need'} it.", "    ", "  - "))
    say("Set what is missing and run it again; --rehearse needs none of it.")
    return UNREADABLE


def _terminal(reads_input: bool) -> bool:
    """Whether there is a person to ask."""
    # a stream that was closed before the program started is None
    return not reads_input and all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr))


def _answerable(name: str, graph: Graph, reads_input: bool) -> bool:
    asking = [agent.name for agent in graph.agents.values() if agent.kind == "human"]
    if not asking or _terminal(reads_input):
        return True
    say(
        f"quartet: {name} asks a person ({', '.join(f'“{each}”' for each in asking[:5])}), and there is no terminal to "
        "ask on. Run it in a terminal, or add --rehearse."
    )
    return False


def _allowed(name: str, graph: Graph, trusted: bool, reads_input: bool) -> bool:
    """Whether the graph may do on this machine what needs leave: told so, known, or asked."""
    surface = trust.surface(graph)
    if not surface or trusted or trust.trusted(graph):
        return True
    say(f"{name} would do this on this machine:")
    for each in surface:
        say(wrapped(each.line, "    ", f"  {graph.agents[each.agent].name}: "))
    if not _terminal(reads_input):
        say("quartet: nothing was started. If you trust this graph, add --trust; --rehearse needs no trust.")
        return False
    sys.stderr.write("Allow it, now and whenever it stays the same? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        say("Nothing was started.")
        return False
    trust.remember(graph)
    return True


def _journal(events: str | None, open_files: ExitStack) -> TextIO | None:
    if events is None:
        return None
    if events == "-":
        return sys.stdout
    return open_files.enter_context(Path(events).open("w", encoding="utf-8"))


def _view(graph: Graph, rehearse: bool) -> View:
    if sys.stderr.isatty():
        from quartet.cli.live_view import LiveView

        return LiveView(graph, rehearse)
    from quartet.cli.lines import Lines

    return Lines(graph, rehearse)


def _put_output(output: JSON) -> None:
    if output is None:
        return
    text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False, indent=2)
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def _outcome(name: str, graph: Graph, state: RunState) -> dict[str, JSON]:
    agents: dict[str, JSON] = {}
    for id in graph.agents:
        agent = state.agent(id)
        agents[id] = {"state": agent.status}
        for field in ("value", "error", "reason"):
            if getattr(agent, field) is not None:
                agents[id][field] = getattr(agent, field)
    found: dict[str, JSON] = {"file": name, "state": state.status, "seconds": round(state.t, 6), "output": state.output}
    if state.reason is not None:
        found["reason"] = state.reason
    if state.unhandled:
        found["unhandled"] = state.unhandled
    return {**found, "agents": agents}


def summary(graph: Graph, state: RunState, rehearse: bool) -> str:
    """How a run ended, in a few words: “Succeeded after 12.3 s of simulated time: 5 done, 1 skipped.”"""
    from quartet.editor.panels.log_words import seconds

    words: dict[str, Callable[[int], str]] = {
        "succeeded": lambda n: f"{n:,} done",
        "failed": lambda n: f"{n:,} failed",
        "timed_out": lambda n: f"{n:,} timed out",
        "skipped": lambda n: f"{n:,} skipped",
        "cancelled": lambda n: f"{n:,} cancelled",
    }
    statuses = [state.agent(id).status for id in graph.agents]
    parts = [word(statuses.count(status)) for status, word in words.items() if status in statuses]
    left = sum(status not in words for status in statuses)
    if left:
        parts.append(f"{left:,} never started")
    ended = {"succeeded": "Succeeded", "failed": "Failed", "cancelled": "Stopped"}.get(state.status, "Broken off")
    time = seconds(state.t) + (" of simulated time" if rehearse else "")
    return f"{ended} after {time}: {', '.join(parts) or plural(len(statuses), 'agent')}."
