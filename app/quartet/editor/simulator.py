"""Simulates a drawing in a thread of its own, so that the window stays alive; what is newest is told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from threading import Event as Flag
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from quartet.editor.judge import snapshot
from quartet.editor.post import aside
from quartet.graph.edits import Edit
from quartet.graph.model import Graph

if TYPE_CHECKING:
    from quartet.whatif.simulate import Outcome

RUNS = 1_000
READ = 30
"""Milliseconds between two looks at what the thread has said."""
STEP = 20
"""Runs between two reports of how far it is."""
RECENT = 50
"""So many of the latest kept runs of the graph are measured."""

log = logging.getLogger(__name__)


class Simulator(QObject):
    """One simulation at a time: `simulate` begins one and forgets the one before."""

    progressed = Signal(int)
    """So many runs are done."""
    done = Signal(object, object)
    """(Outcome, the label of the change it was simulated with; None: as it is drawn)"""
    failed = Signal(str)
    """Why there is nothing to show."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool: ThreadPoolExecutor | None = None
        self._stop: Flag | None = None
        self._said: SimpleQueue[tuple[Flag, int | Outcome | str, str | None]] = SimpleQueue()
        """What the thread says. It touches no QObject: ours may be gone by then."""
        self._reader = QTimer(self, interval=READ)
        self._reader.timeout.connect(self._read)

    @property
    def running(self) -> bool:
        return self._stop is not None

    def simulate(self, graph: Graph, edits: Sequence[Edit] = (), label: str | None = None) -> None:
        """Simulate the graph as it would be after `edits`."""
        self.cancel()
        stop = self._stop = Flag()
        self._pool = self._pool or ThreadPoolExecutor(1, "simulate")
        work = partial(_work, self._said, snapshot(graph), tuple(edits), label, stop)
        aside(self._pool, work, lambda _: None, long=True)
        self._reader.start()

    def cancel(self) -> None:
        """Forget what is under way."""
        self._reader.stop()
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    def close(self) -> None:
        """End the thread; nothing is told any more."""
        self.cancel()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def _read(self) -> None:
        """Tell what the thread has said since."""
        while not self._said.empty():
            stop, said, label = self._said.get()
            if stop is not self._stop:
                continue
            if isinstance(said, int):
                self.progressed.emit(said)
                continue
            self._reader.stop()
            self._stop = None
            if isinstance(said, str):
                self.failed.emit(said)
            else:
                self.done.emit(said, label)


def _work(
    said: SimpleQueue[tuple[Flag, int | Outcome | str, str | None]],
    graph: Graph,
    edits: Sequence[Edit],
    label: str | None,
    stop: Flag,
) -> None:
    from quartet.engine.journal.shelf import Shelf  # the engine's imports cost the thread, not the window
    from quartet.engine.refusal import Refused
    from quartet.graph.edits import EditError, apply
    from quartet.whatif.estimates import measure
    from quartet.whatif.simulate import Stopped, simulate

    def told(count: int) -> bool:
        if count % STEP == 0:
            said.put((stop, count, None))
        return not stop.is_set()

    found: Outcome | str
    try:
        apply(graph, edits)
        kept = [one.path for one in Shelf().runs() if one.name == graph.name and not one.rehearse]
        found = simulate(graph, runs=RUNS, measured=measure(kept[:RECENT]), told=told)
    except Stopped:
        return
    except Refused as refused:
        found = " ".join(refused.problems)
    except EditError as error:
        found = f"The change does not fit the drawing any more: {error}"
    except Exception:  # a defect here must not take the editor with it
        log.exception("simulating the graph failed")
        found = "Simulating it went wrong inside Quartet; the log has the details."
    said.put((stop, found, label))
