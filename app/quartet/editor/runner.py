"""Runs a document: asks what has to be asked, starts the engine on the editor's loop, feeds Live, stops it.

Every way to start a run passes `_begin`: the menu, the buttons, a demonstration. A rehearsal needs nothing and
reaches nothing, so it is never asked about.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from quartet.agents import trust
from quartet.editor.document import Changed, Document
from quartet.editor.judge import snapshot
from quartet.editor.live import Live
from quartet.editor.question import Question
from quartet.editor.run_dialogs import InputDialog
from quartet.editor.run_dialogs_gate import ask_trust, refused, tell_missing
from quartet.editor.runner_checks import missing, refusals
from quartet.editor.runner_summary import summary
from quartet.editor.settings import Settings
from quartet.engine.clock import VirtualClock
from quartet.engine.prices import PriceTable, load
from quartet.engine.run import Run, run
from quartet.graph.edits import EditError
from quartet.graph.model import AgentId, EdgeId, Graph
from quartet.graph.nesting import agent_at, title
from quartet.graph.strict_json import FileProblem
from quartet.rules import Finding
from quartet.rules.demonstrations import FIELD, Demonstration, demonstration, demonstrations

JSON = Any
PACE = 0.6
"""Seconds that a rehearsal spends on one jump of its clock, at most, so that a person can follow."""
_UNSET = object()

log = logging.getLogger(__name__)


class Runner(QObject):
    """One document's runs, one at a time. Whoever shows them re-reads the properties on `changed`."""

    changed = Signal()
    """Started, stopping, finished, a question asked or answered, a demonstration begun or closed, another input."""
    left = Signal()
    """A person went back from a demonstration, and nothing of it runs any more."""
    told = Signal(str)
    """How the run ended, in one line, for the status bar."""

    def __init__(
        self, document: Document, live: Live, settings: Settings | None = None, window: QWidget | None = None
    ) -> None:
        super().__init__(document)
        self.document, self.live, self.window = document, live, window
        self._settings = settings
        self._input: JSON = _UNSET
        self._trusted_once: str | None = None
        """The digest of what a person allowed although it could not be kept."""
        self._run: Run | None = None
        self._task: asyncio.Task[None] | None = None
        self._offers: list[Demonstration] | None = None
        self._clear_after = False
        self.stopping = False
        self.questions: tuple[Question, ...] = ()
        """What the agents of the running graph ask a person, in the order of asking."""
        self.stage: Callable[[Graph, Demonstration], None] | None = None
        """Shows a copy of the drawing for a demonstration that takes something out of it or adds something."""
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
        if not trust.trusted(graph) and self._trusted_once != trust.digest(graph):
            ask_trust(self.window, graph, self._allow, self.rehearse, self._go_to)
            return
        lacking = missing(graph, os.environ)
        if lacking:
            tell_missing(self.window, lacking, self._anyway, self.rehearse, self._go_to)
            return
        self._gate(graph, rehearsal=False)

    def watch(self, shown: Demonstration) -> None:
        """Rehearse a copy of the drawing with the demonstration's edits; the drawing itself stays as it is."""
        if self.running:
            return
        try:
            graph = shown.staged(self.document.graph)
        except EditError as error:
            self.told.emit(f"This demonstration does not fit the drawing as it is now: {error}")
            return
        drawing = self.document.graph
        redrawn = graph.agents.keys() != drawing.agents.keys() or graph.edges.keys() != drawing.edges.keys()
        if redrawn and self.stage is not None:
            graph.name = f"{drawing.name or self.document.title}: {shown.title[:1].lower()}{shown.title[1:]}"
            graph.extra.pop(FIELD, None)
            self.stage(graph, shown)
        else:
            self.watch_staged(shown, graph)

    def watch_staged(self, shown: Demonstration, graph: Graph) -> None:
        """Rehearse `graph`, the copy that the demonstration has made of a drawing."""
        self.document.highlight()  # evidence that is lit would dim what is to be watched
        self.demonstration = shown
        own = graph.input if graph.input != self.document.graph.input else _UNSET
        self._gate(graph, rehearsal=True, value=own)

    def watch_finding(self, finding: Finding) -> None:
        """Show in a rehearsal what a finding is about."""
        shown = demonstration(self.document.graph, finding)
        if shown is not None:
            self.watch(shown)

    @property
    def offers(self) -> list[Demonstration]:
        """What the file itself offers to watch, in its order."""
        if self._offers is None:
            try:
                self._offers = demonstrations(self.document.graph)
            except ValueError as error:
                log.info("the file's demonstrations cannot be read: %s", error)
                self._offers = []
        return self._offers

    def leave_demonstration(self) -> None:
        """Show the drawing without states again; what still runs is stopped first."""
        self._clear_after = self.running
        self.stop()
        self._leave_demonstration()
        self.live.clear()
        if not self.running:
            self.left.emit()

    def _leave_demonstration(self) -> None:
        if self.demonstration is not None:
            self.demonstration = None
            self.changed.emit()

    def _gate(self, graph: Graph, *, rehearsal: bool, value: JSON = _UNSET) -> None:
        """The one place where a run starts, with the input of the document or another `value`."""
        if self.running:
            return
        if self._refuse(graph, rehearsal=rehearsal):
            self._leave_demonstration()
            return
        try:
            prices = load()
        except FileProblem as problem:
            self._leave_demonstration()
            self.told.emit(f"Nothing was started, for it cannot be said what it costs. {problem}")
            return
        value = self.input if value is _UNSET else value
        self._task = asyncio.ensure_future(self._go(snapshot(graph), value, rehearsal, prices))
        self.changed.emit()

    def _anyway(self) -> None:
        self._gate(self.document.graph, rehearsal=False)

    def _refuse(self, graph: Graph, *, rehearsal: bool) -> bool:
        found = refusals(graph, rehearsal=rehearsal)
        if found:
            refused(self.window, self.document.graph, found, self._go_to)
        return bool(found)

    def _allow(self) -> None:
        try:
            trust.remember(self.document.graph)
        except OSError as error:
            log.info("trust could not be kept: %s", error)
            self.told.emit(f"Your leave could not be kept, so it holds for this run only: {error}")
        self._trusted_once = trust.digest(self.document.graph)
        self.run()

    def _go_to(self, ids: Sequence[str]) -> None:
        self.document.select(ids)
        self.document.reveal(ids)

    # ------------------------------------------------------------------ while it runs

    def allow(self, amounts: Sequence[float]) -> None:
        """Go on after limits were reached, each with so much more, in their order."""
        state = self.live.present
        if self._run is not None and state is not None:
            for one, more in zip(list(state.reached), amounts, strict=False):
                with suppress(ValueError):  # of two repetitions the first amount was granted to both
                    self._run.grant(one.which, more, one.agent)
            self._run.resume()

    async def _go(self, graph: Graph, value: JSON, rehearsal: bool, prices: PriceTable) -> None:
        clock = VirtualClock(pace=PACE) if rehearsal else None
        self.summary = ""
        self.stopping = False
        began = False
        try:
            async with run(graph, value, rehearse=rehearsal, clock=clock, on_limit="ask", prices=prices) as self._run:
                self.live.begin(graph, clock=self._run.now, rehearsal=rehearsal)
                began = True
                self.changed.emit()
                async for event in self._run:
                    self.live.feed(event)
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
            if self._clear_after:
                self._clear_after = False
                self.live.clear()
                self.left.emit()
            self.changed.emit()

    def stop(self) -> None:
        """Stop the run: every attempt is told to, and given its grace."""
        if self._run is not None and not self.stopping:
            self.stopping = True
            self._run.cancel()
            self.changed.emit()

    @property
    def paused(self) -> bool:
        """Whether the run waits to be told to go on: a person paused it, or a limit was reached."""
        return self.running and self.live.present is not None and self.live.present.status == "paused"

    def pause(self) -> None:
        """Start nothing new; what is under way goes on to its end."""
        if self._run is not None and not self.stopping:
            self._run.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        if self._run is not None:
            self._run.resume()

    def drain(self) -> None:
        """A soft stop: what is under way ends in peace, nothing new starts, then the run pauses and can go on."""
        if self._run is not None and not self.stopping:
            self._run.drain()

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

    def by_hand(self, command: str, *arguments: JSON) -> bool:
        """Carry out what a person wants of a single agent: a command of `Run`. False: there was nothing to do."""
        return self._run is not None and bool(getattr(self._run, command)(*arguments))

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
        fresh.extend(self._question(id, state.agents[id].prompt or "") for id in sorted(waiting - kept))
        if tuple(fresh) != self.questions or len(kept) != len(known):
            self.questions = tuple(fresh)
            self.changed.emit()

    def _question(self, id: str, prompt: str) -> Question:
        graph = self.live.snapshot
        agent = agent_at(graph, id) if graph is not None else None
        choices = agent.config.get("choices") if agent is not None else None
        state = self.live.present
        offered = state.agents[id].choices if state is not None else ()
        return Question(
            id,
            title(graph, id) if graph is not None else id,
            prompt,
            offered or (tuple(map(str, choices)) if isinstance(choices, list | tuple) else ()),
            free=bool(offered),
        )

    def _edited(self, changed: Changed) -> None:
        if changed.graph:
            self._offers = None
        ran, graph = self.live.snapshot, self.document.graph
        if ran is None or self.demonstration is not None:
            return
        agents, edges = map(AgentId, changed.agents), map(EdgeId, changed.edges)
        differs = (
            any(graph.agents.get(id) != ran.agents.get(id) for id in agents)  # moving a card is no edit of it
            or any(graph.edges.get(id) != ran.edges.get(id) for id in edges)
            or (changed.graph and graph.limits != ran.limits)
        )
        if differs:
            self.live.mark_edited()
