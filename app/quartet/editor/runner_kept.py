"""What the window does with runs that are kept: shows them, goes on with them, runs them again from any moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from quartet.editor.background import Background
from quartet.editor.kept_run import KeptRun, drawn_differently, read
from quartet.editor.runner_checks import load_prices
from quartet.editor.runner_journal import Start, tidy_up
from quartet.engine.carrying_on import resume
from quartet.engine.journal.summary import folder_of

if TYPE_CHECKING:
    from quartet.editor.runner import Runner
    from quartet.engine.fork import Fork
    from quartet.engine.run import Run


class KeptRuns:
    """The kept runs of one document's runner. Nothing happens while a run is under way."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._background = Background(runner)

    def show(self, kept: KeptRun) -> None:
        """Show a run as if it had just ended."""
        runner = self._runner
        if runner.running:
            return
        runner.put_demonstration_away()
        runner.forget_last(kept.record)
        self.take_over(kept)
        runner.changed.emit()

    def take_over(self, kept: KeptRun, run: Run | None = None) -> None:
        """Give a run to whatever shows runs; `run`: it goes on."""
        live = self._runner.live
        live.kept = True
        live.take_over(
            kept.graph, kept.events, kept.state, kept.base, rehearsal=kept.header.rehearse,
            running=run is not None, clock=None if run is None else run.now,
        )  # fmt: skip
        if drawn_differently(kept.graph, self._runner.document.graph):
            live.mark_edited()

    def resume(self, kept: KeptRun) -> None:
        """Go on with a run that was interrupted, after what is asked before any run."""
        runner = self._runner
        if runner.running or not kept.resumable:
            return
        runner.put_demonstration_away()
        if runner.gate.refuses(kept.graph, rehearsal=kept.header.rehearse):
            return
        if kept.header.rehearse:
            self._resume(kept)
        else:
            folder = folder_of(kept.header.settings)
            runner.gate.admit(kept.graph, lambda: self._resume(kept), folder=folder, rehearse=False)

    def _resume(self, kept: KeptRun) -> None:
        runner = self._runner
        prices = load_prices(runner.told.emit)
        if prices is None or runner.running:
            return
        clock = runner.clock(rehearsal=kept.header.rehearse)

        def work(told: object) -> tuple[Run, KeptRun]:
            run = resume(kept.record.path, prices=prices, clock=clock)
            # while a person was asked, another program may have gone on with it, and ended
            return run, kept if run.state.seq == kept.state.seq else read(kept.record.path)

        def go(found: tuple[Run, KeptRun]) -> None:
            run, now = found
            runner.begin(Start(now.graph, lambda path, id: run, now.header.rehearse, now))

        runner.told.emit("Getting the run ready to go on…")
        self._background.do(work, go, lambda error: runner.told.emit(f"The run cannot go on. {error}"))

    def again(self, fork: Fork, report: Callable[[], str]) -> None:
        """Start a fork of a run, after what is asked before any run; `report` says in the end what was reused."""
        runner, header = self._runner, fork.source.header
        if runner.running or runner.gate.refuses(fork.graph, rehearsal=header.rehearse):
            return
        prices = load_prices(runner.told.emit)
        if prices is None:
            return

        def make(journal: Path | None, id: str | None) -> Run:
            clock = runner.clock(rehearsal=header.rehearse)
            return fork.run(journal=journal, run_id=id, prices=prices, clock=clock)

        def begin() -> None:
            runner.begin(Start(fork.graph, make, header.rehearse, parent=header.run_id, report=report))

        runner.put_demonstration_away()
        if header.rehearse:
            begin()
        else:
            runner.gate.admit(fork.graph, begin, folder=folder_of(header.settings), rehearse=False)

    def tidy_up(self, ended: Path) -> None:
        """Make room among the kept runs now that one has ended."""
        self._background.do(
            lambda told: tidy_up(ended),
            lambda text: self._runner.told.emit(text) if text else None,
            lambda error: None,
        )
