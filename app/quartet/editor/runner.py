"""Runs a document: asks what has to be asked, starts the engine on the editor's loop, feeds Live, stops it.

Every way to start a run passes `_begin`: the menu, the buttons, a demonstration. A rehearsal needs nothing and
reaches nothing, so it is never asked about.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from quartet.agents import trust
from quartet.editor.document import Document
from quartet.editor.judge import snapshot
from quartet.editor.live import Live
from quartet.editor.run_dialogs import InputDialog, ListDialog
from quartet.editor.runner_checks import missing
from quartet.editor.settings import Settings
from quartet.engine.clock import VirtualClock
from quartet.engine.run import Refused, Run, run
from quartet.graph.check import problems
from quartet.graph.edits import EditError, apply
from quartet.graph.model import Graph
from quartet.rules import Finding
from quartet.rules.demonstrations import Demonstration, demonstration

JSON = Any
PACE = 0.6
"""Seconds that a rehearsal spends on one jump of its clock, at most, so that a person can follow."""
_UNSET = object()

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What a person is asked by an agent of the running graph."""

    agent: str
    name: str
    prompt: str
    choices: tuple[str, ...] = ()


class Runner(QObject):
    """One document's runs, one at a time. Whoever shows them re-reads the properties on `changed`."""

    changed = Signal()
    """Started, stopping, finished, a question asked or answered, a demonstration begun or closed, another input."""
    told = Signal(str)
    """How the run ended, in one line, for the status bar."""

    def __init__(
        self, document: Document, live: Live, settings: Settings | None = None, window: QWidget | None = None
    ) -> None:
        super().__init__(document)
        self.document, self.live, self.window = document, live, window
        self._settings = settings
        self._input: JSON = _UNSET
        self._run: Run | None = None
        self._task: asyncio.Task[None] | None = None
        self.stopping = False
        self.questions: tuple[Question, ...] = ()
        """What the agents of the running graph ask a person, in the order of asking."""
        self.demonstration: Demonstration | None = None
        """The demonstration that runs or has just run; its text tells what to watch."""
        self.summary = ""
        """How the last run ended, in one line."""
        live.changed.connect(self._follow)
        document.changed.connect(self._edited)

    # ------------------------------------------------------------------ the input

    @property
    def input(self) -> JSON:
        """The input of the next run: what was entered last for this document, else the graph's sample input."""
        if self._input is _UNSET:
            self._input = self._remembered()
        return self.document.graph.input if self._input is _UNSET else self._input

    @input.setter
    def input(self, value: JSON) -> None:
        self._input = value
        if self._settings is not None and self._key is not None:
            import json

            self._settings.set_value(self._key, json.dumps(value, ensure_ascii=False))
        self.changed.emit()

    @property
    def asked(self) -> bool:
        """Whether the input was entered by a person for this document."""
        _ = self.input
        return self._input is not _UNSET

    @property
    def _key(self) -> str | None:
        path = self.document.path
        return None if path is None else "input/" + hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:16]

    def _remembered(self) -> JSON:
        if self._settings is None or self._key is None:
            return _UNSET
        import json

        kept = self._settings.value(self._key)
        try:
            return json.loads(kept) if isinstance(kept, str) else _UNSET
        except ValueError:
            return _UNSET

    def ask_input(self, then: Callable[[], object] | None = None, action: str = "Keep") -> InputDialog:
        """Let a person enter the input; `then` follows when it was accepted."""

        def take(value: JSON) -> None:
            self.input = value
            if then is not None:
                then()

        dialog = InputDialog(self.window, self.input, take, action)
        dialog.open()
        return dialog

    # ------------------------------------------------------------------ starting

    @property
    def running(self) -> bool:
        """Whether a run of this document is under way."""
        return self._task is not None

    def rehearse(self) -> None:
        """Run from the scripts of the file: no model, no network, no question asked first."""
        self._leave_demonstration()
        self._gate(self.document.graph, rehearsal=True)

    def run(self) -> None:
        """Run for real, after the input, leave to run code, and missing keys were seen to."""
        if self.running:
            return
        self._leave_demonstration()
        graph = self.document.graph
        if self._refuse(graph, rehearsal=False):
            return
        if not self.asked:
            self.ask_input(self.run, "Run")
            return
        lines = trust.surface(graph)
        if lines and not trust.trusted(graph):
            self._ask_trust(lines)
            return
        lacking = missing(graph, os.environ)
        if lacking:
            self._tell_missing([(each.name, each.what, (each.agent,)) for each in lacking])
            return
        self._gate(graph, rehearsal=False)

    def watch(self, shown: Demonstration) -> None:
        """Rehearse a copy of the drawing with the demonstration's edits; the drawing itself stays as it is."""
        if self.running:
            return
        graph = snapshot(self.document.graph)
        try:
            apply(graph, list(shown.edits))
        except EditError as error:
            log.info("the demonstration “%s” does not fit the drawing: %s", shown.title, error)
            self.told.emit(f"This demonstration does not fit the drawing as it is: {error}")
            return
        self.demonstration = shown
        self._gate(graph, rehearsal=True)

    def watch_finding(self, finding: Finding) -> None:
        """Show in a rehearsal what a finding is about."""
        shown = demonstration(self.document.graph, finding)
        if shown is not None:
            self.watch(shown)

    def leave_demonstration(self) -> None:
        """Close the demonstration: stop it if it runs, and show the drawing without states again."""
        if self.running:
            self.stop()
        self._leave_demonstration()
        self.live.clear()

    def _leave_demonstration(self) -> None:
        if self.demonstration is not None:
            self.demonstration = None
            self.changed.emit()

    def _gate(self, graph: Graph, *, rehearsal: bool) -> None:
        """The one place where a run starts."""
        if self.running or self._refuse(graph, rehearsal=rehearsal):
            return
        self._task = asyncio.ensure_future(self._go(snapshot(graph), self.input, rehearsal))
        self.changed.emit()

    # ------------------------------------------------------------------ what a person is asked

    def _refuse(self, graph: Graph, *, rehearsal: bool) -> bool:
        found = problems(graph, rehearsal=rehearsal)
        if found:
            self._tell_refused([(problem.text, (*problem.agents, *problem.edges)) for problem in found])
        return bool(found)

    def _tell_refused(self, reasons: list[tuple[str, tuple[str, ...]]]) -> ListDialog:
        graph = self.document.graph

        def title(ids: tuple[str, ...]) -> str:
            agent = next((graph.agents[id] for id in ids if id in graph.agents), None)  # type: ignore[index]
            if agent is not None:
                return agent.name or agent.id
            return "Show the place" if ids else ""

        dialog = ListDialog(
            self.window,
            "circle-alert",
            "failed",
            "This drawing cannot run yet",
            "Nothing was started. A click on a name shows the place.",
            [(title(ids), text, ids) for text, ids in reasons],
            self._go_to,
        )
        dialog.button("Close", dialog.reject, "primary", default=True)
        dialog.finish_layout()
        dialog.open()
        return dialog

    def _go_to(self, ids: Any) -> None:
        self.document.select(ids)
        self.document.reveal(ids)

    def _ask_trust(self, lines: list[trust.Surface]) -> ListDialog:
        graph = self.document.graph
        rows: list[tuple[str, str, tuple[str, ...]]] = []
        for each in lines:
            agent = graph.agents.get(each.agent)
            rows.append((agent.name if agent is not None else each.agent, each.line, (each.agent,)))
        dialog = ListDialog(
            self.window,
            "shield-check",
            "warning",
            "Run what this drawing would run on this machine?",
            "These agents do more than think. Allow it if you know what they do and where the drawing comes from. "
            "You are asked again when any of this changes.",
            rows,
            self._go_to,
        )
        dialog.button("Cancel", dialog.reject, default=True)
        dialog.button("Rehearse instead", lambda: (dialog.reject(), self.rehearse()))

        def allow() -> None:
            dialog.accept()
            trust.remember(graph)
            self.run()

        dialog.button("Allow and run", allow, "primary")
        dialog.finish_layout()
        dialog.open()
        return dialog

    def _tell_missing(self, rows: list[tuple[str, str, tuple[str, ...]]]) -> ListDialog:
        dialog = ListDialog(
            self.window,
            "key",
            "warning",
            "Something is missing for a real run",
            "Set it where Quartet was started from, then start Quartet again; or rehearse, which needs no model, no "
            "key and no network.",
            rows,
            self._go_to,
        )

        def anyway() -> None:
            dialog.accept()
            self._gate(self.document.graph, rehearsal=False)

        dialog.button("Cancel", dialog.reject)
        dialog.button("Run anyway", anyway)
        dialog.button("Rehearse instead", lambda: (dialog.accept(), self.rehearse()), "primary", default=True)
        dialog.finish_layout()
        dialog.open()
        return dialog

    # ------------------------------------------------------------------ while it runs

    async def _go(self, graph: Graph, value: JSON, rehearsal: bool) -> None:
        clock = VirtualClock(pace=PACE) if rehearsal else None
        self.summary = ""
        self.stopping = False
        began = False
        try:
            async with run(graph, value, rehearse=rehearsal, clock=clock) as self._run:
                engine_clock = clock.shown if clock is not None else self._run.now
                self.live.begin(graph, clock=engine_clock, rehearsal=rehearsal)
                began = True
                self.changed.emit()
                async for event in self._run:
                    self.live.feed(event)
        except Refused as refused:
            self._tell_refused([(problem.text, (*problem.agents, *problem.edges)) for problem in refused.problems])
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.exception("the run broke off")
            self.summary = f"The run broke off: {error}"
        finally:
            self._run = None
            self._task = None
            self.stopping = False
            self.questions = ()
            if began:
                self.live.end()
                self.summary = self.summary or summary(self.live)
                self.told.emit(self.summary)
            self.changed.emit()

    def stop(self) -> None:
        """Stop the run: every attempt is told to, and given its grace."""
        if self._run is not None and not self.stopping:
            self.stopping = True
            self._run.cancel()
            self.changed.emit()

    async def stopped(self) -> None:
        """Stop the run, if one is under way, and wait until it has ended."""
        self.stop()
        if self._task is not None:
            await asyncio.wait({self._task})

    def answer(self, agent: str, value: JSON) -> None:
        """Give a person's answer to the agent that waits for it."""
        if self._run is not None:
            self._run.answer(agent, value)
            self.questions = tuple(question for question in self.questions if question.agent != agent)
            self.changed.emit()

    def _follow(self, agents: frozenset[str], edges: object) -> None:
        state = self.live.present
        if state is None or not self.running:
            return
        waiting = {id for id in agents if id in state.agents and state.agents[id].prompt is not None}
        known = {question.agent: question for question in self.questions}
        fresh = [
            question
            for question in self.questions
            if (found := state.agents.get(question.agent)) is not None and found.prompt == question.prompt
        ]
        kept = {question.agent for question in fresh}
        for id in sorted(waiting - kept):
            fresh.append(self._question(id, state.agents[id].prompt or ""))
        if tuple(fresh) != self.questions or len(kept) != len(known):
            self.questions = tuple(fresh)
            self.changed.emit()

    def _question(self, id: str, prompt: str) -> Question:
        graph = self.live.snapshot
        agent = graph.agents.get(id) if graph is not None else None  # type: ignore[call-overload]
        choices = agent.config.get("choices") if agent is not None else None
        return Question(
            id,
            agent.name if agent is not None else id,
            prompt,
            tuple(map(str, choices)) if isinstance(choices, list | tuple) else (),
        )

    def _edited(self, changed: Any) -> None:
        if changed.agents or changed.edges or changed.graph:
            self.live.mark_edited()


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
    from quartet.editor.panels.log_words import seconds

    state = live.present
    if state is None:
        return ""
    word = {"succeeded": "Succeeded", "failed": "Failed", "cancelled": "Stopped"}.get(state.status, "Ended")
    time = seconds(state.t) + (" of simulated time" if live.rehearsal else "")
    found = counts(live)
    parts = ", ".join(f"{found[ending]} {said}" for ending, said in _WORDS if ending in found)
    return f"{word} after {time}" + (f": {parts}" if parts else "")
