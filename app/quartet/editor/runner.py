"""Runs a document: asks what has to be asked, starts the engine on the editor's loop, feeds Live, stops it.

Every way to start a run passes `_begin`: the menu, the buttons, a demonstration. A rehearsal needs nothing and
reaches nothing, so it is never asked about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from quartet.editor import composing
from quartet.editor.document import Changed, Document
from quartet.editor.judge import snapshot
from quartet.editor.kept_run import Record, edited
from quartet.editor.live import Live
from quartet.editor.question import Question
from quartet.editor.run_dialogs import InputDialog
from quartet.editor.runner_checks import load_prices, offered
from quartet.editor.runner_gate import Gate
from quartet.editor.runner_input import RunInput
from quartet.editor.runner_journal import Start, Trouble, in_words, keeps, place, set_keeps
from quartet.editor.runner_kept import KeptRuns
from quartet.editor.runner_questions import asked
from quartet.editor.runner_summary import grant, summary
from quartet.editor.settings import Settings
from quartet.editor.watching import Witness, watch, watch_finding
from quartet.engine.clock import VirtualClock
from quartet.engine.journal import JournalError
from quartet.engine.journal.summary import FILE
from quartet.engine.run import Refused, Run, run
from quartet.graph.model import Graph
from quartet.rules import Finding
from quartet.rules.demonstrations import Demonstration

JSON = Any
PACE = 0.6
"""Seconds that a rehearsal spends on one jump of its clock, at most, so that a person can follow."""
_UNSET = object()


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
        self._input = RunInput(document, settings)
        self.gate = Gate(document, window, self.told.emit, self.rehearse)
        self.kept = KeptRuns(self)
        self._run: Run | None = None
        self._task: asyncio.Task[None] | None = None
        self._offers: list[Demonstration] | None = None
        self._clear_after = False
        self.leaving: asyncio.Task[None] | None = None
        self.stopping = False
        self.record: Record | None = None
        """Which kept run is shown or under way; None: none is, or it is not kept."""
        self.trouble: Trouble | None = None
        """Why the run cannot be kept, while a person has to decide what then."""
        self.note = ""
        """What else there is to say of the last run: what a run again has reused."""
        self.questions: tuple[Question, ...] = ()
        """What the agents of the running graph ask a person, in the order of asking."""
        self.stage: Callable[[Graph, Demonstration], None] | None = None
        """Shows a copy of the drawing for a demonstration that takes something out of it or adds something."""
        self.demonstration: Demonstration | None = None
        """The demonstration that runs or has just run; its text tells what to watch."""
        self.summary = ""
        """How the last run ended, in one line."""
        self.witness = Witness(self)
        live.changed.connect(self._follow)
        document.changed.connect(self._edited)

    # ------------------------------------------------------------------ the input

    @property
    def input(self) -> JSON:
        """The input of the next run: what was entered last for this document, else the graph's sample input."""
        return self._input.value

    @input.setter
    def input(self, value: JSON) -> None:
        self._input.value = value
        self.changed.emit()

    @property
    def asked(self) -> bool:
        """Whether the input was entered by a person for this document."""
        return self._input.asked

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
        composing.settle()
        self.put_demonstration_away()
        self._start(self.document.followed(), rehearsal=True)

    def run(self) -> None:
        """Run for real, after the input, leave to run code, and missing keys were seen to."""
        if self.running:
            return
        composing.settle()
        self.put_demonstration_away()
        graph = self.document.followed()
        if self.gate.refuses(graph, rehearsal=False):
            return
        if not self.asked:
            self.ask_input(self.run, "Run")
            return
        self.gate.admit(graph, lambda: self._start(graph, rehearsal=False))

    def watch(self, shown: Demonstration) -> None:
        """Rehearse a copy of the drawing with the demonstration's edits; the drawing itself stays as it is."""
        if not self.running:
            watch(self, shown)

    def watch_staged(self, shown: Demonstration, graph: Graph) -> None:
        """Rehearse `graph`, the copy that the demonstration has made of a drawing."""
        self.document.highlight()  # evidence that is lit would dim what is to be watched
        self.demonstration = shown
        own = graph.input if graph.input != self.document.graph.input else _UNSET
        self._start(graph, rehearsal=True, value=own)

    def watch_finding(self, finding: Finding) -> None:
        """Show in a rehearsal what a finding is about."""
        if not self.running:
            watch_finding(self, finding)

    @property
    def offers(self) -> list[Demonstration]:
        """What the file itself offers to watch, in its order."""
        if self._offers is None:
            self._offers = offered(self.document.graph)
        return self._offers

    def leave_demonstration(self) -> None:
        """Show the drawing without states again; what still runs is stopped first."""
        self._clear_after = self.running
        self.stop()
        self.put_demonstration_away()
        self.live.clear()
        if not self.running:
            self.forget_last()
            self.left.emit()

    def put_demonstration_away(self) -> None:
        """Show its text no more."""
        if self.demonstration is not None:
            self.demonstration = None
            self.changed.emit()

    def _start(self, graph: Graph, *, rehearsal: bool, value: JSON = _UNSET) -> None:
        """Start a new run, with the input of the document or another `value`."""
        if self.running:
            return
        if self.gate.refuses(graph, rehearsal=rehearsal):
            self.put_demonstration_away()
            return
        prices = load_prices(self.told.emit)
        if prices is None:
            self.put_demonstration_away()
            return
        value = self.input if value is _UNSET else value
        self.document.about_to.emit("Rehearse" if rehearsal else "Run")
        drawn, path = snapshot(graph), self.document.path
        # what a finding warns of is to be seen without being asked how much more to allow
        on_limit: Literal["fail", "ask"] = "fail" if self.demonstration and self.demonstration.code else "ask"

        def make(journal: Path | None, id: str | None) -> Run:
            return run(
                drawn, value, rehearse=rehearsal, clock=self.clock(rehearsal=rehearsal), on_limit=on_limit,
                prices=prices, journal=journal, run_id=id, settings={} if path is None else {FILE: str(path)},
            )  # fmt: skip

        self.begin(Start(drawn, make, rehearsal))

    def begin(self, start: Start, *, keep: bool | None = None) -> None:
        """The one place where a run starts."""
        if not self.running:
            self.trouble = None
            self._task = asyncio.ensure_future(self._go(start, self.keeps if keep is None else keep))
            self.changed.emit()

    def clock(self, *, rehearsal: bool) -> VirtualClock | None:
        """The clock of a run: None is the machine's."""
        return VirtualClock(pace=PACE) if rehearsal else None

    # ------------------------------------------------------------------ runs that are kept

    def forget_last(self, record: Record | None = None) -> None:
        """The last run is not shown any more; `record`: which kept one is instead."""
        self.record, self.trouble, self.note, self.summary = record, None, "", ""

    @property
    def keeps(self) -> bool:
        """Whether real runs are kept, so that one can come back to them and go on after a crash."""
        return keeps(self._settings)

    @keeps.setter
    def keeps(self, keep: bool) -> None:
        set_keeps(self._settings, keep)
        self.changed.emit()

    def go_on_unkept(self, go_on: bool = True) -> None:  # as a button tells it
        """Run although the run cannot be kept: what was not begun begins, what has paused goes on; or do not."""
        trouble, self.trouble = self.trouble, None
        if not go_on:
            self.changed.emit()
        elif trouble is not None and trouble.start is not None:
            self.begin(trouble.start, keep=False)
        elif self._run is not None:
            self.record, self.live.kept = None, False
            self._run.go_on_without_journal()
            self.changed.emit()

    def try_again(self) -> None:
        """Try once more to keep the run, which was not begun or has paused."""
        start = None if self.trouble is None else self.trouble.start
        self.resume() if start is None else self.begin(start)

    def leave(self) -> None:
        """Let go of a kept run, which can be gone on with later; one that is not kept is stopped."""
        if self.record is None:
            self.stop()
        elif self._run is not None and self.leaving is None and not self.stopping:
            self.stopping = True
            self.leaving = asyncio.ensure_future(self._run.suspend())
            self.changed.emit()

    # ------------------------------------------------------------------ while it runs

    def allow(self, amounts: Sequence[float]) -> None:
        """Go on after limits were reached, each with so much more, in their order."""
        if self._run is not None and self.live.present is not None:
            grant(self._run, self.live.present, amounts)

    async def _go(self, start: Start, keep: bool) -> None:
        self.forget_last()
        self.stopping = began = False
        try:
            if start.resumed is not None:
                self.record = start.resumed.record
            elif keep and not start.rehearsal:
                self.record = place(start, self.document.graph.name or self.document.title)
            path, id = (None, None) if self.record is None else self.record[:2]
            async with start.make(path, id) as self._run:
                if start.resumed is not None:
                    self.kept.take_over(start.resumed, self._run)
                else:
                    self.live.kept = self.record is not None
                    self.live.begin(start.graph, clock=self._run.now, rehearsal=start.rehearsal)
                began = True
                self.changed.emit()
                async for event in self._run:
                    self.live.feed(event)
                if self.leaving is not None:
                    await self.leaving
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - the loop tells what is a defect  # noqa: BLE001  # whatever it is, the window says it and lives on
            if not began and isinstance(error, JournalError | OSError | Refused):
                self._not_begun(start, error)
            else:
                told = {"message": "the run broke off", "exception": error}
                asyncio.get_running_loop().call_exception_handler(told)  # a defect, told as such
                self.summary = f"The run broke off: {error}"
        finally:
            self._run = self._task = self.leaving = None
            self.stopping = False
            self.questions = ()
            if began:
                self._ended(start)
            if self._clear_after:
                self._clear_after = False
                self.live.clear()
                self.left.emit()
            self.changed.emit()

    def _not_begun(self, start: Start, problem: Exception) -> None:
        """The engine or the disk did not let the run begin."""
        keeping, self.record = self.record is not None or isinstance(problem, OSError), None
        if keeping and start.resumed is None and not isinstance(problem, Refused):
            self.trouble = Trouble(in_words(problem), start)
        else:
            self.summary = f"Nothing was started. {problem}"
            self.told.emit(self.summary)

    def _ended(self, start: Start) -> None:
        self.trouble = None
        self.live.end()
        self.note = start.report()
        self.summary = self.summary or summary(self.live)
        self.told.emit(f"{self.summary}. {self.note}" if self.note else self.summary)
        if self.record is not None and self.live.present is not None and self.live.present.finished:
            self.kept.tidy_up(self.record.path)

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
        found = asked(self.live, self.questions, agents)
        trouble = None if self._run is None or (why := self._run.journal_problem) is None else Trouble(why, None)
        if self.running and (found != self.questions or trouble != self.trouble):
            self.questions, self.trouble = found, trouble
            self.changed.emit()

    def _edited(self, changed: Changed) -> None:
        if changed.graph:
            self._offers = None
        ran, graph = self.live.snapshot, self.document.graph
        if ran is None or self.demonstration is not None:
            return
        if edited(graph, ran, changed):
            self.live.mark_edited()
